"""Members' proposals as strangers show them: their state, and what was done to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.councils.constants import PROPOSAL
from diwan.councils.models import Proposal
from diwan.councils.policies import PROPOSALS
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.policies import Actor


class ProposalSubject:
    """Proposals, seen by the members of the body and by who runs it."""

    kind = PROPOSAL
    name: Sentence = pgettext_lazy("record", "proposal")
    verbs: Mapping[str, Sentence] = {
        "propose": _("made the proposal"),
        "endorse": _("signed the proposal"),
        "take_back": _("took a signature back"),
        "withdraw": _("withdrew the proposal"),
        "decline": _("declined the proposal"),
        "take": _("put the proposal on an agenda"),
        "untake": _("took the proposal off an agenda"),
    }
    fields: Mapping[str, Sentence] = {
        "grounds": _("Grounds"),
        "answer": _("Answer"),
    }
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "state": {state.value: state.label for state in Proposal.State},
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of proposals that the actor may see; they lead to the body's proposals."""
        rows = Proposal.objects.filter(pk__in=ids)
        return {
            row.pk: Card(
                ref=Ref(PROPOSAL, row.pk),
                title=row.text,
                url=f"{reverse('councils:proposals', args=[row.body_id])}#{row.pk}",
                state=Proposal.State(row.state).label,
            )
            for row in PROPOSALS.which(actor, "see", rows)
        }
