"""Every address of the house: each app's, the API, and the shell's own."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from wardwright.api.instance import problem
from wardwright.web import errors, watching

from .api import api


def alive(request: HttpRequest) -> HttpResponse:
    """The smallest answer there is: what others are measured against. Watchmen ask /health and /ready."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("", include("wardwright.apps.helpdesk.urls")),
    path("", include("wardwright.apps.notices.urls")),
    path("", include("wardwright.apps.maintenance.urls")),
    path("", include("wardwright.apps.testing.urls")),
    path("", include("wardwright.apps.lending.urls")),
    path("", include("wardwright.apps.assets.urls")),
    path("", include("wardwright.apps.directory.urls")),
    path("", include("wardwright.web.urls")),
    path("api/v1/", api.urls),
    path("alive", alive, name="alive"),
    path("health", watching.health, name="health"),
    path("ready", watching.ready, name="ready"),
    path("metrics", watching.metrics, name="metrics"),
]


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An unknown address: in words for a person, in problem+json for a program."""
    if request.path.startswith("/api/"):
        return problem(
            request, 404, "not-found", "There is no such address.", "See /api/v1/openapi.json for those there are."
        )
    return errors.not_found(request, exception)


handler400, handler403, handler404, handler500 = errors.bad_request, errors.forbidden, not_found, errors.broken
