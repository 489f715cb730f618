"""What a register's files said the last time, so that only what changed in them is taken in."""

from __future__ import annotations

from django.db import models

from diwan.kernel.ids import new_id


class TakenIn(models.Model):
    """One record as its file told it when it was last taken in.

    `said` holds a digest of each field. A field that is told as before is not taken in again: so a
    second import of an old file undoes nothing of what happened here meanwhile. The digests let
    nobody read the values.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey(
        "directory.Register", on_delete=models.PROTECT, related_name="taken_in"
    )
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    said = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "kind", "key"], name="taken_in_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class OpenedTable(models.Model):
    """An open table that an administrator has opened to the public; without a row it is closed."""

    key = models.CharField(primary_key=True, max_length=60)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)

    def __str__(self) -> str:
        return self.key
