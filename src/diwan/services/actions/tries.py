"""Codes that somebody guesses at: after some misses each further one is answered with a wait.

Who tries is known by a salted digest of the network's address, which is forgotten within a day. A
code that is wrong and one that is absent are the same miss. Behind one address many people may
stand (a service centre, a whole mobile network): whoever has a true code gets in all the same,
until so many misses came from there that nobody just mistypes any more.
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
MISSES_AT_ALL = 100
"""After so many misses true codes, too, wait: of eleven random signs nobody guesses one by then."""
MISSES_OF_ALL = 1000
"""When all together missed so often, an address has few misses: what guesses may come from many."""
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


def case_of_code(address: str, typed: str, at: datetime) -> Case | None:
    """The case of a tracking code that somebody at an address of the network typed.

    None where the code is wrong or there is none; the miss is counted. Raises TooManyTries.
    """
    digest = who(address, at)
    missed = require_room(digest, at)
    case = case_by_code(typed)
    if case is None:
        note_miss(digest, at)
        if missed >= MISSES:
            raise TooManyTries
    return case


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


def require_room(digest: str, at: datetime) -> int:
    """Let somebody look for a code; how often they missed. Raises TooManyTries."""
    rows = CodeTry.objects.filter(window_at=_window(at))
    own = rows.filter(who=digest).values_list("misses", flat=True).first() or 0
    if own >= MISSES_AT_ALL:
        raise TooManyTries
    if own >= MISSES_THEN and (rows.aggregate(n=Sum("misses"))["n"] or 0) >= MISSES_OF_ALL:
        raise TooManyTries
    return own


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
