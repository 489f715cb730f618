"""Documents that decisions lean on: regulations, programmes, visions, roadmaps, statutes."""

from django.db import models

from diwan.kernel.dated import calendar_field, precision_field
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Confidentiality


class Document(models.Model):
    """A document by its name, with its text where the register has it and its horizon."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey("directory.Register", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    unit = models.ForeignKey(
        "directory.Unit", on_delete=models.PROTECT, null=True, related_name="documents"
    )
    unit_pattern = models.ForeignKey(
        "directory.UnitPattern", on_delete=models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(max_length=60)
    name = models.JSONField()
    text = models.JSONField(null=True, blank=True)
    horizon = models.DateField(null=True, blank=True)
    horizon_precision = precision_field()
    horizon_calendar = calendar_field()
    confidentiality = models.CharField(
        max_length=8, choices=Confidentiality.choices, default=Confidentiality.INTERNAL
    )
    search = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="document_key_once")
        ]

    def __str__(self) -> str:
        return self.key
