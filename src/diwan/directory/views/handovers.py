"""تودیع و معارفه: handing a post over, and the sheet that remains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from diwan.directory.actions.handovers import HandoverPlan, add_need, hand_over
from diwan.directory.constants import POST
from diwan.directory.forms.handovers import NeedForm
from diwan.directory.forms.holdings import HandOverForm
from diwan.directory.models import Handover, HandoverSignature, Holding, Person, Post
from diwan.directory.policies import handover_policy
from diwan.directory.queries.names import person_names, post_names, shown_instant, unit_names
from diwan.directory.queries.posts import holders_of
from diwan.directory.queries.signing import own_person, standing_of
from diwan.directory.rules.sheets import is_closed
from diwan.kernel.calendars import PartialDate, Precision
from diwan.kernel.dated import stated
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.working import today_in
from diwan.ui.components import Link
from diwan.ui.pages import form_page, page_of, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_moment, show_number, show_partial

from .holdings import people_for, person_shown
from .post_steps import post_for, post_name, post_url, way_to_post
from .shared import named, today_of
from .sheets import Sheet, places_of, sheet_of
from .two_steps import dry_run, two_steps

HAND_OVER_LEAD = gettext_lazy(
    "One holding ends and the other begins at the same instant; duties stay with the post."
)

NOTHING = Sheet((), ())


@dataclass
class Passing:
    """One handover, as it is filled in. `sheet` is what the preview found."""

    actor: Actor
    post: Post
    form: HandOverForm
    sheet: Sheet = NOTHING

    def run(self) -> Handover:
        """Hand the post over."""
        data = self.form.cleaned_data
        outgoing = data.get("from_person")
        plan = HandoverPlan(
            from_post=self.post,
            at=data["at"],
            from_person=Person.objects.get(pk=outgoing) if outgoing else None,
            to_person=data["to_person"],
            kind=data["kind"],
            needs=self.form.given_needs(),
        )
        return hand_over(self.actor, plan)

    def preview(self) -> list[str]:
        """What will come of it, and the sheet as it would be."""
        self.sheet = sheet_of(dry_run(self.run), self.actor)
        data = self.form.cleaned_data
        told = {
            "to": person_shown(data["to_person"].pk),
            "at": show_moment(data["at"]),
            "post": post_name(self.actor, self.post),
        }
        sentences = []
        if data.get("from_person"):
            leaves = _("%(from)s holds “%(post)s” until %(at)s; rights end at that instant.")
            sentences.append(leaves % (told | {"from": person_shown(UUID(data["from_person"]))}))
        sentences.append(_("%(to)s holds “%(post)s” from %(at)s on, with all its rights.") % told)
        return [*sentences, duties_words(len(self.sheet.duties))]


def duties_words(count: int) -> str:
    """How many open duties pass."""
    if not count:
        return _("The post owes nothing at that instant.")
    words = ngettext("%(n)s open duty passes.", "%(n)s open duties pass.", count)
    return words % {"n": show_number(count)}


@login_required
def hand_over_post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand a post over to a successor.

    Opened by the head above (or an administrator) when a holder goes and another comes, who asks:
    who takes over, at which instant, and what passes? The page shows the sheet before anything is
    done. Next: the sheet itself, to be printed and signed.
    """
    edits = as_seen(POST, pk, compares=False)
    actor, post = post_for(request, pk, "hand_over")
    form = HandOverForm(
        request.POST or None,
        holders=_outgoing(pk, actor),
        people=people_for(actor, post),
        asked_at=actor.at,
        initial={"at": actor.at},
    )
    passing = Passing(actor, post, form)

    def act() -> str:
        handover = passing.run()
        messages.success(request, _("The post was handed over; here is the sheet."))
        return reverse("directory:handover", args=[handover.pk])

    return two_steps(
        request,
        form,
        edits=edits,
        preview=passing.preview,
        act=act,
        template="directory/hand_over.html",
        passing=passing,
        heading=_("Hand over %(post)s") % {"post": post_name(actor, post)},
        lead=HAND_OVER_LEAD,
        submit_label=_("Hand the post over"),
        cancel_url=post_url(pk),
        crumbs=way_to_post(actor, post),
    )


def _outgoing(post_id: UUID, actor: Actor) -> list[tuple[str, str]]:
    """Who may be leaving: the present holders, but for deputies."""
    return [
        (str(holder.person_id), show_local(holder.name))
        for holder in holders_of([post_id], actor.at).get(post_id, [])
        if holder.kind != Holding.Kind.DEPUTY
    ]


def handover_moment(handover: Handover) -> str:
    """The instant, as precisely as it is known: of a handover out of a report often a day."""
    if handover.at is None:
        return show_partial(PartialDate.unknown(handover.register.recorded))
    country = handover.register.country
    if handover.at_precision == Precision.DAY:
        return shown_instant(handover.at, country)
    there = today_in(country, handover.at)
    return show_partial(stated(there, handover.at_precision, handover.at_calendar))


@login_required
@require_safe
def handover(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The handover sheet.

    Opened by the incoming holder on the first day, who asks: what is open, how late is it, what is
    still missing? Both sides sign it here, or on paper. Next: sign it, or open the latest duty.
    """
    actor, one = handover_for(request, pk)
    return render(request, "directory/handover.html", sheet_context(actor, one))


def handover_for(request: HttpRequest, pk: UUID) -> tuple[Actor, Handover]:
    """Who asks, and a handover that they may see. Raises NotFound."""
    actor = actor_of(request)
    rows = Handover.objects.select_related("register", "from_post__unit", "to_post__unit")
    one = handover_policy.which(actor, "see", rows.filter(pk=pk)).first()
    if one is None:
        raise NotFound
    return actor, one


def sheet_context(actor: Actor, one: Handover) -> dict[str, Any]:
    """What the sheet's page shows; without the right to read it, who passes what to whom alone."""
    sides = _sides(actor, one)
    context = {
        "handover": one,
        "moment": handover_moment(one),
        "may_read": handover_policy.may(actor, "read", one),
        "to_come": one.settled_at is None,
        "settled_at": one.settled_at,
        **sides,
    }
    if not context["may_read"]:
        return context
    standing = standing_of(one)
    names = {"outgoing": show_local(sides["from_name"]), "incoming": show_local(sides["to_name"])}
    mine = standing.open_to(own_person(actor)) if one.settled_at and one.sheet else []
    return context | {
        "sheet": sheet_of(one, actor),
        "needs": standing.needs,
        "sha256": standing.sha256,
        "closed": standing.closed,
        "may_add": not standing.closed and handover_policy.may(actor, "add_need", one),
        "may_sign": bool(mine),
        "places": places_of(one, standing, names),
    }


def _sides(actor: Actor, handover: Handover) -> dict[str, Any]:
    """Names of both sides, on the day of the handover."""
    day = handover.at.date() if handover.at else today_of(actor, handover.from_post.unit.country)
    posts = post_names([handover.from_post_id, handover.to_post_id], day)
    units = unit_names([handover.from_post.unit_id, handover.to_post.unit_id], day)
    people = person_names(
        pk for pk in (handover.from_person_id, handover.to_person_id) if pk is not None
    )
    return {
        "post": posts.get(handover.from_post_id, {}),
        "unit": units.get(handover.from_post.unit_id, {}),
        "to_post": posts.get(handover.to_post_id, {}),
        "same_post": handover.from_post_id == handover.to_post_id,
        "from_name": people.get(handover.from_person_id, {}) if handover.from_person_id else {},
        "to_name": people.get(handover.to_person_id, {}) if handover.to_person_id else {},
        "crumbs": way_to_post(actor, handover.from_post),
    }


@login_required
def add_need_to(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add what is still needed.

    Opened by those who hand over and take over, when something comes to mind, who ask: what must
    the successor have? Next: the sheet.
    """
    actor, one = handover_for(request, pk)
    handover_policy.demand(actor, "add_need", one)
    url = reverse("directory:handover", args=[pk])
    form = NeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            add_need(actor, one, form.cleaned_data["text"])
            messages.success(request, _("It was added to the sheet."))
            return redirect(url)
    return form_page(
        request,
        form,
        heading=_("What is still needed?"),
        submit_label=_("Add to the sheet"),
        cancel_url=url,
    )


@login_required
@require_safe
def handovers(request: HttpRequest) -> HttpResponse:
    """Handovers, the newest first.

    Opened by a head or a holder who looks for a sheet, and asks: which post passed to whom when?
    Next: open the sheet.
    """
    actor = actor_of(request)
    rows = handover_policy.which(actor, "see", Handover.objects.select_related("register"))
    page = page_of(rows.order_by("-at", "-made_at"), request)
    context = {
        "page": page,
        "rows": handover_rows(list(page.object_list), today_of(actor)),
        "crumbs": [Link(_("People"), reverse("directory:people"))],
    }
    return render(request, "directory/handovers.html", context)


def signed_words(row: Handover, signed: set[str]) -> str:
    """Who has signed a sheet, in a word; nothing of one that is still to be written."""
    sides = {"outgoing": row.from_person_id, "incoming": row.to_person_id}
    wanted = {side for side, person in sides.items() if person is not None}
    if row.settled_at is None:
        return ""
    if is_closed(wanted, signed):
        return _("everybody has signed")
    return _("one side has signed") if signed else pgettext("handover sheet", "not signed yet")


def handover_rows(found: Sequence[Handover], day: date) -> list[dict[str, Any]]:
    """Handovers for a table."""
    posts = post_names([row.from_post_id for row in found], day)
    people = person_names(
        pk for row in found for pk in (row.from_person_id, row.to_person_id) if pk is not None
    )
    given: dict[UUID, set[str]] = defaultdict(set)
    for pk, side in HandoverSignature.objects.filter(handover__in=found).values_list(
        "handover_id", "side"
    ):
        given[pk].add(side)
    return [
        {
            "moment": handover_moment(row),
            "post": named(posts, row.from_post_id),
            "from_name": named(people, row.from_person_id),
            "to_name": named(people, row.to_person_id),
            "signed": signed_words(row, given[row.pk]) if row.sheet else "",
            "url": reverse("directory:handover", args=[row.pk]),
        }
        for row in found
    ]
