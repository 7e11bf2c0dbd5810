"""The limit of a step in the editor: figures, a nominal value with its tolerance, or a test of the table."""

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from wardwright.apps.testing.models import Procedure, Step
from wardwright.apps.testing.operations import change_draft, create_procedure, load_procedures
from wardwright.apps.testing.queries import newest_version
from wardwright.apps.testing.views.procedures import difference
from wardwright.platform.core.change import System
from wardwright.platform.core.errors import Invalid

pytestmark = pytest.mark.django_db
ENERGY = {"text": "Energy", "section": "performance", "kind": "reading", "unit": "J", "required": "on"}
TOLERANCE = {"limit": "tolerance", "nominal": "10", "plus_minus": "3", "percent": "15"}


@pytest.fixture
def client():
    client = Client()
    user = factories.make_user(permissions=["testing.view", "testing.write", "directory.view"])
    client.force_login(user, backend="wardwright.platform.access.login.PasswordBackend")
    return client


@pytest.fixture
def draft():
    return newest_version(create_procedure(by=System("test"), code="PM-1", title="Defibrillator").pk)


def save(client, version, **given):
    version.refresh_from_db()
    sent = {"minutes": "20", "expected_version": version.version, "row": ["1"]}
    sent |= {f"s1-{name}": value for name, value in (ENERGY | given).items()}
    return client.post(reverse("edit-version", args=[version.pk]), sent)


def test_a_tolerance_is_kept_as_such_with_its_source_and_how_it_was_checked(client, draft):
    saved = save(client, draft, **TOLERANCE, limit_source="Manual 7", verified="P", low="1", high="nonsense")
    assert saved.status_code == 302
    step = Step.objects.get(procedure_version=draft)
    assert step.limit == {"nominal": "10", "plus_minus": "3", "percent": "15", "verified": "P"}
    assert (step.low, step.high, step.unit, step.limit_source) == (7, 13, "J", "Manual 7")
    page = client.get(reverse("procedure-version", args=[draft.pk])).content.decode()
    assert "7 to 13 J" in page and "10 J ± 3 J or ± 15 %, whichever is more" in page and "The primary text" in page


def test_figures_of_ones_own_say_how_they_were_checked_and_keep_no_tolerance(client, draft):
    save(client, draft, **TOLERANCE)
    assert save(client, draft, low="8", high="12,5", nominal="nonsense", verified="M").status_code == 302
    step = Step.objects.get(procedure_version=draft)
    assert (step.limit, step.low, f"{step.high.normalize()}") == ({"verified": "M"}, 8, "12.5")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"nominal": ""}, "nominal", "Enter the nominal value that the tolerance belongs to."),
        ({"nominal": "x"}, "nominal", "Enter a number."),
        ({"plus_minus": "", "percent": ""}, "plus_minus", "Enter a tolerance above 0."),
        ({"plus_minus": "-1"}, "plus_minus", "Enter a tolerance above 0."),
        ({"percent": "-1"}, "percent", "Enter a tolerance above 0."),
        ({"nominal": "0", "plus_minus": ""}, "plus_minus", "A percentage of 0 is nothing."),
        ({"nominal": "0.0333", "plus_minus": ""}, "percent", "The limits come to 0.028305 and 0.038295"),
        ({"unit": ""}, "unit", "Enter the unit of the reading"),
    ],
)
def test_a_tolerance_that_makes_no_sense_is_told_beside_its_field(client, draft, given, field, words):
    answer = save(client, draft, **{**TOLERANCE, **given})
    step = answer.context["rows"][0][1]
    assert (answer.status_code, list(step.errors)) == (422, [field])
    assert step.errors[field][0].startswith(words)
    assert Step.objects.filter(procedure_version=draft).count() == 0


def test_the_limits_of_a_tolerance_are_shown_while_it_is_typed(client):
    def preview(**given):
        sent = {f"s4-{name}": value for name, value in (ENERGY | TOLERANCE | given).items()}
        return client.get(reverse("limit-preview"), sent).content.decode()

    assert "Limits: 7 to 13 J" in preview()
    assert "Limits: -11.5 to -8.5 J" in preview(nominal="-10", plus_minus="")
    assert "Limits:" not in preview(nominal="x") + preview(nominal="") + preview(limit="") + preview(limit="||x")


def test_a_shipped_procedure_saved_as_it_is_keeps_every_tolerance(client):
    load_procedures(by=System("test"))
    version = newest_version(Procedure.objects.get(code="PM-DEF").pk)
    before = version.frozen_steps()
    page = client.get(reverse("edit-version", args=[version.pk]))
    sent = {"minutes": "20", "expected_version": version.version, "row": [n for n, _step in page.context["rows"]]}
    for _n, step in page.context["rows"]:
        entries = {bound.html_name: bound.value() for bound in step}
        sent |= {name: value for name, value in entries.items() if value not in (None, "", False)}
    assert client.post(reverse("edit-version", args=[version.pk]), sent).status_code == 302
    assert version.frozen_steps() == before


def test_a_changed_tolerance_stands_in_the_comparison_in_words(client, draft):
    save(client, draft, **TOLERANCE)
    draft.refresh_from_db()

    old = draft.frozen_steps()
    save(client, draft, **TOLERANCE | {"percent": "", "verified": "V1"})
    changed = {str(line["what"]): (line["old"], line["new"]) for line in difference(old, draft.frozen_steps())}
    assert changed == {
        "limit": ("10 ± 3 or ± 15 %, whichever is more", "10 ± 3; checked in: one source"),
    }


def test_the_api_names_an_entry_that_a_tolerance_does_not_have(draft):

    with pytest.raises(Invalid) as caught:
        change_draft(by=System("test"), version_id=draft.pk, steps=[{**ENERGY, "limit": {"plus": 5}}])
    assert "has no entry “plus”" in caught.value.fields["steps.1.limit"]
