"""Sentences of letters and pages: which say nothing of devices, and which must be read by a person."""

import pytest

from wardwright.kernel.scope import Of, Unit, decide, read_scope

ANNOUNCED = "Acme Medical is recalling the AirMax 20 ventilator because the fan may stop."


@pytest.mark.parametrize(
    "sentence",
    [
        "If the fan stops, the patient could be deprived of oxygen, which may lead to serious injury or death.",
        "There have been 12 complaints, three injuries, and no reports of death.",
        "As of April 14, 2022, the FDA has received 4 reports of injuries.",
        "Use of affected devices may cause serious adverse health consequences.",
        "The AirMax may stop without any alarm for up to 30 minutes.",
        "Patients may also have other serious injuries when the alarm is not heard.",
        "The potential risks of this include:\nHeadache\nIrritation of the eyes\nInjury caused by a lack of oxygen",
    ],
)
def test_sentences_that_say_nothing_of_devices(sentence: str) -> None:
    scope = read_scope(f"{ANNOUNCED} {sentence}")
    assert scope.understood == "wholly", [span.of(scope.text) for span in scope.residue]
    assert decide(scope, Unit(model="AirMax 20")).outcome == "affected"
    assert decide(scope, Unit(model="Zephyr 90")).outcome == "not_affected"


@pytest.mark.parametrize(
    "sentence",
    [
        "Other ventilators may also be affected.",
        "The Zephyr ventilator may stop as well.",
        "Zephyr ventilators are built with the same fan.",
        "The fan is also used in the 9000 ventilator.",
        "All models with this fan are affected.",
        "The white ones are not concerned.",
        "The ventilators for home use are not included.",
        "The recall has been expanded to further devices.",
        "Certain lots were distributed with another fan.",
        "The following products have the same fan:\nZephyr\nBora",
    ],
)
def test_sentences_that_may_add_devices_or_take_some_away(sentence: str) -> None:
    scope = read_scope(f"{ANNOUNCED} {sentence}")
    assert decide(scope, Unit(model="Zephyr")).outcome != "not_affected", scope
    assert scope.understood == "partly" or len(scope.clauses[0].of(Of.CONDITION)) == 1, scope


@pytest.mark.parametrize(
    ("words", "models"),
    [
        ("Acme is recalling the AirMax 20 and AirMax 30 ventilators due to a fault.",
         ["AirMax 20", "AirMax 30 ventilators"]),
        ("Acme Inc. (a subsidiary of Big Ltd.) has recalled its AirMax (AM) following two complaints.", ["AirMax"]),
        ("This recall affects only the AirMax 20.", ["AirMax 20"]),
        ("The affected devices are the AirMax 20, AirMax 30 and Bora.", ["AirMax 20", "AirMax 30", "Bora"]),
        ("All AirMax 20 ventilators with serial numbers 100 to 200", ["AirMax 20 ventilators"]),
        ("AM20, AM25 and AM30 ventilators with software version 2.0", ["AM20", "AM25", "AM30 ventilators"]),
        ("We are writing to inform you about a correction of the AirMax 20 ventilator.", ["AirMax 20 ventilator"]),
    ],
)  # fmt: skip
def test_names_in_running_text(words: str, models: list[str]) -> None:
    scope = read_scope(words)
    assert [e.low for clause in scope.clauses for e in clause.of(Of.MODEL)] == models
    assert scope.residue == ()


def test_certain_devices_without_saying_which_are_left_to_a_person() -> None:
    scope = read_scope("Acme is recalling certain AirMax 20 ventilators because the fan may stop.")
    assert decide(scope, Unit(model="AirMax 20")).outcome == "unresolved"
    assert decide(scope, Unit(model="Zephyr 90")).outcome == "not_affected"
    told = read_scope("Acme is recalling certain AirMax 20 ventilators with serial numbers 100 to 200.")
    assert decide(told, Unit(model="AirMax 20", serial="150")).outcome == "affected"
    assert decide(told, Unit(model="AirMax 20", serial="250")).outcome == "not_affected"
