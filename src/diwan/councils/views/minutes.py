"""The minutes of a meeting: where they stand, what they say, and as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diwan.councils.actions.minutes import require_ripe
from diwan.councils.models import Meeting, MinutesSignature, MinutesVersion
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.minutes import (
    own_signatures,
    readable_to,
    valid_of,
    versions_of,
    waiting_of,
)
from diwan.councils.queries.minutes_content import content_of
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Step
from diwan.ui.show import show_number

from .minutes_changes import change_lines
from .minutes_paper import (
    Paper,
    changes_title,
    extract_words,
    minutes_pdf,
    signature_boxes,
    state_words,
)
from .minutes_sheet import read_as, sheet_of
from .records import meeting_rows, title_of, way_to_meeting

State = MinutesVersion.State


@dataclass(frozen=True)
class Standing:
    """How the minutes of a meeting stand, and what the actor is to them."""

    actor: Actor
    meeting: Meeting
    versions: Sequence[MinutesVersion]
    own: Sequence[MinutesSignature]
    runs: bool

    @property
    def waiting(self) -> MinutesVersion | None:
        """The version that waits for signatures."""
        return waiting_of(self.versions)

    @property
    def valid(self) -> MinutesVersion | None:
        """The signed version that holds now."""
        return valid_of(self.versions)

    @property
    def corrected(self) -> bool:
        """True while a signed version holds and the record is open again."""
        return self.valid is not None and self.meeting.signed_at is None

    def open_to(self, version: MinutesVersion) -> bool:
        """Whether the actor may read this version at all; a withdrawn one is for those it asked."""
        return version.state != State.WITHDRAWN or self.runs or self.signs(version)

    def signs(self, version: MinutesVersion | None) -> bool:
        """Whether the actor is one of those who sign it."""
        return version is not None and any(row.version_id == version.pk for row in self.own)

    def missing(self, version: MinutesVersion | None) -> bool:
        """Whether the actor's own signature is waited for."""
        return (
            version is not None
            and version.state == State.SEALED
            and any(row.version_id == version.pk and row.signed_at is None for row in self.own)
        )


def standing_for(request: HttpRequest, pk: UUID) -> Standing:
    """The minutes of a meeting for who may see the meeting or signs them. Raises NotFound."""
    actor = actor_of(request)
    own = own_signatures(actor, pk)
    found = MEETINGS.find(actor, meeting_rows().filter(pk=pk))
    if not found and own:
        found = list(meeting_rows().filter(pk=pk))
    if not found:
        raise NotFound
    meeting = found[0]
    runs = MEETINGS.may(actor, "run", meeting)
    return Standing(actor, meeting, versions_of(meeting), own, runs)


def paper_for(found: Standing, version: MinutesVersion | None, *, long: bool) -> Paper:
    """What the actor may read of a version, or of the record as it stands (None). NotFound."""
    if version is not None and not found.open_to(version):
        raise NotFound
    content = version.content if version is not None else content_of(found.meeting)
    sees_all = found.runs or found.signs(version)
    part = readable_to(found.actor, found.meeting, content, signs=sees_all)
    return Paper(
        content=part.content,
        version=version,
        signatures=list(version.signatures.all()) if version is not None else (),
        long=long,
        whole=part.whole,
        verify_url=verify_url(version) if version is not None else "",
    )


def verify_url(version: MinutesVersion) -> str:
    """Where a paper's code leads to: the address under which the house is known."""
    return f"{settings.ORIGIN}{reverse('verify', args=[version.code])}"


@require_safe
def minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The minutes of a meeting.

    Opened by the secretary after it, who asks: what is still missing until they are signed? By
    who signs them, and by whoever wants to know what was decided. Next: seal, or sign.
    """
    found = standing_for(request, pk)
    obstacle = _obstacle(found)
    shown = _asked_for(request, found)
    long = request.GET.get("form") != "short"
    paper = paper_for(found, shown, long=long)
    with read_as(paper.content, get_language() or "en"):
        sheet = sheet_of(paper.content, long=long)
        boxes = signature_boxes(paper.content, paper.signatures) if shown else []
        state = state_words(shown)
        changes = change_lines(shown) if shown and paper.whole else []
        rows = [_version_row(row, found) for row in found.versions if found.open_to(row)]
    context: dict[str, Any] = {
        "meeting": found.meeting,
        "heading": _heading(found),
        "lead": title_of(found.meeting),
        "next_step": _next_step(found, obstacle),
        "obstacle": obstacle,
        "steps": _steps(found),
        "state": state,
        "extract": "" if paper.whole else extract_words(),
        "sheet": sheet,
        "boxes": boxes,
        "changes": changes,
        "changes_title": changes_title(shown),
        "reason": shown.reason if shown and paper.whole else "",
        "versions": rows,
        "forms": _forms(request, shown, long=long),
        "pdf_long": pdf_url(found.meeting, shown, long=True),
        "pdf_short": pdf_url(found.meeting, shown, long=False),
        "crumbs": way_to_meeting(found.meeting),
    }
    return render(request, "councils/minutes.html", context)


@never_cache
@require_safe
def minutes_pdf_of(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A version as PDF, to be archived, printed and sent."""
    version = MinutesVersion.objects.filter(pk=pk).select_related("corrects").first()
    if version is None:
        raise NotFound
    found = standing_for(request, version.meeting_id)
    paper = paper_for(found, version, long=request.GET.get("form") != "short")
    return _pdf(paper, found, f"minutes-{version.code}.pdf")


@never_cache
@require_safe
def minutes_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The record as it stands, as PDF: a draft, which says so on every page."""
    found = standing_for(request, pk)
    paper = paper_for(found, None, long=request.GET.get("form") != "short")
    return _pdf(paper, found, "minutes-draft.pdf")


def _pdf(paper: Paper, found: Standing, name: str) -> HttpResponse:
    made = minutes_pdf(paper, at=found.actor.at)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def pdf_url(meeting: Meeting, version: MinutesVersion | None, *, long: bool) -> str:
    """Where the PDF of a version is, or of the draft."""
    url = (
        reverse("councils:minutes_draft", args=[meeting.pk])
        if version is None
        else reverse("councils:minutes_pdf", args=[version.pk])
    )
    return url if long else f"{url}?form=short"


def _asked_for(request: HttpRequest, found: Standing) -> MinutesVersion | None:
    """The version whose number stands in the address; else the one that matters most now."""
    asked = request.GET.get("version", "")
    if asked == "draft" and not found.meeting.signed_at:
        return None
    rows = [row for row in found.versions if str(row.number) == asked]
    if rows and found.open_to(rows[0]):
        return rows[0]
    return found.waiting or found.valid


def _heading(found: Standing) -> str:
    waiting = found.waiting
    if waiting is not None:
        count = sum(row.signed_at is None for row in waiting.signatures.all())
        words = ngettext(
            "The minutes wait for %(n)s signature", "The minutes wait for %(n)s signatures", count
        )
        return words % {"n": show_number(count)}
    if found.corrected:
        return _("The minutes are being corrected")
    if found.valid is not None:
        return _("The minutes are signed by all")
    return _("The minutes have not been sealed yet")


def _obstacle(found: Standing) -> str:
    """What has to be done before the record can be sealed; told to who would seal it."""
    if not found.runs or found.waiting is not None or found.meeting.signed_at is not None:
        return ""
    try:
        require_ripe(found.meeting)
    except Refused as refused:
        return str(refused.sentence)
    return ""


def _next_step(found: Standing, obstacle: str) -> Step | None:
    waiting = found.waiting
    if waiting is not None and found.missing(waiting):
        url = reverse("councils:sign_minutes", args=[waiting.pk])
        return Step(_("Sign the minutes"), url, filled=True)
    sealed = waiting is not None or found.meeting.signed_at is not None
    if found.runs and not sealed and not obstacle:
        url = reverse("councils:seal_minutes", args=[found.meeting.pk])
        return Step(_("Seal the minutes"), url, filled=True)
    return None


def _steps(found: Standing) -> list[Link]:
    """What else who runs the body can do."""
    if not found.runs:
        return []
    meeting, waiting = found.meeting, found.waiting
    if waiting is not None:
        url = reverse("councils:withdraw_minutes", args=[waiting.pk])
        return [Link(_("Withdraw this version"), url)]
    if meeting.signed_at is not None and found.valid is not None:
        url = reverse("councils:correct_minutes", args=[meeting.pk])
        return [Link(_("Begin a correction"), url)]
    if found.corrected:
        url = reverse("councils:end_correction", args=[meeting.pk])
        return [Link(_("End the correction"), url)]
    return []


def _version_row(row: MinutesVersion, found: Standing) -> dict[str, Any]:
    url = reverse("councils:minutes", args=[found.meeting.pk])
    return {
        "label": _("Version %(n)s") % {"n": show_number(row.number)},
        "url": f"{url}?version={row.number}",
        "state": state_words(row),
        "why": row.withdrawn_reason or row.reason,
        "pdf": pdf_url(found.meeting, row, long=True),
        "verify": reverse("verify", args=[row.code]),
    }


def _forms(request: HttpRequest, shown: MinutesVersion | None, *, long: bool) -> list[Link]:
    """The two forms as tabs; the version that is shown stays."""
    kept = f"&version={shown.number}" if shown is not None else ""
    return [
        Link(_("Long form"), f"{request.path}?form=long{kept}", current=long),
        Link(
            _("Short form: decisions alone"), f"{request.path}?form=short{kept}", current=not long
        ),
    ]
