"""Forms of service hours, holidays and service levels."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.apps.directory.models import Department, Site
from wardwright.apps.maintenance.models import Holiday, ServiceHours, ServiceLevel
from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class HoursForm(OnceForm):
    """A week of one place; of hours that are there the place stays."""

    site = forms.ModelChoiceField(Site._default_manager.none(), label=gettext_lazy("Site"), required=False)
    department = forms.ModelChoiceField(
        Department._default_manager.none(), label=gettext_lazy("Department"), required=False
    )
    open_on_holidays = forms.BooleanField(label=gettext_lazy("Also on holidays"), required=False)
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, by: Any, *args: Any, row: ServiceHours | None = None, **kwargs: Any):
        if row is not None:
            week = dict(zip(DAYS, row.week, strict=True))
            known = {"open_on_holidays": row.open_on_holidays, "expected_version": row.version}
            kwargs["initial"] = {**week, **known}
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.visible_to(by)
        self.fields["site"].empty_label = _("the whole house")
        self.fields["department"].queryset = Department.objects.visible_to(by).select_related("site")
        self.fields["department"].empty_label = _("the whole site")
        self.fields["department"].label_from_instance = lambda row: f"{row.name} ({row.site})"
        for number, day in enumerate(DAYS):
            self.fields[day] = forms.CharField(label=str(WEEKDAYS[number]), required=False, max_length=80)
        self.fields["monday"].help_text = _("For example 07:00-17:00, or 07-12, 13-17, or 24h. Empty: closed.")
        order = [] if row is not None else ["site", "department"]
        if row is not None:
            del self.fields["site"], self.fields["department"]
        self.order_fields([*order, *DAYS, "open_on_holidays"])

    def week(self) -> list[str]:
        return [self.cleaned_data[day] for day in DAYS]


class HolidayForm(RowForm):
    model = Holiday
    columns: ClassVar[tuple[str, ...]] = ("on", "name", "site")

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(by, *args, **kwargs)
        self.fields["site"].empty_label = _("every site")


class LevelForm(RowForm):
    model = ServiceLevel
    columns: ClassVar[tuple[str, ...]] = (
        "respond_hours", "respond_in_hours", "finish_hours", "finish_in_hours", "source",
    )  # fmt: skip
