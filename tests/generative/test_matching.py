"""Searching made-up inventories: by keys as one by one, in any order, piece by piece as all at once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wardwright.kernel.matching import Device, Inventory, Match, Notices, Subject, explain
from wardwright.kernel.scope import Unit, read_notice, read_scope

MAKERS = ["BD", "CareFusion", "Philips", "Philips Respironics", "Fisher & Paykel", "FPH", "Oricare Inc.", "Oricae", ""]
NAMES = [
    "Alaris 8100", "8100", "ALARIS8100", "Alaris PC Unit", "MX40", "IntelliVue MX-40", "Agilia SP", "Agilia VP",
    "V60 Plus", "Trilogy Evo", "Trilgoy Evo", "Trilogy", "Tril.", "Trilgy", "FCR Carbo X", "FCR-CR IR 357",
    "Duette G22458", "G2245B", "OATS-10-7", "1009 9012 000", "MX 40", "Model: Carbon", "Babi", "Bone Screw Headed",
    "80403-000072", "Servo-i (ward 4)", "spare", "",
]  # fmt: skip
TEXTS = [
    "Model 8100: S/N 1001-1250, 54321; Model 8110: all lots",
    "Alaris 8100: serial numbers beginning with 12",
    "IntelliVue MX40, software version B.06 and earlier",
    "REF 80403: Lots A100, A101",
    "UDI-DI 00884838000003; Lot 5A",
    "Model Agilia SP: all serial numbers",
    "Acme is recalling certain V60 and V60 Plus ventilators because a capacitor may fail.",
    "Model FCR Carbon X CR-IR 357",
    "Model Zimmon G22458: all lots",
    "Model IntelliVue MX20-MX60: all",
    "Bone Screw Headed, REF 1406-6532: S/N 1300 and below",
    "Model Trilogy: S/N 1001-1250",
    "Acme is recalling the Babi.Plus manifold because it does not hold pressure.",
    "The blue ones",
]

devices = st.builds(
    lambda maker, model, ref, serial, version, di: Device(
        None, Unit(maker=maker, model=model, ref=ref, serial=serial, version=version, udi_di=di)
    ),
    st.sampled_from(MAKERS), st.sampled_from(NAMES), st.sampled_from(["", "", "80403", "8100"]),
    st.sampled_from(["", "1001", "SN1250", "1251", "12A", "54321"]), st.sampled_from(["", "B.05", "C.01"]),
    st.sampled_from(["", "", "10884838000000", "00884838000003"]),
)  # fmt: skip
inventories = st.lists(devices, max_size=12).map(
    lambda found: [Device(key, device.unit) for key, device in enumerate(found)]
)
subjects = st.builds(
    lambda text, maker, brand, described: Subject(
        text,
        read_notice(f"{brand}, a device", text) if described else read_scope(text),
        (maker,) if maker else (),
        (brand,),
    ),
    st.sampled_from(TEXTS), st.sampled_from(MAKERS), st.sampled_from(["Alaris", "Trilogy Evo", ""]), st.booleans(),
)  # fmt: skip


def one_by_one(subject: Subject, stock: list[Device]) -> list[Match]:
    answers = (explain(subject, device) for device in stock)
    return [answer for answer in answers if isinstance(answer, Match)]


@settings(max_examples=40)
@given(subjects, inventories)
def test_a_search_by_keys_is_a_search_one_by_one(subject: Subject, stock: list[Device]) -> None:
    expected = one_by_one(subject, stock)
    assert list(Inventory(stock).against(subject)) == expected
    notices = Notices([subject])
    assert [match for device in stock for match in notices.against(device)] == expected


@settings(max_examples=25)
@given(subjects, inventories, st.randoms(use_true_random=False))
def test_the_order_of_devices_never_matters(subject: Subject, stock: list[Device], chance) -> None:
    shuffled = chance.sample(stock, len(stock))
    found = sorted(Inventory(shuffled).against(subject), key=lambda match: match.device)
    assert found == list(Inventory(stock).against(subject))


@settings(max_examples=25)
@given(subjects, inventories, inventories)
def test_an_inventory_that_changed_is_one_made_anew(
    subject: Subject, before: list[Device], after: list[Device]
) -> None:
    """Devices that came, went and were changed, one after the other."""
    changed = Inventory(before)
    for device in before:
        if device.key >= len(after):
            changed.remove(device.key)
    for device in after:
        changed.add(device)
    found = sorted(changed.against(subject), key=lambda match: match.device)
    assert found == list(Inventory(after).against(subject))
