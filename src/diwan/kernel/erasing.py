"""Erasing what speaks of a person: rooms join in, the audit forgets values and keeps its seals.

An entry holds only a salted hash of a personal value; without value and salt nobody can tell what
it was, and the entry, its leaf and its seal stay as they are. `docs/personal-data.md` says what is
erased, what is not, and why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from .exchange import Ref
from .models import Job, Notice, NoticeChoice, NoticeWishes, PersonalValue
from .policies import Actor

LABEL_FIELD = "actor"
"""The field under which an entry keeps the name of who acted."""
BATCH = 2_000

ERASED_PERSON = {"fa": "شخص حذف‌شده", "ar": "شخص محذوف البيانات", "en": "Erased person"}
"""What stands in the place of a name."""

Eraser = Callable[[Actor, Ref], None]
_erasers: dict[str, list[Eraser]] = defaultdict(list)


def declare_erasure(kind: str, eraser: Eraser) -> None:
    """Declare what a room does when the personal data of a record of `kind` are erased.

    Called inside the erasing action's transaction; a `Refused` from it undoes everything.
    """
    if eraser not in _erasers[kind]:
        _erasers[kind].append(eraser)


def erase_in_rooms(actor: Actor, ref: Ref) -> None:
    """Let every room erase what it holds of a record."""
    for eraser in _erasers[ref.kind]:
        eraser(actor, ref)


def erase_values_of(ref: Ref, at: datetime, *, fields: tuple[str, ...] = ()) -> int:
    """Erase the personal values in the entries of a record; how many.

    Not the names of those who acted, unless `fields` names them; `fields` none: all others.
    """
    values = PersonalValue.objects.filter(entry__subject_kind=ref.kind, entry__subject_id=ref.id)
    chosen = values.filter(field__in=fields) if fields else values.exclude(field=LABEL_FIELD)
    return _erase(chosen, at)


def erase_actor(user_id: UUID, at: datetime) -> int:
    """Erase the name of a user wherever they acted; how many entries carried it."""
    return _erase(PersonalValue.objects.filter(entry__actor_id=user_id, field=LABEL_FIELD), at)


def erase_user_values(ref: Ref, at: datetime) -> None:
    """Erase what the kernel's own tables say of the user `ref`: audit, notices, jobs."""
    erase_values_of(ref, at)
    erase_actor(ref.id, at)
    Notice.objects.filter(user_id=ref.id).delete()
    NoticeChoice.objects.filter(user_id=ref.id).delete()
    NoticeWishes.objects.filter(user_id=ref.id).delete()
    Job.objects.filter(user_id=ref.id).update(user_label="")


def erase_notices_about(ref: Ref) -> None:
    """Delete the notices about a record, whoever they went to."""
    Notice.objects.filter(ref_kind=ref.kind, ref_id=ref.id).delete()


def erase_notices_to(address: str) -> None:
    """Delete the notices to a bare address."""
    Notice.objects.filter(user_id=None, address=address).delete()


def erase_values_before(before: datetime) -> int:
    """Erase at most a batch of the personal values of entries older than `before`; how many.

    The retention of personal values calls it, where an administrator chose one. The names of jobs
    by which the house acts speak of nobody and stay.
    """
    old = PersonalValue.objects.filter(entry__at__lt=before, erased_at=None)
    old = old.exclude(Q(field=LABEL_FIELD) & Q(entry__actor_kind="system"))
    batch = list(old.values_list("id", flat=True)[:BATCH])
    return _erase(PersonalValue.objects.filter(id__in=batch), timezone.now())


def _erase(values: QuerySet[PersonalValue], at: datetime) -> int:
    """Take value and salt away: with a salt a short name could be guessed from its hash."""
    return values.filter(erased_at=None).update(value=None, salt="", erased_at=at)
