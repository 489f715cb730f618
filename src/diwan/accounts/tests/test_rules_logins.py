"""Sign-in names in one form, however they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.accounts.rules import UnclearLogin, is_mobile, normal_login
from diwan.kernel.text import to_digits


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        ("Sara@Example.ORG ", "sara@example.org"),
        ("۰۹۱۲۳۴۵۶۷۸۹", "+989123456789"),
        ("0912 345 67 89", "+989123456789"),
        ("+98 912-345-6789", "+989123456789"),
        ("+98 (0) 912 345 6789", "+989123456789"),
        ("00989123456789", "+989123456789"),
        ("989123456789", "+989123456789"),
        ("9123456789", "+989123456789"),
        ("9812345678", "+989812345678"),
        ("٠١٠٠١٢٣٤٥٦٧", "+201001234567"),
        ("+20 100 123 4567", "+201001234567"),
        ("0020 1001234567", "+201001234567"),
        ("201001234567", "+201001234567"),
        ("+20 0100 123 4567", "+201001234567"),
        ("+964 770 123 4567", "+9647701234567"),
        ("\u202a+989123456789\u202c", "+989123456789"),
        ("\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19", "+989123456789"),
    ],
)
def test_one_form_for_every_way_of_typing(typed: str, login: str) -> None:
    assert normal_login(typed) == login
    assert normal_login(login) == login
    assert is_mobile(login) == ("@" not in login)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "sara",
        "sara@",
        "@example.org",
        "sara@example",
        "sara@example..org",
        "two words@example.org",
        "a@b@example.org",
        "a" * 250 + "@example.org",
        "02188776655",  # a desk's telephone takes no messages
        "+982188776655",
        "0912345678",
        "09123456789012",
        "01312345678",
        "12345",
        "+0123456789",
        "sara,omid@example.org",
    ],
)
def test_what_is_neither_address_nor_number_is_refused(typed: str) -> None:
    with pytest.raises(UnclearLogin):
        normal_login(typed)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    try:
        login = normal_login(typed)
    except UnclearLogin:
        return
    assert normal_login(login) == login


@given(st.from_regex(r"9[0-9]{9}", fullmatch=True), st.sampled_from(["0", "+98", "0098", "98", ""]))
def test_every_iranian_number_has_one_form(national: str, prefix: str) -> None:
    assert normal_login(prefix + national) == f"+98{national}"
    assert normal_login(to_digits(prefix + national, "fa")) == f"+98{national}"
