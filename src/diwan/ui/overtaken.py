"""The page of a writer who was overtaken: who changed what, and field by field whose value stands.

A form of a record carries a mark of each value it showed. So three states can be told apart: what
the other one wrote and this one did not touch is taken over; what only this one typed stays; where
both wrote, what was typed stays in the form and the stored value stands beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from diwan.kernel import revisions
from diwan.kernel.calendars import PartialDate, Span
from diwan.kernel.exchange import cards, subject_of
from diwan.kernel.once import AnotherRequest
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.revisions import Overtaken
from diwan.kernel.text import isolate
from diwan.ui import show
from diwan.ui.finding import FindField
from diwan.ui.sending import SHOWN, Again
from diwan.ui.trails import Line, lines_of

LINES = 5
MARK = 12


@dataclass(frozen=True)
class Difference:
    """One field: what is stored now, what was typed, and whether the stored value is shown."""

    label: str
    stored: str
    typed: str
    taken_over: bool


@dataclass(frozen=True)
class Story:
    """Why the page is there again. `first_url` leads to what was recorded the first time."""

    sentence: str
    lines: Sequence[Line] = ()
    rows: Sequence[Difference] = ()
    first_url: str = ""


def story_of(request: HttpRequest, again: Again, form: forms.Form | None = None) -> Story:
    """Tell why; `form` is bound to what was sent and set to go on from there."""
    if form is not None:
        _bind(request, form)
    conflict = again.conflict
    if isinstance(conflict, Overtaken):
        shown = request.POST.get(SHOWN, "")
        rows = _differences(form, shown) if form is not None and shown else []
        lines = _lines(conflict, actor_of(request))
        return Story(_sentence(conflict, lines), lines, rows)
    url = conflict.answer.get("to", "") if isinstance(conflict, AnotherRequest) else ""
    return Story(str(conflict), first_url=url)


def marks_of(form: forms.Form) -> str:
    """Marks of the values that a form of a record shows, to be sent back with it."""
    shown = [(bound.name, bound.initial) for bound in _compared(form)]
    return " ".join(f"{name}={_mark(value)}" for name, value in shown)


def _bind(request: HttpRequest, form: forms.Form) -> None:
    """Put what was sent into the form; a browser does not keep files."""
    if not form.is_bound:
        form.data, form.files, form.is_bound = request.POST, request.FILES, True
    for bound in form:
        if isinstance(bound.field, forms.FileField) and bound.name in form.files:
            form.add_error(bound.name, _("Choose the files again: a browser does not keep them."))


def _compared(form: forms.Form) -> list[BoundField]:
    """The fields that show something stored."""
    return [
        bound
        for bound in form
        if not bound.is_hidden
        and not isinstance(bound.field, forms.FileField)
        and (bound.name in form.initial or bound.field.initial is not None)
    ]


def _differences(form: forms.Form, shown: str) -> list[Difference]:
    marks = dict(pair.split("=", 1) for pair in shown.split() if "=" in pair)
    found = []
    for bound in _compared(form):
        stored, typed = bound.initial, _typed(form, bound)
        if _plain(stored) == _plain(typed):
            continue
        untouched = bound.name in marks and _mark(typed) == marks[bound.name]
        if untouched:
            _show_stored(bound)
        label = str(bound.label)
        words = (_words(bound.field, stored), _words(bound.field, typed))
        found.append(Difference(label, *words, taken_over=untouched))
    return found


def _typed(form: forms.Form, bound: BoundField) -> Any:
    """What was typed, read if it can be read."""
    form.is_valid()
    cleaned: Mapping[str, Any] = getattr(form, "cleaned_data", {})
    if bound.name in cleaned:
        return cleaned[bound.name]
    return bound.data[0] if isinstance(bound.data, tuple) and bound.data else bound.data


def _show_stored(bound: BoundField) -> None:
    """Let the field show what is stored instead of what was sent. The field is this form's own."""
    vars(bound.field)["bound_data"] = lambda _data, initial: initial


def _sentence(conflict: Overtaken, lines: Sequence[Line]) -> str:
    """Who was quicker, and what they did."""
    if not lines:
        return str(conflict)
    did = _("; ").join(line.sentence for line in lines)
    return _("After you opened this page: %(did)s.") % {"did": did}


def _lines(conflict: Overtaken, actor: Actor) -> list[Line]:
    """What the others did since, the newest few, in the order it happened.

    Which record was seen stands in the form, where anybody may write another: what the actor may
    not see is told nothing of.
    """
    subject = subject_of(conflict.ref.kind)
    if subject is None or conflict.ref not in cards([conflict.ref], actor):
        return []
    entries = revisions.since(conflict.ref, conflict.expected).prefetch_related("personal")
    return lines_of(list(entries.order_by("-id")[:LINES])[::-1], subject, actor)


# --- Values ----------------------------------------------------------------------------------


def _mark(value: Any) -> str:
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:MARK]


def _plain(value: Any) -> str:
    """A value so that what a form showed and what it reads back are the same."""
    return json.dumps(_bare(value), ensure_ascii=False, sort_keys=True)


def _bare(value: Any) -> Any:
    if callable(value):
        value = value()
    if value is None or value in ("", [], (), {}):
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, Mapping):
        bare = {str(key): _bare(each) for key, each in value.items()}
        return {key: each for key, each in bare.items() if each != ""}
    if isinstance(value, list | tuple | models.QuerySet):
        return [_bare(each) for each in value]
    if isinstance(value, PartialDate):
        return f"{value.first_day} {value.precision}"
    return str(value).replace("\r\n", "\n").strip()


def _words(field: forms.Field, value: Any) -> str:
    """A value of a field as people read it."""
    if callable(value):
        value = value()
    if _bare(value) == "":
        return show.NOTHING
    if isinstance(value, list | tuple | models.QuerySet):
        return _("; ").join(_words(field, each) for each in value)
    if isinstance(field, FindField):
        return _record_words(field, value)
    if isinstance(field, forms.ChoiceField):
        named = {str(_bare(key)): label for key, label in _flat(field.choices)}
        return str(named.get(str(_bare(value)), value))
    return _value_words(value)


def _record_words(field: FindField[Any], value: Any) -> str:
    record = value if isinstance(value, models.Model) else field.candidates.one(str(value))
    return field.candidates.labels([record]).get(record.pk, "") if record else isolate(str(value))


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """The choices without their groups."""
    flat: list[tuple[Any, Any]] = []
    for key, label in choices:
        flat += _flat(label) if isinstance(label, list | tuple) else [(key, label)]
    return flat


def _value_words(value: Any) -> str:  # noqa: PLR0911 - one line a type
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, PartialDate):
        return show.show_partial(value)
    if isinstance(value, datetime):
        return show.show_moment(value)
    if isinstance(value, date):
        return show.show_day(value)
    if isinstance(value, time):
        return show.show_clock(value)
    if isinstance(value, Span):
        return show.show_span(value)
    if isinstance(value, int):
        return show.show_number(value)
    if isinstance(value, Mapping):
        return _(" / ").join(isolate(str(text)) for text in value.values() if text)
    return isolate(str(value))
