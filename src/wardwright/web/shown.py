"""The door of a visitor's link: who is asked in, what is noted, and a PIN if there is one."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from wardwright.platform.access.limits import Limit, spend
from wardwright.platform.access.throttle import address_of
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid
from wardwright.platform.links.operations import open_link
from wardwright.platform.links.visiting import KEY, link_of

KNOCKS = Limit(30)  # from one address in a minute
SECONDS = 12 * 3600


class PinForm(forms.Form):
    pin = forms.CharField(
        label=gettext_lazy("PIN"),
        max_length=12,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


@sensitive_post_parameters("pin")
def shown(request: HttpRequest, secret: str) -> HttpResponse:
    """Nothing opens by following the link alone: programs that look at mail follow links too."""
    spend(f"link {address_of(request)}", KNOCKS)
    row = link_of(secret)
    if row is None:
        raise Denied(_("This link does not open any more."), _("Ask whoever sent it for a new one."))
    sent = request.POST if request.method == "POST" else None
    form = PinForm(sent) if row.pin else forms.Form(sent)
    if request.method == "POST" and form.is_valid():
        try:
            pin = form.cleaned_data.get("pin", "")
            open_link(by=System("visitors"), link_id=row.pk, pin=pin, address=address_of(request) or "")
        except Invalid as error:
            form.add_error("pin", str(error))
        else:
            request.session.flush()
            request.session[KEY] = row.pk
            request.session.set_expiry(SECONDS)
            return HttpResponseRedirect(row.start)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "web/shown.html", {"form": form, "link": row}, status=status)
