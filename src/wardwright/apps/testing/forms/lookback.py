"""Forms of looking back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from wardwright.apps.testing.states import ItemDecision
from wardwright.web.views import OnceForm


class ConcludeForm(OnceForm):
    """The conclusion of a look back, signed."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    conclusion = forms.CharField(
        label=gettext_lazy("What did the search come to?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("For patients, for the devices, and what is done so that it does not happen again."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class DecideForm(OnceForm):
    """What is done about readings in doubt."""

    selected = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=ItemDecision.choices, initial=ItemDecision.ACCEPT
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Stands in the impact statement, for example: retired and disposed of in March."),
    )
