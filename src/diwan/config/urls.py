"""Every address: the rooms' own under a language, and what has none."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path
from django.utils.translation import get_language_from_request
from django.views.decorators.vary import vary_on_headers

from diwan.config.api import api, nothing_here, openapi
from diwan.config.health import healthz
from diwan.config.reference import api_problem, api_reference
from diwan.councils.urls import verify_patterns
from diwan.interop.urls import (
    cpsv_patterns,
    feed_patterns,
    oparl_patterns,
    open311_patterns,
    openrosa_patterns,
)

ROOMS = [
    ("account/", "diwan.accounts.urls"),
    ("directory/", "diwan.directory.urls"),
    ("councils/", "diwan.councils.urls"),
    ("services/", "diwan.services.urls"),
    ("library/", "diwan.library.urls"),
    ("exchange/", "diwan.interop.urls"),
    ("", "diwan.ui.urls"),
    # Last: home is the desk.
    ("", "diwan.desk.urls"),
]


@vary_on_headers("Accept-Language", "Cookie")
def entrance(request: HttpRequest) -> HttpResponse:
    """Send `/` to the reader's language: cookie, then Accept-Language, then Persian."""
    return HttpResponseRedirect(f"/{get_language_from_request(request)}/")


handler500 = "diwan.config.faults.server_error"

urlpatterns = [
    path("", entrance, name="entrance"),
    path("healthz", healthz, name="healthz"),
    path("api/openapi.json", openapi, name="openapi"),
    path("api/docs", api_reference, name="api_reference"),
    path("api/problems/<slug:slug>", api_problem, name="api_problem"),
    path("api/v1/", api.urls),
    path("api/v1/<path:path>", nothing_here, name="api_nothing"),
    path("calendar/", include(feed_patterns)),
    path("oparl/", include(oparl_patterns)),
    path("open311/v2/", include(open311_patterns)),
    path("openrosa/", include(openrosa_patterns)),
    *cpsv_patterns,
    path("verify/", include(verify_patterns)),
    path("language/", include("django.conf.urls.i18n")),
    *i18n_patterns(*(path(prefix, include(urls)) for prefix, urls in ROOMS)),
]
