"""Numbers and small words as the house writes them, in English and Russian.

    thousands   1,146,175            1 146 175 (narrow no-break space)
    decimals    14.4                 14,4
    percent     52%                  52 % (no-break space)
    minus       −14.3                −14,3
    range       2015–2020            2015–2020
    units       1.15 million         1,15 млн (no-break space)

Rounding is half away from zero, on the decimal digits as written, so that a reader with the published figure
and a pencil gets the same. ``None`` is not known and becomes two dots, never zero."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

Language = Literal["en", "ru"]
Number = int | float | Decimal

NO_BREAK = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
EN_DASH = "\u2013"
NOT_KNOWN = "··"

_THOUSANDS = {"en": ",", "ru": NARROW}
_DECIMAL = {"en": ".", "ru": ","}
_UNITS: dict[str, tuple[tuple[int, str], ...]] = {
    "en": ((9, "billion"), (6, "million"), (3, "thousand")),
    "ru": ((9, "млрд"), (6, "млн"), (3, "тыс.")),
}
_SHORT_UNITS: dict[str, tuple[tuple[int, str], ...]] = {
    "en": ((9, "bn"), (6, "million"), (3, "thousand")),
    "ru": ((9, "млрд"), (6, "млн"), (3, "тыс.")),
}
# Below this a figure is short enough to be read in full.
SPELLED_FROM = 10_000


class Amount(NamedTuple):
    """A written number and its unit, apart, because key numbers set them in two sizes."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number}{NO_BREAK}{self.unit}" if self.unit else self.number


def _decimal(value: Number) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        raise ValueError("Only a finite number can be written; what is not known is None.")
    return exact


def _round(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def number(value: Number | None, lang: Language, decimals: int | None = None, signed: bool = False) -> str:
    """A number with thousands marked. Without ``decimals`` all digits given are written.

    ``signed`` writes a plus before positive numbers too; zero never has a sign.
    """
    if value is None:
        return NOT_KNOWN
    exact = _decimal(value)
    rounded = exact.normalize() if decimals is None else _round(exact, decimals)
    digits, _, fraction = f"{abs(rounded):,f}".partition(".")
    written = digits.replace(",", _THOUSANDS[lang]) + (_DECIMAL[lang] + fraction if fraction else "")
    return _sign(rounded, signed) + written


def _sign(value: Decimal, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def signed_number(value: Number | None, lang: Language, decimals: int | None = None) -> str:
    """A change: +54.7, −14,3, 0."""
    return number(value, lang, decimals, signed=True)


def percent(value: Number | None, lang: Language, decimals: int | None = None, signed: bool = False) -> str:
    """52% in English, 52 % with a no-break space in Russian. ``value`` is in percent already."""
    if value is None:
        return NOT_KNOWN
    return number(value, lang, decimals, signed) + ("%" if lang == "en" else f"{NO_BREAK}%")


def span(low: Number, high: Number, lang: Language, decimals: int | None = None) -> str:
    """A range: 0–395,453. With a negative end the dash would be read as a minus, so words stand instead."""
    first, last = number(low, lang, decimals), number(high, lang, decimals)
    if low >= 0 and high >= 0:
        return f"{first}{EN_DASH}{last}"
    return f"{first} to {last}" if lang == "en" else f"от{NO_BREAK}{first} до{NO_BREAK}{last}"


def years(first: int, last: int) -> str:
    """A period: 2015–2020; one year when both are the same. Years carry no thousands mark."""
    return str(first) if first == last else f"{first}{EN_DASH}{last}"


def amount(value: Number | None, lang: Language, significant: int = 3, signed: bool = False) -> Amount:
    """A large number in thousand, million or billion with ``significant`` digits; small ones are written in
    full.

    The magnitude is chosen after rounding: 999,999 is 1.00 million, not 1,000 thousand.
    """
    return _amount(value, lang, significant, signed, _UNITS[lang])


def _amount(
    value: Number | None, lang: Language, significant: int, signed: bool, units: tuple[tuple[int, str], ...]
) -> Amount:
    if value is None:
        return Amount(NOT_KNOWN, "")
    exact = _decimal(value)
    rounded = exact if exact == 0 else _round(exact, significant - 1 - exact.adjusted())
    for power, unit in units:
        if abs(exact) >= SPELLED_FROM and abs(rounded) >= Decimal(1).scaleb(power):
            decimals = max(significant - 1 - (rounded.adjusted() - power), 0)
            return Amount(number(rounded.scaleb(-power), lang, decimals, signed), unit)
    return Amount(number(exact, lang, 0 if exact == exact.to_integral_value() else None, signed), "")


def in_unit(value: Number | None, power: int, lang: Language, decimals: int, signed: bool = False) -> str:
    """The number alone, divided by 10 to the ``power``: for columns and charts that name their unit once."""
    return number(None if value is None else _decimal(value).scaleb(-power), lang, decimals, signed)


def dollars(value: Number | None, lang: Language, significant: int = 3, signed: bool = False) -> str:
    """US$ 16.8 bn, 16,8 млрд долл."""
    number_, unit = _amount(value, lang, significant, signed, _SHORT_UNITS[lang])
    if value is None:
        return number_
    parts = ("US$", number_, unit) if lang == "en" else (number_, unit, "долл.")
    return NO_BREAK.join(part for part in parts if part)


def unit_of(power: float, lang: Language) -> str:
    """The word for a thousand, a million or a billion: 1e9 is billion, млрд."""
    return next(unit for exponent, unit in _UNITS[lang] if 10**exponent <= power)


def quoted(text: str, lang: Language) -> str:
    """Inside the quotation marks of the language."""
    return f"“{text}”" if lang == "en" else f"«{text}»"


_ONE_LETTER = re.compile(r"(?<![^\W\d_])([А-Яа-яЁё]) (?=\S)")
_UNIT_WORDS = {
    "en": re.compile(r"(?<=\d) (?=(?:thousand|million|billion|bn|US\$|px|km|%))|(?<=US\$) (?=\d)"),
    "ru": re.compile(
        r"(?<=\d) (?=(?:тыс\.|млн|млрд|долл\.|руб\.|чел\.|лет|год|г\.|гг\.|км|%))|(?<=[№§]) (?=\d)"
    ),
}


def typeset(text: str, lang: Language) -> str:
    """Bind with no-break spaces what must not part at a line end; done twice, it changes nothing more.

    Units stay with their number; in Russian also one-letter words (в, и, с, к) with the next word, and a dash
    with the word before it."""
    bound = _UNIT_WORDS[lang].sub(NO_BREAK, text)
    if lang == "en":
        return bound
    return _ONE_LETTER.sub(rf"\1{NO_BREAK}", bound).replace(" —", f"{NO_BREAK}—")
