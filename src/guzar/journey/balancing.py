"""Figures held, and tables that a statistical office brings → the account of a population between enumerations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.fitting.tables import check_cells
from guzar.analyse.population_balance import COUNTED, ESTIMATED, Account, Enumeration, Yearly, balance
from guzar.define.areas import THE_TWELVE
from guzar.define.codelist import read_codelist
from guzar.define.tables.accounts import PopulationAccounts
from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.journey.processing import load_observations
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import Workspace

AREA, YEAR, DAY = "area", "year", "reference_date"
PERSONS, LOWER, UPPER = "persons", "lower", "upper"
NET, IMMIGRATIONS, EMIGRATIONS = "net_migration", "immigrations", "emigrations"
TAKEN = ("census", "census_combined")  # a census that nobody published counts for nothing
MIDDLE = (7, 2)  # month and day of the middle of a year, for which populations are held
OBSERVED, FORECAST = "observed", "forecast"
SCHEMA = {
    "area": pl.String,
    "period_start": pl.String,
    "period_end": pl.String,
    "period_basis": pl.String,
    "component": pl.String,
    "value": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "unit": pl.String,
    "source": pl.String,
    "edition": pl.String,
    "status": pl.String,
}


@dataclass(frozen=True)
class OwnTables:
    """Tables of a statistical office that go before the figures held."""

    population: Path | None = None  # area, reference_date, persons, source; lower, upper
    vital: Path | None = None  # area, year, births, deaths, source
    registered: Path | None = None  # area, year, net_migration or immigrations and emigrations, source


@dataclass(frozen=True)
class Balance:
    """The accounts of one area, and their lines as rows."""

    area: str
    accounts: list[Account]
    table: pl.DataFrame


def balance_area(area: str, workspace: Workspace | None, own: OwnTables | None = None) -> Balance:
    """The account of an area's population by period between enumerations.

    Populations, births and deaths are those held (the newest edition), or an office's own; periods end in census years,
    and at the first and last year held. Registered net migration is net migration that a source counted (observed); what a
    source estimated stands beside it. Raises MethodNotApplicable where two populations, or births and deaths of a whole
    period, are not held.
    """
    given = own or OwnTables()
    held = _held(load_observations(workspace), area)
    people = _own_populations(given.population, area) if given.population else _populations(held, area)
    births, deaths = (
        _own_vital(given.vital, area) if given.vital else (_yearly(held, "births"), _yearly(held, "deaths"))
    )
    registered = _own_registered(given.registered, area) if given.registered else _counted(held)
    accounts = balance(people, births, deaths, registered, _estimates(held))
    if not accounts:
        raise MethodNotApplicable(
            "No account can be made for {area}: populations held: {populations}; births and deaths of no whole period between them.",
            expected="two populations, and births and deaths of every year between them",
            do="Give them with --population and --vital, or collect them into a workspace.",
            area=area,
            populations=len(people),
        )
    return Balance(area, accounts, accounts_as_rows(area, accounts))


def balance_twelve(workspace: Workspace | None) -> dy.DataFrame[PopulationAccounts]:
    """The accounts of the twelve areas by the figures held; areas of which too little is held are left out."""
    observations = load_observations(workspace)
    tables = [pl.DataFrame(schema=SCHEMA)]
    for area in sorted(THE_TWELVE):
        held = _held(observations, area)
        births, deaths = _yearly(held, "births"), _yearly(held, "deaths")
        found = balance(_populations(held, area), births, deaths, _counted(held), _estimates(held))
        tables.append(accounts_as_rows(area, found))
    account = ["area", "period_start", "period_end"]
    rows = pl.concat(tables).rename({"status": "account_status"})
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(account)
    return PopulationAccounts.validate(
        rows.with_columns(account_line=place).select(PopulationAccounts.column_names())
    )


def accounts_as_rows(area: str, accounts: Sequence[Account]) -> pl.DataFrame:
    """One row per line of each account."""
    rows = [
        (
            area,
            str(account.start),
            str(account.end),
            account.basis,
            line.component,
            line.value,
            line.lower,
            line.upper,
            line.unit,
            line.source or None,
            line.edition or None,
            line.status,
        )
        for account in accounts
        for line in account.lines
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _held(observations: pl.DataFrame, area: str) -> pl.DataFrame:
    """Yearly values of an area, both sexes, no forecasts, of the newest edition of each source and definition."""
    wanted = ["population", "births", "deaths", NET]
    rows = observations.filter(
        pl.col("indicator").is_in(wanted)
        & (pl.col("area") == area)
        & (pl.col("sex") == "_T")
        & pl.col("value").is_not_null()
        & (pl.col("observation_status") != FORECAST)
        & ~pl.col("period").str.contains("-")
    )
    return rows.filter(pl.col("edition") == pl.col("edition").max().over("indicator", "source"))


def _best(rows: pl.DataFrame) -> pl.DataFrame:
    """Of several series the one that was counted, else the one that covers most years, else the newest."""
    if not rows.height:
        return rows
    sizes = rows.group_by("definition", "source", "edition").agg(
        counted=(pl.col("observation_status") == OBSERVED).any(), years=pl.col(YEAR).n_unique()
    )
    order = ["counted", "years", "edition", "definition"]
    best = sizes.sort(order, descending=[True, True, True, False]).head(1)
    return rows.join(best, on=["definition", "source", "edition"], how="semi").unique(YEAR).sort(YEAR)


def _yearly(held: pl.DataFrame, indicator: str) -> Yearly:
    return _as_yearly(_best(held.filter(pl.col("indicator") == indicator)))


def _as_yearly(rows: pl.DataFrame) -> Yearly:
    if not rows.height:
        return Yearly({}, "")
    first = rows.row(0, named=True)
    values = dict(rows.select(YEAR, "value").iter_rows())
    return Yearly(values, first["source"], first["edition"], _status(first["observation_status"]))


def _status(observation_status: str) -> str:
    return COUNTED if observation_status == OBSERVED else ESTIMATED


def _counted(held: pl.DataFrame) -> Yearly | None:
    rows = _best(held.filter((pl.col("indicator") == NET) & (pl.col("observation_status") == OBSERVED)))
    return _as_yearly(rows) if rows.height else None


def _estimates(held: pl.DataFrame) -> list[Yearly]:
    """Net migration as each source estimates it."""
    rows = held.filter((pl.col("indicator") == NET) & (pl.col("observation_status") != OBSERVED))
    parts = rows.partition_by("source") if rows.height else []
    return sorted((_as_yearly(_best(part)) for part in parts), key=lambda each: each.source)


def _populations(held: pl.DataFrame, area: str) -> list[Enumeration]:
    """Populations held in census years, and in the first and the last year held."""
    rows = _best(held.filter(pl.col("indicator") == "population"))
    if not rows.height:
        return []
    taken = censuses_of(area)
    ends = {rows[YEAR].min(), rows[YEAR].max()}
    return [
        Enumeration(
            date(row[YEAR], *MIDDLE),
            row["value"],
            row["source"],
            row["edition"],
            row[YEAR] in taken,
            _status(row["observation_status"]),
        )
        for row in rows.iter_rows(named=True)
        if row[YEAR] in taken | ends
    ]


def censuses_of(area: str) -> set[int]:
    """Years in which a census was taken in an area and published."""
    rows = read_codelist("census_years").filter((pl.col(AREA) == area) & pl.col("kind").is_in(TAKEN))
    return {int(year) for year in rows["census_year"]}


def _own_populations(file: Path, area: str) -> list[Enumeration]:
    table = read_numbers(file, [PERSONS, LOWER, UPPER])
    check_cells(table, (AREA, DAY), PERSONS)
    rows = [row for row in table.iter_rows(named=True) if row[AREA] == area]
    return [
        Enumeration(
            _day(str(row[DAY]), file),
            row[PERSONS],
            row.get("source") or file.name,
            is_census=True,
            lower=ends[0],
            upper=ends[1],
        )
        for row in rows
        for ends in [_interval(row, file)]
    ]


def _day(text: str, file: Path) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise TableInvalid(
            "A reference date that is none: {text}.",
            where="{file}; {cell}",
            expected="year, month and day, e.g. 2024-12-31",
            do="Correct the date.",
            text=text,
            file=file.name,
            cell=DAY,
        ) from None


def _interval(row: dict[str, Any], file: Path) -> tuple[float | None, float | None]:
    lower, upper, value = row.get(LOWER), row.get(UPPER), row[PERSONS]
    is_empty = lower is None and upper is None
    if not is_empty and (lower is None or upper is None or not 0 <= lower <= value <= upper):
        raise TableInvalid(
            "An interval that does not lie around its number: {lower} – {value} – {upper}.",
            where="{file}; {cell}",
            expected="0 < lower ≤ number ≤ upper: the 5 % and 95 % points",
            do="Correct the three, or leave both ends of a number empty.",
            lower=lower,
            value=value,
            upper=upper,
            file=file.name,
            cell=f"{row[AREA]} {row[DAY]}",
        )
    return lower, upper


def _own_vital(file: Path, area: str) -> tuple[Yearly, Yearly]:
    table = read_numbers(file, ["births", "deaths"], whole=[YEAR])
    return _own_yearly(table, "births", file, area, 0.0), _own_yearly(table, "deaths", file, area, 0.0)


def _own_registered(file: Path, area: str) -> Yearly:
    table = read_numbers(file, [NET, IMMIGRATIONS, EMIGRATIONS], whole=[YEAR])
    if NET not in table.columns:
        for name in (IMMIGRATIONS, EMIGRATIONS):
            check_cells(table, (AREA, YEAR), name, least=0.0)
        table = table.with_columns((pl.col(IMMIGRATIONS) - pl.col(EMIGRATIONS)).alias(NET))
    return _own_yearly(table, NET, file, area, None)


def _own_yearly(table: pl.DataFrame, name: str, file: Path, area: str, least: float | None) -> Yearly:
    check_cells(table, (AREA, YEAR), name, least=least)
    rows = table.filter(pl.col(AREA) == area)
    source = rows["source"][0] if "source" in rows.columns and rows.height else None
    return Yearly(dict(rows.select(YEAR, name).iter_rows()), source or file.name)
