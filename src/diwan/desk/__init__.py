"""The desk: one list of what a person has to do, from every room."""
