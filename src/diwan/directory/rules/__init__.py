"""The directory's rules in plain Python: the dated tree, timelines, seats, provinces."""
