"""The box on a device's page: its place in the equipment library."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wardwright.apps.assets.models import Asset
from wardwright.apps.lending import permissions, queries
from wardwright.web.views import page, subject_or_404


@page(permissions.VIEW)
def asset_library(request: HttpRequest, asset_id: int) -> HttpResponse:
    asset = subject_or_404(request, Asset, asset_id)
    history = queries.history_of(request.user, asset, count=4)
    return render(request, "lending/asset_panel.html", {"asset": asset, "history": history})
