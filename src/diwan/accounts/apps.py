"""The accounts room as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, sign-in, invitations, timed elevation."""

    name = "diwan.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Declare what the room gives to the others."""
        from diwan.accounts import provides  # noqa: PLC0415 - models must be loaded first

        provides.declare()
