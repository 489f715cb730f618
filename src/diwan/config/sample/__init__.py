"""The sample country: five registers of invented people over two years, the same for a seed."""

from .loading import MORNING, Loaded, Size, load_country
from .wording import read

__all__ = ["MORNING", "Loaded", "Size", "load_country", "read"]
