"""The reader's language: account, cookie, browser, in this order."""

import datetime as dt
import re

import pytest
from django.utils import translation

from tests.factories import make_user
from wardwright.platform.access.models import User
from wardwright.platform.audit.models import AuditChange
from wardwright.web.pages.audit import CHANGES
from wardwright.web.templatetags import ui

pytestmark = pytest.mark.django_db


BACKEND = "wardwright.platform.access.login.PasswordBackend"


def test_the_browser_decides_for_a_stranger(client):
    assert client.get("/login/", headers={"accept-language": "es-MX,es;q=0.9"})["Content-Language"] == "es"
    assert client.get("/login/", headers={"accept-language": "tlh"})["Content-Language"] == "en"


def test_a_choice_is_kept_in_the_account_and_the_trail(client):
    user = make_user()
    client.force_login(user, backend=BACKEND)
    answer = client.post("/language/", {"language": "fr", "next": "/devices/"})
    assert (answer.status_code, answer["Location"]) == (302, "/devices/")
    assert User.objects.get(pk=user.pk).language == "fr"
    assert AuditChange.objects.order_by("-id").first().operation == "directory.choose_language"
    assert client.get("/my-account/", headers={"accept-language": "es"})["Content-Language"] == "fr"


def test_a_stranger_s_choice_is_a_cookie(client):
    client.post("/language/", {"language": "es"})
    assert client.get("/login/", headers={"accept-language": "fr"})["Content-Language"] == "es"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_never_leads_away(client, target):
    assert client.post("/language/", {"language": "en", "next": target})["Location"] == "/"


def test_an_unknown_language_is_refused(client):
    user = make_user()
    client.force_login(user, backend=BACKEND)
    assert client.post("/language/", {"language": "../fr"}).status_code == 400
    assert User.objects.get(pk=user.pk).language == ""


def test_programs_say_it_themselves(client):
    user = make_user(language="fr")
    client.force_login(user, backend=BACKEND)
    assert client.get("/api/v1/assets/999999", headers={"accept-language": "es"})["Content-Language"] == "es"


def test_large_numbers_are_grouped_as_the_reader_writes_them():
    records = next(column for column in CHANGES.columns if column.key == "records")
    with translation.override("es"):
        assert records.html(AuditChange(records=12345)) == "12\u00a0345"
    with translation.override("en"):
        assert records.html(AuditChange(records=12345)) == "12,345"


@pytest.mark.parametrize(("language", "day"), [("en", "20 Nov 2026"), ("es", "20 nov 2026")])
def test_a_date_is_written_as_in_the_reader_s_language(language, day):
    with translation.override(language):
        shown = [ui.date(dt.date(2026, 11, 20)), ui.date(dt.datetime(2026, 11, 20, 14, 5, tzinfo=dt.UTC))]
    assert [re.sub("<[^>]*>", "", str(html)) for html in shown] == [day, f"{day}, 14:05"]
