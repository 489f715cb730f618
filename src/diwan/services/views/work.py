"""The work list: what lies at somebody's posts, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from diwan.directory.public import PostCard, authority_of, post_cards, unit_names
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.services.forms.work import WorkForm
from diwan.services.models import Case, Inquiry, Service
from diwan.services.policies.cases import CASES, WORKING
from diwan.services.policies.services import services
from diwan.services.queries import worklist
from diwan.services.queries.clocks import Clocks
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.worklist import SIZE, Bounds, Group, Place, Whose, WorkFilter
from diwan.services.rules.definition import StepAction
from diwan.ui.components import Link, Tag
from diwan.ui.show import show_local, show_number

from .casewords import broken, code_words, due_tag, due_words, post_words, state_words

REMEMBERED = "services.work"
ASKED_OF_US = 20
KEPT = ("q", "service", "state", "whose", "channel", "group")
LONGEST = 500


@dataclass(frozen=True)
class Row:
    """One case of the list; `chosen` says that it may be taken with others of its kind."""

    case: Case
    url: str
    title: str
    code: str
    service: str
    state: str
    due: Tag
    broken: bool
    applicant: str
    unit: str
    taken: str
    chosen: bool


@dataclass(frozen=True)
class Batch:
    """Something the law allows for many cases at once: what its button says and carries."""

    label: str
    value: str


@login_required
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """The work list.

    Opened by a clerk or an officer, many times a day, who asks: what is next, and what is late? By
    a head, who asks the same of all below. Next: open the first case.
    """
    actor = actor_of(request)
    whose = whose_of(actor)
    remembered = request.session.get(REMEMBERED, "")
    if not request.GET and remembered:
        return redirect(f"{request.path}?{remembered}")
    form = WorkForm(request.GET, offered=services_for(actor), whose=whose)
    asked = form.wanted()
    _remember(request)
    counts = worklist.counts(actor, asked)
    found = worklist.read(
        worklist.narrowed(actor, asked), asked, Place.parse(request.GET.get("after", "")), SIZE + 1
    )
    rows = rows_of(actor, found[:SIZE], asked)
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "heading": heading_of(counts, asked, rows),
        "chips": _chips(request, counts, asked),
        "groups": _grouped(actor, rows, asked),
        "rows": rows,
        "batches": _batches(rows),
        "inquiries": _asked_of_us(actor, worklist.inquiries(actor, ASKED_OF_US)),
        "more_url": _more(request, found, asked),
        "first_url": _address(request, after="") if request.GET.get("after") else "",
        "narrowed": bool(set(form.given()) & {"q", "service", "state", "channel"}),
        "everything_url": f"{request.path}?{urlencode({'whose': whose[0].value})}",
        "many_units": asked.whose is not Whose.MINE or len({row.unit for row in rows}) > 1,
        "heads": worklist.heads(actor),
    }
    return render(request, "services/work.html", context)


@login_required
@require_safe
def next_case(request: HttpRequest) -> HttpResponse:
    """Lead on to the case after a place of the list, by the filter that is remembered.

    Opened from a case by who has done with it and asks: what is next? At the end: the list.
    """
    actor = actor_of(request)
    asked = remembered_filter(request, actor)
    after = Place.parse(request.GET.get("at", "")) or _place_from(request, actor, asked)
    found = worklist.read(worklist.narrowed(actor, asked), asked, after, 1)
    if found:
        return redirect("services:case", found[0].pk)
    messages.info(request, _("That was the last case of your list."))
    return redirect("services:work")


def _place_from(request: HttpRequest, actor: Actor, asked: WorkFilter) -> Place | None:
    """The place of the case from which the reader comes; None where there is none such."""
    try:
        pk = UUID(request.GET.get("from", ""))
    except ValueError:
        return None
    found = CASES.which(actor, "see", Case.objects.filter(pk=pk)).first()
    return worklist.place_of(found, asked) if found else None


def whose_of(actor: Actor) -> list[Whose]:
    """Lists an actor may ask for, the first by itself. Raises NotFound where there is none."""
    found = [Whose.MINE, Whose.UNIT] if authority_of(actor).units(*WORKING) else []
    if worklist.heads(actor):
        found.append(Whose.BELOW)
    if not found and not actor.elevated:
        raise NotFound
    return [*found, Whose.SEEN]


def services_for(actor: Actor) -> Sequence[Service]:
    """The services whose cases may be on the list, with their published version's identity."""
    seen = services.which(actor, "see", Service.objects.filter(current__isnull=False))
    content = ("current__definition", "current__form", "current__xform")
    return list(seen.select_related("current").defer(*content))


def remembered_filter(request: HttpRequest, actor: Actor) -> WorkFilter:
    """The filter under which the list was looked at last."""
    given = QueryDict(request.session.get(REMEMBERED, ""))
    return WorkForm(given, offered=services_for(actor), whose=whose_of(actor)).wanted()


def rows_of(actor: Actor, cases: Sequence[Case], asked: WorkFilter) -> list[Row]:
    """The lines of the table."""
    clocks = Clocks(cases, actor.at)
    units = unit_names({case.at_unit_id for case in cases}, authority_of(actor).day)
    cards = post_cards({case.post_id for case in cases if case.post_id}, actor.at)
    return [_row(case, asked, clocks, units, cards) for case in cases]


def _row(
    case: Case,
    asked: WorkFilter,
    clocks: Clocks,
    units: Mapping[UUID, Mapping[str, str]],
    cards: Mapping[UUID, PostCard],
) -> Row:
    applicant = getattr(case, "applicant", None)
    code = code_words(case, whole=getattr(case, "helped", True))
    return Row(
        case=case,
        url=reverse("services:case", args=[case.pk]),
        title=case.title or code,
        code=code,
        service=show_local(case.service.name),
        state=state_words(case),
        due=due_tag(case, clocks),
        broken=broken(case, clocks.at),
        applicant=applicant.name or applicant.on_behalf if applicant else "",
        unit=show_local(units.get(case.at_unit_id, {})),
        taken=post_words(cards.get(case.post_id)) if case.post_id else "",
        chosen=asked.whose is Whose.MINE and bool(batch_actions(case)),
    )


def batch_actions(case: Case) -> list[StepAction]:
    """What the office may do with many cases of that version and state at once.

    What needs a file of each case's own does not belong to it.
    """
    if case.phase != Case.Phase.OPEN:
        return []
    try:
        actions = definition_of(case.version).state(case.state).actions
    except KeyError:
        return []
    return [
        action
        for action in actions
        if action.batch and action.by == "office" and not {"file", "output"} & set(action.requires)
    ]


def _batches(rows: Sequence[Row]) -> list[Batch]:
    found: dict[str, Batch] = {}
    for row in rows:
        for action in batch_actions(row.case) if row.chosen else ():
            value = f"{row.case.version_id}:{row.case.state}:{action.key}"
            words = {"action": show_local(action.name), "service": row.service}
            found[value] = Batch(_("%(action)s (%(service)s)") % words, value)
    return list(found.values())


def heading_of(counts: Mapping[Group, int], asked: WorkFilter, rows: Sequence[Row]) -> str:
    """How much is late, and how much is due soon: the answer.

    A promise that has passed is never called punctual, though its step still has time.
    """
    if asked.text:
        return _("What was found")
    late, today = counts.get(Group.LATE, 0), counts.get(Group.TODAY, 0)
    if late:
        words = ngettext("%(n)s case is late", "%(n)s cases are late", late)
        return words % {"n": show_number(late)}
    if today:
        words = ngettext("%(n)s case is due today", "%(n)s cases are due today", today)
        return words % {"n": show_number(today)}
    promised = sum(bool(row.broken) for row in rows)
    if promised:
        words = ngettext(
            "No step is late, but %(n)s promised day has passed",
            "No step is late, but %(n)s promised days have passed",
            promised,
        )
        return words % {"n": show_number(promised)}
    lying = counts.get(Group.WEEK, 0) + counts.get(Group.LATER, 0)
    if lying:
        return _("Nothing is late, and nothing is due today")
    return _("Nothing lies here")


def group_words() -> dict[Group, str]:
    """What the groups are called."""
    return {
        Group.LATE: _("Late"),
        Group.TODAY: _("Due today"),
        Group.WEEK: _("Within a week"),
        Group.LATER: _("Later"),
        Group.WAITING: _("Waiting for the applicant"),
        Group.ENDED: pgettext("cases", "Ended"),
    }


TONES = {Group.LATE: "late", Group.TODAY: "due", Group.WEEK: "new"}


def _chips(request: HttpRequest, counts: Mapping[Group, int], asked: WorkFilter) -> list[Link]:
    chips = [Link(_("All that is open"), _address(request, group=""), current=asked.group is None)]
    for group, label in group_words().items():
        url = _address(request, group=group.value)
        chips.append(Link(label, url, current=asked.group is group, count=counts.get(group)))
    return chips


def _grouped(actor: Actor, rows: Sequence[Row], asked: WorkFilter) -> list[dict[str, Any]]:
    """The rows under the headings of their groups; what was searched for stands in one."""
    if asked.text:
        return [{"title": "", "tone": "quiet", "rows": rows}] if rows else []
    bounds, words = Bounds.at(actor.at), group_words()
    return [
        {"title": words[group], "tone": TONES.get(group, "quiet"), "rows": list(found)}
        for group, found in groupby(rows, key=lambda row: bounds.group(row.case))
    ]


def _asked_of_us(actor: Actor, found: Sequence[Inquiry]) -> list[dict[str, Any]]:
    """What other units wait for, each with the case it is about."""
    clocks = Clocks([one.case for one in found], actor.at)
    return [
        {
            "url": reverse("services:inquiry_step", args=[one.case_id, one.pk, "answer"]),
            "service": show_local(one.case.service.name),
            "code": code_words(one.case, whole=False),
            "question": one.question,
            "tag": _inquiry_tag(one, clocks),
        }
        for one in found
    ]


def _inquiry_tag(inquiry: Inquiry, clocks: Clocks) -> Tag:
    label = due_words(inquiry.case, inquiry.due_at, clocks)
    late = inquiry.due_at is not None and inquiry.due_at < clocks.at
    return Tag(label, "late" if late else "due")


def _more(request: HttpRequest, found: Sequence[Case], asked: WorkFilter) -> str:
    if len(found) <= SIZE:
        return ""
    return _address(request, after=str(worklist.place_of(found[SIZE - 1], asked)))


def _address(request: HttpRequest, **changed: str) -> str:
    """The present question with some of it changed; an empty value takes it out."""
    kept = {name: request.GET.get(name, "") for name in KEPT} | changed
    query = urlencode({name: value for name, value in kept.items() if value})
    # Without any question the remembered one would come back.
    return f"{request.path}?{query or 'whose='}"


def _remember(request: HttpRequest) -> None:
    """Keep what is asked, but for the place in the list and what was searched for."""
    kept = {name: request.GET.get(name, "") for name in KEPT if name != "q"}
    query = urlencode({name: value for name, value in kept.items() if value})[:LONGEST]
    if request.session.get(REMEMBERED, "") != query:
        request.session[REMEMBERED] = query
