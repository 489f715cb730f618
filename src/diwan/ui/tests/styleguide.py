"""Every component once, with invented content: rendered in tests and looked at by people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from diwan.kernel.calendars import Calendar, PartialDate, Precision
from diwan.kernel.text import isolate
from diwan.ui.components import Bar, Card, Event, Link, Node, Pair, Standing, Step, Tag, Tile
from diwan.ui.forms import (
    CalendarDateField,
    CalendarMomentField,
    FileField,
    LocalTextField,
    NumberField,
    PartialDateField,
    SearchForm,
    SpanField,
)
from diwan.ui.show import show_digits
from diwan.ui.tests.words import WORDS

TODAY = date(2026, 11, 21)
LANGUAGES = ("fa", "ar", "en")


class EveryField(forms.Form):
    """One of each kind of field."""

    name = LocalTextField(label="نام / Name")
    text = LocalTextField(label="متن / Text", long=True, required=False)
    day = CalendarDateField(label="روز / Day")
    moment = CalendarMomentField(label="زمان / Moment", required=False)
    since = PartialDateField(label="از / Since", required=False)
    every = SpanField(label="تکرار / Every", required=False)
    seats = NumberField(label="شمار / Seats", min_value=1, help_text="1–100")
    kind = forms.ChoiceField(label="نوع / Kind", choices=[("a", "الف"), ("b", "ب")])
    way = forms.ChoiceField(
        label="راه / Way", choices=[("a", "الف"), ("b", "ب")], widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label="آگاهم / I know", required=False)
    proof = FileField(label="مدرک / Proof", required=False)


class FilterForm(SearchForm):
    """What a register is asked."""

    since = CalendarDateField(label="از / Since", required=False)
    state = forms.ChoiceField(label="وضع / State", choices=[("", "—"), ("x", "x")], required=False)


def context(language: str) -> dict[str, Any]:
    """Return what the styleguide shows in a language."""
    words = WORDS[language]
    request = RequestFactory().get(f"/{language}/styleguide", {"page": "3", "state": "x"})
    return {
        "request": request,
        "words": words,
        "today": TODAY,
        "moment": datetime(2026, 11, 21, 6, 35, tzinfo=UTC),
        "LANGUAGE_CODE": language,
        "nav": [
            Link(label, f"/{n}", current=n == 1, count=7 if n == 0 else None)
            for n, label in enumerate(words["nav"].split("|"))
        ],
        "search_url": "/search",
        "standing": Standing(words["person"], words["post"], TODAY, "/posts", "/out", others=2),
        "crumbs": [Link(words["nav"].split("|")[0], "/"), Link(words["register"], "/r")],
        "tabs": [Link(words["late"], "/a", current=True, count=3), Link(words["tree"], "/b")],
        "chips": [Link(words["late"], "/a", current=True), Link(words["done"], "/b", count=12)],
        "filter": FilterForm({"q": words["tree"], "since": "۱۴۰۵/۱۳/۱"}),
        "form": EveryField(
            {"day": "۳۱ آبان ۱۴۰۵", "name_fa": "", "seats": "x", "since": "1390", "kind": "a"}
        ),
        "page": Paginator(range(1000), 20).page(3),
        "values": [3, 4, 4.5, 6, 7, 9, 10, 12],
        **_records(words),
        **_pictures(words),
    }


def _records(words: dict[str, str]) -> dict[str, Any]:
    number = "1405/ش/12"
    late, due = Tag(words["days_late"], "late"), Tag(words["until"], "due")
    done = Tag(words["done"], "done")
    meta = (Link(f"{words['resolution']} {isolate(show_digits(number))}", "/r"), words["body"])
    titles = words["titles"].split("|")
    return {
        "cards": [
            Card(titles[0], "/1", "late", meta, late, Step(words["do"], "/1/do", filled=True)),
            Card(titles[1], "/2", "due", meta, due, Step(words["open"], "/2/do")),
            Card(titles[2], "/3", "new", meta, Tag(words["new"], "new"), None, words["lead"]),
        ],
        "rows": [
            {"number": number, "text": titles[0], "owner": words["post"], "done": d, "total": 31}
            | {"tag": t}
            for d, t in ((19, due), (31, done), (0, late))
        ],
        **_facts(words),
        "nodes": [
            Node(
                words["tree"],
                "/0",
                (
                    Node(titles[0], "/1", (Node(titles[1], "/2", tag=late),), open=True),
                    Node(titles[2], "/3", note=words["post"]),
                ),
                open=True,
            )
        ],
        "events": [
            Event(TODAY, titles[0], words["lead"], words["post"], "done"),
            Event(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), titles[1], tone="late"),
            Event(None, titles[2], tone="new"),
        ],
    }


def _facts(words: dict[str, str]) -> dict[str, Any]:
    return {
        "pairs": [
            Pair(words["owner"], {"fa": "دبیرخانه استان", "ar": "أمانة المحافظة"}, "/u"),
            Pair(words["until"], TODAY),
            Pair(words["number"], 1804),
            Pair(words["text"], PartialDate(date(2012, 3, 1), Precision.MONTH, Calendar.JALALI)),
        ],
    }


def _pictures(words: dict[str, str]) -> dict[str, Any]:
    stages = (words["new"], words["open"], words["done"])
    tones = ("late", "due", "new", "done", "quiet")
    return {
        "bars": [
            Bar(label, value, tone=tone)
            for label, value, tone in zip(stages, (120, 80, 27), tones[2:], strict=False)
        ],
        "tiles": [
            Tile(
                n // 6 + 1,
                n % 6 + 1,
                f"{words['tree'][:2]}{n % 5}",
                words["tree"],
                str(n),
                tones[n % 5],
            )
            for n in range(31)
        ],
        "legend": [
            Tag(words["late"], "late"),
            Tag(words["until"], "due"),
            Tag(words["done"], "done"),
        ],
    }


def page(language: str) -> str:
    """Return the whole styleguide as HTML."""
    source = Path(__file__).with_name("styleguide.html").read_text(encoding="utf-8")
    with translation.override(language):
        values = context(language)
        return str(engines["django"].from_string(source).render(values, values["request"]))
