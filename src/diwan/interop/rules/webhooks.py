"""Webhooks as plain Python: which facts are meant, how a message is signed, where it may go.

Messages follow Standard Webhooks (https://www.standardwebhooks.com): three headers and a body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

LONGEST = 500
# Behind such a prefix a translator hands the message on to the IPv4 machine that it ends in.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of Standard Webhooks


class UnfitAddress(ValueError):
    """An address that is not delivered to; `why` is shape, scheme, host or private."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def is_meant(kind: str, kinds: Iterable[str]) -> bool:
    """Say whether a fact is among the kinds that were chosen.

    >>> is_meant("councils.action_close", ["councils.action_*"])
    True
    >>> is_meant("councils.meeting_held", ["councils.action_*"])
    False
    """
    return any(kind.startswith(each[:-1]) if each.endswith("*") else kind == each for each in kinds)


def written_secret(key: bytes) -> str:
    """A secret as receivers keep it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 over identifier, time and body.

    >>> signature("whsec_c2VjcmV0", "msg_1", 0, b"{}")
    'v1,sti6m5wfzVDclSKWhERritTcCYHSMVKjmU7PF5lLeh0='
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def checked_address(address: str, *, loopback: bool) -> str:
    """The address if its shape is fit. Raises UnfitAddress.

    https alone; with `loopback` plain http as well. Names, passwords and fragments are not taken.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise UnfitAddress("shape") from error
    if not parts.hostname or parts.username is not None or parts.fragment or port == 0:
        raise UnfitAddress("shape")
    if len(address) > LONGEST:
        raise UnfitAddress("shape")
    if any(ord(letter) < 33 or ord(letter) > 126 for letter in address):
        raise UnfitAddress("shape")
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise UnfitAddress("scheme")
    return address


def is_open(ip: str, *, loopback: bool) -> bool:
    """Say whether a machine's address lies in the open Internet; with `loopback` our own, too.

    >>> [is_open(ip, loopback=False) for ip in ("1.1.1.1", "10.0.0.1", "169.254.169.254", "::1")]
    [True, False, False, False]
    >>> is_open("::ffff:127.0.0.1", loopback=False), is_open("127.0.0.1", loopback=True)
    (False, True)
    >>> is_open("64:ff9b::7f00:1", loopback=False), is_open("64:ff9b::101:101", loopback=False)
    (False, True)
    """
    found = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in NAT64 else None
        found = found.ipv4_mapped or found.sixtofour or inner or found
    if loopback and found.is_loopback:
        return True
    return found.is_global and not found.is_multicast and not found.is_reserved
