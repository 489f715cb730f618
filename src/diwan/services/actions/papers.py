"""Files of a case: stored with it, or taken over from the draft in which they were given."""

from __future__ import annotations

from collections.abc import Sequence

from diwan.kernel import files
from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor
from diwan.services.constants import CASE
from diwan.services.models import Case, CaseFile

from .given import GivenFile


def keep(
    actor: Actor, case: Case, given: Sequence[GivenFile], *, by_applicant: bool
) -> list[CaseFile]:
    """Store the files of one action on a case. Raises Refused where one is not taken."""
    made = [
        CaseFile(
            case=case,
            question=one.question,
            name=one.name[:200],
            file=_stored(actor, case, one),
            by_applicant=by_applicant,
            output=one.output,
            at=actor.at,
        )
        for one in given
    ]
    return CaseFile.objects.bulk_create(made) if made else []


def _stored(actor: Actor, case: Case, given: GivenFile) -> StoredFile:
    if given.stored is not None:
        given.stored.subject_kind, given.stored.subject_id = CASE, case.pk
        given.stored.save(update_fields=["subject_kind", "subject_id"])
        return given.stored
    assert given.upload is not None  # noqa: S101 - one of the two is given
    return files.store(actor, Ref(CASE, case.pk), given.upload, given.name)
