"""What somebody used of what everybody may use without an account."""

from __future__ import annotations

from django.db import models

from diwan.kernel.ids import new_id


class Spending(models.Model):
    """How much was used within an hour of what is bounded. `who` is a salted digest of the day.

    It stands for a network's address, or for somebody signed in who works nowhere; nobody can be
    told from it, and it is forgotten within a day.
    """

    class What(models.TextChoices):
        """What is bounded."""

        FORMS = "forms", "forms begun"
        FILINGS = "filings", "cases filed"
        BYTES = "bytes", "bytes of files"
        PAPERS = "papers", "papers drawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    what = models.CharField(max_length=8, choices=What.choices)
    who = models.CharField(max_length=64)
    window_at = models.DateTimeField(db_index=True)
    amount = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["who", "what", "window_at"], name="spending_once")
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.what} since {self.window_at}"
