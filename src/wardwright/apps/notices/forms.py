"""Forms of notices: letters, cases, decisions about devices, lots in stock."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from wardwright.apps.directory.models import Site
from wardwright.apps.maintenance.states import Priority
from wardwright.web.row_forms import RowForm
from wardwright.web.views import OnceForm

from .models import Case, ResponseTime, Supply
from .queries import people_who_answer
from .states import CheckResult, Decision, Kind, Outcome, Severity

#: What can be recorded about a device.
DONE = [(one.value, one.label) for one in Outcome if one.value]
WORDS = forms.Textarea(attrs={"rows": 3})
DAY = forms.DateInput(attrs={"type": "date"})


class ReasonForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500, widget=WORDS)


class LetterForm(OnceForm):
    text = forms.CharField(
        label=gettext_lazy("Text of the letter"),
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy("Paste it whole. What says which devices are meant is read; you check it then."),
    )
    title = forms.CharField(
        label=gettext_lazy("What it is about"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Whoever scans the code of a device that it means can read this."),
    )
    maker = forms.CharField(label=gettext_lazy("Maker"), max_length=200, required=False)
    reference = forms.CharField(
        label=gettext_lazy("Its number"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The maker's or the authority's. By it the same notice of another source is known."),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("notice", "Kind"), choices=Kind.choices, initial=Kind.LETTER)
    severity = forms.ChoiceField(
        label=gettext_lazy("Class"),
        required=False,
        choices=[("", gettext_lazy("as the letter says")), *Severity.choices],
    )
    published_on = forms.DateField(label=gettext_lazy("Dated"), required=False, widget=DAY)


class TakeForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    owner_id: forms.ModelChoiceField = forms.ModelChoiceField(None, label=gettext_lazy("Who looks after it?"))
    severity = forms.ChoiceField(label=gettext_lazy("Class"), choices=Severity.choices)
    plan = forms.CharField(
        label=gettext_lazy("What we do"),
        required=False,
        widget=WORDS,
        help_text=gettext_lazy("For example: quarantine at once, exchange the battery, tell the wards."),
    )
    answer_by_on = forms.DateField(label=gettext_lazy("The maker wants its form by"), required=False, widget=DAY)

    def __init__(self, by: Any, case: Case, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["owner_id"].queryset = people_who_answer(by)
        self.fields["severity"].initial = case.severity

    def clean_owner_id(self) -> int:
        return int(self.cleaned_data["owner_id"].pk)


class PlanForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    owner_id: forms.ModelChoiceField = forms.ModelChoiceField(None, label=gettext_lazy("Who looks after it?"))
    plan = forms.CharField(label=gettext_lazy("What we do"), required=False, widget=WORDS)
    loaner_plan = forms.CharField(
        label=gettext_lazy("Replacements meanwhile"),
        required=False,
        widget=WORDS,
        help_text=gettext_lazy("Which ward gets which device until its own comes back."),
    )
    answer_by_on = forms.DateField(label=gettext_lazy("The maker wants its form by"), required=False, widget=DAY)

    def __init__(self, by: Any, case: Case, *args: Any, **kwargs: Any):
        names = ("plan", "loaner_plan", "answer_by_on")
        kwargs["initial"] = {name: getattr(case, name) for name in names} | {
            "owner_id": case.owner_id, "expected_version": case.version,
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["owner_id"].queryset = people_who_answer(by)

    def clean_owner_id(self) -> int:
        return int(self.cleaned_data["owner_id"].pk)


class NoteForm(OnceForm):
    text = forms.CharField(label=gettext_lazy("Note"), max_length=1000, widget=WORDS)


class MergeForm(OnceForm):
    into_id = forms.CharField(
        label=gettext_lazy("Number of the other case"),
        max_length=20,
        help_text=gettext_lazy("Such as N2026-0012. Everything of this case goes there."),
    )

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._by = by

    def clean_into_id(self) -> int:
        found = Case.objects.visible_to(self._by).filter(number__iexact=self.cleaned_data["into_id"].strip()).first()
        if found is None:
            raise forms.ValidationError(gettext_lazy("There is no case with this number."))
        return int(found.pk)


class WorkForm(OnceForm):
    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=200)
    description = forms.CharField(label=gettext_lazy("How"), required=False, widget=WORDS)
    due_on = forms.DateField(label=gettext_lazy("Due"), required=False, widget=DAY)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), coerce=int, choices=Priority.choices, initial=Priority.URGENT
    )


class QuarantineForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("What the wards should know"),
        max_length=200,
        required=False,
        widget=WORDS,
        help_text=gettext_lazy("It stands on the page of each device, after the number and title of the notice."),
    )


class AnswerForm(OnceForm):
    answered_on = forms.DateField(label=gettext_lazy("Sent on"), widget=DAY)
    note = forms.CharField(label=gettext_lazy("How, and to whom"), max_length=300, required=False)


class CloseForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    conclusion = forms.CharField(label=gettext_lazy("What came of it"), widget=WORDS)
    override_reason = forms.CharField(
        label=gettext_lazy("Why it is closed although devices are not settled"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Only where that is so; it needs a right of its own and is on record."),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password, to sign"), widget=forms.PasswordInput, required=False, strip=False
    )


class CheckForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    result = forms.ChoiceField(
        label=gettext_lazy("Did it help?"),
        choices=[(one.value, one.label) for one in CheckResult if one.value],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What was looked at"),
        max_length=500,
        widget=WORDS,
        help_text=gettext_lazy("For example: 5 of 23 devices visited on three wards, the new version runs on all."),
    )


class SettleForm(OnceForm):
    selected = forms.CharField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(
        label=gettext_lazy("What was done"), choices=[(one.value, one.label) for one in Outcome if one.value]
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=500,
        widget=WORDS,
        help_text=gettext_lazy("What was seen or done: version read off the screen, battery exchanged, ward told."),
    )


class DecideForm(OnceForm):
    selected = forms.CharField(widget=forms.HiddenInput, required=False)
    decision = forms.ChoiceField(
        label=gettext_lazy("Affected?"),
        widget=forms.RadioSelect,
        choices=[
            (Decision.AFFECTED, gettext_lazy("affected")),
            (Decision.CLEARED, gettext_lazy("not affected")),
            (Decision.OPEN, gettext_lazy("as the rules say")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=300,
        widget=WORDS,
        help_text=gettext_lazy("Needed where a device is not affected. For example: serial number read off the label."),
    )


class AliasForm(OnceForm):
    what = forms.ChoiceField(
        label=gettext_lazy("What the notice calls so"),
        choices=[("model", gettext_lazy("the model")), ("maker", gettext_lazy("the maker"))],
    )
    spelling = forms.CharField(label=gettext_lazy("The name in the notice"), max_length=160)


class ScopeForm(OnceForm):
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    scope_text = forms.CharField(
        label=gettext_lazy("Which devices are meant"),
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code"}),
    )


class SupplyForm(RowForm):
    model = Supply
    columns: ClassVar[tuple[str, ...]] = (
        "department", "name", "maker", "catalogue_no", "udi_di", "lot", "serial", "expires_on", "quantity", "at_home",
        "holder", "note",
    )  # fmt: skip

    def choices_for(self, name: str, visible: Any) -> Any:
        return visible.filter(site=self.row.site) if self.row is not None and name == "department" else visible


class NewSupplyForm(SupplyForm):
    columns = ("site", *SupplyForm.columns)


class LotListForm(OnceForm):
    file = forms.FileField(
        label=gettext_lazy("The list"),
        help_text=gettext_lazy("CSV, XLSX, XLS or ODS, with a heading above each column."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.xlsx,.xls,.ods", "class": "file-drop"}),
        error_messages={"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty.")},
    )
    site_id = forms.ModelChoiceField(Site._default_manager.none(), label=gettext_lazy("Site"))

    def __init__(self, by: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["site_id"]
        field.queryset = Site.objects.visible_to(by).order_by("name")
        if len(field.queryset) == 1:
            field.initial = field.queryset[0]


class TimesForm(RowForm):
    model = ResponseTime
    columns: ClassVar[tuple[str, ...]] = ("triage_hours", "locate_days", "close_days", "check_days")
