"""Codes that somebody guesses at: after some misses each further one is answered with a wait.

Who tries is known by a salted digest of the network's address, which is forgotten within a day. A
code that is wrong and one that is absent are the same miss. Behind one address many people may
stand (a service centre, a whole mobile network): whoever has a true code gets in all the same,
until so many misses came from there that nobody just mistypes any more.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
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
MISSES_AT_ALL = 100
"""After so many misses true codes, too, wait: of eleven random signs nobody guesses one by then."""
MISSES_OF_ALL = 1000
"""When all together missed so often, an address has few slips: what guesses may come from many.

A true code gets in all the same: behind the address of a mobile network somebody always mistypes.
"""
MISSES_THEN = 3


class TooManyTries(Refused):
    """Too many wrong codes from there; the sentence says when to try again."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Too many wrong codes were tried from here. Wait a quarter of an hour, then try "
                "again."
            )
        )


@dataclass(frozen=True)
class Look:
    """What somebody's typed code led to; `shut` says that their next slip is answered by a wait."""

    case: Case | None
    shut: bool
    digest: str
    at: datetime

    def count(self) -> None:
        """Count the miss, where it is one."""
        if self.case is None:
            note_miss(self.digest, self.at)


def look_for(address: str, typed: str, at: datetime) -> Look:
    """Look for a tracking code that somebody at an address typed; the miss is yet to be counted.

    For whoever looks within a transaction that a refusal undoes. Raises TooManyTries.
    """
    digest = who(address, at)
    shut = require_room(digest, at)
    return Look(case_by_code(typed), shut, digest, at)


def case_of_code(address: str, typed: str, at: datetime) -> Case | None:
    """The case of a tracking code that somebody at an address of the network typed.

    None where the code is wrong or there is none; the miss is counted. Raises TooManyTries.
    """
    look = look_for(address, typed, at)
    look.count()
    if look.case is None and look.shut:
        raise TooManyTries
    return look.case


def who(address: str, at: datetime) -> str:
    """The digest under which the tries of an address are counted for a day.

    Of an IPv6 address the network counts: a household has more addresses than there are codes.
    """
    network = network_of(address)
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    return salted_hmac("diwan.services.tries", f"{day} {network}", algorithm="sha256").hexdigest()


def network_of(address: str) -> str:
    """The network whose people are counted together; whatever is no address stands for itself."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or known
    size = 32 if known.version == 4 else 64
    return str(ipaddress.ip_network(f"{known}/{size}", strict=False))


def require_room(digest: str, at: datetime) -> bool:
    """Let somebody look for a code; whether slips are answered by a wait. Raises TooManyTries."""
    rows = CodeTry.objects.filter(window_at=_window(at))
    own = rows.filter(who=digest).values_list("misses", flat=True).first() or 0
    if own >= MISSES_AT_ALL:
        raise TooManyTries
    if own < MISSES_THEN:
        return False
    return own >= MISSES or (rows.aggregate(n=Sum("misses"))["n"] or 0) >= MISSES_OF_ALL


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
