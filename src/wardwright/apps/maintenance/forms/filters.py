"""The criteria of a plan for the devices of a filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy

from wardwright.apps.assets.models import DeviceModel
from wardwright.apps.assets.queries import models_in_use, types_in_use
from wardwright.apps.assets.states import MAINTAINED, Status
from wardwright.apps.directory.models import Department
from wardwright.apps.maintenance.models import Plan
from wardwright.web.views import OnceForm

from .choosing import MODEL_ATTRS, SEVERAL, model_name, one_model

FLAGS = {
    "device_type__life_support": gettext_lazy("life support"),
    "device_type__high_risk": gettext_lazy("high risk"),
    "device_type__imaging": gettext_lazy("imaging or radiology"),
    "device_type__laser": gettext_lazy("medical laser"),
}
#: Form field → the name of its criterion in the plan's filter; several values of one field mean any of them.
SEVERAL_OF = {
    "filter_types": "device_type_id",
    "filter_departments": "department_id",
    "filter_statuses": "status",
}
EDITED = {*SEVERAL_OF.values(), *FLAGS, "device_model_id", "risk_score__gte"}


class FilterForm(OnceForm):
    """Each criterion narrows the devices; within one, any of the chosen is enough."""

    filter_types = forms.MultipleChoiceField(
        label=gettext_lazy("Of these device types"), required=False, widget=CheckboxSelectMultiple
    )
    filter_models = forms.CharField(
        label=gettext_lazy("Of these models"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Type a few letters and choose; several are separated by a semicolon."),
        widget=forms.TextInput(attrs=MODEL_ATTRS),
    )
    filter_departments = forms.MultipleChoiceField(
        label=gettext_lazy("In these departments"), required=False, widget=CheckboxSelectMultiple
    )
    filter_statuses = forms.MultipleChoiceField(
        label=gettext_lazy("In these states"), required=False, widget=CheckboxSelectMultiple
    )
    filter_flags = forms.MultipleChoiceField(
        label=gettext_lazy("Only if all of this is true"),
        required=False,
        widget=CheckboxSelectMultiple,
        choices=list(FLAGS.items()),
    )
    filter_risk = forms.IntegerField(
        label=gettext_lazy("With a risk score of at least"), required=False, min_value=1, max_value=100
    )
    NAMES = (
        "filter_types",
        "filter_models",
        "filter_departments",
        "filter_statuses",
        "filter_flags",
        "filter_risk",
    )

    def __init__(self, by: Any, *args: Any, plan: Plan | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.by = by
        self.found_models: list[DeviceModel] = []
        #: Criteria that only the API knows stay as they are.
        self.kept = {name: value for name, value in (plan.filter if plan else {}).items() if name not in EDITED}
        departments = Department.objects.visible_to(by).select_related("site").order_by("site__name", "name")
        for name, choices in (
            ("filter_types", types_in_use(by).values_list("pk", "name")),
            ("filter_departments", [(row.pk, f"{row.name} · {row.site.code}") for row in departments]),
            ("filter_statuses", [(status.value, status.label) for status in map(Status, MAINTAINED)]),
        ):
            self.fields[name].choices = [(str(value), words) for value, words in choices]

    def clean_filter_models(self) -> str:
        text = self.cleaned_data["filter_models"]
        names = [name.strip() for name in text.split(SEVERAL) if name.strip()]
        self.found_models = [one_model(self.by, name) for name in names]
        return text

    def filter_values(self) -> dict[str, Any]:
        """The plan's filter as chosen; what is left empty is no criterion."""
        cleaned = self.cleaned_data
        found: dict[str, Any] = dict(self.kept)
        for name, key in SEVERAL_OF.items():
            if chosen := cleaned.get(name):
                found[key] = chosen if key == "status" else [int(value) for value in chosen]
        if self.found_models:
            found["device_model_id"] = [row.pk for row in self.found_models]
        found |= dict.fromkeys(cleaned.get("filter_flags", []), True)
        if cleaned.get("filter_risk"):
            found["risk_score__gte"] = cleaned["filter_risk"]
        return found


def initial_of_filter(by: Any, plan: Plan) -> dict[str, Any]:
    """What the criteria show of a plan's filter."""
    given = plan.filter
    initial: dict[str, Any] = {name: [str(one) for one in _list(given.get(key))] for name, key in SEVERAL_OF.items()}
    models = models_in_use(by).filter(pk__in=_list(given.get("device_model_id"))) if "device_model_id" in given else []
    initial["filter_models"] = f"{SEVERAL} ".join(model_name(row) for row in models)
    initial["filter_flags"] = [flag for flag in FLAGS if given.get(flag) is True]
    initial["filter_risk"] = given.get("risk_score__gte")
    return initial


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
