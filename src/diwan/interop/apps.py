"""The interop room as a Django app."""

from django.apps import AppConfig


class InteropConfig(AppConfig):
    """The register as a file, in and out."""

    name = "diwan.interop"
    label = "interop"
