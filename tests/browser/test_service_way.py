"""A whole service in the browser: from its workbook to a complaint that the citizen opens again."""

from __future__ import annotations

import pytest

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.services.models import Service
from diwan.services.rules.definition import State, StepAction
from diwan.services.rules.formtree import Form, Node
from diwan.services.tests.factories import service, variant

from .serving import Office, Serving
from .visitors import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSIAN = {
    "code": "tree-pruning",
    "service": "مجوز هرس درخت",
    "everyday": "شاخه درخت",
    "name_label": "نام و نام خانوادگی",
    "count_label": "شمار درختان",
    "too_few": "دست‌کم یک درخت",
    "name": "سارا بهاری",
    "none": "۰",
    "two": "۲",
    "return": "اعلام نقص مدارک",
    "paper": "سند ملک",
    "forward": "ارسال به کارشناس",
    "grant": "صدور مجوز",
    "said": "هرس تا پایان اسفند مجاز است.",
    "judgement": "دو بار آمدم.",
    "what_label": "چه شد؟",
    "complaint": "پاسخ یک هفته دیر رسید.",
    "answer": "پاسخ به شکایت",
    "answered": "پوزش می‌خواهیم؛ همکار تازه‌ای آمده است.",
    "again": "پاسخ نگفته‌اید چرا دیر شد.",
    "state": "بررسی مدارک",
    "review": "بررسی کارشناس",
    "done": "مجوز صادر شد",
    "complaint_name": "ثبت شکایت از خدمت",
    "unit": "شهرداری ارغوان",
    "head": "مدیر خدمات شهری",
    "clerk": "متصدی پیشخوان",
    "officer": "کارشناس فضای سبز",
}
ARABIC = {
    "code": "tree-pruning",
    "service": "تصريح تقليم شجرة",
    "everyday": "فروع الشجر",
    "name_label": "الاسم بالكامل",
    "count_label": "عدد الأشجار",
    "too_few": "شجرة واحدة على الأقل",
    "name": "سارة نخيل",
    "none": "٠",
    "two": "٢",
    "return": "طلب استيفاء المستندات",
    "paper": "عقد الملكية",
    "forward": "إحالة إلى المختص",
    "grant": "إصدار التصريح",
    "said": "يُسمح بالتقليم حتى نهاية مارس.",
    "judgement": "حضرت مرتين.",
    "what_label": "ماذا حدث؟",
    "complaint": "تأخر الرد أسبوعًا.",
    "answer": "الرد على الشكوى",
    "answered": "نعتذر؛ التحق بنا زميل جديد.",
    "again": "لم تذكروا سبب التأخير.",
    "state": "فحص المستندات",
    "review": "فحص المختص",
    "done": "صدر التصريح",
    "complaint_name": "تقديم شكوى من خدمة",
    "unit": "حي الزهراء",
    "head": "مدير الخدمات",
    "clerk": "موظف الشباك",
    "officer": "مختص الحدائق",
}
ROLES = ("head", "clerk", "officer")
STORIES = [("fa", "IR", PERSIAN), ("ar", "EG", ARABIC)]


SHEETS = """
survey: type | name | label::_ | required | constraint | constraint_message::_ | applicant
text | name | name_label | yes | | | name
integer | trees | count_label | yes | . > 0 | too_few |
settings: form_id | form_title | default_language
tree-pruning | service | language
service: property | value | label::_
code | tree-pruning |
name | | service
summary | | done
words | | everyday
event | home |
paper | deed | paper
target | 20 working_days |
complaints | complaint |
title | name |
steps: state | label::_ | role | deadline | end | action | action_label::_ | to | requires | pauses
new | state | clerk | 2 working_days | | forward | forward | review | |
| | | | | return | return | new | | yes
review | review | officer | 3 working_days | | grant | grant | done | said |
done | done | | | done | | | | |
"""
WORDS = {"label", "action_label", "constraint_message", "form_title", "default_language"}
"""Columns whose cells are texts of the story: those in one language, and the form's title."""


def sheets_of(language: str, texts: dict[str, str]) -> dict[str, list[list[str]]]:
    """The workbook as the head's office writes it: one language is enough."""
    sheets: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in SHEETS.strip().splitlines():
        cells = [cell.strip().replace("::_", f"::{language}") for cell in line.split("|")]
        name, begins, first = cells[0].partition(": ")
        if begins:
            rows = sheets[name] = [[first, *cells[1:]]]
            continue
        said = [column.partition("::")[0] in WORDS for column in rows[0]]
        texts = texts | {"language": language}
        rows.append([texts[c] if c and s else c for c, s in zip(cells, said, strict=True)])
    return sheets


def somebody(unit: Unit, role: str, language: str, texts: dict[str, str]) -> Staff:
    """Somebody in a post of that role, both called as people there are."""
    made = staff(unit, role)
    made.post.versions.update(name={language: texts[role]})
    return made


def complaints(unit: Unit, language: str, t: dict[str, str]) -> Service:
    """The service that takes complaints: the head answers."""

    def named(text: str) -> dict[str, str]:
        return {language: text}

    told = variant(
        "complaint",
        kind="complaint",
        name=named(t["complaint_name"]),
        summary=named(t["complaint_name"]),
        papers=(),
        states=(
            State(
                "new",
                named(t["state"]),
                role="head",
                actions=(StepAction("answer", named(t["answer"]), "done", requires=("said",)),),
            ),
            State("done", named(t["done"]), end="done"),
        ),
    )
    what = Node("what", "/data/what", "question", "text", named(t["what_label"]), required="true()")
    who = Node("who", "/data/who", "question", "text", named(t["name_label"]), applicant="name")
    form = Form("complaint", "1", "data", told.name, (language,), (what, who))
    return service(unit, told, form)


@pytest.mark.parametrize(("language", "country", "texts"), STORIES, ids=["fa", "ar"])
def test_from_the_workbook_to_the_reopened_complaint(
    language: str, country: str, texts: dict[str, str], visit: Visit
) -> None:
    unit = UnitFactory.create(country=country)
    unit.versions.update(name={language: texts["unit"]})
    office = Office(unit, *(somebody(unit, role, language, texts) for role in ROLES))
    complaints(unit, language, texts)
    serving = Serving(office, visit, language, texts)
    serving.write_service(sheets_of(language, texts), spoil="clark")
    serving.file()
    serving.returned()
    serving.brought()
    serving.granted()
    serving.judged(2)
    serving.reopened(serving.complained())
