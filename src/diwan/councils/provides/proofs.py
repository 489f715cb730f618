"""Proofs as strangers show them: files that hang on a step of an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from diwan.councils.constants import ACTION_EVENT, PROOF
from diwan.councils.models import Action, ActionEvent
from diwan.councils.policies import ACTIONS
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor, Confidentiality


class ProofSubject:
    """Proofs; what was done to them stands in the trail of their action."""

    kind = PROOF
    name: Sentence = _("proof")
    verbs: Mapping[str, Sentence] = {}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of proofs that the actor may read; they lead to the action."""
        found = readable(ids, actor)
        events = dict(
            ActionEvent.objects.filter(pk__in=found.values("subject_id")).values_list(
                "pk", "action_id"
            )
        )
        return {
            file.pk: Card(
                ref=Ref(PROOF, file.pk),
                title={"": file.name},
                url=reverse("councils:action", args=[events[file.subject_id]]),
            )
            for file in found
        }


def readable(ids: Sequence[UUID], actor: Actor) -> QuerySet[StoredFile]:
    """Those files that the actor may read: open ones with the action, others with its proof."""
    files = StoredFile.objects.filter(pk__in=ids, subject_kind=ACTION_EVENT)
    open_ = Q(confidentiality__in=(Confidentiality.PUBLIC, Confidentiality.INTERNAL))
    return files.filter(open_ & Q(_of(actor, "see")) | Q(_of(actor, "proof")))


def _of(actor: Actor, verb: str) -> Exists:
    actions = ACTIONS.which(actor, verb, Action.objects.all())
    events = ActionEvent.objects.filter(pk=OuterRef("subject_id"), action__in=actions.values("pk"))
    return Exists(events)
