"""Life events: what happens to people, under which the catalogue lists what they may need."""

from __future__ import annotations

EVENTS = (
    "home",
    "property",
    "business",
    "work",
    "family",
    "education",
    "health",
    "documents",
    "membership",
    "complaint",
)
"""Keys of life events in the order of the catalogue; names and pictures: `queries.catalogue`."""
