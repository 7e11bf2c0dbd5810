"""Every address of the house: the shell's own, each app's, and the API."""

from django.urls import include, path

from wardwright.web import errors

urlpatterns = [
    path("", include("wardwright.apps.maintenance.urls")),
    path("", include("wardwright.apps.testing.urls")),
    path("", include("wardwright.apps.assets.urls")),
    path("", include("wardwright.apps.directory.urls")),
    path("", include("wardwright.web.urls")),
]
handler400, handler403, handler404, handler500 = errors.bad_request, errors.forbidden, errors.not_found, errors.broken
