"""Printing labels: choose devices in the register, choose a sheet, look, print."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wardwright.platform.core.errors import NotFound, Refused
from wardwright.platform.core.values import as_id
from wardwright.platform.core.words import number_words
from wardwright.platform.exchange.models import ImportSession
from wardwright.web.row_forms import edit_page
from wardwright.web.tables import Action, Column, Table, list_page
from wardwright.web.views import form_page, page, visible_or_404

from .. import labels, operations, permissions
from ..count_forms import LabelFormatForm, LabelsForm
from ..models import Asset, LabelFormat
from ..queries import devices_of_import
from ..tables import DEVICES

#: The cookie that remembers what was printed on last; it belongs to the desk with the printer.
REMEMBERED = f"{settings.COOKIE_PREFIX}label-format"
READY = "labels"
A_YEAR = 365 * 24 * 3600


@page(permissions.CHANGE)
def print_labels(request: HttpRequest) -> HttpResponse:
    """For the devices selected in the register (posted), of its filter, of an import, or one (``?selected=``)."""
    ids = _chosen(request)
    if "preview" in request.POST:
        return _preview(request, ids)
    form = LabelsForm(request.user, _sent(request), initial=_initial(request, ids))
    if len(ids) > labels.MOST or not ids:
        return _none(request, ids)

    def run(cleaned: dict[str, Any]) -> str:
        wish = labels.wish(request.user, **form.wish())
        operations.give_codes(by=request.user, asset_ids=ids)
        request.session[READY] = {"assets": ids, **form.wish()}
        places = wish.label_format.sheet().per_page
        request.session["label-start"] = (wish.start - 1 + len(ids)) % places + 1
        return reverse("labels-ready")

    title = ngettext("A label for %(n)s device", "Labels for %(n)s devices", len(ids)) % {"n": number_words(len(ids))}
    answer = form_page(
        request, form, run, title=title, submit=_("Make the labels"), template="assets/labels.html",
        cancel_url=reverse("devices"), count=len(ids),
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        answer.set_cookie(
            REMEMBERED, form.cleaned_data["label_format"], A_YEAR, samesite="Lax", httponly=True,
            secure=request.is_secure(),
        )  # fmt: skip
    return answer


def _none(request: HttpRequest, ids: list[int]) -> HttpResponse:
    title = _("These are too many devices at once") if ids else _("No device was chosen")
    return render(request, "assets/labels_none.html", {"title": title, "most": number_words(labels.MOST)})


def _chosen(request: HttpRequest) -> list[int]:
    """The devices meant, in their order; at most one more than may be printed at once."""
    given = request.POST if request.method == "POST" else request.GET
    most = labels.MOST + 1
    seen = Asset.objects.visible_to(request.user)
    if "selected" in given:
        parts = [part for value in given.getlist("selected") for part in value.split(",")]
        ids = list(dict.fromkeys(pk for part in parts[:most] if (pk := as_id(part)) is not None))
        there = set(seen.filter(pk__in=ids).values_list("pk", flat=True))
        if len(there) != len(ids):
            raise NotFound(_("Some of these devices do not exist, or you may not see them."), _("Reload the list."))
        return ids
    if "import" in given:
        session = visible_or_404(ImportSession.objects.visible_to(request.user), as_id(given["import"]) or 0)
        return list(
            seen.filter(pk__in=devices_of_import(session.pk)).order_by("tag").values_list("pk", flat=True)[:most]
        )
    rows = DEVICES.filtered(request).order_by(DEVICES.order_of(request))
    return list(rows.values_list("pk", flat=True)[:most])


def _sent(request: HttpRequest) -> Any:
    """The form's own data; the first arrival from the list carries only the selection."""
    return request.POST if "once" in request.POST else None


def _initial(request: HttpRequest, ids: list[int]) -> dict[str, Any]:
    return {
        "selected": ",".join(map(str, ids)),
        "label_format": request.COOKIES.get(REMEMBERED, ""),
        "wording": request.GET.get("wording", "identity"),
        "symbols": "both",
        "start": request.session.get("label-start", 1),
    }


def _preview(request: HttpRequest, ids: list[int]) -> HttpResponse:
    """The first page as a picture, for HTMX."""
    form = LabelsForm(request.user, request.POST)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            wish = labels.wish(request.user, **form.wish())
            png, lost = labels.preview(by=request.user, asset_ids=ids[: labels.MOST], wish=wish)
            context |= {"picture": base64.b64encode(png).decode(), "lost": lost, "wish": wish}
        except Refused as error:
            context["refused"] = str(error)
    return render(request, "assets/_label_preview.html", context)


@page(permissions.CHANGE)
def labels_ready(request: HttpRequest) -> HttpResponse:
    """The labels that were made last in this session: PDF, or the text for a label printer."""
    made = request.session.get(READY)
    if not made:
        return _none(request, [])
    wish = _wish(request, made)
    count = len(made["assets"])
    sheets = -(-(wish.start - 1 + count) // wish.label_format.sheet().per_page)
    title = ngettext("%(n)s label is ready", "%(n)s labels are ready", count) % {"n": number_words(count)}
    context = {"title": title, "wish": wish, "sheets": sheets, "next": request.session.get("label-start", 1)}
    return render(request, "assets/labels_ready.html", context)


@page(permissions.CHANGE)
def labels_file(request: HttpRequest) -> HttpResponse:
    """The labels of this session as a file: PDF, or ZPL with ``?dpi=203`` or ``300``."""
    made = request.session.get(READY)
    if not made:
        raise NotFound(_("No labels are ready."), _("Choose devices in the register first."))
    wish = _wish(request, made)
    dpi = as_id(request.GET.get("dpi", ""))
    if dpi:
        text = labels.labels_zpl(by=request.user, asset_ids=made["assets"], wish=wish, dpi=dpi)
        answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="labels-{dpi}dpi.zpl"'
        return answer
    pdf = labels.labels_pdf(by=request.user, asset_ids=made["assets"], wish=wish)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return answer


def _wish(request: HttpRequest, made: dict[str, Any]) -> labels.Wish:
    return labels.wish(request.user, **{name: value for name, value in made.items() if name != "assets"})


# The formats ----------------------------------------------------------------------------------------------------


def _size(row: LabelFormat) -> str:
    return f"{number_words(row.width_mm)} × {number_words(row.height_mm)}"


FORMATS = Table(
    key="label-formats",
    rows=lambda by: LabelFormat.objects.visible_to(by),
    columns=[
        Column("name", gettext_lazy("Name"), lambda r: r.name, order="name"),
        Column("size", gettext_lazy("Label (mm)"), _size, numeric=True),
        Column("per_page", gettext_lazy("On one page"), lambda r: r.columns * r.rows, numeric=True),
        Column("code", gettext_lazy("Short name"), lambda r: r.code),
        Column("offered", gettext_lazy("Offered"), lambda r: _("yes") if r.is_active else _("no")),
    ],
    row_url=lambda r: reverse("edit-label-format", args=[r.pk]),
    sentence=lambda count, request: _("%(count)s to print labels on") % {"count": count},
    order="name",
    empty=(gettext_lazy("No sheet is known"), gettext_lazy("Add the one you have: its sizes are on the box.")),
    noun=("format", "formats"),
    actions=lambda by: [Action(_("New format"), reverse("new-label-format"), permissions.CATALOGUE, "plus", True)],
)


@page(permissions.VIEW)
def label_formats(request: HttpRequest) -> HttpResponse:
    return list_page(request, FORMATS)


@page(permissions.CATALOGUE)
def new_label_format(request: HttpRequest) -> HttpResponse:
    form = LabelFormatForm(request.user, request.POST or None, initial={"columns": 1, "rows": 1, "halves": 1})

    def run(cleaned: dict[str, Any]) -> str:
        operations.create_label_format(by=request.user, values=form.values())
        return reverse("label-formats")

    return form_page(request, form, run, title=_("A new sheet or label"), cancel_url=reverse("label-formats"))


@page(permissions.CATALOGUE)
def edit_label_format(request: HttpRequest, label_format_id: int) -> HttpResponse:
    row = visible_or_404(LabelFormat.objects.visible_to(request.user), label_format_id)
    form = LabelFormatForm(request.user, request.POST or None, row=row)
    back = reverse("label-formats")
    return edit_page(request, form, operations.change_label_format, "label_format_id", back, row.name)
