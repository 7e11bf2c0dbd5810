"""Names as registers have them: which come to a person's eyes, and which are two products."""

import pytest

from wardwright.kernel.matching import Device, Inventory, Match, Subject, explain
from wardwright.kernel.scope import Unit, read_scope


def found(text: str, maker: str, unit: dict[str, str]) -> str:
    """The standing, or "nothing"; the search of an inventory says the same."""
    subject, device = Subject("notice", read_scope(text), (maker,)), Device("device", Unit.of(unit))
    answer = explain(subject, device)
    searched = list(Inventory([device]).against(subject))
    assert searched == ([answer] if isinstance(answer, Match) else [])
    return str(answer.standing) if isinstance(answer, Match) else "nothing"


@pytest.mark.parametrize(
    ("text", "maker", "unit"),
    [
        ("REF 7305: Lots JT13607", "Dukal Corp.", {"maker": "Dukl Corp.", "model": "spare", "lot": "JT13607"}),
        ("Model Infinia: all versions", "GE Healthcare", {"maker": "GE Healthcare", "model": "Infn"}),
        ("Model Discovery NM 750b", "GE Healthcare", {"maker": "GEMS UK", "model": "Disscovery-NM750b"}),
        ("Model FCR Carbon X CR-IR 357", "Fujifilm", {"model": "FCR Carbo X"}),
        ("Model Express 80403: S/N 6931 and lower", "Physio-Control", {"model": "80403-000072", "serial": "1200"}),
        ("Model SQ-RX 1010: all lots", "Cameron Health", {"maker": "Cameron Health", "model": "1O 10"}),
        ("Model InTouch ICU Bed 2131", "Stryker", {"maker": "Stryker", "model": "InTouchICUBed#2"}),
        ("Model SE-1200 Express: all lots", "Edan Instruments", {"maker": "Edan", "model": "SE-12O0-Express"}),
        ("Model Servo-i: all", "Maquet", {"model": "SERVO I (ward 4)"}),
        ("Model Alaris PC Unit: all versions", "BD", {"model": "Alaris PC Unit"}),
    ],
)
def test_a_mangled_name_is_not_lost(text: str, maker: str, unit: dict[str, str]) -> None:
    assert found(text, maker, unit) in ("review", "model_only", "confirmed")


@pytest.mark.parametrize(
    ("named", "maker", "model"),
    [
        ("Agilia SP", "Fresenius Kabi", "Agilia VP"),
        ("VS4", "Philips", "VS30"),
        ("V60", "Philips", "V680"),
        ("Trilogy 100", "Philips", "V60"),
    ],
)
def test_short_codes_are_two_products(named: str, maker: str, model: str) -> None:
    assert found(f"Model {named}: all serial numbers", maker, {"maker": maker, "model": model}) == "nothing"
    assert found(f"Model {named}: all serial numbers", maker, {"maker": maker, "model": named}) == "confirmed"
