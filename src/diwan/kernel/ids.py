"""Identifiers: UUIDv7, which anyone can make anywhere and which sort by the time they were made."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh UUID of version 7 (RFC 9562), as the standard library's type."""
    return UUID(int=uuid_utils.uuid7().int)
