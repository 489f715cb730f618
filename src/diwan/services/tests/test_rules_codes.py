"""Tracking codes: what is read back, what is found wrong, how codes look."""

from hypothesis import given
from hypothesis import strategies as st

from diwan.services.rules.codes import ALPHABET, LENGTH, new_code, read_code, written_code

codes = st.builds(lambda _: new_code(), st.integers())


@given(codes)
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    for typed in (code, written_code(code), code.lower(), f" {written_code(code)} "):
        assert read_code(typed) == code
        assert read_code(typed.translate(persian)) == code
    assert read_code(code.replace("0", "O").replace("1", "l")) == code


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_found(code: str, place: int, sign: str) -> None:
    wrong = code[:place] + sign + code[place + 1 :]
    assert read_code(wrong) == (code if wrong == code else None)


@given(codes, st.integers(0, LENGTH - 2))
def test_two_neighbours_swapped_are_always_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(swapped) == (code if swapped == code else None)


def test_what_cannot_be_a_code_is_none() -> None:
    for typed in ("", "K7Q2", "K7Q2-M4XD-9T1R-0", "سلام", "K7Q2 M4XD 9T1*"):
        assert read_code(typed) is None
