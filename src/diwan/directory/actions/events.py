"""An undated event takes its date, and everything that hung on it with it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from diwan.directory.constants import HANDOVER, POST, UNIT
from diwan.directory.models import (
    Handover,
    Holding,
    Post,
    PostVersion,
    UnitSuccession,
    UnitVersion,
)
from diwan.kernel import audit
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import Dated, DatedAt
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor

from .base import day_start, marks_of
from .passing import tell_again
from .revise import revise
from .seats import check_seats, locked_post, seat_taken_refused
from .tree import lock_trees, rebuild_paths


@transaction.atomic
def state_event(actor: Actor, event_id: UUID, when: PartialDate) -> int:
    """Give everything that hung on an event its date; returns how many records changed.

    The caller (who keeps the event, such as a meeting) has checked the right to state its date.
    Each row is corrected, so what was believed before stays readable. Raises Refused where a
    period would end before it begins.
    """
    reason = _("The date of the event on which it hung was stated.")
    lock_trees()
    units = _restate_days(UnitVersion, event_id, when, reason)
    posts = _restate_days(PostVersion, event_id, when, reason)
    holdings = _restate_holdings(event_id, when, reason)
    handovers = _restate_handovers(event_id, when)
    if units:
        rebuild_paths(units)
    _tell_again(actor, posts, units)
    touched = [
        *(Ref(UNIT, pk) for pk in sorted(units)),
        *(Ref(POST, pk) for pk in sorted(posts | holdings)),
        *(Ref(HANDOVER, pk) for pk in sorted(handovers)),
    ]
    for subject in touched:
        changes = {"event_date": [None, when.to_register()]}
        audit.record(actor, "state_event", subject, changes=changes, reason=reason)
    return len(touched)


def _restate_days(
    model: type[UnitVersion] | type[PostVersion], event_id: UUID, when: PartialDate, reason: str
) -> set[UUID]:
    """Restate the rows of a table through days; the units or posts they tell of."""
    name = "unit_id" if model is UnitVersion else "post_id"
    now = timezone.now()
    rows = model.objects.known().filter(Q(since_event=event_id) | Q(until_event=event_id))
    found = set()
    for row in rows:
        values = _restated(row, event_id, when.first_day, when)
        if values and _differs(row, values):
            _check_order(values.get("since", row.since), values.get("until", row.until))
            found.add(getattr(row, name))
            revise(row, now, reason=reason, **values)
            if isinstance(row, UnitVersion) and row.until is not None and "until" in values:
                UnitSuccession.objects.filter(predecessor=row.unit_id, on_date=row.until).update(
                    on_date=values["until"]
                )
    return found


def _tell_again(actor: Actor, posts: set[UUID], units: set[UUID]) -> None:
    touched = Post.objects.filter(Q(pk__in=posts) | Q(unit__in=units))
    by_country: dict[str, list[UUID]] = defaultdict(list)
    for pk, country in touched.values_list("pk", "unit__country"):
        by_country[country].append(pk)
    for country, ids in by_country.items():
        tell_again(ids, country, actor.at)


def _restate_holdings(event_id: UUID, when: PartialDate, reason: str) -> set[UUID]:
    now = timezone.now()
    rows = (
        Holding.objects.known()
        .filter(Q(since_event=event_id) | Q(until_event=event_id))
        .select_related("post__unit")
    )
    changed = []
    for row in rows:
        at = day_start(when.first_day, row.post.unit.country)
        values = _restated(row, event_id, at, when)
        if _differs(row, values):
            _check_order(values.get("since_at", row.since_at), values.get("until_at", row.until_at))
            changed.append((row, values))
    # Ends before beginnings: a seat is free before it is taken.
    changed.sort(key=lambda pair: "since_at" in pair[1])
    posts = {row.post_id: locked_post(row.post_id) for row, _values in changed}
    for row, values in changed:
        with seat_taken_refused(posts[row.post_id], row.since_at):
            revise(row, now, reason=reason, **values)
    for post in posts.values():
        check_seats(post)
    return set(posts)


def _restate_handovers(event_id: UUID, when: PartialDate) -> set[UUID]:
    precision, calendar, _event = marks_of(when)
    found = set()
    for row in Handover.objects.filter(event=event_id).select_related("to_post__unit"):
        at = day_start(when.first_day, row.to_post.unit.country)
        if (row.at, row.at_precision, row.at_calendar) != (at, precision, calendar):
            row.at, row.at_precision, row.at_calendar = at, precision, calendar
            row.save(update_fields=["at", "at_precision", "at_calendar"])
            found.add(row.pk)
    return found


def _restated(
    row: Dated | DatedAt, event_id: UUID, moment: date | datetime, when: PartialDate
) -> dict[str, Any]:
    """The columns of a row that take the event's date."""
    suffix = "_at" if isinstance(row, DatedAt) else ""
    precision, calendar, _event = marks_of(when)
    values: dict[str, Any] = {}
    for side in ("since", "until"):
        if getattr(row, f"{side}_event") == event_id:
            values[f"{side}{suffix}"] = moment
            values[f"{side}_precision"] = precision
            values[f"{side}_calendar"] = calendar
    return values


def _differs(row: Dated | DatedAt, values: dict[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _check_order(since: date | datetime | None, until: date | datetime | None) -> None:
    if since is not None and until is not None and not since < until:
        raise Refused(
            _(
                "This date cannot be right: something that began or ended with the event would "
                "end before it began. Check the date, or correct that record first."
            ),
            field="date",
        )
