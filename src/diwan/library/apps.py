"""The library room as a Django app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Regulations, studies, programmes: what decisions lean on."""

    name = "diwan.library"
    label = "library"

    def ready(self) -> None:
        """Declare what the room gives to the others."""
        from diwan.library import provides  # noqa: PLC0415 - models must be loaded first

        provides.declare()
