"""Words of the room that others use, too: the kinds of its records."""

from __future__ import annotations

OPEN_TABLE = "interop.open_table"
