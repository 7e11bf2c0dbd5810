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
    ("text", "maker", "unit"),
    [
        # A code that is hardly another product's, whatever stands in the register as its maker, or does not.
        ("Model Zimmon G22458: all lots", "Cook Ireland", {"maker": "Medi-Globe", "model": "Duette G22458"}),
        ("FCR XC-2 · CR-IR 357 · FCR XC-2: CR-IR 357", "Fujifilm", {"model": "FCR-XC-2"}),
        ("Model Voluson 730: all", "GE Healthcare", {"model": "gems VOLUSON730"}),
        ("Model R2067: all lots", "Medtronic", {"model": "NA-R2067"}),
        ("Model Stent TSP-1660-M-S: all lots", "Hood Laboratories", {"model": "TSP-166O-M-S"}),
        # A catalogue number written as the model, where the notice names models only.
        ("Model Soehendra G22291: S/N 3942 and lower", "Cook Ireland",
         {"maker": "Cook Ireland Inc.", "model": "TTSO-8.5-15", "serial": "3941"}),
        ("Model Oasis G26859: all lots", "Cook Ireland", {"maker": "Cook Ireland", "model": "MODEL: OATS-10-7"}),
        ("Model Aespire 7900: all", "Datex-Ohmeda", {"maker": "Datex-Ohmeda", "model": "1009 9012 000"}),
        # No maker, and a word cut short or mistyped.
        ("Model Aespire 7900: all", "Datex-Ohmeda", {"model": "Aesp. 7900"}),
        ("Model Unify: all", "Abbott", {"model": "Uniy"}),
        ("Model Phoenix: all", "Baxter", {"model": "Phoe."}),
        ("Teleflex is recalling the Babi.Plus manifold system because it does not hold pressure.", "Teleflex",
         {"model": "Babi"}),
        # One of a family, its letters written apart.
        ("Model IntelliVue patient monitor MX400-MX850: all", "Philips",
         {"maker": "Philips", "model": "patient monitor MX 639"}),
        # The model is nothing but the maker, in several words or another script.
        ("Model Primus: S/N 1001-1250", "Dräger", {"model": "Drägerwerk AG & Co. KGaA (USA) spare"}),
        ("Model Alaris Gateway: all", "BD", {"model": "Becton, Dickinson and Company N/A"}),
        ("Model Zoom Latitude 3120: all", "Boston Scientific", {"model": "波士顿科学 N/A"}),
        ("Model LLH1: all", "GE Medical Systems", {"model": "通用电气医疗 5434135-4"}),
        ("Model Optima 680: all", "GE Healthcare", {"model": "G.E. -"}),
    ],
)  # fmt: skip
def test_what_may_be_the_product_comes_to_review(text: str, maker: str, unit: dict[str, str]) -> None:
    assert found(text, maker, unit) == "review"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Model Zimmon G22458: S/N 1001-1250", {"maker": "Medi-Globe", "model": "G22458", "serial": "1251"}),
        ("Model Zimmon 500ml: all lots", {"maker": "Medi-Globe", "model": "Duette 500ml"}),
        ("Model Zimmon 2245: all lots", {"maker": "Medi-Globe", "model": "Duette 2245"}),
        ("Model Oasis G26859: all lots", {"maker": "", "model": "OATS-10-7"}),
        ("Model Phoenix: all", {"maker": "", "model": "Photon"}),
    ],
)
def test_what_is_certainly_another_stays_away(text: str, unit: dict[str, str]) -> None:
    assert found(text, "Cook Ireland", unit) in ("nothing", "excluded")


def test_the_reason_tells_of_the_other_maker() -> None:
    subject = Subject("notice", read_scope("Model Zimmon G22458: all lots"), ("Cook Ireland",))
    answer = explain(subject, Device("device", Unit.of({"maker": "Medi-Globe", "model": "Duette G22458"})))
    assert isinstance(answer, Match)
    assert answer.score == 35
    assert answer.reason.startswith("The model Duette G22458 is that of the notice, and the maker is another.")


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


def test_a_letter_for_a_digit_in_a_number_without_a_maker_is_looked_at() -> None:
    assert found("Item # 10431-8: all lots", "Medline", {"model": "1O431-8"}) == "review"
    assert found("Item # 10431-8: all lots", "Medline", {"model": "10432-8"}) == "nothing"


def test_a_name_without_its_vowels_is_looked_at() -> None:
    unit = {"maker": "Baxter", "model": "BxtrSpctrm"}
    assert found("Model Baxter Spectrum LVP: all versions", "Baxter", unit) == "review"
    assert found("Model Sigma Spectrum LVP: all versions", "Baxter", unit) == "nothing"
