"""Who is there: the browser's session or a visitor by a read-only link; and what they may not open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied
from wardwright.platform.links.operations import note_visit
from wardwright.platform.links.visiting import KEY, visitor_of
from wardwright.platform.signon.sessions import ROW, user_of

from .errors import refusal

# Asked by machines that know the process by its number only; their answers name no address.
PROBES = {"/alive", "/ready", "/metrics"}
# Pages without a permission that a visitor may open all the same, and what they may send.
FOR_VISITORS = {"home", "search", "scan"}
SENT_BY_VISITORS = {"logout", "set-language", "shown"}
# What is open to somebody who has to add a second factor first.
ADDING = {
    "second-factor", "add-authenticator", "add-passkey", "passkey-options", "recovery-codes", "logout", "set-language",
    "alive", "health", "ready", "metrics",
}  # fmt: skip


class SignedInMiddleware:
    """Sets ``request.user``, asked for at first use; in Django's words AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in PROBES:
            request.get_host()  # a name that is not ours is answered with 400, whatever the page does with it
        request.user = SimpleLazyObject(lambda: _who(request))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        if KEY in request.session:
            return self._visited(request, view)
        if ROW not in request.session or not request.user.is_authenticated:
            return None
        row = getattr(request, "open_session", None)
        if row is None or not row.needs_factor or request.resolver_match.url_name in ADDING:
            return None
        if request.path.startswith(("/api/", "/scim/")) or request.method != "GET":
            return refusal(request, Denied(_("Your role needs a second factor."), _("Add one in “My account” first.")))
        return HttpResponseRedirect(reverse("second-factor"))

    def _visited(self, request: Any, view: Any) -> Any:
        """A visitor reads pages and nothing else; each is noted before it is answered, or it is not answered."""
        if getattr(request.user, "link_id", None) is None:
            return None
        name, needs = request.resolver_match.url_name, getattr(view, "permission", ...)
        reads = request.method in ("GET", "HEAD") and not request.path.startswith(("/api/", "/scim/"))
        if name not in SENT_BY_VISITORS and not (reads and (needs is not None or name in FOR_VISITORS)):
            return refusal(request, Denied(_("You may look, but not change anything."), _("Ask whoever let you look.")))
        note_visit(
            by=System("visitors"),
            link_id=request.user.link_id,
            path=request.get_full_path(),
            address=address_of(request) or "",
        )
        return None


def _who(request: Any) -> Any:
    return visitor_of(request) or AnonymousUser() if KEY in request.session else user_of(request)
