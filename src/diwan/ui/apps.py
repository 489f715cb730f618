"""The ui room as a Django app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files, tags and form fields that every room uses."""

    name = "diwan.ui"
    label = "ui"

    def ready(self) -> None:
        """Declare what the room gives to the others."""
        from diwan.ui import keeping  # noqa: PLC0415 - models must be loaded first

        keeping.declare()
