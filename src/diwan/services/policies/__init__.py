"""Who may what with services and their cases."""
