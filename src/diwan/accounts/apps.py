"""The accounts room as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, sign-in, invitations, timed elevation."""

    name = "diwan.accounts"
    label = "accounts"
