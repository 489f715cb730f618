"""The sample: invented registers around today that make desks alive."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone

from diwan.accounts.models import User
from diwan.councils.models import Action, Body, Meeting, Resolution
from diwan.directory.models import Handover, Person, Post, Unit
from diwan.interop.public import import_files, load_sample, sample_accounts
from diwan.kernel.models import AuditEntry, DeclaredHoliday, StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Path:
    settings.DIWAN_HOME = tmp_path  # type: ignore[attr-defined] # pytest-django's
    return tmp_path


def test_the_sample_is_large_enough_to_try_everything(home: Path) -> None:
    load_sample()
    assert Unit.objects.count() >= 8
    assert Post.objects.count() >= 12
    assert Person.objects.count() >= 10
    assert Body.objects.count() >= 3
    assert Meeting.objects.filter(state="held").count() >= 5
    assert Resolution.objects.count() >= 20
    assert Action.objects.count() >= 30
    states = set(Action.objects.values_list("state", flat=True))
    assert states == {"open", "doing", "done", "closed", "dropped"}
    today = timezone.now().date()
    owed = Action.objects.filter(state__in=("open", "doing"))
    assert owed.filter(due__lt=today).exists()
    assert owed.filter(due__gte=today).exists()
    assert Action.objects.filter(owner__isnull=True).exists()
    assert Action.objects.filter(parent__isnull=False).count() == 3
    assert Action.objects.filter(date_requests__isnull=False).exists()
    assert Handover.objects.filter(at__gt=timezone.now()).exists()
    assert StoredFile.objects.filter(blob__isnull=False).count() == 3
    assert DeclaredHoliday.objects.filter(country="IR").exists()


def test_some_meetings_tell_how_they_went(home: Path) -> None:
    load_sample()
    conducted = Meeting.objects.filter(attendance__isnull=False).distinct()
    assert {one.register.key for one in conducted} == {"mehregan", "nakheel"}
    assert {vote.method for one in conducted for vote in one.votes.all()} == {
        "roll_call", "secret", "show_of_hands"
    }  # fmt: skip
    statuses = {row.status for one in conducted for row in one.attendance.all()}
    assert statuses == {"present", "deputy", "excused", "absent"}
    assert all(vote.closed_at for one in conducted for vote in one.votes.all())
    first = conducted.get(register__key="mehregan", key="s3")
    assert first.votes.get(method="secret").recused == 1


def test_each_account_signs_in_with_a_password_of_this_installation(home: Path) -> None:
    report = load_sample()
    assert len(report.accounts) == 7
    for account in report.accounts:
        user = authenticate(username=account.login, password=account.password)
        assert isinstance(user, User)
    assert User.objects.get(login="admin@diwan.example").may_elevate
    assert len({account.password for account in report.accounts}) == 1
    file = home / "sample-accounts.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sample_accounts() == list(report.accounts)


def test_loading_twice_changes_nothing(home: Path) -> None:
    first = load_sample()
    entries = AuditEntry.objects.count()
    again = load_sample()
    assert again.accounts == first.accounts
    assert again.imported is None
    assert AuditEntry.objects.count() == entries


def test_the_pack_names_nobody_twice_and_uses_no_shared_name(home: Path, shared: Path) -> None:
    load_sample()
    sample = {name for person in Person.objects.all() for name in person.name.values()}
    import_files(sorted((shared / "meetings").glob("*.yaml")))
    real = {
        name
        for person in Person.objects.exclude(register__key__in=("mehregan", "nakheel"))
        for name in person.name.values()
    }
    assert not sample & real
    assert home == settings.DIWAN_HOME
