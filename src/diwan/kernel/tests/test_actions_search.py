"""The one index: kept in step with what is written, built anew, asked alike on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Q

from diwan.kernel import audit, search
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.models import DeclaredHoliday, SearchRecord, SearchStale
from diwan.kernel.policies import Actor, Policy
from diwan.kernel.search import CLOSED, Source, Texts
from diwan.kernel.tests.factories import a_user

pytestmark = pytest.mark.django_db
KIND = "test.day"
INDEXING = import_module("diwan.kernel.search.indexing")


class DayPolicy(Policy[DeclaredHoliday]):
    """Elevated actors see all, others what is declared for Iran."""

    model = DeclaredHoliday

    def scope(self, actor: Actor, verb: str) -> Q:
        return Q(country="IR")


POLICY = DayPolicy()
ALL = Actor.system("test")
asked: list[Sequence[UUID]] = []


def texts(ids: Sequence[UUID]) -> Iterator[Texts]:
    asked.append(ids)
    for row in DeclaredHoliday.objects.filter(pk__in=ids):
        reach = row.country if row.country == "IR" else CLOSED
        yield Texts(row.pk, row.day, reach, [row.name["fa"]], [row.name.get("en", "")])


class DaySubject:
    kind = KIND
    name = "day"
    verbs: dict[str, str] = {}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        rows = POLICY.which(actor, "see", DeclaredHoliday.objects.filter(pk__in=ids))
        return {row.pk: Card(Ref(KIND, row.pk), row.name, "/") for row in rows}


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    sources, exchange = (
        import_module("diwan.kernel.search.sources"),
        import_module("diwan.kernel.exchange"),
    )
    days = Source(KIND, "days", texts, DeclaredHoliday.objects.all, search.seen_by(POLICY))
    monkeypatch.setattr(sources, "_sources", {KIND: days})
    monkeypatch.setattr(sources, "_reaches", [lambda actor: ["IR"]])
    monkeypatch.setattr(INDEXING, "_built", False)
    exchange.declare_subject(DaySubject())
    asked.clear()


def a_day(name: str, day: int = 1, *, country: str = "IR", text: str = "") -> DeclaredHoliday:
    return DeclaredHoliday.objects.create(
        country=country, day=date(2026, 1 + day // 28, 1 + day % 28), name={"fa": name, "en": text}
    )


def write(row: DeclaredHoliday) -> None:
    with transaction.atomic():
        audit.record(ALL, "change", Ref(KIND, row.pk))


def names(text: str, actor: Actor = ALL) -> list[str]:
    return [hit.card.title["fa"] for hit in search.find(search.Asked(text), actor).hits]


def test_what_is_written_is_found_once_it_is_committed(
    django_capture_on_commit_callbacks: object,
) -> None:
    row = a_day("نوروز")
    assert names("نوروز") == []
    with django_capture_on_commit_callbacks(execute=True) as callbacks:  # type: ignore[operator]
        write(row)
        write(row)
    assert len(callbacks) == 1
    assert names("نوروز") == ["نوروز"]
    assert not SearchStale.objects.exists()
    row.name = {"fa": "مهرگان"}
    row.save()
    write(row)
    search.catch_up()
    assert (names("نوروز"), names("مهرگان")) == ([], ["مهرگان"])
    pk = row.pk
    row.delete()
    search.stale(KIND, [pk])
    search.catch_up()
    assert names("مهرگان") == []
    assert not SearchRecord.objects.exists()


def test_a_write_that_is_undone_leaves_no_mark() -> None:
    row = a_day("نوروز")
    with transaction.atomic():
        audit.record(ALL, "change", Ref(KIND, row.pk))
        transaction.set_rollback(True)
    assert not SearchStale.objects.exists()


def test_what_did_not_change_is_not_written(django_assert_num_queries: object) -> None:
    row = a_day("نوروز")
    write(row)
    search.catch_up()
    (before,) = SearchRecord.objects.values_list("pk", "terms")
    write(row)
    search.catch_up()
    assert list(SearchRecord.objects.values_list("pk", "terms")) == [before]


def test_building_goes_on_where_it_stopped_and_clears_what_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(INDEXING, "WHOLE", 3)
    rows = [a_day(f"روز{n}", n) for n in range(8)]
    assert search.lag().building
    INDEXING._step()
    INDEXING._step()
    assert SearchRecord.objects.count() == 6
    assert search.find(search.Asked("روز1"), ALL).building
    rows[0].delete()
    SearchRecord.objects.filter(ref_id=rows[7].pk).delete()
    search.tick(None)  # type: ignore[arg-type]
    assert SearchRecord.objects.count() == 8
    assert search.rebuild() == 7
    assert not search.lag().building
    assert max(len(ids) for ids in asked) <= 3


def test_a_mark_that_a_killed_process_left_is_worked_off_by_the_tick() -> None:
    write(a_day("نوروز"))
    assert search.lag().waiting == 1
    search.tick(None)  # type: ignore[arg-type]
    assert search.lag().waiting == 0
    assert names("نوروز") == ["نوروز"]


def test_only_what_may_be_seen_is_found_also_among_very_much_else() -> None:
    DeclaredHoliday.objects.bulk_create(
        DeclaredHoliday(country="EG", day=date.fromordinal(730000 + n), name={"fa": f"عید {n}"})
        for n in range(700)
    )
    a_day("عید دیدنی", country="IR")
    search.rebuild()
    assert names("عید", a_user()) == ["عید دیدنی"]
    answer = search.find(search.Asked("عید"), a_user())
    assert not answer.more
    assert not answer.beyond
    full = search.find(search.Asked("عید"), ALL)
    assert full.more
    assert full.beyond


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    for n in range(25):
        a_day(f"جلسه {n:02}", n)
    search.rebuild()
    pages = [
        [hit.card.title["fa"] for hit in search.find(search.Asked("جلسه", start=start), ALL).hits]
        for start in (0, 20)
    ]
    assert [len(page) for page in pages] == [20, 5]
    assert pages[0] + pages[1] == [f"جلسه {n:02}" for n in reversed(range(25))]


ODD = """؟! 🙂 " * - NEAR NEAR(a '; ^ =x _IR س % \\ a:* ( ) !a&b|c <-> \u200c"""


def test_nothing_that_is_typed_breaks_the_search() -> None:
    a_day("نوروز")
    search.rebuild()
    for typed in ["", "   ", "a" * 500, "و از به در", "a OR b", *ODD.split()]:
        assert not search.find(search.Asked(typed), ALL).hits
        ids = search.matching_ids(KIND, typed)
        assert ids is None or not ids.exists()


def test_the_other_keyboard_is_tried_where_nothing_is_found() -> None:
    a_day("شهرداری")
    search.rebuild()
    answer = search.find(search.Asked("aivnhvd"), a_user())
    assert (answer.instead, len(answer.hits)) == ("شهرداری", 1)
    assert search.find(search.Asked("aivnhvd", literal=True), a_user()).hits == []
    assert search.find(search.Asked("شهرداری"), a_user()).instead == ""


def test_a_list_is_narrowed_by_the_same_words() -> None:
    row, _other = a_day("نوروز باستانی"), a_day("مهرگان", 2)
    search.rebuild()
    found = DeclaredHoliday.objects.filter(pk__in=search.matching_ids(KIND, "باستان نوروز"))  # type: ignore[misc]
    assert list(found) == [row]
    assert search.matching_ids(KIND, "؟") is None


def test_two_records_with_one_place_both_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    writing = import_module("diwan.kernel.search.writing")
    monkeypatch.setattr(writing, "order_of", lambda *_: 5)
    a_day("یک", 1)
    a_day("یکم", 2)
    assert search.rebuild() == 2
    assert sorted(SearchRecord.objects.values_list("pk", flat=True)) == [5, 6]


def test_a_common_word_is_taken_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    asking = import_module("diwan.kernel.search.asking")
    monkeypatch.setattr(asking, "COMMON", 2)
    a_day("سال نو", 1)
    a_day("سال نو", 2)
    a_day("سالانه", 3)
    search.rebuild()
    assert names("سال") == ["سال نو", "سال نو"]
    assert names("سالا") == ["سالانه"]
    assert connection.vendor in {"sqlite", "postgresql"}
