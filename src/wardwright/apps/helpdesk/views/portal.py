"""Asking for help with any phone: scan the label, tap a symptom, answer two questions, send. No log-in, no script.

Every question is a page of its own whose answers are links, so that one tap answers it and Back works. The answers so
far travel in the address; nothing is written before Send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from wardwright.apps.assets.models import Asset
from wardwright.apps.assets.queries import asset_coded, reasons_not_to_use, resolve
from wardwright.apps.helpdesk import operations, queries
from wardwright.apps.helpdesk.models import Symptom
from wardwright.apps.helpdesk.operations.receiving import GONE, MAX_PHOTO_BYTES
from wardwright.apps.helpdesk.states import Answer, Source
from wardwright.platform.access.limits import Limit
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid, Refused, Repeated
from wardwright.platform.core.submission import submission

from . import gate

PORTAL = System("portal")
SEND_ADDRESS = Limit(30, 600)
SEND_DEVICE = Limit(12, 3600)
SEND_HOUSE = Limit(900, 3600)
OUR_ADDRESS = re.compile(r"/r/([0-9a-z]{6,12})", re.IGNORECASE)
HARM = [
    (Answer.NO, gettext_lazy("No"), "circle-check"),
    (Answer.YES, gettext_lazy("Yes"), "alert-octagon"),
    (Answer.UNSURE, gettext_lazy("Not sure"), "help"),
]
CLEAN = [
    (Answer.YES, gettext_lazy("Yes, wiped down"), "circle-check"),
    (Answer.NO, gettext_lazy("No, or not sure"), "droplet"),
]


@dataclass(frozen=True)
class Answers:
    """What was answered so far; ``base`` is what the address needs besides."""

    symptom: Symptom | None
    harm: str
    clean: str
    key: str
    base: dict[str, str]

    def url(self, **more: str) -> str:
        """This page's address with one more answer."""
        given = {**self.base, "s": str(self.symptom.pk) if self.symptom else "", "h": self.harm, "c": self.clean,
                 "k": self.key, **more}  # fmt: skip
        return "?" + urlencode({name: value for name, value in given.items() if value})


# No log-in stands behind these pages, so there is nothing that a form on another site could borrow; and a phone that
# keeps no cookies can still ask for help.
@csrf_exempt
@gate.guarded
def portal(request: HttpRequest, asset_code: str) -> HttpResponse:
    """The page that the code of a label opens."""
    if not gate.is_open(gate.BY_CODE):
        return gate.nothing_here(request)
    gate.check_guesses(request)
    asset = asset_coded(asset_code.replace("\x00", ""))
    if asset is None:
        return gate.wrong_code(request)
    return _ask(request, asset, {})


@csrf_exempt
@gate.guarded
def help_page(request: HttpRequest) -> HttpResponse:
    """The same without a label: the number on the device is typed or scanned."""
    if not gate.is_open(gate.BY_NUMBER):
        return gate.nothing_here(request)
    text = (request.GET.get("tag") or "").replace("\x00", "").strip()[:300]
    if not text:
        return gate.public_page(request, "helpdesk/help.html")
    scanned = OUR_ADDRESS.search(text)
    if scanned:
        return HttpResponseRedirect(reverse("portal", args=[scanned[1].lower()]))
    gate.count_search(request)
    asset = resolve(PORTAL, text).asset
    if asset is None:
        return gate.public_page(request, "helpdesk/help.html", 404, text=text[:60])
    return _ask(request, asset, {"tag": asset.tag})


def _ask(request: HttpRequest, asset: Asset, base: dict[str, str]) -> HttpResponse:
    """The next question, or what is sent."""
    if asset.status in GONE:
        return gate.public_page(request, "helpdesk/gone.html", asset=asset)
    if request.method == "POST":
        return _sent(request, asset, base)
    tiles = queries.symptoms_for(asset.device_type_id)
    answers = _answers(request.GET, asset, tiles, base)
    if answers.symptom is None:
        return _first_page(request, asset, answers, tiles)
    if answers.harm not in Answer.values:
        return _page(request, asset, answers, "harm", choices=_links(answers, "h", HARM), back=answers.url(s="", h=""))
    if answers.harm == Answer.NO and answers.clean not in Answer.values:
        return _page(request, asset, answers, "clean", choices=_links(answers, "c", CLEAN), back=answers.url(h=""))
    return _send_page(request, asset, answers)


def _answers(given: Any, asset: Asset, tiles: list[Symptom], base: dict[str, str]) -> Answers:
    chosen = str(given.get("s", ""))
    return Answers(
        next((tile for tile in tiles if str(tile.pk) == chosen), None),
        str(given.get("h", ""))[:6],
        str(given.get("c", ""))[:6],
        gate.known_key(asset.pk, str(given.get("k", ""))),
        base,
    )


def _links(answers: Answers, name: str, choices: Any) -> list[dict[str, Any]]:
    return [{"url": answers.url(**{name: value}), "label": label, "icon": icon} for value, label, icon in choices]


def _first_page(
    request: HttpRequest,
    asset: Asset,
    answers: Answers,
    tiles: list[Symptom],
    status: int = 200,
    words: str = "",
    typed: Any = None,
) -> HttpResponse:
    """What is wrong? A known fault is told first, so that nobody reports it twice.

    With what was ``typed`` the tiles send it: its symptom is no longer among them.
    """
    known = queries.already_reported(asset) if "new" not in request.GET and typed is None else None
    more = {"h": answers.harm} if answers.harm in Answer.values else {}
    shown = [
        {"pk": tile.pk, "url": answers.url(s=str(tile.pk), **more), "label": tile.label, "icon": tile.icon}
        for tile in tiles
    ]
    return _page(
        request, asset, answers, "symptom", status, choices=shown, known=known, words=words, typed=typed,
        other_url=answers.url(new="1"), harmed_url=answers.url(new="1", h=Answer.YES.value),
    )  # fmt: skip


def _send_page(
    request: HttpRequest, asset: Asset, answers: Answers, status: int = 200, words: str = ""
) -> HttpResponse:
    now = timezone.now()
    harmed = answers.harm == Answer.YES
    return _page(
        request,
        asset,
        answers,
        "send",
        status,
        words=words,
        harmed=harmed,
        typed=request.POST,
        lost_photo=bool(request.FILES),
        clean_words={Answer.YES: _("clean"), Answer.NO: _("not clean")}.get(Answer(answers.clean), "")
        if answers.clean in Answer.values
        else "",
        on_call=queries.is_on_call(asset.site_id, asset.department_id, now),
        back=answers.url(h="") if answers.harm != Answer.NO else answers.url(c=""),
    )


def _page(
    request: HttpRequest, asset: Asset, answers: Answers, question: str, status: int = 200, **context: Any
) -> HttpResponse:
    where = [part for part in (asset.department, asset.room) if part is not None]
    return gate.public_page(
        request,
        f"helpdesk/ask_{question}.html",
        status,
        asset=asset,
        where=", ".join(map(str, where)) or str(asset.site),
        answers=answers,
        picture=asset.device_type.icon or "device-heart-monitor",
        has_picture=queries.has_picture(asset.device_type_id),
        out_of_use=reasons_not_to_use(asset),
        **context,
    )


# Sending ----------------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, asset: Asset, base: dict[str, str]) -> HttpResponse:
    """Send is pressed: one request, however often the phone repeats it."""
    if gate.too_large(request):
        return gate.public_page(request, "helpdesk/too_large.html", 413, limit=MAX_PHOTO_BYTES // 1_000_000)
    tiles = queries.symptoms_for(asset.device_type_id)
    answers = _answers(request.POST, asset, tiles, base)
    is_echo = request.POST.get("echo") == "1"
    try:
        gate.check_honeypot(request)
        key = gate.check_key(asset.pk, request.POST.get("k", ""))
        _count(request, asset, answers.harm == Answer.YES)
        with submission(f"portal:{asset.pk}:{key}"):
            made = _echo(asset) if is_echo else _request(request, asset, answers)
    except Repeated as repeated:
        return _to_ticket(repeated.result)
    except Refused as error:
        if is_echo or answers.symptom is None:
            typed = None if is_echo else request.POST
            return _first_page(request, asset, answers, tiles, error.status, str(error), typed)
        return _send_page(request, asset, answers, error.status, str(error))
    return _to_ticket(made.code)


def _count(request: HttpRequest, asset: Asset, harmed: bool) -> None:
    """Too many from one phone, about one device, or in the whole house. Harm is never held back by others' requests."""
    words = _("Too many requests came from here in a short time. This one was not sent.")
    gate.count_or_refuse(f"address {gate.address(request)}", SEND_ADDRESS, words)
    if harmed:
        return
    device = _("This device was reported many times within the hour. The desk knows about it.")
    gate.count_or_refuse(f"device {asset.pk}", SEND_DEVICE, device)
    gate.count_or_refuse("house", SEND_HOUSE, _("Very many requests came in within the hour. This one was not sent."))


def _request(request: HttpRequest, asset: Asset, answers: Answers) -> Any:
    sent = request.POST
    if answers.symptom is None or answers.harm not in Answer.values:
        raise Invalid(_("Say what is wrong first."), _("Scan the label again and choose a symptom."))
    return operations.send_request(
        by=PORTAL,
        asset_id=asset.pk,
        symptom_id=answers.symptom.pk,
        harm=answers.harm,
        wiped=answers.clean if answers.clean in Answer.values else "",
        words=sent.get("words", ""),
        reporter_name=sent.get("name", ""),
        callback=sent.get("callback", ""),
        source=Source.PORTAL,
        **_photo(request),
    )


def _photo(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("photo")
    if file is None or not file.size:
        return {}
    if file.size > MAX_PHOTO_BYTES:
        limit = MAX_PHOTO_BYTES // 1_000_000
        raise Invalid(_("The photo is larger than %(limit)s MB.") % {"limit": limit}, _("Send it without."))
    return {"photo": file.read(), "photo_name": file.name or ""}


def _echo(asset: Asset) -> Any:
    return operations.echo_request(by=PORTAL, asset_id=asset.pk)


def _to_ticket(code: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("ticket", args=[code]) + "?sent=1" if code else reverse("help"))
    response.status_code = 303
    return response
