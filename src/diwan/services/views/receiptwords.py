"""What a receipt says, ready in words: for its page, for A4 and for the roll of 80 mm.

It speaks the applicant's language and calendar, and names the office and its head's post alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from diwan.kernel.countries import country
from diwan.kernel.reader import Reader, of_language, reading
from diwan.kernel.text import direction, isolate, to_digits
from diwan.services.models import Case
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.following import (
    PaperStand,
    initials,
    papers_of,
    public_name,
    unit_of,
)
from diwan.services.rules.codes import first_signs, written_code
from diwan.services.rules.definition import Definition
from diwan.services.rules.flow import main_way
from diwan.ui.paper import qr_of
from diwan.ui.show import show_day, show_local, show_moment, show_weekday_day

from .citizenwords import absolute, costs_words

FIGURES = "0123456789"


@contextmanager
def read_as(case: Case, language: str) -> Iterator[Reader]:
    """Say everything in a language, in the time and calendar of the service's country."""
    there = country(case.service.country)
    known = of_language(language)
    reader = Reader(known.language, there.calendar, there.timezone)
    with translation.override(known.language), reading(reader):
        yield reader


def receipt_words(request: HttpRequest | None, case: Case, at: datetime) -> dict[str, Any]:
    """The receipt in the active language: plain texts and lists of them, fit for JSON."""
    definition = definition_of(case.version)
    unit_name, head = unit_of(case, at)
    address = absolute(request, "services:followed", case.code)
    return {
        "title": _("Receipt"),
        "service": show_local(case.service.name),
        "unit": show_local(unit_name),
        "code_label": _("Tracking code"),
        "code": written_code(case.code),
        "promise_label": _("Final answer promised by"),
        "promise": show_weekday_day(case.promised_at) if case.promised_at else _("no date"),
        "facts": _facts(case, show_local(head) or show_local(unit_name), show_local(unit_name)),
        "steps_title": _("The steps"),
        "steps": _steps(definition),
        "cost_title": _("Cost"),
        "costs": [[name, cost] for name, cost in costs_words(definition)],
        "papers_title": _("Papers to give or show"),
        "papers": [_paper(stand) for stand in papers_of(case, definition)],
        "follow_told": _("Where your case is, you see here at any time, without an account:"),
        "address": address,
        "qr": qr_of(address),
        "alt": _("QR code of the page of your case"),
        "keep": _("Keep this receipt: whoever has the code can see the case."),
        "made": _("Printed %(moment)s") % {"moment": isolate(show_moment(at))},
    }


def _facts(case: Case, head: str, unit: str) -> list[list[str]]:
    applicant = getattr(case, "applicant", None)
    name = initials(applicant.name) if applicant is not None else ""
    rows = [
        [_("Filed"), show_moment(case.filed_at)],
        [_("Way of filing"), str(Case.Channel(case.channel).label)],
        [_("Applicant"), name],
        [_("Office"), unit],
        [_("Responsible"), head],
    ]
    if case.about is not None:
        rows.append([_("About case"), isolate(first_signs(case.about.code))])
    return [row for row in rows if row[1]]


def _steps(definition: Definition) -> list[str]:
    return [show_local(public_name(state)) for state in main_way(definition)]


def _paper(stand: PaperStand) -> dict[str, str]:
    """A paper with how it stands; one that no question takes is shown at the counter."""
    if stand.given:
        state = _("given")
    elif not stand.paper.required:
        state = _("if it concerns you")
    else:
        state = _("to be shown") if stand.given is None else _("still missing")
    mark = "given" if stand.given else ""
    return {"name": show_local(stand.paper.name), "state": state, "mark": mark}


def closing_words(
    request: HttpRequest | None, case: Case, at: datetime, *, secret: str
) -> dict[str, Any]:
    """The closing paper: how it ended, and the code by which it is judged, with its secret."""
    definition = definition_of(case.version)
    known = {state.key: state for state in definition.states}
    unit_name, head = unit_of(case, at)
    address = absolute(request, "services:rate", secret)
    ended = show_moment(case.ended_at) if case.ended_at else ""
    return {
        "title": _("How was it?"),
        "service": show_local(case.service.name),
        "unit": show_local(unit_name),
        "code_label": _("Tracking code"),
        "code": written_code(case.code),
        "promise_label": _("How it ended"),
        "promise": show_local(public_name(known.get(case.state))) or str(case.get_phase_display()),
        "facts": [
            [_("Filed"), show_moment(case.filed_at)],
            [_("Promised by"), show_day(case.promised_at)],
            [_("Ended"), ended],
            [_("Responsible"), show_local(head) or show_local(unit_name)],
        ],
        "steps_title": "",
        "steps": [],
        "cost_title": "",
        "costs": [],
        "papers_title": "",
        "papers": [],
        "follow_told": _("Judge the service in one minute; each case is judged once:"),
        "address": address,
        "qr": qr_of(address),
        "alt": _("QR code of the page where the service is judged"),
        "keep": _("Was the answer not right? With the tracking code you may have it reopened."),
        "made": _("Printed %(moment)s") % {"moment": isolate(show_moment(at))},
    }


def paper_data(words: dict[str, Any], language: str) -> dict[str, Any]:
    """What the typst templates are given."""
    return {
        "paper": {
            "title": f"{words['title']} · {words['service']}",
            "author": words["unit"],
            "language": language,
            "direction": direction(language),
            "head": [words["unit"], words["service"]],
            "foot": words["made"],
            "watermark": "",
            "digits": "".join(to_digits(figure, language) for figure in FIGURES),
            "page_of": _("Page {page} of {pages}"),
        },
        "r": words,
    }
