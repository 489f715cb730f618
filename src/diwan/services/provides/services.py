"""Services as strangers show them, and the entries of their trail as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref, declare_subject
from diwan.kernel.policies import Actor
from diwan.services.constants import SERVICE
from diwan.services.models import Service
from diwan.services.policies.services import services


def declare_services() -> None:
    """Declare the kind."""
    declare_subject(ServiceSubject())


class ServiceSubject:
    """Services."""

    kind = SERVICE
    name: Sentence = pgettext_lazy("service", "service")
    verbs: Mapping[str, Sentence] = {
        "prepare": _("uploaded a workbook of the service"),
        "publish": _("published a version of the service"),
        "discard": _("discarded a draft of the service"),
        "close": _("closed the service to new cases"),
        "open": _("opened the service to new cases again"),
    }
    fields: Mapping[str, Sentence] = {"version": pgettext_lazy("service", "Version")}
    choices: Mapping[str, Mapping[str, Sentence]] = {
        "state": {one.value: one.label for one in Service.State}
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of services that the actor may see."""
        rows = services.which(actor, "see", Service.objects.filter(pk__in=ids))
        return {row.pk: service_card(row) for row in rows}


def service_card(service: Service) -> Card:
    """A service as strangers show it; one that is being prepared has no page for citizens."""
    prepared = service.state == Service.State.DRAFT
    url = (
        reverse("services:manage_service", args=[service.pk])
        if prepared
        else reverse("services:service", args=[service.code])
    )
    return Card(
        ref=Ref(SERVICE, service.pk),
        title=service.name,
        url=url,
        state=Service.State(service.state).label,
        number=service.code,
    )
