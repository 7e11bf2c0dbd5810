"""The random codes on labels."""

import pytest
from tests.factories import make_asset, make_user

from wardwright.apps.assets import operations
from wardwright.apps.assets.models import AssetCode
from wardwright.apps.assets.queries import asset_coded
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Denied, Invalid

BY = System("test")
pytestmark = pytest.mark.django_db


def test_a_code_is_given_once():
    one, two = make_asset(), make_asset()
    first = operations.give_codes(by=BY, asset_ids=[one.pk])
    both = operations.give_codes(by=BY, asset_ids=[one.pk, two.pk])
    assert both[one.pk] == first[one.pk] != both[two.pk]
    assert asset_coded(both[two.pk].upper()) == two


def test_a_replaced_code_leads_nowhere():
    asset = make_asset()
    old = operations.give_codes(by=BY, asset_ids=[asset.pk])[asset.pk]
    with pytest.raises(Invalid):
        operations.replace_code(by=BY, asset_id=asset.pk, reason=" ")
    new = operations.replace_code(by=BY, asset_id=asset.pk, reason="label photographed by a visitor").code
    assert (asset_coded(old), asset_coded(new)) == (None, asset)
    assert operations.give_codes(by=BY, asset_ids=[asset.pk]) == {asset.pk: new}


def test_only_who_may_change_the_device_gets_its_code():
    asset = make_asset()
    with pytest.raises(Denied):
        operations.give_codes(by=make_user(permissions=["assets.view"]), asset_ids=[asset.pk])
    assert not AssetCode.objects.exists()
