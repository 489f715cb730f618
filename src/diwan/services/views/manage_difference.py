"""What a version changes against the one before it, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from diwan.kernel.errors import NotFound, Sentence
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.services.models import Case, Service, ServiceVersion
from diwan.services.queries.catalogue import EVENT_NAMES
from diwan.services.queries.definitions import definition_of, form_of
from diwan.services.queries.services import version_before
from diwan.services.rules.definition import Deadline, Definition, Offering
from diwan.services.rules.difference import Change, differences
from diwan.services.rules.formtree import Form
from diwan.ui.components import Link, Tag
from diwan.ui.show import show_local, show_number

from .citizenwords import deadline_words
from .manage_version import version_of
from .managewords import need_words, version_words, where_words
from .trying import ROLES

SECTIONS: Mapping[str, Sentence] = {
    "steps": pgettext_lazy("service", "Steps"),
    "questions": pgettext_lazy("service", "Questions"),
    "choices": pgettext_lazy("service", "Choices"),
    "papers": pgettext_lazy("service", "Papers"),
    "service": pgettext_lazy("service", "About the service"),
    "notices": pgettext_lazy("service", "Notices"),
    "rating": pgettext_lazy("service", "Rating"),
}
PARTS: Mapping[str, Sentence] = {
    "name": __("Name"),
    "label": pgettext_lazy("workbook", "what it is called"),
    "public": pgettext_lazy("workbook", "what the applicant reads"),
    "hint": pgettext_lazy("workbook", "hint"),
    "guidance": pgettext_lazy("workbook", "guidance"),
    "text": pgettext_lazy("workbook", "text"),
    "note": pgettext_lazy("workbook", "what to look out for"),
    "summary": pgettext_lazy("workbook", "summary"),
    "description": pgettext_lazy("workbook", "description"),
    "synonyms": pgettext_lazy("workbook", "everyday words"),
    "audience_text": pgettext_lazy("workbook", "who it is for"),
    "output": pgettext_lazy("workbook", "what one gets"),
    "required_message": pgettext_lazy("workbook", "message when it is missing"),
    "constraint_message": pgettext_lazy("workbook", "message when it is wrong"),
    "role": pgettext_lazy("workbook", "who acts"),
    "where": pgettext_lazy("workbook", "where"),
    "deadline": pgettext_lazy("workbook", "deadline"),
    "end": pgettext_lazy("workbook", "how it ends"),
    "first": pgettext_lazy("workbook", "where cases begin"),
    "to": pgettext_lazy("workbook", "leads to"),
    "requires": pgettext_lazy("workbook", "what must be given"),
    "pauses": pgettext_lazy("workbook", "the clock stands still"),
    "batch": pgettext_lazy("workbook", "for many at once"),
    "by": pgettext_lazy("workbook", "whose it is"),
    "type": pgettext_lazy("workbook", "type"),
    "required": pgettext_lazy("workbook", "must be given"),
    "relevant": pgettext_lazy("workbook", "asked only if"),
    "constraint": pgettext_lazy("workbook", "taken only if"),
    "calculation": pgettext_lazy("workbook", "how it is worked out"),
    "readonly": pgettext_lazy("workbook", "read only"),
    "default": pgettext_lazy("workbook", "filled in before"),
    "default_expression": pgettext_lazy("workbook", "filled in before"),
    "appearance": pgettext_lazy("workbook", "appearance"),
    "list": pgettext_lazy("workbook", "list of choices"),
    "filter": pgettext_lazy("workbook", "which choices are offered"),
    "count": pgettext_lazy("workbook", "how often it is asked"),
    "applicant": pgettext_lazy("workbook", "fact of the applicant"),
    "extra": pgettext_lazy("workbook", "further columns"),
    "question": pgettext_lazy("workbook", "question that takes it"),
    "amount": pgettext_lazy("workbook", "amount"),
    "currency": pgettext_lazy("workbook", "currency"),
    "url": pgettext_lazy("workbook", "where it can be read"),
    "code": __("Code"),
    "kind": __("Kind"),
    "audience": pgettext_lazy("workbook", "who may ask for it"),
    "owner": __("Who answers for it"),
    "offered": __("Offered"),
    "channels": __("Ways to file"),
    "events": pgettext_lazy("workbook", "life events"),
    "target": __("Promise"),
    "reopen_days": pgettext_lazy("workbook", "days to reopen"),
    "waiting_days": pgettext_lazy("workbook", "days to wait for the applicant"),
    "complaints": pgettext_lazy("workbook", "where complaints go"),
    "cased": pgettext_lazy("workbook", "title of cases"),
    "when": pgettext_lazy("workbook", "when it is told"),
    "open": pgettext_lazy("workbook", "whether it is rated"),
    "days": pgettext_lazy("workbook", "days to rate"),
    "promise": pgettext_lazy("workbook", "whether the promise was kept"),
    "visits": pgettext_lazy("workbook", "visits"),
    "papers": pgettext_lazy("workbook", "papers asked once"),
    "words": pgettext_lazy("workbook", "free words"),
}
CODE = frozenset(
    {"type", "required", "relevant", "constraint", "calculation", "readonly", "default", "list"}
    | {"default_expression", "appearance", "filter", "count", "applicant", "extra", "url", "kind"}
)
"""What is written in words of programs."""
WHAT = {"added": ("done", "plus"), "removed": ("late", "x"), "changed": ("new", "pencil")}
LANGUAGES: Mapping[str, Sentence] = {
    "fa": pgettext_lazy("language", "Persian"),
    "ar": pgettext_lazy("language", "Arabic"),
    "en": pgettext_lazy("language", "English"),
}


@dataclass(frozen=True)
class Line:
    """A difference in words; `before` and `after` may be in another language than the page."""

    name: str
    tag: Tag
    part: str
    before: str
    after: str
    language: str
    code: bool


@login_required
@require_safe
def difference(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a version changes, compared with the one that held before it (or holds now).

    Opened by who is about to publish and asks: did I change what I meant, and nothing else? Later
    by who wonders since when it is so. Next: publish it.
    """
    row = version_of(actor_of(request), pk)
    before = version_before(row)
    if before is None:
        raise NotFound
    old, new = (definition_of(before), form_of(before)), (definition_of(row), form_of(row))
    changes = differences(old, new)
    words = _Words(old, new)
    context = {
        "version": row,
        "heading": _heading(row, before, len(changes)),
        "groups": [
            {"title": SECTIONS[section], "lines": [words.line(change) for change in found]}
            for section, found in groupby(changes, key=lambda change: change.thing.section)
        ],
        "draft": row.state == ServiceVersion.State.DRAFT,
        "crumbs": [
            Link(_("Services you look after"), reverse("services:manage")),
            Link(
                show_local(row.service.name),
                reverse("services:manage_service", args=[row.service_id]),
            ),
            Link(version_words(row), reverse("services:version", args=[pk])),
        ],
    }
    return render(request, "services/manage_difference.html", context)


def _heading(row: ServiceVersion, before: ServiceVersion, count: int) -> str:
    parts = {"version": version_words(row), "before": version_words(before)}
    if not count:
        return _("Between %(before)s and %(version)s nothing differs") % parts
    words = ngettext(
        "%(n)s difference between %(before)s and %(version)s",
        "%(n)s differences between %(before)s and %(version)s",
        count,
    )
    return words % {**parts, "n": show_number(count)}


class _Words:
    """Differences in words; names of states and questions are those of their own version."""

    def __init__(self, old: tuple[Definition, Form], new: tuple[Definition, Form]) -> None:
        self.old, self.new = old, new

    def line(self, change: Change) -> Line:
        thing = change.thing
        name = show_local(thing.name) or isolate(thing.key) if thing.name else ""
        if thing.of:
            name = _("%(outer)s: %(inner)s") % {"outer": show_local(thing.of), "inner": name}
        tone, icon = WHAT[change.what]
        part = str(PARTS.get(change.part, change.part))
        if change.language:
            language = LANGUAGES.get(change.language, change.language)
            part = _("%(part)s (%(language)s)") % {"part": part, "language": language}
        return Line(
            name=name,
            tag=Tag(_what(change.what), tone, icon),
            part=part,
            before=self._value(change.part, change.before, self.old),
            after=self._value(change.part, change.after, self.new),
            language=change.language,
            code=change.part in CODE,
        )

    def _value(self, part: str, value: Any, of: tuple[Definition, Form]) -> str:
        if value is None or value in ("", (), {}):
            return ""
        special: Callable[[Any, tuple[Definition, Form]], str] | None = _SPECIAL.get(part)
        return special(value, of) if special is not None else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Deadline):
        return deadline_words(value)
    if isinstance(value, int | float):
        return show_number(value)
    if isinstance(value, Mapping):
        return _(", ").join(f"{isolate(str(k))}: {isolate(str(v))}" for k, v in value.items())
    return isolate(str(value))


def _what(what: str) -> str:
    return {
        "added": pgettext("difference", "new"),
        "removed": pgettext("difference", "gone"),
        "changed": pgettext("difference", "changed"),
    }[what]


def _to(value: str, of: tuple[Definition, Form]) -> str:
    return show_local(of[0].state(value).name)


def _question(value: str, of: tuple[Definition, Form]) -> str:
    node = of[1].by_path.get(value)
    return show_local(node.label) if node and node.label else isolate(value)


def _offered(value: tuple[Offering, ...], _of: tuple[Definition, Form]) -> str:
    told = (" ".join(filter(None, [one.unit, one.kind])) or _("the owner") for one in value)
    return _(", ").join(isolate(each) for each in told)


def _channels(value: tuple[str, ...], _of: tuple[Definition, Form]) -> str:
    return _(", ").join(str(Case.Channel(key).label) for key in value)


def _requires(value: tuple[str, ...], of: tuple[Definition, Form]) -> str:
    return _(", ").join(need_words(of[1], name) for name in value)


def _by(value: str, _of: tuple[Definition, Form]) -> str:
    words = {
        "office": pgettext("workbook", "the office"),
        "applicant": pgettext("workbook", "the applicant"),
        "system": pgettext("workbook", "by itself"),
    }
    return words.get(value, value)


_SPECIAL: Mapping[str, Callable[[Any, tuple[Definition, Form]], str]] = {
    "to": _to,
    "question": _question,
    "cased": _question,
    "offered": _offered,
    "channels": _channels,
    "requires": _requires,
    "by": _by,
    "role": lambda value, _of: str(ROLES.get(value, value)),
    "end": lambda value, _of: str(Case.Phase(value).label),
    "where": lambda value, _of: _(", ").join(where_words(value)) or _("where it was filed"),
    "audience": lambda value, _of: str(Service.Audience(value).label),
    "events": lambda value, _of: _(", ").join(str(EVENT_NAMES[key]) for key in value),
}
