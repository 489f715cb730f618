"""What people fill in to change the directory."""
