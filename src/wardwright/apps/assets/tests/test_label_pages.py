"""Printing labels from the register, an import, the command line and the API."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import make_asset, make_site, make_user

from wardwright.apps.assets import labels, operations
from wardwright.apps.assets.models import AssetCode, LabelFormat
from wardwright.apps.assets.queries import devices_of_import
from wardwright.platform.core.change import System
from wardwright.platform.exchange.operations import commit_session, dry_run, start_session

BY = System("test")
BACKEND = "wardwright.platform.access.login.PasswordBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def formats():
    operations.load_label_formats(by=BY)


def client_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def page():
    return client_of(make_user())


def make(page, answer, **given):
    """Send the form of ``answer`` back with these entries."""
    form = answer.context["form"]
    return page.post(reverse("print-labels"), {name: form[name].value() for name in form.fields} | given)


def test_the_filter_of_the_register_says_which_devices(page):
    north, south = make_site(), make_site()
    mine = [make_asset(site=north, tag=f"N{n}") for n in range(3)]
    make_asset(site=south)
    assert (
        f"{reverse('print-labels')}?site={north.pk}"
        in page.get(reverse("devices"), {"site": north.pk}).content.decode()
    )
    answer = page.get(reverse("print-labels"), {"site": north.pk})
    assert answer.context["title"] == "Labels for 3 devices"
    assert not AssetCode.objects.exists()  # looking writes nothing
    done = make(page, answer, label_format="a4-3x7", start=20)
    assert done["Location"] == reverse("labels-ready")
    assert set(AssetCode.objects.values_list("asset_id", flat=True)) == {asset.pk for asset in mine}
    ready = page.get(done["Location"]).content.decode()
    assert "3 labels are ready" in ready and "2 sheets" in ready
    again = page.get(reverse("print-labels"), {"site": north.pk}).context["form"]
    assert (again["label_format"].value(), again["start"].value()) == ("a4-3x7", 2)  # remembered; the next free place
    pdf = page.get(reverse("labels-file"))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert page.get(reverse("labels-file"), {"dpi": 300}).content.count(b"^XA") == 3
    assert page.get(reverse("labels-file"), {"dpi": 72}).status_code == 422


def test_a_selection_that_one_may_not_see_does_not_exist(page):
    here, there = make_asset(), make_asset()
    ids = {"selected": [here.pk, there.pk]}
    assert page.post(reverse("print-labels"), ids).context["title"] == "Labels for 2 devices"
    narrow = client_of(make_user(scope=("site", here.site_id)))
    assert narrow.post(reverse("print-labels"), ids).status_code == 404
    assert narrow.get(reverse("print-labels"), {"selected": here.pk}).context["title"] == "A label for 1 device"


def test_too_many_are_refused_with_the_number(page, monkeypatch):
    monkeypatch.setattr(labels, "MOST", 2)
    for _ in range(3):
        make_asset()
    answer = page.get(reverse("print-labels"))
    assert "up to 2 at once" in answer.content.decode()
    assert not AssetCode.objects.exists()


def test_a_position_the_sheet_does_not_have_comes_back_to_the_form(page):
    make_asset()
    answer = make(page, page.get(reverse("print-labels")), label_format="a4-3x7", start=22)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["start"])
    assert not AssetCode.objects.exists()


def test_the_preview_is_a_picture_in_the_page(page):
    asset = make_asset()
    form = page.get(reverse("print-labels")).context["form"]
    sent = {name: form[name].value() for name in form.fields} | {"preview": "1", "selected": asset.pk}
    assert b"data:image/png;base64," in page.post(reverse("print-labels"), sent).content
    assert b"Enter a whole number" in page.post(reverse("print-labels"), sent | {"start": "x"}).content


def test_labels_for_what_an_import_made(page):
    make_site()
    old = make_asset()
    data = b"Asset number;Serial number;Manufacturer;Model;Type\nA1;S1;Maker;One;Pump\nA2;S2;Maker;One;Pump\n"
    user = make_user()
    session = start_session(by=user, target="assets", file_name="register.csv", data=data)
    dry_run(by=user, session_id=session.pk)
    commit_session(by=user, session_id=session.pk)
    assert old.pk not in set(devices_of_import(session.pk).values_list("row_id", flat=True))
    answer = client_of(user).get(reverse("print-labels"), {"import": session.pk})
    assert answer.context["title"] == "Labels for 2 devices"
    assert page.get(reverse("print-labels"), {"import": 999_999}).status_code == 404


def test_over_the_api(page):
    asset = make_asset()
    given = {"asset_ids": [asset.pk], "label_format": "single-50x25"}

    def post(**more):
        return page.post("/api/v1/labels", given | more, content_type="application/json")

    assert post().content[:5] == b"%PDF-"
    assert post(dpi=203).content.startswith(b"^XA")
    assert post(label_format="none-such").status_code == 422
    assert page.get("/api/v1/scan", {"text": asset.tag}).json()["asset_id"] == asset.pk


def test_a_format_of_ones_own(page):
    form = page.get(reverse("new-label-format")).context["form"]
    values = {
        "code": "ours", "name": "Ours", "page_width_mm": "100", "page_height_mm": "50", "columns": 2, "rows": 1,
        "width_mm": "50", "height_mm": "50", "left_mm": 0, "top_mm": 0, "pitch_x_mm": "50", "pitch_y_mm": "50",
        "halves": 1, "order": 5, "is_active": "on", "once": form["once"].value(),
    }  # fmt: skip
    assert page.post(reverse("new-label-format"), values).status_code == 302
    row = LabelFormat.objects.get(code="ours")
    assert row.sheet().per_page == 2
    answer = page.get(reverse("edit-label-format", args=[row.pk]))
    assert answer.context["form"]["name"].value() == "Ours"
