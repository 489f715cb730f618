"""Django's place for template libraries."""
