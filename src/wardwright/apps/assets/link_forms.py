"""The form of a visitor's link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Site
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.links.operations import MOST_DAYS
from wardwright.platform.links.permissions import MAKE
from wardwright.web.views import OnceForm


class LinkForm(OnceForm):
    """Who looks, what for, how long; and what it opens, unless the page came from one device."""

    visitor = forms.CharField(
        label=gettext_lazy("Who looks"), max_length=80,
        help_text=gettext_lazy("For example: state surveyor, A. Keller. What they open is noted under this name."),
    )  # fmt: skip
    purpose = forms.CharField(label=gettext_lazy("What for"), max_length=160)
    where = forms.ChoiceField(label=gettext_lazy("What it opens"))
    days = forms.IntegerField(label=gettext_lazy("For how many days"), min_value=1, max_value=MOST_DAYS, initial=3)
    pin = forms.CharField(
        label=gettext_lazy("PIN"), required=False, max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text=gettext_lazy("4 to 12 digits, told on another way than the link."),
    )  # fmt: skip

    def __init__(self, by: Any, asset: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if asset is not None:
            del self.fields["where"]
            return
        whole = [("all", _("the whole house"))] if allowed(by, MAKE, Scope()) else []
        sites = [row for row in Site.objects.visible_to(by) if allowed(by, MAKE, row)]
        self.fields["where"].choices = [*whole, *((str(row.pk), row.name) for row in sites)]
