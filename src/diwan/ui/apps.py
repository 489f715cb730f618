"""The ui room as a Django app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files, tags and form fields that every room uses."""

    name = "diwan.ui"
    label = "ui"
