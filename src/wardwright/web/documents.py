"""Documents of any owner: ``document_urls(owner, …)`` gives its panel, its form, its files, and withdrawing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wardwright.platform.attachments.kinds import ENDINGS, PICTURES
from wardwright.platform.attachments.models import CERTIFICATES, MANUALS, Attachment
from wardwright.platform.attachments.operations import MOST_FILES, add_documents, withdraw_document
from wardwright.platform.attachments.owners import OWNERS, Owner, owner_of
from wardwright.platform.attachments.serving import file_response
from wardwright.platform.attachments.uploads import keep_files

from .views import OnceForm, form_page, page, subject_or_404, visible_or_404

SHOWN = 100
THUMBNAIL_BYTES = 600_000  # a picture larger than this is a line with an icon; nothing here can make it smaller
ACCEPT = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)
# What a hospital's manuals come in, before the other languages Django knows.
USUAL_LANGUAGES = ("en", "fr", "es", "de", "pt", "ar", "zh-hans", "vi", "it", "nl")


# Addresses ------------------------------------------------------------------------------------------------------


def document_urls(owner: Owner, prefix: str, back: str) -> list[URLPattern]:
    """The addresses of an owner's documents, below ``prefix`` (``devices/<int:asset_id>/``).

    ``back`` names the owner's own page. Names: ``asset-documents`` (the panel), ``add-asset-documents``,
    ``asset-document`` (the file) and ``withdraw-asset-document``.
    """
    views = _Views(owner, back)
    one = f"documents/{owner.key}/<int:{owner.document_parameter}>/"
    routes: list[tuple[str, Callable[..., HttpResponse], str]] = [
        (f"{prefix}documents/", views.panel, f"{owner.key}-documents"),
        (f"{prefix}documents/add/", views.add, f"add-{owner.key}-documents"),
        (one, views.file, f"{owner.key}-document"),
        (f"{one}withdraw/", views.withdraw, f"withdraw-{owner.key}-document"),
    ]
    return [path(route, _page(owner, view, name), name=name) for route, view, name in routes]


def _page(owner: Owner, view: Callable[..., HttpResponse], name: str) -> Callable[..., HttpResponse]:
    def run(request: HttpRequest, **numbers: int) -> HttpResponse:
        (number,) = numbers.values()
        return view(request, number)

    run.__qualname__ = run.__name__ = name
    return page(owner.view)(run)


@dataclass(frozen=True)
class _Views:
    """The pages of one owner's documents; each takes the number in its address."""

    owner: Owner
    back: str

    def panel(self, request: HttpRequest, owner_id: int) -> HttpResponse:
        row = subject_or_404(request, self.owner.model, owner_id)
        found = _with_manuals(request, self.owner, row)
        documents = [one for one in found if one.owner_table == self.owner.table]
        manuals = [one for one in found if one.owner_table != self.owner.table]
        may = self.owner.may_add(request.user, row)
        context = {
            "lines": [_line(self.owner, one, may) for one in documents if one.is_in_force],
            "past": [_line(self.owner, one, False) for one in documents if not one.is_in_force],
            "beside": [_line(owner_of(one.owner_table) or self.owner, one, False) for one in manuals],
            "add_url": reverse(f"add-{self.owner.key}-documents", args=[owner_id]) if may else "",
            "form": DocumentForm(self.owner, documents) if may else None,
            "owner": self.owner,
        }
        return render(request, "web/documents/panel.html", context)

    def add(self, request: HttpRequest, owner_id: int) -> HttpResponse:
        row = visible_or_404(self.owner.rows(request.user), owner_id)
        documents = list(_of(request, self.owner, owner_id).in_force()[:SHOWN])
        form = DocumentForm(self.owner, documents, request.POST or None, request.FILES or None)
        back = f"{reverse(self.back, args=[owner_id])}#panel-documents"

        def run(cleaned: dict[str, Any]) -> str:
            kept = keep_files(request.user, self.owner, row, cleaned["kind"], form.taken_files())
            add_documents(by=request.user, owner=self.owner.key, owner_id=owner_id, files=kept, **form.facts())
            return back

        title = _("Add documents to %(name)s") % {"name": row}
        return form_page(
            request, form, run, title=title, submit=_("Add"), template="web/documents/form.html", cancel_url=back
        )

    def file(self, request: HttpRequest, attachment_id: int) -> HttpResponse:
        return file_response(self._document(request, attachment_id), download="download" in request.GET)  # type: ignore[return-value]

    def withdraw(self, request: HttpRequest, attachment_id: int) -> HttpResponse:
        document = self._document(request, attachment_id)
        back = f"{reverse(self.back, args=[document.owner_id])}#panel-documents"

        def run(cleaned: dict[str, Any]) -> str:
            withdraw_document(by=request.user, attachment_id=document.pk, reason=cleaned["reason"])
            return back

        return form_page(
            request, WithdrawForm(request.POST or None), run, title=_("Withdraw %(name)s") % {"name": document.name},
            intro=_("It stays readable, marked as withdrawn with your reason, and is offered nowhere else."),
            submit=_("Withdraw"), dangerous=True, cancel_url=back,
        )  # fmt: skip

    def _document(self, request: HttpRequest, attachment_id: int) -> Attachment:
        found = Attachment.objects.visible_to(request.user).filter(owner_table=self.owner.table)
        return visible_or_404(found, attachment_id)


def _of(request: HttpRequest, owner: Owner, owner_id: int) -> Any:
    """The documents of one row, the newest first."""
    return Attachment.objects.visible_to(request.user).of(owner.table, owner_id).order_by("-id")


def _with_manuals(request: HttpRequest, owner: Owner, row: Any) -> list[Attachment]:
    """The documents of one row, and the manuals in use of what it is: of its model. The newest first, in one query."""
    wanted = Q(owner_table=owner.table, owner_id=row.pk)
    for key, owner_id in owner.beside(row):
        manuals = Q(kind__in=MANUALS, withdrawn_at=None, superseded_by=None)
        wanted |= Q(manuals, owner_table=OWNERS[key].table, owner_id=owner_id)
    return list(Attachment.objects.visible_to(request.user).filter(wanted).order_by("-id")[:SHOWN])


# Lines ----------------------------------------------------------------------------------------------------------


def _line(owner: Owner, document: Attachment, may: bool) -> dict[str, Any]:
    url = reverse(f"{owner.key}-document", args=[document.pk])
    return {
        "document": document,
        "url": url,
        "thumbnail": url if document.media_type in PICTURES and document.size_bytes <= THUMBNAIL_BYTES else "",
        "icon": _icon(document),
        "language": language_words(document.language),
        "withdraw_url": reverse(f"withdraw-{owner.key}-document", args=[document.pk]) if may else "",
    }


def _icon(document: Attachment) -> str:
    if document.kind in CERTIFICATES:
        return "file-certificate"
    return "photo" if document.media_type in PICTURES else "file-text"


def language_words(code: str) -> str:
    """A language by its own name; a code nobody knows is shown as it is."""
    return LANG_INFO.get(code, {}).get("name_local", code)


# Forms ----------------------------------------------------------------------------------------------------------


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A file field that takes several; its value is a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """What was sent; whether there is anything is asked of the whole form, which also has the camera."""
        return [one for one in (data if isinstance(data, list | tuple) else [data]) if one]


class DocumentForm(OnceForm):
    """Files, what they are, and what is known of them."""

    files = FilesField(  # type: ignore[assignment]  # the form keeps what was sent under the same name, elsewhere
        label=gettext_lazy("Files"),
        widget=SeveralFiles(attrs={"accept": ACCEPT, "class": "file-drop"}),
    )
    camera = forms.FileField(
        label=gettext_lazy("Take a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    replaces_id = forms.TypedChoiceField(
        label=gettext_lazy("Replaces"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("The older document stays readable, marked as replaced."),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    revision = forms.CharField(label=gettext_lazy("Version"), required=False, max_length=60)
    dated_on = forms.DateField(label=gettext_lazy("Date of the document"), required=False, widget=forms.DateInput)
    valid_until_on = forms.DateField(label=gettext_lazy("Valid until"), required=False, widget=forms.DateInput)
    caption = forms.CharField(label=gettext_lazy("What it shows"), required=False, max_length=200)

    def __init__(self, owner: Owner, documents: list[Attachment], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        limit = settings.FILE_BYTES // 1_000_000
        self.fields["files"].help_text = _(
            "Drop files here or choose them: pictures, PDF, office files, text, DICOM, ZIP; up to %(limit)s MB each."
        ) % {"limit": limit}
        self.fields["kind"].choices = [(kind.value, str(kind.label).capitalize()) for kind in owner.kinds]
        self.fields["kind"].initial = owner.kinds[0].value
        self.fields["language"].choices = [("", "–"), *((c, language_words(c)) for c in USUAL_LANGUAGES)]
        current = [one for one in documents if one.is_in_force]
        self.fields["replaces_id"].choices = [("", _("nothing")), *((one.pk, one.name) for one in current)]
        if not current:
            del self.fields["replaces_id"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        found = len(self.taken_files())
        if not found and "files" not in self.errors:
            self.add_error("files", _("Choose a file, or drop one here."))
        if found > MOST_FILES:
            self.add_error("files", _("Send up to %(most)s files at once.") % {"most": MOST_FILES})
        if found > 1 and given.get("replaces_id"):
            self.add_error("replaces_id", _("One file replaces one document: send it by itself."))
        return given

    def taken_files(self) -> list[Any]:
        """What was chosen, dropped or photographed."""
        given = self.cleaned_data
        return [*given.get("files", []), *([given["camera"]] if given.get("camera") else [])]

    def facts(self) -> dict[str, Any]:
        """The entries as the operation names them."""
        names = ("kind", "language", "revision", "dated_on", "valid_until_on", "caption", "replaces_id")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class WithdrawForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: belongs to another device."),
    )  # fmt: skip
