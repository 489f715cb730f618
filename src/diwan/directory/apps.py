"""The directory room as a Django app."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Units through time, posts, people, who held what when."""

    name = "diwan.directory"
    label = "directory"
