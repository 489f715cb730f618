"""The one address that the ui itself names."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def entrance(request: HttpRequest) -> HttpResponse:
    """Answer nothing much."""
    return HttpResponse(request.path)


urlpatterns = [path("", entrance, name="entrance")]
