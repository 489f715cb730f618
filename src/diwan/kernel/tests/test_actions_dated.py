"""Dated tables: when it held and when it was known, tried on a table of their own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from diwan.kernel.calendars import Calendar, Precision
from diwan.kernel.dated import Dated, DatedAt, DatedAtQuerySet, DatedQuerySet, stated

DAY = date(2026, 3, 21)
NOON = datetime(2026, 3, 21, 12, tzinfo=UTC)


@pytest.fixture
def tables(transactional_db: None) -> Iterator[tuple[Any, Any]]:
    """Two tables made for one test: one by days, one by instants."""
    with isolate_apps("diwan.kernel"):

        class Named(Dated):
            name = models.CharField(max_length=20)
            objects = DatedQuerySet.as_manager()

            class Meta(Dated.Meta):
                app_label = "kernel"

        class Held(DatedAt):
            name = models.CharField(max_length=20)
            objects = DatedAtQuerySet.as_manager()

            class Meta(DatedAt.Meta):
                app_label = "kernel"

        made: tuple[Any, Any] = (Named, Held)
        with connection.schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        yield made
        with connection.schema_editor() as editor:
            for model in made:
                editor.delete_model(model)


def names(queryset: Any) -> list[str]:
    return sorted(queryset.values_list("name", flat=True))


def test_periods_are_half_open(tables: tuple[Any, Any]) -> None:
    named, held = tables
    named.objects.create(name="old", until=DAY)
    named.objects.create(name="new", since=DAY)
    assert names(named.objects.as_of(DAY - timedelta(days=1))) == ["old"]
    assert names(named.objects.as_of(DAY)) == ["new"]
    assert names(named.objects.as_of(date.max)) == ["new"]
    held.objects.create(name="before", until_at=NOON)
    held.objects.create(name="after", since_at=NOON)
    assert names(held.objects.at(NOON - timedelta(microseconds=1))) == ["before"]
    assert names(held.objects.at(NOON)) == ["after"]


def test_a_correction_keeps_what_was_believed_before(tables: tuple[Any, Any]) -> None:
    named, _held = tables
    wrong = named.objects.create(name="wrong", since=DAY, recorded_at=NOON)
    corrected = NOON + timedelta(days=10)
    wrong.superseded_at, wrong.superseded_reason = corrected, "a slip"
    wrong.save()
    named.objects.create(name="right", since=DAY, recorded_at=corrected, lineage=wrong.lineage)
    assert names(named.objects.as_of(DAY)) == ["right"]
    assert names(named.objects.as_of(DAY, known_at=corrected)) == ["right"]
    before = corrected - timedelta(seconds=1)
    assert names(named.objects.as_of(DAY, known_at=before)) == ["wrong"]
    assert names(named.objects.as_of(DAY, known_at=NOON - timedelta(seconds=1))) == []


@pytest.mark.parametrize(("since", "until"), [(DAY, DAY), (DAY, DAY - timedelta(days=1))])
def test_the_database_refuses_an_end_before_the_beginning(
    tables: tuple[Any, Any], since: date, until: date
) -> None:
    named, held = tables
    with pytest.raises(IntegrityError), transaction.atomic():
        named.objects.create(name="x", since=since, until=until)
    with pytest.raises(IntegrityError), transaction.atomic():
        held.objects.create(name="x", since_at=NOON, until_at=NOON)


def test_a_date_is_shown_as_it_was_stated(tables: tuple[Any, Any]) -> None:
    named, _held = tables
    row = named(since=DAY, since_precision=Precision.MONTH, since_calendar=Calendar.JALALI)
    assert row.since_stated.show("fa", Calendar.JALALI) == "فروردین ۱۴۰۵"
    assert row.until_stated is None
    assert stated(None, "day", "gregorian") is None
