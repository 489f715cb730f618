"""How much one may use without being known: forms, filings, files, papers, messages to a number.

Who works in the house is not bounded: a service centre sits behind one address. Of everybody else
their network's address is counted, or they themselves where they have signed in, and for messages
the number that receives them, whoever has them sent. The bounds are wide, for behind one address
of a mobile network are thousands; they keep a program from filling the disk, not people away. Wider
still is that of a program that files with an account's token: behind it is a whole city.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused, Sentence
from diwan.kernel.notices import told_lately
from diwan.kernel.policies import Actor
from diwan.services.models import Spending

from .tries import network_of

WINDOW, DAY = timedelta(hours=1), timedelta(days=1)
MESSAGES_AN_HOUR, MESSAGES_A_DAY = 5, 10
What = Spending.What
PROGRAM = "program "
BYTES_OF_ONE, BYTES_OF_PROGRAMS = 5_000_000, 1_000_000
"""So many bytes of files for each filing: a person attaches scans, a program a photograph."""
HOURS_A_DAY = {What.BYTES: 5}
"""So many times the amount of an hour in a day, where more would fill the disk; else every hour."""


class TooMuch(Refused):
    """So much was used that no more is taken for now; the sentence says how to go on."""


@dataclass(frozen=True)
class Bound:
    """At most so much within an hour, and within a day."""

    hour: int
    day: int


def bound_of(what: Spending.What, *, program: bool = False) -> Bound:
    """The bound of a thing: forms, filings, papers, and bytes of files; a program's is wider."""
    hour = settings.DIWAN_TOKEN_FORMS_AN_HOUR if program else settings.DIWAN_FORMS_AN_HOUR
    if what == What.BYTES:
        hour *= BYTES_OF_PROGRAMS if program else BYTES_OF_ONE
    return Bound(hour, hour * HOURS_A_DAY.get(what, 24))


def asker_of(actor: Actor, address: str) -> str:
    """Under what somebody is counted who asks from an address; "" for who is not.

    Whoever works in the house is known and answers for what they do.
    """
    if actor.elevated or actor.post_id is not None:
        return ""
    if actor.user_id is not None:
        return f"user {actor.user_id}"
    return f"network {network_of(address)}"


def spend(asker: str, what: Spending.What, amount: int, at: datetime) -> None:
    """Count what somebody uses, in two questions. Raises TooMuch where it is more than they may."""
    if not asker or not amount:
        return
    who, window_at = _digest(asker, at), _window(at)
    rows = Spending.objects.filter(who=who, what=what)
    program = asker.startswith(PROGRAM)
    bound = bound_of(what, program=program)
    used = dict(rows.values_list("window_at", "amount"))
    now = used.get(window_at, 0) + amount
    if now > bound.hour or sum(used.values()) + amount > bound.day:
        raise TooMuch(_sentence_of_programs() if program else _sentence(what))
    if window_at in used:
        rows.filter(window_at=window_at).update(amount=F("amount") + amount)
        return
    row = Spending(who=who, what=what, window_at=window_at, amount=amount)
    Spending.objects.bulk_create([row], ignore_conflicts=True)


def count_filing(actor: Actor, address: str, size: int) -> None:
    """Count a filing of a program with so many bytes of files. Raises TooMuch."""
    asker = asker_of(actor, address)
    if asker and actor.user_id is not None:
        asker = f"{PROGRAM}{actor.user_id}"
    spend(asker, What.FILINGS, 1, actor.at)
    spend(asker, What.BYTES, size, actor.at)


def may_send(address: str) -> bool:
    """Whether a message that anybody may have sent goes to a number or e-mail address.

    What it was told of its cases counts, too: who is told often knows where to look.
    """
    now = timezone.now()
    told = told_lately(address, now - DAY, MESSAGES_A_DAY)
    within = [at for at in told if at >= now - WINDOW]
    return len(told) < MESSAGES_A_DAY and len(within) < MESSAGES_AN_HOUR


def require_message(address: str) -> None:
    """Raises TooMuch where no more messages go to a number or address for now."""
    if not may_send(address):
        raise TooMuch(
            _(
                "Enough messages went to this number for now. Write the link down, or try again "
                "tomorrow."
            )
        )


def forget_spendings(before: datetime) -> int:
    """Delete what was counted before; how many rows."""
    return Spending.objects.filter(window_at__lt=before).delete()[0]


def _sentence(what: Spending.What) -> Sentence:
    sentences = {
        What.FORMS: _(
            "Very many forms were begun from this network. Try again in an hour, or have the "
            "request filed at a counter."
        ),
        What.FILINGS: _(
            "Very many requests were filed from this network. What you wrote is kept: send it "
            "again in an hour, or have it filed at a counter."
        ),
        What.PAPERS: _(
            "Very many papers were drawn for this network. The page itself can be printed, too; "
            "the paper again in an hour."
        ),
        What.BYTES: _(
            "Very many files came from this network. Send this one again in an hour, or bring it "
            "to a counter."
        ),
    }
    return sentences[what]


def _sentence_of_programs() -> Sentence:
    return _(
        "This program has filed very many requests. Send this one again in an hour; an "
        "administrator can allow it more."
    )


def _digest(asker: str, at: datetime) -> str:
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    return salted_hmac("diwan.services.limits", f"{day} {asker}", algorithm="sha256").hexdigest()


def _window(at: datetime) -> datetime:
    """The beginning of the hour in which an instant lies."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
