"""The minutes on A4: the sheet with its head, signature boxes and seal, as typst sets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from diwan.councils.models import MinutesSignature, MinutesVersion
from diwan.councils.models.bodies import Role
from diwan.councils.rules.minutes import Content, written_code
from diwan.kernel.text import direction, isolate, to_digits
from diwan.ui.paper import pdf_of, qr_of
from diwan.ui.show import show_local, show_moment, show_number

from .minutes_changes import change_lines
from .minutes_sheet import read_as, sheet_of
from .minutes_words import Row, Words

TEMPLATE = "councils/templates/councils/minutes.typ"
FIGURES = "0123456789"
State = MinutesVersion.State


@dataclass(frozen=True)
class Paper:
    """What is printed: a content (or a part of it), of which version, in which form.

    `version` None is a draft: it is nobody's word yet. `verify_url` is where the version's code
    leads to; `whole` False says on the paper that it is an extract.
    """

    content: Content
    version: MinutesVersion | None = None
    signatures: Sequence[MinutesSignature] = ()
    long: bool = True
    whole: bool = True
    verify_url: str = ""

    @property
    def language(self) -> str:
        """Minutes are in the language of their register."""
        return str(self.content["language"])


def minutes_pdf(paper: Paper, *, at: datetime) -> bytes:
    """The paper as PDF. Raises Refused where the fonts are missing."""
    made_at = paper.version.sealed_at if paper.version else at
    return pdf_of(TEMPLATE, paper_data(paper), at=made_at)


def paper_data(paper: Paper) -> dict[str, Any]:
    """What the template is given: words ready in the minutes' language."""
    with read_as(paper.content, paper.language):
        sheet = sheet_of(paper.content, long=paper.long)
        version = paper.version
        return {
            "paper": _shell(paper, sheet),
            "sheet": sheet,
            "state": state_words(version),
            "extract": "" if paper.whole else extract_words(),
            "changes_title": changes_title(version),
            "changes": change_lines(version) if version and paper.whole else [],
            "boxes_title": _("Signatures"),
            "boxes": signature_boxes(paper.content, paper.signatures),
            "seal": _seal(version, paper.verify_url) if version else None,
        }


def extract_words() -> str:
    """What an extract says of itself, without counting what it leaves out."""
    return _("Extract: it holds what its reader may read of these minutes.")


def changes_title(version: MinutesVersion | None) -> str:
    """What a correction says over what it changed."""
    if version is None or version.corrects is None:
        return ""
    return _("What differs from version %(n)s") % {"n": show_number(version.corrects.number)}


def state_words(version: MinutesVersion | None) -> str:
    """Where a version stands, in a sentence."""
    if version is None:
        return _("Draft: not sealed, and signed by nobody.")
    given = {"n": show_number(version.number), "moment": show_moment(version.sealed_at)}
    if version.state == State.SIGNED:
        given["moment"] = show_moment(version.signed_at)
        return _("Version %(n)s, signed by all on %(moment)s.") % given
    if version.state == State.SUPERSEDED:
        return _("Version %(n)s, replaced by a later version.") % given
    if version.state == State.WITHDRAWN:
        return _("Version %(n)s, withdrawn before all had signed it.") % given
    return _("Version %(n)s, sealed on %(moment)s; waits for signatures.") % given


def _watermark(version: MinutesVersion | None) -> str:
    if version is None:
        return _("Draft")
    if version.state == State.WITHDRAWN:
        return pgettext("paper", "Withdrawn")
    return pgettext("paper", "Replaced") if version.state == State.SUPERSEDED else ""


def _shell(paper: Paper, sheet: Row) -> dict[str, Any]:
    words = Words(paper.content)
    language, version = paper.language, paper.version
    foot = _("Code %(code)s") % {"code": _code(version)} if version else _("Draft")
    return {
        "title": f"{sheet['title']} · {sheet['body']}",
        "author": sheet["body"],
        "language": language,
        "direction": direction(language),
        "head": [sheet["body"], f"{sheet['title']} · {words.day()}"],
        "foot": foot,
        "watermark": _watermark(version),
        "digits": "".join(to_digits(figure, language) for figure in FIGURES),
        "page_of": _("Page {page} of {pages}"),
    }


def _code(version: MinutesVersion) -> str:
    return f"\u2066{written_code(version.code)}\u2069"


def _seal(version: MinutesVersion, url: str) -> Mapping[str, str]:
    groups = [version.sha256[start : start + 8] for start in range(0, 64, 8)]
    return {
        "qr": qr_of(url),
        "alt": _("QR code of the address that confirms this paper"),
        "told": _("Whether this paper is genuine and still holds is told here:"),
        "address": url,
        "code_label": _("Code"),
        "code": written_code(version.code),
        "sum_label": _("Checksum (SHA-256)"),
        "sum": " ".join(groups),
    }


def signature_boxes(
    content: Content, signatures: Sequence[MinutesSignature]
) -> list[dict[str, Any]]:
    """One box for each who signs: filled where they did, with a line to sign on where not."""
    words = Words(content)
    by_seat = {str(row.seat): row for row in signatures}
    boxes = []
    for row in content["signers"]:
        given = by_seat.get(row["id"])
        name = words.name(row["who"])
        signed = ""
        if given is not None and given.signed_at is not None:
            # Where names are left out of the content, who signed is left out, too.
            name = (show_local(given.name) if content["people"] else "") or name
            signed = _("Signed electronically on %(moment)s") % {
                "moment": isolate(show_moment(given.signed_at))
            }
        boxes.append(
            {
                "title": str(Role(row["role"]).label),
                "name": name or words.post(row["who"]) or _("nobody named"),
                "post": words.post(row["who"]) if name else "",
                "signed": signed,
                "electronic": row["electronic"],
            }
        )
    return boxes
