"""By which rung a notice reaches a product: what agrees, how sure that is, and as what the decision is to take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from wardwright.kernel.said import say
from wardwright.kernel.scope.codes import Fit
from wardwright.kernel.scope.names import model_fits

from .kinship import Kin, kinship
from .likeness import Like, flat, hinting, is_mentionable, model_like, ref_like, telling, telling_code
from .model import Rung
from .product import Product
from .sought import Group, Sought

_BRAND_FROM = 80
_ONLY_A_CODE = 65  # the score of a code by itself
_LONG_MENTION = 12  # letters from which on a name that stands in the text is told by itself


@dataclass(frozen=True, slots=True)
class Evidence:
    """One way in which a notice may speak of a product.

    ``sure``: the product is the one that is named, so that a unit of it can be confirmed or excluded; without it a
    person has to look whatever the unit is. The other texts replace those of the unit for the decision.
    """

    rung: Rung
    score: int
    sure: bool
    reason: str
    maker: str
    model: str
    ref: str
    udi_di: str


def evidence(sought: Sought, product: Product) -> tuple[Evidence, ...]:
    """Everything that speaks for it; none means that the notice is not about this product.

    What a device's own serial number says is not asked here.
    """
    return tuple(dict.fromkeys(one for group in sought.groups for one in _of_group(sought, group, product)))


def _of_group(sought: Sought, group: Group, product: Product) -> Iterator[Evidence]:
    kin, maker = kinship(group.makers, product.makers)
    hint, hinted = kinship(group.makers, product.hinted)
    contested = kin < Kin.UNKNOWN and hint >= Kin.NEAR  # "BD Alaris" in the model, and somebody else as its maker
    if contested:
        kin = Kin.UNKNOWN
    elif kin is Kin.UNKNOWN and hint >= Kin.NEAR:
        kin, maker = hint, hinted
    if kin < Kin.NEAR:
        maker = ""
    names = product.names or ("",)
    for key, di in product.dis:
        if key in group.dis:
            words = say("The device identifier {value} is one that the notice names.", value=di)
            yield Evidence(Rung.UDI_DI, 100, True, words, maker, names[0], product.ref, di)
    here = _Here(group, product, kin, maker, contested)
    found = [*here.by_ref(), *here.by_model()]
    if not any(one.sure for one in found):
        found += here.by_distinct_code()
        found += here.by_code(sought)
        if kin >= Kin.UNKNOWN:
            found += here.by_mention(sought) or here.by_maker(sought)
    yield from found


@dataclass(frozen=True, slots=True)
class _Here:
    """One product beside one group."""

    group: Group
    product: Product
    kin: Kin
    maker: str
    contested: bool  # the register names another maker beside

    def by_ref(self) -> Iterator[Evidence]:
        for key in self.group.refs.keys() & self.product.refs.keys():
            own = self.product.refs[key]
            if self.kin > Kin.OTHER or telling_code(key):
                sure = self._sure(telling_code(key))
                yield self._evidence(Rung.CATALOGUE, 96, sure, own, ref=own)

    def by_model(self) -> Iterator[Evidence]:
        for own in (*self.product.names, self.product.ref):
            best = max((model_like(named, own) for named in self.group.models), default=Like.WEAK) if own else Like.WEAK
            if best >= Like.LIKELY:
                told = any(telling(named, own) for named in self.group.models if model_like(named, own) >= Like.LIKELY)
                if self.kin > Kin.OTHER or told:
                    sure = self._sure(told)
                    yield self._evidence(Rung.MODEL, 92, sure, own)
            elif best is Like.SHARED and self._shared_counts(own):
                yield self._evidence(Rung.MODEL, 60, False, own)
        if self.kin >= Kin.NEAR:
            for own in self.product.refs.values():
                if any(ref_like(named, own) is Like.SHARED for named in self.group.refs.values()):
                    yield self._evidence(Rung.CATALOGUE, 60, False, own)

    def _sure(self, told: bool) -> bool:
        """The same maker, or one that may be it and a name that tells more than chance could."""
        return self.kin is Kin.SAME or (told and self.kin >= Kin.UNKNOWN and not self.contested)

    def _shared_counts(self, own: str) -> bool:
        """Without a maker, what is shared has to tell something by itself."""
        if self.kin >= Kin.NEAR:
            return True
        return self.kin is Kin.UNKNOWN and any(
            telling(named, own) or hinting(named, own)
            for named in self.group.models
            if model_like(named, own) is Like.SHARED
        )

    def by_distinct_code(self) -> list[Evidence]:
        """A code of model or catalogue number that is hardly another product's, whoever the register says made it.

        As what the notice calls it, so that no other sign of the register's name speaks against it.
        """
        codes = sorted(self.group.distinct.keys() & self.product.distinct.keys(), key=lambda code: (-len(code), code))
        if not codes:
            return []
        named, own = self.group.distinct[codes[0]], self.product.distinct[codes[0]]
        is_ref = named in self.group.refs.values()
        found = self._evidence(Rung.CATALOGUE if is_ref else Rung.MODEL, _ONLY_A_CODE, False, own)
        return [replace(found, model="" if is_ref else named, ref=named if is_ref else "")]

    def by_code(self, sought: Sought) -> Iterator[Evidence]:
        """The regulator's product code, with the maker, a brand that resembles, or nothing else to go by."""
        code = self.product.product_code
        if not code or code not in sought.product_codes:
            return
        brands = (*sought.subject.brands, *self.group.models)
        near = max(
            (fuzz.token_set_ratio(a.casefold(), b.casefold()) for a in brands for b in self.product.names), default=0.0
        )
        alone = not self.group.makers and not brands and not self.group.refs
        if self.kin >= Kin.NEAR or near >= _BRAND_FROM or alone:
            words = say("Its product code {code} is that of the notice.", code=code)
            yield Evidence(Rung.PRODUCT_CODE, round(25 + near / 5), False, words, self.maker, *self._own())

    def by_mention(self, sought: Sought) -> list[Evidence]:
        """The notice's text uses a word or number of its name; without a maker, one that tells something by itself."""
        words = {word for word in self.product.words if len(word) >= 3} & sought.mentioned
        codes = {code for code in self.product.codes if len(code) >= 3} & sought.mentioned
        whole = [name for name in self.product.flat if sought.unread and name in sought.flat]
        proper = {flat(name) for name in self.product.names} & words & sought.proper if sought.unread else set()
        if self.kin >= Kin.NEAR:
            words = {word for word in words if len(word) >= 4}
        else:
            whole = whole if words else []
            said = [name for name in self.product.flat if len(name) >= _LONG_MENTION and name in sought.flat]
            whole += said if any(is_mentionable(word) for word in words) else []
            codes = {code for code in codes if is_mentionable(code)}
            told = len(words) > 1 or any(is_mentionable(word) for word in words)
            numbered = any(is_mentionable(word) for word in words) and any(
                len(code) >= 3 for code in self.product.codes & sought.mentioned
            )
            words = words if (sought.unread and told) or numbered else proper
        shown = ", ".join(sorted((*words, *codes, *whole)))
        if not shown:
            return []
        reason = say("The notice's text speaks of “{words}”, as the device's name does.", words=shown)
        return [Evidence(Rung.MODEL, 45, False, reason, self.maker, *self._own())]

    def by_maker(self, sought: Sought) -> list[Evidence]:
        """Nothing but the maker, where the names cannot tell the product from what is meant."""
        if self.kin < Kin.NEAR:
            return []
        codes = sought.product_codes
        if codes and self.product.product_code and self.product.product_code not in codes:
            return []
        own = self.product.called
        if self.group.models and own and not any(model_like(named, own) is Like.WEAK for named in self.group.models):
            return []
        if (
            self.group.refs
            and self.product.ref
            and not any(ref_like(named, self.product.ref) is Like.WEAK for named in self.group.refs.values())
        ):
            return []
        reason = say("The maker is that of the notice; by the names nobody can tell whether it is the product.")
        own, *rest = self._own()
        # A catalogue number that is written as the model is not held against the models that are named.
        fits = [model_fits(named, own) for named in self.group.models]
        own = "" if fits and max(fits) is Fit.NO else own
        return [Evidence(Rung.MAKER, 20 if self.kin is Kin.SAME else 10, False, reason, self.maker, own, *rest)]

    def _own(self) -> tuple[str, str, str]:
        return (self.product.names[0] if self.product.names else ""), self.product.ref, ""

    def _evidence(self, rung: Rung, score: int, sure: bool, own: str, *, ref: str = "") -> Evidence:
        off = {Kin.SAME: 0, Kin.NEAR: 6, Kin.UNKNOWN: 12, Kin.STRANGE: 30, Kin.OTHER: 40}[self.kin]
        what = say("catalogue number") if rung is Rung.CATALOGUE else say("model")
        words = {
            Kin.SAME: say("Maker and {what} {value} are those of the notice.", what=what, value=own),
            Kin.NEAR: say(
                "The {what} {value} is that of the notice, and the makers are related.", what=what, value=own
            ),
            Kin.UNKNOWN: say(
                "The {what} {value} is that of the notice; of one the maker is not known.", what=what, value=own
            ),
        }.get(
            self.kin, say("The {what} {value} is that of the notice, and the maker is another.", what=what, value=own)
        )
        if score < 90 and (score != _ONLY_A_CODE or self.kin >= Kin.NEAR):
            words = say("The {what} {value} resembles what the notice names.", what=what, value=own)
        model = own if rung is Rung.MODEL else self._own()[0]
        return Evidence(rung, score - off, sure, words, self.maker, model, ref or self.product.ref, "")
