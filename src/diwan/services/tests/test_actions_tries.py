"""Whose tries of codes are counted together."""

from datetime import UTC, datetime

from diwan.services.actions.tries import who

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_an_address_is_one_however_the_network_writes_it() -> None:
    one = who("203.0.113.7", NOW)
    assert who("::ffff:203.0.113.7", NOW) == one
    assert who("::ffff:203.0.113.8", NOW) != one
    assert who("203.0.113.8", NOW) != one


def test_a_household_of_many_addresses_is_one() -> None:
    assert who("2001:db8:1:2::7", NOW) == who("2001:db8:1:2::8", NOW)
    assert who("2001:db8:1:3::7", NOW) != who("2001:db8:1:2::7", NOW)
