"""The work board: what stands in which column and lane, and how an order moves along the states."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests import factories

from wardwright.apps.maintenance import queries
from wardwright.apps.maintenance.models import WorkOrder
from wardwright.apps.maintenance.queries import boards
from wardwright.apps.maintenance.states import UNFINISHED, WORK_TRANSITIONS, WorkState
from wardwright.platform.audit.models import AuditChange

pytestmark = pytest.mark.django_db
BACKEND = "wardwright.platform.access.login.PasswordBackend"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def user():
    return factories.make_user(permissions=["*"])


@pytest.fixture
def client(user):
    return client_of(user)


def shown(client, **query):
    answer = client.get(reverse("work-board"), query)
    assert answer.status_code == 200
    return answer


def cells(answer):
    """Lane → state → the numbers on its cards."""
    return {
        str(lane["words"]): {
            cell["state"]: [card["order"].number for card in cell["cards"]] for cell in lane["cells"] if cell["cards"]
        }
        for lane in answer.context["lanes"]
    }


def moved(client, order, to, **given):
    return client.post(f"{reverse('move-work', args=[order.pk])}?to={to}&board=priority%3D3", given)


def test_each_column_holds_the_work_of_its_state_the_most_urgent_first(client):
    today = timezone.localdate()
    later = factories.make_work_order(due_on=today + timedelta(5))
    urgent = factories.make_work_order(kind="corrective", due_on=None, priority=1)
    soon = factories.make_work_order(due_on=today - timedelta(1))
    begun = factories.make_work_order(state="in_progress")
    factories.make_work_order(state="closed")
    answer = shown(client)
    numbers = {"open": [urgent.number, soon.number, later.number], "in_progress": [begun.number]}
    assert cells(answer) == {"": numbers}
    assert "4 jobs are not finished, 1 is late" in answer.content.decode()


def test_the_filters_of_the_work_list_hold_and_the_columns_open_the_list(client):
    repair = factories.make_work_order(kind="corrective", due_on=None, priority=1)
    factories.make_work_order()
    answer = shown(client, kind="corrective", priority="1")
    assert cells(answer) == {"": {"open": [repair.number]}}
    for column in answer.context["columns"]:
        assert len(client.get(column["url"]).context["table"].ids) == column["count"]


def test_a_cell_shows_some_and_its_link_opens_all(client, monkeypatch):
    monkeypatch.setattr(boards, "CARDS", 2)
    for _n in range(5):
        factories.make_work_order()
    open_cell = shown(client).context["lanes"][0]["cells"][0]
    assert (len(open_cell["cards"]), open_cell["more"]) == (2, 3)
    assert len(client.get(open_cell["url"]).context["table"].ids) == 5


@pytest.mark.parametrize("lanes", ["person", "department", "priority"])
def test_lanes_gather_what_belongs_together_and_their_links_count_the_same(client, monkeypatch, lanes):
    monkeypatch.setattr(boards, "CARDS_IN_LANE", 1)
    tina = factories.make_person(name="Tina")
    ward = factories.make_asset(department=factories.make_department(name="Surgery"))
    for _n in range(2):
        factories.make_work_order(state="assigned", assigned_to=tina, priority=2)
        factories.make_work_order(asset=ward)
    found = shown(client, lanes=lanes).context["lanes"]
    assert sum(lane["count"] for lane in found) == 4
    more = [cell for lane in found for cell in lane["cells"] if cell["more"]]
    assert [len(client.get(cell["url"]).context["table"].ids) for cell in more] == [2] * len(more)
    assert len(more) == 2


def test_what_waits_says_what_for_and_goes_back_to_where_it_was(client):
    order = factories.make_work_order(state="on_hold", hold_reason="parts", held_since_at=timezone.now())
    assert "Waiting for parts" in shown(client).content.decode()
    assert queries.next_states(order) == [WorkState.OPEN, WorkState.IN_PROGRESS]


@pytest.mark.parametrize("state", UNFINISHED)
def test_no_way_leaves_the_transition_table(state):
    for assigned in (None, factories.make_person()):
        for started in (None, timezone.now()):
            order = WorkOrder(state=state, assigned_to=assigned, started_at=started, needs_verification=True)
            assert set(queries.next_states(order)) <= WORK_TRANSITIONS[state]


MOVES = [
    ("open", "assigned", {"person": "tina"}, "assigned"),
    ("open", "in_progress", {}, "in_progress"),
    ("open", "on_hold", {"hold_reason": "parts"}, "on_hold"),
    ("assigned", "open", {}, "open"),
    ("assigned", "in_progress", {}, "in_progress"),
    ("in_progress", "on_hold", {"hold_reason": "vendor"}, "on_hold"),
    ("on_hold", "open", {}, "open"),
    ("on_hold", "in_progress", {}, "in_progress"),
]


@pytest.mark.parametrize(("before", "to", "given", "after"), MOVES)
def test_a_move_is_one_operation_and_leads_back_to_the_board(client, before, to, given, after):
    tina = factories.make_person(tier="senior")
    order = factories.make_work_order(state=before, assigned_to=tina if before == "assigned" else None)
    changes = AuditChange.objects.count()
    answer = moved(client, order, to, **{key: tina.pk if value == "tina" else value for key, value in given.items()})
    order.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, f"{reverse('work-board')}?priority=3")
    assert (order.state, AuditChange.objects.count()) == (after, changes + 1)


@pytest.mark.parametrize(("before", "to"), [("open", "assigned"), ("open", "on_hold"), ("in_progress", "on_hold")])
def test_without_what_the_move_needs_it_is_asked_for_and_nothing_changes(client, before, to):
    order = factories.make_work_order(state=before)
    changes = AuditChange.objects.count()
    assert moved(client, order, to).status_code == 422
    order.refresh_from_db()
    assert (order.state, AuditChange.objects.count()) == (before, changes)


@pytest.mark.parametrize(
    ("before", "to"), [("open", "to_verify"), ("open", "closed"), ("closed", "open"), ("open", "x")]
)
def test_a_move_that_the_states_do_not_have_is_refused(client, before, to):
    order = factories.make_work_order(state=before)
    assert moved(client, order, to).status_code == 409
    order.refresh_from_db()
    assert order.state == before


def test_what_needs_more_than_the_board_leads_to_its_page(client):
    begun = factories.make_work_order(kind="corrective", state="in_progress", needs_verification=True)
    repaired = factories.make_work_order(kind="corrective", state="to_verify")
    assert moved(client, begun, "to_verify").url == reverse("perform", args=[begun.pk])
    assert moved(client, repaired, "in_progress").url == reverse("verify-repair", args=[repaired.pk])


def test_a_card_that_somebody_changed_meanwhile_is_not_moved(client):
    order = factories.make_work_order()
    url = f"{reverse('move-work', args=[order.pk])}?version={order.version + 1}"
    assert client.post(url, {"to": "in_progress"}).status_code == 409
    order.refresh_from_db()
    assert order.state == "open"


def test_a_reader_sees_the_board_without_moves_and_may_not_move():
    reader = client_of(factories.make_user(permissions=["maintenance.view"]))
    order = factories.make_work_order()
    (lane,) = shown(reader).context["lanes"]
    assert lane["cells"][0]["cards"][0]["ways"] == []
    assert moved(reader, order, "in_progress").status_code == 403


def test_the_way_back_is_always_the_board(client):
    page = client.get(reverse("move-work", args=[factories.make_work_order().pk]), {"board": "//evil.example/?q=1"})
    assert page.context["back"].startswith(reverse("work-board"))


def test_an_unchanged_board_is_not_sent_again(client):
    factories.make_work_order()
    url, part = shown(client).context["poll_url"], {"HX-Request": "true", "HX-Target": "rows"}
    assert client.get(url, headers=part).status_code == 204
    factories.make_work_order()
    assert client.get(url, headers=part).status_code == 200


def test_more_cards_ask_no_more_queries(client):
    counts = []
    for _time in range(2):
        for state in UNFINISHED:
            factories.make_work_order(state=state, assigned_to=factories.make_person())
        for lanes in ("", "person"):
            with CaptureQueriesContext(connection) as asked:
                shown(client, lanes=lanes)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
