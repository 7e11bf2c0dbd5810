"""The merge queue: what "the same", "related" and "different" do, and that no pair is asked about twice."""

import pytest
from tests.factories import make_asset, make_company, make_model, make_site, make_type, make_user

from wardwright.apps.assets import operations as ops
from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType, MergeCandidate
from wardwright.apps.assets.queries import model_named, open_candidates, remembered_pairs, type_named
from wardwright.apps.directory.models import Company, CompanyAlias, CompanyRelation
from wardwright.apps.directory.operations import grant_role
from wardwright.apps.directory.queries import company_named
from wardwright.platform.access.models import Grant
from wardwright.platform.core.errors import Denied, Invalid, NotNow

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user(name="Lea Lead")


def propose(lead, kind, left, right):
    return ops.propose_merge(by=lead, kind=kind, left_id=left.pk, right_id=right.pk, score=90, why="Similar names")


def test_the_same_company_keeps_every_device_and_every_name(lead):
    kept, lost = make_company(name="Mindrey"), make_company(name="Mindrei", is_supplier=True, country="CN")
    twin, other = make_model(maker=kept, name="VS 800"), make_model(maker=lost, name="VS-9")
    doubled = make_model(maker=lost, name="vs 800")
    first, second = make_asset(device_model=other), make_asset(device_model=doubled, supplier=lost)
    candidate = propose(lead, "company", kept, lost)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="left", reason="Checked the labels")
    assert list(Company.objects.order_by("pk").values_list("merged_into_id", flat=True)) == [None, kept.pk]
    assert (company_named("MINDREI").pk, CompanyAlias.objects.get().spelling) == (kept.pk, "Mindrei")
    assert Asset.objects.get(pk=first.pk).device_model.maker_id == kept.pk
    row = Asset.objects.get(pk=second.pk)
    assert (row.device_model_id, row.supplier_id) == (twin.pk, kept.pk)
    assert "mindrey" in row.search_text
    company = Company.objects.get(pk=kept.pk)
    assert (company.is_supplier, company.country) == (True, "CN")
    assert list(MergeCandidate.objects.values_list("decision", "decided_by_name")) == [("same", "Lea Lead")]


def test_a_role_held_for_both_companies_is_held_once_for_the_one_kept(lead):
    kept, lost = make_company(name="Mindrey"), make_company(name="Mindrei")
    both = make_user(permissions=["assets.view"], scope=("vendor", kept.pk))
    role = Grant.objects.get(user=both).role
    grant_role(by=lead, user_id=both.pk, role_id=role.pk, scope_kind="vendor", scope_id=lost.pk)
    one = make_user(permissions=["assets.view"], scope=("vendor", lost.pk))
    candidate = propose(lead, "company", kept, lost)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="left")
    held = Grant.objects.filter(scope_kind="vendor").order_by("user_id").values_list("user_id", "scope_id")
    assert list(held) == [(both.pk, kept.pk), (one.pk, kept.pk)]


def test_related_companies_stay_two_and_are_not_asked_about_again(lead):
    maquet, getinge = make_company(name="Maquet"), make_company(name="Getinge")
    candidate = propose(lead, "company", getinge, maquet)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="related", relation="brand_of")
    assert CompanyRelation.objects.get().kind == "brand_of"
    assert propose(lead, "company", maquet, getinge).pk == candidate.pk
    assert (open_candidates(lead).count(), remembered_pairs("company")) == (0, {(maquet.pk, getinge.pk)})
    with pytest.raises(NotNow):
        ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same")
    assert Company.objects.filter(merged_into=None).count() == 2


def test_the_same_type_moves_models_devices_and_risk(lead):
    kept = make_type(name="Lung ventilator", fs_function=10, fs_risk=5, fs_maintenance=5)
    lost = make_type(name="Respirator", gmdn_code="42411")
    asset = make_asset(device_type=lost)
    candidate = propose(lead, "type", kept, lost)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="left")
    assert Asset.objects.values_list("device_type_id", "risk_score").get() == (kept.pk, 20)
    assert DeviceModel.objects.get(pk=asset.device_model_id).device_type_id == kept.pk
    assert (type_named("respirator").pk, DeviceType.objects.get(pk=kept.pk).gmdn_code) == (kept.pk, "42411")


def test_the_right_one_can_be_kept(lead):
    maker = make_company()
    left, right = make_model(maker=maker, name="Pump"), make_model(maker=maker, name="Pump 2000")
    asset = make_asset(device_model=left)
    candidate = propose(lead, "model", left, right)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="right")
    assert Asset.objects.get(pk=asset.pk).device_model_id == right.pk
    assert model_named(maker, "pump").pk == right.pk


def test_one_device_twice_in_the_register_becomes_one(lead):
    site = make_site()
    kept, lost = make_asset(site=site, serial=""), make_asset(site=site, serial="S9")
    part = make_asset(site=site, parent=lost)
    candidate = propose(lead, "asset", kept, lost)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="left")
    row = Asset.objects.get(pk=kept.pk)
    assert (row.serial, row.external_ids) == ("S9", {"also": lost.tag})
    assert (Asset.objects.get(pk=lost.pk).status, Asset.objects.get(pk=part.pk).parent_id) == ("retired", kept.pk)


def test_open_pairs_follow_the_one_that_is_kept(lead):
    a, b, c = make_company(name="Aaa"), make_company(name="Bbb"), make_company(name="Ccc")
    first, _second, third = (
        propose(lead, "company", a, b),
        propose(lead, "company", a, c),
        propose(lead, "company", b, c),
    )
    ops.decide_merge(by=lead, candidate_id=first.pk, decision="same", keep="left")
    assert list(open_candidates(lead).values_list("left_id", "right_id")) == [(a.pk, c.pk)]
    assert MergeCandidate.objects.filter(pk=third.pk).count() == 0


def test_deciding_needs_the_permission_and_a_decision(lead):
    candidate = propose(lead, "company", make_company(), make_company())
    with pytest.raises(Denied):
        ops.decide_merge(by=make_user(permissions=["assets.change"]), candidate_id=candidate.pk, decision="same")
    with pytest.raises(Invalid):
        ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="perhaps")
    assert MergeCandidate.objects.get().decision == "open"
