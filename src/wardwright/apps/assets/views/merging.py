"""The merge queue: one pair after the other, side by side."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wardwright.platform.core.values import as_id
from wardwright.web.views import page, run_form, visible_or_404

from .. import operations, permissions
from ..forms import MergeForm
from ..models import MergeCandidate
from ..queries import merge_sides, open_candidates

AHEAD = 8


@page(permissions.MERGE)
def merge_queue(request: HttpRequest) -> HttpResponse:
    """The next pair; ``?kind=`` keeps to companies, models, types or devices, ``?after=`` steps over one for now."""
    kind = request.GET.get("kind", "")
    waiting = open_candidates(request.user)
    counts = dict(waiting.order_by().values_list("kind").annotate(n=Count("pk")))
    of_kind = waiting.filter(kind=kind) if kind in MergeCandidate.Kind.values else waiting
    skipped = [pk for text in request.GET.getlist("skip")[:200] if (pk := as_id(text)) is not None]
    pairs = list(of_kind.exclude(pk__in=skipped)[: AHEAD + 1])
    return _show(request, pairs, counts, kind, MergeForm() if pairs else None)


@page(permissions.MERGE)
def decide_merge(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """One pair; a decision leads to the next one."""
    pair = visible_or_404(MergeCandidate.objects.visible_to(request.user), candidate_id)
    form = MergeForm(request.POST or None)
    kind = request.GET.get("kind", "")

    def run(cleaned: dict[str, Any]) -> str:
        decision, _sign, keep = cleaned["decision"].partition("-")
        operations.decide_merge(
            by=request.user, candidate_id=pair.pk, decision=decision, keep=keep or "left",
            relation=cleaned["relation"] or "related", reason=cleaned["reason"],
        )  # fmt: skip
        return reverse("merge-queue") + (f"?kind={kind}" if kind else "")

    answer = run_form(request, form, run)
    if answer is not None:
        return answer
    return _show(request, [pair], {}, kind, form)


def _show(request: HttpRequest, pairs: list[Any], counts: dict[str, int], kind: str, form: Any) -> HttpResponse:
    pair = pairs[0] if pairs else None
    left, right = merge_sides(request.user, pair) if pair else (None, None)
    total = sum(counts.values())
    context = {
        "pair": pair, "left": left, "right": right, "next_pairs": pairs[1:], "form": form, "kind": kind,
        "title": _title(pair), "rows": list(zip(left.facts, right.facts, strict=False)) if left and right else [],
        "kinds": [(value, label, counts[value]) for value, label in MergeCandidate.Kind.choices if value in counts],
        "total": total,
        "skip_url": _skip_url(request, pair),
        "action_url": reverse("decide-merge", args=[pair.pk]) + (f"?kind={kind}" if kind else "") if pair else "",
    }  # fmt: skip
    status = getattr(form, "status", 422) if form is not None and form.is_bound and form.errors else 200
    return render(request, "assets/merge.html", context, status=status)


def _title(pair: Any) -> str:
    if pair is None:
        return _("No similar names wait for a decision")
    if pair.decision != MergeCandidate.Decision.OPEN:
        return _("Decided: %(left)s and %(right)s are %(decision)s") % {
            "left": pair.left_name, "right": pair.right_name, "decision": pair.get_decision_display(),
        }  # fmt: skip
    return _("Is “%(left)s” the same as “%(right)s”?") % {"left": pair.left_name, "right": pair.right_name}


def _skip_url(request: HttpRequest, pair: Any) -> str:
    if pair is None:
        return ""
    query = request.GET.copy()
    query.appendlist("skip", str(pair.pk))
    return f"{reverse('merge-queue')}?{query.urlencode()}"
