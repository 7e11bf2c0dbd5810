"""Who may leave the manufacturer's maintenance: the exclusions of alternate equipment management (AEM)."""

from dataclasses import dataclass

from wardwright.kernel.reason import Reason


@dataclass(frozen=True, slots=True)
class AemFacts:
    """What decides whether a device may leave the manufacturer's maintenance for an alternate programme."""

    is_imaging: bool
    is_laser: bool
    is_law_mandated: bool
    has_sufficient_history: bool


def aem_exclusions(facts: AemFacts) -> tuple[Reason, ...]:
    """Return why a device may not be in an alternate equipment management (AEM) programme; empty if it may.

    CMS S&C 14-07-Hospital (20 Dec 2013) on 42 CFR 482.41. Being critical is no reason.
    """
    grounds = {
        "aem_imaging": facts.is_imaging,
        "aem_laser": facts.is_laser,
        "aem_law": facts.is_law_mandated,
        "aem_history": not facts.has_sufficient_history,
    }
    return tuple(Reason(code) for code, holds in grounds.items() if holds)
