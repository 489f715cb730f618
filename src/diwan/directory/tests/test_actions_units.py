"""Units are founded, renamed, moved, closed, merged, split and corrected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from diwan.directory.actions.closing import Children, Split, close_unit, merge_units, split_unit
from diwan.directory.actions.passing import pass_ended_posts
from diwan.directory.actions.units import (
    NewUnit,
    UnitCorrection,
    correct_unit,
    found_unit,
    move_unit,
    rename_unit,
)
from diwan.directory.models import Holding, PostVersion, Unit, UnitPath, UnitVersion
from diwan.directory.queries.names import unit_names
from diwan.kernel import audit
from diwan.kernel.calendars import Calendar, PartialDate, Precision
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref

from .factories import (
    HoldingFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
    system,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2020, 1, 1)


def name_on(unit: Unit, day: date, **more: Any) -> str:
    return unit_names([unit.pk], day, **more)[unit.pk]["en"]


def in_order(unit: Unit) -> list[UnitVersion]:
    return sorted(unit.versions.known(), key=lambda version: version.since or date.min)


def parent_on(unit: Unit, day: date) -> Unit | None:
    version = UnitVersion.objects.as_of(day).filter(unit=unit).first()
    return version.parent if version else None


def ancestors(unit: Unit, day: date) -> set[Unit]:
    return {p.ancestor for p in UnitPath.objects.on(day).filter(descendant=unit, depth__gt=0)}


def test_found_under_a_parent() -> None:
    top = UnitFactory.create()
    administrator = staff(top, "administrator")
    on = PartialDate(date(2020, 5, 17), Precision.MONTH, Calendar.GREGORIAN)
    new = NewUnit(name={"fa": " مركز ", "en": "Centre"}, kind="centre", on=on, parent=top)
    unit = found_unit(administrator.actor, new)
    version = unit.versions.get()
    assert version.name == {"fa": "مرکز", "en": "Centre"}
    assert (version.since, version.since_precision) == (date(2020, 5, 1), "month")
    assert ancestors(unit, date(2021, 1, 1)) == {top}
    assert ancestors(unit, date(2019, 1, 1)) == set()
    entry = audit.trail(Ref("directory.unit", unit.pk)).get()
    assert entry.verb == "found"
    assert entry.post_id == administrator.post.pk


def test_founding_is_refused_with_a_sentence() -> None:
    top = UnitFactory.create(since=DAY)
    administrator = staff(top, "administrator").actor
    with pytest.raises(Refused, match="at least one language"):
        found_unit(administrator, NewUnit({"en": " "}, "office", DAY, top))
    with pytest.raises(Refused, match="does not exist then"):
        found_unit(administrator, NewUnit({"en": "A"}, "office", date(2019, 1, 1), top))
    with pytest.raises(Refused, match="no province"):
        found_unit(administrator, NewUnit({"en": "A"}, "office", DAY, top, province="EG-C"))
    with pytest.raises(Refused, match="A key has"):
        found_unit(administrator, NewUnit({"en": "A"}, "office", DAY, top, key="_"))
    assert Unit.objects.count() == 1


def test_only_an_elevation_founds_at_the_top() -> None:
    top = UnitFactory.create()
    new = NewUnit({"en": "A"}, "office", None, register=top.register)
    with pytest.raises(Forbidden):
        found_unit(staff(top, "administrator").actor, new)
    assert found_unit(system(), new).versions.get().since is None


def test_foreigners_and_officers_may_not() -> None:
    top = UnitFactory.create()
    foreign = UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar"))
    with pytest.raises(NotFound):
        rename_unit(staff(foreign, "administrator").actor, top, on=DAY, name={"en": "X"})
    with pytest.raises(Forbidden):
        rename_unit(staff(top).actor, top, on=DAY, name={"en": "X"})


def test_a_renaming_has_its_day() -> None:
    unit = UnitFactory.create(name={"en": "Old"})
    rename_unit(system(), unit, on=DAY, name={"en": "New"})
    assert name_on(unit, DAY - timedelta(days=1)) == "Old"
    assert name_on(unit, DAY) == "New"


def test_a_renaming_entered_late_keeps_the_later_move() -> None:
    top = UnitFactory.create()
    other = UnitFactory.create(register=top.register)
    unit = UnitFactory.create(parent=top, name={"en": "Old"})
    move_unit(system(), unit, on=date(2022, 1, 1), parent=other)
    rename_unit(system(), unit, on=DAY, name={"en": "New"})
    assert [(v.since, v.name["en"], v.parent) for v in in_order(unit)] == [
        (None, "Old", top),
        (DAY, "New", top),
        (date(2022, 1, 1), "New", other),
    ]


def test_a_renaming_entered_late_ends_at_the_later_renaming() -> None:
    unit = UnitFactory.create(name={"en": "One"})
    rename_unit(system(), unit, on=date(2022, 1, 1), name={"en": "Three"})
    rename_unit(system(), unit, on=DAY, name={"en": "Two"})
    assert name_on(unit, date(2021, 1, 1)) == "Two"
    assert name_on(unit, date(2022, 1, 1)) == "Three"


def test_what_was_known_before_a_change_can_still_be_told() -> None:
    unit = UnitFactory.create(name={"en": "Old"})
    before = timezone.now()
    rename_unit(system(), unit, on=DAY, name={"en": "New"})
    assert name_on(unit, DAY, known_at=before) == "Old"


def test_a_move_changes_the_paths_of_all_below() -> None:
    one, two = UnitFactory.create(), UnitFactory.create()
    unit = UnitFactory.create(parent=one)
    leaf = UnitFactory.create(parent=unit)
    move_unit(system(), unit, on=DAY, parent=two)
    assert ancestors(leaf, DAY - timedelta(days=1)) == {unit, one}
    assert ancestors(leaf, DAY) == {unit, two}


def test_a_unit_never_stands_under_itself() -> None:
    top = UnitFactory.create(name={"en": "Top"})
    unit = UnitFactory.create(parent=top, name={"en": "Unit"})
    leaf = UnitFactory.create(parent=unit, name={"en": "Leaf"})
    with pytest.raises(Refused, match="under one another") as refused:
        move_unit(system(), top, on=DAY, parent=leaf)
    assert all(name in str(refused.value) for name in ("Top", "Unit", "Leaf", "2020"))
    with pytest.raises(Refused, match="under itself"):
        move_unit(system(), top, on=DAY, parent=top)
    assert parent_on(top, DAY) is None


def test_a_unit_does_not_move_under_one_that_closes() -> None:
    top = UnitFactory.create()
    closing = UnitFactory.create(parent=top, until=date(2022, 1, 1))
    unit = UnitFactory.create(parent=top)
    with pytest.raises(Refused, match="does not exist then"):
        move_unit(system(), unit, on=DAY, parent=closing)


def test_only_an_elevation_moves_to_the_top() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    with pytest.raises(Forbidden):
        move_unit(staff(top, "administrator").actor, unit, on=DAY, parent=None)


def test_closing_ends_posts_and_holdings_and_tells_their_heirs(ended: list[Fact]) -> None:
    top = UnitFactory.create()
    old = UnitFactory.create(parent=top)
    new = UnitFactory.create(parent=top)
    head_above = PostFactory.create(unit=top, roles=("head",))
    old_head, old_clerk = staff(old, "head"), staff(old, "clerk")
    named = PostFactory.create(unit=old, becomes=head_above)
    new_head = PostFactory.create(unit=new, roles=("head",))
    close_unit(system(), old, on=DAY, becomes=new)
    assert not UnitVersion.objects.as_of(DAY).filter(unit=old).exists()
    assert not PostVersion.objects.as_of(DAY).filter(post__unit=old).exists()
    held = Holding.objects.known().get(post=old_head.post)
    assert held.until_at == datetime(2019, 12, 31, 20, 30, tzinfo=UTC)  # midnight in Tehran
    assert {fact.ref.id: fact.data["becomes"] for fact in ended} == {
        old_head.post.pk: new_head.pk,
        old_clerk.post.pk: new_head.pk,  # nobody there has its role: the head of the successor
        named.pk: head_above.pk,
    }
    pass_ended_posts(timezone.now())
    assert len(ended) == 3
    assert old.successions.get().kind == "became"


def test_a_closing_to_come_is_told_when_its_day_has_come(ended: list[Fact]) -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    day = timezone.now().date() + timedelta(days=30)
    close_unit(system(), unit, on=day)
    assert not ended
    pass_ended_posts(timezone.now() + timedelta(days=31))
    pass_ended_posts(timezone.now() + timedelta(days=32))
    assert [(fact.ref.id, fact.data["becomes"]) for fact in ended] == [(head.post.pk, None)]


def test_a_post_whose_imported_unit_has_ended_is_told_of(ended: list[Fact]) -> None:
    top = UnitFactory.create()
    head = PostFactory.create(unit=top, roles=("head",))
    unit = UnitFactory.create(parent=top, until=DAY)
    post = PostFactory.create(unit=unit, roles=("head",))
    pass_ended_posts(timezone.now())
    assert [(fact.ref.id, fact.data["becomes"]) for fact in ended] == [(post.pk, head.pk)]


def test_children_of_a_closed_unit_must_be_given_a_place() -> None:
    top = UnitFactory.create()
    unit, heir = UnitFactory.create(parent=top), UnitFactory.create(parent=top)
    child = UnitFactory.create(parent=unit, name={"en": "Child"})
    later = UnitFactory.create(parent=unit, since=date(2024, 1, 1))
    with pytest.raises(Refused, match="Child"):
        close_unit(system(), unit, on=DAY)
    close_unit(system(), unit, on=DAY, becomes=heir, children=Children.TO_BECOMES)
    assert parent_on(child, DAY - timedelta(days=1)) == unit
    assert parent_on(child, DAY) == heir
    assert parent_on(later, date(2024, 1, 1)) == heir


def test_children_go_up_to_the_parent() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    child = UnitFactory.create(parent=unit)
    close_unit(system(), unit, on=DAY, children=Children.TO_PARENT)
    assert parent_on(child, DAY) == top


def test_closing_before_a_later_change_is_refused() -> None:
    unit = UnitFactory.create()
    rename_unit(system(), unit, on=date(2022, 1, 1), name={"en": "Later"})
    with pytest.raises(Refused, match="2022"):
        close_unit(system(), unit, on=DAY)
    with pytest.raises(Refused, match="did not exist"):
        rename_unit(system(), UnitFactory.create(since=DAY), on=date(2019, 1, 1), name={"en": "X"})


def test_merging_into_one_of_them() -> None:
    top = UnitFactory.create()
    one, two = UnitFactory.create(parent=top), UnitFactory.create(parent=top)
    child = UnitFactory.create(parent=two)
    assert merge_units(system(), [one, two], into=one, on=DAY) == one
    assert parent_on(child, DAY) == one
    assert not UnitVersion.objects.as_of(DAY).filter(unit=two).exists()
    assert two.successions.get().successor == one


def test_merging_into_a_new_one() -> None:
    top = UnitFactory.create()
    one, two = UnitFactory.create(parent=top), UnitFactory.create(parent=top)
    new = NewUnit({"en": "Both"}, "office", DAY, top)
    both = merge_units(staff(top, "administrator").actor, [one, two], into=new, on=DAY)
    assert {s.predecessor for s in both.precessions.all()} == {one, two}
    assert set(UnitVersion.objects.as_of(DAY).values_list("unit_id", flat=True)) == {
        top.pk,
        both.pk,
    }


def test_a_unit_takes_over_the_one_it_stood_under() -> None:
    top = UnitFactory.create()
    above = UnitFactory.create(parent=top)
    below = UnitFactory.create(parent=above)
    sister = UnitFactory.create(parent=above)
    merge_units(system(), [above], into=below, on=DAY)
    assert parent_on(below, DAY) == top
    assert parent_on(sister, DAY) == below


def test_splitting_gives_every_child_a_place() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    children = [UnitFactory.create(parent=unit) for _ in range(2)]
    parts = [NewUnit({"en": n}, "office", DAY, top) for n in ("North", "South")]
    with pytest.raises(Refused, match="still stand below"):
        split_unit(system(), unit, Split(parts, DAY, {children[0].pk: 0}))
    made = split_unit(system(), unit, Split(parts, DAY, {children[0].pk: 0, children[1].pk: 1}))
    assert [parent_on(child, DAY) for child in children] == made
    assert {s.kind for s in unit.successions.all()} == {"split"}
    unit.refresh_from_db()
    assert unit.becomes == made[0]


def test_a_part_is_carved_out_and_the_unit_goes_on() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    stays, goes = UnitFactory.create(parent=unit), UnitFactory.create(parent=unit)
    part = NewUnit({"en": "Part"}, "office", DAY, top)
    (made,) = split_unit(system(), unit, Split([part], DAY, {goes.pk: 0}, keeps=True))
    assert parent_on(goes, DAY) == made
    assert parent_on(stays, DAY) == unit
    assert parent_on(unit, DAY) == top


def test_a_correction_keeps_what_was_believed() -> None:
    unit = UnitFactory.create(name={"en": "Wrnog"})
    version = unit.versions.get()
    before = timezone.now()
    with pytest.raises(Refused, match="reason"):
        correct_unit(system(), version, UnitCorrection(name={"en": "Wrong"}), reason=" ")
    correct_unit(system(), version, UnitCorrection(name={"en": "Right"}), reason="a slip")
    assert name_on(unit, DAY) == "Right"
    assert name_on(unit, DAY, known_at=before) == "Wrnog"
    version.refresh_from_db()
    assert version.superseded_reason == "a slip"
    with pytest.raises(Conflict):
        correct_unit(system(), version, UnitCorrection(name={"en": "Again"}), reason="late")


def test_a_corrected_day_moves_the_version_beside_it() -> None:
    unit = UnitFactory.create(name={"en": "Old"})
    rename_unit(system(), unit, on=DAY, name={"en": "New"})
    version = unit.versions.known().get(since=DAY)
    correct_unit(system(), version, UnitCorrection(since=date(2020, 2, 1)), reason="the decree")
    assert name_on(unit, date(2020, 1, 31)) == "Old"
    assert name_on(unit, date(2020, 2, 1)) == "New"


def test_a_renaming_that_never_was_goes_away() -> None:
    unit = UnitFactory.create(name={"en": "Old"})
    rename_unit(system(), unit, on=DAY, name={"en": "New"})
    version = unit.versions.known().get(since=DAY)
    correct_unit(system(), version, UnitCorrection(name={"en": "Old"}), reason="another unit")
    assert unit.versions.known().count() == 1


def test_a_closing_that_never_was_gives_posts_and_holders_back() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head", since_at=datetime(2015, 1, 1, tzinfo=UTC))
    earlier = HoldingFactory.create(
        post=head.post,
        person=PersonFactory.create(register=unit.register),
        until_at=datetime(2015, 1, 1, tzinfo=UTC),
    )
    close_unit(system(), unit, on=DAY)
    version = unit.versions.known().get()
    correct_unit(system(), version, UnitCorrection(until=None), reason="it was another")
    assert Holding.objects.known().get(person=head.person).until_at is None
    assert Holding.objects.known().get(person=earlier.person).until_at == earlier.until_at
    assert PostVersion.objects.known().get(post=head.post).until is None
    head.post.refresh_from_db()
    assert head.post.passed_at is None


def test_a_correction_may_not_leave_orphans() -> None:
    top = UnitFactory.create()
    UnitFactory.create(parent=top, name={"en": "Child"})
    version = top.versions.get()
    with pytest.raises(Refused, match="Child"):
        correct_unit(system(), version, UnitCorrection(until=DAY), reason="it closed")
    with pytest.raises(Refused, match="end before it begins"):
        correct_unit(system(), version, UnitCorrection(since=DAY, until=DAY), reason="it closed")


def test_a_corrected_end_takes_its_succession_along(ended: list[Fact]) -> None:
    top = UnitFactory.create()
    unit, heir = UnitFactory.create(parent=top), UnitFactory.create(parent=top)
    staff(unit, "head")
    close_unit(system(), unit, on=DAY, becomes=heir)
    later = date(2021, 1, 1)
    closed = unit.versions.known().get()
    correct_unit(system(), closed, UnitCorrection(until=later), reason="the decree")
    assert unit.successions.get().on_date == later
    pass_ended_posts(timezone.now())
    assert len(ended) == 1  # it is ended still, and nobody is told twice
    closed = unit.versions.known().get()
    correct_unit(system(), closed, UnitCorrection(until=None), reason="it goes on")
    assert not unit.successions.exists()
    unit.refresh_from_db()
    assert unit.becomes is None
