"""Views of lists and reports: kept, shared with a role, sent as their reader sees them, and to nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.factories import writes
from wardwright.platform.access.models import Grant
from wardwright.platform.audit.models import AuditChange
from wardwright.platform.core.errors import Denied, Invalid, NotFound, NotNow
from wardwright.platform.notify.mail.delivery import deliver_mails
from wardwright.platform.notify.mail.models import Mail
from wardwright.platform.reports import jobs, operations
from wardwright.platform.reports.models import MailSchedule, SavedView
from wardwright.platform.reports.sources import source_for

from .smtp_peer import smtp_peer

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
SAVER = ["reports.view", "reports.save", "reports.share", "assets.view", "maintenance.view", "maintenance.reports"]


@pytest.fixture
def peer(settings):
    with smtp_peer() as found:
        settings.MAIL_URL = found.url
        yield found


@pytest.fixture
def hanna():
    return factories.make_user(permissions=SAVER, email="hanna@house.example", name="Hanna")


def save(by, **given):
    return operations.save_view(by=by, **{"name": "Mine", "source": "list:devices", **given})


def refused(error, call):
    changes = AuditChange.objects.count()
    with pytest.raises(error):
        call()
    assert AuditChange.objects.count() == changes


@writes
def make_due(schedule):
    schedule.next_at = timezone.now() - timedelta(minutes=1)
    schedule.save()


@writes
def change(*, row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@writes
def end_grants(user):
    Grant.objects.filter(user=user).update(expires_at=timezone.now() - timedelta(days=1))


class TestKeeping:
    def test_what_is_passing_is_not_kept(self, hanna):
        view = save(
            hanna, name="  In   service ", query="status=in_service&columns=tag&columns=where&after=x&format=csv&q="
        )
        assert (view.name, view.query, view.owner_id) == (
            "In service",
            "columns=tag&columns=where&status=in_service",
            hanna.pk,
        )
        assert source_for(view.source).address(view.query) == f"/devices/?{view.query}"

    def test_refusals_change_nothing(self, hanna):
        refused(NotFound, lambda: save(hanna, source="list:nothing"))
        refused(NotFound, lambda: save(hanna, source="report:nothing"))
        refused(Invalid, lambda: save(hanna, name=" "))
        refused(Invalid, lambda: save(hanna, query="q=" + "x" * 2100))
        refused(Invalid, lambda: save(hanna, role_id=2**40))
        nurse = factories.make_user(permissions=["reports.save", "assets.view"])
        refused(Denied, lambda: save(nurse, source="list:work"))
        refused(Denied, lambda: save(nurse, source="report:repair-times"))
        reader, role_id = factories.make_user(permissions=["assets.view"]), Grant.objects.get(user=nurse).role_id
        refused(Denied, lambda: save(nurse, role_id=role_id))
        refused(Denied, lambda: save(reader))

    def test_a_role_shares_and_others_do_not_see_it(self, hanna):
        tom, eve = factories.make_user(permissions=SAVER), factories.make_user(permissions=SAVER)
        view = save(hanna, role_id=Grant.objects.get(user=tom).role_id)
        seen = [SavedView.objects.visible_to(by).filter(pk=view.pk).exists() for by in (hanna, tom, eve)]
        assert seen == [True, True, False]
        refused(Denied, lambda: operations.change_view(by=tom, view_id=view.pk, name="Tom's"))
        refused(NotFound, lambda: operations.remove_view(by=eve, view_id=view.pk))
        end_grants(user=tom)
        assert not SavedView.objects.visible_to(tom).exists()

    def test_it_is_renamed_unshared_and_removed(self, hanna, settings):
        settings.MAIL_URL = "smtp://127.0.0.1:9/?tls=off"
        role = Grant.objects.get(user=hanna).role
        view = save(hanna, role_id=role.pk)
        schedule = operations.send_view(by=hanna, view_id=view.pk, rhythm="daily")
        changed = operations.change_view(by=hanna, view_id=view.pk, name="Ours", role_id=None)
        assert (changed.name, changed.role, changed.version) == ("Ours", None, 2)
        operations.remove_view(by=hanna, view_id=view.pk)
        schedule.refresh_from_db()
        assert not schedule.is_active
        refused(NotFound, lambda: operations.change_view(by=hanna, view_id=view.pk, name="x"))
        refused(NotNow, lambda: operations.stop_sending(by=hanna, mail_schedule_id=schedule.pk))


class TestColumns:
    def test_a_list_shows_the_chosen_columns_and_its_csv_too(self, hanna):
        factories.make_asset(tag="EQ-1", serial="SER-77")
        client = Client()
        client.force_login(hanna, backend=BACKEND)
        page = client.get("/devices/?columns=serial").content.decode()
        assert "SER-77" in page and "EQ-1" in page and "Warranty until" not in page
        lines = b"".join(client.get("/devices/?columns=serial&format=csv").streaming_content).decode().splitlines()
        assert [line.lstrip("\ufeff") for line in lines] == ["Asset number,Serial number", "EQ-1,SER-77"]
        assert "Warranty until" in client.get("/devices/?columns=nonsense").content.decode()

    def test_the_page_of_columns_leads_back_with_the_filters(self, hanna):
        client = Client()
        client.force_login(hanna, backend=BACKEND)
        query = urlencode({"source": "list:devices", "query": "status=in_service&columns=serial"})
        page = client.get(f"{reverse('choose-columns')}?{query}")
        assert page.context["kept"] == [("status", "in_service")]
        assert [key for key, _label, chosen in page.context["columns"] if chosen] == ["serial"]


class TestSending:
    def test_it_is_computed_as_its_reader(self, peer, hanna):
        here, there = factories.make_asset(tag="HERE-1"), factories.make_asset(tag="THERE-1")
        tom = factories.make_user(permissions=SAVER, scope=("site", here.site_id), email="tom@house.example")
        view = save(hanna, name="Devices", role_id=Grant.objects.get(user=tom).role_id)
        for user in (hanna, tom):
            make_due(schedule=operations.send_view(by=hanna, view_id=view.pk, rhythm="weekly", user_id=user.pk))
        assert jobs.send_due_views.func() == 2
        for pk in MailSchedule.objects.values_list("pk", flat=True):
            assert jobs.send_one_view.func(pk) == "Sent."
            assert jobs.send_one_view.func(pk) == ""  # a second worker sends nothing
        deliver_mails.func()
        got = {mail.to[0]: mail.mail for mail in peer.taken}
        assert set(got) == {"hanna@house.example", "tom@house.example"}
        files = {to: next(mail.iter_attachments()).get_content() for to, mail in got.items()}
        assert ("THERE-1" in files["hanna@house.example"], "HERE-1" in files["hanna@house.example"]) == (True, True)
        assert ("THERE-1" in files["tom@house.example"], "HERE-1" in files["tom@house.example"]) == (False, True)
        text = got["tom@house.example"].get_body(("plain",)).get_content()
        assert "HERE-1" in text and "THERE-1" not in text and "/devices/" in text
        assert there.tag not in got["tom@house.example"].get_body(("html",)).get_content()

    @pytest.mark.parametrize("attach", ["", "csv", "xlsx", "pdf"])
    def test_a_report_with_each_file(self, peer, hanna, attach):
        view = save(hanna, name="Repairs", source="report:repair-times", query="period=last-month")
        make_due(schedule=operations.send_view(by=hanna, view_id=view.pk, rhythm="monthly", attach=attach))
        jobs.send_one_view.func(MailSchedule.objects.get().pk)
        deliver_mails.func()
        mail = peer.taken[0].mail
        names = [part.get_filename() for part in mail.iter_attachments()]
        assert names == ([f"repair-times.{attach}"] if attach else [])
        assert "How long do repairs take?" in mail.get_body(("html",)).get_content()

    def test_nothing_for_those_who_lost_access(self, peer, hanna):
        tom = factories.make_user(permissions=SAVER, email="tom@house.example")
        view = save(hanna, role_id=Grant.objects.get(user=tom).role_id)
        schedule = operations.send_view(by=hanna, view_id=view.pk, rhythm="daily", user_id=tom.pk)
        for lose in (lambda: end_grants(user=tom), lambda: change(row=tom, is_active=False)):
            lose()
            make_due(schedule=MailSchedule.objects.get(pk=schedule.pk))
            assert jobs.send_one_view.func(schedule.pk).startswith("Not sent:")
            schedule.refresh_from_db()
            assert schedule.next_at > timezone.now()
        assert Mail.objects.count() == 0

    def test_refusals_change_nothing(self, peer, hanna, settings):
        view = save(hanna)
        eve = factories.make_user(permissions=SAVER, email="eve@house.example")
        mute = factories.make_user(permissions=[p for p in SAVER if p != "reports.share"])
        refused(Invalid, lambda: operations.send_view(by=hanna, view_id=view.pk, rhythm="daily", user_id=eve.pk))
        refused(Invalid, lambda: operations.send_view(by=hanna, view_id=view.pk, rhythm="hourly"))
        refused(Invalid, lambda: operations.send_view(by=hanna, view_id=view.pk, rhythm="daily", at_hour=24))
        refused(Invalid, lambda: operations.send_view(by=hanna, view_id=view.pk, rhythm="daily", attach="exe"))
        own = save(mute)
        refused(Invalid, lambda: operations.send_view(by=mute, view_id=own.pk, rhythm="daily"))
        refused(Denied, lambda: operations.send_view(by=mute, view_id=own.pk, rhythm="daily", user_id=hanna.pk))
        settings.MAIL_URL = ""
        refused(Invalid, lambda: operations.send_view(by=hanna, view_id=view.pk, rhythm="daily"))

    def test_asking_again_changes_the_one_mail_there_is(self, peer, hanna):
        view = save(hanna)
        first = operations.send_view(by=hanna, view_id=view.pk, rhythm="daily")
        second = operations.send_view(by=hanna, view_id=view.pk, rhythm="weekly", attach="pdf")
        assert (first.pk, second.rhythm, second.attach) == (second.pk, "weekly", "pdf")


@pytest.mark.parametrize(
    ("rhythm", "now", "expected"),
    [
        ("daily", "2026-11-21T05:59", "2026-11-21T06:00"),
        ("daily", "2026-11-21T06:00", "2026-11-22T06:00"),
        ("weekly", "2026-11-21T07:00", "2026-11-23T06:00"),
        ("weekly", "2026-11-23T05:00", "2026-11-23T06:00"),
        ("monthly", "2026-12-01T06:00", "2027-01-01T06:00"),
        ("daily", "2026-03-28T07:00", "2026-03-29T06:00"),  # the night in which clocks go forward
    ],
)
def test_the_next_moment_of_a_rhythm(settings, rhythm, now, expected):
    settings.TIME_ZONE = "Europe/Berlin"
    zone = timezone.get_default_timezone()
    with timezone.override(zone):
        found = operations.next_moment(rhythm, 6, datetime.fromisoformat(now).replace(tzinfo=zone))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=zone)
