"""Companies, models, types: what is one, what is a question, and what must never be merged."""

import pytest

from wardwright.kernel.names.companies import CompanyIndex, match_company, score_company
from wardwright.kernel.names.keys import model_key, name_key, type_key
from wardwright.kernel.names.makers import known_maker, makers, relation, split_maker
from wardwright.kernel.names.models import match_model, score_model
from wardwright.kernel.names.types import device_type, device_types, known_type, match_type


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Drägerwerk AG & Co. KGaA", "dragerwerk"),
        ("KARL STORZ,GERMANY", "karl storz"),
        ("Karl Storz SE & Co. KG", "karl storz"),
        ("B.Braun Melsungen AG", "b braun melsungen"),
        ("G.E HEALTHCARE", "ge healthcare"),
        ("C. R. Bard, Inc.", "cr bard"),
        ("Esaote S.p.A.", "esaote"),
        ("Fisher & Paykel", "fisher and paykel"),
        ("DEFIBTECH, L.L.C.", "defibtech"),
        ("Shenzhen Mindray Co., Ltd.", "shenzhen mindray"),
        ("Datex-Ohmeda (GE)", "datex ohmeda"),
        ("Co", "co"),
        ("", ""),
    ],
)
def test_name_key(text: str, key: str) -> None:
    assert name_key(text) == key


@pytest.mark.parametrize(
    ("text", "maker"),
    [
        ("DRAGER", "Dräger"),
        ("Draeger Medical", "Dräger"),
        ("Dräger Medical GmbH", "Dräger"),
        ("PHILLIPS", "Philips"),
        ("Philips Healthcare Systems", "Philips"),
        ("GE", "GE HealthCare"),
        ("General Electric", "GE HealthCare"),
        ("OHMEDA", "Datex-Ohmeda"),
        ("CAREFUSION", "BD"),
        ("Becton Dickenson", "BD"),
        ("VALLEY LAB", "Covidien"),
        ("Medtronic/Covidien", "Covidien"),
        ("Medtronic, Inc.", "Medtronic"),
        ("F&P", "Fisher & Paykel Healthcare"),
        ("BBRAUN", "B. Braun"),
        ("WELCHALLYN", "Welch Allyn"),
        ("Fresenius Medical Care AG", "Fresenius Medical Care"),
        ("FRESENIUS VIAL", "Fresenius Kabi"),
        ("Storz Medical", "Storz Medical"),
        ("STORZ", "Karl Storz"),
        ("Erbe", "Erbe"),
        ("ERBA", "Erba"),
        ("Zimmer MedizinSysteme GmbH", "Zimmer MedizinSysteme"),
        ("Smiths Medical", "Smiths Medical"),
        ("Smith & Nephew, Inc.", "Smith & Nephew"),
        ("迈瑞", "Mindray"),
        ("Siemens-Elema", "Maquet"),
    ],
)
def test_known_makers(text: str, maker: str) -> None:
    assert known_maker(text).name == maker


@pytest.mark.parametrize(
    "text",
    ["GE PRIMUS", "Boston Medical", "Nova Medical", "Wolf Medical", "General Hospital", "Acme", "", "5", "S.p.A."],
)
def test_resembling_a_maker_is_not_being_one(text: str) -> None:
    assert known_maker(text) is None


def test_maker_file_is_sound() -> None:
    names = [maker.name for maker in makers()]
    assert len(names) == len(set(names)) >= 80
    assert [m.name for m in makers() if known_maker(m.name) is not m] == []


RELATED = [
    ("Maquet", "Getinge"),
    ("GE HealthCare", "Datex-Ohmeda"),
    ("Covidien", "Medtronic"),
    ("Welch Allyn", "Hill-Rom"),
    ("Physio-Control", "Stryker"),
    ("Arjo", "Getinge"),
]


@pytest.mark.parametrize(("a", "b"), RELATED)
def test_related_is_not_the_same(a: str, b: str) -> None:
    assert relation(known_maker(a), known_maker(b)) == relation(known_maker(b), known_maker(a)) is not None
    assert score_company(a, b)[0] == score_company(b, a)[0] == 60.0
    match = match_company(a, {b: 1})
    assert (match.kind, match.id, match.candidates[0].related) == ("new", None, True)


def test_kinds_of_match() -> None:
    known = {"Getinge": 1, "GE HealthCare": 2, "Acme Biomedical": 3, "Kalamed Instruments": 4}
    index = CompanyIndex.of(known)
    found = {
        text: (index.match(text).kind, index.match(text).id)
        for text in (
            "GETINGE AB",
            "General Electric",
            "Kalamed Instrumnts",
            "Acme",
            "GE PRIMUS",
            "Gettysburg",
            "Quite Another",
            "",
        )
    }
    assert found == {
        "GETINGE AB": ("exact", 1),
        "General Electric": ("alias", 2),
        "Kalamed Instrumnts": ("sure", 4),
        "Acme": ("unsure", None),
        "GE PRIMUS": ("unsure", None),
        "Gettysburg": ("new", None),
        "Quite Another": ("new", None),
        "": ("new", None),
    }
    assert [c.id for c in index.match("GE PRIMUS").candidates] == [2]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Medix", "Medex"),
        ("Alfamed 1", "Alfamed 2"),
        ("Atlas", "Atlas Copco"),
        ("Bionet", "Bionik"),
        ("Mediana", "Meridian Bio"),
    ],
)
def test_short_or_different_names_are_never_surely_one(a: str, b: str) -> None:
    assert score_company(a, b)[0] < 97


def test_new_makers_get_their_usual_name() -> None:
    assert match_company("DRAGER ", {}).name == "Dräger"
    assert match_company(" Hokuto Med ", {}).name == "Hokuto Med"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Servo-s", "SERVO S", True),
        ("SE-1200 Express", "SE1200EXPRESS", True),
        ("IntelliVue® MP30", "INTELLIVUE MP30", True),
        ("INFUSOMT SPACE", "Infusomat Space", True),
        ("MP30", "MP50", False),
        ("LIFEPAK 15", "LIFEPAK 20", False),
        ("LIFEPAK 20", "LIFEPAK 20e", False),
        ("SERVO-i", "SERVO-s", False),
        ("Force FX", "Force FX-C", False),
        ("F3", "F9", False),
        ("MX-450", "IntelliVue MX450", False),
        ("EVITA 4", "EVITA V500", False),
        ("GIF-H190", "GIF-HQ190", False),
        ("Fabius GS", "Fabius Plus", False),
        ("Aespire 7900", "Aespire View", False),
    ],
)
def test_models(a: str, b: str, same: bool) -> None:
    assert (score_model(a, b)[0] >= 97) is same
    assert score_model(a, b) == score_model(b, a)


def test_differing_numbers_are_not_even_a_question() -> None:
    assert match_model("LIFEPAK 20", {"LIFEPAK 15": 1, "LIFEPAK 12": 2}).kind == "new"
    assert match_model("MX-450", {"IntelliVue MX450": 1, "IntelliVue MX550": 2}).candidates[0].id == 1
    assert match_model("servo S", {"Servo-s": 1, "Servo-i": 2}).id == 1
    assert model_key("V 500+") == "v500plus"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ecg Machine", "Electrocardiograph"),
        ("EKG", "Electrocardiograph"),
        ("Máy điện tim", "Electrocardiograph"),
        ("LVP", "Infusion pump"),
        ("Pump, Infusion", "Infusion pump"),
        ("Bơm truyền dịch", "Infusion pump"),
        ("DEFIBRILATOR", "Defibrillator"),
        ("VITAL SIGNMONITOR", "Vital signs monitor"),
        ("Pt. Monitor", "Patient monitor"),
        ("SpO2", "Pulse oximeter"),
        ("Ventilator - ICU", "Ventilator, intensive care"),
        ("Beatmungsgerät", "Ventilator, intensive care"),
        ("CTG MACHINE", "Fetal monitor"),
        ("Diathermy", "Electrosurgical unit"),
        ("Elettrobisturi", "Electrosurgical unit"),
        ("جهاز تخدير", "Anesthesia machine"),
        ("Anaesthesia Workstation", "Anesthesia machine"),
        ("呼吸机", "Ventilator, intensive care"),
        ("HD machine", "Hemodialysis machine"),
        ("Haemodialysis Machines", "Hemodialysis machine"),
        ("Autoclave", "Sterilizer, steam"),
        ("X-RAY MOBILE", "X-ray system, mobile"),
        ("Arco en C", "C-arm fluoroscope"),
        ("Pousse-seringue électrique", "Syringe pump"),
        ("BABY SCALE", "Infant scale"),
    ],
)
def test_equipment_names(text: str, name: str) -> None:
    assert match_type(text).name == name
    assert match_type(text).settled


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ultrasonic quantum toaster", "new"),
        ("EMG/ECG cart", "unsure"),
        ("", "new"),
        ("Infusion pump programmer", "unsure"),
        ("Infusion pmup", "sure"),
    ],
)
def test_equipment_names_that_are_not_settled(text: str, kind: str) -> None:
    assert match_type(text).kind == kind


def test_short_words_are_never_corrected() -> None:
    assert {word: match_type(word).name for word in ("ECG", "EEG", "EMG")} == {
        "ECG": "Electrocardiograph",
        "EEG": "Electroencephalograph",
        "EMG": "Electromyograph",
    }
    assert known_type("EXG") is None


def test_type_file_is_sound() -> None:
    """Fennigkoh and Smith (1989): function 2–10, risk 1–5, maintenance 1–5."""
    types = device_types()
    assert len({t.name for t in types}) == len(types) >= 150
    assert [
        t.name
        for t in types
        if not (
            2 <= t.function_score <= 10
            and 1 <= t.risk_score <= 5
            and 1 <= t.maintenance_score <= 5
            and 3 <= t.life_years <= 20
        )
    ] == []
    assert [t.name for t in types if t.life_support and not (t.risk_score == 5 and t.high_risk)] == []
    assert [t.name for t in types if known_type(t.name) is not t] == []


def test_golden_scores() -> None:
    """STANDARDS: a defibrillator has 10 + 5 + 5 = 20 points."""
    assert {name: device_type(name).management_number for name in ("Defibrillator", "Centrifuge", "Wheelchair")} == {
        "Defibrillator": 20,
        "Centrifuge": 9,
        "Wheelchair": 5,
    }
    assert device_type("Magnetic resonance scanner").imaging and device_type("Surgical laser").laser
    assert device_type("Infusion pump").source == "Wardwright default, editable"
    assert device_type("Toaster") is None


def test_type_key_turns_names_round() -> None:
    assert (type_key("Pump, Infusion"), type_key("Analyser (Blood gas)"), type_key("Haemodialysis")) == (
        "infusion pump",
        "analyzer blood gas",
        "hemodialysis",
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dräger Evita V500", ("Dräger", "Evita V500")),
        ("B. Braun Infusomat Space", ("B. Braun", "Infusomat Space")),
        ("GE / Dash 4000", ("GE", "Dash 4000")),
        ("GE Healthcare Carescape B650", ("GE Healthcare", "Carescape B650")),
        ("MAQUET GmbH & Co. KG Servo-U", ("MAQUET GmbH & Co. KG", "Servo-U")),
        ("Seca 376", ("Seca", "376")),
        ("Philips Medical Systems", None),
        ("Lifepak 15", None),
        ("Sigma Spectrum", None),
        ("IntelliVue MP30", None),
    ],
)
def test_maker_and_model_in_one_cell(text: str, parts: tuple[str, str] | None) -> None:
    assert split_maker(text) == parts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("深圳迈瑞生物医疗电子股份有限公司", "Mindray"),
        ("西门子医疗系统有限公司", "Siemens Healthineers"),
        ("フクダ電子株式会社", "Fukuda Denshi"),
        ("Terumo/Nhật Bản", "Terumo"),
        ("فيليبس", "Philips"),
    ],
)
def test_makers_in_other_scripts(text: str, name: str) -> None:
    maker = known_maker(text)
    assert maker is not None and maker.name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ECG machine 12 channel", "Electrocardiograph"),
        ("X-Ray 300 mA", "X-ray system, fixed"),
        ("DESFIBRILADOR CON MONITOR", "Defibrillator"),
        ("MONITOR DE FUNCIONES VITALES DE 8 PARÁMETROS", "Patient monitor"),
        ("Autoclave 75 litres", "Sterilizer, steam"),
        ("Suction M/C", "Suction unit"),
        ("Beademingsapparaat", "Ventilator, intensive care"),
        ("人工呼吸器", "Ventilator, intensive care"),
    ],
)
def test_types_with_words_that_tell_none_apart(text: str, name: str) -> None:
    assert (match_type(text).settled, match_type(text).name) == (True, name)


@pytest.mark.parametrize("text", ["Electric pump", "Electric table", "Incubator CO2", "Monitor stand"])
def test_words_that_tell_types_apart_are_not_left_out(text: str) -> None:
    assert match_type(text).id is None
