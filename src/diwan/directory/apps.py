"""The directory room as a Django app."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Units through time, posts, people, who held what when."""

    name = "diwan.directory"
    label = "directory"

    def ready(self) -> None:
        """Declare what the room gives to the others."""
        from diwan.directory import provides  # noqa: PLC0415 - models must be loaded first

        provides.declare()
