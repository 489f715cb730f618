"""A link joins any two records with a verb, though their rooms don't know each other."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diwan.kernel.ids import new_id


class Verb(models.TextChoices):
    """What the first record does to the second."""

    CARRIES_OUT = "carries_out", _("carries out")
    ANSWERS = "answers", _("answers")
    EVIDENCES = "evidences", _("is evidence of")
    SUPERSEDES = "supersedes", _("supersedes")
    ABOUT = "about", _("is about")
    WITH = "with", _("together with")


class Link(models.Model):
    """`source` *verb* `target`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verb = models.CharField(max_length=12, choices=Verb.choices)
    source_kind = models.CharField(max_length=60)
    source_id = models.UUIDField()
    target_kind = models.CharField(max_length=60)
    target_id = models.UUIDField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verb", "source_kind", "source_id", "target_kind", "target_id"],
                name="link_once",
            )
        ]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="link_by_target")]

    def __str__(self) -> str:
        return f"{self.source_kind} {self.verb} {self.target_kind}"
