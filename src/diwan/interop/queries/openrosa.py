"""What an app for forms may ask: the services that take it, at the unit of whoever uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from diwan.directory.public import Post, Unit, authority_of, day_in
from diwan.interop.rules.openrosa import Listed, app_form, form_id_of, service_of
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.text import local
from diwan.services.public import (
    Case,
    Form,
    Service,
    ServiceVersion,
    counter_units,
    definition_of,
    form_of,
    services_offered,
)

CHANNEL = Case.Channel.COLLECT.value
Address = Callable[[str, str], str]  # of the view of that name, for the form of that identifier


@dataclass(frozen=True)
class Office:
    """From where an app files: a post, and the unit where it stands."""

    actor: Actor
    post: Post
    unit: Unit


def office_of(actor: Actor) -> Office:
    """The post from which the token's user files: the token's, or the only one with a counter.

    Raises Forbidden where there is none, or none of several is named.
    """
    units = counter_units(actor)
    posts = {one.post_id: one.unit_id for one in authority_of(actor).held if one.unit_id in units}
    if len(posts) != 1:
        raise Forbidden(
            _(
                "Cases are filed from one post at a counter. Make a token for that post in your "
                "profile, and give it to the app as the password."
            )
        )
    ((post_id, unit_id),) = posts.items()
    post, unit = Post.objects.get(pk=post_id), Unit.objects.get(pk=unit_id)
    return Office(actor.narrowed(post_id), post, unit)


def listed(office: Office, address: Address, language: str) -> list[Listed]:
    """The forms of the services that are offered at the unit and take an app, by name."""
    day = day_in(office.unit.country, office.actor)
    rows = services_offered(office.unit.pk, day).select_related("current")
    found = [
        _listed(service, address, language)
        for service in rows.filter(state=Service.State.OPEN)
        if service.current is not None and CHANNEL in definition_of(service.current).channels
    ]
    return sorted(found, key=lambda one: one.name)


def form_text(office: Office, form_id: str) -> str:
    """The XForm of the form of that identifier, as it is now. Raises NotFound."""
    day = day_in(office.unit.country, office.actor)
    country, code = service_of(form_id)
    rows = services_offered(office.unit.pk, day).select_related("current")
    service = rows.filter(state=Service.State.OPEN, country=country, code=code).first()
    if service is None or service.current is None:
        raise NotFound
    if CHANNEL not in definition_of(service.current).channels:
        raise NotFound
    return _xform(service, service.current)


def version_of(form_id: str, number: str) -> ServiceVersion:
    """The version of a service under which a form was filled in. Raises Refused."""
    country, code = service_of(form_id)
    rows = ServiceVersion.objects.filter(
        service__country=country,
        service__code=code,
        state__in=(ServiceVersion.State.PUBLISHED, ServiceVersion.State.RETIRED),
    )
    version = rows.filter(number=int(number)).first() if _is_number(number) else None
    if version is None:
        raise Refused(
            _("This form is not known here, or not in this version. Fetch the form anew.")
        )
    return version


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def _listed(service: Service, address: Address, language: str) -> Listed:
    version = service.current
    if version is None:
        raise NotFound
    form_id = form_id_of(service.country, service.code)
    return Listed(
        form_id,
        local(service.name, language)[0],
        str(version.number),
        local(service.summary, language)[0],
        _xform(service, version),
        address("openrosa_form", form_id),
        address("openrosa_manifest", form_id),
    )


def _xform(service: Service, version: ServiceVersion) -> str:
    form_id = form_id_of(service.country, service.code)
    return app_form(version.xform, form_id, str(version.number), _offices(form_of(version)))


def _offices(form: Form) -> frozenset[str]:
    """Paths of what the office answers."""
    asked = [node for node in form.by_path.values() if node.by == "office"]
    return frozenset(one.path for node in asked for one in node.walk())
