"""A page of a form, ready to be drawn: every question with its label, inputs, hints and errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Protocol

from django.utils.translation import gettext as _

from diwan.kernel.reader import current
from diwan.services.queries.pages import FormPage, answered_by, asked
from diwan.services.queries.written import (
    MEDIA,
    places,
    show_answer_day,
    show_figure,
    written,
)
from diwan.services.rules.formtree import Choice, Form, Node
from diwan.ui.show import local_moment, show_clock, show_digits, show_number

from .answers import input_name, page_home

LONG_LIST = 10
"""With more choices than these a list to open is quicker than a column of buttons."""
FEW_STEPS = 11
FACTS = {"name": "name", "phone": "tel", "email": "email"}


class Evaluation(Protocol):
    """What of `rules.evaluation` a page asks."""

    @property
    def relevant(self) -> frozenset[str]:
        """The places of what is asked."""

    @property
    def required(self) -> frozenset[str]:
        """The places of what must be answered."""

    @property
    def readonly(self) -> frozenset[str]:
        """The places of what is shown and not asked."""

    def choices(self, path: str) -> Sequence[Choice]:
        """The choices of a select at a place."""

    def filled(self, text: str, place: str, shown: Callable[[Node, str], str] | None = None) -> str:
        """A text with the answers that it names."""


@dataclass(frozen=True)
class Given:
    """A file that was given already."""

    pk: str
    name: str
    picture: bool = False


@dataclass(frozen=True)
class Option:
    """One choice; `number` keeps its place in a ranking."""

    id: str
    value: str
    label: Mapping[str, str]
    chosen: bool = False
    number: str = ""


@dataclass(frozen=True)
class Input:
    """One of the inputs of a question that has several."""

    id: str
    name: str
    label: str
    value: str
    look: str = ""


@dataclass
class Drawn:
    """One question, note, group or repetition as the page shows it.

    `kind` names the template's part. `errors` are sentences. `live` says that something else on the
    page depends on it.
    """

    kind: str
    id: str
    name: str = ""
    place: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    hint: Mapping[str, str] = field(default_factory=dict)
    guidance: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    readonly: bool = False
    live: bool = False
    value: str = ""
    attrs: Mapping[str, str] = field(default_factory=dict)
    options: list[Option] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    files: Sequence[Given] = ()
    errors: list[str] = field(default_factory=list)
    children: list[Drawn] = field(default_factory=list)
    number: str = ""
    fixed: bool = False

    @property
    def focus(self) -> str:
        """Where a link to the question leads."""
        return self.options[0].id if self.options and self.kind != "select" else self.id

    @property
    def described(self) -> str:
        """Identifiers of what describes the input."""
        words = [
            f"{self.id}:hint" if self.hint or self.attrs.get("range") else "",
            f"{self.id}:error" if self.errors else "",
        ]
        return " ".join(filter(None, words))

    def walk(self) -> list[Drawn]:
        """It and everything in it."""
        return [self, *(one for child in self.children for one in child.walk())]


@dataclass(frozen=True)
class Drawing:
    """What a page is drawn from.

    `errors` are sentences by place, `typed` what was typed and not taken, `files` what was given.
    `own` says that people write of themselves: else a browser must not offer the last one's name.
    """

    form: Form
    answers: Mapping[str, Any]
    evaluated: Evaluation
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Sequence[Given]] = field(default_factory=dict)
    own: bool = True


def draw(drawing: Drawing, page: FormPage) -> list[Drawn]:
    """The page's questions as they stand now: those that are asked and relevant."""
    top = page.top
    given = drawing.answers
    if top is not None and top.kind == "group":
        given = given.get(top.name) or {}
    pen = _Pen(drawing, answered_by(drawing.form, page))
    return pen.nodes(page.nodes, given, page_home(drawing.form, page))


def identifier(place: str) -> str:
    """An element's identifier for a place; a colon stands in no name of a question."""
    return "q" + place.translate(str.maketrans("/[", "::", "]"))


@dataclass(frozen=True)
class _Pen:
    drawing: Drawing
    live: frozenset[str]

    def nodes(self, nodes: Sequence[Node], given: Mapping[str, Any], prefix: str) -> list[Drawn]:
        found = []
        for node in nodes:
            path = f"{prefix}/{node.name}"
            if not asked(node) or not self._relevant(node, path, given):
                continue
            if node.kind == "question":
                found.append(self._question(node, given.get(node.name) or "", path))
            else:
                found.append(self._group(node, given, path))
        return found

    def _relevant(self, node: Node, path: str, given: Mapping[str, Any]) -> bool:
        if node.kind == "repeat":
            ones = given.get(node.name) or []
            return not ones or f"{path}[1]" in self.drawing.evaluated.relevant
        return path in self.drawing.evaluated.relevant

    def _words(self, texts: Mapping[str, str], path: str) -> dict[str, str]:
        fill = self.drawing.evaluated.filled
        return {language: fill(text, path, self._said) for language, text in texts.items()}

    def _said(self, node: Node, value: str) -> str:
        return written(node, value, self.drawing.form.lists.get(node.list, ())) if value else "…"

    def _group(self, node: Node, given: Mapping[str, Any], path: str) -> Drawn:
        drawn = Drawn(
            node.kind,
            identifier(path),
            place=path,
            label=self._words(node.label, path),
            fixed=bool(node.count),
            errors=list(self.drawing.errors.get(path, ())),
        )
        for place, one, number in places(node, given, path):
            below = self.nodes(node.children, one, place)
            if node.kind == "group":
                drawn.children += below
            else:
                each = Drawn("one", identifier(place), place=place, number=number, children=below)
                each.label, each.fixed = drawn.label, drawn.fixed
                drawn.children.append(each)
        return drawn

    def _question(self, node: Node, value: str, path: str) -> Drawn:
        drawing, place_id = self.drawing, identifier(path)
        choices = drawing.evaluated.choices(path) if has_choices(node) else ()
        kind = kind_of(node, choices)
        drawn = Drawn(
            kind,
            place_id,
            input_name(path),
            path,
            label=self._words(node.label, path) or {"en": node.name},
            hint=self._words(node.hint, path),
            guidance=self._words(node.guidance, path),
            optional=path not in drawing.evaluated.required,
            readonly=path in drawing.evaluated.readonly,
            live=node.name in self.live,
            value=drawing.typed.get(path, shown(node, value)),
            attrs=_attributes(node, kind, own=drawing.own),
            files=drawing.files.get(path, ()),
            errors=list(drawing.errors.get(path, ())),
        )
        if kind == "range":
            drawn.kind, choices = "radio", _steps(node)
        drawn.options = _options(drawn, choices, value)
        drawn.inputs = _inputs(node, drawn, value)
        return drawn


def has_choices(node: Node) -> bool:
    """Whether one chooses from a list."""
    return node.type in ("select_one", "select_multiple", "rank")


def kind_of(node: Node, choices: Sequence[Choice] = ()) -> str:
    """How a question is asked: which part of the template draws it."""
    looks = set(node.appearance.lower().split())
    if node.type == "select_one":
        opens = "minimal" in looks or "autocomplete" in looks or len(choices) > LONG_LIST
        return "select" if opens and "likert" not in looks else "radio"
    if node.type == "text":
        return "long" if "multiline" in looks else "line"
    if node.type == "range" and len(_steps(node)) in range(2, FEW_STEPS + 1):
        return "range"
    return _KINDS.get(node.type, "file" if node.type in MEDIA else "line")


_KINDS = {
    "select_multiple": "checks",
    "rank": "rank",
    "acknowledge": "confirm",
    "note": "note",
    "dateTime": "inputs",
    "geopoint": "inputs",
    "geotrace": "long",
    "geoshape": "long",
}


def _steps(node: Node) -> list[Choice]:
    """The values of a range, if they are whole numbers and few."""
    try:
        first, last, step = (
            int(node.parameters.get(name, default))
            for name, default in (("start", "1"), ("end", "10"), ("step", "1"))
        )
        values = list(range(first, last + (1 if step > 0 else -1), step))
    except ValueError:
        return []
    if len(values) > FEW_STEPS:
        return []
    return [Choice(str(value), {current().language: show_number(value)}) for value in values]


def _attributes(node: Node, kind: str, *, own: bool) -> dict[str, str]:
    """What tells the browser how to take a question's answer; `own`: it may offer what it knows."""
    found: dict[str, str] = {}
    if node.type == "integer":
        found |= {"inputmode": "numeric", "look": "digits-input"}
    elif "numbers" in node.appearance:
        found |= {"inputmode": "numeric", "look": "form-figures"}
    elif node.type in ("decimal", "range"):
        found |= {"inputmode": "decimal", "look": "digits-input"}
    elif node.type == "date":
        found |= {"look": "date-input", "example": show_answer_day(node, _today(), "numeric")}
    elif node.type == "time":
        found |= {"look": "clock-input", "dir": "ltr", "example": show_clock(time(10, 30))}
    found |= _of_applicant(node, own=own)
    if node.type == "barcode":
        found["dir"] = "ltr"
    if kind == "file" and node.type == "image":
        found |= {"accept": "image/jpeg,image/png,image/webp"}
    if node.type == "range" and kind == "line":
        found["range"] = _("From %(first)s to %(last)s") % {
            "first": show_figure(node.parameters.get("start", "1")),
            "last": show_figure(node.parameters.get("end", "10")),
        }
    return found


def _of_applicant(node: Node, *, own: bool) -> dict[str, str]:
    """The same for a fact of the applicant."""
    found: dict[str, str] = {}
    if node.applicant in FACTS and own:
        found["autocomplete"] = FACTS[node.applicant]
    if node.applicant in ("phone", "email", "identity"):
        found["dir"] = "ltr"
    if node.applicant == "phone":
        found["inputmode"] = "tel"
    return found


def _today() -> date:
    return current().today()


def shown(node: Node, value: str) -> str:
    """An answer as it stands in its input, to be typed over."""
    try:
        if node.type == "date":
            return show_answer_day(node, date.fromisoformat(value), "numeric")
        if node.type == "time":
            return show_clock(time.fromisoformat(value[:5]))
    except ValueError:
        return value
    if node.type in ("integer", "decimal", "range"):
        return show_figure(value)
    return show_digits(value) if value.isdigit() else value


def _options(drawn: Drawn, choices: Sequence[Choice], value: str) -> list[Option]:
    if drawn.kind not in ("radio", "select", "checks", "rank"):
        return []
    given = [value] if drawn.kind in ("radio", "select") else value.split()
    found = [
        Option(
            f"{drawn.id}:{place}",
            choice.name,
            choice.label or {"en": choice.name},
            choice.name in given,
            str(given.index(choice.name) + 1) if choice.name in given else "",
        )
        for place, choice in enumerate(choices, 1)
    ]
    if drawn.kind == "radio" and drawn.optional:
        words = {current().language: _("No answer")}
        found.append(Option(f"{drawn.id}:none", "", words, not value))
    return found


def _inputs(node: Node, drawn: Drawn, value: str) -> list[Input]:
    if node.type == "geopoint":
        figures = [*value.split(), "", ""][:2]
        words = {"north": _("Latitude"), "east": _("Longitude")}
        return [
            Input(
                f"{drawn.id}:{part}",
                f"{drawn.name}@{part}",
                words[part],
                "" if figure == "?" else show_figure(figure),
                "digits-input",
            )
            for part, figure in zip(words, figures, strict=True)
        ]
    if node.type == "dateTime":
        day, clock = _halves(node, value)
        name = drawn.name
        return [
            Input(f"{drawn.id}:day", f"{name}@day", _("Day"), day, "date-input"),
            Input(f"{drawn.id}:time", f"{name}@time", _("Time"), clock, "clock-input"),
        ]
    return []


def _halves(node: Node, value: str) -> tuple[str, str]:
    try:
        moment = local_moment(datetime.fromisoformat(value))
    except ValueError:
        day, _blank, clock = value.rpartition(" ")
        return (day, clock) if day else (clock, "")
    return show_answer_day(node, moment.date(), "numeric"), show_clock(moment.time())
