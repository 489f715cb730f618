"""The library room as a Django app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Regulations, programmes and other documents."""

    name = "diwan.library"
    label = "library"
