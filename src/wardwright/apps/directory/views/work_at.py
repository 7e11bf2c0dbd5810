"""The site switch: pages begin with the site that one works at."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from wardwright.apps.directory.models import Site
from wardwright.web.site import keep_site, working_site
from wardwright.web.views import form_page, page, visible_or_404

from ..forms import EVERY_SITE, WorkAtForm


@page(None)
def work_at(request: HttpRequest) -> HttpResponse:
    """Choose one of the sites within reach, or all of them, and go back to where one was."""
    now = working_site(request)
    asked = request.POST if request.method == "POST" else request.GET
    back = asked.get("next", "").split("?")[0]  # without the filters, which may name the other site
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("home")
    form = WorkAtForm(request.user, request.POST or None, initial={"site": now[0] if now else EVERY_SITE, "next": back})

    def run(cleaned: dict[str, Any]) -> str:
        return back

    answer = form_page(
        request,
        form,
        run,
        title=_("Which site do you work at?"),
        intro=_("Lists, board, reports and My day begin with it. Each can show the others, too."),
        cancel_url=back,
    )
    if answer.status_code == 302:
        chosen = form.cleaned_data["site"]
        named = chosen != EVERY_SITE
        site = visible_or_404(Site.objects.visible_to(request.user), int(chosen)) if named else None
        keep_site(request, answer, (site.pk, site.name) if site else None)
    return answer
