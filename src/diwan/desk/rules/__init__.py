"""The desk's rules, plain Python: the working week, the groups of a desk, numbers in words."""
