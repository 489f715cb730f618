"""What is typed into a form, as it is kept, and back into the page."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from diwan.kernel.calendars import Calendar
from diwan.kernel.reader import Reader, reading
from diwan.services.forms.answers import (
    LONGEST,
    Read,
    begun,
    kept,
    read_page,
    with_another,
    without,
)
from diwan.services.forms.drawing import Drawing, draw, kind_of, shown
from diwan.services.queries.pages import pages_of

from .form_of_all import ALL, Everything

FA = Reader("fa", Calendar.JALALI, "Asia/Tehran")
AR = Reader("ar", Calendar.GREGORIAN, "Africa/Cairo")


def node(name: str) -> object:
    return next(node for path, node in ALL.by_path.items() if path.endswith(f"/{name}"))


@pytest.mark.parametrize(
    ("name", "typed", "stays", "back"),
    [
        ("born", "۱۳۶۹/۱/۱", "1990-03-21", "۱۳۶۹/۰۱/۰۱"),
        ("born", "۳۲ مهر ۱۳۶۹", "۳۲ مهر ۱۳۶۹", "۳۲ مهر ۱۳۶۹"),
        ("area", "۱٬۲۰۰٫۵", "1200.5", "۱۲۰۰٫۵"),
        ("age", "٧", "7", "۷"),
        ("age", "هفت", "هفت", "هفت"),
        ("hours", "۱۰:۳۰", "10:30:00.000", "۱۰:۳۰"),
        ("name", "  سارا  بهاری ", "سارا بهاری", "سارا بهاری"),
        ("name", "۰۹۱۲", "0912", "۰۹۱۲"),
    ],
)
def test_what_is_typed_is_kept_and_shown_again(
    name: str, typed: str, stays: str, back: str
) -> None:
    with reading(FA):
        value = kept(node(name), [typed])  # type: ignore[arg-type] # a Node
        assert value.replace("  ", " ") == stays
        assert shown(node(name), value).replace("  ", " ") == back  # type: ignore[arg-type] # a Node


def test_a_date_in_the_calendar_of_its_question_whoever_reads() -> None:
    with reading(AR):
        assert kept(node("born"), ["٢١/٣/١٩٩٠"]) == "1990-03-21"  # type: ignore[arg-type] # a Node
        assert kept(node("born_jalali"), ["١٣٦٩/١/١"]) == "1990-03-21"  # type: ignore[arg-type] # a Node


def test_questions_of_several_inputs() -> None:
    with reading(FA):
        moment = kept(node("visit"), [], {"day": "۱۴۰۵/۹/۱", "time": "۹:۱۵"})  # type: ignore[arg-type] # a Node
        assert moment == "2026-11-22T09:15:00.000+03:30"
        point = kept(node("where"), [], {"north": "۳۷٫۵", "east": "۵۷٫۳", "within": ""})  # type: ignore[arg-type] # a Node
        assert point == "37.5 57.3 0 0"
        assert kept(node("order"), [], {"nk": "۲", "yz": "۱"}) == "yz nk"  # type: ignore[arg-type] # a Node
        assert kept(node("order"), [], {"nk": "", "yz": ""}) == ""  # type: ignore[arg-type] # a Node


def read(page: int, sent: str, answers: Mapping[str, object] | None = None) -> Read:
    with reading(FA):
        data, files = QueryDict(sent), MultiValueDict[str, object]()
        return read_page(ALL, pages_of(ALL)[page], answers or {}, data, files)  # type: ignore[arg-type] # no files


def test_only_what_the_page_showed_is_changed() -> None:
    before = {"name": "سارا", "wishes": "yazd", "true": "OK"}
    kept_all = read(4, "", before)
    assert kept_all.answers["wishes"] == "yazd"
    unchecked = read(4, "shown=/data/wishes&shown=/data/true", before)
    assert unchecked.answers == {"name": "سارا", "wishes": "", "true": ""}
    chosen = read(4, "shown=/data/wishes&q/wishes=yazd&q/wishes=shirvan&q/name=other", before)
    assert chosen.answers["wishes"] == "yazd shirvan"
    assert chosen.answers["name"] == "سارا"


def test_a_text_beyond_all_measure_is_a_slip_and_nothing_is_kept() -> None:
    slipped = read(0, "q/words=" + "a" * (LONGEST + 1), {"words": "پیشین"})
    assert slipped.answers["words"] == "پیشین"
    assert "۲۰٬۰۰۰" in slipped.slips["/data/words"]


def test_the_office_s_question_cannot_be_answered_from_outside() -> None:
    sent = read(2, "q/place/decision=yes&q/place/province=nk")
    assert sent.answers == {"place": {"province": "nk"}}


def test_repetitions_are_added_and_taken_away() -> None:
    answers = begun(ALL.nodes, {})
    assert answers["kids"] == [{}]
    two = with_another(ALL, {"kids": [{"kid": "نرگس"}]}, "/data/kids")
    assert two == {"kids": [{"kid": "نرگس"}, {}]}
    assert without(ALL, two, "/data/kids[1]") == {"kids": [{}]}
    for wrong in ("/data/kids[9]", "/data/kids[x]", "/data/name", "/data/kids", "", "/data/../x"):
        assert without(ALL, two, wrong) == two
        if wrong != "/data/kids":
            assert with_another(ALL, two, wrong) == two
    sent = read(3, "q/kids[1]/kid=آرش&q/kids[2]/age=۵&q/kids[3]/kid=x", two)
    assert sent.answers["kids"] == [{"kid": "آرش"}, {"age": "5"}]


def test_every_question_is_drawn_in_its_own_way() -> None:
    answers = begun(ALL.nodes, {"order": "yz nk", "visit": "2026-11-22T09:15:00.000+03:30"})
    drawing = Drawing(ALL, answers, Everything(ALL, required=frozenset({"/data/name"})))
    with reading(FA):
        pages = [draw(drawing, page) for page in pages_of(ALL)]
    kinds = [[one.kind for one in page] for page in pages]
    assert kinds == [
        ["line", "line", "line", "line", "long", "line"],
        ["inputs"],
        ["radio", "radio", "inputs"],
        ["repeat"],
        ["checks", "rank", "file", "confirm", "radio", "note"],
    ]
    assert [one.optional for one in pages[0]][:2] == [False, True]
    assert [(one.value, one.name) for one in pages[1][0].inputs] == [
        ("۱۴۰۵/۰۹/۰۱", "q/visit@day"),
        ("۰۹:۱۵", "q/visit@time"),
    ]
    assert pages[2][0].live
    assert not pages[2][1].live
    assert [option.number for option in pages[4][1].options] == ["2", "1"]
    kid = pages[3][0].children[0]
    assert [one.name for one in kid.children] == ["q/kids[1]/kid", "q/kids[1]/age"]
    assert kid.children[0].id == "q:data:kids:1:kid"


def test_long_lists_are_opened() -> None:
    many = ALL.lists["cities"] * 5
    assert kind_of(node("city"), many) == "select"  # type: ignore[arg-type] # a Node
    assert kind_of(node("city"), many[:4]) == "radio"  # type: ignore[arg-type] # a Node
