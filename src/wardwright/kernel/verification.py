"""How far a figure that others published could be checked; pages show it beside the figure."""

from enum import StrEnum

from wardwright.kernel.said import Said, say


class Verification(StrEnum):
    """How a figure was checked: in two sources, in one, in the primary text, recomputed, or from memory only."""

    TWO_SOURCES = "V2"
    ONE_SOURCE = "V1"
    PRIMARY = "P"
    COMPUTED = "C"
    MEMORY = "M"

    @property
    def is_unverified(self) -> bool:
        """Whether pages must show a figure of this kind as unverified."""
        return self is Verification.MEMORY

    @property
    def words(self) -> Said:
        """Where the figure was checked, in words."""
        return _WORDS[self]


_WORDS = {
    Verification.TWO_SOURCES: say("two sources"),
    Verification.ONE_SOURCE: say("one source"),
    Verification.PRIMARY: say("the primary text"),
    Verification.COMPUTED: say("recomputed"),
    Verification.MEMORY: say("unverified"),
}
