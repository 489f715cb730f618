"""Composed reads: every one of them says as of which day or instant."""
