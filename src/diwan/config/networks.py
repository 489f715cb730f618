"""Networks as a setting names them."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Network, IPv6Network

from django.core.exceptions import ImproperlyConfigured


def networks_in(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks or addresses of a list with commas. Raises ImproperlyConfigured.

    >>> [str(network) for network in networks_in("10.0.0.0/8, 192.0.2.7")]
    ['10.0.0.0/8', '192.0.2.7/32']
    """
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        raise ImproperlyConfigured(
            f"DIWAN_TRUSTED_PROXIES is not understood ({error}); it should look like "
            "10.0.0.0/8, 192.0.2.7."
        ) from error
