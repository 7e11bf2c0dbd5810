"""Procedures: their versions, the step editor, approval by signature, and the difference between two versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms import ApproveForm, ProcedureForm, StepEditor, StepForm, VersionForm
from wardwright.apps.testing.models import Procedure, ProcedureVersion
from wardwright.apps.testing.queries import asked_words, by_table, limit_title, tolerance_words, verification_of
from wardwright.apps.testing.states import Section, StepKind, VersionState
from wardwright.apps.testing.tables import PROCEDURES
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.errors import NotNow, Refused
from wardwright.platform.core.words import said_words
from wardwright.platform.signatures.signing import signatures_of
from wardwright.web.tables import list_page
from wardwright.web.views import form_page, go, page, visible_or_404

STATE_MEANING = {VersionState.DRAFT: "due", VersionState.APPROVED: "ok", VersionState.RETIRED: "out"}


@page(permissions.VIEW)
def procedure_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, PROCEDURES)


@page(permissions.WRITE)
def new_procedure(request: HttpRequest) -> HttpResponse:
    form = ProcedureForm(request.user, request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        device_type = cleaned["device_type"]
        made = operations.create_procedure(
            by=request.user, code=cleaned["code"], title=cleaned["title"], device_type_id=device_type and device_type.pk
        )
        return reverse("edit-version", args=[_versions(request, made.pk)[0].pk])

    return form_page(
        request,
        form,
        run,
        title=_("Write a new procedure"),
        submit=_("Go on to the steps"),
        cancel_url=reverse("procedures"),
        intro=_("First its name. Its steps come next, as a draft that somebody approves with a signature."),
    )


def _procedure(request: HttpRequest, procedure_id: int) -> Procedure:
    return visible_or_404(Procedure.objects.visible_to(request.user).select_related("device_type"), procedure_id)


def _version(request: HttpRequest, version_id: int) -> ProcedureVersion:
    rows = ProcedureVersion.objects.visible_to(request.user).select_related("procedure__device_type")
    return visible_or_404(rows, version_id)


def _versions(request: HttpRequest, procedure_id: int) -> list[ProcedureVersion]:
    found = list(
        ProcedureVersion.objects.visible_to(request.user).filter(procedure_id=procedure_id).order_by("-number")
    )
    for version in found:
        version.meaning = STATE_MEANING[VersionState(version.state)]
    return found


def sections_of(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps as plain data, gathered by part of the work in the order the parts first appear."""
    gathered: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        choices = [
            _("%(choice)s (fails)") % {"choice": c.lstrip("!")} if c.startswith("!") else c for c in step["choices"]
        ]
        shown = {
            **step,
            "choices": choices,
            "limit_words": limit_words(step),
            "tolerance_words": tolerance_words(step.get("limit") or {}, step.get("unit") or ""),
            "verification": verification_of(step),
            "kind_words": StepKind(step["kind"]).label,
        }
        gathered.setdefault(step["section"], []).append(shown)
    return [{"key": key, "label": Section(key).label, "steps": found} for key, found in gathered.items()]


def limit_words(step: dict[str, Any]) -> str:
    """A step's limits in words with the unit: "at most 500 µA", "0.1 to 0.3 Ω"; empty without limits."""
    if by_table(step):
        return _("by %(standard)s for each device") % {"standard": limit_title(step["limit"])}
    low, high, unit = step.get("low"), step.get("high"), step.get("unit") or ""
    if low is not None and high is not None:
        return _("%(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": unit}
    if high is not None:
        return _("at most %(high)s %(unit)s") % {"high": high, "unit": unit}
    return _("at least %(low)s %(unit)s") % {"low": low, "unit": unit} if low is not None else ""


@page(permissions.VIEW)
def procedure_page(request: HttpRequest, procedure_id: int) -> HttpResponse:
    """The version in force, or the newest if none is approved."""
    procedure = _procedure(request, procedure_id)
    versions = _versions(request, procedure_id)
    shown = next((v for v in versions if v.state == VersionState.APPROVED), versions[0] if versions else None)
    return _show_version(request, procedure, versions, shown)


@page(permissions.VIEW)
def version_page(request: HttpRequest, version_id: int) -> HttpResponse:
    version = _version(request, version_id)
    versions = _versions(request, version.procedure_id)
    return _show_version(request, version.procedure, versions, next(v for v in versions if v.pk == version.pk))


def _show_version(
    request: HttpRequest, procedure: Procedure, versions: list[ProcedureVersion], shown: ProcedureVersion | None
) -> HttpResponse:
    draft = next((v for v in versions if v.state == VersionState.DRAFT), None)
    steps = shown.frozen_steps() if shown else []
    return render(
        request,
        "testing/procedure.html",
        {
            "procedure": procedure,
            "versions": versions,
            "shown": shown,
            "draft": draft,
            "sections": sections_of(steps),
            "step_count": len(steps),
            "signatures": signatures_of(shown) if shown else [],
            "others": [v for v in versions if v is not shown],
            "may_write": allowed(request.user, permissions.WRITE),
            "may_approve": allowed(request.user, permissions.APPROVE, Scope()),
        },
    )


@require_POST
@page(permissions.WRITE)
def draft_version(request: HttpRequest, procedure_id: int) -> HttpResponse:
    """Begin the next version from the steps of the one in force."""
    _procedure(request, procedure_id)
    version = operations.draft_version(by=request.user, procedure_id=procedure_id)
    return go(request, reverse("edit-version", args=[version.pk]))


# The step editor ------------------------------------------------------------------------------------------------


@page(permissions.WRITE)
def edit_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Edit a draft's steps. The row buttons change the rows on the page; nothing is kept until it is saved."""
    version = _version(request, version_id)
    if version.state != VersionState.DRAFT:
        raise NotNow(_("This version is approved, so its steps no longer change."), _("Begin a new version from it."))
    if request.method != "POST":
        initial = {"minutes": version.minutes, "source": version.source, "expected_version": version.version}
        initial["needs_certificate"] = version.needs_certificate
        editor = StepEditor.of_steps(version.frozen_steps())
        if not editor.rows:
            editor.press("add")
        return _show_editor(request, version, VersionForm(initial=initial, label_suffix=""), editor)
    form, editor = VersionForm(request.POST, label_suffix=""), StepEditor.of_post(request.POST)
    if "press" in request.POST:
        editor.press(request.POST["press"])
        return _show_editor(request, version, form, editor)
    return _save_steps(request, version, form, editor)


def _save_steps(request: HttpRequest, version: ProcedureVersion, form: VersionForm, editor: StepEditor) -> HttpResponse:
    head_is_valid = form.is_valid()
    if not editor.is_valid() or not head_is_valid:
        return _show_editor(request, version, form, editor, status=422)
    try:
        operations.change_draft(
            by=request.user,
            version_id=version.pk,
            expected_version=form.cleaned_data["expected_version"],
            minutes=form.cleaned_data["minutes"],
            source=form.cleaned_data["source"],
            needs_certificate=form.cleaned_data["needs_certificate"],
            steps=editor.data(),
        )
    except Refused as error:
        editor.blame(error.fields)
        return _show_editor(request, version, form, editor, status=error.status, refusal=error)
    return go(request, reverse("procedure-version", args=[version.pk]))


def _show_editor(
    request: HttpRequest,
    version: ProcedureVersion,
    form: VersionForm,
    editor: StepEditor,
    *,
    status: int = 200,
    refusal: Refused | None = None,
) -> HttpResponse:
    wrong = [(n, step) for n, (_row, step) in enumerate(editor.numbered(), 1) if step.is_bound and step.errors]
    return render(
        request,
        "testing/edit_version.html",
        {
            "version": version,
            "form": form,
            "rows": editor.numbered(),
            "wrong": wrong,
            "refusal": refusal,
        },
        status=status,
    )


@page(permissions.VIEW)
def limit_preview(request: HttpRequest) -> HttpResponse:
    """What the test or the tolerance chosen for a step comes to, beside its fields."""
    chosen = next((name for name in request.GET if name.endswith("limit")), "limit")
    step = StepForm(request.GET, prefix=chosen.rpartition("-")[0] or None)
    return render(request, "testing/_limit_preview.html", {"step": step})


@sensitive_post_parameters("password")
@page(permissions.APPROVE)
def approve_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Read every step once more and sign."""
    version = _version(request, version_id)
    form = ApproveForm(request.POST or None)

    def run(cleaned: dict[str, Any]) -> str:
        operations.approve_version(by=request.user, version_id=version_id, password=cleaned["password"])
        return reverse("procedure", args=[version.procedure_id])

    return form_page(
        request,
        form,
        run,
        title=_("Approve version %(n)s of “%(title)s”?") % {"n": version.number, "title": version.procedure.title},
        submit=_("Sign and approve"),
        template="testing/approve.html",
        cancel_url=reverse("procedure-version", args=[version_id]),
        version=version,
        sections=sections_of(version.frozen_steps()),
        intro=_("From then on new work is done by this version. Work already begun keeps the version it began with."),
    )


# Comparing ------------------------------------------------------------------------------------------------------

COMPARED = (
    "section",
    "kind",
    "text",
    "help",
    "unit",
    "low",
    "high",
    "limit_source",
    "limit",
    "rule",
    "quantity",
    "choices",
    "required",
    "needs_instrument",
)
COMPARED_WORDS = {
    "section": gettext_lazy("part of the work"),
    "kind": gettext_lazy("answer"),
    "text": gettext_lazy("text"),
    "help": gettext_lazy("how"),
    "unit": gettext_lazy("unit"),
    "low": gettext_lazy("not below"),
    "high": gettext_lazy("not above"),
    "limit_source": gettext_lazy("where the limit comes from"),
    "limit": gettext_lazy("limit"),
    "rule": gettext_lazy("decision rule"),
    "quantity": gettext_lazy("compared as"),
    "choices": gettext_lazy("choices"),
    "required": gettext_lazy("must be done"),
    "needs_instrument": gettext_lazy("taken with a test instrument"),
}


def difference(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What changed between two lists of steps, by key: added, removed, moved, or which fields differ."""
    before, after = {s["key"]: s for s in old}, {s["key"]: s for s in new}
    lines = [_line(key, "removed", before[key]["text"], "") for key in before if key not in after]
    for key, step in after.items():
        if key not in before:
            lines.append(_line(key, "added", "", step["text"]))
            continue
        for name in COMPARED:
            old_value, new_value = before[key].get(name), step.get(name)
            if (old_value or None) != (new_value or None):
                lines.append(_line(key, name, _plain(old_value), _plain(new_value), step["text"]))
    common_before, common_after = [k for k in before if k in after], [k for k in after if k in before]
    if common_before != common_after:
        lines.append({"step": _("Order of the steps"), "what": _("moved"), "old": _("as before"), "new": _("changed")})
    return lines


def head_difference(old: ProcedureVersion, new: ProcedureVersion) -> list[dict[str, Any]]:
    """What changed in the head of a version: its usual time, its source, whether it leaves a certificate."""
    said = {True: _("yes"), False: _("no")}
    pairs = (
        (_("usual time (minutes)"), str(old.minutes), str(new.minutes)),
        (_("source"), old.source or "–", new.source or "–"),
        (_("leaves a certificate"), said[old.needs_certificate], said[new.needs_certificate]),
    )
    return [
        {"step": _("The whole procedure"), "what": what, "old": before, "new": after}
        for what, before, after in pairs
        if before != after
    ]


def _line(key: str, what: str, old: Any, new: Any, text: str = "") -> dict[str, Any]:
    words = {"added": _("added"), "removed": _("removed"), **COMPARED_WORDS}[what]
    return {"step": text or new or old, "what": words, "old": old, "new": new}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        if by_table({"limit": value}):
            return f"{limit_title(value)}: {asked_words(value)}"
        mark = verification_of({"limit": value})
        checked = _("checked in: %(source)s") % {"source": said_words(mark.words)} if mark else ""
        return "; ".join(filter(None, (tolerance_words(value, ""), checked))) or "–"
    return ", ".join(value) if isinstance(value, list) else str("–" if value in (None, "") else value)


@page(permissions.VIEW)
def compare_versions(request: HttpRequest, version_id: int) -> HttpResponse:
    """This version against ``?with=`` another one of the same procedure (default: the one before it)."""
    version = _version(request, version_id)
    versions = _versions(request, version.procedure_id)
    wanted = request.GET.get("with", "")
    earlier = [v for v in versions if v.number < version.number]
    other = next((v for v in versions if str(v.pk) == wanted and v.pk != version.pk), earlier[0] if earlier else None)
    lines = []
    if other is not None:
        lines = head_difference(other, version) + difference(other.frozen_steps(), version.frozen_steps())
    return render(
        request,
        "testing/compare.html",
        {
            "version": version,
            "other": other,
            "lines": lines,
            "choices": [v for v in versions if v.pk != version.pk],
        },
    )
