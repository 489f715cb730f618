"""The interop room as a Django app."""

from django.apps import AppConfig


class InteropConfig(AppConfig):
    """The register as a file, in and out; tables for the public."""

    name = "diwan.interop"
    label = "interop"

    def ready(self) -> None:
        """Declare what the room gives to the others."""
        from diwan.interop import provides, tasks  # noqa: F401, PLC0415 - models must be loaded first

        provides.declare()
