"""The desk room as a Django app."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Each person's work, from every room."""

    name = "diwan.desk"
    label = "desk"
