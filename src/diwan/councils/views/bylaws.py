"""The rules of a body: its page, and what of them stands beside the body."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.councils.actions.bylaws import change_bylaws
from diwan.councils.constants import BODY
from diwan.councils.forms.bylaws import BylawsForm, counted, with_example
from diwan.councils.models import Body, Bylaws
from diwan.councils.models.bylaws import Majority, MajorityOf, Quorum, Signers
from diwan.councils.queries.attendance import voting_seats
from diwan.councils.queries.bodies import Member, members_of
from diwan.councils.queries.bylaws import bylaws_of, is_written
from diwan.councils.rules.majority import threshold
from diwan.councils.rules.quorum import needed
from diwan.ui.components import Pair
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_number

from .bodies_steps import body_url
from .records import body_for, posts_of
from .shared import today_of, way_to_body

GROUPS = (
    ("quorum", "quorum_number", "deputies_vote"),
    ("majority", "majority_of", "vote_needed"),
    ("signatures", "signers"),
    ("objection_days", "objectors"),
    ("escalate_after", "escalate_levels"),
    ("members_public",),
)


@login_required
def bylaws(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a body's own rules.

    Opened by who founds the body or runs it, with its charter in hand, who asks: how many of us
    must be there, and how many votes carry? Next: the body's page.
    """
    edits = as_seen(BODY, pk)
    actor, body = body_for(request, pk, "manage")
    rules = bylaws_of(body)
    seats = voting_seats(members_of(body, today_of(actor, body), at=actor.at))
    form = BylawsForm(request.POST or None, rules=rules, seats=seats, posts=posts_of(actor, body))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            change_bylaws(actor, body, form.asked())
            messages.success(request, _("The rules were written. They hold from now on."))
            return redirect(body_url(pk))
    return form_page(
        request,
        form,
        edits=edits,
        template="councils/bylaws.html",
        heading=_("The rules of the body"),
        lead=show_local(body.name),
        submit_label=_("Write the rules"),
        cancel_url=body_url(pk),
        crumbs=way_to_body(body),
        groups=_groups(form),
        example=example_of(rules, seats),
        written=is_written(rules),
    )


def _groups(form: BylawsForm) -> list[tuple[str, list[object]]]:
    """The fields under their headings."""
    titles = [
        _("Quorum"),
        _("Votes"),
        _("Proposals and minutes"),
        _("Objections"),
        _("Late actions"),
        _("Open data"),
    ]
    return [
        (title, [form[name] for name in names]) for title, names in zip(titles, GROUPS, strict=True)
    ]


def example_of(rules: Bylaws, seats: int) -> str:
    """What the rules come to for the body as it is today, in one sentence."""
    if not seats:
        return _("Nobody has a seat that votes yet.")
    room = needed(seats, rules.quorum, rules.quorum_number)
    carry = threshold(
        rules.majority, rules.majority_of, present=seats, seats=seats, in_favour=seats, against=0
    )
    words = {
        "seats": show_number(seats),
        "room": show_number(room),
        "carry": show_number(carry),
    }
    if not room:
        return (
            ngettext(
                "%(seats)s seat votes: no quorum is demanded, and %(carry)s votes carry when all "
                "are there and vote.",
                "%(seats)s seats vote: no quorum is demanded, and %(carry)s votes carry when all "
                "are there and vote.",
                seats,
            )
            % words
        )
    return (
        ngettext(
            "%(seats)s seat votes: %(room)s must be in the room, and %(carry)s votes carry when "
            "all are there and vote.",
            "%(seats)s seats vote: %(room)s must be in the room, and %(carry)s votes carry when "
            "all are there and vote.",
            seats,
        )
        % words
    )


def rules_of(body: Body, members: Sequence[Member]) -> list[Pair]:
    """The rules as a short list beside the body, read with it; nothing where it wrote none."""
    rules: Bylaws | None = getattr(body, "bylaws", None)
    if rules is None:
        return []
    seats = voting_seats(members)
    facts = [
        Pair(_("Quorum"), _quorum(rules, seats)),
        Pair(_("What carries"), _majority(rules)),
        Pair(_("Minutes are signed by"), str(Signers(rules.signers).label)),
    ]
    if rules.vote_needed:
        facts.append(Pair(pgettext("bylaws", "Adopted"), _("by a vote alone")))
    if not rules.deputies_vote:
        facts.append(Pair(_("Deputies"), _("are heard and do not vote")))
    if rules.signatures > 1:
        facts.append(Pair(_("Signatures under a proposal"), show_number(rules.signatures)))
    if rules.objection_days:
        facts.append(Pair(_("Binds"), _days_after(rules.objection_days)))
    if rules.escalate_after:
        facts.append(Pair(_("A late action goes up"), _working_days(rules.escalate_after)))
    return facts


def _quorum(rules: Bylaws, seats: int) -> str:
    """The rule in a word and what it comes to; a number is told by itself."""
    room = needed(seats, rules.quorum, rules.quorum_number)
    if rules.quorum == Quorum.NONE:
        return str(Quorum.NONE.label)
    if rules.quorum == Quorum.NUMBER:
        return counted(room, seats) if seats else show_number(rules.quorum_number)
    word = {Quorum.MAJORITY: Majority.ABSOLUTE, Quorum.TWO_THIRDS: Majority.TWO_THIRDS}
    return with_example(word[Quorum(rules.quorum)].label, room, seats)


def _majority(rules: Bylaws) -> str:
    majority = str(Majority(rules.majority).label)
    if rules.majority == Majority.SIMPLE:
        return majority
    whole = MajorityOf(rules.majority_of).label
    return _("%(majority)s of %(whole)s") % {"majority": majority, "whole": whole}


def _days_after(days: int) -> str:
    words = ngettext("%(n)s day after its adoption", "%(n)s days after its adoption", days)
    return words % {"n": show_number(days)}


def _working_days(days: int) -> str:
    words = ngettext("after %(n)s working day", "after %(n)s working days", days)
    return words % {"n": show_number(days)}
