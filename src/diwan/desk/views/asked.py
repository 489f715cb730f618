"""Reading what a request asks for."""

from __future__ import annotations

from uuid import UUID

from diwan.kernel.errors import NotFound


def identifier(text: str | None) -> UUID | None:
    """The identifier in a GET parameter. Raises NotFound for anything else than one."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
