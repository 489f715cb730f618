"""What somebody began to fill in and goes on with later, and codes that were guessed at."""

from __future__ import annotations

from django.db import models

from diwan.kernel.ids import new_id

from .cases import Case
from .services import ServiceVersion


class Draft(models.Model):
    """A form being filled in, saved step by step. `key` is the digest of the secret in its link.

    `page` is the place of the page reached. A draft filed has its `case`: sent again, it answers
    with that case. `tried` marks one of the try-out page, which is never filed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=64, unique=True)
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="drafts")
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, null=True, related_name="+"
    )
    channel = models.CharField(max_length=8, choices=Case.Channel.choices)
    language = models.CharField(max_length=2)
    answers = models.JSONField(default=dict)
    contact = models.JSONField(default=dict)
    page = models.PositiveSmallIntegerField(default=0)
    tried = models.BooleanField(default=False)
    about = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    by_post = models.ForeignKey(
        "directory.Post", on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, null=True, related_name="filed_from"
    )

    def __str__(self) -> str:
        return str(self.pk)


class DraftFile(models.Model):
    """A file given in a draft, under its question's path; goes over to the case at filing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    question = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.name


class CodeTry(models.Model):
    """How many codes somebody tried in a window. `who` is a salted digest, forgotten in a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    who = models.CharField(max_length=64)
    window_at = models.DateTimeField(db_index=True)
    misses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "window_at"], name="code_try_once")]

    def __str__(self) -> str:
        return f"{self.misses} since {self.window_at}"
