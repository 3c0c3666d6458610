"""Counts of persons → how many may be in a group that no list holds whole: always a range, never a number.

Two lists: n1 and n2 persons, m of them on both. Those on neither are n00 = θ · n10 · n01 / (m + 1), with n10 = n1 − m and
n01 = n2 − m; θ is the odds ratio of being on the two lists, 1 if they are independent (Chapman's estimator). Multiplier:
persons of the group who are counted somewhere (a benchmark) by the share of the group who say in a survey that they were.
References: Chapman (1951); Seber, The Estimation of Animal Abundance (1982), section 3.1; Chao, Biometrics 43 (1987) 783-791
(interval); Gerritse, van der Heijden and Bakker, Journal of Official Statistics 31 (2015) 357-379 (dependence).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, exp, floor, log, sqrt
from typing import Any

import polars as pl

from guzar.analyse.identifying_columns import names_of_persons
from guzar.errors import MethodNotApplicable, Phrase, SettingsInvalid, TableInvalid
from guzar.languages import translate

REACH = 1.6448536269514722  # 5 % and 95 % points
TWO_LISTS, MULTIPLIER = "two-lists", "multiplier"
COUNTS = ("first_list", "second_list", "both")
SHARES = ("benchmark_lower", "benchmark_upper", "share_lower", "share_upper")
ENDS = ("lower_by_chance", "upper_by_chance", "lower", "upper")
WRITTEN = (
    "method",
    "unit",
    *ENDS,
    "interval_percent",
    "status",
    "status_reason",
    "assumptions_en",
    "assumptions_ru",
)
MOST_ODDS, MOST_LINKS = 100, 0.5
MOST, LEAST_SHARE = 1e8, 1e-4  # persons on a list, and a share of a survey: beyond, a typing error
FEW, NO_OVERLAP, ALL_ON_BOTH = "too_few_persons", "nobody_on_both_lists", "one_list_holds_the_other"


ROUNDED_TO = (
    10  # exact ends would tell the counts behind them, and by subtraction those of a group that is withheld
)
OF_LISTS = Phrase(
    "odds ratio of the lists {low} to {high}; links missed up to {missed} %, false up to {false} %; closed group; nobody outside "
    "it on a list; everybody in it can be on each list"
)
OF_SHARES = Phrase(
    "odds of the share {low} to {high} times those of the survey; benchmark and survey on the same group and period; nobody "
    "counted twice in the benchmark"
)


@dataclass(frozen=True)
class BoundsQuestion:
    """How far the assumptions may fail: odds ratio (from 1/θ to θ), missed and false links as shares of links."""

    method: str
    odds_ratio: float = 2.0
    missed_links: float = 0.05
    false_links: float = 0.01
    minimum: int = 10


@dataclass(frozen=True)
class Bounds:
    """One row per group: a range, the range if only chance were at work, and why a row may be empty."""

    table: pl.DataFrame
    groups: tuple[str, ...]


def bound_hidden_groups(counts: pl.DataFrame, asked: BoundsQuestion) -> Bounds:
    """Ranges of the size of groups from counts of persons.

    Raises SettingsInvalid for shares and odds that are none, TableInvalid for counts that cannot be, MethodNotApplicable
    for a table of persons.
    """
    _require_settings(asked)
    needed = COUNTS if asked.method == TWO_LISTS else SHARES
    _require_counts(counts, needed)
    groups = tuple(name for name in counts.columns if name not in needed)
    _require_cells(counts, groups, asked)
    find = _two_lists if asked.method == TWO_LISTS else _multiplier
    told = {"method": asked.method, "unit": "persons", "interval_percent": 90, **assumptions_of(asked)}
    made = [
        {name: row[name] for name in groups} | told | find(row, asked) for row in counts.iter_rows(named=True)
    ]
    kinds: dict[str, Any] = {name: counts.schema[name] for name in groups}
    ends: dict[str, Any] = dict.fromkeys(ENDS, pl.Int64)
    texts: dict[str, Any] = dict.fromkeys(WRITTEN[-4:], pl.String)
    named: dict[str, Any] = {"method": pl.String, "unit": pl.String}
    schema = {**kinds, **named, **ends, "interval_percent": pl.Int64, **texts}
    return Bounds(pl.DataFrame(made, schema=schema, orient="row"), groups)


def range_of_two_lists(
    first: float, second: float, both: float, odds: Sequence[float], links: Sequence[float]
) -> tuple[float, float]:
    """The outermost 5 % and 95 % points over these odds ratios and these factors of the persons on both lists."""
    ends = []
    for ratio, factor in product(odds, links):
        shared = min(both * factor, first, second)
        alone = (first - shared, second - shared)
        seen = first + second - shared
        none = alone[0] * alone[1] / (shared + 1)
        if none <= 0:
            ends += [seen, seen]
            continue
        variance = (first + 1) * (second + 1) * alone[0] * alone[1] / ((shared + 1) ** 2 * (shared + 2))
        spread = exp(REACH * sqrt(log(1 + variance / none**2)))
        ends += [seen + ratio * none / spread, seen + ratio * none * spread]
    return min(ends), max(ends)


def range_of_multiplier(
    benchmark: tuple[float, float], share: tuple[float, float], odds: Sequence[float]
) -> tuple[float, float]:
    """The benchmark by the share, outermost over both intervals and over odds of the share times these ratios."""
    shares = [1 / (1 + (1 - one) / (one * ratio)) for one in share for ratio in odds]
    return benchmark[0] / max(shares), benchmark[1] / min(shares)


def _two_lists(row: Mapping[str, Any], asked: BoundsQuestion) -> dict[str, Any]:
    first, second, both = (row[name] for name in COUNTS)
    parts = (first, second, both, first - both, second - both)
    if any(0 < part < asked.minimum for part in parts) or not first or not second:
        return _nothing(FEW)
    if both == 0:  # all links may have been missed; nothing bounds those on neither list
        return _from(max(first, second), NO_OVERLAP, asked)
    links = (1 - asked.false_links, 1.0, 1 / (1 - asked.missed_links))
    wide = range_of_two_lists(first, second, both, (1 / asked.odds_ratio, asked.odds_ratio), links)
    chance = range_of_two_lists(first, second, both, (1.0,), (1.0,))
    if both in (first, second):  # chance cannot be told: whoever is on one list is on the other
        return _from(wide[0], ALL_ON_BOTH, asked)
    return _ends(chance, wide, asked)


def _multiplier(row: Mapping[str, Any], asked: BoundsQuestion) -> dict[str, Any]:
    if row["benchmark_lower"] < asked.minimum:
        return _nothing(FEW)
    benchmark = (row["benchmark_lower"], row["benchmark_upper"])
    share = (row["share_lower"], row["share_upper"])
    odds = (1 / asked.odds_ratio, asked.odds_ratio)
    wide = range_of_multiplier(benchmark, share, odds)
    return _ends(range_of_multiplier(benchmark, share, (1.0,)), wide, asked)


def assumptions_of(asked: BoundsQuestion) -> dict[str, str]:
    """What every row rests on, with its figures, in both languages: `assumptions_en`, `assumptions_ru`."""
    words = OF_LISTS if asked.method == TWO_LISTS else OF_SHARES
    numbers = {
        "low": f"{1 / asked.odds_ratio:.3g}",
        "high": f"{asked.odds_ratio:.3g}",
        "missed": f"{100 * asked.missed_links:.3g}",
        "false": f"{100 * asked.false_links:.3g}",
    }
    comma = {name: number.replace(".", ",") for name, number in numbers.items()}
    return {
        "assumptions_en": words.text.format(**numbers),
        "assumptions_ru": translate(words.text, "ru").format(**comma),
    }


def _ends(chance: tuple[float, float], wide: tuple[float, float], asked: BoundsQuestion) -> dict[str, Any]:
    """Outwards to tens: rounding never narrows a range, no range is a point, and no exact count can be worked back."""
    step = _step(asked)
    ends = [end for low, high in (chance, wide) for end in (floor(low / step), ceil(high / step))]
    return dict(zip(ENDS, (end * step for end in ends), strict=True)) | {"status": "bounded"}


def _from(lower: float, reason: str, asked: BoundsQuestion) -> dict[str, Any]:
    """A range without an upper end, its lower one rounded down."""
    step = _step(asked)
    return {"lower": floor(lower / step) * step, "status": "bounded", "status_reason": reason}


def _step(asked: BoundsQuestion) -> int:
    """Tens; more where fewer persons than that may not be told apart."""
    return ROUNDED_TO * ceil(asked.minimum / ROUNDED_TO)


def _nothing(reason: str) -> dict[str, Any]:
    return {"status": "withheld", "status_reason": reason}


def _require_settings(asked: BoundsQuestion) -> None:
    if asked.method not in (TWO_LISTS, MULTIPLIER):
        raise SettingsInvalid(
            "{method} is no method of guzar bounds.",
            expected="--method two-lists (two counts and their overlap) or multiplier (a count by a share)",
            do="Choose one of these.",
            method=asked.method,
        )
    if not 1 < asked.odds_ratio <= MOST_ODDS:
        raise SettingsInvalid(
            "An odds ratio of {ratio} makes no range.",
            expected="--odds-ratio above 1 and at most {most}: the range goes from 1/x to x times the odds",
            do="Give how far off the odds may be, as 2 for twice or half.",
            ratio=asked.odds_ratio,
            most=MOST_ODDS,
        )
    for option, share in (("--missed-links", asked.missed_links), ("--false-links", asked.false_links)):
        if not 0 <= share < MOST_LINKS:
            raise SettingsInvalid(
                "{option} is no share of links that can be borne: {share}.",
                expected="a share from 0 to below {most}, as 0.05 for 5 %",
                do="Divide per cent by 100; where half of the links are wrong, link better first.",
                option=option,
                share=share,
                most=MOST_LINKS,
            )


def _require_counts(counts: pl.DataFrame, needed: Sequence[str]) -> None:
    persons = names_of_persons(counts.columns)
    if persons:
        raise MethodNotApplicable(
            "This is a table of persons: {columns}.",
            expected="counts of persons by group",
            do="Count the lists first; nothing about one person is estimated here.",
            columns=", ".join(persons),
        )
    missing = [name for name in needed if name not in counts.columns]
    if missing or counts.is_empty():
        raise TableInvalid(
            "The table of counts lacks rows or columns: {columns}.",
            expected="a row per group, with the columns {needed}",
            do="Add them, or choose the --method whose columns the table has.",
            columns=", ".join(missing) or "-",
            needed=", ".join(needed),
        )
    taken = [name for name in counts.columns if name in WRITTEN]
    if taken:
        raise SettingsInvalid(
            "Columns have the names of what guzar bounds writes: {columns}.",
            expected="groups under other names",
            do="Rename or drop these columns.",
            columns=", ".join(taken),
        )


def _require_cells(counts: pl.DataFrame, groups: Sequence[str], asked: BoundsQuestion) -> None:
    """Refuse counts that cannot be: more on both lists than on one, shares out of order; and a group twice."""
    if asked.method == TWO_LISTS:
        first, second, both = (pl.col(name) for name in COUNTS)
        is_right = (both >= 0) & (both <= first) & (both <= second) & (first <= MOST) & (second <= MOST)
    else:
        low, high, least, most = (pl.col(name) for name in SHARES)
        is_right = (
            (low > 0) & (low <= high) & (high <= MOST) & (least >= LEAST_SHARE) & (least < most) & (most < 1)
        )
    wrong = (~counts.select(is_right.fill_null(False)).to_series()).arg_true()
    if len(wrong):
        is_lists = asked.method == TWO_LISTS
        raise TableInvalid(
            "Rows of counts that cannot be used: {count}.",
            where="rows below the heading: {rows}",
            expected="first_list, second_list and both from 0 to 100 million persons, none empty; both above neither list"
            if is_lists
            else "benchmark_lower above 0 and not above benchmark_upper, that at most 100 million persons; share_lower from "
            "0.0001, below share_upper, that below 1 (0.25 for 25 %)",
            do="Correct these rows: both are the persons who are on each of the two lists."
            if is_lists
            else "Correct these rows; for shares give the ends of the survey's interval.",
            count=len(wrong),
            rows=", ".join([*(str(row + 1) for row in wrong[:3]), *(["…"] if len(wrong) > 3 else [])]),
        )
    double = counts.height - (counts.select(groups).n_unique() if groups else 1)
    if double:
        raise TableInvalid(
            "Rows of groups that stand in the table already: {count}.",
            expected="one row for each group; groups are the columns {groups}",
            do="Keep one row of each group, or add the column that tells these rows apart.",
            count=double,
            groups=", ".join(groups) or "-",
        )
