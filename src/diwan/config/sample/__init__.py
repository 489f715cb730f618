"""The sample country: five registers of invented people over two years, the same for a seed."""

from .loading import Loaded, Size, load_country

__all__ = ["Loaded", "Size", "load_country"]
