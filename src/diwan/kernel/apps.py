"""The kernel as a Django app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Tables without a word of any domain: audit, files, links, working time, jobs."""

    name = "diwan.kernel"
    label = "kernel"
