"""The yardstick: a Django view without middleware or template that reads one row."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from diwan.directory.public import Register


def one_row(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 # every view gets one
    """The key of a register."""
    return HttpResponse(Register.objects.order_by("id").values_list("key", flat=True)[0])


urlpatterns = [path("", one_row)]
