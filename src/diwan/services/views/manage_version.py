"""One version of a service: what its workbook says, its steps drawn, and the workbook itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.kernel.errors import NotFound
from diwan.kernel.files import answer_with
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.services.models import ServiceVersion
from diwan.services.policies.services import seen_version
from diwan.services.queries.definitions import definition_of, form_of, light
from diwan.services.queries.faults import what_of, where_of
from diwan.services.queries.services import sheets_of, version_before, warnings_of
from diwan.services.rules.markdown import to_markdown
from diwan.services.rules.spreadsheet import to_xlsx
from diwan.ui.components import Link
from diwan.ui.show import show_day, show_local

from .manage_flow import drawn
from .manage_upload import Line
from .managewords import facts, stops, version_tag, version_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version, looked over before it is published, and looked up afterwards.

    Opened by who writes the workbook and asks: is this what I meant, where does each step lead?
    Next: try it, see what it changes, publish it.
    """
    actor = actor_of(request)
    row = version_of(actor, pk)
    definition, form = definition_of(row), form_of(row)
    before = version_before(row)
    draft = row.state == ServiceVersion.State.DRAFT
    context: dict[str, Any] = {
        "version": row,
        "heading": _heading(row),
        "tag": version_tag(row),
        "draft": draft,
        "before": before,
        "before_words": version_words(before) if before else "",
        "drawing": drawn(definition),
        "stops": stops(definition, form),
        "pairs": facts(row, definition, form),
        "warnings": [Line(where_of(w), what_of(w)) for w in warnings_of(row, before)]
        if draft
        else [],
        "crumbs": [
            Link(_("Services you look after"), reverse("services:manage")),
            Link(
                show_local(row.service.name),
                reverse("services:manage_service", args=[row.service_id]),
            ),
        ],
    }
    return render(request, "services/manage_version.html", context)


def version_of(actor: Actor, pk: UUID) -> ServiceVersion:
    """A version that the actor may manage, without its content. Raises NotFound, Forbidden."""
    rows = light(ServiceVersion.objects.filter(pk=pk)).select_related("file", "service__owner")
    return seen_version(actor, rows)


def _heading(row: ServiceVersion) -> str:
    parts = {"version": version_words(row), "service": show_local(row.service.name)}
    if row.state == ServiceVersion.State.PUBLISHED and row.published_at is not None:
        parts["day"] = show_day(row.published_at)
        return _("%(version)s of “%(service)s” holds since %(day)s") % parts
    sentences = {
        "draft": _("%(version)s of “%(service)s” is a draft: try it, then publish it"),
        "retired": _("%(version)s of “%(service)s” was followed by a newer one"),
        "discarded": _("%(version)s of “%(service)s” was discarded"),
    }
    return sentences[row.state] % parts


@login_required
@require_safe
def workbook(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The workbook as it came, for who writes the next one."""
    row = version_of(actor_of(request), pk)
    if row.file is None:
        raise NotFound
    return answer_with(request, row.file)


@login_required
@require_safe
def workbook_twin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The workbook as Markdown, for version control."""
    row = version_of(actor_of(request), pk)
    sheets = sheets_of(row)
    if sheets is None:
        raise NotFound
    text = to_markdown(sheets, row.service.code)
    return _download(text.encode(), "text/markdown; charset=utf-8", row, "md")


@login_required
@require_safe
def workbook_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The workbook as a spreadsheet, whatever it came as."""
    row = version_of(actor_of(request), pk)
    sheets = sheets_of(row)
    if sheets is None:
        raise NotFound
    return _download(to_xlsx(sheets), XLSX, row, "xlsx")


def _download(content: bytes, kind: str, row: ServiceVersion, ending: str) -> HttpResponse:
    name = f"{row.service.code}-{row.number}.{ending}"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
