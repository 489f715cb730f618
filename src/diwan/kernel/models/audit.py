"""The audit: who, through which post, did what to which record, and what changed.

No foreign key leads upward: actor and subject are identifiers and labels. Values that say
something of a person are kept apart in `PersonalValue`, salted and hashed in the entry, so that
erasing them leaves the entry, and later its seal, whole.
"""

from django.db import models
from django.utils import timezone

from diwan.kernel.ids import new_id


class AuditEntry(models.Model):
    """One write. Entries are added, never changed; `seal` alone is written later, once.

    It is the number of the seal that holds the entry (`kernel.sealing`), empty until then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    elevation_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    seal = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(seal=None)),
            models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_by_subject"),
            models.Index(fields=["actor_id", "at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.subject_kind} {self.subject_id}"


class PersonalValue(models.Model):
    """A value of an entry that speaks of a person: the actor's name, or a changed field."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="personal")
    field = models.CharField(max_length=80)
    salt = models.CharField(max_length=32)
    value = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "field"], name="personal_value_once_a_field")
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.entry_id}"
