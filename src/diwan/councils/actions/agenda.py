"""What a meeting looks at: adding, changing, ordering and removing agenda items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diwan.councils.constants import AGENDA_ITEM, MEETING, PROPOSAL
from diwan.councils.models import AgendaItem, Meeting, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.policies import AGENDA, MEETINGS
from diwan.councils.rules.agenda import MOST_MINUTES
from diwan.councils.rules.keys import fresh_key
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import AgendaPoint, Ref
from diwan.kernel.ids import new_id
from diwan.kernel.links import Verb, set_links, targets_of
from diwan.kernel.policies import Actor, Confidentiality, Through
from diwan.ui.show import show_number

from .fields import ItemFields, Text
from .papers import copy_papers, follow_level, throw_away
from .proposed import carry_over, give_back, take_up
from .room import require_agenda_open, require_untouched
from .writing import checked_confidentiality, checked_text, name_posts, write

WORDS = frozenset({"text", "confidentiality", "named_posts"})
"""What a correction may mend of an item."""


@transaction.atomic
def add_item(actor: Actor, meeting: Meeting, fields: ItemFields) -> AgendaItem:
    """Put something at the end of the agenda. Raises NotFound, Forbidden, Refused."""
    through = MEETINGS.require(actor, "run", meeting)
    return _add(actor, meeting, fields, verb="add_item", through=through)


@transaction.atomic
def add_point(actor: Actor, meeting: Meeting, point: AgendaPoint) -> AgendaItem:
    """Put what a room offered at the end of the agenda, and link the item with its record.

    The item is at least as confidential as the meeting. Raises NotFound, Forbidden, Refused, and
    Refused where it stands on this agenda already.
    """
    through = MEETINGS.require(actor, "run", meeting)
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    items = AgendaItem.objects.filter(meeting=meeting).values_list("pk", flat=True)
    linked = targets_of(AGENDA_ITEM, list(items), Verb.ABOUT)
    if any(point.ref in refs for refs in linked.values()):
        raise Refused(_("It stands on this agenda already."))
    levels = list(Confidentiality)
    level = max(point.confidentiality, Confidentiality(meeting.confidentiality), key=levels.index)
    fields: ItemFields = {"text": dict(point.text), "confidentiality": level}
    if level == Confidentiality.NAMED:
        fields["named_post_ids"] = list(point.named_post_ids)
    item = _add(actor, meeting, fields, verb="add_item", through=through)
    set_links(Ref(AGENDA_ITEM, item.pk), Verb.ABOUT, [point.ref])
    if point.ref.kind == PROPOSAL:
        take_up(actor, point.ref.id, item, through)
    elif point.ref.kind == AGENDA_ITEM:  # left over: what belonged to it comes along
        carry_over(point.ref.id, item)
        copy_papers(actor, point.ref.id, item)
    return item


def add_proposed(actor: Actor, meeting: Meeting, text: Text, through: Through) -> AgendaItem:
    """A member's item where one signature is enough; the action asked for the right."""
    return _add(actor, meeting, {"text": text}, verb="propose_item", through=through)


@transaction.atomic
def change_item(actor: Actor, item: AgendaItem, fields: ItemFields) -> AgendaItem:
    """Change an agenda item, or who is invited to it. Raises NotFound, Forbidden, Refused.

    A correction of signed minutes mends its words and who reads them, and nothing else.
    """
    through = AGENDA.require(actor, "run", item)
    meeting = Meeting.objects.select_for_update().get(pk=item.meeting_id)
    require_agenda_open(meeting, words=True)
    changes = write(item, _values(fields, item.text))
    changes |= _relations(item, fields)
    if not changes.keys() <= WORDS:
        require_agenda_open(meeting)
    if changes:
        follow_level(item)
        _record(actor, "change_item", item, changes, through)
    return item


@transaction.atomic
def order_items(
    actor: Actor,
    meeting: Meeting,
    ids: Sequence[UUID],
    minutes: Mapping[UUID, int | None] | None = None,
) -> None:
    """Put the whole agenda into this order, and give items their time (minutes, None for none).

    Raises Refused unless `ids` are exactly its items.
    """
    through = MEETINGS.require(actor, "run", meeting)
    require_agenda_open(Meeting.objects.select_for_update().get(pk=meeting.pk))
    items = {item.pk: item for item in AgendaItem.objects.filter(meeting=meeting)}
    given = minutes or {}
    if len(ids) != len(items) or set(ids) != set(items) or not set(given) <= set(items):
        raise Refused(_("The agenda has changed meanwhile. Order it again."))
    before = _told(items.values())
    for position, id_ in enumerate(ids):
        items[id_].position = position
        if id_ in given:
            items[id_].minutes_planned = _checked_minutes(given[id_])
    AgendaItem.objects.bulk_update(items.values(), ["position", "minutes_planned"])
    after = _told(items[id_] for id_ in ids)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        ref = Ref(MEETING, meeting.pk)
        audit.record(actor, "order_items", ref, changes=changes, through=through)


def _told(items: Iterable[AgendaItem]) -> dict[str, Any]:
    """An agenda's order and times as its trail says them."""
    rows = list(items)
    times = {item.key: item.minutes_planned for item in sorted(rows, key=lambda one: one.key)}
    return {"agenda": [item.key for item in rows], "minutes_planned": list(times.values())}


def _checked_minutes(minutes: int | None) -> int | None:
    """The time of an item. Raises Refused where it is none, or too much."""
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise Refused(
            _("The time of an item is a number of minutes from 1 to %(most)s, or empty.")
            % {"most": show_number(MOST_MINUTES)},
            field="minutes",
        )
    return minutes


@transaction.atomic
def move_item(actor: Actor, item: AgendaItem, *, by: int) -> None:
    """Move an item up (negative) or down by so many places, as far as it goes."""
    AGENDA.require(actor, "run", item)
    ids = list(AgendaItem.objects.filter(meeting=item.meeting_id).values_list("pk", flat=True))
    here = ids.index(item.pk)
    ids.insert(max(0, min(len(ids) - 1, here + by)), ids.pop(here))
    order_items(actor, item.meeting, ids)


@transaction.atomic
def remove_item(actor: Actor, item: AgendaItem) -> None:
    """Take an item off the agenda with its papers; the audit keeps its text.

    What a member proposed with it waits again.
    """
    through = AGENDA.require(actor, "run", item)
    require_agenda_open(Meeting.objects.select_for_update().get(pk=item.meeting_id))
    require_untouched(item)
    changes = {"text": [item.text, None], "confidentiality": [item.confidentiality, None]}
    papers = throw_away(item)
    if papers:
        changes["paper"] = [papers, None]
    _record(actor, "remove_item", item, changes, through)
    give_back(actor, item, through)
    set_links(Ref(AGENDA_ITEM, item.pk), Verb.ABOUT, [])
    item.delete()


def _add(
    actor: Actor, meeting: Meeting, fields: ItemFields, *, verb: str, through: Through
) -> AgendaItem:
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(_("This meeting was cancelled. Add it to another one's agenda."))
    require_agenda_open(meeting)
    last = AgendaItem.objects.filter(meeting=meeting).aggregate(n=Max("position"))["n"]
    id_ = new_id()
    values = {"confidentiality": meeting.confidentiality, **_values(fields, None)}
    item = AgendaItem.objects.create(
        id=id_,
        meeting=meeting,
        key=fresh_key("a", id_),
        position=0 if last is None else last + 1,
        **values,
    )
    _relations(item, fields)
    changes = {"text": [None, item.text], "confidentiality": [None, item.confidentiality]}
    _record(actor, verb, item, changes, through)
    return item


def _values(fields: ItemFields, text: Text | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "text" in fields or text is None:
        values["text"] = checked_text(fields.get("text"), "text")
    if "confidentiality" in fields:
        values["confidentiality"] = checked_confidentiality(fields["confidentiality"])
    if "minutes_planned" in fields:
        values["minutes_planned"] = _checked_minutes(fields["minutes_planned"])
    return values


def _relations(item: AgendaItem, fields: ItemFields) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    if "named_post_ids" in fields:
        changes |= name_posts(item, fields["named_post_ids"])
    if "guest_ids" in fields:
        guests = Membership.objects.known().filter(
            pk__in=fields["guest_ids"], body=item.meeting.body_id, role=Role.GUEST
        )
        if guests.count() != len(set(fields["guest_ids"])):
            raise Refused(_("Only the body's guests can be invited to an item."), field="guests")
        before = sorted(map(str, item.guests.values_list("pk", flat=True)))
        item.guests.set(guests)
        changes["guests"] = [before, sorted(map(str, fields["guest_ids"]))]
    return {field: pair for field, pair in changes.items() if pair[0] != pair[1]}


def _record(
    actor: Actor, verb: str, item: AgendaItem, changes: dict[str, list[Any]], through: Through
) -> None:
    """An item's writes stand in its meeting's trail, where people look for them."""
    ref = Ref(MEETING, item.meeting_id)
    audit.record(actor, verb, ref, changes=changes, through=through)
