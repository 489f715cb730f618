"""A body's own rules, or those that hold where it has written none."""

from __future__ import annotations

from diwan.councils.models import Body, Bylaws


def bylaws_of(body: Body) -> Bylaws:
    """The rules of a body; an unsaved row of defaults where it has written none (`is_written`)."""
    return Bylaws.objects.filter(body=body).first() or Bylaws(body=body)


def is_written(bylaws: Bylaws) -> bool:
    """Whether the body has written these rules itself: then they are demanded, not only offered."""
    return not bylaws._state.adding  # noqa: SLF001 – Django's documented name
