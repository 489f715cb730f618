"""`diwan audit`: the verdict and the first bad entry, as people read it; what outsiders get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import transaction
from django.utils import timezone, translation

from diwan.config.cli import main
from diwan.kernel import audit, sealing
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry, Verification
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """The command line chooses its language; the next test must not hear it."""
    with translation.override("en"):
        yield


def write(count: int = 1) -> list[AuditEntry]:
    with transaction.atomic():
        ref = Ref("accounts.user", new_id())
        return [audit.record(Actor.system("sample"), "make", ref) for _ in range(count)]


def diwan(*arguments: object, locale: str = "en_US.UTF-8") -> Result:
    return CliRunner(env={"LC_ALL": locale}).invoke(main, ["audit", *map(str, arguments)])


def test_an_empty_register_is_whole() -> None:
    done = diwan("verify")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Whole: ")


def test_the_verdict_and_the_first_bad_entry_in_three_languages() -> None:
    first, second = write(2)
    sealing.seal_waiting(timezone.now())
    write()
    done = diwan("verify", "--json")
    told = json.loads(done.stdout)
    assert (told["whole"], told["entries"], told["not_sealed_yet"]) == (True, 2, 1)

    AuditEntry.objects.filter(pk__in=[first.pk, second.pk]).update(reason="other")
    for locale, word in (("en_US", "was changed"), ("fa_IR", "دست‌کاری"), ("ar_EG", "العبث")):
        done = diwan("verify", locale=locale)
        assert done.exit_code == 1
        verdict = done.stdout.splitlines()[0]
        assert word in verdict
        assert str(first.pk) in verdict
    told = json.loads(diwan("verify", "--json").stdout)
    assert (told["faults"], told["first"]["entry"]) == (2, str(first.pk))
    assert told["first"]["what"] == "changed"
    assert Verification.objects.filter(whole=False).count() == 4


def test_what_was_published_is_compared_and_one_entry_is_proved(tmp_path: Path) -> None:
    (entry,) = write()
    sealing.seal_waiting(timezone.now())
    published, proof = tmp_path / "seals.json", tmp_path / "proof.json"
    assert diwan("publish", published).exit_code == 0
    assert "up to number 1" in diwan("verify", "--against", published).stdout
    assert diwan("proof", entry.pk, proof).exit_code == 0
    assert json.loads(proof.read_text())["entry"]["id"] == str(entry.pk)
    assert json.loads(diwan("proof", entry.pk).stdout)["seal"]["number"] == 1
    assert sorted(tmp_path.iterdir()) == [proof, published]


def test_what_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (entry,) = write()
    other = tmp_path / "x.json"
    other.write_text("{}")
    for arguments, why in (
        (("proof", entry.pk), "not sealed yet"),
        (("proof", new_id()), "There is no entry"),
        (("verify", "--against", other), "no published chain"),
        (("publish", tmp_path / "no" / "folder"), "Cannot write"),
    ):
        done = diwan(*arguments)
        assert done.exit_code == 1
        assert why in done.stderr
        assert "Traceback" not in done.output
