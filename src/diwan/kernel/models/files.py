"""Evidence files: the content once by its checksum, and each use of it with its own name."""

from django.db import models
from django.utils import timezone

from diwan.kernel.ids import new_id
from diwan.kernel.policies import Confidentiality


class Blob(models.Model):
    """Content in the store under its SHA-256. The name there never comes from a client."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]


class StoredFile(models.Model):
    """A file as somebody attached it to a record (`subject_*`), read under that record's policy.

    A file known by name and checksum alone (its content was not delivered) has no blob.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="uses")
    sha256 = models.CharField(max_length=64)
    # Of what was handed in, which for a picture is not yet what is kept (`kernel.files.images`).
    given_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    confidentiality = models.CharField(
        max_length=8, choices=Confidentiality.choices, default=Confidentiality.BODY
    )
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="file_by_subject")]

    def __str__(self) -> str:
        return self.name
