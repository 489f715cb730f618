"""Registers: the lasting names under which records are known."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.constants import KEY, LANGUAGES, REGISTER
from diwan.directory.models import Register
from diwan.kernel import audit
from diwan.kernel.countries import COUNTRIES, country
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.policies import Actor, ActorKind, Through
from diwan.kernel.working import today_in

from .base import ref


@transaction.atomic
def make_register(actor: Actor, *, key: str, language: str, country_code: str) -> Register:
    """Make an empty register; for an elevation alone. `country_code` is ISO 3166-1 alpha-2."""
    if not actor.elevated:
        raise NotFound if actor.kind is ActorKind.ANONYMOUS else Forbidden
    if not KEY.fullmatch(key):
        raise Refused(
            _("A key has at most 64 Latin letters, digits and hyphens, the first no hyphen."),
            field="key",
        )
    if Register.objects.filter(key=key).exists():
        raise Refused(
            _("There is a register with the key “%(key)s” already; choose another.") % {"key": key},
            field="key",
        )
    if language not in LANGUAGES:
        raise Refused(_("Choose Persian, Arabic or English."), field="language")
    if country_code not in COUNTRIES:
        raise Refused(_("Choose one of the countries that are set up here."), field="country")
    register = Register.objects.create(
        key=key,
        language=language,
        country=country_code,
        recorded=today_in(country_code, actor.at),
        recorded_calendar=country(country_code).calendar.value,
    )
    audit.record(
        actor,
        "make",
        ref(REGISTER, register.pk),
        changes={"key": [None, key], "language": [None, language], "country": [None, country_code]},
        through=Through(elevation_id=actor.elevation_id),
    )
    return register
