"""`diwan sample`: it fills an empty home and says what it made; a home in use it leaves alone."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from diwan.config import country
from diwan.config.sample import Size
from diwan.directory.models import Register
from diwan.directory.tests.factories import RegisterFactory
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.kernel.sealing import seal_batch
from diwan.kernel.working import fill_holidays
from tests.program import diwan, with_tables

TINY = ("sample", "--units", "130", "--actions", "60", "--cases", "100")


@pytest.mark.slow
def test_a_home_is_filled_once(tmp_path: Path) -> None:
    done = diwan(with_tables(tmp_path), *TINY, "--until", "2026-11-20")
    assert done.returncode == 0, done.stderr
    assert re.search(r"1[34]\d units, .* audit entries", done.stderr)
    assert "Making the country: zahra" in done.stderr
    assert done.stdout == ""
    again = diwan(tmp_path, *TINY)
    assert again.returncode == 1
    assert "holds the sample country already" in again.stderr
    told = diwan(tmp_path, "doctor").stdout
    for name in ("tables", "files", "database"):
        assert f"ok      {name}" in told


@pytest.mark.django_db
def test_a_home_with_real_data_is_left_alone() -> None:
    register: Register = RegisterFactory.create(key="our-city")
    with pytest.raises(Refused, match=r"real data \(the register our-city\)"):
        country.make(Size(units=130), seed=1, until=None)
    assert list(Register.objects.all()) == [register]


@pytest.mark.django_db
def test_no_past_is_put_before_a_seal() -> None:
    fill_holidays(Actor.system("test"), "IR", first_year=2026, last_year=2026)
    assert seal_batch(timezone.now()) is not None
    with pytest.raises(Refused, match="sealed already"):
        country.make(Size(units=130), seed=1, until=None)


def test_the_story_ends_today_at_the_latest() -> None:
    with pytest.raises(Refused, match="still to come"):
        country.make(Size(units=130), seed=1, until=date.today() + timedelta(days=2))  # noqa: DTZ011 # any day ahead
