"""What the room reads: registers as files."""
