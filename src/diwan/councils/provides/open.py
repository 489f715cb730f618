"""What councils counts, lists and offers to the public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from diwan.councils.constants import BODY
from diwan.councils.models import Body, Resolution
from diwan.councils.models.bodies import Role
from diwan.councils.policies import BODIES, RESOLUTIONS
from diwan.councils.queries.bodies import members_of
from diwan.councils.queries.measures import (
    adopted,
    attendance,
    closed,
    decisions_done,
    done_in_time,
    moved,
    proposals,
)
from diwan.councils.rules.life import State
from diwan.directory.public import UNIT
from diwan.kernel import exchange
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import (
    Better,
    Entitled,
    FieldType,
    Form,
    Measure,
    OpenField,
    OpenTable,
    Roster,
    Row,
)
from diwan.kernel.policies import Actor
from diwan.kernel.text import local
from diwan.kernel.working import today_in

BOTH = frozenset({BODY, UNIT})

MEASURES = (
    Measure(
        key="councils.adopted",
        name=_("Resolutions adopted"),
        form=Form.COUNT,
        better=Better.NEITHER,
        kinds=BOTH,
        values=adopted,
        help=_("By the day of the meeting."),
    ),
    Measure(
        key="councils.done_in_time",
        name=_("Actions done in time"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=BOTH,
        values=done_in_time,
        help=_("Of the actions due in the period, those reported done by their due day."),
    ),
    Measure(
        key="councils.closed",
        name=_("Actions closed"),
        form=Form.COUNT,
        better=Better.MORE,
        kinds=BOTH,
        values=closed,
        help=_("By the day on which the secretary accepted the proof."),
    ),
    Measure(
        key="councils.moved",
        name=_("Dates moved"),
        form=Form.COUNT,
        better=Better.LESS,
        kinds=BOTH,
        values=moved,
        help=_("New dates that were granted in the period."),
    ),
    Measure(
        key="councils.decisions_done",
        name=_("Decisions done"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=BOTH,
        values=decisions_done,
        help=_("Of the period's resolutions that ask for something, those done by today."),
    ),
    Measure(
        key="councils.attendance",
        name=_("Seats filled at meetings"),
        form=Form.SHARE,
        better=Better.MORE,
        kinds=BOTH,
        values=attendance,
        help=_("By a member or a deputy; whoever was excused is not counted."),
    ),
    Measure(
        key="councils.proposals",
        name=_("Proposals of members"),
        form=Form.COUNT,
        better=Better.NEITHER,
        kinds=BOTH,
        values=proposals,
        help=_("By the day on which they were made."),
    ),
)


def public_resolutions() -> Iterator[Row]:
    """Public resolutions with how their actions stand, by body and number."""
    seen = RESOLUTIONS.which(Actor.anonymous(), "see", Resolution.objects.all())
    rows = seen.exclude(state=Resolution.State.DRAFT).select_related(
        "meeting", "body__unit", "body__register"
    )
    counted = ~Q(actions__state__in=(State.UNCONFIRMED, State.DROPPED))
    rows = rows.annotate(
        actions_n=Count("actions", filter=counted, distinct=True),
        closed_n=Count("actions", filter=Q(actions__state=State.CLOSED), distinct=True),
    )
    for row in rows.order_by("body__code", "number", "pk").iterator(chunk_size=500):
        language = row.body.register.language
        yield {
            "resolution": str(row.pk),
            "number": row.number,
            "body": local(row.body.name, language)[0],
            "unit": str(row.body.unit_id),
            "date": row.meeting.date,
            "kind": row.kind,
            "language": language,
            "text": local(row.text, language)[0],
            "actions": row.actions_n,
            "closed": row.closed_n,
        }


RESOLUTIONS_TABLE = OpenTable(
    key="resolutions",
    name=_("Resolutions"),
    about=_("Public resolutions and how many of their actions are closed."),
    fields=(
        OpenField("resolution", FieldType.STRING, _("Identifier"), required=True),
        OpenField("number", FieldType.STRING, _("Number")),
        OpenField("body", FieldType.STRING, _("Body"), required=True),
        OpenField("unit", FieldType.STRING, _("Identifier of the host unit"), required=True),
        OpenField("date", FieldType.DATE, _("Day of the meeting")),
        OpenField("kind", FieldType.STRING, _("Kind"), required=True),
        OpenField("language", FieldType.STRING, _("Language"), required=True),
        OpenField("text", FieldType.STRING, _("Text"), required=True),
        OpenField("actions", FieldType.INTEGER, _("Actions"), required=True),
        OpenField("closed", FieldType.INTEGER, _("Closed actions"), required=True),
    ),
    primary_key=("resolution",),
    rows=public_resolutions,
)


def members(actor: Actor, body_id: UUID) -> Sequence[Entitled]:
    """Who sits in a body today, for who may read it, in the order of its seats. Raises NotFound."""
    rows = Body.objects.filter(pk=body_id).select_related("unit")
    body = BODIES.which(actor, "read", rows).first()
    if body is None:
        raise NotFound
    found = []
    for member in members_of(body, today_in(body.unit.country, actor.at), at=actor.at):
        role = Role(member.membership.role).label
        people = [
            Entitled(holder.person_id, holder.name, card.name, card.post_id, role)
            for card in member.posts
            for holder in card.holders
        ]
        found += people or [Entitled(None, member.name, member.name, None, role)]
    return found


def declare_open() -> None:
    """Declare measures, tables and rosters."""
    for measure in MEASURES:
        exchange.declare_measure(measure)
    exchange.declare_table(RESOLUTIONS_TABLE)
    exchange.declare_roster(Roster("councils.members", BODY, _("Members of the body"), members))
