"""Links for visitors: the list, a new one, what was opened, and the end of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.core.values import as_id
from wardwright.platform.links.models import Link, LinkVisit
from wardwright.platform.links.operations import MadeLink, revoke_link
from wardwright.platform.links.permissions import MAKE
from wardwright.web.tables import list_page
from wardwright.web.views import OnceForm, form_page, page, run_form, visible_or_404

from .. import operations
from ..link_forms import LinkForm
from ..link_tables import LINKS, state_of
from ..models import Asset

VISITS_SHOWN = 200


@page(MAKE)
def link_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, LINKS)


@page(MAKE)
def new_link(request: HttpRequest) -> HttpResponse:
    """``?asset=`` makes a link to one device. The address is shown in the answer to this request and nowhere else."""
    given = as_id(request.GET.get("asset", ""))
    asset = visible_or_404(Asset.objects.visible_to(request.user), given) if given is not None else None
    form = LinkForm(request.user, asset, request.POST or None)
    made: list[MadeLink] = []

    def run(cleaned: dict[str, Any]) -> str:
        where = cleaned.pop("where", "all")
        made.append(
            operations.make_link(
                by=request.user,
                site_id=None if where == "all" else int(where),
                asset_id=asset.pk if asset else None,
                **cleaned,
            )
        )
        return reverse("visitor-links")

    answer = run_form(request, form, run)
    if made:
        address = settings.BASE_URL + reverse("shown", args=[made[0].secret])
        return render(request, "assets/link_made.html", {"link": made[0].link, "address": address})
    if answer is not None:
        return answer
    context = {
        "form": form,
        "title": _("Who may look at %(tag)s?") % {"tag": asset.tag} if asset else _("Who may look, and for how long?"),
        "intro": _("Whoever has the link reads what a surveyor may read, and changes nothing. They need no log-in."),
        "submit": _("Make the link"),
        "cancel_url": reverse("visitor-links"),
    }
    status = getattr(form, "status", 422) if form.is_bound and form.errors else 200
    return render(request, "web/form.html", context, status=status)


def _link(request: HttpRequest, link_id: int) -> Link:
    return visible_or_404(Link.objects.visible_to(request.user).select_related("made_by"), link_id)


@page(MAKE)
def link(request: HttpRequest, link_id: int) -> HttpResponse:
    """One link with everything that was opened by it."""
    row = _link(request, link_id)
    visits = list(LinkVisit.objects.visible_to(request.user).filter(link=row).order_by("-id")[:VISITS_SHOWN])
    return render(request, "assets/link.html", {"row": row, "state": state_of(row), "visits": visits})


@page(MAKE)
def end_link(request: HttpRequest, link_id: int) -> HttpResponse:
    row = _link(request, link_id)
    back = reverse("visitor-link", args=[row.pk])

    def run(cleaned: dict[str, Any]) -> str:
        revoke_link(by=request.user, link_id=row.pk)
        return back

    return form_page(
        request, OnceForm(request.POST or None), run, title=_("End the link for %(name)s?") % {"name": row.visitor},
        submit=_("End it"), dangerous=True, cancel_url=back, intro=_("Whoever looks is out at the next page."),
    )  # fmt: skip
