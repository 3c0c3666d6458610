"""What lost crossings do to made-up people: counts with nothing estimated, estimates with their range, and the truth.

For everybody nothing is observed: a border of the made-up country keeps no records. Citizens of the countries whose every
way is checked can be estimated. Totals only, rounded to tens: beside protected tables they work no small group out.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.beside_truth import count_true_years
from guzar.define.tables.made_up import MadeUpImputed
from guzar.errors import MethodNotApplicable
from guzar.journey.imputing import impute
from guzar.journey.made_up_place import DAY, FIRST, LAST, Place
from guzar.process.missing_exits.mortality import DAYS_OF_YEAR
from guzar.process.missing_exits.statuses import NAIVE, SEEN, state_nothing
from guzar.process.residence_rule import ResidenceRule
from guzar.store import write_table

EVERYBODY = "_T"
YEARS = range(FIRST.year, DAY.year + 1)
MEASURES = ("immigrations", "emigrations", "net_migration", SEEN)
VALUES = (*NAIVE, "lower", "median", "upper", "range_lower", "range_upper")
ROUNDED_TO = 10
LEAST_LIVED = 100.0  # person-years: of fewer one death would make a rate that nobody believes
TOO_FEW = "too_few_crossings"
SEED, DRAWS = 20260101, 10  # half of what an office would draw: a demonstration is waited for


def open_borders_of(rates: Mapping[str, Any]) -> list[str]:
    """Ports of the made-up country that people cross and nobody checks."""
    if rates["border"]["open_borders_recorded"]:
        return []
    return [port["code"] for port in rates["ports"] if not port.get("recorded", True)]


def citizens_always_checked(rates: Mapping[str, Any]) -> list[str]:
    """Countries whose citizens use ports with records only."""
    unchecked = open_borders_of(rates)
    countries = {code for port in rates["ports"] for code in port["neighbours"]}
    passing = {code for port in rates["ports"] if port["code"] in unchecked for code in port["neighbours"]}
    return sorted(countries - passing)


def tell_imputed(place: Place, rule: ResidenceRule, rates: Mapping[str, Any]) -> dy.DataFrame[MadeUpImputed]:
    """By measure and year, everybody and then the citizens who can be estimated, beside the truth of the same persons."""
    borders, citizens = open_borders_of(rates), citizens_always_checked(rates)
    source = place.register / "crossings.parquet"
    everybody = impute(source, place.counts / "imputed_everybody.csv", rule, open_borders=borders).table
    try:
        checked = impute(
            source,
            place.counts / "imputed_checked.csv",
            rule,
            citizenships=citizens,
            deaths=_write_rates(place, citizens),
            draws=DRAWS,
            seed=SEED,
        ).table
    except MethodNotApplicable:  # a made-up country of very few people
        checked = pl.DataFrame(state_nothing(YEARS)).with_columns(status_reason=pl.lit(TOO_FEW))
    told = [
        _rows(everybody, EVERYBODY, _truth(place, None)),
        _rows(checked, " ".join(citizens), _truth(place, citizens)),
    ]
    return MadeUpImputed.validate(pl.concat(told), cast=True)


def _write_rates(place: Place, citizens: list[str]) -> Path:
    """How often these citizens die by year, as the population register notes it; in a table as an office would bring it.

    The register keeps some who left, and misses some deaths: both make its rates too low.
    """
    rows = place.held("registered_residents").filter(pl.col("citizenship").is_in(citizens))
    rates = [
        {"year": year, "deaths_per_1000": _rate_in(rows, year), "rate_source": "made-up population register"}
        for year in range(FIRST.year, LAST.year + 1)
    ]
    file = place.counts / "deaths.csv"
    write_table(file, pl.DataFrame(rates))
    return file


def _rate_in(rows: pl.DataFrame, year: int) -> float:
    """Deaths noted per 1,000 person-years in the register."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), LAST)
    begin = pl.max_horizontal("resident_from", pl.lit(first))
    end = pl.min_horizontal("resident_to", "died_on", pl.lit(last + timedelta(days=1)))
    days = rows.select((end - begin).dt.total_days().clip(0).sum()).item()
    died = rows.filter(pl.col("died_on").is_between(first, last)).height
    return float(1000 * died / max(LEAST_LIVED, days / DAYS_OF_YEAR))


def _truth(place: Place, citizens: list[str] | None) -> pl.DataFrame:
    tables = {name: place.truth(name) for name in ("persons", "crossings", "residence", "migrations")}
    if citizens is not None:
        others = _first_seen_as_others(place, citizens)
        tables["persons"] = tables["persons"].join(others, on="true_person_id", how="anti")
    return count_true_years(tables, YEARS, citizens)


def _first_seen_as_others(place: Place, citizens: list[str]) -> pl.DataFrame:
    """True persons whose first recorded crossing is on a document of another country: naturalised before it, say.

    They are not among the persons who are estimated, so their migrations do not belong into the truth beside them.
    """
    columns = ["record_id", "crossing_date", "citizenship"]
    files = sorted((place.world / "deliveries" / "crossings").iterdir())
    delivered = pl.concat([pl.read_parquet(file, columns=columns) for file in files])
    whose = place.truth("records").filter(pl.col("table") == "crossings")
    firsts = (
        delivered.filter(pl.col("crossing_date") >= FIRST)
        .join(whose.select("record_id", "true_person_id"), on="record_id")
        .sort("crossing_date", "record_id")
        .group_by("true_person_id", maintain_order=True)
        .first()
    )
    return firsts.filter(~pl.col("citizenship").is_in(citizens)).select("true_person_id")


def _rows(table: pl.DataFrame, whose: str, truth: pl.DataFrame) -> pl.DataFrame:
    """The measures and years that are shown, rounded, with whose they are and the truth."""
    tens = [
        (pl.col(name).cast(pl.Float64) / ROUNDED_TO).round().cast(pl.Int64) * ROUNDED_TO for name in VALUES
    ]
    chosen = table.filter(pl.col("measure").is_in(MEASURES), pl.col("year").is_in(list(YEARS)))
    joined = chosen.with_columns(*tens, made_up_citizens=pl.lit(whose)).join(
        truth, on=["measure", "year"], how="left", maintain_order="left"
    )
    return joined.select(MadeUpImputed.column_names()).cast(
        {name: column.dtype for name, column in MadeUpImputed.columns().items()}
    )
