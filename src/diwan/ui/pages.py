"""What views share: a refused action shown at its form, and the ready-made pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from diwan.kernel.calendars import to_ascii_digits
from diwan.kernel.errors import Forbidden, Refused, Unavailable
from diwan.kernel.once import AnotherRequest
from diwan.kernel.revisions import Overtaken
from diwan.ui.overtaken import marks_of, story_of
from diwan.ui.sending import AS_SEEN, SHOWN, Seen, again_of
from diwan.ui.show import AtLeast

REFUSED_STATUS = 422
CONFLICT_STATUS = 409
# What is no matter of the form: it is answered around the view.
PASSED_ON = (Forbidden, Overtaken, AnotherRequest, Unavailable)


class refusals_on:  # noqa: N801 - read as a word of the with statement
    """Turn a ``Refused`` raised within the block into an error of ``form``.

    It stands at the field that the refusal names, else on top. ``Forbidden`` is no matter of the
    form and goes on to answer 403, nor is another editor (`ui.sending`); everything else goes on
    as well. (A class and not a generator, so that type checkers know that the block may be left by
    a refusal.)
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
        if not isinstance(error, Refused) or isinstance(error, PASSED_ON):
            return False
        field = error.field if error.field in self.form.fields else None
        self.form.add_error(field, str(error))
        return True


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    template: str = "ui/form_page.html",
    edits: Seen | Sequence[Seen] | None = None,
    **context: object,
) -> HttpResponse:
    """Show a page of one form: 422 when it was filled wrongly, 409 when overtaken, else 200.

    ``edits`` is the record (or records) that the form writes, asked by ``as_seen`` before it was
    read. Context: ``heading``, ``submit_label``, and optionally ``lead``, ``cancel_url``,
    ``danger``, ``crumbs``.
    """
    status = REFUSED_STATUS if form.is_bound and form.errors else 200
    context |= carrying(request, edits, form)
    if context["story"] is not None:
        status = CONFLICT_STATUS
    return render(request, template, {"form": form, **context}, status=status)


def carrying(
    request: HttpRequest, edits: Seen | Sequence[Seen] | None, form: forms.Form | None = None
) -> dict[str, object]:
    """What the template of a form needs besides: ``carried``, and ``story`` if it is shown again.

    ``form`` is then bound to what was sent. ``{% carry carried %}`` and ``ui/parts/story.html``
    show both.
    """
    again = again_of(request)
    story = None
    if again is not None:
        again.shown = True
        story = story_of(request, again, form)
    return {"carried": _carried(request, edits, form), "story": story}


def _carried(
    request: HttpRequest, edits: Seen | Sequence[Seen] | None, form: forms.Form | None
) -> list[tuple[str, str]]:
    """The record's revision, and marks of what the form shows.

    A form that came back with errors goes on from the state that was seen at first.
    """
    seen = [edits] if isinstance(edits, Seen) else list(edits or ())
    if not seen:
        return []
    if request.method == "POST" and AS_SEEN in request.POST:
        before = [(AS_SEEN, each) for each in request.POST.getlist(AS_SEEN)]
        return [*before, (SHOWN, request.POST.get(SHOWN, ""))]
    compares = form is not None and all(each.compares for each in seen)
    marks = marks_of(form) if form is not None and compares else ""
    return [*((AS_SEEN, str(each)) for each in seen), (SHOWN, marks)]


def confirm_page(
    request: HttpRequest,
    *,
    heading: str,
    submit_label: str,
    cancel_url: str,
    form: forms.Form | None = None,
    edits: Seen | Sequence[Seen] | None = None,
    **context: object,
) -> HttpResponse:
    """Ask once more before something that cannot be taken back.

    ``edits`` as in ``form_page``. Context besides: ``lead``, ``consequences`` (sentences),
    ``danger``.
    """
    named = {"heading": heading, "submit_label": submit_label, "cancel_url": cancel_url}
    asked = forms.Form() if form is None else form
    return form_page(request, asked, template="ui/confirm.html", edits=edits, **named, **context)


MOST = 10_000
"""Nobody turns so many pages: beyond it a list is neither counted nor shown, but narrowed down."""


class _Pages(Paginator):  # type: ignore[type-arg] # Django's own takes no type
    """Pages of rows in the database, counted only as far as a reader gets.

    The first page asks for one row more than it shows: where there is none it needs no count.
    """

    object_list: models.QuerySet[Any]
    read: Reading | None = None
    most: int | None = None

    def page(self, number: str | int) -> Page[Any]:
        """The page of a number, read by `read` where there is one."""
        if self.read is None:
            return super().page(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        return Page(self.read(self.object_list, first, first + self.per_page), number, self)

    @cached_property
    def count(self) -> int:
        """How many rows there are; `AtLeast` where there are more than `most`."""
        most = self.most or MOST
        found = self.object_list.order_by()[: most + 1].count()
        return AtLeast(most) if found > most else found

    def get_page(self, number: str | int) -> Page[Any]:  # type: ignore[override] # as above
        """The page of a number, the nearest one of a wrong number."""
        if str(number) != "1":
            return super().get_page(number)
        read = self.read or _sliced
        rows = read(self.object_list, 0, self.per_page + 1)
        if len(rows) <= self.per_page:
            self.__dict__.setdefault("count", len(rows))
        return Page(rows[: self.per_page], 1, self)


Reading = Callable[[models.QuerySet[Any], int, int], list[Any]]
"""How rows are read from a first to before a last: a way that is quicker than counting them off."""


def _sliced(rows: models.QuerySet[Any], first: int, last: int) -> list[Any]:
    return list(rows[first:last])


def page_of(
    items: models.QuerySet[Any] | Sequence[Any],
    request: HttpRequest,
    *,
    size: int = 50,
    count: int | None = None,
    read: Reading | None = None,
    most: int | None = None,
) -> Page[Any]:
    """Return the page that GET's ``page`` names; a wrong number gives the nearest page.

    ``count`` is how many there are, where the view has counted them anyhow; ``read`` a quicker way
    to the rows of a page. A list in the database
    ends after ``most`` (``MOST``) rows; its ``paginator.count`` says so in words.
    """
    number = to_ascii_digits(request.GET.get("page", "1"))
    if isinstance(items, models.QuerySet):
        pages = _Pages(items, size)
        pages.read, pages.most = read, most
        if count is not None:
            pages.__dict__["count"] = count
        return pages.get_page(number)
    return Paginator(items, size).get_page(number)
