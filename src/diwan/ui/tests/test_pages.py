"""What views share."""

from __future__ import annotations

import pytest
from django import forms
from django.test import RequestFactory
from django.utils import translation

from diwan.kernel.errors import Conflict, Forbidden, Refused
from diwan.ui.forms import CalendarDateField
from diwan.ui.pages import confirm_page, form_page, page_of, refusals_on


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
