"""The pages of the register: who sees what, what forms do, and that nothing typed is lost."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import (
    make_asset,
    make_company,
    make_department,
    make_measurement,
    make_model,
    make_room,
    make_site,
    make_type,
    make_user,
    make_work_order,
)

from wardwright.apps.assets import operations as ops
from wardwright.apps.assets.models import Asset, MergeCandidate
from wardwright.apps.assets.queries.history import PAGE
from wardwright.platform.access.models import Grant, Role, User
from wardwright.platform.attachments.models import Attachment
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
from wardwright.platform.search.spelling import learn_words

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"
UDI = "(01)00844588003288(21)SN900"


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def lead():
    return make_user(name="Lea Lead")


@pytest.fixture
def page(lead):
    return client_of(lead)


def shown(client, url_name="devices", **query):
    """The tags of a list, in order."""
    return re.findall(r'class="code">([^<]+)<', client.get(reverse(url_name), query).content.decode())


def once_of(answer):
    return answer.context["form"]["once"].value()


# The list -------------------------------------------------------------------------------------------------------


def test_everybody_sees_their_own_reach():
    north, south = make_site(), make_site()
    ward = make_department(site=north)
    make_asset(tag="A", site=north, department=ward)
    make_asset(tag="B", site=north)
    make_asset(tag="C", site=south)
    assert shown(client_of(make_user())) == ["C", "B", "A"]
    assert shown(client_of(make_user(scope=("site", north.pk)))) == ["B", "A"]
    assert shown(client_of(make_user(scope=("department", ward.pk)))) == ["A"]
    assert client_of(make_user(permissions=[])).get(reverse("devices")).status_code == 403


def test_every_filter_keeps_what_it_says(page):
    site, ward = make_site(), make_department()
    kind = make_type(life_support=True)
    model = make_model(device_type=kind, maker=make_company())
    make_asset(
        tag="A", site=site, department=ward, device_model=model, status="in_store", condition=3, udi_di="1",
        warranty_until="2099-01-01", risk_score=12,
    )  # fmt: skip
    make_asset(tag="B", serial="", warranty_until="2001-01-01")
    make_asset(tag="C", status="retired")
    assert shown(page, site=site.pk) == ["A"]
    assert shown(page, department=ward.pk) == ["A"]
    assert shown(page, type=kind.pk) == ["A"]
    assert shown(page, maker=model.maker_id) == ["A"]
    assert shown(page, status="in_store") == ["A"]
    assert shown(page, status="here") == ["B", "A"]
    assert shown(page, condition=3) == ["A"]
    assert shown(page, flag="life-support") == ["A"]
    assert shown(page, warranty="running") == ["A"]
    assert shown(page, warranty="over") == ["B"]
    assert shown(page, warranty="none") == ["C"]
    assert shown(page, missing="serial") == ["B"]
    assert shown(page, missing="risk") == ["C", "B"]
    assert shown(page, missing="never-seen") == ["C", "B", "A"]
    assert shown(page, type="nonsense") == []


@pytest.mark.parametrize("order", ["tag", "serial", "device_type__name", "status", "warranty_until"])
def test_every_order_reaches_every_device_once(page, order, monkeypatch):
    from wardwright.web import tables

    monkeypatch.setattr(tables, "PAGE_SIZE", 2)
    site = make_site()
    for n in range(5):
        make_asset(tag=f"T{n}", site=site, serial="same", warranty_until=None if n % 2 else "2027-01-01")
    for sign in ("", "-"):
        found, url = [], f"{reverse('devices')}?sort={sign}{order}"
        while url:
            answer = page.get(url)
            found += re.findall(r'class="code">([^<]+)<', answer.content.decode())
            url = answer.context["table"].next_url
        assert sorted(found) == ["T0", "T1", "T2", "T3", "T4"]


def test_the_list_as_csv_has_every_row_and_no_formula(page):
    make_asset(tag="=1+1", serial="S1")
    lines = b"".join(page.get(reverse("devices"), {"format": "csv"}).streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Asset number,Type,Maker and model,Serial number,Where,Status,Warranty until"
    assert [line.split(",")[0] for line in lines[1:]] == ["'=1+1"]


# One device -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["asset", "edit-asset", "asset-history", "move-asset", "change-status", "quarantine-asset", "retire-asset"],
)
def test_another_sites_device_is_not_there(name):
    client = client_of(make_user(scope=("site", make_site().pk)))
    assert client.get(reverse(name, args=[make_asset().pk])).status_code == 404


def test_the_page_of_a_device_costs_the_same_however_much_there_is(page, lead, django_assert_max_num_queries):
    asset = make_asset(tag="A")
    room = make_room(site=asset.site)
    for _ in range(3):
        make_asset(site=asset.site, parent=asset)
        ops.change_status(by=lead, asset_id=asset.pk, status="in_store")
        ops.change_status(by=lead, asset_id=asset.pk, status="in_service")
    ops.move_asset(by=lead, asset_id=asset.pk, room_id=room.pk)
    with django_assert_max_num_queries(19):
        assert page.get(reverse("asset", args=[asset.pk])).status_code == 200
    with django_assert_max_num_queries(18):
        assert page.get(reverse("asset-history", args=[asset.pk])).status_code == 200


def test_many_rows_of_one_kind_in_one_change_are_counted_in_the_history(page, lead):
    asset = make_asset()

    for times in (2, 13):
        with open_change("test.read", System("test")):
            for value in range(times):
                make_measurement(asset=asset, value=value)
    entries = page.get(reverse("asset-history", args=[asset.pk])).context["history"].entries
    assert [(e.words, *e.others) for e in entries[:2]] == [
        ("Measurement (13) added",),
        ("Measurement 0 µA added", "Measurement 1 µA added"),
    ]


def test_the_history_speaks_in_plain_words(page, lead):
    site = make_site()
    asset = make_asset(site=site, warranty_until="2027-01-10")
    room = make_room(site=site, name="3B-7")
    ops.move_asset(by=lead, asset_id=asset.pk, room_id=room.pk)
    ops.change_asset(by=lead, asset_id=asset.pk, values={"warranty_until": "2027-03-10"}, reason="Extended")
    ops.quarantine_asset(by=lead, asset_id=asset.pk, reason="Alarm did not sound")
    entries = page.get(reverse("asset-history", args=[asset.pk])).context["history"].entries
    told = [(e.words, e.who, e.reason, [(d.label, d.before, d.after) for d in e.differences]) for e in entries]
    assert told == [
        ("Quarantined", "Lea Lead", "Alarm did not sound", [("status", "in service", "quarantined")]),
        ("Record changed", "Lea Lead", "Extended", [("warranty until", "10 Jan 2027", "10 Mar 2027")]),
        ("Moved", "Lea Lead", "", [("room", "", "3B-7")]),
        ("Came into the register", "factory", "", []),
    ]


def history_for(asset, *permissions, **scope):
    client = client_of(make_user(permissions=["assets.view", *permissions], **scope))
    entries = client.get(reverse("asset-history", args=[asset.pk])).context["history"].entries
    return [(entry.words, *entry.others) for entry in entries]


def test_work_is_in_the_history_for_those_who_may_see_work(lead):
    asset = make_asset()
    order = make_work_order(asset=asset, number="WO-7")
    with open_change("maintenance.close_work_order", lead, reason="Fell into the bath"):
        order.title = "Dried"
        order.save()
        Asset.objects.filter(pk=asset.pk).update(notes="dry again")
        Attachment.objects.create(
            sha256="0" * 64, name="wet.png", media_type="image/png", size_bytes=1,
            owner_table="maintenance_work_order", owner_id=order.pk, subject_id=asset.pk,
        )  # fmt: skip
    came = ("Came into the register",)
    assert history_for(asset) == [("Changed",), came]
    elsewhere = client_of(make_user(permissions=["assets.view"]))
    with open_change("test.more", System("test")):
        role = Role.objects.create(code="m", name="M", permissions=["maintenance.view"])
        user = User.objects.get(pk=elsewhere.session["_auth_user_id"])
        Grant.objects.create(user=user, role=role, scope_kind="site", scope_id=make_site().pk)
    page = elsewhere.get(reverse("asset-history", args=[asset.pk])).content.decode()
    assert ("WO-7" in page, "Fell into the bath" in page, "dry again" in page) == (False, False, True)
    told = str(history_for(asset, "maintenance.view"))
    assert told.count("WO-7") == 2


def test_older_entries_are_reached_past_those_that_are_not_shown(lead):
    asset = make_asset()
    for _ in range(2 * PAGE):
        make_work_order(asset=asset)
    assert history_for(asset) == [("Came into the register",)]


def test_only_steps_that_one_may_take_are_offered():
    asset = make_asset()
    watcher = client_of(make_user(permissions=["assets.view"]))
    answer = watcher.get(reverse("asset", args=[asset.pk]))
    assert answer.context["actions"] == {
        "edit": False, "move": False, "status": False, "quarantine": False, "dispose": False, "retire": False,
        "show": False,
    }  # fmt: skip
    assert watcher.get(reverse("edit-asset", args=[asset.pk])).status_code == 403


# Registering ----------------------------------------------------------------------------------------------------


def test_a_device_is_registered_by_its_form_once(page):
    site = make_site()
    form = page.get(reverse("register-asset"))
    sent = {
        "once": once_of(form), "maker": "Acme", "model": "X1", "device_type": "Room humidifier", "serial": "S1",
        "site": site.pk, "status": "in_service", "udi": "", "tag": "",
    }  # fmt: skip
    first, second = (page.post(reverse("register-asset"), sent) for _ in range(2))
    asset = Asset.objects.get()
    assert (first.status_code, first["Location"], second["Location"]) == (
        302,
        f"/devices/{asset.pk}/",
        first["Location"],
    )
    assert (asset.serial, asset.status, asset.tag) == ("S1", "in_service", "EQ-000001")


def test_a_scanned_label_fills_the_form(page):
    model = make_model(udi_di="00844588003288")
    answer = page.get(reverse("register-asset"), {"udi": UDI})
    initial = answer.context["form"].initial
    assert (initial["serial"], initial["device_model"], answer.context["known"]) == ("SN900", model.pk, model)
    wrong = page.get(reverse("register-asset"), {"udi": "(01)00844588003289"})
    assert (wrong.status_code, "check digit" in wrong.context["hint"].lower()) == (200, True)


def test_a_refused_form_keeps_everything_typed(page):
    make_asset(tag="T1")
    names = {"maker": "Acme", "model": "X", "device_type": "Y"}
    sent = {"once": "k", **names, "site": make_site().pk, "status": "received", "tag": "T1", "serial": "typed"}
    answer = page.post(reverse("register-asset"), sent)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors), form["serial"].value()) == (422, ["tag", "__all__"], "typed")
    assert Asset.objects.count() == 1


# Editing --------------------------------------------------------------------------------------------------------


def edit(page, asset, **changes):
    answer = page.get(reverse("edit-asset", args=[asset.pk]))
    form = answer.context["form"]
    entries = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in {**entries, **changes}.items()}


def test_a_stale_edit_shows_both_versions_and_saves_knowingly(page):
    asset = make_asset(serial="OLD")
    mine = edit(page, asset, serial="MINE", notes="my notes")
    ops.change_asset(by=make_user(name="Ada"), asset_id=asset.pk, values={"serial": "THEIRS"}, expected_version=1)
    answer = page.post(reverse("edit-asset", args=[asset.pk]), mine)
    form = answer.context["form"]
    assert answer.status_code == 409
    assert [(str(label), saved, typed) for label, saved, typed in form.differences] == [
        ("Serial number", "THEIRS", "MINE"), ("Notes", "", "my notes"),
    ]  # fmt: skip
    assert "Ada" in answer.content.decode()
    again = page.post(
        reverse("edit-asset", args=[asset.pk]), {**mine, "expected_version": form["expected_version"].value()}
    )
    row = Asset.objects.get()
    assert (again.status_code, row.serial, row.notes, row.version) == (302, "MINE", "my notes", 3)


def test_an_edit_without_a_change_leaves_the_record_alone(page):
    asset = make_asset(purchase_cost_cents=123450, currency="EUR", warranty_until="2027-01-01")
    assert page.post(reverse("edit-asset", args=[asset.pk]), edit(page, asset)).status_code == 302
    assert (Asset.objects.get().version, Asset.objects.get().purchase_cost_cents) == (1, 123450)


# Steps ----------------------------------------------------------------------------------------------------------


def test_selected_devices_move_together(page):
    site = make_site()
    ids = [make_asset(site=site).pk for _ in range(3)]
    room = make_room(site=site)
    form = page.post(reverse("move-assets"), {"selected": ids})
    assert (form.status_code, form.context["form"].is_bound) == (200, False)
    sent = {"once": once_of(form), "selected": form.context["form"]["selected"].value(), "room": room.pk, "note": "x"}
    assert page.post(reverse("move-assets"), sent)["Location"] == reverse("devices")
    assert set(Asset.objects.values_list("room_id", flat=True)) == {room.pk}


def test_a_selection_with_somebody_elses_device_is_refused():
    site = make_site()
    client = client_of(make_user(scope=("site", site.pk)))
    ids = [make_asset(site=site).pk, make_asset().pk]
    assert client.post(reverse("move-assets"), {"selected": ids}).status_code == 404


def test_quarantine_asks_why(page):
    asset = make_asset()
    url = reverse("quarantine-asset", args=[asset.pk])
    assert page.post(url, {"once": "a", "status": "quarantined", "reason": " "}).status_code == 422
    assert page.post(url, {"once": "b", "status": "quarantined", "reason": "Smoke"}).status_code == 302
    assert Asset.objects.get().status == "quarantined"


# Names ----------------------------------------------------------------------------------------------------------


def test_a_decision_in_the_queue_leads_to_the_next_pair(page, lead):
    a, b, c = make_company(name="Aaa"), make_company(name="Aab"), make_company(name="Ccc")
    first = ops.propose_merge(by=lead, kind="company", left_id=a.pk, right_id=b.pk, score=95)
    second = ops.propose_merge(by=lead, kind="company", left_id=a.pk, right_id=c.pk, score=50)
    assert page.get(reverse("merge-queue")).context["pair"].pk == first.pk
    answer = page.post(reverse("decide-merge", args=[first.pk]), {"once": "k", "decision": "different", "relation": ""})
    assert (answer.status_code, MergeCandidate.objects.get(pk=first.pk).decision) == (302, "different")
    assert page.get(answer["Location"]).context["pair"].pk == second.pk
    assert page.get(reverse("merge-queue"), {"skip": second.pk}).context["pair"] is None


# Search ---------------------------------------------------------------------------------------------------------


def test_the_one_exact_answer_opens_at_once(page):
    asset = make_asset(tag="BME-1", serial="SN900", udi_di="00844588003288")
    for text in ("BME-1", "bme-1", " SN900 ", UDI):
        assert page.get(reverse("search"), {"q": text})["Location"] == reverse("asset", args=[asset.pk])


def test_an_unknown_label_offers_to_register_it(page):
    answer = page.get(reverse("search"), {"q": UDI})
    assert (answer.context["found"].udi.serial, answer.context["found"].assets) == ("SN900", [])
    assert answer.context["register_url"].startswith("/devices/register/?udi=")


def test_words_find_devices_types_wards_and_companies(page, lead):
    ops.register_asset(by=lead, site_id=make_site().pk, maker="Acme", model="X1", device_type="Room humidifier")
    make_department(name="Humidity ward")
    make_company(name="Humi Ltd")
    found = page.get(reverse("search"), {"q": "humi"}).context["found"]
    assert [asset.tag for asset in found.assets] == ["EQ-000001"]
    assert [hit.name for hit in found.hits] == ["Room humidifier", "Humidity ward", "Humi Ltd"]


BOX = {"HX-Request": "true", "HX-Target": "found"}


def box(client, text: str) -> dict[str, list[str]]:
    """What the box shows while one types: the names of each kind."""
    answer = client.get(reverse("search"), {"q": text}, headers=BOX)
    assert "<html" not in answer.content.decode()
    return {str(group.label): [str(hit.name) for hit in group.hits] for group in answer.context["groups"]}


def test_the_box_shows_what_the_page_finds_and_the_exact_device_first(page):
    asset = make_asset(tag="BME-1", search_text="bme 1 humidifier", device_type=make_type(name="Humidifier"))
    assert box(page, "humid") == {"Devices": ["BME-1 Humidifier"], "Device types": ["Humidifier"]}
    assert box(page, "BME-1") == {"Devices": ["BME-1 Humidifier"]}
    assert reverse("asset", args=[asset.pk]) in page.get(reverse("search"), {"q": "humid"}).content.decode()


def test_the_box_leads_to_pages_and_steps_that_the_reader_may_take(page):
    assert box(page, "register dev")["Steps"] == ["Register a device"]
    assert box(page, "types") == {"Go to": ["Device types"]}
    assert "Register a device" in box(page, "")["Steps"]
    reader = client_of(make_user(permissions=["assets.view"]))
    assert (box(reader, "register dev"), "Steps" in box(reader, "")) == ({}, False)


def test_a_mistyped_word_shows_what_was_meant(page):
    make_asset(tag="BME-1", search_text="bme 1 humidifier", device_type=make_type(name="Humidifier"))
    learn_words()
    found = page.get(reverse("search"), {"q": "humidfier"})
    assert (found.context["found"].text, found.context["found"].mistyped) == ("Humidifier", "humidfier")
    assert "Showing results for “Humidifier”" in found.content.decode()
    assert box(page, "humidfier") == {"Devices": ["BME-1 Humidifier"], "Device types": ["Humidifier"]}


def test_where_little_is_found_the_nearest_word_is_only_offered(page):
    make_asset(tag="BME-1", search_text="bme 1 humidfier")
    for tag in ("BME-2", "BME-3"):
        make_asset(tag=tag, search_text=f"{tag} humidifier".lower())
    make_type(name="Humidifier")
    learn_words()
    found = page.get(reverse("search"), {"q": "humidfier"})
    assert ([asset.tag for asset in found.context["found"].assets], found.context["found"].offered) == (
        ["BME-1"], "Humidifier",
    )  # fmt: skip
    assert 'href="/search/?q=Humidifier"' in found.content.decode()


def test_a_word_that_only_others_may_see_is_not_suggested():
    make_room(name="Cryptorium")
    learn_words()
    client = client_of(make_user(scope=("site", make_site().pk)))
    found = client.get(reverse("search"), {"q": "cryptorum"})
    assert (found.context["found"].count, "Cryptorium" in found.content.decode()) == (0, False)


def test_a_search_does_not_look_over_the_fence():
    make_asset(tag="SECRET-1", serial="S1")
    client = client_of(make_user(scope=("site", make_site().pk)))
    found = client.get(reverse("search"), {"q": "SECRET-1"})
    assert (found.status_code, found.context["found"].assets, found.context["found"].hits) == (200, [], [])


def test_whoever_registers_without_seeing_devices_may_scan_all_the_same():
    make_model(udi_di="00844588003288")
    client = client_of(make_user(permissions=["assets.register"]))
    answer = client.get(reverse("register-asset"), {"udi": UDI})
    assert (answer.status_code, answer.context["form"]["serial"].value(), answer.context["known"]) == (
        200,
        "SN900",
        None,
    )
