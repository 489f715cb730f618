"""From which address of the network somebody asks."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory, override_settings

from diwan.kernel.requests import address_of

OURS = [ip_network(one) for one in ("127.0.0.0/8", "::1/128", "10.0.0.0/8")]


@pytest.mark.parametrize(
    ("peer", "said", "found"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7:50312", "", "203.0.113.7"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("", "198.51.100.7", "198.51.100.7"),
        # A proxy in another container, behind one more: what stands before ours came from outside.
        ("10.1.2.3", "6.6.6.6, 198.51.100.7:4100, 10.9.9.9", "198.51.100.7"),
        ("10.1.2.3", "[2001:db8::7]:443", "2001:db8::7"),
        # Nobody of ours: whatever they say of themselves is not believed.
        ("203.0.113.7", "198.51.100.7", "203.0.113.7"),
        ("10.1.2.3", "", "10.1.2.3"),
    ],
)
def test_proxies_of_ours_are_believed_and_nobody_else(peer: str, said: str, found: str) -> None:
    headers = {"x-forwarded-for": said} if said else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    with override_settings(DIWAN_TRUSTED_PROXIES=OURS):
        assert address_of(request) == found
