"""A number as a document prints it → its value, the size of its last printed digit, and the words around it.

«6,6 млн», "almost 18 million", "1 146 175" with no-break spaces, "20.8 %", "10 to 16" and "18 rows (17 distinct)"
are all numbers to a reader. Zeros at the end of a whole number are not printed digits: 18,000,000 is known to the
million, 50.90 to the hundredth.
"""

import math
import re
from dataclasses import dataclass
from functools import cache

LARGEST = 1e18
QUALIFIERS = ("about", "over", "almost", "forecast")

# What documents write for the four qualifiers of the contract, in English and Russian; whole words.
_SAID = {
    "about": r"about|approximately|approx|around|circa|some|roughly|estimated|около|примерно|"
    r"приблизительно|порядка",
    "over": r"over|more than|at least|above|exceed(?:s|ed|ing)?|upwards of|более(?: чем)?|больше|свыше|не менее",
    "almost": r"almost|nearly|just under|under|less than|up to|below|почти|менее(?: чем)?|меньше|до|не более",
    "forecast": r"forecast(?:ed)?|projected|projection|expected|predicted|прогноз\w*|ожида\w+|планиру\w+",
}
_SIGNS = {"about": r"~|≈|(?<!\w)(?:approx|c|est|ок)\.", "over": ">|≥", "almost": "<|≤"}  # a digit may follow
_QUALIFIER = {
    name: re.compile(rf"(?<!\w)(?:{words})(?!\w)" + (f"|{_SIGNS[name]}" if name in _SIGNS else ""))
    for name, words in _SAID.items()
}
_SCALES = (
    (re.compile(r"(?<![a-zа-я])(?:trillions?|trn|трлн\.?|триллион\w*)(?![a-zа-я])"), 1e12),
    (re.compile(r"(?<![a-zа-я])(?:billions?|bn|bln|млрд\.?|миллиард\w*)(?![a-zа-я])"), 1e9),
    (re.compile(r"(?<![a-zа-я])(?:millions?|mln|mn|mio|млн\.?|миллион\w*)(?![a-zа-я])"), 1e6),
    (re.compile(r"(?<![a-zа-я])(?:thousands?|thsd|тыс\.?|тысяч\w*)(?![a-zа-я])"), 1e3),
)
_PERCENT = re.compile(r"%|per ?cent\b|percent|процент|проц\.")
_HALF = re.compile(r"(?<!\w)(?:one half|half|половин[аыу])(?!\w)")
_RECOUNT = re.compile(r"(\d[\d ]*)\s*(?:distinct|different|unique|различн\w*|разных|уникальн\w*)")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
# A number may begin with its decimal sign (.5); what follows a stray point (..9) is none, unless a word ends there.
_NUMBER = re.compile(
    r"[-+−–]?(?:(?<![.,])|(?<=approx\.)|(?<=est\.)|(?<=c\.)|(?<=ок\.))(?:(?<![\w.,])[.,])?\d"
    r"(?:[\d.,']|[ ](?=\d{3}(?!\d)))*(?:e[-+]?\d+)?"
)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?P<sign>[.,'])\d{3}(?:(?P=sign)\d{3})*")
_WELL_FORMED = re.compile(r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?")
_RANGE = re.compile(r"(?<=\d)\s*%?\s*(?:to|through|and|до|и|[-–—])\s*(?=\d)")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_FLOAT = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed: `value` between `low` and `high` (equal unless a range), known to `step`."""

    value: float
    step: float
    low: float
    high: float
    qualifiers: tuple[str, ...] = ()
    is_percent: bool = False
    scale: float = 1.0
    recount: float | None = None


def are_machine_floats(values: list[str | None]) -> bool:
    """Whether a column was written by a program as floats, so that the `.0` of 31.0 is no printed digit."""
    written = [v for v in values if v]
    return bool(written) and all(_FLOAT.fullmatch(v.strip()) for v in written)


@cache
def qualifiers_in(text: str) -> tuple[str, ...]:
    """The qualifiers that a text holds, by the four names of the contract."""
    folded = _BLANKS.sub(" ", text.casefold())
    return tuple(name for name, pattern in _QUALIFIER.items() if pattern.search(folded))


@cache
def scale_in(text: str) -> float:
    """The factor of a scale word (thousand, million, млрд); 1 where there is none."""
    folded = text.casefold()
    return next((factor for pattern, factor in _SCALES if pattern.search(folded)), 1.0)


def read_number(text: str, *, machine_floats: bool = False, comma_is_decimal: bool = False) -> Printed | None:
    """The number that a cell prints; None where it prints none.

    `machine_floats`: the whole column was written by a program, 31.0 means 31. `comma_is_decimal`: 1,146 in a
    percentage is a decimal comma, elsewhere it separates thousands.
    """
    plain = text.strip()
    value = float(plain) if _PLAIN.fullmatch(plain) else math.nan
    if abs(value) < LARGEST:
        return Printed(value, _step(plain, machine_floats), value, value)
    return _read_words(_BLANKS.sub(" ", plain.casefold()).strip(), machine_floats, comma_is_decimal)


def _read_words(folded: str, machine_floats: bool, comma_is_decimal: bool) -> Printed | None:
    said = qualifiers_in(folded)
    scale = scale_in(folded)
    is_percent = bool(_PERCENT.search(folded))
    again = _RECOUNT.search(folded)
    numbers = _numbers(_RECOUNT.sub(" ", folded) if again else folded, comma_is_decimal)
    if not numbers:
        return Printed(50.0, 1.0, 50.0, 50.0, said, True) if _HALF.search(folded) else None
    if len(numbers) > 1 and not _is_range(folded, numbers):
        return None
    values = [float(number) * scale for number in numbers]
    if not all(abs(value) < LARGEST for value in values):  # not a number, or none that anybody prints
        return None
    step = min(_step(number, machine_floats) for number in numbers) * scale
    if len(numbers) > 1:  # a range says how far its zeros can be trusted: they are printed digits
        step = min(step, scale)
    recount = float(again[1].replace(" ", "")) if again else None
    return Printed(values[0], step, min(values), max(values), said, is_percent, scale, recount)


def _is_range(folded: str, numbers: list[str]) -> bool:
    return len(numbers) == 2 and len(_RANGE.split(folded)) == 2


def _numbers(folded: str, comma_is_decimal: bool) -> list[str]:
    """One number, or the two ends of a range, in the form that a program writes; more are not one statement."""
    parts = _RANGE.split(folded)
    found = [match.group() for part in parts for match in _NUMBER.finditer(part)]
    return [_plain(number, comma_is_decimal) for number in found]


def _plain(number: str, comma_is_decimal: bool) -> str:
    """A number with its blanks, thousands signs and decimal comma turned into program form."""
    bare = number.replace(" ", "").replace("−", "-").replace("–", "-")
    bare = bare[:-1] if bare.endswith((".", ",")) else bare  # the end of a sentence
    plain = _without_groups(bare, comma_is_decimal).replace(",", ".")
    return plain if _WELL_FORMED.fullmatch(plain) else "nan"


def _without_groups(bare: str, comma_is_decimal: bool) -> str:
    """A number without its thousands signs; only groups of three digits have one."""
    marks = [mark for mark in bare if mark in ".,'"]
    if len(set(marks)) > 1:  # 1,146.5: the last sign is the decimal one
        whole, decimal, rest = bare.rpartition(marks[-1])
        return re.sub(r"[.,']", "", whole) + decimal + rest if _GROUPED.fullmatch(whole) else "nan"
    is_grouped = _GROUPED.fullmatch(bare) is not None and bare.lstrip("+-")[0] != "0"
    is_decimal = len(marks) == 1 and (marks == ["."] or (marks == [","] and comma_is_decimal))
    return re.sub(r"[.,']", "", bare) if is_grouped and not is_decimal else bare


def _step(number: str, machine_floats: bool) -> float:
    """One unit of the last printed digit of a number in program form."""
    digits, _, exponent = number.lower().lstrip("+-").partition("e")
    whole, _, decimals = digits.partition(".")
    if machine_floats or exponent:
        decimals = decimals.rstrip("0")
    power = int(exponent or 0)
    if decimals:
        return float(10.0 ** (power - len(decimals)))
    kept = whole.rstrip("0")
    return float(10.0 ** (power + len(whole) - len(kept))) if kept else 1.0
