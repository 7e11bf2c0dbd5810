"""Notices and devices: by which rung a device is found, and what the notice means for it."""

import pytest

from wardwright.kernel.matching import Device, Inventory, Match, NoMatch, Notices, Subject, explain
from wardwright.kernel.scope import Unit, read_scope

ALARIS = "Model 8100: S/N 1001-1250"


def found(text: str, makers: tuple[str, ...] = ("BD",), **unit: str) -> str:
    answer = explain(Subject("notice", read_scope(text), makers), Device("device", Unit.of(unit)))
    return f"{answer.standing} by {answer.rung}" if isinstance(answer, Match) else "nothing"


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ({"maker": "BD", "model": "Alaris 8100", "serial": "1100"}, "confirmed by model"),
        ({"maker": "BD", "model": "8100", "serial": ""}, "model_only by model"),
        ({"maker": "BD", "model": "8100", "serial": "1251"}, "excluded by model"),
        ({"maker": "BD", "model": "8110", "serial": "1100"}, "nothing"),
        ({"maker": "", "model": "8100", "serial": "1100"}, "review by model"),
        ({"maker": "BD", "model": "", "serial": "1100"}, "review by maker"),
        ({"maker": "Philips", "model": "8100", "serial": "1100"}, "nothing"),
    ],
)
def test_maker_and_model(unit: dict[str, str], expected: str) -> None:
    assert found(ALARIS, **unit) == expected


def test_inventory_and_notices_say_the_same() -> None:
    subject = Subject("n", read_scope(ALARIS), ("BD",))
    devices = [
        Device(1, Unit(maker="BD", model="8100", serial="1001")),
        Device(2, Unit(maker="Philips", model="MX40", serial="1001")),
    ]
    inventory, notices = Inventory(devices), Notices([subject])
    forward = list(inventory.against(subject))
    assert [match.device for match in forward] == [1]
    assert forward == [match for device in devices for match in notices.against(device)]
    inventory.remove(1)
    assert list(inventory.against(subject)) == []


def test_a_notice_that_names_nothing_is_unsearchable() -> None:
    subject = Subject("n", read_scope("Please read the attached letter."))
    assert subject.unsearchable
    answer = explain(subject, Device(1, Unit(maker="BD", model="8100")))
    assert isinstance(answer, NoMatch)
    assert answer.reason == "The notice names nothing by which a device could be found. Read it."
