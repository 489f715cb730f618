"""Bodies that meet, what they resolved, and what posts owe because of it."""
