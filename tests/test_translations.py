"""Persian and Arabic are whole: every text of every room is there, filled, and well written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import polib
import pytest

from .words import PACKAGE, Word, in_python, in_template, rooms_with_words, words_of

LANGUAGES = ("fa", "ar")
PLURALS = {"fa": 2, "ar": 6}
# Plural forms that stand for one number alone may say it in words instead of with the placeholder.
SINGLE = {"fa": {0}, "ar": {0, 1, 2}}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
MARKUP = re.compile(r"<[^>]+>|&\w+;|https?://\S+")
LATIN = re.compile(r"[A-Za-z]{2,}")
# Names that are written in Latin letters in Persian and Arabic, too.
KNOWN = {
    *("PDF", "ZIP", "YAML", "JSON", "CSV", "ISO", "UTF", "SHA", "UUID", "ODT", "DOCX", "XLSX"),
    # What HTTP and programs call by these names in every language.
    *(
        "Accept",
        "Allow",
        "Authorization",
        "Bearer",
        "CSRFToken",
        "Diwan",
        "ETag",
        "Idempotency",
        "Key",
    ),
    *("If", "Match", "Post", "Retry", "After", "NUL", "POST", "OpenAPI", "next", "https"),
    *("GET", "HEAD", "OParl", "Popolo", "true", "false"),
    *("JPEG", "PNG", "PostgreSQL", "SQLite", "diwan", "register", "until", "since", "key"),
}
# The register's file format is written in its own words, in every language the same.
FORMAT_ROOM = "interop"
FORMAT = {
    *("EG", "FY", "IR", "KEY", "ar", "body", "country", "date", "days", "document", "each", "en"),
    *("event", "except", "fa", "false", "format", "hijri", "jalali", "language", "many", "months"),
    *("one", "owner", "parent", "partner", "per", "post", "province", "reason", "role", "seat"),
    *("seats", "true", "unit", "units", "yaml", "year"),
    # What OpenRosa's apps send.
    *("XML", "file", "instanceID", "submission", "xml"),
}
# And so are the workbooks of services.
WORKBOOK = {
    *("IRR", "KEY", "NAME", "XLSForm", "above", "ar", "by", "calendar", "choices", "days", "done"),
    *("en", "fa", "here", "hours", "key", "kind", "licence", "md", "no", "office", "question"),
    *("refused", "shop", "survey", "unit", "withdrawn", "working", "xls", "xlsx", "yes"),
    *("calendar_days", "working_days", "working_hours"),
}
FORMATS = {FORMAT_ROOM: FORMAT, "services": WORKBOOK}
CODE = re.compile(r"\{[^}]*\}|'[^']*'")
ROOMS = rooms_with_words()
CASES = [(room, language) for room in ROOMS for language in LANGUAGES]


def catalogue(room: str, language: str) -> polib.POFile:
    path = PACKAGE / room / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():  # told once, by the first test
        return polib.POFile()
    return polib.pofile(str(path), encoding="utf-8", check_for_duplicates=True)


def by_word(po: polib.POFile) -> dict[Word, polib.POEntry]:
    return {Word(e.msgctxt, e.msgid, e.msgid_plural or None): e for e in po if not e.obsolete}


def texts_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def named(text: str) -> set[str]:
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def translations(language: str) -> Iterator[tuple[str, polib.POEntry, str]]:
    for room in ROOMS:
        for entry in catalogue(room, language):
            for text in texts_of(entry):
                yield room, entry, PLACEHOLDER.sub("", MARKUP.sub("", text))


@pytest.mark.parametrize(("room", "language"), CASES)
def test_every_text_of_a_room_is_in_its_catalogue(room: str, language: str) -> None:
    there = by_word(catalogue(room, language))
    missing = sorted(
        {f"{path.name}: {word.text}" for word, path in words_of(room) if word not in there}
    )
    assert missing == []


@pytest.mark.parametrize(("room", "language"), CASES)
def test_a_catalogue_holds_nothing_that_nobody_says(room: str, language: str) -> None:
    said = {word for word, _path in words_of(room)}
    unused = sorted(word.text for word in by_word(catalogue(room, language)) if word not in said)
    assert unused == []


@pytest.mark.parametrize(("room", "language"), CASES)
def test_every_entry_is_filled_and_certain(room: str, language: str) -> None:
    po = catalogue(room, language)
    wrong = [e.msgid for e in po if e.obsolete or e.fuzzy or not all(map(str.strip, texts_of(e)))]
    assert wrong == []
    if not po:
        return
    assert po.metadata["Language"] == language
    forms = re.search(r"nplurals=(\d)", po.metadata["Plural-Forms"])
    assert forms is not None
    assert int(forms[1]) == PLURALS[language]
    counts = {len(e.msgstr_plural) for e in po if e.msgid_plural}
    assert counts <= {PLURALS[language]}


@pytest.mark.parametrize(("room", "language"), CASES)
def test_placeholders_are_the_same(room: str, language: str) -> None:
    wrong = []
    for entry in catalogue(room, language):
        if entry.msgid_plural:
            asked = named(entry.msgid) | named(entry.msgid_plural)
            counted = named(entry.msgid_plural)
            for form, text in entry.msgstr_plural.items():
                may_lack = form in SINGLE[language]
                if not named(text) <= asked or not (may_lack or counted <= named(text)):
                    wrong.append(f"{entry.msgid} [{form}]")
        elif named(entry.msgid) != named(entry.msgstr):
            wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.parametrize(("room", "language"), CASES)
def test_edges_and_markup_are_the_same(room: str, language: str) -> None:
    def shape(text: str) -> tuple[bool, bool, list[str]]:
        tags = sorted(re.findall(r"</?(\w+)", " ".join(re.findall(r"<[^>]+>", text))))
        return text[:1].isspace(), text[-1:].isspace(), tags

    wrong = [
        entry.msgid
        for entry in catalogue(room, language)
        for text in texts_of(entry)
        if shape(text) != shape(entry.msgid_plural or entry.msgid)
        and shape(text) != shape(entry.msgid)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_text_has_one_translation(language: str) -> None:
    """Django pours all catalogues into one: of two translations one would be lost somewhere."""
    found: dict[Word, dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for room in ROOMS:
        for word, entry in by_word(catalogue(room, language)).items():
            found[Word(word.context, word.text)][tuple(texts_of(entry))].append(room)
    wrong = {
        word.text: {" | ".join(texts): rooms for texts, rooms in ways.items()}
        for word, ways in found.items()
        if len(ways) > 1
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("language", "strangers"),
    [("fa", "يكىةإٱ٠١٢٣٤٥٦٧٨٩;?,"), ("ar", "یکگپچژ۰۱۲۳۴۵۶۷۸۹\u200c;?,")],
)
def test_letters_digits_and_marks_are_the_languages_own(language: str, strangers: str) -> None:
    """Arabic yeh and kaf have no place in Persian, nor the other way round; ؛ ؟ ، are ours.

    A letter that a sentence is about may be named between quotes.
    """
    wrong = [
        f"{room}: {text}"
        for room, entry, text in translations(language)
        if set(strangers) & set(CODE.sub("", re.sub("«[^»]*»", "", text))) and entry.msgid != ", "
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_latin_word_is_left_over(language: str) -> None:
    wrong = [
        f"{room}: {text}"
        for room, _entry, text in translations(language)
        if set(LATIN.findall(text)) - KNOWN - FORMATS.get(room, set())
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_western_digits_are_left_over(language: str) -> None:
    """Code alone keeps them: names such as SHA-256, and examples of the file format."""
    wrong = []
    for room, entry, text in translations(language):
        left = set(
            re.findall(r"[0-9]+", re.sub(r"[A-Za-z/:-]+-?\d[\d/:-]*|\d+-[A-Za-z]+", "", text))
        )
        if room in FORMATS:
            left -= set(re.findall(r"[0-9]+", entry.msgid))
        if left:
            wrong.append(f"{room}: {text}")
    assert wrong == []


def test_persian_has_its_half_spaces() -> None:
    """می‌شود, واحدها, بسته‌شده: a prefix or an ending doesn't stand apart."""
    apart = re.compile(r"(?<!\S)ن?می (?=\S)|\S ها(?:ی|یی|یم|یت|یش)?(?!\S)|\S (?:تر|ترین)(?!\S)")
    wrong = [f"{room}: {text}" for room, _entry, text in translations("fa") if apart.search(text)]
    assert wrong == []


def test_the_glossary_is_kept() -> None:
    """DESIGN §5: the words that must not differ from page to page."""
    glossary = {
        "Unit": ("واحد", "وحدة"),
        "Post": ("پست سازمانی", "وظيفة"),
        "Resolution": ("مصوبه", "قرار"),
        "Action": ("اقدام", "إجراء"),
        "Desk": ("کارتابل", "مكتب العمل"),
        "Handover": ("تودیع و معارفه", "تسليم وتسلم"),
    }
    wrong = []
    for number, language in enumerate(LANGUAGES):
        for room, entry, text in translations(language):
            asked = glossary.get(entry.msgid.capitalize())
            if asked and asked[number] not in text:
                wrong.append(f"{room}: {entry.msgid} → {text}")
    assert wrong == []


def test_the_finder_of_texts_finds_them() -> None:
    """This test's own eyes: Python and template, plain, plural, context, joined strings."""
    python = (
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy as p\n"
        "_('one ' 'two')\nngettext('a', 'b', n)\np('c', 'd')\n_(variable)\nother('no')\n"
    )
    assert set(in_python(python)) == {Word(None, "one two"), Word(None, "a", "b"), Word("c", "d")}
    template = (
        "{% load i18n %}{% translate \"It's (so)\" %}{% translate 'x' context 'y' %}"
        "{% blocktranslate count n=n trimmed %}\n one {{ n }}\n{% plural %}\n many {{ n }}\n"
        "{% endblocktranslate %}{{ _('inner') }}<p>_('not a call') is text</p>"
    )
    found = set(in_template(template))
    assert {
        Word(None, "It's (so)"),
        Word("y", "x"),
        Word(None, "one %(n)s", "many %(n)s"),
    } <= found
