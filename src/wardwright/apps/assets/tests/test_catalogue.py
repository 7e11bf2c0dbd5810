"""Facts of device models that others rely on."""

import pytest
from tests.factories import make_model

from wardwright.apps.assets.operations import change_device_model
from wardwright.kernel.limits import AppliedPart
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid

pytestmark = pytest.mark.django_db


def change(model, text):
    return change_device_model(by=System("test"), device_model_id=model.pk, values={"applied_parts": text})


def test_applied_parts_are_kept_in_their_usual_form():
    model = change(make_model(), "CF: ECG (defib)/ cuff bf")
    assert model.applied_parts == "ECG CF defib-proof, cuff BF"
    assert model.parts == (AppliedPart("ECG", "CF", True), AppliedPart("cuff", "BF"))
    assert (change(model, "no applied parts").parts, change(model, "").parts) == ((), None)


def test_applied_parts_without_a_type_are_refused_and_older_ones_are_not_known():
    model = make_model(applied_parts="ECG")
    assert model.parts is None
    with pytest.raises(Invalid) as caught:
        change(model, "ECG leads")
    assert list(caught.value.fields) == ["applied_parts"]
    model.refresh_from_db()
    assert model.applied_parts == "ECG"
