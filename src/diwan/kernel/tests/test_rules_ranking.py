"""Which match comes first, what is marked in it, and what was meant on another keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.text import index_tokens, joined, query_tokens, retyped, words_of
from diwan.kernel.text.ranking import FAR, Found, Query, marked, rank, snippet


def record(
    identifier: str, *, title: str = "", text: str = "", number: str = "", day: int = 0
) -> Found:
    titles = (" ".join(words_of(title)),) if title else ()
    words = tuple(index_tokens(title, text, number))
    return Found(identifier, day, joined(number), titles, words)


BEST_FIRST = [
    record("number", text="بیربط", number="شورا/۱۲"),
    record("whole title", title="شورا ۱۲"),
    record("begins the title", title="شورا ۱۲ شهر"),
    record("whole words of a title", title="دبیر ۱۲ شورا"),
    record("farther apart", title="شورا و دبیر آن ۱۲"),
    record("begins words of a title", title="دبیر شورایی ۱۲۵"),
    record("whole words of a text", text="بند ۱۲ شورا"),
    record("newer, begins words of a text", text="شورایی ۱۲۵", day=9),
    record("older", text="شورایی ۱۲۵", day=8),
    record("older, by identifier", text="شورایی ۱۲۵", day=8),
]


def test_the_best_match_comes_first() -> None:
    query = Query.of("شورا ۱۲")
    ranked = sorted(BEST_FIRST[5:] + BEST_FIRST[:5], key=lambda found: rank(query, found))
    assert [found.identifier for found in ranked] == [found.identifier for found in BEST_FIRST]


@given(st.text(max_size=80), st.text(max_size=200))
def test_marking_changes_no_letter_and_ranking_takes_anything(typed: str, text: str) -> None:
    query = Query.of(typed)
    assert "".join(piece for piece, _hit in marked(query, text)) == text
    assert 0 <= rank(query, record("x", title=text, text=text))[1] <= FAR
    snippet(query, text)


@given(st.text(alphabet="ابتثجچحخدرزسشصطعفقکگلمنوهیءآأإةكيى\u200c ", max_size=60))
def test_a_text_is_found_by_each_of_its_words(text: str) -> None:
    tokens = index_tokens(text)
    for word in text.split():
        for asked in query_tokens(word):
            assert any(token.startswith(asked) for token in tokens)


def test_a_snippet_shows_the_words_around_the_first_hit() -> None:
    text = " ".join([*(f"پیش{n}" for n in range(50)), "شورا", *(f"پس{n}" for n in range(50))])
    shown = snippet(Query.of("شورا"), text)
    assert ("شورا", True) in shown
    whole = "".join(piece for piece, _hit in shown)
    assert whole.startswith("…")
    assert whole.endswith("…")
    assert len(whole.split()) < 40


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("aivnhvd", "شهرداری"),
        ("[gsi", "جلسه"),
        ("ljvpl", "مترحم"),
        ("hgldvhkdm", "الميرانية"),
        ("پثثفهدل", "meeting"),
        ("ةثثفهىل", "meeting"),
        ("۱۲", ""),
        ("شورا plan", ""),
        ("", ""),
    ],
)
def test_the_other_keyboards(typed: str, meant: str) -> None:
    assert (meant in retyped(typed)) if meant else (retyped(typed) == [])
