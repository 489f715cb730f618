"""Codes that somebody guesses at: after some misses the door stays shut for a while.

Who tries is known by a salted digest of the network's address, which is forgotten within a day. A
code that is wrong and one that is absent are the same miss.
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused
from diwan.services.models import Case, CodeTry
from diwan.services.queries.following import case_by_code

WINDOW = timedelta(minutes=15)
MISSES = 10
"""So many misses an address has in a window: slips of somebody with a paper in hand are fewer."""
MISSES_OF_ALL = 1000
"""When all together missed so often, an address has one miss: who has a true code still gets in."""


class TooManyTries(Refused):
    """Too many wrong codes from there; the sentence says when to try again."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Too many wrong codes were tried from here. Wait a quarter of an hour, then try "
                "again."
            )
        )


def case_of_code(address: str, typed: str, at: datetime) -> Case | None:
    """The case of a tracking code that somebody at an address of the network typed.

    None where the code is wrong or there is none; the miss is counted. Raises TooManyTries.
    """
    digest = who(address, at)
    require_room(digest, at)
    case = case_by_code(typed)
    if case is None:
        note_miss(digest, at)
    return case


def who(address: str, at: datetime) -> str:
    """The digest under which the tries of an address are counted for a day.

    Of an IPv6 address the network counts: a household has more addresses than there are codes.
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        if isinstance(known, ipaddress.IPv6Address):
            known = known.ipv4_mapped or known
        size = 32 if known.version == 4 else 64
        network = str(ipaddress.ip_network(f"{known}/{size}", strict=False))
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    return salted_hmac("diwan.services.tries", f"{day} {network}", algorithm="sha256").hexdigest()


def require_room(digest: str, at: datetime) -> None:
    """Let somebody look for a code. Raises TooManyTries after too many misses."""
    rows = CodeTry.objects.filter(window_at=_window(at))
    own = rows.filter(who=digest).values_list("misses", flat=True).first() or 0
    if own >= MISSES or (own and (rows.aggregate(n=Sum("misses"))["n"] or 0) >= MISSES_OF_ALL):
        raise TooManyTries


@transaction.atomic
def note_miss(digest: str, at: datetime) -> None:
    """Count a code that was not found."""
    row, _made = CodeTry.objects.get_or_create(who=digest, window_at=_window(at))
    CodeTry.objects.filter(pk=row.pk).update(misses=F("misses") + 1)


def forget_tries(before: datetime) -> int:
    """Delete what was counted before; how many rows."""
    return CodeTry.objects.filter(window_at__lt=before).delete()[0]


def _window(at: datetime) -> datetime:
    """The beginning of the quarter of an hour in which an instant lies."""
    seconds = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, tz=UTC)
