"""Seals over the audit: each binds a batch of entries and the seal before it."""

from django.db import models
from django.utils import timezone

from diwan.kernel.ids import new_id


class Seal(models.Model):
    """One link of the chain (`kernel.seals`). Seals are added, never changed.

    `leaves` holds identifier (16 bytes) and leaf hash (32 bytes) of each entry, in the order of the
    identifiers. `newest` is the highest identifier that any seal so far holds.
    """

    number = models.PositiveIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)
    leaves = models.BinaryField()
    newest = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="seals_count_from_one"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="no_empty_seal"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"


class Verification(models.Model):
    """What one run over all seals and entries found; shown to administrators."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    whole = models.BooleanField()
    seals = models.PositiveIntegerField()
    entries = models.PositiveBigIntegerField()
    waiting = models.PositiveBigIntegerField()
    bad = models.PositiveBigIntegerField(default=0)
    first = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="verification_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {'whole' if self.whole else 'not whole'}"
