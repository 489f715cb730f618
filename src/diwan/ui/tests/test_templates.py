"""Every component drawn in three languages: whole, safe, and without what the policy forbids."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from diwan.ui.components import Bar, Card, Link, Step, Tag, Tile
from diwan.ui.tests.styleguide import LANGUAGES, page
from diwan.ui.tests.test_show import drawn

VOID = {"meta", "link", "input", "br", "hr", "img"}


class Reading(HTMLParser):
    """Collects ids, attributes and unclosed elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.targets: set[str] = set()
        self.forbidden: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a start tag says."""
        named = dict(attrs)
        if named.get("id"):
            self.ids[str(named["id"])] += 1
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.targets |= set((named.get(name) or "").split())
        self.forbidden += [name for name in named if name == "style" or name.startswith("on")]
        if tag == "script" and not named.get("src"):
            self.forbidden.append("inline script")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take ``<path />`` of an icon as it is."""

    def handle_endtag(self, tag: str) -> None:
        """Close the last open element."""
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_of_the_ui(language: str) -> None:
    html = page(language)
    read = Reading()
    read.feed(html)
    assert not read.open
    assert not read.forbidden
    assert [name for name, count in read.ids.items() if count > 1] == []
    assert read.targets <= set(read.ids)
    assert f'<html lang="{language}" dir="{"ltr" if language == "en" else "rtl"}"' in html
    for other in LANGUAGES:
        assert f'href="/{other}/styleguide?page=3&amp;state=x"' in html


def test_the_pager_keeps_the_question() -> None:
    assert 'href="?page=4&amp;state=x"' in page("en")


def test_persian_pages_have_no_ascii_digits_of_ours() -> None:
    words = re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<head>.*</head>", "", page("fa")))
    assert not re.search(r"\d+ از|تا \d", words, re.ASCII)


def test_what_people_wrote_is_escaped() -> None:
    evil = '"><script>x</script>'
    card = Card(evil, "/", meta=(evil, Link(evil, "/"), Tag(evil)), step=Step(evil, "/", post=True))
    html = drawn(
        "{% card_item card %}{% state_tag evil evil %}{% panel evil %}{% endpanel %}"
        "{% table evil %}{% endtable %}{% tile_map tiles evil %}{% sparkline values evil evil %}"
        '{% icon "x" label=evil %}{% empty_state evil evil evil "/" %}{% progress_bar 1 2 evil %}',
        card=card,
        evil=evil,
        tiles=[Tile(1, 1, evil, evil, evil)],
        values=[1, 2],
    )
    assert "<script>" not in html


def test_colour_never_speaks_alone() -> None:
    for tone in ("late", "due", "new", "done", "quiet", "unheard"):
        html = drawn('{% state_tag "words" tone %}', tone=tone)
        assert "words" in html
        assert "<svg" in html


def test_west_stays_on_the_left() -> None:
    html = drawn("{% tile_map tiles 'x' %}", tiles=[Tile(2, 1, "ب", "ب"), Tile(1, 3, "ا", "ا")])
    assert '<ul dir="ltr">' in html
    assert html.index("row-1 column-3") < html.index("row-2 column-1")


def test_a_funnel_is_centred() -> None:
    html = drawn(
        "{% funnel bars 'x' %}",
        bars=[Bar("a", 10), Bar("b", 5)],
    )
    assert 'x="25.0" width="50.0"' in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_error_pages_speak_the_readers_language(
    language: str, name: str, rf: RequestFactory
) -> None:
    with translation.override(language):
        html = render_to_string(name, request=rf.get(f"/{language}/nowhere"))
    assert re.search(r"<h1>[^<]{8,}</h1>", html)
    assert ("page" in re.sub(r"<[^>]*>", "", html)) == (language == "en")


def test_the_page_of_a_broken_server_needs_nothing() -> None:
    html = render_to_string("500.html")
    assert all(f'lang="{language}"' in html for language in LANGUAGES)
    assert "djlint" not in html
