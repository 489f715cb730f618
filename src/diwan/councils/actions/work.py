"""What the owner does: start, tell how far it is, attach proof, report done."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import ACTION_EVENT, PROOF
from diwan.councils.models import Action, ActionEvent
from diwan.councils.queries.duties import proofs_of_round
from diwan.councils.rules.life import State, Verb
from diwan.kernel import files, search
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Confidentiality

from .fields import Proof
from .steps import Taken, finish, take


@transaction.atomic
def start(actor: Actor, action: Action, *, note: str = "", revision: int | None = None) -> Action:
    """Say that the work has begun. Raises NotFound, Forbidden, Conflict, Refused."""
    taken = take(actor, action, Verb.START, revision=revision)
    finish(taken, note=note)
    return taken.action


@transaction.atomic
def set_progress(
    actor: Actor,
    action: Action,
    progress: int,
    *,
    note: str = "",
    revision: int | None = None,
) -> Action:
    """Say how far it is, in hundredths. What was passed down follows its parts instead."""
    taken = take(actor, action, Verb.PROGRESS, revision=revision)
    if not 0 <= progress <= 100:
        raise Refused(_("Progress is a number from 0 to 100."), field="progress")
    if taken.action.children.exists():
        raise Refused(
            _("The progress of an action that was passed down follows its parts."),
            field="progress",
        )
    taken.set({"progress": progress})
    finish(taken, note=note)
    return taken.action


@transaction.atomic
def attach_proof(
    actor: Actor,
    action: Action,
    proofs: Sequence[Proof],
    *,
    note: str = "",
    revision: int | None = None,
) -> Action:
    """Attach files that prove the work, before it is reported done."""
    taken = take(actor, action, Verb.ATTACH, revision=revision)
    if not proofs:
        raise Refused(_("Choose at least one file."), field="proofs")
    _store(taken, finish(taken, note=note), proofs)
    return taken.action


@transaction.atomic
def report_done(
    actor: Actor,
    action: Action,
    *,
    note: str = "",
    proofs: Sequence[Proof] = (),
    revision: int | None = None,
) -> Action:
    """Report the work done, with proof: the secretary judges it.

    The proof is attached now or was in this round; parts that were passed down and closed are
    proof as well. Raises NotFound, Forbidden, Conflict, Refused.
    """
    taken = take(actor, action, Verb.REPORT, revision=revision)
    if not proofs and not _has_proof(taken.action):
        raise Refused(
            _("A report needs proof. Attach at least one file that shows what was done."),
            field="proofs",
        )
    taken.set({"progress": 100, "done_at": actor.at})
    _store(taken, finish(taken, note=note), proofs)
    return taken.action


def _has_proof(action: Action) -> bool:
    attached = proofs_of_round(action)
    return bool(attached) or action.children.filter(state=State.CLOSED).exists()


def _store(taken: Taken, event: ActionEvent, proofs: Sequence[Proof]) -> None:
    """Keep the files under the event, as confidential as the resolution is."""
    level = Confidentiality(taken.action.resolution.confidentiality)
    for proof in proofs:
        stored = files.store(
            taken.actor,
            Ref(ACTION_EVENT, event.pk),
            proof.upload,
            proof.name,
            confidentiality=level,
        )
        search.stale(PROOF, [stored.pk])
