"""Who is there: the browser's session or a visitor by a read-only link; and what they may not open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from wardwright.platform.core.errors import Denied
from wardwright.platform.signon.sessions import ROW, user_of

from .errors import refusal

# What is open to somebody who has to add a second factor first.
ADDING = {
    "second-factor", "add-authenticator", "add-passkey", "passkey-options", "recovery-codes", "logout", "set-language",
    "alive",
}  # fmt: skip


class SignedInMiddleware:
    """Sets ``request.user``, asked for at first use; in Django's words AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> Any:
        if ROW not in request.session or not request.user.is_authenticated:
            return None
        row = getattr(request, "open_session", None)
        if row is None or not row.needs_factor or request.resolver_match.url_name in ADDING:
            return None
        if request.path.startswith(("/api/", "/scim/")) or request.method != "GET":
            return refusal(request, Denied(_("Your role needs a second factor."), _("Add one in “My account” first.")))
        return HttpResponseRedirect(reverse("second-factor"))
