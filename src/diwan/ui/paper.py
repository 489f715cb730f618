"""Papers as PDF: typst sets them, out of a template of ours and data as JSON.

What people wrote never becomes a part of the template: it is read there as data, so no sign in it
means anything to typst. Fonts come with the front-end assets (`settings.FONTS`); what the machine
has besides is not looked at, so that a paper looks the same everywhere.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from django.conf import settings
from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused

ROOT = Path(__file__).resolve().parents[1]
"""Templates lie below it and name each other from it: `#import "/ui/templates/ui/paper.typ"`."""
ARCHIVED: list[typst.PDFStandard] = ["a-2a", "ua-1"]
"""Fit for an archive and for screen readers."""


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(settings.FONTS)]
    )


def _compiler(template: str, data: Mapping[str, Any]) -> typst.Compiler:
    if not _fonts().families():
        _fonts.cache_clear()
        raise Refused(
            _("The fonts for papers are missing. An administrator brings them by setting up anew.")
        )
    given = {"data": json.dumps(data, ensure_ascii=False)}
    return typst.Compiler(
        str(ROOT / template), root=str(ROOT), font_paths=_fonts(), sys_inputs=given
    )


def pdf_of(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The paper as PDF/A-2a and PDF/UA-1; `template` is its path below the package, `at` its date.

    An archive wants every sign drawn. Where a text holds one that the font has not (an emoji), the
    paper is an ordinary PDF and shows a box there. Raises Refused where the fonts are missing.
    """
    compiler = _compiler(template, data)
    at = at.astimezone(UTC).replace(microsecond=0)
    try:
        made = compiler.compile(format="pdf", pdf_standards=ARCHIVED, timestamp=at)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        made = compiler.compile(format="pdf", timestamp=at)
    return b"".join(made) if isinstance(made, list) else made or b""


def pages_of(template: str, data: Mapping[str, Any], *, ppi: float = 72) -> list[bytes]:
    """The pages as PNG pictures."""
    made = _compiler(template, data).compile(format="png", ppi=ppi)
    return made if isinstance(made, list) else [made or b""]


def told_of(
    template: str, data: Mapping[str, Any], label: str, field: Literal["value"] = "value"
) -> Any:
    """What the paper's metadata under `label` says; for tests, which ask what a paper holds."""
    return json.loads(_compiler(template, data).query(label, field=field))


def qr_of(text: str) -> str:
    """A QR code as SVG, without a margin."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, svgns=True
    )
    return drawn.getvalue().decode()
