"""Check digits and check characters of the three issuing agencies.

Sources: GS1 General Specifications 7.9.1 (modulo 10) and 7.9.5 (modulo 1021,32 pair);
ANSI/HIBC 2.6 appendix B (modulo 43).
"""

import re

from wardwright.kernel.said import say

from .model import Reason, UdiError

HIBCC_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""Characters of value 0 to 42, in that order (the Code 39 set)."""

_HIBCC_VALUE = {character: value for value, character in enumerate(HIBCC_ALPHABET)}
_DIGITS = re.compile(r"[0-9]+")
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")

_CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CSET_82_VALUE = {character: value for value, character in enumerate(_CSET_82)}
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def gs1_check_digit(body: str) -> str:
    """The modulo-10 check digit that follows ``body`` (digits only), as one character.

    Raises ``UdiError`` where ``body`` is not made of digits.
    """
    if not _DIGITS.fullmatch(body):
        raise UdiError(
            Reason.BAD_CHARACTER,
            "A GS1 check digit can only be worked out over digits",
            where="whole value",
            remedy="Give the number without its check digit, digits 0 to 9 only.",
        )
    codes = body.encode("ascii")
    # weights 3,1,3,1… run from the right; "0" is byte 48, and 48 for each digit comes off again
    threes, ones = codes[-1::-2], codes[-2::-2]
    total = 3 * (sum(threes) - 48 * len(threes)) + sum(ones) - 48 * len(ones)
    return str(-total % 10)


def has_gs1_check_digit(number: str) -> bool:
    """Whether the last digit of ``number`` is the check digit of the rest."""
    return len(number) > 1 and bool(_DIGITS.fullmatch(number)) and gs1_check_digit(number[:-1]) == number[-1]


def gtin_to_14(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 as the 14 digits used as device identifier; spaces are ignored.

    Raises ``UdiError`` for any other length or character, a wrong check digit, or all zeros.
    """
    number = text.replace(" ", "")
    if not _GTIN.fullmatch(number):
        raise UdiError(
            Reason.BAD_LENGTH,
            say("A GTIN has 8, 12, 13 or 14 digits, this has {count} characters", count=len(number)),
            where="GTIN",
            remedy=say("Read the number under the bar code again."),
        )
    expected = gs1_check_digit(number[:-1])
    if number[-1] != expected:
        raise wrong_gs1_check("GTIN", number, expected, where=say("GTIN, last digit"))
    if not number.strip("0"):
        raise placeholder_gtin()
    return number.zfill(14)


def placeholder_gtin() -> UdiError:
    """The error for a GTIN of zeros, which has a valid check digit."""
    return UdiError(
        Reason.BAD_VALUE,
        say("A GTIN of zeros only identifies nothing"),
        where="GTIN",
        remedy=say("Take the GTIN from the label or the manufacturer's catalogue."),
    )


def wrong_gs1_check(name: str, number: str, expected: str, *, where: str) -> UdiError:
    """The error for a number whose last digit does not fit."""
    return UdiError(
        Reason.BAD_CHECK,
        say(
            "The check digit of {name} {number} is {digit} but should be {expected}",
            name=name,
            number=number,
            digit=number[-1],
            expected=expected,
        ),
        where=where,
        remedy=say("One of its digits is wrong: scan again, or compare every digit with the label."),
    )


def gmn_check_pair(body: str) -> str:
    """The two check characters of a GS1 Global Model Number (the EU's Basic UDI-DI).

    Raises ``UdiError`` where ``body`` is longer than 23 or has characters outside GS1's set 82.
    """
    if len(body) > len(_PRIMES) or any(character not in _CSET_82_VALUE for character in body):
        raise UdiError(
            Reason.BAD_CHARACTER,
            say("A model number has up to 23 letters, digits and signs before its two check characters"),
            where=say("model number"),
            remedy=say("Check the model number for spaces or other signs."),
        )
    total = sum(_CSET_82_VALUE[c] * weight for c, weight in zip(reversed(body), _PRIMES, strict=False)) % 1021
    return _CSET_32[total >> 5] + _CSET_32[total & 31]


def hibcc_check_character(body: str) -> str:
    """The modulo-43 character that follows ``body``, which begins with its ``+``.

    Raises ``UdiError`` for a character outside the 43 (lower-case letters are outside).
    """
    try:
        return HIBCC_ALPHABET[sum(map(_HIBCC_VALUE.__getitem__, body)) % 43]
    except KeyError as error:
        position = next(i for i, c in enumerate(body) if c not in _HIBCC_VALUE)
        raise UdiError(
            Reason.BAD_CHARACTER,
            say("The character {sign} cannot stand in a HIBCC code", sign=ascii(body[position])),
            where=say("character {position}", position=position + 1),
            remedy=say("HIBCC codes use A to Z, 0 to 9, space and - . $ / + % only."),
        ) from error
