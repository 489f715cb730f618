"""The councils' rules in plain Python: no Django, no database."""
