"""What citizens ask for, what the units owe them, and how they judge it."""
