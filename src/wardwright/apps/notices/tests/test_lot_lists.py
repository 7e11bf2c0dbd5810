"""Lists of lots: read row by row, entered whole or not at all, and searched for by every past notice."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories import make_department, make_notice, make_site, make_supply, make_user

from wardwright.apps.notices.lot_lists import read_list
from wardwright.apps.notices.models import Exposure, Supply
from wardwright.apps.notices.operations import bring_supplies
from wardwright.apps.notices.states import Standing
from wardwright.platform.core.errors import Denied, Invalid, NotFound
from wardwright.platform.jobs.worker import work as run_jobs

pytestmark = pytest.mark.django_db
LIST = (
    "Product;Manufacturer;REF;Lot;Expiry;Qty;Ward\n"
    "Infusion set;Draeger Medical;IS-4711;L77;31.12.2027;40;Intensive care\n"
    "Infusion set;Draeger Medical;IS-4711;L78;01.02.2028;2 pcs;\n"
    "Infusion set;Draeger Medical;IS-4711;L77;31.12.2027;10;Intensive care\n"
)


def refused(text, name="lots.csv"):
    with pytest.raises(Invalid) as error:
        read_list(text.encode(), name)
    return str(error.value)


def bring(by, site, text):
    brought = bring_supplies(by=by, site_id=site.pk, rows=read_list(text.encode(), "lots.csv"))
    return len(brought.new), len(brought.changed), len(brought.same)


def test_each_lot_once_with_what_is_there_of_it(coordinator, ward):
    assert bring(coordinator, ward.site, LIST) == (2, 0, 0)
    rows = {row.lot: row for row in Supply.objects.all()}
    assert (rows["L77"].quantity, rows["L77"].department, str(rows["L77"].expires_on)) == (50, ward, "2027-12-31")
    assert (rows["L78"].quantity, rows["L78"].department) == (2, None)


def test_brought_again_only_what_differs_changes_and_nothing_is_lost(coordinator, ward):
    other = make_supply(site=ward.site, name="Not in the list", lot="X1")
    bring(coordinator, ward.site, LIST)
    assert bring(coordinator, ward.site, LIST) == (0, 0, 2)
    assert bring(coordinator, ward.site, LIST.replace("2 pcs", "1")) == (0, 1, 1)
    assert Supply.objects.get(pk=other.pk).quantity == 1


def test_a_scanned_identifier_says_lot_and_expiry():
    (row,) = read_list(b"Product,UDI\nCannula,(01)09506000134352(17)271231(10)ABC123\n", "lots.csv")
    assert (row["udi_di"], row["lot"], str(row["expires_on"])) == ("09506000134352", "ABC123", "2027-12-31")


def test_the_plainest_heading_of_several_counts():
    text = "Artikelnummer;Bezeichnung;Hersteller;REF;Charge;Unit;Menge\n900123;Set;Draeger;IS-4711;SN 12345;EA;1.200\n"
    assert read_list(text.encode(), "lots.csv") == [
        {"row": 2, "name": "Set", "maker": "Draeger", "catalogue_no": "IS-4711", "lot": "SN 12345", "quantity": 1200}
    ]


def test_two_makers_of_one_name_are_two_products(coordinator, ward):
    assert bring(coordinator, ward.site, "Product,Manufacturer,Qty\nSet,Acme,3\nSet,Bolt,4\n") == (2, 0, 0)


def test_a_lot_that_was_used_up_and_is_listed_again_is_here_again(coordinator, ward):
    lot = make_supply(site=ward.site, name="Tube", lot="L1", quantity=0)
    assert bring(coordinator, ward.site, "Product,Lot\nTube,L1\n") == (0, 1, 0)
    assert Supply.objects.get(pk=lot.pk).quantity == 1


def test_a_list_that_is_too_long_is_refused():
    assert "20,000" in refused("Product\n" + "Set\n" * 20_001) or "20000" in refused("Product\n" + "Set\n" * 20_001)


def test_past_notices_are_asked_about_the_lots_of_a_list(coordinator, ward):
    notice = make_notice(maker="Draeger Medical", text="REF IS-4711: lot L77")
    bring(coordinator, ward.site, LIST)
    run_jobs(stop=lambda: False, once=True)
    found = {row.supply.lot: row.standing for row in Exposure.objects.filter(case=notice.case)}
    assert found == {"L77": Standing.CONFIRMED, "L78": Standing.EXCLUDED}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Colour,Lot\nred,1\n", "No column says which product it is. The columns are: Colour, Lot."),
        ("Product,Lot\n", "There are headings but no rows below them."),
        ("Product,Lot\nSet,4.71E+11\n", "Row 2, Lot: A spreadsheet has rounded this number"),
        ("Product,Qty\nSet,many\n", "Row 2, Qty: “many” is not a quantity."),
        ("Product,Expiry\nSet,30.02.2027\n", "Row 2, Expiry:"),
        ("\0\1\2", ""),
        ("Product,Expiry\nSet,03/04/2027\n", "In “Expiry” day and month cannot be told apart."),
        ("Product,UDI\nSet,(01)09506000134353(10)ABC\n", "Row 2, UDI:"),
        ("Product,UDI,Lot\nSet,(01)09506000134352(10)ABC,XYZ\n", "The code says ABC, and the list XYZ."),
    ],
)
def test_what_cannot_be_read_is_named(text, words):
    assert words in refused(text)


def test_nothing_is_entered_where_a_row_cannot_be(coordinator, ward):
    wrong = LIST + "Tube;;;;;;No such ward\nTube;;;" + "9" * 70 + ";;;\n"
    with pytest.raises(Invalid) as error:
        bring(coordinator, ward.site, wrong)
    assert "Row 5: There is no department “No such ward” at this site." in str(error.value)
    assert "Row 6: " in str(error.value)
    assert Supply.objects.count() == 0


def test_only_where_one_may(ward):
    here = make_user(permissions=["notices.view", "notices.handle", "directory.view"], scope=("site", ward.site_id))
    assert bring(here, ward.site, LIST) == (2, 0, 0)
    with pytest.raises((Invalid, NotFound)):
        bring(here, make_site(), LIST)
    with pytest.raises(Denied):
        bring(make_user(permissions=["notices.view"]), ward.site, LIST)


def test_the_page_says_what_happened(client, coordinator, ward):
    client.force_login(coordinator, backend="wardwright.platform.access.login.PasswordBackend")
    address = reverse("bring-lots")
    sent = {"file": SimpleUploadedFile("lots.csv", LIST.encode()), "site_id": ward.site_id}
    answer = client.post(address, sent, follow=True)
    assert "Lots entered: 2. Changed: 0. As they were: 0." in answer.content.decode()
    sent = {"file": SimpleUploadedFile("lots.csv", b"Product,Qty\nSet,many\n"), "site_id": ward.site_id}
    answer = client.post(address, sent)
    assert (answer.status_code, "“many” is not a quantity" in answer.content.decode()) == (422, True)


def test_a_ward_of_another_site_is_not_found_by_its_name(coordinator, ward):
    make_department(site=make_site(), name="Elsewhere")
    with pytest.raises(Invalid):
        bring(coordinator, ward.site, "Product,Ward\nSet,Elsewhere\n")
