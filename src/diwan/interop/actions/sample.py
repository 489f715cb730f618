"""The sample: invented registers with dates around today, and accounts to try them with."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from diwan import __file__ as package_file
from diwan.accounts.public import create_administrator, make_user
from diwan.directory.public import HandoverPlan, Person, Post, Register, hand_over, link_user
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor
from diwan.kernel.text import local
from diwan.kernel.working import fill_holidays, today_in, work_calendar

from .importing import ImportReport, Progress, import_files
from .sample_conduct import conduct_sample

PACK = Path(package_file).resolve().parents[2] / "packs" / "sample"
REGISTERS = {"mehregan": "IR", "nakheel": "EG"}
ACCOUNTS_FILE = "sample-accounts.txt"
_DAY = re.compile(r"@([+-]\d+)")
_PROOF = re.compile(r"file: ([^,]+), sha256: '@proof'")
_HANDOVER_IN = 10  # days
_MORNING = time(9)


@dataclass(frozen=True)
class SampleAccount:
    """An account of an invented person; `role` says who it is, `tries` what to try first."""

    login: str
    password: str
    role: str
    tries: str


@dataclass(frozen=True)
class SampleReport:
    """What was loaded. `imported` is None where the sample had been loaded before."""

    accounts: tuple[SampleAccount, ...]
    imported: ImportReport | None = None


@dataclass(frozen=True)
class _Cast:
    """One of those who sign in: whose person of which register, and what they may try."""

    login: str
    register: str
    person: str
    role: str
    tries: str


CAST = (
    _Cast(
        "dabir@mehregan.example",
        "mehregan",
        "rastegar",
        "دبیر / secretary",
        "close what was reported done, name owners, prepare the next meeting",
    ),
    _Cast(
        "karshenas@mehregan.example",
        "mehregan",
        "bahari",
        "کارشناس / officer",
        "start an action, attach proof, ask for a new date",
    ),
    _Cast(
        "modir@mehregan.example",
        "mehregan",
        "dadgar",
        "مدیرعامل / head of a unit",
        "see what the unit owes, pass an action down",
    ),
    _Cast(
        "amin@nakheel.example",
        "nakheel",
        "secretary",
        "أمين المجلس / secretary",
        "the same in Arabic, in an Egyptian governorate",
    ),
    _Cast(
        "masoul@nakheel.example",
        "nakheel",
        "officer",
        "مسئول النظم / officer",
        "two actions in progress, one of them late",
    ),
    _Cast(
        "modira@nakheel.example",
        "nakheel",
        "director",
        "مديرة المركز / head of a unit",
        "the centres below, and a post that nobody holds",
    ),
)
ADMINISTRATOR = SampleAccount(
    "admin@diwan.example", "", "راهبر سامانه / administrator", "elevate, import, export, invite"
)


def load_sample(*, progress: Progress | None = None) -> SampleReport:
    """Load the invented registers and their accounts, once; a second call changes nothing.

    The password is drawn for this installation and kept in `sample-accounts.txt` of the data
    folder, which its owner alone may read. Raises Refused where the data are in the way.
    """
    if Register.objects.filter(key__in=REGISTERS).exists():
        return SampleReport(tuple(sample_accounts()))
    actor = Actor.system("sample")
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        for code in sorted(set(REGISTERS.values())):
            year = today_in(code, actor.at).year
            fill_holidays(actor, code, first_year=year - 2, last_year=year + 1)
        packed = [_packed(key, code, Path(folder), actor) for key, code in REGISTERS.items()]
        imported = import_files(packed, actor=actor, progress=progress)
        conduct_sample(PACK / "conduct.yaml")
        _plan_handover(actor)
        accounts = _make_accounts(actor)
        _keep(accounts)
    return SampleReport(accounts, imported)


def sample_accounts() -> list[SampleAccount]:
    """The sample's accounts as long as their file is there."""
    path = Path(settings.DIWAN_HOME) / ACCOUNTS_FILE
    if not path.exists():
        return []
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [SampleAccount(*(part.strip() for part in row)) for row in rows if len(row) == 4]


def _packed(key: str, code: str, folder: Path, actor: Actor) -> Path:
    """A register of the pack with its dates written out and its proofs beside it."""
    work, today = work_calendar(code), today_in(code, actor.at)

    def day(found: re.Match[str]) -> str:
        named = today + timedelta(days=int(found[1]))
        back = int(found[1]) < 0
        return (work.previous_working_day if back else work.next_working_day)(named).isoformat()

    def proof(found: re.Match[str]) -> str:
        content = (PACK / "proof" / found[1]).read_bytes()
        return f"file: {found[1]}, sha256: '{hashlib.sha256(content).hexdigest()}'"

    template = (PACK / f"{key}.yaml").read_text(encoding="utf-8")
    path = folder / f"{key}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for found in _PROOF.finditer(template):
            archive.write(PACK / "proof" / found[1], found[1])
        archive.writestr(f"{key}.yaml", _DAY.sub(day, _PROOF.sub(proof, template)))
    return path


def _plan_handover(actor: Actor) -> None:
    """A handover that is still to come, so that its sheet can be looked at."""
    people = Person.objects.filter(register__key="mehregan")
    zone = ZoneInfo(country("IR").timezone)
    day = work_calendar("IR").next_working_day(
        today_in("IR", actor.at) + timedelta(days=_HANDOVER_IN)
    )
    successor = people.get(key="mehrju")
    plan = HandoverPlan(
        from_post=Post.objects.get(register__key="mehregan", key="counters-head"),
        from_person=people.get(key="taban"),
        to_person=successor,
        at=datetime.combine(day, _MORNING, tzinfo=zone),
        needs=[{"fa": "دو متصدی برای پیشخوان عصر", "en": "Two clerks for the evening counter"}],
    )
    hand_over(actor, plan)


def _make_accounts(actor: Actor) -> tuple[SampleAccount, ...]:
    password = _password()
    made = []
    for one in CAST:
        person = Person.objects.select_related("register").get(
            register__key=one.register, key=one.person
        )
        language = person.register.language
        name, _language = local(person.name, language)
        user = make_user(actor, login=one.login, name=name, password=password, language=language)
        link_user(actor, person, user.pk)
        made.append(SampleAccount(one.login, password, one.role, one.tries))
    create_administrator(actor, login=ADMINISTRATOR.login, name="راهبر سامانه", password=password)
    made.append(
        SampleAccount(ADMINISTRATOR.login, password, ADMINISTRATOR.role, ADMINISTRATOR.tries)
    )
    return tuple(made)


def _password() -> str:
    """Four groups that are easy to type and hard to guess (80 bits)."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _keep(accounts: tuple[SampleAccount, ...]) -> None:
    path = Path(settings.DIWAN_HOME) / ACCOUNTS_FILE
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(_lines(accounts))
    draft.replace(path)


def _lines(accounts: tuple[SampleAccount, ...]) -> Iterator[str]:
    width = max(len(account.login) for account in accounts)
    for account in accounts:
        login = account.login.ljust(width)
        yield f"{login}\t{account.password}\t{account.role}\t{account.tries}\n"
