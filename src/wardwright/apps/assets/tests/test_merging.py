"""The merge queue: what "the same", "related" and "different" do, and that no pair is asked about twice."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.factories import make_asset, make_company, make_model, make_site, make_type, make_user

from wardwright.apps.assets import operations as ops
from wardwright.apps.assets.models import Asset, DeviceModel, DeviceType, MergeCandidate
from wardwright.apps.assets.queries import model_named, open_candidates, remembered_pairs, type_named
from wardwright.apps.directory.models import Company, CompanyAlias, CompanyRelation
from wardwright.apps.directory.operations import revoke_grant
from wardwright.apps.directory.queries import company_named
from wardwright.platform.access.models import Grant
from wardwright.platform.audit.operation import open_change
from wardwright.platform.core.change import System
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


def test_two_companies_whose_people_log_in_are_not_merged(lead):
    """Each would see the other's devices and work."""
    kept, lost = make_company(name="Mindrey"), make_company(name="Mindrei")
    users = [make_user(permissions=["assets.view"], scope=("vendor", company.pk)) for company in (kept, lost)]
    candidate = propose(lead, "company", kept, lost)
    with pytest.raises(NotNow, match=users[1].name):
        ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="left")
    assert Company.objects.filter(merged_into=None).count() == 2
    revoke_grant(by=lead, grant_id=Grant.objects.get(user=users[1]).pk)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="left")
    assert Company.objects.get(pk=lost.pk).merged_into_id == kept.pk


@pytest.mark.parametrize("side", ["left", "right"])
def test_who_sees_more_by_a_merge_is_decided_by_whoever_manages_access(lead, side):
    kept, lost = make_company(name="Mindrey"), make_company(name="Mindrei")
    vendor = make_user(permissions=["assets.view"], scope=("vendor", lost.pk))
    merger = make_user(permissions=["assets.view", "assets.merge", "directory.view", "directory.change"])
    candidate = propose(lead, "company", kept, lost)
    with pytest.raises(Denied):
        ops.decide_merge(by=merger, candidate_id=candidate.pk, decision="same", keep=side)
    assert Grant.objects.get(user=vendor).scope_id == lost.pk
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep=side)
    assert Grant.objects.get(user=vendor).scope_id == (kept if side == "left" else lost).pk


def test_a_vendors_ended_role_moves_without_ado(lead):
    kept, lost = make_company(name="Mindrey"), make_company(name="Mindrei")
    both = make_user(permissions=["assets.view"], scope=("vendor", kept.pk))
    with open_change("test.grants", System("test")):
        Grant.objects.create(user=both, role=Grant.objects.get(user=both).role, scope_kind="vendor", scope_id=lost.pk)
        Grant.objects.filter(user=both).update(expires_at=timezone.now() - timedelta(days=1))
    candidate = propose(lead, "company", kept, lost)
    ops.decide_merge(by=lead, candidate_id=candidate.pk, decision="same", keep="left")
    assert list(Grant.objects.filter(user=both).values_list("scope_id", flat=True)) == [kept.pk]


@pytest.mark.parametrize("decision", ["same", "related", "different"])
def test_names_shared_by_all_sites_are_decided_for_all_sites(lead, decision):
    site = make_site()
    local = make_user(scope=("site", site.pk))
    candidate = propose(lead, "company", make_company(), make_company())
    with pytest.raises(Denied, match="all sites"):
        ops.decide_merge(by=local, candidate_id=candidate.pk, decision=decision)
    assert (MergeCandidate.objects.get().decision, open_candidates(local).count()) == ("open", 0)


@pytest.mark.parametrize("decision", ["same", "related", "different"])
def test_a_pair_of_devices_is_decided_by_whoever_may_at_both_sites(lead, decision):
    mine, other = make_site(), make_site()
    local = make_user(scope=("site", mine.pk))
    here, also_here, there = make_asset(site=mine), make_asset(site=mine), make_asset(site=other)
    across, within = propose(lead, "asset", here, there), propose(lead, "asset", here, also_here)
    with pytest.raises(Denied):
        ops.decide_merge(by=local, candidate_id=across.pk, decision=decision)
    with pytest.raises(Denied):
        propose(local, "asset", also_here, there)
    assert list(open_candidates(local)) == list(MergeCandidate.objects.visible_to(local)) == [within]
    ops.decide_merge(by=local, candidate_id=within.pk, decision=decision)
    assert MergeCandidate.objects.get(pk=across.pk).decision == "open"


def test_the_catalogue_shared_by_all_sites_is_changed_for_all_sites(lead):
    local = make_user(scope=("site", make_site().pk))
    model = make_model(name="Evita")
    for attempt in (
        lambda: ops.change_device_type(by=local, device_type_id=model.device_type_id, values={"name": "Mine"}),
        lambda: ops.change_device_model(by=local, device_model_id=model.pk, values={"name": "Mine"}),
        lambda: ops.add_type_alias(by=local, device_type_id=model.device_type_id, spelling="Mine"),
        lambda: ops.add_model_alias(by=local, device_model_id=model.pk, spelling="Mine"),
    ):
        with pytest.raises(Denied, match="all sites"):
            attempt()
    assert DeviceModel.objects.get().name == "Evita"
    assert ops.create_device_type(by=local, name="A new kind of pump").name == "A new kind of pump"


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
