"""Taking a register in: the ledger that the `put_*` actions write, kind by kind.

Whoever imports opens a ledger and puts units, posts, people, handovers and notes into it, in that
order, all within one transaction. A record that is there already and says the same is left alone;
a dated one that says otherwise is corrected with the reason "import". Nothing is removed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from diwan.directory.constants import REGISTER
from diwan.directory.models import Register
from diwan.directory.queries.records import (
    DirectoryRecords,
    Keyed,
    RegisterRecord,
    When,
    differing,
)
from diwan.directory.queries.records_reading import records_of, register_record
from diwan.kernel import audit
from diwan.kernel.calendars import PartialDate
from diwan.kernel.countries import country as country_of
from diwan.kernel.dated import Dated, DatedAt
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.working import today_in

from .base import day_start

IMPORT = "import"
ADDED, CHANGED, LEFT = "added", "changed", "left"
BATCH = 500


@dataclass
class Tally:
    """How many records were added, changed and left, by kind (``unit``, ``post``, …)."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, kind: str, verdict: str, *, times: int = 1) -> None:
        """Count records of a kind."""
        self.counts[kind, verdict] += times

    def total(self, verdict: str) -> int:
        """All kinds together."""
        return sum(n for (_any, said), n in self.counts.items() if said == verdict)


@dataclass
class Ledger:
    """A register being written: what it held before, and the identifiers of its keys."""

    register: Register
    before: DirectoryRecords
    tally: Tally
    ids: dict[type[Model], dict[str, UUID]] = field(default_factory=dict)

    def keys(self, model: type[Model]) -> dict[str, UUID]:
        """Identifiers by key of one model."""
        if model not in self.ids:
            rows: Any = model._default_manager.filter(register=self.register)  # noqa: SLF001 # Django's documented name
            self.ids[model] = dict(rows.values_list("key", "pk"))
        return self.ids[model]

    def id_of(self, model: type[Model], key: str) -> UUID | None:
        """The identifier of a key; None for no key. The caller has checked that it is known."""
        return self.keys(model)[key] if key else None

    def name(self, model: type[Model], key: str) -> UUID:
        """Give a new record's key its identifier."""
        return self.keys(model).setdefault(key, new_id())

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""
        return self.register.country


@transaction.atomic
def open_ledger(actor: Actor, wanted: RegisterRecord) -> Ledger:
    """The register by its key, made or brought up to date. For the system and elevations alone.

    A register that says no day of recording was recorded today. Raises NotFound, Forbidden.
    """
    require_elevated(actor)
    tally = Tally()
    register = Register.objects.filter(key=wanted.key).first()
    if register is None:
        register = _make(actor, wanted)
        tally.note("register", ADDED)
        return Ledger(register, DirectoryRecords(), tally)
    changes = _rewrite(actor, register, wanted)
    tally.note("register", CHANGED if changes else LEFT)
    return Ledger(register, records_of(register), tally)


def require_elevated(actor: Actor) -> None:
    """Whole registers are taken in and written out by the system and by elevation alone."""
    if not actor.elevated:
        raise NotFound if actor.kind is ActorKind.ANONYMOUS else Forbidden


def _make(actor: Actor, wanted: RegisterRecord) -> Register:
    calendar = country_of(wanted.country).calendar
    recorded = wanted.recorded or PartialDate(today_in(wanted.country, actor.at), calendar=calendar)
    register = Register.objects.create(
        key=wanted.key,
        language=wanted.language,
        country=wanted.country,
        source=wanted.source,
        **_recorded(recorded),
    )
    changes = {"key": [None, wanted.key], "country": [None, wanted.country]}
    audit.record(actor, IMPORT, Ref(REGISTER, register.pk), changes=changes)
    return register


def _rewrite(actor: Actor, register: Register, wanted: RegisterRecord) -> dict[str, list[Any]]:
    before = register_record(register)
    values: dict[str, Any] = {"language": wanted.language}
    if wanted.source:
        values["source"] = wanted.source
    if wanted.recorded is not None and wanted.recorded != before.recorded:
        values |= _recorded(wanted.recorded)
    return rewrite(actor, register, values, Ref(REGISTER, register.pk))


def _recorded(when: PartialDate) -> dict[str, Any]:
    return {
        "recorded": when.first_day,
        "recorded_precision": when.precision.value,
        "recorded_calendar": when.calendar.value,
    }


def rewrite(
    actor: Actor,
    row: Model,
    values: Mapping[str, Any],
    subject: Ref,
    *,
    personal: tuple[str, ...] = (),
) -> dict[str, list[Any]]:
    """Set, save and record the values that differ; returns [before, after] of each.

    `personal` names what speaks of a person and goes to the audit's personal values.
    """
    changes = audit.differences(audit.values_of(row, list(values)), dict(values))
    if not changes:
        return {}
    for name, (_before, new) in changes.items():
        setattr(row, name, new)
    row.save(update_fields=list(changes))
    open_changes = {k: v for k, v in changes.items() if k not in personal}
    closed = {k: v for k, v in changes.items() if k in personal}
    audit.record(actor, IMPORT, subject, changes=open_changes, personal=closed, reason=IMPORT)
    return changes


def bounds(side: str, when: When | None) -> dict[str, Any]:
    """The columns of one end of a period through days."""
    if when is None:
        return {side: None, f"{side}_event": None}
    return {
        side: when.on.first_day,
        f"{side}_precision": when.on.precision.value,
        f"{side}_calendar": when.on.calendar.value,
        f"{side}_event": when.event,
    }


def moments(side: str, when: When | None, country: str) -> dict[str, Any]:
    """The columns of one end of a period through instants: the beginning of the day."""
    columns = bounds(side, when)
    columns[f"{side}_at"] = None if when is None else day_start(when.on.first_day, country)
    del columns[side]
    return columns


def told(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A new record's values as the audit's changes; empty ones are left out."""
    return {name: [None, shown(value)] for name, value in values.items() if value}


def shown(value: Any) -> Any:
    """A value as the audit keeps it."""
    if isinstance(value, When):
        return value.on.first_day
    return list(value) if isinstance(value, tuple) else value


def changed(before: Keyed | None, wanted: Keyed) -> dict[str, Any]:
    """What is to be written of a record that was there (`differing`); nothing of a new one."""
    return {} if before is None else differing(before, wanted)


def require_order(row: Dated | DatedAt, values: Mapping[str, Any]) -> None:
    """Raise Refused where a corrected period would end before it begins."""
    suffix = "_at" if isinstance(row, DatedAt) else ""
    since, until = (
        values.get(f"{side}{suffix}", getattr(row, f"{side}{suffix}"))
        for side in ("since", "until")
    )
    if since is not None and until is not None and since >= until:
        raise Refused(
            _(
                "Taken in, “%(key)s” would end before it begins, since its dates were changed here "
                "meanwhile. Correct the dates here or in the file."
            )
            % {"key": _key_of(row)}
        )


def _key_of(row: Dated | DatedAt) -> str:
    owner = getattr(row, "unit", None) or getattr(row, "post", None)
    return str(owner) if owner is not None else ""
