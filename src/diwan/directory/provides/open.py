"""What the directory counts, lists and offers to the public."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from diwan.directory.constants import UNIT
from diwan.directory.models import Unit
from diwan.directory.policies import below, day_in, unit_policy
from diwan.directory.queries.filling import (
    posts_by_province,
    posts_filled,
    units_for_the_public,
)
from diwan.directory.queries.posts import post_cards, posts_of_units
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
    Suppression,
)
from diwan.kernel.policies import Actor

FILLED = Measure(
    key="directory.posts_filled",
    name=_("Posts that somebody holds"),
    form=Form.SHARE,
    better=Better.MORE,
    kinds=frozenset({UNIT}),
    values=posts_filled,
    help=_("Of the posts in the unit and below it, on the last day of the period."),
)

UNITS = OpenTable(
    key="units",
    name=_("Units"),
    about=_("Every unit as it stands today, with the unit above it."),
    fields=(
        OpenField("unit", FieldType.STRING, _("Identifier"), required=True),
        OpenField("parent", FieldType.STRING, _("Identifier of the unit above")),
        OpenField("country", FieldType.STRING, _("Code of the country"), required=True),
        OpenField("province", FieldType.STRING, _("Code of the province")),
        OpenField("kind", FieldType.STRING, _("Kind"), required=True),
        OpenField("name_fa", FieldType.STRING, _("Name in Persian")),
        OpenField("name_ar", FieldType.STRING, _("Name in Arabic")),
        OpenField("name_en", FieldType.STRING, _("Name in English")),
    ),
    primary_key=("unit",),
    rows=units_for_the_public,
)

POSTS = OpenTable(
    key="posts-by-province",
    name=_("Posts by province"),
    about=_("How many posts are filled and how many are vacant today."),
    fields=(
        OpenField("country", FieldType.STRING, _("Code of the country"), required=True),
        OpenField("province", FieldType.STRING, _("Code of the province"), required=True),
        OpenField("filled", FieldType.INTEGER, _("Filled posts")),
        OpenField("vacant", FieldType.INTEGER, _("Vacant posts")),
    ),
    primary_key=("country", "province"),
    rows=posts_by_province,
    suppression=Suppression(counts=("filled", "vacant"), within=("country",)),
)


def staff(actor: Actor, unit_id: UUID) -> Sequence[Entitled]:
    """Who holds a post in the unit or below it now, by post. Raises NotFound."""
    unit = unit_policy.which(actor, "see", Unit.objects.filter(pk=unit_id)).first()
    if unit is None:
        raise NotFound
    day = day_in(unit.country, actor)
    units = below([unit_id], day).values_list("descendant_id", flat=True)
    cards = post_cards(posts_of_units(units, day), actor.at)
    return [
        Entitled(holder.person_id, holder.name, card.name, card.post_id)
        for card in sorted(cards.values(), key=lambda card: (str(card.unit_name), str(card.name)))
        for holder in card.holders
    ]


def declare_open() -> None:
    """Declare measures, tables and rosters."""
    exchange.declare_measure(FILLED)
    exchange.declare_table(UNITS)
    exchange.declare_table(POSTS)
    exchange.declare_roster(
        Roster("directory.staff", UNIT, _("Staff of the unit and of those below it"), staff)
    )
