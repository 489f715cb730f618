"""Files of a filing that come later: form apps send large ones by themselves, and send again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction

from diwan.directory.public import authority_of
from diwan.kernel import audit
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.services.constants import CASE
from diwan.services.models import Case, CaseFile
from diwan.services.models.cases import RUNNING

from .flowing import NOT_RUNNING
from .given import GivenFile
from .papers import keep

CHUNK = 1 << 20


@transaction.atomic
def attach(actor: Actor, case: Case, files: Sequence[GivenFile]) -> list[CaseFile]:
    """Add files to a case that the actor filed; those it has already are passed over.

    Raises NotFound where somebody else filed it, Refused where a file is not taken or the case has
    ended.
    """
    if case.filed_by_id is None or case.filed_by_id not in authority_of(actor).post_ids:
        raise NotFound
    row = Case.objects.select_for_update().get(pk=case.pk)
    known = set(_known(case))
    new = [one for one in files if (one.question, _digest(one)) not in known]
    if not new:
        return []
    if row.phase not in RUNNING:
        raise Refused(NOT_RUNNING)
    made = keep(actor, case, new, by_applicant=True)
    audit.record(actor, "attach", Ref(CASE, case.pk), changes={"files": [None, len(made)]})
    return made


def _known(case: Case) -> list[tuple[str, str]]:
    """Questions and digests of the files there are: a picture's is that of what was handed in."""
    rows = case.files.values_list("question", "file__sha256", "file__given_sha256")
    return [(question, digest) for question, *digests in rows for digest in digests]


def _digest(given: GivenFile) -> str:
    assert given.upload is not None  # noqa: S101 - what comes later is an upload
    digest = hashlib.sha256()
    given.upload.seek(0)
    while chunk := given.upload.read(CHUNK):
        digest.update(chunk)
    given.upload.seek(0)
    return digest.hexdigest()
