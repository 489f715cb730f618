"""Where this room's operations are declared."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from diwan.kernel.api.routes import Routes
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor, Policy

M = TypeVar("M", bound=Model)
routes = Routes("councils", reads="councils:read", writes="councils:write")
files_routes = Routes("files", reads="files:read", writes="files:write")


def seen(actor: Actor, policy: Policy[M], rows: QuerySet[M]) -> M:
    """The one record of `rows` if the actor may see it. Raises NotFound."""
    found = policy.which(actor, "see", rows).first()
    if found is None:
        raise NotFound
    return found
