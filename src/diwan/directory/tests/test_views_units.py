"""The pages of units: the tree as of dates, changing it, and what was believed before."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from diwan.directory.actions.closing import Children, close_unit
from diwan.directory.actions.units import UnitCorrection, correct_unit, move_unit, rename_unit
from diwan.directory.models import Register, Unit, UnitSuccession, UnitVersion
from diwan.directory.queries.names import unit_names
from diwan.directory.tests.factories import PostFactory, Staff, UnitFactory, staff, system

from .pages import client_of, foreigner, named, stranger, text_of, url

pytestmark = pytest.mark.django_db

NAME = {"name_fa": "", "name_ar": "", "name_en": ""}


@pytest.fixture
def top() -> Unit:
    return named("سازمان مادر")


@pytest.fixture
def administrator(top: Unit) -> Staff:
    return staff(top, "administrator")


@pytest.fixture
def visitor(administrator: Staff) -> Client:
    return client_of(administrator.user)


def in_fa(name: str) -> dict[str, str]:
    return {**NAME, "name_fa": name}


def name_on(unit: Unit, day: date) -> str:
    return unit_names([unit.pk], day)[unit.pk]["fa"]


def version_on(unit: Unit, day: date) -> UnitVersion | None:
    return UnitVersion.objects.as_of(day).filter(unit=unit).first()


def test_the_tree_is_opened_one_level_and_the_rest_is_a_link(top: Unit, visitor: Client) -> None:
    office = named("اداره یک", top)
    named("شعبه دور", office)
    page = text_of(visitor.get(url("units")))
    assert "سازمان مادر" in page
    assert "اداره یک" in page
    assert "شعبه دور" not in page
    assert f"?top={office.pk}" in page
    below = text_of(visitor.get(url("units"), {"top": str(office.pk)}))
    assert "شعبه دور" in below
    part = text_of(visitor.get(url("unit_children", office.pk)))
    assert "شعبه دور" in part
    assert "<html" not in part


def test_a_wide_tree_is_paged(top: Unit, visitor: Client) -> None:
    for number in range(105):
        UnitFactory.create(parent=top, name={"fa": f"شعبه {number:03}"})
    part = text_of(visitor.get(url("unit_children", top.pk)))
    assert part.count("<li>") == 101
    assert "page=2" in part
    second = text_of(visitor.get(url("units"), {"top": str(top.pk), "page": "2"}))
    assert "شعبه 104" in second
    assert "شعبه 003" not in second


def test_the_tree_is_asked_as_of_a_date(top: Unit, visitor: Client) -> None:
    office = named("نام کهنه", top)
    rename_unit(system(), office, on=date(2026, 3, 21), name={"fa": "نام تازه"})
    closed = named("اداره بسته", top)
    close_unit(system(), closed, on=date(2026, 3, 21))
    now = text_of(visitor.get(url("units")))
    assert "نام تازه" in now
    assert "نام کهنه" not in now
    assert "اداره بسته" not in now
    before = text_of(visitor.get(url("units"), {"on": "۱۴۰۴/۱۲/۲۹"}))
    assert "نام کهنه" in before
    assert "نام تازه" not in before
    assert "اداره بسته" in before
    assert f"{office.pk}/?on=2026-03-20" in before


def test_units_are_found_by_part_of_their_name_on_that_day(top: Unit, visitor: Client) -> None:
    office = named("کتابخانهٔ مرکزی", top)
    rename_unit(system(), office, on=date(2026, 3, 21), name={"fa": "خانهٔ فرهنگ"})
    assert "خانهٔ فرهنگ" in text_of(visitor.get(url("units"), {"q": "فرهنگ"}))
    assert "کتابخانهٔ مرکزی" not in text_of(visitor.get(url("units"), {"q": "کتابخانه"}))
    old = text_of(visitor.get(url("units"), {"q": "كتابخانه", "on": "2026-03-01"}))
    assert "کتابخانهٔ مرکزی" in old


def test_one_unit_shows_its_way_its_posts_and_the_vacant_ones(top: Unit, visitor: Client) -> None:
    office = named("اداره یک", top)
    head = staff(office, "head")
    vacant = PostFactory.create(unit=office, name={"fa": "پست تهی"})
    page = text_of(visitor.get(url("unit", office.pk)))
    assert "سازمان مادر" in page
    assert head.person.name["fa"] in page
    assert "پست تهی" in page
    assert url("post", vacant.pk) in page
    assert url("close_unit", office.pk) in page
    seen = text_of(client_of(head.user).get(url("unit", office.pk)))
    assert url("close_unit", office.pk) not in seen
    assert url("create_post", office.pk) in seen


def test_a_unit_is_founded_below_another(top: Unit, visitor: Client) -> None:
    answer = visitor.post(
        url("found", top.pk),
        {**in_fa("اداره نو"), "kind": "office", "province": "IR-23", "on": "۱۴۰۵/۰۱/۰۱"},
    )
    unit = Unit.objects.exclude(pk=top.pk).get()
    assert answer.status_code == 302
    assert answer["Location"] == url("unit", unit.pk)
    assert (unit.province, unit.register_id) == ("IR-23", top.register_id)
    version = version_on(unit, date(2026, 3, 21))
    assert version is not None
    assert (version.parent_id, version.kind) == (top.pk, "office")
    assert version_on(unit, date(2026, 3, 20)) is None


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"name_fa": ""}, "id_name"),
        ({"kind": ""}, "id_kind"),
        ({"on": "۱۴۰۵/۱۳/۰۱"}, "id_on"),
        ({"province": "EG-C"}, "id_province"),
    ],
)
def test_a_wrong_founding_says_where_and_stores_nothing(
    changed: dict[str, str], where: str, top: Unit, visitor: Client
) -> None:
    data = {**in_fa("اداره نو"), "kind": "office", "province": "", "on": ""}
    answer = visitor.post(url("found", top.pk), {**data, **changed})
    assert answer.status_code == 422
    assert f'href="#{where}' in text_of(answer)
    assert Unit.objects.count() == 1


def test_a_unit_at_the_top_makes_its_register() -> None:
    visitor = client_of(stranger(), elevated=True)
    data = {**in_fa("شهرداری آزمون"), "key": "test-city", "language": "fa", "kind": "municipality"}
    answer = visitor.post(url("found_top"), {**data, "province": "", "on": ""})
    unit = Unit.objects.get()
    assert answer["Location"] == url("unit", unit.pk)
    assert unit.register.key == "test-city"
    again = visitor.post(url("found_top"), {**data, "province": "", "on": ""})
    assert again.status_code == 422
    assert Unit.objects.count() == Register.objects.count() == 1


def test_a_top_unit_that_cannot_be_founded_leaves_no_register() -> None:
    visitor = client_of(stranger(), elevated=True)
    data = {**in_fa("شهرداری"), "key": "test-city", "language": "fa", "kind": "", "other_kind": ""}
    answer = visitor.post(url("found_top"), {**data, "province": "", "on": ""})
    assert answer.status_code == 422
    assert not Register.objects.exists()


def test_a_unit_is_renamed_and_moved_from_a_day_on(top: Unit, visitor: Client) -> None:
    one, two = named("یک", top), named("دو", top)
    answer = visitor.post(url("rename_unit", one.pk), {**in_fa("یکم"), "on": "۱۴۰۵/۰۲/۰۱"})
    assert answer["Location"] == url("unit_history", one.pk)
    assert name_on(one, date(2026, 4, 20)) == "یک"
    assert name_on(one, date(2026, 4, 21)) == "یکم"
    visitor.post(url("move_unit", one.pk), {"parent": str(two.pk), "on": "۱۴۰۵/۰۳/۰۱"})
    moved = version_on(one, date(2026, 6, 1))
    assert moved is not None
    assert moved.parent_id == two.pk
    history = text_of(visitor.get(url("unit_history", one.pk)))
    assert "یکم" in history
    assert "۱ اردیبهشت ۱۴۰۵" in history
    assert "۱ خرداد ۱۴۰۵" in history


def test_a_circle_is_refused_with_the_units_in_it(top: Unit, visitor: Client) -> None:
    above = named("بالا", top)
    below = named("پایین", above)
    answer = visitor.post(url("move_unit", above.pk), {"parent": str(below.pk), "on": "۱۴۰۵/۰۲/۰۱"})
    assert answer.status_code == 422
    assert "پایین" in text_of(answer)
    assert version_on(above, date(2026, 6, 1)).parent_id == top.pk  # type: ignore[union-attr] # it is there


def test_a_parent_among_many_is_found_by_its_name(top: Unit, visitor: Client) -> None:
    for number in range(30):
        UnitFactory.create(parent=top, name={"fa": f"شعبه {number:02}"})
    unit = named("رونده", top)
    page = text_of(visitor.get(url("move_unit", unit.pk)))
    assert 'name="parent_q"' in page
    assert "<select" not in page
    several = visitor.post(url("move_unit", unit.pk), {"parent_q": "شعبه 1", "on": "۱۴۰۵/۰۲/۰۱"})
    assert several.status_code == 422
    assert text_of(several).count('type="radio"') == 12
    none = visitor.post(url("move_unit", unit.pk), {"parent_q": "ناکجا", "on": "۱۴۰۵/۰۲/۰۱"})
    assert "ناکجا" in text_of(none)
    assert none.status_code == 422
    visitor.post(url("move_unit", unit.pk), {"parent_q": "شعبه 17", "on": "۱۴۰۵/۰۲/۰۱"})
    moved = version_on(unit, date(2026, 6, 1))
    assert moved is not None
    assert moved.parent is not None
    assert name_on(moved.parent, date(2026, 6, 1)) == "شعبه 17"


def test_who_was_never_offered_cannot_be_chosen(top: Unit, visitor: Client) -> None:
    unit = named("رونده", top)
    abroad = foreigner().post.unit
    answer = visitor.post(url("move_unit", unit.pk), {"parent": str(abroad.pk), "on": "۱۴۰۵/۰۲/۰۱"})
    assert answer.status_code == 422
    assert version_on(unit, date(2026, 6, 1)).parent_id == top.pk  # type: ignore[union-attr] # it is there


def confirmed(visitor: Client, address: str, data: dict[str, Any]) -> tuple[str, Any]:
    """The page that says what will come of it, and the answer to sending it again."""
    first = visitor.post(address, data)
    assert first.status_code == 200, text_of(first)
    seen = first.context["seen"]
    return text_of(first), visitor.post(address, {**data, "seen": seen})


def test_closing_first_says_what_comes_of_it_then_does_it(top: Unit, visitor: Client) -> None:
    head = staff(top, "head")
    old, heir = named("اداره کهنه", top), named("اداره وارث", top)
    staff(old, "head")
    child = named("شعبه", old)
    data = {"on": "۱۴۰۵/۰۵/۰۱", "becomes": str(heir.pk), "children": Children.TO_BECOMES.value}
    address = url("close_unit", old.pk)
    first = visitor.post(address, data)
    assert first.status_code == 200
    assert version_on(old, date(2026, 12, 1)) is not None, "nothing was done yet"
    page, answer = confirmed(visitor, address, data)
    assert "۱ مرداد ۱۴۰۵" in page
    assert answer["Location"] == url("unit_history", old.pk)
    assert version_on(old, date(2026, 7, 22)) is not None
    assert version_on(old, date(2026, 7, 23)) is None
    assert version_on(child, date(2026, 7, 23)).parent_id == heir.pk  # type: ignore[union-attr] # it is there
    assert UnitSuccession.objects.get().successor_id == heir.pk
    assert head.post.unit_id == top.pk


def test_changing_the_form_shows_the_consequences_again(top: Unit, visitor: Client) -> None:
    old = named("اداره کهنه", top)
    address = url("close_unit", old.pk)
    first = visitor.post(address, {"on": "۱۴۰۵/۰۵/۰۱", "becomes": ""})
    other = visitor.post(
        address, {"on": "۱۴۰۵/۰۶/۰۱", "becomes": "", "seen": first.context["seen"]}
    )
    assert other.status_code == 200
    assert "۱ شهریور ۱۴۰۵" in text_of(other)
    assert version_on(old, date(2026, 12, 1)) is not None


def test_a_unit_with_units_below_asks_where_they_go(top: Unit, visitor: Client) -> None:
    old = named("اداره کهنه", top)
    named("شعبه", old)
    answer = visitor.post(url("close_unit", old.pk), {"on": "۱۴۰۵/۰۵/۰۱", "becomes": ""})
    assert answer.status_code == 422
    assert "#id_children" in text_of(answer)
    assert "شعبه" in text_of(answer)


def test_units_are_merged_into_one_or_into_a_new_one(top: Unit, visitor: Client) -> None:
    one, two, three = named("یک", top), named("دو", top), named("سه", top)
    data = {"others": [str(two.pk)], "into": "this", **NAME, "on": "۱۴۰۵/۰۵/۰۱"}
    _page, answer = confirmed(visitor, url("merge_units", one.pk), data)
    assert answer["Location"] == url("unit", one.pk)
    assert version_on(two, date(2026, 12, 1)) is None
    data = {"others": [str(three.pk)], "into": "new", **in_fa("همه"), "on": "۱۴۰۵/۰۶/۰۱"}
    _page, answer = confirmed(visitor, url("merge_units", one.pk), data)
    new = Unit.objects.order_by("-pk").first()
    assert new is not None
    assert name_on(new, date(2026, 12, 1)) == "همه"
    assert version_on(one, date(2026, 12, 1)) is None
    assert version_on(three, date(2026, 12, 1)) is None


def test_a_merger_into_a_new_unit_needs_its_name(top: Unit, visitor: Client) -> None:
    one, two = named("یک", top), named("دو", top)
    data = {"others": [str(two.pk)], "into": "new", **NAME, "on": "۱۴۰۵/۰۵/۰۱"}
    answer = visitor.post(url("merge_units", one.pk), data)
    assert answer.status_code == 422
    assert Unit.objects.count() == 3


def test_a_unit_is_split_and_its_children_go_where_they_were_sent(
    top: Unit, visitor: Client
) -> None:
    old = named("خراسان", top)
    north, south = named("شعبه شمال", old), named("شعبه جنوب", old)
    parts = {f"part_{n}_{lang}": "" for n in range(1, 5) for lang in ("fa", "ar", "en")}
    data = {
        **parts,
        "part_1_fa": "خراسان شمالی",
        "part_2_fa": "خراسان جنوبی",
        f"child_{north.pk}": "1",
        f"child_{south.pk}": "2",
        "on": "۱۴۰۵/۰۵/۰۱",
    }
    _page, answer = confirmed(visitor, url("split_unit", old.pk), data)
    assert answer.status_code == 302
    day = date(2026, 12, 1)
    assert version_on(old, day) is None
    parents = {unit: version_on(unit, day) for unit in (north, south)}
    names = [name_on(parents[unit].parent, day) for unit in (north, south)]  # type: ignore[union-attr,arg-type] # they are there
    assert names == ["خراسان شمالی", "خراسان جنوبی"]


def test_a_part_without_a_name_takes_no_children(top: Unit, visitor: Client) -> None:
    old = named("خراسان", top)
    child = named("شعبه", old)
    parts = {f"part_{n}_{lang}": "" for n in range(1, 5) for lang in ("fa", "ar", "en")}
    data = {**parts, "part_1_fa": "یک", "part_2_fa": "دو", f"child_{child.pk}": "3"}
    answer = visitor.post(url("split_unit", old.pk), {**data, "on": "۱۴۰۵/۰۵/۰۱"})
    assert answer.status_code == 422
    assert f"#id_child_{child.pk}" in text_of(answer)


def test_a_correction_keeps_what_was_believed(top: Unit, visitor: Client) -> None:
    office = named("نام غلط", top)
    version = version_on(office, date(2026, 6, 1))
    assert version is not None
    data = {**in_fa("نام درست"), "kind": "office", "parent": str(top.pk), "since": "", "until": ""}
    nothing = visitor.post(url("correct_unit", version.pk), {**data, "reason": ""})
    assert nothing.status_code == 422
    answer = visitor.post(
        url("correct_unit", version.pk), {**data, "reason": "در حکم چنین آمده است"}
    )
    assert answer["Location"] == url("unit_history", office.pk)
    page = text_of(visitor.get(url("unit_history", office.pk)))
    assert "نام درست" in page
    assert "نام غلط" in page
    assert "در حکم چنین آمده است" in page


def test_the_history_is_told_as_it_was_known(top: Unit, visitor: Client) -> None:
    office = named("نام غلط", top)
    UnitVersion.objects.filter(unit=office).update(recorded_at="2026-01-01T00:00:00Z")
    version = version_on(office, date(2026, 6, 1))
    assert version is not None
    correct_unit(system(), version, UnitCorrection(name={"fa": "نام درست"}), reason="حکم")
    UnitVersion.objects.filter(superseded_at__isnull=False).update(
        superseded_at="2026-05-01T00:00:00Z"
    )
    UnitVersion.objects.filter(unit=office, superseded_at__isnull=True).update(
        recorded_at="2026-05-01T00:00:00Z"
    )
    known = visitor.get(url("unit_history", office.pk), {"known": "2026-02-01"})
    assert "نام غلط" in text_of(known)
    assert "نام درست" not in text_of(known).split("<h1>")[1].split("timeline")[1]


def test_an_unknown_date_is_shown_so(top: Unit, visitor: Client) -> None:
    office = named("اداره", top, since=date(2026, 1, 1))
    UnitVersion.objects.filter(unit=office).update(since_precision="unknown")
    assert "تاریخ نامعلوم" in text_of(visitor.get(url("unit_history", office.pk)))


def test_a_move_is_told_from_both_places(top: Unit, visitor: Client) -> None:
    one, two = named("یک", top), named("دو", top)
    move_unit(system(), two, on=date(2026, 4, 21), parent=one)
    page = text_of(visitor.get(url("unit_history", two.pk)))
    assert "سازمان مادر" in page
    assert "یک" in page


def test_notes_are_written_corrected_and_removed(top: Unit, visitor: Client) -> None:
    data = {"kind": "finding", "text_fa": "سامانه ندارد", "text_ar": "", "text_en": ""}
    visitor.post(url("add_note", top.pk), data)
    note = top.notes.get()
    assert "سامانه ندارد" in text_of(visitor.get(url("unit", top.pk)))
    changed = {**data, "text_fa": "سامانه دارد", "reason": "دیده شد"}
    visitor.post(url("correct_note", note.pk), changed)
    assert "سامانه دارد" in text_of(visitor.get(url("unit", top.pk)))
    visitor.post(url("remove_note", note.pk), {"reason": "کهنه است"})
    assert not top.notes.exists()
