"""Diwan: from a decision to a duty that somebody owns and finishes."""

__version__ = "0.1.0"
