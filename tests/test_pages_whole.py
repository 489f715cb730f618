"""No page is half translated: every page of the permission table in Persian and in Arabic.

What is in another language says so (`lang`) and is left out; of the rest no English word and no
Western digit may remain. The same walk looks at what every page must have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from .house import House
from .kept import KeptHouse
from .permission_table import Row, rows
from .test_permissions import address

# The words are the templates': that PostgreSQL answers each page, `test_permissions` sees.
pytestmark = pytest.mark.any_database
LANGUAGES = ("fa", "ar")
PAGES = [row for row in rows() if row.how != "post" and "200" in row.answers.values()]
# Whoever sees the most of a page reads it: those who may act come first.
READERS = ("elevated", "secretary", "head", "officer", "administrator", "member", "colleague")
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-label", "data-confirm", "content")
SILENT = {"script", "style", "template"}
VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
    *("track", "wbr", "path", "circle", "rect", "line", "polyline", "polygon", "use"),
}
WORD = re.compile(r"[A-Za-z]{2,}")
# Addresses and file names; checksums and the codes on papers; standards with their versions; names
# that are Latin in every language, and keys of registers.
NOT_WORDS = re.compile(
    r"\S+@\S+|https?://\S+|/[\w/-]+|\S+\.(?:txt|pdf|yaml|zip)"
    r"|\b[0-9a-f]{64}\b|\b[0-9A-Z]{4}(?:(?:-[0-9A-Z]{4}){2}\b|…)|OParl 1\.1|Popolo 1\.0"
)
KNOWN = {
    *("Diwan", "English", "En", "SHA", "PDF", "ZIP", "YAML", "CSV", "JSON", "JPEG", "PNG"),
    *("DOCX", "XLSX", "ODT", "diwan", "register", "iran", "egypt"),
    # What HTTP and programs call by these names in every language.
    *("ETag", "Idempotency", "If", "Key", "Match", "OpenAPI", "POST", "next", "https"),
}
LATIN_DIGIT = re.compile(r"[0-9]")


class Reader(HTMLParser):
    """Collects what a page says in its own language, and what it is made of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.open: list[tuple[str, str | None, bool]] = []
        self.language = ""
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.unlabelled: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[tuple[str, dict[str, str | None]]] = []

    @property
    def foreign(self) -> bool:
        """Inside something that is in another language or is no speech."""
        spoken = next((lang for _tag, lang, _silent in reversed(self.open) if lang), self.language)
        return spoken != self.language or any(silent for _tag, _lang, silent in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self.fields.append((tag, given))
        if tag == "label" and given.get("for"):
            self.labelled.add(given["for"] or "")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        silent = tag in SILENT or "code" in (given.get("class") or "").split()
        self.open.append((tag, given.get("lang"), silent))
        if not self.foreign:
            self._hear(tag, given)
        if tag in VOID:
            self.open.pop()

    def _hear(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "meta":
            return
        said = [given.get(name) or "" for name in SPOKEN]
        if tag == "input" and given.get("type") in ("submit", "button"):
            said.append(given.get("value") or "")
        self.said += [text for text in said if text.strip()]

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.foreign:
            self.said.append(data.strip())

    def nameless(self) -> list[str]:
        """Fields that a screen reader could not name."""
        return [
            str(given.get("name"))
            for tag, given in self.fields
            if given.get("id") not in self.labelled
            and not given.get("aria-label")
            and not given.get("aria-labelledby")
            and given.get("type") not in ("submit", "button")
            and tag
        ]


@pytest.fixture
def house(standing_house: KeptHouse, db: None) -> House:
    return standing_house


def page(house: House, row: Row, language: str) -> Reader:
    """The page as whoever sees the most of it gets it."""
    who = next((who for who in READERS if row.answers[who] == "200"), "anonymous")
    # Addresses without a language of their own ask the browser's.
    headers = {"accept-language": language}
    answer = house.client(who).get(address(row, house, language), headers=headers)
    assert answer.status_code == 200
    reader = Reader()
    if not answer.streaming and answer["Content-Type"].startswith("text/html"):
        reader.feed(answer.content.decode())
    return reader


def left_over(texts: list[str]) -> Iterator[str]:
    for text in texts:
        words = set(WORD.findall(NOT_WORDS.sub("", text))) - KNOWN
        if words:
            yield f"{text!r}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_is_whole(row: Row, language: str, house: House) -> None:
    """It speaks one language; one heading of the first rank, no identifier twice, fields named."""
    read = page(house, row, language)
    if not read.language:  # a file, not a page
        return
    assert read.language == language
    assert sorted(set(left_over(read.said))) == []
    digits = [text for text in read.said if LATIN_DIGIT.search(NOT_WORDS.sub("", text))]
    assert digits == []
    assert read.headings.count("h1") == 1
    doubled = {one for one in read.ids if read.ids.count(one) > 1}
    assert doubled == set()
    assert read.nameless() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["nobody", "officer", "secretary", "head", "elevated"])
def test_home_speaks_one_language_to_everybody(who: str, language: str, house: House) -> None:
    answer = house.client(who).get(f"/{language}/")
    reader = Reader()
    reader.feed(answer.content.decode())
    assert sorted(set(left_over(reader.said))) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [403, 404])
def test_refusals_speak_one_language(status: int, language: str, house: House) -> None:
    ours = (row for row in rows() if ":" in row.name)  # the API answers with problems
    row = next(row for row in ours if row.answers["colleague"] == str(status))
    where = address(row, house, language)
    client = house.client("colleague")
    answer = client.post(where) if row.how == "post" else client.get(where)
    assert answer.status_code == status
    reader = Reader()
    reader.feed(answer.content.decode())
    assert sorted(set(left_over(reader.said))) == []


def test_the_reader_hears_what_it_should() -> None:
    """This test's own ears."""
    reader = Reader()
    reader.feed(
        '<html lang="fa"><body><h1>سلام</h1><p title="a tip">متن <bdi lang="en">English</bdi>'
        '<bdi class="code">AB-1</bdi></p><script>code()</script><input id="x" name="x"></body>'
    )
    assert reader.said == ["سلام", "a tip", "متن"]
    assert list(left_over(reader.said)) == ["'a tip'"]
    assert reader.nameless() == ["x"]
