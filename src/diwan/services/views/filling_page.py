"""One page of a form as it is shown: its questions, what is wrong, and where one stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from diwan.services.forms.contact import ContactForm
from diwan.services.forms.drawing import Drawing, Drawn, Given, draw, identifier
from diwan.services.queries.answer_faults import place_of, sentence_of
from diwan.services.queries.drafts import Filling
from diwan.services.queries.pages import FormPage, has_questions
from diwan.services.queries.written import Part, parts_of, value_at
from diwan.services.rules.evaluation import AnswerFault
from diwan.services.rules.formtree import Form
from diwan.ui.show import show_digits, show_local

if TYPE_CHECKING:
    from .filling import Desk, Stop

__all__ = ["Told", "identifier", "is_wrong", "show"]
PICTURES = ("image/jpeg", "image/png", "image/webp")
Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Told:
    """One line of the summary of what is to be mended."""

    label: str
    target: str
    sentence: str


@dataclass(frozen=True)
class Line:
    """One fact of who asks, in words."""

    label: str
    text: str


@dataclass(frozen=True)
class Who:
    """Who asks, as a part of what is looked over."""

    lines: Sequence[Line]
    title: str = ""


@dataclass(frozen=True)
class Chapter:
    """One page's answers, as they are looked over."""

    title: str
    url: str
    parts: Sequence[Part | Who]


def faults_on(filling: Filling, stop: Stop) -> list[AnswerFault]:
    """What is wrong on a page; from the last one everything is seen."""
    if stop.page is None:
        return [] if stop.about else list(filling.evaluated.faults)
    paths = {node.path for top in stop.page.nodes for node in top.walk()}
    if stop.page.top is not None:
        paths.add(stop.page.top.path)
    return [fault for fault in filling.evaluated.faults if stop.last or fault.path in paths]


def is_wrong(desk: Desk, filling: Filling, stop: Stop) -> bool:
    """Whether the page cannot be left yet."""
    if stop.about and not desk.contact(desk.known).is_valid():
        return True
    return bool(faults_on(filling, stop))


def show(  # noqa: PLR0913 - a page has that many things to say; all but four are named
    desk: Desk,
    filling: Filling,
    stops: Sequence[Stop],
    stop: Stop,
    *,
    mends: bool = False,
    told: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    known: Mapping[str, str] | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page. `mends`: with everything on it that is wrong; `told`: with these sentences."""
    errors = _errors(filling, stop) if mends else {}
    for place, sentence in (told or {}).items():
        errors[place] = [sentence]
    drawn = _drawn(filling, stop.page, errors, typed or {}, own=not desk.counter)
    contact = _contact(desk, known, mends=mends) if stop.about else None
    here = next((n for n, each in enumerate(stops) if each.key == stop.key), 0)
    context: dict[str, Any] = {
        "shell": "services/citizen.html" if desk.mode == "online" else "ui/base.html",
        "mode": desk.mode,
        "service": desk.version.service,
        "definition": filling.definition,
        "stop": stop,
        "number": here + 1,
        "count": len(stops),
        "back": here > 0,
        "questions": drawn,
        "contact": contact,
        "summary": _summary(filling, drawn, contact, errors, refused),
        "depends": any(one.live for top in drawn for one in top.walk()),
        "chapters": _chapters(desk, filling, stops) if stop.last and stop.page is None else [],
        "later": desk.later,
        "files_url": f"{desk.url}files/",
        **(desk.more(filling) if desk.more is not None else {}),
    }
    return render(desk.request, "services/form.html", context, status=status)


def _errors(filling: Filling, stop: Stop) -> Errors:
    found: Errors = {}
    for fault in faults_on(filling, stop):
        place = place_of(filling.form, fault)
        value = value_at(filling.answers, fault.path, place)
        found.setdefault(place, []).append(sentence_of(fault, filling.form, value=value))
    return found


def _drawn(
    filling: Filling,
    page: FormPage | None,
    errors: Errors,
    typed: Mapping[str, str],
    *,
    own: bool,
) -> list[Drawn]:
    if page is None:
        return []
    files = {
        place: [
            Given(str(one.pk), one.name, one.file.blob.media_type in PICTURES)
            for one in given
            if one.file.blob is not None
        ]
        for place, given in filling.files.items()
    }
    drawing = Drawing(filling.form, filling.shown, filling.evaluated, errors, typed, files, own)
    return draw(drawing, page)


def _contact(desk: Desk, known: Mapping[str, str] | None, *, mends: bool) -> ContactForm:
    if mends:
        return desk.contact(desk.known)
    return desk.contact(shown=known)


def _summary(
    filling: Filling,
    drawn: Sequence[Drawn],
    contact: ContactForm | None,
    errors: Errors,
    refused: str,
) -> list[Told]:
    """What is to be mended, with links to where."""
    there = {one.place: one for top in drawn for one in top.walk() if one.place}
    found = [Told("", "", refused)] if refused else []
    for place, sentences in errors.items():
        one = there.get(place)
        label = show_local(one.label) if one is not None else _label(filling.form, place)
        target = one.focus if one is not None else ""
        found += [Told(label, target, sentence) for sentence in sentences]
    if contact is not None and contact.is_bound:
        for name, told in contact.errors.items():
            field = contact[name]
            found += [Told(str(field.label), field.id_for_label, str(one)) for one in told]
    return found


def _label(form: Form, place: str) -> str:
    bare = "".join(part.partition("[")[0] + "/" for part in place.split("/")).rstrip("/")
    node = form.by_path.get(bare)
    return show_local(node.label) if node is not None and node.label else _("The form")


def _chapters(desk: Desk, filling: Filling, stops: Sequence[Stop]) -> list[Chapter]:
    """Everything that was answered, page by page, with the way back to each."""
    found = []
    answers = filling.evaluated.answers
    for stop in stops:
        url = f"{desk.url}?page={stop.key}"
        if stop.page is not None and has_questions(stop.page):
            names = _names(stop.page)
            mine = {name: value for name, value in answers.items() if name in names}
            parts = parts_of(filling.form, mine, choices=filling.evaluated.choices)
            found.append(Chapter(stop.title, url, parts))
        elif stop.about:
            found.append(Chapter(stop.title, url, [_who(desk)]))
    return found


def _names(page: FormPage) -> set[str]:
    if page.top is not None:
        return {page.top.name}
    return {node.name for node in page.nodes}


def _who(desk: Desk) -> Who:
    contact = desk.contact(desk.known)
    lines = []
    for field in contact:
        value = str(contact.data.get(field.name, ""))
        words = _flat(getattr(field.field, "choices", ())).get(value, value)
        if field.name == "phone":
            words = show_digits(words)
        lines.append(Line(str(field.label), words))
    return Who([line for line in lines if line.text])


def _flat(choices: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            found |= {str(one): str(word) for one, word in label}
        else:
            found[str(value)] = str(label)
    return found
