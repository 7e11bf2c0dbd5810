"""UDI properties over generated labels: what is written reads back, what is damaged is refused."""

from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from wardwright.kernel.udi import (
    ProductionIdentifiers,
    Udi,
    UdiError,
    build_udi,
    gs1_check_digit,
    hibcc_check_character,
    is_probably_udi,
    parse_udi,
)
from wardwright.kernel.udi.checks import HIBCC_ALPHABET

TODAY = date(2026, 11, 20)

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
DIGITS = "0123456789"

# two-digit years are read within 50 years of today
near_days = st.dates(TODAY - timedelta(days=49 * 365), TODAY + timedelta(days=49 * 365))


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


gs1_text = st.text(CSET_82, min_size=1, max_size=20)
gtins = st.text(DIGITS, min_size=13, max_size=13).filter(lambda s: s.strip("0")).map(lambda s: s + gs1_check_digit(s))
gs1_production = st.builds(
    ProductionIdentifiers,
    lot=maybe(gs1_text),
    serial=maybe(gs1_text),
    manufactured_on=maybe(near_days),
    expires_on=maybe(near_days),
    software_version=maybe(gs1_text),
    quantity=maybe(st.integers(0, 99_999_999)),
    other_elements=st.sampled_from([(), (("240", "REF(1)"),), (("710", "A"), ("91", "x" * 90)), (("20", "07"),)]),
)

hibcc_devices = st.from_regex(r"\A[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]\Z")
hibcc_text = st.text(ALNUM + "-.", min_size=1, max_size=18)
hibcc_production = st.builds(
    ProductionIdentifiers,
    lot=maybe(hibcc_text),
    serial=maybe(hibcc_text),
    manufactured_on=maybe(st.dates()),
    expires_on=maybe(st.dates()),
    quantity=maybe(st.integers(0, 99_999_999)),
)

iccbba_production = st.builds(
    ProductionIdentifiers,
    lot=maybe(st.text(ALNUM, min_size=18, max_size=18)),
    serial=maybe(st.text(ALNUM, min_size=6, max_size=6)),
    donation_id=maybe(st.text(ALNUM, min_size=15, max_size=15)),
    manufactured_on=maybe(st.dates(date(1900, 1, 1), date(2899, 12, 31))),
    expires_on=maybe(st.dates(date(1900, 1, 1), date(2899, 12, 31))),
)

labels = st.one_of(
    st.tuples(st.just("GS1"), gtins, gs1_production),
    st.tuples(st.just("HIBCC"), hibcc_devices, hibcc_production),
    st.tuples(st.just("ICCBBA"), st.text(ALNUM, min_size=16, max_size=16), iccbba_production),
)


def contents(udi: Udi) -> ProductionIdentifiers:
    return ProductionIdentifiers(
        lot=udi.lot,
        serial=udi.serial,
        manufactured_on=udi.manufactured_on,
        expires_on=udi.expires_on,
        software_version=udi.software_version,
        quantity=udi.quantity,
        donation_id=udi.donation_id,
        other_elements=udi.other_elements,
    )


@given(labels)
def test_what_is_written_reads_back(label: tuple) -> None:
    agency, device, production = label
    text = build_udi(agency, device, production)
    shown, sent = parse_udi(text.human, today=TODAY), parse_udi(text.machine, today=TODAY)
    assert shown == sent
    assert (shown.agency, shown.device_identifier, contents(shown)) == (agency, device, production)


@given(labels)
def test_the_canonical_and_machine_texts_are_stable(label: tuple) -> None:
    agency, device, production = label
    udi = parse_udi(build_udi(agency, device, production).machine, today=TODAY)
    assert parse_udi(udi.canonical, today=TODAY).canonical == udi.canonical
    assert parse_udi(udi.machine, today=TODAY).machine == udi.machine


@given(labels)
def test_what_is_written_is_recognised(label: tuple) -> None:
    text = build_udi(*label)
    assert is_probably_udi(text.human) and is_probably_udi(text.machine)


def refused(text: str) -> bool:
    try:
        parse_udi(text, today=TODAY)
    except UdiError:
        return True
    return False


@given(gtins, gs1_production, st.integers(1, 9))
def test_a_wrong_gs1_check_digit_is_refused(device: str, production: ProductionIdentifiers, shift: int) -> None:
    wrong = device[:-1] + str((int(device[-1]) + shift) % 10)
    text = build_udi("GS1", device, production)
    assert refused(text.human.replace(device, wrong, 1))
    assert refused(text.machine.replace(device, wrong, 1))
    assert refused(wrong)


@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_any_one_wrong_digit_of_a_gtin_is_refused(device: str, position: int, shift: int) -> None:
    digit = str((int(device[position]) + shift) % 10)
    assert refused(f"(01){device[:position]}{digit}{device[position + 1 :]}")


# A check character that becomes a space is one that is missing: no check can tell, so it is left out here.
@given(hibcc_devices, hibcc_production, st.integers(1, 42))
def test_a_wrong_hibcc_check_character_is_refused(device: str, production: ProductionIdentifiers, shift: int) -> None:
    code = build_udi("HIBCC", device, production).machine
    wrong = HIBCC_ALPHABET[(HIBCC_ALPHABET.index(code[-1]) + shift) % 43]
    assert wrong == " " or refused(code[:-1] + wrong)


@given(hibcc_devices, st.data())
def test_one_wrong_character_of_a_hibcc_code_is_refused(device: str, data: st.DataObject) -> None:
    code = "+" + device + hibcc_check_character("+" + device)
    position = data.draw(st.integers(1, len(device)))
    other = data.draw(st.sampled_from(ALNUM.replace(code[position], "")))
    assert refused(code[:position] + other + code[position + 1 :])


@given(hibcc_devices, hibcc_text)
def test_small_letters_read_as_capitals(device: str, lot: str) -> None:
    code = build_udi("HIBCC", device, ProductionIdentifiers(lot=lot)).machine
    assert parse_udi(code.lower(), today=TODAY) == parse_udi(code, today=TODAY)


PIECES = [
    *("(01)", "01", "(17)", "(10)", "00614141000036", "990231", "\x1d", "<GS>", "]C1", "{", "(", "\\", "~"),
    *("+", "A99912345", "$$", "$+", "/", "*", " ", "_"),
    *("=/", "=,", "&,1", "=>", "https://x/01/", "?17=", "%", "\u00b2", "ß"),
]


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(CSET_82, max_size=6), max_size=12).map("".join))
@example("\ud800")
@example("https://[")
@example("(01)²²²²²²²²²²²²²²")
@example("+" + "A" * 499)
def test_no_text_raises_anything_but_a_udi_error(text: str) -> None:
    try:
        udi = parse_udi(text, today=TODAY)
    except UdiError as error:
        assert str(error.reason) and error.what and error.where and error.remedy
    else:
        assert udi.device_identifier != ""
        assert parse_udi(udi.canonical, today=TODAY).device_identifier == udi.device_identifier
    assert is_probably_udi(text) in (True, False)


@given(st.from_regex(r"\A[A-Z]{1,4}-?[0-9]{2,8}\Z") | st.from_regex(r"\A[0-9]{1,13}\Z"))
def test_asset_tags_and_short_numbers_are_left_to_the_search(tag: str) -> None:
    assert is_probably_udi(tag) is False
