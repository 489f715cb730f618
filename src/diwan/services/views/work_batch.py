"""The same step with many cases at once, where the workbook says that the law allows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.revisions import revisions_of
from diwan.services.actions.given import StepWords
from diwan.services.actions.steps import MOST_AT_ONCE, Outcome, act_many
from diwan.services.constants import CASE
from diwan.services.forms.case_steps import BatchForm
from diwan.services.models import Case
from diwan.services.policies.cases import CASES
from diwan.services.queries.definitions import definition_of, form_of
from diwan.services.rules.definition import State, StepAction
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import Seen, again_of
from diwan.ui.show import show_local, show_number

from .casewords import code_words
from .work import batch_actions, whose_of


@dataclass(frozen=True)
class Chosen:
    """The cases that were ticked, what is to be done with all of them, and where they go by it."""

    cases: Sequence[Case]
    action: StepAction
    to: State
    seen: Sequence[Seen]


@login_required
def batch(request: HttpRequest) -> HttpResponse:
    """One step for many cases.

    Opened from the work list by who ticked cases, who asks: are these the ones, and what follows?
    Next: the work list, with what was done and what was not, and why.
    """
    actor = actor_of(request)
    whose_of(actor)  # who has no list has nothing to tick
    given = request.POST if request.method == "POST" or again_of(request) else request.GET
    chosen, why_not = chosen_of(actor, given)
    if chosen is None:
        messages.warning(request, why_not)
        return redirect("services:work")
    form = BatchForm(
        given if given is request.POST else None,
        action=chosen.action,
        form=form_of(chosen.cases[0].version),
        ends=bool(chosen.to.end),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            words = StepWords(
                note=form.cleaned_data["note"],
                said=form.cleaned_data.get("said", ""),
                answers=form.answers(),
            )
            _tell(request, chosen, act_many(actor, chosen.cases, chosen.action.key, words))
            return redirect("services:work")
    return _page(request, chosen, form, given)


def chosen_of(actor: Actor, given: QueryDict) -> tuple[Chosen | None, str]:
    """What was chosen, or why it cannot be done together."""
    version, _colon, rest = given.get("do", "").partition(":")
    state, _colon, key = rest.partition(":")
    ids = [pk for text in given.getlist("case")[: MOST_AT_ONCE + 1] if (pk := _uuid(text))]
    if not ids:
        return None, _("Tick the cases first, then choose what to do with them.")
    if len(ids) > MOST_AT_ONCE:
        return None, _("Choose at most 200 cases at once.")
    revisions = revisions_of(CASE, ids)
    rows = Case.objects.filter(pk__in=ids).select_related("service", "version", "applicant")
    light = rows.defer("version__definition", "version__form", "version__xform")
    cases = list(CASES.which(actor, "work", light).order_by("due_at", "pk"))
    same = all(str(case.version_id) == version and case.state == state for case in cases)
    if not same or len(cases) < len(ids):
        return None, _(
            "Not all of the chosen cases stand at the same step and with you. Choose again from "
            "the list as it stands now."
        )
    action = next((one for one in batch_actions(cases[0]) if one.key == key), None)
    if action is None:
        return None, _("This must be done with each case by itself.")
    to = definition_of(cases[0].version).state(action.to)
    seen = [Seen(Ref(CASE, pk), revision) for pk, revision in revisions.items()]
    return Chosen(cases, action, to, seen), ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _tell(request: HttpRequest, chosen: Chosen, outcomes: Sequence[Outcome]) -> None:
    """Say how many were done, and of each that was not why."""
    by_id = {case.pk: case for case in chosen.cases}
    done = sum(outcome.done for outcome in outcomes)
    if done:
        words = ngettext(
            "“%(action)s”: done with %(n)s case.", "“%(action)s”: done with %(n)s cases.", done
        )
        told = {"action": show_local(chosen.action.name), "n": show_number(done)}
        messages.success(request, words % told)
    for outcome in outcomes:
        if not outcome.done:
            told = {"case": code_words(by_id[outcome.case_id]), "why": str(outcome.sentence)}
            messages.error(request, _("%(case)s was left as it was: %(why)s") % told)


def _page(request: HttpRequest, chosen: Chosen, form: BatchForm, given: QueryDict) -> HttpResponse:
    count, name = len(chosen.cases), show_local(chosen.action.name)
    heading = ngettext("“%(action)s” for %(n)s case?", "“%(action)s” for %(n)s cases?", count)
    told: dict[str, Any] = {"action": name, "n": show_number(count)}
    return form_page(
        request,
        form,
        template="services/work_batch.html",
        edits=chosen.seen,
        heading=heading % told,
        lead=_("After that: %(state)s") % {"state": show_local(chosen.to.name)},
        submit_label=name,
        cancel_url=reverse("services:work"),
        chosen=[str(case.pk) for case in chosen.cases],
        do=given.get("do", ""),
        cases=[_line(case) for case in chosen.cases],
    )


def _line(case: Case) -> str:
    applicant = getattr(case, "applicant", None)
    parts = [code_words(case), case.title, applicant.name if applicant else ""]
    return " · ".join(part for part in parts if part)
