"""Composed reads of councils: each says who asks."""
