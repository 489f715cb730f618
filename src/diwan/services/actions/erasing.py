"""Erasing what speaks of an applicant: by itself some years after the end of a case.

What remains is the case as it is counted: its service, unit, dates, steps and stars. The entries of
the trail stay with their seals; the values in them that spoke of a person are gone.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diwan.kernel import audit, erasing, search
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor
from diwan.services.constants import CASE, DRAFT
from diwan.services.models import (
    Applicant,
    Case,
    CaseAnswers,
    CaseFile,
    CaseNote,
    CasePause,
    CaseStep,
    Draft,
    DraftFile,
    Inquiry,
    Rating,
)

BATCH = 200


def erase_before(before: datetime) -> int:
    """Erase at most a batch of the applicants of cases that ended before an instant; how many."""
    actor = Actor.system("retention", at=timezone.now())
    old = Applicant.objects.filter(erased_at=None, case__ended_at__lt=before)
    ids = list(old.order_by("case__ended_at").values_list("case_id", flat=True)[:BATCH])
    for case in Case.objects.filter(pk__in=ids):
        erase_applicant(actor, case)
    return len(ids)


@transaction.atomic
def erase_applicant(actor: Actor, case: Case) -> None:
    """Erase what a case says of its applicant, whoever wrote it. For elevated actors alone.

    Raises Forbidden for others. It cannot be taken back.
    """
    if not actor.elevated:
        raise Forbidden
    Applicant.objects.filter(case=case).update(
        name="",
        phone="",
        email="",
        identity="",
        on_behalf="",
        user=None,
        search="",
        erased_at=actor.at,
    )
    Case.objects.filter(pk=case.pk).update(title="")
    CaseAnswers.objects.filter(case=case).update(answers={}, instance_id="")
    CaseStep.objects.filter(case=case).update(note="", said="", answers={})
    CasePause.objects.filter(case=case).update(words="", asked=[])
    CaseNote.objects.filter(case=case).update(text="")
    Inquiry.objects.filter(case=case).update(question="", answer="")
    Rating.objects.filter(case=case).update(words="", answers={})
    _forget_files(case)
    for draft in Draft.objects.filter(case=case):
        forget_draft(draft.pk, actor.at)
    ref = Ref(CASE, case.pk)
    erasing.erase_notices_about(ref)
    erasing.erase_values_of(ref, actor.at)
    audit.record(actor, "erase", ref)
    search.stale(CASE, [case.pk])


def forget_draft(draft: UUID, at: datetime) -> None:
    """Erase where the link of a draft was sent, from the trail and among the messages."""
    ref = Ref(DRAFT, draft)
    erasing.erase_notices_about(ref)
    erasing.erase_values_of(ref, at)


def require_not_erased(case: Case) -> None:
    """Raise Refused where a case's applicant was forgotten: nothing of a person comes in again."""
    if Applicant.objects.filter(case=case, erased_at__isnull=False).exists():
        raise Refused(
            _("What spoke of the applicant was erased from this case. Nothing can be added to it.")
        )


def _forget_files(case: Case) -> None:
    """The rows go; the content goes with the next cleaning, unless something else uses it."""
    papers = CaseFile.objects.filter(case=case)
    given = DraftFile.objects.filter(draft__case=case)
    stored = [*papers.values_list("file", flat=True), *given.values_list("file", flat=True)]
    papers.delete()
    given.delete()
    StoredFile.objects.filter(pk__in=stored).delete()
    Draft.objects.filter(case=case).update(answers={}, contact={})
