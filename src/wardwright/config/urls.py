"""Every address of the house: each app's, the API, and the shell's own."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from wardwright.web import errors

from .api import api


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; it says nothing about the database."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("", include("wardwright.apps.maintenance.urls")),
    path("", include("wardwright.apps.testing.urls")),
    path("", include("wardwright.apps.assets.urls")),
    path("", include("wardwright.apps.directory.urls")),
    path("", include("wardwright.web.urls")),
    path("api/v1/", api.urls),
    path("alive", alive, name="alive"),
]
handler400, handler403, handler404, handler500 = errors.bad_request, errors.forbidden, errors.not_found, errors.broken
