"""Claims (as written) → Claim: what each row says, or why it cannot be read.

Nothing is corrected silently: a cell that says two things, or nothing, gets a reason that the verdict repeats.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from guzar.define.areas import NOT_APPLICABLE
from guzar.define.codelist import read_codelist
from guzar.define.units import UNITS
from guzar.define.written_areas import corridor_meant, known_area
from guzar.use.claims.fitting import Claimed
from guzar.use.claims.holdings import is_signed, known_indicators
from guzar.use.claims.numbers import (
    QUALIFIERS,
    Printed,
    are_machine_floats,
    qualifiers_in,
    read_number,
    scale_in,
)

CORRIDOR_SIGN = re.compile(r"\s*(?:->|=>|>|→)\s*")
YEAR = re.compile(r"(?:mid[- ]?|середина )?(\d{4})(?:\.0+)?(?: ?(?:г\.|год[ау]?))?")
PERIOD = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{4})")
SHORT_SPAN = re.compile(r"(\d\d)(\d\d)\s*([-–—/])\s*(\d\d)")
SIGNED = re.compile(r"[-+−–—]")
ANY_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
QUARTER = re.compile(r"(\d{4})\s*-?\s*[QqКк]([1-4])")
DECIMAL_COMMA = re.compile(r"(?<![\d.,])\d+,(?:\d{1,2}|\d{4,})(?![\d.,])")
THOUSANDS_COMMA = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3}){2,}(?!\d)|\d,\d{3}\.\d")
EITHER_COMMA = re.compile(r"(?<![\d.,])[1-9]\d{0,2},\d{3}(?![\d.,])")
EITHER_POINT = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")
IN_BRACKETS = re.compile(
    r"(?:usd|us\$|\$)?\s*\(\s*(?:usd|us\$|\$)?\s*(\d[^()]*?)\s*\)\s*[^\W\d_%.]*", re.IGNORECASE
)
TWO_UNITS = re.compile(r"\bor\b|\bили\b|[/;]|\band\b|\bи\b")

# How documents write the units; the rest of the text, a scale word aside, must be exactly this.
_UNIT_WORDS: dict[str, str] = {
    "": "",
    "persons": "persons",
    "person": "persons",
    "people": "persons",
    "migrants": "persons",
    "человек": "persons",
    "чел.": "persons",
    "чел": "persons",
    "лиц": "persons",
    "percent": "percent",
    "per cent": "percent",
    "%": "percent",
    "процентов": "percent",
    "процент": "percent",
    "процента": "percent",
    "% of gdp": "percent",
    "percent of gdp": "percent",
    "per cent of gdp": "percent",
    "% ввп": "percent",
    "percent of amount": "percent",
    "share": "share",
    "fraction": "share",
    "доля": "share",
    "usd": "usd",
    "us$": "usd",
    "$": "usd",
    "us dollars": "usd",
    "us dollar": "usd",
    "dollars": "usd",
    "долларов": "usd",
    "долларов сша": "usd",
    "долл.": "usd",
    "долл. сша": "usd",
    "долл": "usd",
    "per 1000": "per_1000",
    "per 1,000": "per_1000",
    "на 1000": "per_1000",
    "‰": "per_1000",
}
BESIDE = {
    "usd": re.compile(r"usd|us\$|\$|dollars?\b|долл"),
    "persons": re.compile(r"\b(?:persons?|people|человек|чел\.?)(?!\w)"),
}
FACTORS = {"usd_million": ("usd", 1e6), "share": ("percent", 100.0)}
COUNTED = frozenset(
    {"persons", "entries", "registrations", "permits", "applications", "decisions", "displacements"}
)

# Free columns that say what the cited source really counts; names are those of a definition.
DECLARED = ("unit_counted", "concept", "measure", "direction", "scope")


@dataclass(slots=True)
class Claim:
    """What one row of a claims file says."""

    row: int
    id: str
    is_id_shared: bool = False  # another row has the same id, or none
    area: str = ""
    counterpart: str = NOT_APPLICABLE
    indicator: str = ""
    year: int | None = None
    period: str | None = None
    printed: Printed | None = None
    qualifier: str = ""
    unit: str = ""
    factor: float = 1.0
    sex: str = ""
    cited: str = ""
    documents: tuple[str, ...] = ("",)
    published: int | None = None
    declared: dict[str, str] = field(default_factory=dict)
    recount: float | None = None
    is_forecast: bool = False
    as_written: dict[str, str] = field(default_factory=dict)
    unclear_unit: str = ""
    readings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    unreadable: tuple[str, dict[str, Any]] | None = None

    @property
    def is_corridor(self) -> bool:
        """Whether the claim is about an ordered pair of areas."""
        return self.counterpart not in {"_T", NOT_APPLICABLE}

    @property
    def place(self) -> str:
        """The area or corridor as the contract writes it."""
        return f"{self.counterpart}>{self.area}" if self.is_corridor else self.area

    def claimed(self, unit: str) -> Claimed:
        """The value in the base unit of the claim's own unit; `unit` is the unit of the figures."""
        assert self.printed is not None  # only readable claims are compared
        factor = self.factor * (1e-2 if self.unit == "share" and unit == "share" else 1.0)
        p = self.printed
        return Claimed(p.value * factor, p.step * factor, p.low * factor, p.high * factor, self.qualifier)


def read_claims(rows: Sequence[Mapping[str, str | None]], region_ids: frozenset[str]) -> list[Claim]:
    """One Claim per row, in order; rows that cannot be read carry the reason."""
    values = [row.get("value") for row in rows]
    machine, commas = are_machine_floats(values), _has_decimal_commas(values)
    claims = [_read(number, row, region_ids, machine, commas) for number, row in enumerate(rows)]
    ids = Counter(claim.id for claim in claims)
    for claim in claims:
        claim.is_id_shared = not claim.id or ids[claim.id] > 1
    return claims


def _has_decimal_commas(values: Sequence[str | None]) -> bool:
    """Whether the list prints decimal commas and no comma between thousands: 1,234 then may mean either."""
    written = [value for value in values if value]
    return any(map(DECIMAL_COMMA.search, written)) and not any(map(THOUSANDS_COMMA.search, written))


def _read(
    number: int, row: Mapping[str, str | None], region_ids: frozenset[str], machine: bool, commas: bool
) -> Claim:
    written = {name: cell.strip() for name, cell in row.items() if cell is not None and cell.strip()}
    claim = Claim(number, written.get("id", ""), as_written=written, cited=written.get("cited_source", ""))
    claim.indicator = indicator_meant(written.get("indicator", ""))
    claim.documents = tuple(d for d in re.split(r"[,;]\s*", written.get("document", "")) if d) or ("",)
    claim.declared = {name: written[name] for name in DECLARED if name in written}
    claim.sex = _sex(written.get("sex", ""))
    claim.published = _year_in(written.get("document_date", written.get("published", "")))
    _read_year(claim, written.get("year", ""))
    _read_area(claim, written.get("area", ""), region_ids)
    _read_unit(claim, written.get("unit", ""))
    _read_value(claim, written.get("value", ""), machine, commas)
    _read_qualifier(claim, written.get("qualifier", ""))
    _read_recount(claim, written.get("counted_again", ""))
    return claim


def _refuse(claim: Claim, reason: str, **values: object) -> None:
    """Keep the first reason why a row cannot be checked."""
    if claim.unreadable is None:
        claim.unreadable = (reason, values)


def _read_area(claim: Claim, text: str, region_ids: frozenset[str]) -> None:
    if not text:
        return _refuse(claim, "no area is given")
    ends = [area_code(end, region_ids) for end in CORRIDOR_SIGN.split(text)]
    if len(ends) > 2 or None in ends:
        claim.area = text
        meant = corridor_meant(text)
        unknown = (
            "“{area}” is not an area, region or corridor that guzar knows: perhaps {meant} is meant"
            if meant
            else "“{area}” is not an area, region or corridor that guzar knows"
        )
        return _refuse(claim, unknown, area=text, meant=meant)
    claim.area = str(ends[-1])
    if len(ends) == 2:
        claim.counterpart = str(ends[0])
    return None


def area_code(text: str, region_ids: frozenset[str]) -> str | None:
    """The code of an area or named region written as code, English, Russian or publisher's spelling."""
    code = text.strip().upper()
    return code if code in region_ids else known_area(text)


def _read_year(claim: Claim, text: str) -> None:
    quarter, period, year = QUARTER.fullmatch(text), PERIOD.fullmatch(text), YEAR.fullmatch(text.casefold())
    if quarter:
        claim.year, claim.period = int(quarter[1]), f"{quarter[1]}-Q{quarter[2]}"
    elif period and int(period[1]) < int(period[2]):
        claim.year, claim.period = int(period[1]), f"{period[1]}-{period[2]}"
    elif year:
        claim.year = int(year[1])
    elif text:
        _read_unusual_year(claim, text)
    claim.as_written.setdefault("year", "")


def _read_unusual_year(claim: Claim, text: str) -> None:
    """A year inside a longer text, or a span written short: how it was read is said, what has two meanings refused."""
    short, found = SHORT_SPAN.fullmatch(text), set(ANY_YEAR.findall(text))
    if short is not None:
        first, last = int(short[1] + short[2]), int(short[1] + short[4])
        is_month = short[3] != "/" and 1 <= int(short[4]) <= 12
        if is_month and last <= first:
            claim.year = first
        elif not is_month and last > first + 1:
            claim.year, claim.period = first, f"{first}-{last}"
        else:  # 2022/23 lies in two calendar years; 2005-10 may be a month
            return _refuse(
                claim,
                "“{year}” can be read in more than one way; a calendar year (2022), a period (2015-2020) or "
                "a quarter (2014-Q2) is needed",
                year=text,
            )
    elif len(found) == 1 and not SIGNED.match(text):  # «to Jan 2021», «n.d. (2019 source)»
        claim.year = int(found.pop())
    else:
        return _refuse(claim, "“{year}” is not a year", year=text)
    return claim.readings.append(
        ("The year “{year}” was read as {read}.", {"year": text, "read": claim.period or claim.year})
    )


def _year_in(text: str) -> int | None:
    found = ANY_YEAR.search(text)
    return int(found.group()) if found else None


def indicator_meant(text: str) -> str:
    """The id of an indicator written as id or by its English or Russian name; another text in small letters."""
    folded = " ".join(text.split()).casefold()
    return folded if folded in known_indicators() else indicators_by_name().get(folded, folded)


@cache
def indicators_by_name() -> dict[str, str]:
    """Indicator ids by their names in small letters, English and Russian."""
    rows = list(read_codelist("indicators").iter_rows(named=True))
    names = [(str(row[column]), str(row["id"])) for column in ("name_en", "name_ru") for row in rows]
    return {name.casefold(): indicator for name, indicator in reversed(names)}


def _sex(text: str) -> str:
    folded = text.strip().casefold()
    if folded in {"f", "female", "women", "ж", "женщины"}:
        return "F"
    return "M" if folded in {"m", "male", "men", "м", "мужчины"} else ""


def _read_unit(claim: Claim, text: str) -> None:
    claim.unit, claim.factor, claim.unclear_unit = _unit(text)


@cache
def _unit(text: str) -> tuple[str, float, str]:
    """Unit, factor to it and, where the text names no one unit, the text itself."""
    folded = re.sub(r"[\s\u00a0]+", " ", text.casefold()).strip()
    if folded in UNITS or folded in FACTORS:
        base, factor = FACTORS.get(folded, (folded, 1.0))
        return base, factor, ""
    if TWO_UNITS.search(folded):
        return "", 1.0, text
    folded = re.sub(r"\([^)]*\)", "", folded).replace("_", " ").strip()
    scale = scale_in(folded)
    for word in (
        "trillion",
        "trn",
        "billions",
        "billion",
        "bn",
        "bln",
        "millions",
        "million",
        "mln",
        "mn",
        "mio",
        "thousands",
        "thousand",
        "thsd",
        "трлн",
        "млрд",
        "млн",
        "тыс.",
        "тыс",
        "миллиардов",
        "миллионов",
        "тысяч",
    ):
        folded = re.sub(rf"(?<![a-zа-я]){re.escape(word)}\.?(?![a-zа-я])", "", folded)
    folded = re.sub(r"^of ", "", re.sub(r"\s+", " ", folded).strip())
    unit = _UNIT_WORDS.get(folded, folded)
    base, factor = FACTORS.get(unit, (unit, 1.0))
    return base, factor * scale, ""


def _read_value(claim: Claim, text: str, machine: bool, commas: bool) -> None:
    if not text:
        return _refuse(claim, "no value is given")
    decimal = claim.unit in {"percent", "per_1000"}
    if commas and not decimal and EITHER_COMMA.search(text):
        return _refuse(
            claim,
            "the comma of “{value}” may stand before decimals or between thousands: other values of the list have "
            "decimal commas",
            value=text,
        )
    bracketed = IN_BRACKETS.fullmatch(text)
    if bracketed and not is_signed(claim.indicator):
        return _refuse(
            claim,
            "the brackets of “{value}” may stand for a minus sign, and the indicator is never negative",
            value=text,
        )
    written = f"-{bracketed[1]}" if bracketed else text
    claim.printed = read_number(written, machine_floats=machine, comma_is_decimal=decimal)
    if claim.printed is None:
        return _refuse(claim, "the value “{value}” is not one number", value=text)
    if bracketed:
        claim.readings.append(("The brackets of “{value}” were read as a minus sign.", {"value": text}))
    claim.recount = claim.printed.recount
    if not claim.as_written.get("unit"):
        claim.unit = _unit_beside(text)
    return _reconcile_percent(claim, claim.printed)


def _unit_beside(text: str) -> str:
    """The unit that stands beside the number, where the unit's own cell is empty."""
    return next((unit for unit, words in BESIDE.items() if words.search(text.casefold())), "")


def _reconcile_percent(claim: Claim, printed: Printed) -> None:
    """A percent sign beside the number names the unit, or contradicts it."""
    if not printed.is_percent:
        return
    if not claim.unit and not claim.unclear_unit:
        claim.unit = "percent"
    elif claim.unit == "percent":
        claim.factor = 1.0  # «половина», 50 %: already in percent, whatever the column calls it
    elif claim.unit:
        claim.unclear_unit = f"{claim.as_written.get('unit', '')} / %"


def _read_qualifier(claim: Claim, text: str) -> None:
    said = [*qualifiers_in(text), *([text.casefold()] if text.casefold() in QUALIFIERS else [])]
    said += claim.printed.qualifiers if claim.printed else ()
    claim.is_forecast = "forecast" in said
    claim.qualifier = next((q for q in said if q != "forecast"), "")
    if claim.published and claim.year and claim.published < claim.year:
        claim.is_forecast = True  # printed before the year began


def _read_recount(claim: Claim, text: str) -> None:
    again = read_number(text) if text else None
    if again is not None:
        claim.recount = again.value
