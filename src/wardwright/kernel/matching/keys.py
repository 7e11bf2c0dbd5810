"""Keys of products and notices: wherever there is evidence (``evidence.py``), both have a key in common.

So a notice is looked at beside the products that share a key with it, and no other can be lost. What is compared
letter by letter (abbreviations, likeness) is only so among makers that may be one, who share a key by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wardwright.kernel.scope.codes import alike_key, bare_key
from wardwright.kernel.scope.names import Name, take_apart, unbracketed

from .kinship import maker_keys
from .likeness import SHORT_WORD, code_stems, cut_keys, is_mentionable, telling_code, word_keys
from .product import Product
from .sought import Sought


def of_product(product: Product) -> frozenset[str]:
    """The keys of a product."""
    names = [take_apart(name) for name in (*product.names, product.ref) if name]
    found = set(_of_makers((*product.makers, *product.hinted)))
    found.update(f"d{key}" for key, _di in product.dis)
    found.update(f"r{key}" for key in product.refs)
    found.update(f"x{code}" for code in product.distinct)
    found.update(f"k{key}" for name in product.names if (key := unbracketed(name)))
    found.update(f"c{stem}" for name in (*product.names, product.ref) for stem in code_stems(name))
    for name in names:
        found.update(_of_name(name))
        found.update(f"l{_letters(code)}" for code in name.codes)
    if product.product_code:
        found.add(f"p{product.product_code}")
    for token in (*product.codes, *product.words):
        found.add(f"T{token}")
        if product.makerless:
            found.add(f"t{token}")
    return frozenset(found)


def of_sought(sought: Sought) -> frozenset[str]:
    """The keys of a notice."""
    found = {f"p{code}" for code in sought.product_codes}
    for group in sought.groups:
        found.update(_of_makers(group.makers))
        found.update(f"d{key}" for key in group.dis)
        found.update(f"r{key}" for key in group.refs)
        found.update(f"x{code}" for code in group.distinct)
        for model in group.models:
            found.update(f"c{stem}" for stem in code_stems(model))
            name = take_apart(model)
            found.update(_of_name(name))
            found.update(f"l{prefix.split('|')[0]}" for prefix, _low, _high in name.ranges)
    letters = "tT" if sought.makerless else "t"
    for token in sought.mentioned:
        if is_mentionable(token) or (sought.unread and len(token) >= 3):
            found.update(f"{letter}{token}" for letter in letters)
    return frozenset(found)


def _of_makers(makers: Iterable[str]) -> Iterator[str]:
    for maker in makers:
        for key in maker_keys(maker):
            yield f"m{key}"


def _of_name(name: Name) -> Iterator[str]:
    yield f"k{bare_key(name.key)}"
    yield from (f"c{code}" for code in name.codes)
    yield from (f"a{alike_key(code)}" for code in name.codes if telling_code(code))
    for word in name.words:
        yield f"w{word}"
        if len(word) >= SHORT_WORD:
            yield from (f"w{key}" for key in word_keys(word))
    if len(name.words) == 1 and not name.codes:
        yield from (f"h{key}" for word in name.words for key in cut_keys(word))


def _letters(code: str) -> str:
    return re.sub("[^A-Z].*", "", code)
