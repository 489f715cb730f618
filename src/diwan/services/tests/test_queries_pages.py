"""A form as pages, and answers in words."""

from dataclasses import replace

from diwan.kernel.calendars import Calendar
from diwan.kernel.reader import Reader, reading
from diwan.services.queries.pages import answered_by, facts_asked, is_short, pages_of, whole
from diwan.services.queries.written import filled, parts_of, value_at
from diwan.services.rules.formtree import Node

from .factories import FORM
from .form_of_all import ALL

FA = Reader("fa", Calendar.JALALI, "Asia/Tehran")
ANSWERS = {
    "name": "سارا بهاری",
    "born": "1990-03-21",
    "area": "120.5",
    "place": {"province": "nk", "city": "shirvan", "where": "37.4 57.9 0 0"},
    "kids": [{"kid": "نرگس", "age": "7"}, {"kid": "آرش", "age": ""}],
    "wishes": "yazd bojnord",
}


def test_groups_and_repeats_are_pages_and_loose_questions_stand_together() -> None:
    pages = pages_of(ALL)
    names = [[node.name for node in page.nodes] for page in pages]
    assert names == [
        ["name", "born", "area", "born_jalali", "words", "hours"],
        ["visit"],
        ["province", "city", "where", "decision"],
        ["kids"],
        ["wishes", "order", "photo", "true", "stars", "thanks"],
    ]
    assert [page.number for page in pages] == [1, 2, 3, 4, 5]


def test_what_depends_on_what_on_a_page() -> None:
    place = pages_of(ALL)[2]
    assert answered_by(ALL, place) == {"province"}
    assert answered_by(ALL, pages_of(ALL)[0]) == set()


def test_short_forms_and_facts_of_the_applicant() -> None:
    assert is_short(FORM)
    assert not is_short(ALL)
    assert facts_asked(ALL) == {"name"}
    assert len(whole(FORM).nodes) == 3


def test_answers_in_words() -> None:
    with reading(FA):
        parts = parts_of(ALL, ANSWERS)
    said = {part.title: [(line.node.name, line.text) for line in part.lines] for part in parts}
    assert said["بخش place"] == [
        ("province", "خراسان شمالی"),
        ("city", "شیروان"),
        ("where", "عرض ۳۷٫۴، طول ۵۷٫۹"),
    ]
    assert said["بخش kids ۱"] == [("kid", "نرگس"), ("age", "۷")]
    assert said["بخش kids ۲"] == [("kid", "آرش")]
    assert ("born", "۱ فروردین ۱۳۶۹") in said[""]
    assert ("area", "۱۲۰٫۵") in said[""]
    assert ("wishes", "یزد، بجنورد") in said[""]


def test_a_group_of_questions_for_the_office_alone_is_told_to_the_office() -> None:
    mark = Node("mark", "/data/checks/mark", "question", "integer", {"fa": "نمره"}, by="office")
    group = Node("checks", "/data/checks", "group", label={"fa": "بررسی"}, children=(mark,))
    form = replace(FORM, nodes=(*FORM.nodes, group))
    answers = {"name": "سارا", "checks": {"mark": "17"}}
    with reading(FA):
        told = parts_of(form, answers, office=True)
        assert {part.title: part.lines[0].text for part in told} == {"": "سارا", "بررسی": "۱۷"}
        assert [part.title for part in parts_of(form, answers)] == [""]


def test_a_label_names_an_answer_of_its_own_repetition() -> None:
    label = {"fa": "سن ${/data/kids/kid} و ${../kid}"}
    with reading(FA):
        said = filled(ALL, ANSWERS, label, "/data/kids[2]/age")
    assert said == {"fa": "سن آرش و آرش"}
    assert value_at(ANSWERS, "/data/kids/kid") == "نرگس"
    assert value_at(ANSWERS, "/data/place") == ""
