"""The camera as a scanner."""

from __future__ import annotations

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wardwright.web.views import page

#: For pages on which the camera reads codes: their policy lets WebAssembly run, and nothing else more.
with_scanner = csp_update({"script-src": ["'wasm-unsafe-eval'"]})


@with_scanner
@page(None)
def scan(request: HttpRequest) -> HttpResponse:
    return render(request, "assets/scan.html", {"title": _("Scan a label")})
