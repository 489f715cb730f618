"""The answer to what nothing else answered."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults
from django.views.decorators.csrf import requires_csrf_token

from diwan.kernel.errors import no_room


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 507 with the sentence for it where a full disk is behind the error.

    What a view raises, the middleware of `ui` has answered already; here comes what happens around
    the views: an upload that did not fit while it was read, a session that could not be written.
    """
    if no_room(sys.exc_info()[1]):
        return HttpResponse(render_to_string("507.html"), status=507)
    return defaults.server_error(request)
