"""What is adopted where somebody may object: from which day it binds, and who may until then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from diwan.councils.models import Resolution
from diwan.councils.queries.bylaws import bylaws_of
from diwan.kernel.errors import Refused


def give_days(resolution: Resolution, today: date) -> dict[str, list[Any]]:
    """Set the day on which what is adopted today binds, and freeze who may object until then.

    What is only announced decides nothing: nobody objects to it. What the bylaws say later changes
    nothing in it. The resolution is saved by the caller; returns what the audit is told.
    """
    rules = bylaws_of(resolution.body)
    if not rules.objection_days or resolution.kind == Resolution.Kind.ANNOUNCED:
        resolution.binding_date = None
        return {}
    resolution.binding_date = today + timedelta(days=rules.objection_days)
    resolution.objectors.set(rules.objectors.all())
    posts = sorted(str(pk) for pk in resolution.objectors.values_list("pk", flat=True))
    return {"binding_date": [None, resolution.binding_date], "objectors": [[], posts]}


def require_same_days(resolution: Resolution, kind: str) -> None:
    """Raise Refused where a correction makes a decision of an announcement past who may object."""
    announced = Resolution.Kind.ANNOUNCED
    if resolution.kind != announced or kind == announced:
        return
    if bylaws_of(resolution.body).objection_days:
        raise Refused(
            _(
                "It was adopted as an announcement, and nobody could object to it. Draft the "
                "decision for a meeting of the body instead."
            ),
            field="kind",
        )
