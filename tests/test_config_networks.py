"""Networks of proxies, as a setting names them."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from diwan.config.networks import networks_in


def test_networks_are_named_by_commas_and_what_names_none_is_said() -> None:
    assert [str(one) for one in networks_in(" 10.0.0.0/8,192.0.2.7 ")] == [
        "10.0.0.0/8",
        "192.0.2.7/32",
    ]
    assert networks_in("") == ()
    with pytest.raises(ImproperlyConfigured, match="DIWAN_TRUSTED_PROXIES"):
        networks_in("10.0.0.0/8, somewhere")
