"""Composed reads."""
