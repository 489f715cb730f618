"""Digits, folding, cleaning, searching, choosing a language."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.text import (
    clean,
    direction,
    isolate,
    local,
    matches,
    nearest,
    normalise,
    search_key,
    search_tokens,
    show_number,
    to_ascii_digits,
    to_digits,
)

letters = st.text("کتابهایمينظرةأإآؤئءـگپ\u200c\u064e ۰۱٢٣abC-.%_", max_size=30)


def test_digits_both_ways() -> None:
    assert to_ascii_digits("۱۲/٣٤ ۵") == "12/34 5"
    assert to_digits(1404, "fa") == "۱۴۰۴"
    assert to_digits("۱۴۰۴", "ar-EG") == "١٤٠٤"
    assert to_digits("٤", "en") == "4"


@pytest.mark.parametrize(
    ("value", "language", "decimals", "shown"),
    [
        (1234567, "fa", None, "۱٬۲۳۴٬۵۶۷"),
        (1234567, "ar", None, "١٬٢٣٤٬٥٦٧"),
        (1234567, "en", None, "1,234,567"),
        (Decimal("98.450"), "fa", None, "۹۸٫۴۵۰"),
        (2.5, "ar", 0, "٣"),
        (0.125, "en", 2, "0.13"),
        (-5, "fa", None, "\u200e\u2212۵"),
        (-5, "ar", None, "\u061c-٥"),
        (-0.001, "en", 2, "0.00"),
        (1e21, "en", None, "1,000,000,000,000,000,000,000"),
    ],
)
def test_numbers(value: float, language: str, decimals: int | None, shown: str) -> None:
    assert show_number(value, language, decimals=decimals) == shown


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        show_number(float("nan"), "fa")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("كتابي", "کتابی"),
        ("الإجراءات", "الاجراات"),
        ("آیین‌نامه", "ایین\u200cنامه"),
        ("مسؤول", "مسوول"),
        ("ميزانيةٌ", "میزانیه"),
        ("مُحَمَّد", "محمد"),
        ("دیـــوان", "دیوان"),
        ("خانهٔ ما", "خانه ما"),
        ("ﻻزم", "لازم"),
        ("کتاب\u200c\u200cها", "کتاب\u200cها"),
        ("کتاب\u00acها", "کتاب\u200cها"),
        ("کتاب \u200cها", "کتاب ها"),
        ("کتاب \u200b ها", "کتاب ها"),
        ("  Résumé\tÉTÉ ", "resume ete"),
        ("۱۲ ٣", "12 3"),
        ("\u202eabc\u202c", "abc"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert normalise(text) == folded


@given(st.text(max_size=40) | letters)
def test_folding_and_cleaning_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    for language in ("", "fa"):
        assert clean(clean(text, language), language) == clean(text, language)


@given(st.text(max_size=40) | letters)
def test_what_was_cleaned_can_be_stored_and_is_found(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not set(cleaned) & set("\x00\u202a\u202e\u2066\u2069\u200f")
    assert matches(search_key(cleaned), cleaned)


@pytest.mark.parametrize(
    ("text", "language", "cleaned"),
    [
        ("  علي اكبر ", "fa", "علی اکبر"),
        ("  علي اكبر ", "ar", "علي اكبر"),
        ("الف\r\nب \r\n", "", "الف\nب"),
        ("می\u200c\u200c\u200cشود\u200c", "fa", "می\u200cشود"),
        ("کتاب\u00acها", "fa", "کتاب\u200cها"),
        ("a\u202egpj.exe\x00", "", "agpj.exe"),
        ("a\u00a0b\tc", "", "a b c"),
        ("¬p", "", "¬p"),
        ("\ud800x", "", "x"),
        ("e\u0301", "", "é"),
    ],
)
def test_cleaning(text: str, language: str, cleaned: str) -> None:
    assert clean(text, language) == cleaned


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("کتاب", "كتاب"),
        ("کتاب‌ها", "کتابها"),
        ("کتابها", "کتاب‌ها"),
        ("کتابها", "کتاب"),
        ("کتاب ها", "کتابها"),
        ("کتاب‌های درسی", "کتاب های درسی"),
        ("کتاب", "کتاب‌هایی"),
        ("بند ۱۲", "12"),
        ("بند 12", "۱۲"),
        ("الميزانية العامة", "ميزانية"),
        ("ميزانية", "الميزانية"),
        ("ميزانية", "بالميزانية"),
        ("ميزانية", "للميزانية"),
        ("آیین‌نامه", "ایین نامه"),
        ("آیین نامه", "آیین‌نامه"),
        ("آیین‌نامه", "آییننامه"),
        ("می‌شود", "میشود"),
        ("می شود", "میشود"),
        ("إجراءات القرار", "اجراءات قرار"),
        ("مسئولیت", "مسئوليت"),
        ("1404/ش/12", "۱۴۰۴/ش/۱۲"),
        ("Wage Council", "COUNCIL wage"),
        ("الف", "الف"),
    ],
)
def test_found(text: str, query: str) -> None:
    assert matches(search_key(text), query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("کتاب", "دفتر"),
        ("بند ۱۲", "۱۳"),
        ("ميزانية", "موازنة"),
        ("بالا", "الگو"),
        ("شورا", "شورا ۵"),
    ],
)
def test_not_found(text: str, query: str) -> None:
    assert not matches(search_key(text), query)


def test_tokens_are_safe_in_a_like() -> None:
    assert search_tokens("100%_a\\'") == ["100", "a"]
    assert search_tokens(" …!") == []
    assert search_tokens("کتاب کتاب‌ها") == ["کتاب"]
    assert search_tokens("ها") == ["ها"]


@given(letters, letters)
def test_every_word_of_a_text_finds_it(before: str, after: str) -> None:
    key = search_key(before, after)
    for word in f"{before} {after}".split():
        assert matches(key, word)


def test_the_language_that_is_there_is_shown() -> None:
    assert local({"fa": "شورا", "en": "council"}, "fa-IR") == ("شورا", "fa")
    assert local({"ar": "مجلس", "en": "council"}, "fa") == ("council", "en")
    assert local({"ar": "مجلس", "fa": " "}, "fa") == ("مجلس", "ar")
    assert local({"fr": "conseil"}, "ar") == ("conseil", "fr")
    assert local({}, "ar") == ("", "ar")


def test_directions() -> None:
    assert (direction("fa"), direction("ar-EG"), direction("en")) == ("rtl", "rtl", "ltr")
    assert isolate("63") == "\u206863\u2069"


def test_the_nearest_known_key() -> None:
    assert nearest("resolutoins", ["resolutions", "notes"]) == "resolutions"
    assert nearest("zzz", ["resolutions", "notes"]) is None
