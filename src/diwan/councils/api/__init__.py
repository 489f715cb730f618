"""The councils over the API: the same queries, actions and policies as the pages."""

from . import duties, files, meetings, reading, resolutions
from .routing import files_routes, routes

__all__ = [
    "duties",
    "files",
    "files_routes",
    "meetings",
    "reading",
    "resolutions",
    "routes",
]
