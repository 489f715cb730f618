"""Writing the sheet of a handover: what goes with a post at an instant, in the three languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from diwan.directory.constants import HANDOVER, LANGUAGES
from diwan.directory.policies import post_histories, post_itself
from diwan.kernel.exchange import (
    DeskItem,
    DeskQuestion,
    HandoverLine,
    HandoverQuestion,
    desk_items,
    handover_sections,
)
from diwan.kernel.policies import Actor
from diwan.kernel.reader import of_language, reading

MOST_LINES = 200
"""A section lists no more lines; it says how many there are besides."""

Plain = dict[str, Any]


def sheet_at(post_id: UUID, at: datetime, *, made_at: datetime) -> Plain:
    """What goes with a post at an instant: ``{"made_at": …, "items": […], "sections": […]}``.

    Items are what the desk of the post's holder shows: kind, id, why it waits, title and source,
    state and next step in the three languages, due day as ISO, lateness in working days,
    re-datings, progress and address as they were then. Sections are what rooms lay beside it
    (`exchange.handing`). All is asked for on the post's own behalf: who may read the sheet is asked
    when it is shown.
    """
    items: dict[tuple[str, ...], Plain] = {}
    sections: dict[str, Plain] = {}
    for language in LANGUAGES:
        with translation.override(language), reading(of_language(language)):
            actor = _asking(post_id, at)
            for item in _of_desk(actor, post_id):
                told = items.setdefault(_item_key(item), _plain_item(item))
                for name in ("source", "state", "step"):
                    told[name][language] = str(getattr(item, name))
                told["url"][language] = item.url
            _take_sections(sections, actor, post_id, language)
    ordered = sorted(items.values(), key=lambda one: (-one["late_days"], one["due"] or "9999"))
    filled = [_listed(section) for section in sections.values() if section["lines"]]
    return {"made_at": made_at.isoformat(), "items": ordered, "sections": filled}


def _asking(post_id: UUID, at: datetime) -> Actor:
    """The post itself, anew for each language: what rooms keep for an actor may be in words."""
    return post_itself(post_histories([post_id])[post_id], at, "handover sheet")


def _of_desk(actor: Actor, post_id: UUID) -> Iterator[DeskItem]:
    """What the post owes and what waits for its word; handovers themselves are their people's."""
    own = DeskQuestion(actor=actor, at=actor.at, post_ids=frozenset({post_id}))
    word = DeskQuestion(actor=actor, at=actor.at, as_secretary=True)
    for item in (*desk_items(own), *desk_items(word)):
        if item.ref.kind != HANDOVER:
            yield item


def _item_key(item: DeskItem) -> tuple[str, ...]:
    return (item.ref.kind, str(item.ref.id), item.waiting.value)


def _plain_item(item: DeskItem) -> Plain:
    return {
        "kind": item.ref.kind,
        "id": str(item.ref.id),
        "waiting": item.waiting.value,
        "title": dict(item.title),
        "due": item.due.isoformat() if item.due else None,
        "late_days": item.late_days,
        "redated": item.redated,
        "progress": item.progress,
        "count": item.count,
        "source": {},
        "state": {},
        "step": {},
        "url": {},
    }


def _take_sections(found: dict[str, Plain], actor: Actor, post_id: UUID, language: str) -> None:
    """Ask every room for its lines and words in the language that is active."""
    unit_id = post_histories([post_id])[post_id].unit_id
    question = HandoverQuestion(actor=actor, post_id=post_id, unit_id=unit_id, at=actor.at)
    for section in handover_sections():
        told = found.setdefault(section.key, {"key": section.key, "name": {}, "lines": {}})
        told["name"][language] = str(section.name)
        _take_lines(told["lines"], section.lines(question), language)


def _take_lines(found: dict[str, Plain], lines: Iterable[HandoverLine], language: str) -> None:
    for line in lines:
        told = found.setdefault(f"{line.ref.kind}:{line.ref.id}", _plain_line(line))
        told["source"][language], told["state"][language] = str(line.source), str(line.state)
        told["url"][language] = line.url
        for person in told["people"]:
            person["how"][language] = str(line.people.get(UUID(person["id"]), ""))


def _plain_line(line: HandoverLine) -> Plain:
    return {
        "kind": line.ref.kind,
        "id": str(line.ref.id),
        "title": dict(line.title),
        "due": line.due.isoformat() if line.due else None,
        "source": {},
        "state": {},
        "url": {},
        "people": [{"id": str(pk), "how": {}} for pk in line.people],
    }


def _listed(section: Plain) -> Plain:
    lines = list(section["lines"].values())
    more = max(0, len(lines) - MOST_LINES)
    return section | {"lines": lines[:MOST_LINES], "more": more}
