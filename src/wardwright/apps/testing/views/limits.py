"""The limits of electrical safety: which applies, what a reading comes to, and the hospital's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wardwright.apps.testing import operations, permissions
from wardwright.apps.testing.forms import AskForm, EndLimitForm, FilterForm, OwnLimitForm, of_choice
from wardwright.apps.testing.models import OwnLimit
from wardwright.apps.testing.queries import asked_words, asks_per_part, limit_table, outrun, query_of, source_words
from wardwright.apps.testing.states import EquipmentKind, Method
from wardwright.kernel.limits import (
    FACETS,
    SafetyJudgement,
    SafetyLimit,
    UnknownLimit,
    find_limit,
    judge_safety,
    parse_number,
    parse_reading,
    shipped_limits,
)
from wardwright.platform.access.scope import Scope, allowed
from wardwright.platform.core.words import error_words, exact_words, said_words
from wardwright.web.views import form_page, page, visible_or_404


@dataclass(frozen=True)
class Line:
    """One limit of the list; ``own`` is the hospital's row behind it."""

    row: SafetyLimit
    what: str
    facets: str
    note: str
    own: OwnLimit | None = None
    outrun: bool = False


@page(permissions.VIEW)
def limits(request: HttpRequest) -> HttpResponse:
    """All limits, and the answer to “which limit applies?”."""
    ask = AskForm(request.GET if "limit" in request.GET else None)
    chosen = FilterForm(request.GET if "limit" not in request.GET else None)
    chosen.is_valid()
    given = getattr(chosen, "cleaned_data", {})
    return render(
        request,
        "testing/limits.html",
        {
            "ask": ask,
            "answer": _answer(ask.cleaned_data) if ask.is_bound and ask.is_valid() else None,
            "chosen": chosen,
            "lines": _lines(request.user, **given),
            "may_set": allowed(request.user, permissions.APPROVE, Scope()),
            "today": timezone.localdate(),
        },
    )


def _lines(by: Any, standard: str = "", test: str = "", own: bool = False) -> list[Line]:
    rows = [(None, row) for row in shipped_limits() if not own and not row.absent]
    rows = [*((one, one.as_limit()) for one in OwnLimit.objects.visible_to(by)), *rows]
    return [
        Line(row, asked_words({"test": row.test}), _facets(row), said_words(row.note), one, bool(one and outrun(row)))
        for one, row in rows
        if standard in ("", row.title) and test in ("", row.test)
    ]


_FACET_WORDS = dict([*Method.choices, *EquipmentKind.choices])


def _facets(row: SafetyLimit) -> str:
    """For what it holds, in the codes of the standards where they have some: "I · BF/CF · direct"."""
    kept = (
        "/".join(str(_FACET_WORDS.get(code, code)) for code in getattr(row, name) if code not in ("", "none"))
        for name in FACETS
    )
    return " · ".join(filter(None, kept))


def _answer(given: dict[str, Any]) -> dict[str, Any]:
    """The limit that applies, and what the reading comes to; or why there is none."""
    limit, table, today = of_choice(given["limit"]), limit_table(), timezone.localdate()
    part = given["applied_part"] if asks_per_part(table, limit) or given["applied_part"] else "none"
    query = query_of(limit, today, equipment_class=given["equipment_class"], applied_part=part or "none")
    try:
        row = find_limit(table, query)
        return {"row": row, "source": source_words(row), "note": said_words(row.note), **_tried(row, given)}
    except UnknownLimit as error:
        return {"why": said_words(error.because or error.args[0])}
    except ValueError as error:
        return {"why": error_words(error)}


def _tried(row: SafetyLimit, given: dict[str, Any]) -> dict[str, Any]:
    if not given["value"].strip():
        return {}
    volts = parse_number(given["mains_volts"]) if given["mains_volts"].strip() and row.is_of_mains else None
    nominal = None if volts is None else settings.NOMINAL_MAINS_VOLTS
    judged: SafetyJudgement = judge_safety(parse_reading(given["value"]), row, mains_volts=volts, nominal_volts=nominal)
    meaning = {"pass": "ok", "fail": "late"}.get(judged.outcome.value, "due")
    used = "" if judged.percent_used is None else exact_words(round(judged.percent_used, 1))
    return {"meaning": meaning, "words": said_words(judged.words), "used": used}


@page(permissions.APPROVE)
def new_own_limit(request: HttpRequest) -> HttpResponse:
    form = OwnLimitForm(request.user, request.POST or None, initial={"valid_from": timezone.localdate()})

    def run(cleaned: dict[str, Any]) -> str:
        operations.set_own_limit(by=request.user, override_reason=cleaned["override_reason"], **form.values())
        return f"{reverse('limits')}?own=on"

    return form_page(
        request, form, run, title=_("Set a limit of our own"), submit=_("Set it"), cancel_url=reverse("limits"),
        intro=_("It is taken before the standard's. It may be tighter, or stand where the standard has none."),
    )  # fmt: skip


@page(permissions.APPROVE)
def end_own_limit(request: HttpRequest, own_limit_id: int) -> HttpResponse:
    row = visible_or_404(OwnLimit.objects.visible_to(request.user), own_limit_id)
    form = EndLimitForm(request.POST or None, initial={"valid_until": timezone.localdate()})

    def run(cleaned: dict[str, Any]) -> str:
        until: date = cleaned["valid_until"]
        operations.end_own_limit(by=request.user, own_limit_id=row.pk, valid_until=until, reason=cleaned["reason"])
        return f"{reverse('limits')}?own=on"

    title = _("Until when does this limit hold: %(limit)s?") % {"limit": row}
    return form_page(request, form, run, title=title, submit=_("Let it end"), cancel_url=reverse("limits"))
