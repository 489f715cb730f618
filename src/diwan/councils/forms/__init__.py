"""What the councils' pages ask for."""
