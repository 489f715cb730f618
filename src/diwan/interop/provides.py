"""What interop gives to the exchange: its tables as records, for the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.interop.actions.later import clear_parked
from diwan.interop.constants import OPEN_TABLE
from diwan.interop.queries.tables import offers, table_id
from diwan.kernel import exchange
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.policies import Actor
from diwan.kernel.retention import declare_retention
from diwan.ui.keeping import in_languages


class TableSubject:
    """Open tables."""

    kind = OPEN_TABLE
    name: Sentence = _("open table")
    verbs: Mapping[str, Sentence] = {
        "open_table": _("opened the table to the public"),
        "close_table": _("closed the table to the public"),
    }
    fields: Mapping[str, Sentence] = {"key": _("Table"), "opened": _("Open to the public")}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of the tables that the actor may have."""
        known = {table_id(offer.table.key): offer for offer in offers(actor)}
        return {
            pk: Card(
                ref=Ref(OPEN_TABLE, pk),
                title=in_languages(known[pk].table.name),
                url=reverse("interop:table", args=[known[pk].table.key]),
                state=_("open") if known[pk].opened else _("closed"),
            )
            for pk in ids
            if pk in known
        }


def declare() -> None:
    """Declare everything; called once when Django starts."""
    exchange.declare_subject(TableSubject())
    declare_retention("interop.parked", _("uploads that wait for the worker"), 30, clear_parked)
