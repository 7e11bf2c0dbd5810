"""The pieces every page is made of: who may open it, and how a form becomes one operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from wardwright.platform.access.scope import allowed
from wardwright.platform.core.errors import Denied, NotFound, Refused, Repeated
from wardwright.platform.core.kept import row_by_number
from wardwright.platform.core.once import answer_once
from wardwright.platform.core.submission import submission

PAGES: dict[str, Any] = {}


def page(permission: Any) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page that needs ``permission`` somewhere (None: any log-in). What it shows is scoped by ``visible_to``."""

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_login(request)
            if permission is not None and not allowed(request.user, permission):
                raise Denied(
                    _("You may not see this page."), _("Ask the person who manages access in your department.")
                )
            return view(request, *args, **kwargs)

        run.permission = permission  # type: ignore[attr-defined]
        PAGES[f"{view.__module__}.{view.__qualname__}"] = run
        return run

    return mark


def to_login(request: HttpRequest) -> HttpResponse:
    """Send to the log-in page and back afterwards; HTMX gets a full redirect instead of a login form in a box."""
    url = f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}"
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def asks_for(request: HttpRequest, part: str) -> bool:
    """True where HTMX asks for one part of the page: the element with the id ``part``."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx is not None and htmx and htmx.target == part)


def visible_or_404(queryset: Any, pk: int) -> Any:
    """The row ``pk`` of an already scoped queryset; a row out of reach is answered like one that does not exist."""
    row = row_by_number(queryset, pk)
    if row is None:
        raise NotFound(
            _("There is no such record, or you may not see it."), _("Check the number, or search for it above.")
        )
    return row


def subject_or_404(request: HttpRequest, model: Any, pk: int) -> Any:
    """The row a panel stands on: the one its page has just shown this reader, else read as in ``visible_or_404``."""
    shown = getattr(request, "shown_row", None)
    if isinstance(shown, model) and shown.pk == pk:
        return shown
    return visible_or_404(model.objects.visible_to(request.user), pk)


class OnceForm(forms.Form):
    """A form whose second submission changes nothing: it carries a random key."""

    required_css_class = "required"
    fields: dict[str, Any]  # only the form itself knows which kind of field each of its names is
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if not self.is_bound:
            self.initial["once"] = get_random_string(32)

    def refuse(self, error: Refused) -> None:
        """Show a refused operation as this form's errors; everything typed stays.

        What is about one entry is said once, beside it, with the way forward.
        """
        beside = {name: str(words) for name, words in error.fields.items() if name in self.fields}
        for name, words in beside.items():
            if len(beside) == 1 and words in str(error.message):
                self.add_error(name, str(error))
                return
            self.add_error(name, words)
        if str(error.message) not in beside.values():
            self.add_error(None, str(error))


def run_form(request: HttpRequest, form: forms.Form, run: Callable[[dict[str, Any]], str]) -> HttpResponse | None:
    """If ``form`` was sent and is valid, call ``run(cleaned)`` (one operation; it returns where to go next).

    Returns the redirect, or None when the form is to be shown (again), with any refusal among its errors.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    cleaned = dict(form.cleaned_data)
    key = cleaned.pop("once", "") or ""
    try:
        with submission(f"{request.user.pk}:{key}" if key else ""):
            url = run(cleaned)
    except Repeated as repeated:
        return go(request, repeated.result or reverse("home"))
    except Refused as error:
        form.status = error.status  # type: ignore[attr-defined]
        if isinstance(form, OnceForm):
            form.refuse(error)
        else:
            form.add_error(None, str(error))
        return None
    if key:
        answer_once(f"{request.user.pk}:{key}", url)
    return go(request, url)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect, for HTMX by its header."""
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def form_page(
    request: HttpRequest,
    form: forms.Form,
    run: Callable[[dict[str, Any]], str],
    *,
    title: Any,
    submit: Any = None,
    template: str = "web/form.html",
    **context: Any,
) -> HttpResponse:
    """A whole form page: show it, or run its operation and go on; a refusal shows it again with status 409 or 422."""
    answer = run_form(request, form, run)
    if answer is not None:
        return answer
    status = getattr(form, "status", 422) if form.is_bound and form.errors else 200
    return render(
        request, template, {"form": form, "title": title, "submit": submit or _("Save"), **context}, status=status
    )
