"""How a person wants to be told, and what that means for one notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from diwan.kernel import audit
from diwan.kernel.exchange import Ref
from diwan.kernel.models import Channel, NoticeChoice, NoticeWishes, Pace
from diwan.kernel.policies import Actor, Through
from diwan.kernel.worktime import WorkCalendar

from .kinds import Kind, groups
from .people import Contact, contacts_of
from .times import Quiet, after_quiet, digest_at

Choice = tuple[str, str]  # channel, pace


@dataclass(frozen=True)
class Plan:
    """Where and when one notice goes; without channel it goes nowhere."""

    channel: str
    address: str
    due_at: datetime
    pace: str


def wishes_of(user_id: UUID) -> NoticeWishes:
    """Where and when the user wants to be told; the defaults while nothing was chosen."""
    return NoticeWishes.objects.filter(pk=user_id).first() or NoticeWishes(pk=user_id)


def choices_of(user_id: UUID) -> dict[str, Choice]:
    """What the user chose, by group."""
    rows = NoticeChoice.objects.filter(user_id=user_id)
    return {row.group: (row.channel, row.pace) for row in rows}


def choose(
    actor: Actor,
    subject: Ref,
    *,
    wishes: NoticeWishes,
    choices: Mapping[str, Choice],
    through: Through | None = None,
) -> None:
    """Keep how the user of `wishes` wants to be told. The caller has judged the right to.

    `subject` is the user's record for the audit; its addresses are personal values there.
    """
    with transaction.atomic():
        before_wishes, before = wishes_of(wishes.pk), choices_of(wishes.pk)
        hours = ["quiet_since", "quiet_until", "quiet_email", "working_days"]
        plain = audit.differences(
            audit.values_of(before_wishes, hours), audit.values_of(wishes, hours)
        )
        plain |= {
            f"notices.{group}": [" ".join(before.get(group, ())), " ".join(chosen)]
            for group, chosen in choices.items()
            if before.get(group) != chosen
        }
        places = ["email", "mobile"]
        personal = audit.differences(
            audit.values_of(before_wishes, places), audit.values_of(wishes, places)
        )
        if not plain and not personal:
            return
        NoticeWishes.objects.update_or_create(
            pk=wishes.pk, defaults=audit.values_of(wishes, hours + places)
        )
        for group, (channel, pace) in choices.items():
            NoticeChoice.objects.update_or_create(
                user_id=wishes.pk, group=group, defaults={"channel": channel, "pace": pace}
            )
        audit.record(
            actor, "choose_notices", subject, changes=plain, personal=personal, through=through
        )


def addresses(contact: Contact, wishes: NoticeWishes) -> dict[str, str]:
    """Where the user can be reached, by channel: what they wrote, else how they sign in."""
    mobile = contact.login.startswith("+")
    found = {
        Channel.EMAIL.value: wishes.email or ("" if mobile else contact.login),
        Channel.SMS.value: wishes.mobile or (contact.login if mobile else ""),
    }
    return {channel: address for channel, address in found.items() if address}


def without_email(user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the users whom no e-mail reaches: no address, or a closed account; two questions."""
    wanted = set(user_ids)
    wishes = {row.pk: row for row in NoticeWishes.objects.filter(pk__in=wanted)}
    known = contacts_of(wanted)
    return {
        pk
        for pk in wanted
        if pk not in known
        or not known[pk].active
        or Channel.EMAIL.value not in addresses(known[pk], wishes.get(pk) or NoticeWishes(pk=pk))
    }


def default_channel(reachable: Iterable[str]) -> str:
    """E-mail where there is an address, else a text message."""
    known = set(reachable)
    return next((c for c in (Channel.EMAIL, Channel.SMS) if c.value in known), Channel.NONE).value


@dataclass(frozen=True)
class Person:
    """A recipient with all that decides how they are told."""

    contact: Contact
    wishes: NoticeWishes
    choices: Mapping[str, Choice]
    calendar: WorkCalendar


def plan_for(kind: Kind, person: Person, at: datetime) -> Plan:
    """Where and when a notice of this kind goes."""
    reachable = addresses(person.contact, person.wishes)
    fallback = default_channel(reachable)
    channel, pace = fallback, Pace.NOW.value
    if not kind.urgent:
        group = groups().get(kind.group)
        usual = fallback if group is None or group.wanted else Channel.NONE.value
        channel, pace = person.choices.get(kind.group, (usual, pace))
        if channel != Channel.NONE and channel not in reachable:
            channel = fallback
    address = reachable.get(channel, "")
    if not address:
        return Plan("", "", at, pace)
    due_at = at
    if pace != Pace.NOW:
        due_at = digest_at(at, person.calendar, weekly=pace == Pace.WEEKLY)
    if not kind.urgent and (channel == Channel.SMS or person.wishes.quiet_email):
        wishes = person.wishes
        quiet = Quiet(wishes.quiet_since, wishes.quiet_until, wishes.working_days)
        due_at = after_quiet(due_at, quiet, person.calendar)
    return Plan(channel, address, due_at, pace)
