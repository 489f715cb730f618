"""What was typed into a form's questions, as the form keeps it (`rules.evaluation`)."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from diwan.kernel.calendars import ImpossibleDate, PartialDate, parse_date, to_ascii_digits
from diwan.kernel.reader import current
from diwan.kernel.text import clean
from diwan.services.queries.pages import FormPage, asked
from diwan.services.queries.written import MEDIA, calendar_of
from diwan.services.rules.formtree import Form, Node
from diwan.ui.forms import ClockField, PartialDateField
from diwan.ui.show import show_number

Upload: TypeAlias = "UploadedFile[Any]"
LONGEST = 20_000
MOST_REPEATED = 100
SHOWN = "shown"
_NUMBER = re.compile(r"\[\d{1,4}\]")
_FIGURES = re.compile(r"[\d\s+()/.\-]+")
_BETWEEN = re.compile("[\u066c,_\u200e\u200f\u200c\\s]")


@dataclass
class Read:
    """What a page brought: the answers with it, and uploads by the place of their question.

    `slips` are sentences about what was typed and not taken, by place; `typed` is what it was.
    """

    answers: dict[str, Any]
    uploads: list[tuple[str, Upload]] = field(default_factory=list)
    slips: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


def input_name(path: str) -> str:
    """The name of a question's input: its place without the root."""
    return "q/" + path.split("/", 2)[2]


def place_of(name: str, form: Form) -> str:
    """The place that a name stands for."""
    return f"/{form.root}/{name.removeprefix('q/')}"


def page_home(form: Form, page: FormPage) -> str:
    """The path below which the page's questions lie."""
    top = page.top
    return top.path if top is not None and top.kind == "group" else f"/{form.root}"


def read_page(
    form: Form,
    page: FormPage,
    answers: Mapping[str, Any],
    data: QueryDict,
    files: MultiValueDict[str, Upload],
) -> Read:
    """The answers with what the page brought. What the page did not show stays as it was."""
    read = Read(copy.deepcopy(dict(answers)))
    given = read.answers
    if page.top is not None and page.top.kind == "group":
        given = _below(given, page.top.name)
    _Reader(read, data, files).nodes(page.nodes, given, page_home(form, page))
    return read


def _below(given: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(given.get(name), dict):
        given[name] = {}
    below: dict[str, Any] = given[name]
    return below


@dataclass(frozen=True)
class _Reader:
    """Walks over the questions of a page and takes what was typed for each."""

    read: Read
    data: QueryDict
    files: MultiValueDict[str, Upload]

    def nodes(self, nodes: Sequence[Node], given: dict[str, Any], prefix: str) -> None:
        for node in nodes:
            if not asked(node):
                continue
            path = f"{prefix}/{node.name}"
            if node.kind == "group":
                self.nodes(node.children, _below(given, node.name), path)
            elif node.kind == "repeat":
                for number, one in enumerate(given.get(node.name) or [], 1):
                    self.nodes(node.children, one, f"{path}[{number}]")
            elif node.type in MEDIA:
                uploads = self.files.getlist(input_name(path))
                self.read.uploads += [(path, one) for one in uploads]
            else:
                self.question(node, given, path)

    def question(self, node: Node, given: dict[str, Any], path: str) -> None:
        name = input_name(path)
        parts = {
            part: self.data.get(f"{name}@{part}", "").strip()
            for part in PARTS.get(node.type, ())
            if f"{name}@{part}" in self.data
        }
        values = self.data.getlist(name)
        if node.type == "rank":
            prefix = f"{name}@"
            sent = [key for key in self.data if key.startswith(prefix)]
            parts = {key.removeprefix(prefix): str(self.data.get(key, "")) for key in sent}
        if not values and not parts and path not in self.data.getlist(SHOWN):
            return
        if sum(map(len, values)) > LONGEST or sum(map(len, parts.values())) > LONGEST:
            self.read.slips[path] = _(
                "This text is longer than %(most)s signs. Shorten it, or attach it as a file."
            ) % {"most": show_number(LONGEST)}
            self.read.typed[path] = " ".join(values)
            return
        given[node.name] = kept(node, values, parts)


PARTS = {"dateTime": ("day", "time"), "geopoint": ("north", "east", "within")}
"""Questions of several inputs."""


def kept(node: Node, values: Sequence[str], parts: Mapping[str, str] | None = None) -> str:
    """What was typed for a question, as the form keeps it; unreadable it stays as it was typed."""
    if node.type == "rank":
        return _ranked(parts or {})
    if parts is not None and node.type in PARTS and any(parts.values()):
        return _moment(node, parts) if node.type == "dateTime" else _point(parts)
    if node.type == "select_multiple":
        return " ".join(dict.fromkeys(word for one in values for word in one.split()))
    typed = clean(values[-1] if values else "", current().language)
    reader = _READERS.get(node.type)
    if reader is not None and typed:
        return reader(node, typed)
    return to_ascii_digits(typed) if _FIGURES.fullmatch(to_ascii_digits(typed)) else typed


def _figure(node: Node, typed: str) -> str:  # noqa: ARG001 - as the others
    return _BETWEEN.sub("", to_ascii_digits(typed)).replace("\u066b", ".").replace("\u2212", "-")


def _day(node: Node, typed: str) -> str:
    day = read_day(node, typed)
    return typed if day is None else day.isoformat()


def read_day(node: Node, typed: str) -> date | None:
    """The day somebody typed; None where it is none."""
    try:
        return parse_date(typed, calendar_of(node))
    except ImpossibleDate:
        if not {"month-year", "year"} & set(node.appearance.lower().split()):
            return None
    try:
        found = PartialDateField(required=False).to_python(typed)
    except ValidationError:
        return None
    return found.first_day if isinstance(found, PartialDate) else None


def _clock(node: Node, typed: str) -> str:  # noqa: ARG001 - as the others
    found = read_clock(typed)
    return typed if found is None else f"{found:%H:%M}:00.000"


def read_clock(typed: str) -> time | None:
    """The time of day somebody typed; None where it is none."""
    try:
        return ClockField(required=False).to_python(typed)
    except ValidationError:
        return None


def _moment(node: Node, parts: Mapping[str, str]) -> str:
    day, clock = read_day(node, parts.get("day", "")), read_clock(parts.get("time", ""))
    if day is None or clock is None:
        return " ".join(filter(None, (parts.get("day"), parts.get("time"))))
    moment = datetime.combine(day, clock, tzinfo=current().zone)
    return moment.isoformat(timespec="milliseconds")


def _point(parts: Mapping[str, str]) -> str:
    figures = [_figure(_NO_NODE, parts.get(part, "")) for part in ("north", "east", "within")]
    north, east, within = figures
    return f"{north or '?'} {east or '?'} 0 {within or 0}"


def _ranked(parts: Mapping[str, str]) -> str:
    """Choices in the order of the numbers beside them; without a number one stands last."""

    def place(choice: str) -> float:
        number = to_ascii_digits(parts[choice].strip())
        return int(number) if number.isdigit() else float("inf")

    if not any(value.strip() for value in parts.values()):
        return ""
    return " ".join(sorted(parts, key=place))


_NO_NODE = Node("", "", "question")
_READERS: dict[str, Callable[[Node, str], str]] = {
    "integer": _figure,
    "decimal": _figure,
    "range": _figure,
    "date": _day,
    "time": _clock,
}


def begun(nodes: Sequence[Node], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with the first repetition of each repeat that nobody has touched yet."""
    filled = dict(answers)
    for node in nodes:
        if node.kind == "group":
            below = filled.get(node.name)
            filled[node.name] = begun(node.children, below if isinstance(below, Mapping) else {})
        elif node.kind == "repeat":
            ones = filled.get(node.name, [] if node.count else [{}])
            filled[node.name] = [begun(node.children, one) for one in ones]
    return filled


def with_another(form: Form, answers: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The answers with one more repetition of the repeat at `place`; bounded."""
    changed = copy.deepcopy(dict(answers))
    found = _repeat_at(form, changed, place)
    if found is not None and len(found) < MOST_REPEATED:
        found.append({})
    return changed


def without(form: Form, answers: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The answers without the repetition at `place` (``/data/kids[2]``)."""
    changed = copy.deepcopy(dict(answers))
    repeat, _bracket, number = place.rpartition("[")
    found = _repeat_at(form, changed, repeat)
    index = int(number[:-1]) - 1 if number[:-1].isdigit() else -1
    if found is not None and 0 <= index < len(found):
        del found[index]
    return changed


def _repeat_at(form: Form, answers: dict[str, Any], place: str) -> list[dict[str, Any]] | None:
    """The repetitions of the repeat at `place`, made if there are none yet; None for no repeat."""
    node = form.by_path.get(_NUMBER.sub("", place))
    if node is None or node.kind != "repeat" or node.count or place.endswith("]"):
        return None
    value: Any = answers
    path = f"/{form.root}"
    for step in place.split("/")[2:-1]:
        name, _bracket, number = step.partition("[")
        path = f"{path}/{name}"
        if (form.by_path[path].kind == "repeat") is not bool(number):
            return None
        value = value.setdefault(name, [] if number else {})
        if number:
            index = int(number[:-1]) - 1
            if not 0 <= index < len(value):
                return None
            value = value[index]
    found: list[dict[str, Any]] = value.setdefault(node.name, [])
    return found
