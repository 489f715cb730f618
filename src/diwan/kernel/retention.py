"""How long the house keeps what it need not keep for ever, and the day's clearing away.

A room declares each kind of record that ends: what it is called, how many days it stays, and what
clears it away. An administrator may choose another number of days; the worker goes through all
kinds once a day (UTC), batch by batch, and writes down how many records went. Entries of the audit
are no such kind: they are kept for ever.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, erasing, once
from .errors import NotFound, Refused, Sentence
from .exchange import Ref
from .models import Heartbeat, RetentionRule, RetentionRun
from .policies import Actor, Through
from .text import clean

logger = logging.getLogger(__name__)

RETENTION_KIND = "kernel.retention"
CarryOut = Callable[[datetime], int]
SECONDS_A_TICK = 20.0
LONGEST_DAYS = 36_500


@dataclass(frozen=True)
class Kept:
    """A kind of record that ends; `days` by default, None: kept for ever."""

    kind: str
    name: Sentence
    days: int | None
    carry_out: CarryOut

    @property
    def ref(self) -> Ref:
        """The kind as the audit names it."""
        return Ref(RETENTION_KIND, uuid5(NAMESPACE_URL, f"diwan:retention:{self.kind}"))


_kept: dict[str, Kept] = {}


def declare_retention(kind: str, name: Sentence, days: int | None, carry_out: CarryOut) -> None:
    """Declare a kind that ends after `days` (None: only if an administrator says so).

    `name` is what an administrator reads, in the plural: “ended sessions”. `carry_out(before)`
    deletes or erases at most a batch of what ended before that instant, in a transaction of its
    own, and returns how many; 0 when nothing is left.
    """
    _kept[kind] = Kept(kind, name, days, carry_out)


def kinds() -> list[Kept]:
    """All declared kinds, by their word."""
    return [_kept[kind] for kind in sorted(_kept)]


def chosen_rules() -> Mapping[str, RetentionRule]:
    """What administrators chose, by kind."""
    return {rule.kind: rule for rule in RetentionRule.objects.all()}


def days_of(kept: Kept, chosen: Mapping[str, RetentionRule]) -> int | None:
    """How many days hold now: the chosen ones, else the default; None: for ever."""
    return chosen[kept.kind].days if kept.kind in chosen else kept.days


@transaction.atomic
def keep_for(actor: Actor, kind: str, days: int | None, *, reason: str) -> None:
    """Choose how many days a kind stays (None: for ever).

    For elevated administrators. Raises NotFound for others and for a kind that nobody declared,
    Refused for a number that is none and without a reason.
    """
    if not actor.elevated or kind not in _kept:
        raise NotFound
    why = clean(reason)
    if not why:
        raise Refused(_("Write the reason; it stays in the record."), field="reason")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("Write a number of days from 1 to 36500, or leave it empty."), field="days")
    kept = _kept[kind]
    rule = RetentionRule.objects.select_for_update().filter(kind=kind).first()
    before = kept.days if rule is None else rule.days
    if before == days:
        raise Refused(_("Nothing would change: this is what it says already."), field="days")
    RetentionRule.objects.update_or_create(
        kind=kind, defaults={"days": days, "changed_at": actor.at, "changed_by": actor.user_id}
    )
    audit.record(
        actor,
        "keep_for",
        kept.ref,
        changes={"kind": [kind, kind], "days": [before, days]},
        reason=why,
        through=Through(elevation_id=actor.elevation_id),
    )


def carry_out_retention(at: datetime) -> None:
    """Go through the kinds that were not gone through today; the minute tick calls it.

    Takes at most some seconds; the next minute goes on. A kind that fails stops no other.
    """
    today = at.date()
    done = set(
        RetentionRun.objects.filter(on_date=today, finished=True).values_list("kind", flat=True)
    )
    chosen = chosen_rules()
    stop = time.monotonic() + SECONDS_A_TICK
    for kept in kinds():
        days = days_of(kept, chosen)
        if kept.kind in done or days is None or time.monotonic() > stop:
            continue
        try:
            _carry_out(kept, days, at, stop)
        except Exception:  # one room's fault must not keep the others' records for ever
            logger.exception("retention of %s failed", kept.kind)


def _carry_out(kept: Kept, days: int, at: datetime, stop: float) -> None:
    before = at - timedelta(days=days)
    gone, batch = 0, 1
    while batch and time.monotonic() < stop:
        batch = kept.carry_out(before)
        gone += batch
    with transaction.atomic():
        total = _note_run(kept.kind, at.date(), gone, finished=not batch)
        if not batch and total:
            logger.info("retention: %s of %s went", total, kept.kind)
            audit.record(
                Actor.system("retention", at=at),
                "carry_out",
                kept.ref,
                changes={
                    "kind": [kept.kind, kept.kind],
                    "days": [days, days],
                    "gone": [None, total],
                },
            )


def _note_run(kind: str, today: date, gone: int, *, finished: bool) -> int:
    """Write how far today's run is; returns how many records went today."""
    run = RetentionRun.objects.select_for_update().filter(kind=kind).first()
    if run is None:
        run = RetentionRun(kind=kind, on_date=today)
    if run.on_date != today:
        run.on_date, run.gone = today, 0
    run.gone += gone
    run.finished = finished
    run.save()
    return run.gone


def kind_of(ref_id: UUID) -> Kept | None:
    """The declared kind that an audit entry names."""
    return next((kept for kept in _kept.values() if kept.ref.id == ref_id), None)


def declare_own() -> None:
    """Declare what the kernel's own tables do not keep for ever."""
    declare_retention("kernel.heartbeats", gettext_lazy("signs of life of workers"), 30, _beats)
    declare_retention("kernel.once", gettext_lazy("keys of repeated requests"), 1, once.forget)
    declare_retention(
        "kernel.personal_values",
        gettext_lazy("personal values in the trail (erased, the entry stays)"),
        None,
        erasing.erase_values_before,
    )


def _beats(before: datetime) -> int:
    return Heartbeat.objects.filter(at__lt=before).delete()[0]
