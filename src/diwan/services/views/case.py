"""One case on one page: how it stands, the next step, what was answered, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.kernel import files
from diwan.kernel.requests import actor_of
from diwan.services.actions.ratings import JUDGED
from diwan.services.constants import CASE
from diwan.services.queries.casepage import CaseSheet, case_file, case_sheet
from diwan.ui.components import Text
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_number

from . import case_facts
from .case_table import StepPage, possible_pages

NUMBERED = 9


@dataclass(frozen=True)
class Button:
    """A step on the page: a link, or a form of one button (`post`); `sign` is its key in words."""

    label: Text
    url: str
    post: bool = False
    filled: bool = False
    danger: bool = False
    key: str = ""
    sign: str = ""


@login_required
@require_safe
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One case.

    Opened by who works on it, who asks: what was asked for, how does it stand, and what do I do
    next? By a head or a department that is asked, who want to understand it. Next: the one filled
    step; then the next case.
    """
    actor, seen = actor_of(request), as_seen(CASE, pk)
    sheet = case_sheet(actor, pk)
    context = {
        "sheet": sheet,
        "case": sheet.case,
        "code": case_facts.code_of(sheet),
        "service": show_local(sheet.case.service.name),
        "heading": case_facts.heading_of(sheet),
        "tags": case_facts.tags_of(sheet),
        "crumbs": case_facts.crumbs_of(sheet),
        "as_seen": str(seen),
        "actions": action_buttons(sheet),
        "buttons": other_buttons(sheet),
        "missing": case_facts.missing_words(sheet),
        "answers": case_facts.answer_rows(sheet),
        "files": case_facts.loose_files(sheet),
        "inquiries": case_facts.inquiry_rows(sheet),
        "related": case_facts.related_rows(sheet),
        "events": case_facts.events_of(sheet),
        "facts": case_facts.facts_of(sheet),
        "applicant": case_facts.applicant_facts(sheet),
        "trail_url": reverse("ui:trail", args=[CASE, pk]),
        "next_url": f"{reverse('services:next')}?{_place(request, pk)}",
    }
    return render(request, "services/case.html", context)


@login_required
@require_safe
def file(request: HttpRequest, pk: UUID, file: UUID) -> HttpResponseBase:
    """A file of a case.

    Opened from the case's page by who works on it, who asks: what does this paper say? Next: back
    to the case. Whoever may not see the case gets a 404.
    """
    return files.answer_with(request, case_file(actor_of(request), pk, file))


def _place(request: HttpRequest, pk: UUID) -> str:
    """Where in the list the case stands: before its last step, if one was just taken."""
    told = {"at": request.GET.get("at", ""), "from": str(pk)}
    return urlencode({name: value for name, value in told.items() if value})


def action_buttons(sheet: CaseSheet) -> list[Button]:
    """The ways out of the present state, numbered; the first is the next step."""
    ends = {state.key for state in sheet.definition.states if state.end}
    buttons = []
    for number, action in enumerate(sheet.actions, 1):
        direct = not action.requires and not action.pauses and action.to not in ends
        buttons.append(
            Button(
                label=show_local(action.name),
                url=reverse("services:act", args=[sheet.case.pk, action.key]),
                post=direct,
                filled=number == 1 and not sheet.asked,
                key=str(number) if number <= NUMBERED else "",
                sign=show_number(number) if number <= NUMBERED else "",
            )
        )
    return buttons


def other_buttons(sheet: CaseSheet) -> list[Button]:
    """The steps besides, in the table's order, what ends something last."""
    pages = possible_pages(sheet)
    # Where nothing else is next, the first of them is.
    filled = next((page.slug for page in pages if page.slug in ("bring", "take")), "")
    alone = not sheet.actions
    buttons = [_button(sheet, page, filled=alone and page.slug == filled) for page in pages]
    judged = sheet.case.phase in JUDGED and sheet.definition.rating.open
    if judged and "help" in sheet.rights:
        url = reverse("services:print_closing", args=[sheet.case.pk])
        buttons.append(Button(_("Print the closing paper"), url, post=True))
    return buttons


def _button(sheet: CaseSheet, page: StepPage, *, filled: bool) -> Button:
    return Button(
        label=page.label,
        url=reverse("services:case_step", args=[sheet.case.pk, page.slug]),
        post=page.direct,
        filled=filled,
        danger=page.danger,
        key=page.key,
        sign=page.key.upper(),
    )
