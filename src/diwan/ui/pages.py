"""What views share: a refused action shown at its form, and the ready-made pages."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from diwan.kernel.calendars import to_ascii_digits
from diwan.kernel.errors import Forbidden, Refused, Unavailable

REFUSED_STATUS = 422


class refusals_on:  # noqa: N801 - read as a word of the with statement
    """Turn a ``Refused`` raised within the block into an error of ``form``.

    It stands at the field that the refusal names, else on top. ``Forbidden`` is no matter of the
    form and goes on to answer 403; so does everything else. (A class and not a generator, so that
    type checkers know that the block may be left by a refusal.)
    """

    def __init__(self, form: forms.BaseForm) -> None:
        self.form = form

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Keep a refusal for the form; let everything else through."""
        if not isinstance(error, Refused) or isinstance(error, Forbidden | Unavailable):
            return False
        field = error.field if error.field in self.form.fields else None
        self.form.add_error(field, str(error))
        return True


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    template: str = "ui/form_page.html",
    **context: object,
) -> HttpResponse:
    """Show a page of one form: 422 when it was filled wrongly, else 200.

    Context: ``heading``, ``submit_label``, and optionally ``lead``, ``cancel_url``, ``danger``,
    ``crumbs``.
    """
    status = REFUSED_STATUS if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def confirm_page(
    request: HttpRequest,
    *,
    heading: str,
    submit_label: str,
    cancel_url: str,
    form: forms.Form | None = None,
    **context: object,
) -> HttpResponse:
    """Ask once more before something that cannot be taken back.

    Context besides: ``lead``, ``consequences`` (sentences), ``danger``.
    """
    named = {"heading": heading, "submit_label": submit_label, "cancel_url": cancel_url}
    if form is not None:
        return form_page(request, form, template="ui/confirm.html", **named, **context)
    return render(request, "ui/confirm.html", {**named, **context})


def page_of(
    items: models.QuerySet[Any] | Sequence[Any], request: HttpRequest, *, size: int = 50
) -> Page[Any]:
    """Return the page that GET's ``page`` names; a wrong number gives the nearest page."""
    return Paginator(items, size).get_page(to_ascii_digits(request.GET.get("page", "1")))
