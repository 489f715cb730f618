"""The worker's sign of life."""

from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """When a worker last ticked; one row a worker's name."""

    name = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
