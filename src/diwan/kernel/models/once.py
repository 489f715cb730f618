"""Requests that were carried out, so that the same one sent again is answered and not repeated."""

from django.db import models
from django.utils import timezone


class Claim(models.Model):
    """One request under its key: what was asked, and what was answered.

    The primary key is a digest of who asked and under which key, so that two at once meet there.
    """

    id = models.CharField(primary_key=True, max_length=64)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    claimed_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.id[:12]
