"""The way out: data are removed and checked by two people before a device leaves, and the record says how."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import PASSWORD, make_asset, make_company, make_type, make_user, writes

from wardwright.apps.assets.models import Asset, Disposal
from wardwright.apps.assets.operations import check_sanitising, dispose_asset, record_disposal, retire_asset
from wardwright.apps.assets.operations.status import change_status, change_statuses
from wardwright.platform.access.models import GuardrailPolicy
from wardwright.platform.audit.models import AuditChange, AuditRecord
from wardwright.platform.core.errors import Denied, Guarded, Invalid, NotNow, StaleEdit

pytestmark = pytest.mark.django_db
REMOVED = {"data_held": "yes", "method": "purge", "sanitised_on": date(2026, 11, 1), "sanitised_by_name": "Sam"}
RIGHTS = ["directory.view", "assets.view", "assets.retire", "assets.change_status"]


@pytest.fixture
def sam():
    return make_user(permissions=RIGHTS, name="Sam")


@pytest.fixture
def hanna():
    return make_user(permissions=[*RIGHTS, "guardrails.override"], name="Hanna")


@pytest.fixture
def retired(sam):
    return retire_asset(by=sam, asset_id=make_asset().pk, reason="old", data_held="yes")


@writes
def set_level(rule, level):
    GuardrailPolicy.objects.create(rule=rule, level=level)


def notes_of(operation: str) -> str:
    """Of the only change by that operation. Of two changes within a millisecond none is the later by its id."""
    return AuditChange.objects.get(operation=operation).notes


def test_retiring_asks_whether_data_are_on_it(sam):
    asset = make_asset(device_type=make_type(holds_data="yes"))
    retire_asset(by=sam, asset_id=asset.pk, reason="old", data_held="no")
    assert Disposal.objects.values_list("asset_id", "data_held", "method").get() == (asset.pk, "no", "")
    with pytest.raises(Invalid):
        retire_asset(by=sam, asset_id=make_asset().pk, reason="old", data_held="perhaps")
    assert list(Asset.objects.values_list("status", flat=True).order_by("pk")) == ["retired", "in_service"]


def test_the_whole_way_out(sam, hanna, retired):
    recycler = make_company(name="Recycler")
    row = record_disposal(
        by=sam, asset_id=retired.pk, values=REMOVED | {"sanitisation_note": "disk WX-1"}, expected_version=1
    )
    assert (row.version, row.recorded_by_id, row.needs_sanitising, row.needs_checking) == (2, sam.pk, False, True)
    check_sanitising(by=hanna, asset_id=retired.pk)
    leaving = {
        "route": "recycled",
        "receiver_id": recycler.pk,
        "certificate_no": "W-7",
        "proceeds_cents": 1250,
        "currency": "eur",
    }
    record_disposal(by=sam, asset_id=retired.pk, values=leaving, expected_version=3, gone=True)

    asset, row = Asset.objects.get(pk=retired.pk), Disposal.objects.get()
    assert (asset.status, row.left_on, row.currency, row.verified_by_name) == (
        "disposed",
        timezone.localdate(),
        "EUR",
        "Hanna",
    )
    assert list(AuditRecord.objects.filter(table_name="assets_disposal").values_list("kind", "subject_id")) == [
        ("I", asset.pk), *[("U", asset.pk)] * 4,
    ]  # fmt: skip
    assert not AuditChange.objects.filter(operation="assets.dispose_asset").exists()
    assert set(AuditChange.objects.filter(operation="assets.record_disposal").values_list("notes", flat=True)) == {""}


def test_a_device_that_may_hold_data_does_not_leave(sam, retired):
    for held in ("yes", "unknown"):
        record_disposal(by=sam, asset_id=retired.pk, values={"data_held": held, "route": "sold"})
        changes = AuditChange.objects.count()
        for leave in (
            lambda: dispose_asset(by=sam, asset_id=retired.pk, reason="sold"),
            lambda: record_disposal(by=sam, asset_id=retired.pk, values={"note": "x"}, gone=True),
            lambda: change_statuses(by=sam, asset_ids=[retired.pk], status="disposed", reason="sold"),
            lambda: dispose_asset(by=sam, asset_id=retired.pk, reason="sold", override_reason="may not"),
        ):
            with pytest.raises(Guarded) as refused:
                leave()
            assert (refused.value.rule, retired.tag in str(refused.value)) == ("assets.sanitise-first", True)
        assert (AuditChange.objects.count(), Asset.objects.get(pk=retired.pk).status) == (changes, "retired")
    record_disposal(by=sam, asset_id=retired.pk, values={"data_held": "no"})
    assert dispose_asset(by=sam, asset_id=retired.pk, reason="sold").status == "disposed"


def test_the_type_says_what_is_usual_where_nobody_looked(sam):
    asset = make_asset(status="retired", device_type=make_type(holds_data="no"))
    assert change_status(by=sam, asset_id=asset.pk, status="disposed", reason="old").status == "disposed"
    unknown = make_asset(status="retired")
    with pytest.raises(Guarded):
        change_status(by=sam, asset_id=unknown.pk, status="disposed", reason="old")
    never_came = make_asset(status="ordered")
    assert change_status(by=sam, asset_id=never_came.pk, status="disposed", reason="cancelled").status == "disposed"


def test_an_override_is_recorded(hanna, retired):
    record_disposal(by=hanna, asset_id=retired.pk, values={"route": "destroyed"})
    dispose_asset(by=hanna, asset_id=retired.pk, reason="burnt", override_reason="burnt with the building")
    assert "assets.sanitise-first overridden: burnt with the building" in notes_of("assets.dispose_asset")


def test_lost_or_stolen_with_data_is_let_go_and_flagged(sam, retired):
    record_disposal(by=sam, asset_id=retired.pk, values={"route": "stolen"}, gone=True)
    assert "assets.data-lost" in notes_of("assets.record_disposal")
    assert Disposal.objects.get().is_data_loss


def test_the_rule_can_be_off_or_only_warn(sam, retired):
    record_disposal(by=sam, asset_id=retired.pk, values={"route": "sold"})
    set_level(rule="assets.sanitise-first", level="warn")
    dispose_asset(by=sam, asset_id=retired.pk, reason="sold")
    assert "assets.sanitise-first" in notes_of("assets.dispose_asset")


class TestSecondPerson:
    def test_not_the_one_who_recorded_or_removed(self, sam, hanna, retired):
        with pytest.raises(NotNow, match="Nothing is recorded"):
            check_sanitising(by=hanna, asset_id=retired.pk)
        record_disposal(by=hanna, asset_id=retired.pk, values=REMOVED)
        for one in (hanna, sam):  # she recorded it, and he removed them
            with pytest.raises(NotNow, match="another person"):
                check_sanitising(by=one, asset_id=retired.pk)
        assert Disposal.objects.get().verified_at is None

    def test_what_is_changed_afterwards_is_checked_again(self, sam, hanna, retired):
        record_disposal(by=sam, asset_id=retired.pk, values=REMOVED)
        check_sanitising(by=hanna, asset_id=retired.pk)
        with pytest.raises(NotNow, match="already"):
            check_sanitising(by=hanna, asset_id=retired.pk)
        record_disposal(by=sam, asset_id=retired.pk, values={"note": "in the yard"})
        assert Disposal.objects.get().verified_at is not None
        record_disposal(by=sam, asset_id=retired.pk, values={"method": "clear"})
        assert Disposal.objects.get().verified_at is None

    def test_without_it_the_record_says_so(self, sam, retired):
        record_disposal(by=sam, asset_id=retired.pk, values=REMOVED | {"route": "sold"}, gone=True)
        assert "assets.check-sanitising" in notes_of("assets.record_disposal")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"method": "purge", "sanitised_by_name": "Sam"}, "sanitised_on"),
        ({"method": "purge", "sanitised_on": date(2026, 1, 1)}, "sanitised_by_name"),
        (REMOVED | {"data_held": "no"}, "data_held"),
        (REMOVED | {"sanitised_on": timezone.localdate() + timedelta(days=2)}, "sanitised_on"),
        ({"proceeds_cents": -1, "currency": "EUR"}, "proceeds_cents"),
        ({"proceeds_cents": 100}, "currency"),
        ({"method": "wipe"}, "method"),
        ({"receiver_id": 999_999}, "receiver_id"),
        ({"evidence_id": 999_999}, "evidence_id"),
        ({"verified_by_name": "me"}, "verified_by_name"),
    ],
)
def test_entries_that_do_not_fit_are_named(sam, retired, values, field):
    before = Disposal.objects.values().get()
    with pytest.raises(Invalid) as refused:
        record_disposal(by=sam, asset_id=retired.pk, values=values)
    assert list(refused.value.fields) == [field]
    assert Disposal.objects.values().get() == before


def test_what_is_refused_changes_nothing(sam, retired):
    with pytest.raises(StaleEdit):
        record_disposal(by=sam, asset_id=retired.pk, values={"note": "x"}, expected_version=7)
    with pytest.raises(NotNow, match="not retired"):
        record_disposal(by=sam, asset_id=make_asset().pk, values={"route": "sold"})
    with pytest.raises(NotNow, match="where"):
        dispose_asset(by=sam, asset_id=retired.pk, reason="old")
    with pytest.raises(Denied):
        record_disposal(by=make_user(permissions=["assets.view"]), asset_id=retired.pk, values={"route": "sold"})
    assert (Disposal.objects.get().version, Disposal.objects.get().route) == (1, "")


class TestPages:
    @pytest.fixture
    def browser(self, client, sam):
        client.login(username=sam.username, password=PASSWORD)
        client.force_login(sam)
        return client

    def test_from_retiring_to_gone(self, browser, sam):
        asset = make_asset(device_type=make_type(holds_data="no"))
        url = reverse("retire-asset", args=[asset.pk])
        assert 'value="no"' in browser.get(url).content.decode()
        answer = browser.post(url, {"reason": "old", "data_held": "yes"})
        assert answer["Location"] == reverse("asset-disposal", args=[asset.pk])
        listed = browser.get(reverse("leaving-devices")).content.decode()
        assert asset.tag in listed and "remove the data" in listed

        entry = {
            "data_held": "yes",
            "route": "sold",
            "proceeds": "12.50",
            "currency": "EUR",
            "gone": "on",
            "expected_version": "1",
        }
        refused = browser.post(answer["Location"], entry)
        assert (refused.status_code, "Data may still be on" in refused.content.decode()) == (409, True)
        done = browser.post(
            answer["Location"], entry | {"method": "clear", "sanitised_on": "2026-11-01", "sanitised_by_name": "Ana"}
        )
        assert done.status_code == 302
        assert (Asset.objects.get(pk=asset.pk).status, Disposal.objects.get().proceeds_cents) == ("disposed", 1250)
        shown = browser.get(reverse("asset", args=[asset.pk])).content.decode()
        assert "Its way out" in shown and "12.50" in shown

    def test_a_second_person_checks(self, browser, hanna, client, retired):
        other = make_user(permissions=RIGHTS, name="Tom")
        record_disposal(by=other, asset_id=retired.pk, values=REMOVED | {"sanitised_by_name": "Ana"})
        url = reverse("check-sanitising", args=[retired.pk])
        assert "they are gone" in browser.get(url).content.decode()
        assert browser.post(url, {"once": ""}).status_code == 302
        assert Disposal.objects.get().verified_by_name == "Sam"
        assert browser.post(url, {"once": ""}).status_code == 409

    def test_the_list_by_next_step(self, browser, hanna, sam):
        tags = {}
        for name, values in {"sanitise": {"data_held": "yes"}, "check": REMOVED, "leave": {"data_held": "no"}}.items():
            asset = make_asset(status="retired")
            record_disposal(by=hanna, asset_id=asset.pk, values=values | {"sanitised_by_name": "Ana"})
            tags[name] = asset.tag
        make_asset(tag="UNASKED", status="retired")
        for step, tag in tags.items():
            page = browser.get(reverse("leaving-devices"), {"step": step}).content.decode()
            assert [t for t in tags.values() if t in page] == [tag]
            assert ("UNASKED" in page) == (step == "sanitise")
