"""The checksum of a sheet, and when it is closed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from diwan.directory.rules.sheets import checksum, is_closed

SIDES = st.sets(st.sampled_from(["outgoing", "incoming"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), PLAIN, max_size=4))
def test_the_order_of_keys_and_the_way_it_was_stored_change_no_checksum(
    content: dict[str, object],
) -> None:
    turned = dict(reversed(list(content.items())))
    assert checksum(content) == checksum(turned)
    assert checksum(content) == checksum(json.loads(json.dumps(content, ensure_ascii=False)))
    assert checksum(content | {"needs": [1]}) != checksum(content | {"needs": [2]})


@given(SIDES, SIDES)
def test_a_sheet_is_closed_when_every_side_there_is_has_signed(
    sides: set[str], signed: set[str]
) -> None:
    assert is_closed(sides, signed) is (bool(sides) and sides <= signed)
