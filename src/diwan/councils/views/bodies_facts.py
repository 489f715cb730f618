"""What is said of one body: when it meets next, who sits in it, how its resolutions stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from diwan.councils.actions.resolutions import Counter
from diwan.councils.constants import MEMBERSHIP
from diwan.councils.forms.words import kind_name
from diwan.councils.models import Body, Meeting, Membership, Resolution, Term
from diwan.councils.models.bodies import Role
from diwan.councils.queries.bodies import Member, NextMeeting, body_counts
from diwan.directory.public import PostCard, unit_names
from diwan.kernel.calendars import Calendar, show_date
from diwan.kernel.countries import country
from diwan.kernel.dated import stated
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.reader import current
from diwan.kernel.text import isolate
from diwan.ui.components import Pair, Step, Tag
from diwan.ui.show import (
    show_day,
    show_digits,
    show_local,
    show_number,
    show_partial,
    show_recurrence,
    show_weekday_day,
)
from diwan.ui.templatetags.ui import local

from .shared import holder_words, today_of

FEW_POSTS = 3


def moment_on(day: date, body: Body, actor: Actor) -> datetime:
    """The instant at which holders are asked: now if it is today, else the end of the day."""
    if day == today_of(actor, body):
        return actor.at
    zone = ZoneInfo(country(body.unit.country).timezone)
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)


def in_own_calendar(day: date, body: Body) -> str:
    """A day in the body's own calendar, where that is not the reader's; else nothing."""
    calendar = Calendar(body.calendar)
    if calendar is current().calendar:
        return ""
    return show_date(day, calendar, current().language, style="long")


def day_words(day: date, body: Body) -> str:
    """A day as the reader and the body name it."""
    own = in_own_calendar(day, body)
    return f"{show_weekday_day(day)} ({isolate(own)})" if own else show_weekday_day(day)


def next_words(body: Body, found: NextMeeting) -> str:
    """When a body meets next, in one sentence: the answer to the most asked question."""
    if found.planned is not None and found.planned.date is not None:
        day = day_words(found.planned.date, body)
        return _("Next meeting: %(day)s, planned") % {"day": day}
    if found.rule is not None:
        day = day_words(found.rule.day, body)
        return _("Next meeting: %(day)s by its rule, not planned yet") % {"day": day}
    if body.every:
        return _("It meets %(rule)s; no held meeting has a known day yet to count from.") % {
            "rule": show_recurrence(body.every, body.every_on)
        }
    return _("No next meeting is planned.")


def rule_notes(body: Body, found: NextMeeting) -> list[str]:
    """What the rule says besides: a day off, a date that passed, a plan on another day."""
    rule = found.rule
    if rule is None:
        return []
    notes = []
    if rule.moved:
        words = {"rule": day_words(rule.rule, body), "day": day_words(rule.day, body)}
        notes.append(
            _("By its rule it meets on %(rule)s; that is a day off, so it moves to %(day)s.")
            % words
        )
    planned = found.planned
    if planned is not None and planned.date != rule.day and not rule.moved:
        notes.append(_("By its rule it meets on %(rule)s.") % {"rule": day_words(rule.rule, body)})
    if rule.missed and planned is None:
        words = {"first": day_words(rule.first, body)}
        notes.append(_("The rule's date %(first)s passed without a recorded meeting.") % words)
    return notes


def next_number(actor: Actor, body: Body, terms: Sequence[Term] | None = None) -> str:
    """The number that a resolution adopted by a meeting of today would get; nothing is kept.

    `terms` are all the body's, where they are at hand.
    """
    today = today_of(actor, body)
    trial = Resolution(body=body, meeting=Meeting(body=body, date=today))
    Counter.of(body, terms).give(trial, on=today)
    return trial.number


@dataclass(frozen=True)
class Seat:
    """A row of the members' table."""

    row: Membership
    name: Any
    url: str
    role: str
    holders: Sequence[str]
    period: str
    tag: Tag | None = None
    steps: Sequence[Step] = ()
    users: Sequence[Any] = field(default_factory=tuple)


def seats(members: Sequence[Member], *, manages: bool) -> list[Seat]:
    """The members as rows, those who lead first."""
    order = list(Role.values)
    ranked = sorted(members, key=lambda one: order.index(one.membership.role))
    return [_seat(one, manages=manages) for one in ranked]


def _seat(member: Member, *, manages: bool) -> Seat:
    row = member.membership
    vacant = bool(row.post_id) and bool(member.posts) and member.posts[0].vacant
    return Seat(
        row=row,
        name=_seat_name(member),
        url=_seat_url(row),
        role=str(Role(row.role).label),
        holders=_holders(member),
        period=_period(row),
        tag=Tag(_("vacant"), "due") if vacant else None,
        steps=_seat_steps(row) if manages else (),
        users=member.users,
    )


def _seat_name(member: Member) -> Any:
    row = member.membership
    if row.unit_id:
        words = {"unit": isolate(show_local(member.name))}
        return _("the head of %(unit)s") % words
    if row.post_pattern_id:
        return show_local(member.name).replace("{province}", "…")
    return local(member.name)


def _seat_url(row: Membership) -> str:
    if row.post_id:
        return reverse("directory:post", args=[row.post_id])
    if row.unit_id:
        return reverse("directory:unit", args=[row.unit_id])
    return ""


def _holders(member: Member) -> list[str]:
    """Who sits there: the holders of a few posts, of many only how many there are."""
    posts = member.posts
    if len(posts) > FEW_POSTS:
        vacant = sum(card.vacant for card in posts)
        words = ngettext("%(n)s post", "%(n)s posts", len(posts)) % {"n": show_number(len(posts))}
        if not vacant:
            return [words]
        empty = ngettext("%(n)s of them vacant", "%(n)s of them vacant", vacant)
        return [f"{words} · {empty % {'n': show_number(vacant)}}"]
    if member.membership.unit_id and not posts:
        return [_("the unit has no post of a head")]
    return [
        _holder(card, alone=len(posts) == 1) for card in posts if card.holders or len(posts) > 1
    ]


def _holder(card: PostCard, *, alone: bool) -> str:
    if alone:
        return holder_words(card)
    return f"{isolate(show_local(card.name))}: {holder_words(card)}"


def _period(row: Membership) -> str:
    since, until = row.since_stated, row.until_stated
    if since and until:
        words = {"since": show_partial(since), "until": show_partial(until)}
        return pgettext("a period", "%(since)s to %(until)s") % words
    if since:
        return _("since %(day)s") % {"day": show_partial(since)}
    if until:
        return _("until %(day)s") % {"day": show_partial(until)}
    return ""


def _seat_steps(row: Membership) -> list[Step]:
    found = []
    if row.seat is not None or row.partner_id is not None:
        url = reverse("accounts:invite", args=[MEMBERSHIP, row.lineage])
        found.append(Step(_("Invite somebody"), url))
    found.append(Step(_("End"), reverse("councils:end_member", args=[row.lineage])))
    found.append(Step(_("Correct"), reverse("councils:correct_member", args=[row.lineage])))
    return found


def body_facts(actor: Actor, body: Body, found: NextMeeting, day: date) -> list[Pair]:
    """The facts beside a body."""
    host = unit_names([body.unit_id], day).get(body.unit_id, {})
    facts = [
        Pair(_("Kind"), kind_name(body.kind)),
        Pair(_("Host unit"), local(host), _unit_url(actor, body)),
    ]
    if body.parent is not None:
        url = reverse("councils:body", args=[body.parent_id])
        facts.append(Pair(_("Stands below"), local(body.parent.name), url))
    if body.every:
        facts.append(Pair(_("Meets"), show_recurrence(body.every, body.every_on)))
    if found.last is not None:
        facts.append(Pair(_("Last met"), show_day(found.last)))
    if body.term_years:
        words = ngettext("%(n)s year", "%(n)s years", body.term_years)
        facts.append(Pair(_("A term lasts"), words % {"n": show_number(body.term_years)}))
    facts += _dates(body)
    facts.append(Pair(_("Code"), isolate(show_digits(body.code))))
    facts.append(Pair(_("Calendar"), body.get_calendar_display()))
    overseen = body_counts(body).overseen
    if overseen:
        words = ngettext("%(n)s unit", "%(n)s units", overseen)
        facts.append(Pair(_("Oversees"), words % {"n": show_number(overseen)}))
    return [*facts, Pair(_("Confidentiality"), Confidentiality(body.confidentiality).label)]


def _unit_url(actor: Actor, body: Body) -> str:
    """The unit's page is for those who are signed in."""
    return reverse("directory:unit", args=[body.unit_id]) if actor.user_id else ""


def _dates(body: Body) -> list[Pair]:
    since = stated(body.since, body.since_precision, body.since_calendar)
    until = stated(body.until, body.until_precision, body.until_calendar)
    facts = []
    if since is not None:
        facts.append(Pair(_("Founded"), show_partial(since)))
    if until is not None:
        facts.append(Pair(_("Dissolved"), show_partial(until)))
    return facts
