"""The sentences behind the reason codes of risk scoring, as templates to translate."""

from collections.abc import Iterable, Iterator

from wardwright.kernel.reason import Reason, fill
from wardwright.kernel.said import in_a_row

from .scales import Figure

TEXTS: dict[str, str] = {
    "part": "{name}: {points} points ({label}).",
    "own_part": "{name}: {points} points.",
    "weighted_part": "{name}: {value} counted {weight} times.",
    "use": "Adjusted for use of {utilisation} on {parts}.",
    "total": "{method} gives {total}; included from {threshold}.",
    "below_threshold": "The score is below the threshold, so no planned maintenance is proposed.",
    "no_interval": "{preset} gives no interval for this score.",
    "interval": "{preset}: every {months} months from {low} on ({measure}).",
    "priority": "{preset}: {priority} from {low} on.",
    "shortest": "The shortest of these intervals is proposed.",
    "unverified": "Not verified: {clause} ({standard}, {edition}).",
    "aem_imaging": "Imaging and radiologic equipment keeps the manufacturer's maintenance.",
    "aem_laser": "Medical lasers keep the manufacturer's maintenance.",
    "aem_law": "A law or condition of participation requires the manufacturer's maintenance.",
    "aem_history": "There is not enough maintenance history yet for an alternate programme.",
}


def doubts(figures: Iterable[Figure]) -> Iterator[Reason]:
    """Yield one reason for each clause that rests on an unverified figure."""
    for clause, standard, edition in dict.fromkeys((f.clause, f.standard, f.edition) for f in figures):
        yield Reason("unverified", (("clause", clause), ("standard", standard), ("edition", edition)))


def explain(because: Iterable[Reason]) -> str:
    """Return reasons of this module as sentences."""
    return in_a_row(*(fill(TEXTS, reason) for reason in because))
