"""Answers as people read them: choices by their names, days in the reader's calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from diwan.kernel.calendars import Calendar, ImpossibleDate, show_date
from diwan.kernel.calendars.show import Style
from diwan.kernel.reader import current
from diwan.services.rules.definition import Texts
from diwan.services.rules.formtree import Choice, Form, Node
from diwan.ui.show import show_clock, show_digits, show_local, show_moment

from .pages import asked

Answers = Mapping[str, Any]
Choices = Callable[[str], Sequence[Choice]]
REFERENCE = re.compile(r"\$\{([^{}]+)\}")
MEDIA = frozenset({"image", "audio", "video", "file"})
_CALENDARS = {
    "persian": Calendar.JALALI,
    "jalali": Calendar.JALALI,
    "islamic": Calendar.HIJRI,
    "hijri": Calendar.HIJRI,
    "gregorian": Calendar.GREGORIAN,
}
_FIGURES = re.compile(r"[\d\s+()/.-]+")


@dataclass(frozen=True)
class Written:
    """One answer in words. `path` is that of the instance, `files` are names of what was given."""

    path: str
    node: Node
    label: str
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """Answers under one heading; the heading may be empty."""

    title: str
    lines: tuple[Written, ...]


def parts_of(
    form: Form, answers: Answers, *, choices: Choices | None = None, office: bool = False
) -> list[Part]:
    """Everything that was answered, group by group and each repetition by itself.

    Blank answers are left out. With `office` the office's own questions stand among them.
    `choices` gives a select's choices at a place; without it those of its list.
    """
    found: list[Part] = []

    def go(nodes: Sequence[Node], given: Answers, prefix: str, title: str) -> None:
        lines: list[Written] = []
        for node in nodes:
            if not (_told(node) if office else asked(node)):
                continue
            path = f"{prefix}/{node.name}"
            if node.kind == "question":
                lines += _line(form, answers, node, path, given.get(node.name), choices)
                continue
            label = label_of(form, answers, node, path)
            for place, one, number in places(node, given, path):
                go(node.children, one, place, f"{label} {number}".strip() if number else label)
        if lines:
            found.append(Part(title, tuple(lines)))

    go(form.nodes, answers, f"/{form.root}", "")
    return found


def _told(node: Node) -> bool:
    """Whether somebody answers it, the office too; or a group in which there is such a question."""
    if node.kind == "question":
        return node.by == "office" or asked(node)
    return any(_told(child) for child in node.children)


def places(node: Node, given: Answers, path: str) -> Iterator[tuple[str, Answers, str]]:
    """Where a group's answers lie: the path of each instance, its answers, its number if it has."""
    value = given.get(node.name)
    if node.kind == "group":
        yield path, value if isinstance(value, Mapping) else {}, ""
        return
    for number, one in enumerate(value if isinstance(value, list) else [], 1):
        yield f"{path}[{number}]", one, show_digits(number)


def _line(
    form: Form, answers: Answers, node: Node, path: str, value: Any, choices: Choices | None
) -> list[Written]:
    if node.type == "note" or not value:
        return []
    options = choices(path) if choices else form.lists.get(node.list, ())
    text = written(node, str(value), options)
    files = (str(value),) if node.type in MEDIA else ()
    return [Written(path, node, label_of(form, answers, node, path), text, files)]


def label_of(form: Form, answers: Answers, node: Node, path: str) -> str:
    """A question's label, with the answers that it names."""
    return show_local(filled(form, answers, node.label, path)) or node.name


def filled(form: Form, answers: Answers, texts: Texts, path: str) -> dict[str, str]:
    """Texts with the answers that they name (``${/data/name}``) in their places."""

    def answer(found: re.Match[str]) -> str:
        named = found[1].strip()
        node = _named(form, named, path)
        value = value_at(answers, node.path, path) if node else ""
        return written(node, value, form.lists.get(node.list, ())) if node and value else "…"

    return {language: REFERENCE.sub(answer, text) for language, text in texts.items()}


def _named(form: Form, named: str, path: str) -> Node | None:
    if named in form.by_path:
        return form.by_path[named]
    name = named.rpartition("/")[2]
    found = [node for node in form.by_path.values() if node.name == name]
    near = re.sub(r"\[\d+\]", "", path).rpartition("/")[0]
    # The nearest of that name: beside the question, above it, anywhere.
    return max(found, key=lambda node: _shared(node.path, near), default=None)


def _shared(one: str, other: str) -> int:
    steps = zip(one.split("/"), other.split("/"), strict=False)
    return next((n for n, (a, b) in enumerate(steps) if a != b), len(one))


def value_at(answers: Answers, path: str, seen_from: str = "") -> str:
    """The answer at a node's path; of a repetition the one in which `seen_from` lies, or the first.

    "" where there is none.
    """
    places_of = dict(re.findall(r"([^/\[\]]+)\[(\d+)\]", seen_from))
    value: Any = answers
    for name in path.split("/")[2:]:
        if isinstance(value, list):
            return ""
        value = value.get(name) if isinstance(value, Mapping) else None
        if isinstance(value, list):
            number = int(places_of.get(name, 1)) - 1
            value = value[number] if number < len(value) else None
    return value if isinstance(value, str) else ""


def calendar_of(node: Node) -> Calendar:
    """The calendar in which a date is asked: the question's own, else the reader's."""
    words = node.appearance.lower().split()
    return next((_CALENDARS[word] for word in words if word in _CALENDARS), current().calendar)


def show_answer_day(node: Node, day: date, style: Style = "long") -> str:
    """A day in the calendar in which it was asked."""
    try:
        return show_date(day, calendar_of(node), current().language, style)
    except ImpossibleDate:
        return show_date(day, Calendar.GREGORIAN, current().language, style)


def written(node: Node, value: str, choices: Sequence[Choice] = ()) -> str:
    """One answer in words; what cannot be read stays as it was typed."""
    if node.type in ("select_one", "select_multiple", "rank") or choices:
        names = {choice.name: show_local(choice.label) or choice.name for choice in choices}
        given = [value] if node.type == "select_one" else value.split()
        return _(", ").join(names.get(one, one) for one in given)
    if node.type == "acknowledge":
        return _("Confirmed") if value else ""
    try:
        return _plain(node, value)
    except ValueError:
        return value


def _plain(node: Node, value: str) -> str:
    if node.type == "date":
        return show_answer_day(node, date.fromisoformat(value[:10]))
    if node.type == "time":
        return show_clock(time.fromisoformat(value[:5]))
    if node.type == "dateTime":
        return show_moment(datetime.fromisoformat(value))
    if node.type in ("integer", "decimal", "range"):
        return show_figure(value)
    if node.type == "geopoint":
        north, east = [*value.split(), "", ""][:2]
        return _("latitude %(north)s, longitude %(east)s") % {
            "north": show_figure(north),
            "east": show_figure(east),
        }
    return show_digits(value) if _FIGURES.fullmatch(value) else value


def show_figure(value: str) -> str:
    """A number as it is typed: the reader's digits and decimal sign, no signs of groups."""
    return show_digits(value if current().language == "en" else value.replace(".", "\u066b"))
