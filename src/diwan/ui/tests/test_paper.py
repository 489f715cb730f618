"""Papers as PDF: what people wrote is text and nothing else, in each language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from diwan.kernel.errors import Refused
from diwan.ui import paper
from diwan.ui.paper import pages_of, pdf_of, qr_of, told_of

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEMPLATE = "ui/tests/paper.typ"


def data(text: str, **more: Any) -> dict[str, Any]:
    shared = {
        "title": "صورت‌جلسه",
        "author": "شورای نمونه",
        "language": "fa",
        "direction": "rtl",
        "head": ["شورای نمونه", "۱۲"],
        "foot": "",
        "watermark": "پیش‌نویس",
        "digits": "۰۱۲۳۴۵۶۷۸۹",
        "page_of": "صفحه {page} از {pages}",
    }
    return {"paper": {**shared, **more}, "text": text}


@pytest.fixture
def _no_fonts(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FONTS = tmp_path
    paper._fonts.cache_clear()
    yield
    paper._fonts.cache_clear()


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_paper_is_fit_for_an_archive(language: str) -> None:
    made = pdf_of(TEMPLATE, data("آیین‌نامه ۱۲", language=language), at=AT)
    assert made.startswith(b"%PDF-1.")
    assert b"pdfaid" in made
    assert b"pdfuaid" in made


def test_the_same_paper_is_the_same_file() -> None:
    assert pdf_of(TEMPLATE, data("متن"), at=AT) == pdf_of(TEMPLATE, data("متن"), at=AT)


def test_what_was_written_is_text_and_no_template() -> None:
    typed = '#panic("x") $a$ *b* @c // d #import "/etc/passwd" </sys> "\\'
    assert told_of(TEMPLATE, data(typed), "<text>") == [typed]
    assert pdf_of(TEMPLATE, data(typed), at=AT)


def test_a_sign_without_a_picture_in_the_font_spoils_no_paper() -> None:
    made = pdf_of(TEMPLATE, data("خوب بود 😀"), at=AT)
    assert made.startswith(b"%PDF")
    assert b"pdfaid" not in made


def test_pages_are_numbered_and_shown() -> None:
    assert len(pages_of(TEMPLATE, data("سطر " * 3_000), ppi=20)) > 1


@pytest.mark.usefixtures("_no_fonts")
def test_without_fonts_the_reason_is_said() -> None:
    with translation.override("en"), pytest.raises(Refused, match="setting up"):
        pdf_of(TEMPLATE, data("متن"), at=AT)


def test_a_qr_code_is_a_picture() -> None:
    assert qr_of("https://diwan.example/verify/ABCD").startswith("<svg")
