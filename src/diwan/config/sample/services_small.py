"""Services of the two small registers, whose accounts are printed: work on each of their desks.

Their units, posts and people stand in the tables already; they are read into the plain things of
the sample, and the same makers write services and cases. Nobody is sent a message.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from diwan.directory.public import Holding, PostVersion, Register, UnitVersion
from diwan.services.actions.keeping import forget_months

from .dice import dice
from .loading import MORNING, ORDER
from .office import Office
from .parts import PersonPlan, PostPlan, RegisterPlan, Tenure, UnitPlan
from .services import ServiceWriter
from .services_cases import CaseMaker
from .story import Era
from .table import Store
from .wording import read, wording

LONG, LATELY = timedelta(days=200), timedelta(days=14)
BEFORE, NOW = 26, 36
"""Cases of a register in those months, and in the last days."""


@transaction.atomic
def add_services(*, until: date, seed: int) -> int:
    """Give the small registers that are here services and cases; says how many cases."""
    store, made = Store(*ORDER), 0
    for register in Register.objects.filter(key__in=read("services")).order_by("key"):
        if register.key in {told["key"] for told in read("registers")["registers"]}:
            continue
        plan = _plan(register, until)
        era = _era(until)
        services = ServiceWriter(plan, era, store, seed=seed).write()
        lately = replace(era, first=until - LATELY)
        for n, (told, cases) in enumerate(((era, BEFORE), (lately, NOW))):
            for _done in CaseMaker(told, store, services, seed=seed + n).make(cases):
                made += 1
    store.write()
    forget_months()
    return made


def _era(until: date) -> Era:
    first = until - LONG
    opens_at = datetime.combine(first - timedelta(days=2), time(6), tzinfo=UTC)
    return Era(opens_at, first, until, datetime.combine(until, MORNING, tzinfo=UTC))


def _plan(register: Register, until: date) -> RegisterPlan:
    """A register as it stands on a day, with who held its posts."""
    office = Office(register.country, until - timedelta(days=900), until + timedelta(days=200))
    plan = RegisterPlan(
        id=register.pk,
        key=register.key,
        language=register.language,
        country=register.country,
        told={},
        office=office,
        wording=wording(register.language),
    )
    units = _units(plan, until)
    posts = _posts(plan, units, until)
    people: dict[UUID, PersonPlan] = {}
    held = Holding.objects.known().filter(post__in=posts).select_related("person")
    for row in held.order_by("since_at", "id"):
        person = row.person
        if person.pk not in people:
            label = person.name.get(plan.language) or next(iter(person.name.values()), "")
            people[person.pk] = PersonPlan(
                person.pk, person.key, person.user_id, "", label, dict(person.name), ""
            )
        tenure = Tenure(people[person.pk], row.since_at, row.until_at, row.kind)
        posts[row.post_id].tenures.append(tenure)
    return plan


def _units(plan: RegisterPlan, until: date) -> dict[UUID, UnitPlan]:
    rows = UnitVersion.objects.as_of(until).filter(unit__register=plan.id).select_related("unit")
    versions = {row.unit_id: row for row in rows.order_by("unit__key")}
    found: dict[UUID, UnitPlan] = {}
    for row in versions.values():
        found[row.unit_id] = UnitPlan(
            id=row.unit_id,
            key=row.unit.key,
            register=plan,
            spec="",
            kind=row.kind,
            name=dict(row.name),
            place="",
            parent=None,
            pace=1.6 + 0.6 * dice(0, row.unit.key).random(),
        )
    for pk, unit in found.items():
        above = versions[pk].parent_id
        unit.parent = found.get(above) if above else None
        if unit.parent:
            unit.parent.children.append(unit)
    plan.units = list(found.values())
    return found


def _posts(plan: RegisterPlan, units: dict[UUID, UnitPlan], until: date) -> dict[UUID, PostPlan]:
    rows = PostVersion.objects.as_of(until).filter(post__register=plan.id).select_related("post")
    found = {}
    for row in rows.order_by("post__key"):
        unit = units.get(row.post.unit_id)
        if unit is not None:
            roles = tuple(sorted(row.role_set))
            post = PostPlan(row.post_id, row.post.key, unit, "", dict(row.name), roles)
            found[row.post_id] = post
            unit.posts.append(post)
    return found
