"""The GS1 application identifiers (AI) and the shape of their values, as data.

Facts from the GS1 Barcode Syntax Dictionary (GS1 AISBL) and GS1 General Specifications 3.2.

Shape notation, one part after another: ``N6`` six digits; ``X..20`` one to twenty characters of GS1
set 82; ``Y`` set 39; ``Z`` base64url; a trailing ``?`` marks a part that may be absent; after ``:`` the
content rule the part must keep (see ``elements.CONTENT_RULES``). Contents without bearing on a
device (country and currency lists, IBAN, coupons, coordinates) are held to their shape only.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from wardwright.kernel.said import say

_CHARACTER_SETS = {
    "N": "[0-9]",
    "X": r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]",
    "Y": r"[#\-/0-9A-Z]",
    "Z": r"[\-0-9A-Z_a-z=]",
}
_PART = re.compile(r"([NXYZ])(\.\.)?(\d+)(?::(\w+))?(\?)?")

_PREDEFINED_PREFIXES = frozenset(
    f"{number:02}" for numbers in (range(5), range(11, 21), range(31, 37), (41,)) for number in numbers
)
"""First two digits of the AIs whose length is fixed for ever: no FNC1 follows them (GenSpecs 7.8.5)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The value of an AI: a pattern with one group per part, and (group number, content rule) of ruled parts."""

    notation: str
    pattern: re.Pattern[str]
    rules: tuple[tuple[int, str], ...]
    min_length: int
    max_length: int


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One AI: digits, title, shape of the value, and whether its length is predefined (no FNC1 follows)."""

    ai: str
    title: str
    shape: Shape
    predefined: bool


def _identifier(ai: str, title: str, notation: str) -> ApplicationIdentifier:
    return ApplicationIdentifier(ai, title, shape_of(notation), ai[:2] in _PREDEFINED_PREFIXES)


@lru_cache(maxsize=128)
def shape_of(notation: str) -> Shape:
    """The compiled form of a shape notation."""
    pattern, rules, shortest, longest = "", [], 0, 0
    for number, (kind, variable, size, rule, optional) in enumerate(_PART.findall(notation), start=1):
        count = f"{{1,{size}}}" if variable else f"{{{size}}}"
        pattern += f"({_CHARACTER_SETS[kind]}{count}){optional}"
        rules += [(number, rule)] if rule else []
        shortest += 0 if optional else 1 if variable else int(size)
        longest += int(size)
    return Shape(notation, re.compile(pattern), tuple(rules), shortest, longest)


_ROWS = (
    ("00", "N18:csum", say("Shipping container")),
    ("01", "N14:csum", say("Device identifier (GTIN)")),
    ("02", "N14:csum", say("Contained GTIN")),
    ("03", "N14:csum", "MTO GTIN"),
    ("10", "X..20", say("Lot")),
    ("11", "N6:yymmd0", say("Production date")),
    ("12", "N6:yymmd0", "DUE DATE"),
    ("13", "N6:yymmd0", "PACK DATE"),
    ("15", "N6:yymmd0", "BEST BEFORE or BEST BY"),
    ("16", "N6:yymmd0", "SELL BY"),
    ("17", "N6:yymmd0", say("Expiry date")),
    ("20", "N2", "VARIANT"),
    ("21", "X..20", say("Serial number")),
    ("22", "X..20", "CPV"),
    ("235", "X..28", "TPX"),
    ("240", "X..30", "ADDITIONAL ID"),
    ("241", "X..30", "CUST. PART No."),
    ("242", "N..6", "MTO VARIANT"),
    ("243", "X..20", "PCN"),
    ("250", "X..30", "SECONDARY SERIAL"),
    ("251", "X..30", "REF. TO SOURCE"),
    ("253", "N13:csum X..17?", "GDTI"),
    ("254", "X..20", "GLN EXTENSION COMPONENT"),
    ("255", "N13:csum N..12?", "GCN"),
    ("30", "N..8", "VAR. COUNT"),
    ("37", "N..8", "COUNT"),
    ("3900-3909", "N..15", "AMOUNT"),
    ("3910-3919", "N3 N..15", "AMOUNT"),
    ("3920-3929", "N..15", "PRICE"),
    ("3930-3939", "N3 N..15", "PRICE"),
    ("3940-3943", "N4", "PRCNT OFF"),
    ("3950-3955", "N6", "PRICE/UoM"),
    ("400", "X..30", "ORDER NUMBER"),
    ("401", "X..30", "GINC"),
    ("402", "N17:csum", "GSIN"),
    ("403", "X..30", "ROUTE"),
    ("410", "N13:csum", "SHIP TO LOC"),
    ("411", "N13:csum", "BILL TO"),
    ("412", "N13:csum", "PURCHASE FROM"),
    ("413", "N13:csum", "SHIP FOR LOC"),
    ("414", "N13:csum", "LOC No."),
    ("415", "N13:csum", "PAY TO"),
    ("416", "N13:csum", "PROD/SERV LOC"),
    ("417", "N13:csum", "PARTY"),
    ("420", "X..20", "SHIP TO POST"),
    ("421", "N3 X..9", "SHIP TO POST"),
    ("422", "N3", "ORIGIN"),
    ("423", "N3 N3? N3? N3? N3?", "COUNTRY - INITIAL PROCESS"),
    ("424", "N3", "COUNTRY - PROCESS"),
    ("425", "N3 N3? N3? N3? N3?", "COUNTRY - DISASSEMBLY"),
    ("426", "N3", "COUNTRY - FULL PROCESS"),
    ("427", "X..3", "ORIGIN SUBDIVISION"),
    ("4300", "X..35", "SHIP TO COMP"),
    ("4301", "X..35", "SHIP TO NAME"),
    ("4302", "X..70", "SHIP TO ADD1"),
    ("4303", "X..70", "SHIP TO ADD2"),
    ("4304", "X..70", "SHIP TO SUB"),
    ("4305", "X..70", "SHIP TO LOC"),
    ("4306", "X..70", "SHIP TO REG"),
    ("4307", "X2", "SHIP TO COUNTRY"),
    ("4308", "X..30", "SHIP TO PHONE"),
    ("4309", "N10 N10", "SHIP TO GEO"),
    ("4310", "X..35", "RTN TO COMP"),
    ("4311", "X..35", "RTN TO NAME"),
    ("4312", "X..70", "RTN TO ADD1"),
    ("4313", "X..70", "RTN TO ADD2"),
    ("4314", "X..70", "RTN TO SUB"),
    ("4315", "X..70", "RTN TO LOC"),
    ("4316", "X..70", "RTN TO REG"),
    ("4317", "X2", "RTN TO COUNTRY"),
    ("4318", "X..20", "RTN TO POST"),
    ("4319", "X..30", "RTN TO PHONE"),
    ("4320", "X..35", "SRV DESCRIPTION"),
    ("4321", "N1:yesno", "DANGEROUS GOODS"),
    ("4322", "N1:yesno", "AUTH TO LEAVE"),
    ("4323", "N1:yesno", "SIG REQUIRED"),
    ("4324", "N6:yymmd0 N4:hhmi", "NOT BEF DEL DT"),
    ("4325", "N6:yymmd0 N4:hhmi", "NOT AFT DEL DT"),
    ("4326", "N6:yymmdd", "REL DATE"),
    ("4330", "N6 X1?", "MAX TEMP F."),
    ("4331", "N6 X1?", "MAX TEMP C."),
    ("4332", "N6 X1?", "MIN TEMP F."),
    ("4333", "N6 X1?", "MIN TEMP C."),
    ("7001", "N13", "NSN"),
    ("7002", "X..30", "MEAT CUT"),
    ("7003", "N6:yymmdd N4:hhmi", "EXPIRY TIME"),
    ("7004", "N..4", "ACTIVE POTENCY"),
    ("7005", "X..12", "CATCH AREA"),
    ("7006", "N6:yymmdd", "FIRST FREEZE DATE"),
    ("7007", "N6:yymmdd N6:yymmdd?", "HARVEST DATE"),
    ("7008", "X..3", "AQUATIC SPECIES"),
    ("7009", "X..10", "FISHING GEAR TYPE"),
    ("7010", "X..2", "PROD METHOD"),
    ("7011", "N6:yymmdd N4:hhmi?", "TEST BY DATE"),
    ("7020", "X..20", "REFURB LOT"),
    ("7021", "X..20", "FUNC STAT"),
    ("7022", "X..20", "REV STAT"),
    ("7023", "X..30", "GIAI - ASSEMBLY"),
    ("7030", "N3 X..27", "PROCESSOR # 0"),
    ("7031", "N3 X..27", "PROCESSOR # 1"),
    ("7032", "N3 X..27", "PROCESSOR # 2"),
    ("7033", "N3 X..27", "PROCESSOR # 3"),
    ("7034", "N3 X..27", "PROCESSOR # 4"),
    ("7035", "N3 X..27", "PROCESSOR # 5"),
    ("7036", "N3 X..27", "PROCESSOR # 6"),
    ("7037", "N3 X..27", "PROCESSOR # 7"),
    ("7038", "N3 X..27", "PROCESSOR # 8"),
    ("7039", "N3 X..27", "PROCESSOR # 9"),
    ("7040", "N1 X1 X1 X1", "UIC+EXT"),
    ("7041", "X..4", "UFRGT UNIT TYPE"),
    ("710", "X..20", "NHRN PZN"),
    ("711", "X..20", "NHRN CIP"),
    ("712", "X..20", "NHRN CN"),
    ("713", "X..20", "NHRN DRN"),
    ("714", "X..20", "NHRN AIM"),
    ("715", "X..20", "NHRN NDC"),
    ("716", "X..20", "NHRN AIC"),
    ("717", "X..20", "NHRN SRN"),
    ("7230", "X2 X..28", "CERT # 1"),
    ("7231", "X2 X..28", "CERT # 2"),
    ("7232", "X2 X..28", "CERT # 3"),
    ("7233", "X2 X..28", "CERT # 4"),
    ("7234", "X2 X..28", "CERT # 5"),
    ("7235", "X2 X..28", "CERT # 6"),
    ("7236", "X2 X..28", "CERT # 7"),
    ("7237", "X2 X..28", "CERT # 8"),
    ("7238", "X2 X..28", "CERT # 9"),
    ("7239", "X2 X..28", "CERT # 10"),
    ("7240", "X..20", "PROTOCOL"),
    ("7241", "N2", "AIDC MEDIA TYPE"),
    ("7242", "X..25", "VCN"),
    ("7250", "N8:yyyymmdd", "DOB"),
    ("7251", "N8:yyyymmdd N4:hhmi", "DOB TIME"),
    ("7252", "N1", "BIO SEX"),
    ("7253", "X..40", "FAMILY NAME"),
    ("7254", "X..40", "GIVEN NAME"),
    ("7255", "X..10", "SUFFIX"),
    ("7256", "X..90", "FULL NAME"),
    ("7257", "X..70", "PERSON ADDR"),
    ("7258", "X3", "BIRTH SEQUENCE"),
    ("7259", "X..40", "BABY"),
    ("8001", "N4:nonzero N5:nonzero N3:nonzero N1:winding N1", "DIMENSIONS"),
    ("8002", "X..20", "CMT No."),
    ("8003", "N1:zero N13:csum X..16?", "GRAI"),
    ("8004", "X..30", "GIAI"),
    ("8005", "N6", "PRICE PER UNIT"),
    ("8006", "N14:csum N4:pieceoftotal", "ITIP"),
    ("8007", "X..34", "IBAN"),
    ("8008", "N6:yymmdd N2:hh N2:mi? N2:ss?", "PROD TIME"),
    ("8009", "X..50", "OPTSEN"),
    ("8010", "Y..30", "CPID"),
    ("8011", "N..12:nozeroprefix", "CPID SERIAL"),
    ("8012", "X..20", say("Software version")),
    ("8013", "X..25:csumalpha", say("Global model number (Basic UDI-DI)")),
    ("8014", "X..25:csumalpha", "MUDI"),
    ("8017", "N18:csum", "GSRN - PROVIDER"),
    ("8018", "N18:csum", "GSRN - RECIPIENT"),
    ("8019", "N..10", "SRIN"),
    ("8020", "X..25", "REF No."),
    ("8026", "N14:csum N4:pieceoftotal", "ITIP CONTENT"),
    ("8030", "Z..90", "DIGSIG"),
    ("8040", "N15", "IMEI"),
    ("8041", "N15", "IMEI2"),
    ("8042", "N32", "ESIM"),
    ("8043", "N18 N..2?", "PSIM"),
    ("8110", "X..70", say("Coupon")),
    ("8111", "N4", "POINTS"),
    ("8112", "X..70", say("Coupon")),
    ("8200", "X..70", "PRODUCT URL"),
    ("90", "X..30", "INTERNAL"),
    ("91-99", "X..90", "INTERNAL"),
)

# Trade measures: three digits, then the position of the decimal point (0 to 5), six digits each.
_MEASURES = (
    *range(310, 317),
    *range(320, 338),
    *range(340, 358),
    *range(360, 370),
)


def _expand() -> dict[str, ApplicationIdentifier]:
    table = {}
    for ais, notation, title in _ROWS:
        first, _, last = ais.partition("-")
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            table[ai] = _identifier(ai, title, notation)
    for family in _MEASURES:
        for decimals in range(6):
            ai = f"{family}{decimals}"
            table[ai] = _identifier(ai, "Trade measure", "N6")
    return table


AI_TABLE: dict[str, ApplicationIdentifier] = _expand()
"""Every AI by its digits."""

AI_LENGTH: dict[str, int] = {ai[:2]: len(ai) for ai in AI_TABLE}
"""How many digits an AI has, by its first two."""
