"""What every room stands on: no word of any domain."""
