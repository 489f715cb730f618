"""The one index: what every record can be found by, and which records changed since."""

from django.db import models
from django.utils import timezone


class SearchRecord(models.Model):
    """What one record is found by.

    `id` is the order in which equal matches are looked through: the record's day above a digest of
    its identifier, so that both databases take the same ones. `terms` are the words that the
    database's own index holds (see `kernel.search`); `titles` the names, one a line, `number` the
    official number, normalised. `tier` is n(ames) or t(exts); `reach` tells at a glance who cannot
    see it, and never that somebody can.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=60)
    ref_id = models.UUIDField()
    tier = models.CharField(max_length=1)
    reach = models.CharField(max_length=8)
    number = models.CharField(max_length=60, blank=True)
    titles = models.TextField(blank=True)
    terms = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "ref_id"], name="search_record_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref_id}"


class SearchStale(models.Model):
    """A record that was written and waits to be indexed anew; added within the write."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    ref_id = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.kind} {self.ref_id}"


class SearchBuild(models.Model):
    """How far the index was built: of which `version`, up to which record of which kind."""

    version = models.PositiveIntegerField(primary_key=True)
    kind = models.CharField(max_length=60, blank=True)
    after = models.UUIDField(null=True)
    begun_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.version} {self.kind} {self.after or ''}"
