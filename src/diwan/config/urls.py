"""Every address: the rooms' own under a language, and what has none."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.utils.translation import get_language_from_request
from django.views.decorators.vary import vary_on_headers

from diwan.config.health import healthz
from diwan.config.home import ROOT

PREFIXES = {
    "accounts": "account/",
    "directory": "directory/",
    "councils": "councils/",
    "library": "library/",
    "ui": "trail/",
    "interop": "exchange/",
    # Last: home is the desk.
    "desk": "",
}


@vary_on_headers("Accept-Language", "Cookie")
def entrance(request: HttpRequest) -> HttpResponse:
    """Send `/` to the reader's language: cookie, then Accept-Language, then Persian."""
    return HttpResponseRedirect(f"/{get_language_from_request(request)}/")


# While the rooms are being built, one that has no urls.py yet is left out.
_rooms = [
    path(prefix, include(f"diwan.{room}.urls"))
    for room, prefix in PREFIXES.items()
    if room in settings.ROOMS and (ROOT / "src/diwan" / room / "urls.py").exists()
]

urlpatterns = [
    path("", entrance, name="entrance"),
    path("healthz", healthz, name="healthz"),
    path("language/", include("django.conf.urls.i18n")),
    *i18n_patterns(*_rooms),
]
