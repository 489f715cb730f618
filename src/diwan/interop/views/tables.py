"""Open tables and rosters: what goes out as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from diwan.interop.actions.opening import close_to_public, open_to_public
from diwan.interop.queries.rosters import csv_of_roster, roster_of
from diwan.interop.queries.tables import Cell, csv_of, offer, offers, package, rows_of
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import FieldType, OpenField
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.show import show_day, show_number

SHOWN = 50


@require_safe
def tables(request: HttpRequest) -> HttpResponse:
    """List the open tables.

    Opened by a citizen, a journalist or another office, who asks: what may I have? Next: one table.
    """
    actor = actor_of(request)
    context = {"offers": offers(actor), "signed_in": actor.user_id is not None}
    return render(request, "interop/tables.html", context)


@require_safe
def table(request: HttpRequest, key: str) -> HttpResponse:
    """Show the first rows of a table, what its columns mean, and where to get all of it."""
    found = offer(actor_of(request), key)
    rows = list(islice(rows_of(found.table), SHOWN + 1))
    context = {
        "offer": found,
        "rows": [
            [(field.title, *_cell(field, row[field.name])) for field in found.table.fields]
            for row in rows[:SHOWN]
        ],
        "more": len(rows) > SHOWN,
        "may_open": actor_of(request).elevated,
        "crumbs": [Link(_("Open tables"), reverse("interop:tables"))],
    }
    return render(request, "interop/table.html", context)


def _cell(field: OpenField, value: Cell) -> tuple[str, str]:
    """How a page shows a value, and in which language it is: codes are Latin letters."""
    if value is None:
        return "–", ""
    if field.type is FieldType.INTEGER and isinstance(value, int):
        return show_number(value), ""
    if field.type is FieldType.DATE:
        return show_day(date.fromisoformat(str(value))), ""
    text = str(value)
    return text, "en" if text.isascii() else ""


@login_required
@require_POST
def switch_table(request: HttpRequest, key: str, way: str) -> HttpResponse:
    """Open a table to the public or close it: a button of its page. Next: the same page."""
    actor = actor_of(request)
    if way == "open":
        open_to_public(actor, key)
        messages.success(request, _("The public may have this table now."))
    elif way == "close":
        close_to_public(actor, key)
        messages.success(request, _("The table is closed to the public now."))
    else:
        raise NotFound
    return redirect("interop:table", key)


@require_safe
def table_csv(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """The whole table as CSV."""
    found = offer(actor_of(request), key)
    return _download(csv_of(found.table), f"{key}.csv", anyone=True)


@require_safe
def table_json(request: HttpRequest, key: str) -> JsonResponse:
    """The whole table as a list of objects."""
    found = offer(actor_of(request), key)
    answer = JsonResponse(list(rows_of(found.table)), safe=False)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
def data_package(request: HttpRequest) -> JsonResponse:
    """What is open, as a data package that names the tables beside it."""
    opened = [one.table for one in offers(actor_of(request)) if one.opened]
    answer = JsonResponse(package([(one, f"{one.key}.csv") for one in opened]))
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@login_required
@require_safe
def roster(request: HttpRequest, key: str, record_id: UUID) -> StreamingHttpResponse:
    """A list of people as CSV, for those who may see the record and its people."""
    people = roster_of(actor_of(request), key, record_id)
    return _download(csv_of_roster(people), f"{key.replace('.', '-')}.csv")


def _download(lines: Iterator[str], name: str, *, anyone: bool = False) -> StreamingHttpResponse:
    """CSV as a download; the mark at its beginning tells spreadsheets that it is UTF-8."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    if anyone:
        headers["Access-Control-Allow-Origin"] = "*"
    content = chain(["\ufeff"], lines)
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
