"""The councils room as a Django app."""

from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    """Bodies, meetings, resolutions, actions."""

    name = "diwan.councils"
    label = "councils"
