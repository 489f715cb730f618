"""Taking a step of a case: the same page for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.directory.public import (
    Unit,
    UnitVersion,
    authority_of,
    post_cards,
    posts_of_units,
    unit_names,
)
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of
from diwan.services.actions import inquiries, steps
from diwan.services.actions.given import StepWords
from diwan.services.constants import CASE
from diwan.services.errors import FormFaults
from diwan.services.forms import case_steps as forms
from diwan.services.models import Case, Inquiry
from diwan.services.policies.cases import CASES
from diwan.services.queries.answer_faults import sentence_of
from diwan.services.queries.casepage import CaseSheet, case_sheet
from diwan.services.queries.definitions import form_of
from diwan.services.queries.worklist import place_of
from diwan.services.rules.definition import StepAction
from diwan.ui.finding import Candidates
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import Seen, again_of, as_seen
from diwan.ui.show import show_local

from .case_facts import answer_rows, code_of, crumbs_of, facts_of, heading_of, missing_words
from .case_table import BY_SLUG, StepPage, expected
from .casewords import post_words
from .work import remembered_filter


@login_required
def case_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Take one step of a case that its workbook does not name: take, return, ask, assign.

    Opened from the case's page by who works on it, who asks: what is needed, and what follows?
    Next: the case's page, as it stands then.
    """
    actor, edits = actor_of(request), as_seen(CASE, pk)
    sheet, page = case_sheet(actor, pk, whole=False), BY_SLUG.get(step)
    if page is None:
        raise NotFound
    CASES.demand(actor, page.right, sheet.case)
    if not page.possible(sheet) and not _sent(request):
        messages.warning(request, _("“%(step)s” is not possible now.") % {"step": page.label})
        return redirect("services:case", pk)
    form = _form(request, actor, sheet, page)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            page.act(actor, sheet.case, form)
            messages.success(request, str(page.done))
            return redirect(_after(request, actor, sheet.case))
    told = {"submit_label": page.submit, "lead": page.lead, "danger": page.danger}
    return _page(request, sheet, form, edits, heading=page.heading, **told)


@login_required
def act(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """Take a step that the workbook names, with what it requires.

    Opened from the case's page by who owes the step, who asks: what must I give with it? Next: the
    case's page, or the next case.
    """
    actor, edits = actor_of(request), as_seen(CASE, pk)
    sheet = case_sheet(actor, pk, whole=False)
    CASES.demand(actor, "work", sheet.case)
    action = next((one for one in sheet.actions if one.key == key), None)
    if action is None and not _sent(request):
        messages.warning(request, _("The case has moved on; this step is not possible now."))
        return redirect("services:case", pk)
    if action is None:
        action = StepAction(key, {}, sheet.case.state)  # who was overtaken is told by the action
    form = _act_form(request, sheet, action)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form), faults_on(form):
            steps.act(actor, sheet.case, key, _words(form), expected_state=expected(form))
            done = _("“%(action)s”: done.") % {"action": show_local(action.name)}
            messages.success(request, done)
            return redirect(_after(request, actor, sheet.case))
    name = show_local(action.name)
    told = {"heading": name, "submit_label": name}
    if action.pauses:
        told |= {"lead": _("Name everything at once, so that they need to come only once.")}
    return _page(request, sheet, form, edits, **told)


@login_required
def inquiry_step(request: HttpRequest, pk: UUID, inquiry: UUID, step: str) -> HttpResponse:
    """Answer an inquiry, or take it back.

    Opened from the desk by a department that was asked, who asks: what do they want to know, and
    about what? Next: the answer is sent, and the case goes on where it lies.
    """
    actor, edits = actor_of(request), as_seen(CASE, pk)
    sheet = case_sheet(actor, pk, whole=False)
    found = next((one for one in sheet.inquiries if one.pk == inquiry), None)
    if found is None or step not in ("answer", "take-back"):
        raise NotFound
    if found not in sheet.asked and not _sent(request):
        messages.warning(request, _("This inquiry is settled already."))
        return redirect("services:case", pk)
    if step == "take-back":
        return _take_back(request, actor, sheet, found, edits)
    if found.unit_id not in sheet.my_units and not actor.elevated:
        raise Forbidden
    form = forms.InquiryAnswerForm(_data(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = form.cleaned_data
            inquiries.answer(actor, found, given["opinion"], given["text"])
            messages.success(request, _("Your answer is with the case."))
            return redirect("services:work")
    told = {"submit_label": _("Send the answer"), "question": found.question}
    return _page(request, sheet, form, edits, heading=_("Your department is asked"), **told)


def _take_back(
    request: HttpRequest, actor: Actor, sheet: CaseSheet, inquiry: Inquiry, edits: Seen
) -> HttpResponse:
    CASES.demand(actor, "ask", sheet.case)
    form = forms.NothingForm(_data(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            inquiries.withdraw_inquiry(actor, inquiry)
            messages.success(request, _("The inquiry was taken back."))
            return redirect("services:case", sheet.case.pk)
    told = {"submit_label": _("Take the inquiry back"), "question": inquiry.question}
    return _page(request, sheet, form, edits, heading=_("Take the inquiry back?"), **told)


def _sent(request: HttpRequest) -> bool:
    """Whether something was filled in, also where the page is shown again with it."""
    return request.method == "POST" or again_of(request) is not None


def _data(request: HttpRequest) -> Any:
    return request.POST if _sent(request) else None


def _form(request: HttpRequest, actor: Actor, sheet: CaseSheet, page: StepPage) -> forms.StepForm:
    more: dict[str, Any] = {}
    if page.slug == "ask":
        more["units"] = units_to_ask(actor, sheet.case)
    elif page.slug == "assign":
        more["posts"] = _posts_to_assign(actor, sheet.case)
    return page.form(_data(request), request.FILES if _sent(request) else None, **more)


def _act_form(
    request: HttpRequest, sheet: CaseSheet, action: StepAction
) -> forms.ActForm | forms.ReturnForm:
    files = request.FILES if _sent(request) else None
    if action.pauses:
        return forms.ReturnForm(_data(request), files, definition=sheet.definition, action=action)
    ends = any(one.key == action.to and one.end for one in sheet.definition.states)
    form = form_of(sheet.case.version)
    return forms.ActForm(_data(request), files, action=action, form=form, ends=ends)


def _words(form: forms.ActForm | forms.ReturnForm) -> StepWords:
    given = form.cleaned_data
    said, note = given.get("said", ""), given["note"]
    if isinstance(form, forms.ReturnForm):
        return StepWords(note=note, said=said, asked=form.asked(current().language))
    return StepWords(note=note, said=said, answers=form.answers(), files=form.attached())


@contextmanager
def faults_on(form: forms.StepForm) -> Iterator[None]:
    """Put what is wrong with an answer of the office at its own field; then it goes on."""
    try:
        yield
    except FormFaults as error:
        if isinstance(form, forms.ActForm):
            for fault in error.faults:
                name = forms.field_name(fault.path)
                if name in form.fields:
                    form.add_error(name, sentence_of(fault, form.tree))
        raise


def _after(request: HttpRequest, actor: Actor, case: Case) -> str:
    """The case's page again, which remembers where in the list the case stood before the step."""
    place = place_of(case, remembered_filter(request, actor))
    return f"{reverse('services:case', args=[case.pk])}?{urlencode({'at': str(place)})}"


def units_to_ask(actor: Actor, case: Case) -> Candidates[Unit]:
    """The units of the case's country that exist today, but for the one where it lies."""
    day = authority_of(actor).day
    known = UnitVersion.objects.as_of(day)

    def matching(found: QuerySet[Unit], tokens: Sequence[str]) -> QuerySet[Unit]:
        asked = Q()
        for token in tokens:
            asked &= Q(search__contains=token)
        return found.filter(pk__in=known.filter(asked).values("unit_id"))

    def labels(found: Iterable[Unit]) -> Mapping[UUID, str]:
        names = unit_names([unit.pk for unit in found], day)
        return {pk: show_local(name) for pk, name in names.items()}

    units = Unit.objects.filter(country=case.service.country, pk__in=known.values("unit_id"))
    return Candidates(units.exclude(pk=case.at_unit_id).order_by("pk"), matching, labels)


def _posts_to_assign(actor: Actor, case: Case) -> list[tuple[str, str]]:
    """The posts of the unit where the case lies, those with the step's role first."""
    cards = post_cards(
        posts_of_units([case.at_unit_id], authority_of(actor).day), actor.at
    ).values()
    ordered = sorted(cards, key=lambda card: (case.role not in card.roles, str(card.post_id)))
    return [(str(card.post_id), post_words(card)) for card in ordered]


def _page(
    request: HttpRequest, sheet: CaseSheet, form: forms.StepForm, edits: Seen, **told: Any
) -> HttpResponse:
    case = sheet.case
    return form_page(
        request,
        form,
        template="services/case_step.html",
        edits=edits,
        sheet=sheet,
        stands=heading_of(sheet),
        code=code_of(sheet),
        expected_state=_expected(request, case),
        answers=answer_rows(sheet),
        facts=facts_of(sheet),
        missing=missing_words(sheet),
        crumbs=crumbs_of(sheet, deep=True),
        cancel_url=reverse("services:case", args=[case.pk]),
        **told,
    )


def _expected(request: HttpRequest, case: Case) -> str:
    """The state in the form; one that came back with errors goes on from what was seen at first."""
    kept: str = request.POST.get("expected_state", "") if _sent(request) else ""
    return kept or case.state
