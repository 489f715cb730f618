"""The councils room as a Django app."""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    """Bodies, meetings, resolutions, actions."""

    name = "diwan.councils"
    label = "councils"

    def ready(self) -> None:
        """Declare what the room gives to the others."""
        from diwan.councils import provides  # noqa: PLC0415 - models must be loaded first

        provides.declare()
