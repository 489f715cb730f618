"""How long the house keeps what it need not keep for ever."""

from django.db import models
from django.utils import timezone


class RetentionRule(models.Model):
    """What an administrator chose for a kind; without a row the declared default holds.

    `days` None: kept for ever.
    """

    kind = models.CharField(primary_key=True, max_length=60)
    days = models.PositiveIntegerField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__isnull=True) | models.Q(days__gte=1),
                name="kept_at_least_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days if self.days is not None else 'for ever'}"


class RetentionRun(models.Model):
    """The last day on which a kind was gone through, and how many records went then."""

    kind = models.CharField(primary_key=True, max_length=60)
    on_date = models.DateField()
    gone = models.PositiveIntegerField(default=0)
    finished = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.on_date}: {self.gone}"
