"""Rates of deaths from a table that an office brings, and what is told of the deaths that were drawn."""

from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from guzar.define.tables.death_rates import DeathRatesGiven
from guzar.errors import Phrase, TableInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.process.histories import EPOCH
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.mortality import DAYS_OF_YEAR, EVERYBODY_ELSE, DeathRates
from guzar.process.missing_exits.shortened_crossings import Shortened
from guzar.process.missing_exits.statuses import interval_of, series_of_kind
from guzar.process.missing_exits.year_counts import DEATHS, YearCounts, years_of
from guzar.process.residence_rule import ResidenceRule
from guzar.store import checksum_of

NEEDED = ("year", "deaths_per_1000", "rate_source")
WRONG = "{file} has rows that are no rate of deaths, by these columns: {columns}."
MOST = 50.0  # no country has more; above, the rate is likely of 100,000 persons


@dataclass(frozen=True)
class RatesRead:
    """Rates of one table, and what to write down beside numbers that rest on them."""

    rates: DeathRates
    told: dict[str, Any]


def read_death_rates(file: Path, rule: ResidenceRule) -> RatesRead:
    """The rates of a table (.csv, .csv.gz, .parquet) by DeathRatesGiven, for every year observed; others are left aside.

    Raises SettingsInvalid for a file that is not there, TableInvalid where a row is no rate, stands twice, or a citizenship
    has no rate in a year that is observed.
    """
    table = read_numbers(file, ("deaths_per_1000",), whole=("year",))
    lacking = [name for name in NEEDED if name not in table.columns]
    if lacking:
        raise _refused(file, "{file} lacks columns that rates of deaths need: {columns}.", lacking, rule)
    if not table.height:
        raise _refused(file, "{file} has no row below the heading: no rate of deaths is given.", [], rule)
    if "citizenship" not in table.columns:
        table = table.with_columns(citizenship=pl.lit(None, pl.String))
    _require_sense(table, file, rule)
    years = years_of(rule)
    asked = table.filter(pl.col("year").is_between(years[0], years[-1]))
    held = DeathRatesGiven.validate(asked.select(DeathRatesGiven.column_names()), cast=True)
    per_day = {
        str(code): group.sort("year")["deaths_per_1000"].to_numpy() / (1000 * DAYS_OF_YEAR)
        for (code,), group in held.with_columns(pl.col("citizenship").fill_null(EVERYBODY_ELSE)).group_by(
            "citizenship"
        )
    }
    _require_years(held, years, file)
    begins = np.array([(date(year, 1, 1) - EPOCH).days for year in years], np.int64)
    sources = held["rate_source"].unique().sort().to_list()
    told = {"file": file.name, "sha256": checksum_of(file.read_bytes()), "sources": sources}
    return RatesRead(DeathRates(begins, per_day), told)


def _require_years(held: pl.DataFrame, years: range, file: Path) -> None:
    """Refuse rates of which a year that is observed is missing, with the years."""
    whose = held.select(pl.col("citizenship").fill_null(EVERYBODY_ELSE)).to_series()
    lacking = [
        Phrase(
            "{whose}: {years}",
            {"whose": str(code) if code else ("everybody else",), "years": ", ".join(missing)},
        )
        for code in (whose.unique().sort() if held.height else [EVERYBODY_ELSE])
        for told in [held["year"].filter(whose == code).to_list()]
        for missing in [[str(year) for year in years if year not in told]]
        if missing
    ]
    if lacking:
        raise TableInvalid(
            "{file} has no rates for years that are observed.",
            where="missing: {lacking}",
            expected="a row for each year from {first} to {last}, for each citizenship that has a row",
            do="Add these rows, or leave out --deaths.",
            file=file.name,
            lacking=tuple(lacking),
            first=years[0],
            last=years[-1],
        )


def _require_sense(table: pl.DataFrame, file: Path, rule: ResidenceRule) -> None:
    """Refuse rows that are no rate, all of them at once by the columns that are wrong."""
    rate, code = pl.col("deaths_per_1000"), pl.col("citizenship")
    rules = {
        "year": pl.col("year").is_not_null() & pl.struct("year", "citizenship").is_unique(),
        "citizenship": code.is_null() | code.str.contains("^[A-Z]{3}$"),
        "deaths_per_1000": (rate >= 0) & rate.is_finite(),
        "rate_source": pl.col("rate_source").is_not_null(),
    }
    good = table.select(holds.fill_null(value=False).alias(name) for name, holds in rules.items())
    wrong = [name for name in rules if not good[name].all()]
    if wrong:
        raise _refused(file, WRONG, wrong, rule)
    high = table.select((rate > MOST).alias("high")).to_series().arg_true()
    if len(high):
        raise TableInvalid(
            "{file} has rates above {most} deaths per 1,000 persons and year: {count}; likely they are per 100,000.",
            where="rows below the heading: {rows}",
            expected="deaths_per_1000 from 0 to {most}",
            do="Divide rates per 100,000 by 100, or correct these rows.",
            file=file.name,
            most=int(MOST),
            count=len(high),
            rows=", ".join([*(str(row + 1) for row in high[:3]), *(["…"] if len(high) > 3 else [])]),
        )


def _refused(file: Path, what: str, columns: list[str], rule: ResidenceRule) -> TableInvalid:
    years = years_of(rule)
    return TableInvalid(
        what,
        expected="year ({first} to {last}, each once, for each citizenship that has a row); deaths_per_1000 from 0 to 50; "
        "rate_source; citizenship as three capital letters, empty for everybody else",
        do="Correct the table, or leave out --deaths.",
        file=file.name,
        columns=", ".join(columns),
        first=years[0],
        last=years[-1],
    )


def require_known_citizenship(has_column: bool, rates: DeathRates | None) -> None:
    """Refuse crossings that do not tell citizenship where rates differ by it (TableInvalid)."""
    if rates is not None and rates.by_citizenship and not has_column:
        raise TableInvalid(
            "The crossings do not tell citizenship: whose rate of deaths is meant cannot be seen.",
            expected="a column citizenship, or rates without one",
            do="Add the column, or give one rate for everybody.",
        )


def tell_deaths(
    read: RatesRead | None, log: CrossingLog, met: Shortened, counts: YearCounts | None, rule: ResidenceRule
) -> dict[str, Any] | None:
    """Deaths among residents by year under δ = 0, and what they rest on: totals only; None where none are known."""
    if log.mortality is None:
        return None
    last = (rule.last_day - EPOCH).days
    by_year = []
    if counts is not None:
        lower, middle, upper = interval_of(series_of_kind(counts, DEATHS))
        by_year = [
            {
                "year": year,
                "residents_died": round(float(middle[at])),
                "lower": floor(max(0.0, float(lower[at]))),
                "upper": ceil(float(upper[at])),
            }
            for at, year in enumerate(years_of(rule))
        ]
    return {
        **({} if read is None else {**read.told, "persons_without_rate": log.mortality.without_rate}),
        "known": log.mortality.known_until(last),
        "known_left_aside": met.deaths_left_aside,
        "by_year": by_year,
    }
