"""What views share."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.test import RequestFactory
from django.utils import translation

from diwan.kernel.errors import Conflict, Forbidden, Refused
from diwan.kernel.models import WeekendRow
from diwan.ui import pages
from diwan.ui.forms import CalendarDateField
from diwan.ui.pages import confirm_page, form_page, page_of, refusals_on
from diwan.ui.show import show_number


class Named(forms.Form):
    """A form of two fields."""

    name = forms.CharField()
    day = CalendarDateField(required=False)


def filled() -> Named:
    """Return the form, rightly filled."""
    form = Named({"name": "x"})
    assert form.is_valid()
    return form


def test_a_refusal_becomes_an_error_at_the_form() -> None:
    form = filled()
    with refusals_on(form):
        raise Refused("not so")
    assert form.non_field_errors() == ["not so"]


def test_a_refusal_stands_at_the_field_it_names() -> None:
    form = filled()
    with refusals_on(form):
        raise Conflict("too late", field="day")
    assert form.errors["day"] == ["too late"]
    other = filled()
    with refusals_on(other):
        raise Refused("odd", field="unheard")
    assert other.non_field_errors() == ["odd"]


@pytest.mark.parametrize("error", [Forbidden(), ValueError("ours")])
def test_nothing_else_is_swallowed(error: Exception) -> None:
    with pytest.raises(type(error)), refusals_on(filled()):
        raise error


def test_a_form_page_answers_422_with_a_summary_when_filled_wrongly(rf: RequestFactory) -> None:
    request = rf.get("/fa/x")
    with translation.override("fa"):
        fresh = form_page(request, Named(), heading="نام", submit_label="ثبت")
        wrong = form_page(
            request, Named({"name": "", "day": "x"}), heading="نام", submit_label="ثبت"
        )
    assert (fresh.status_code, wrong.status_code) == (200, 422)
    page = wrong.content.decode()
    assert 'class="error-summary" role="alert"' in page
    assert '<a href="#id_name">' in page
    assert 'aria-describedby="id_name_error"' in page
    assert "error-summary" not in fresh.content.decode()


def test_errors_of_others_speak_in_the_readers_digits() -> None:
    class Short(forms.Form):
        name = forms.CharField(max_length=5)

    with translation.override("fa"):
        page = str(Short({"name": "x" * 12}))
    assert "۱۲" in page
    assert " 12" not in page


def test_a_confirm_page_names_what_follows(rf: RequestFactory) -> None:
    answer = confirm_page(
        rf.get("/en/x"),
        heading="Close the unit?",
        submit_label="Close",
        cancel_url="/en/",
        consequences=["Three posts end."],
        danger=True,
    )
    page = answer.content.decode()
    assert "<li>Three posts end.</li>" in page
    assert 'class="button filled danger"' in page
    assert 'href="/en/"' in page


@pytest.mark.parametrize(("asked", "given"), [("2", 2), ("۲", 2), ("99", 3), ("x", 1), ("", 1)])
def test_a_wrong_page_gives_the_nearest(rf: RequestFactory, asked: str, given: int) -> None:
    assert page_of(list(range(25)), rf.get("/", {"page": asked}), size=10).number == given


@pytest.mark.django_db
def test_a_short_list_needs_no_count_and_a_long_one_is_not_counted_to_its_end(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    for n in range(7):
        WeekendRow.objects.create(country="IR", since=date(2026, 1, n + 1), days="4")
    rows = WeekendRow.objects.order_by("since")
    with django_assert_num_queries(1):
        page = page_of(rows, rf.get("/"), size=7)
        assert (len(page), page.paginator.count, page.has_next()) == (7, 7, False)
    with django_assert_num_queries(2):
        page = page_of(rows, rf.get("/"), size=3)
        assert (len(page), page.paginator.count, page.paginator.num_pages) == (3, 7, 3)
    assert [row.since.day for row in page_of(rows, rf.get("/", {"page": "۳"}), size=3)] == [7]
    monkeypatch.setattr(pages, "MOST", 5)
    page = page_of(rows, rf.get("/"), size=3)
    assert page.paginator.num_pages == 2
    with translation.override("fa"):
        assert show_number(page.paginator.count) == "بیش از ۵"
