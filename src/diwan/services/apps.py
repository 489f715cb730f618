"""The services room as a Django app."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Services written as workbooks, their cases, and the citizen's word on them."""

    name = "diwan.services"
    label = "services"

    def ready(self) -> None:
        """Declare what the room gives to the others."""
        from diwan.services import provides  # noqa: PLC0415 - models must be loaded first

        provides.declare()
