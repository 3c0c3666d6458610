"""Files of stocks, births and deaths → flows between two dates, and the account of every adjustment beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.stock_flows.accounts import AFTER, BEFORE, Account
from guzar.analyse.stock_flows.draws import DrawPlan
from guzar.analyse.stock_flows.methods import METHODS, StockFlows, as_rows, estimate_flows
from guzar.analyse.stock_flows.tables import COUNTED, PERSONS, LeftOut, read_stocks
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.drawn_flows import DrawsTold, FlowsWithIntervals, about_draws, add_intervals
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

SEX = "sex"
BALANCES = (AFTER, BEFORE)


@dataclass(frozen=True)
class FlowQuestion:
    """What `guzar flows-from-stocks` is asked."""

    start: int
    end: int
    method: str
    total: float | None = None
    balance: str = AFTER
    by_type: bool = False
    draws: int = 0
    seed: int = 0


@dataclass(frozen=True)
class FlowsOfStocks:
    """Rows of flows; the account by country; what was left out of the tables; persons by which they were adjusted."""

    table: pl.DataFrame
    accounts: pl.DataFrame
    left_out: LeftOut
    moves: float
    adjusted: float
    out_of_balance: float
    error: float
    draws: list[DrawsTold]  # of each sex; none where none were asked for


def flows_from_files(stocks: Path, demography: Path, asked: FlowQuestion) -> FlowsOfStocks:
    """Flows by a published method from two tables in files; where both tell sexes apart, of each sex and of both together.

    Raises SettingsInvalid, TableInvalid, MethodNotApplicable.
    """
    _check(asked)
    cells = read_numbers(stocks, [PERSONS], whole=["year"])
    people = read_numbers(demography, COUNTED)
    sexes = _sexes(cells, people)
    made = {sex: _of_one(cells, people, sex, asked) for sex in sexes}
    tables = [_with_sex(as_rows(flows, by_type=asked.by_type), sex) for sex, (flows, _) in made.items()]
    accounts = [_with_sex(account_by_country(flows), sex) for sex, (flows, _) in made.items()]
    flows = [each for each, _ in made.values()]
    draws: list[DrawsTold] = []
    if asked.draws:
        with_intervals = [
            _with_intervals(table, account, each, (cells, people), sex, asked)
            for table, account, each, sex in zip(tables, accounts, flows, made, strict=True)
        ]
        tables = [each.table for each in with_intervals]
        accounts = [each.accounts for each in with_intervals]
        draws = [each.told for each in with_intervals]
    notes = [each.account.notes for each in flows if each.account is not None]
    return FlowsOfStocks(
        pl.concat(tables),
        pl.concat(accounts),
        next(iter(made.values()))[1],
        float(sum(each.all.sum() for each in flows)),
        float(sum(_adjusted(each.account) for each in flows if each.account is not None)),
        float(sum(note.get("out_of_balance", 0.0) for note in notes)),
        max(
            (error for note in notes for name, error in note.items() if name.startswith("error")), default=0.0
        ),
        draws,
    )


def _with_intervals(
    table: pl.DataFrame,
    account: pl.DataFrame,
    flows: StockFlows,
    given: tuple[pl.DataFrame, pl.DataFrame],
    sex: str | None,
    asked: FlowQuestion,
) -> FlowsWithIntervals:
    cells, people = given if sex is None else (each.filter(pl.col(SEX) == sex) for each in given)
    plan = DrawPlan(asked.method, asked.draws, asked.seed, asked.total, asked.balance, asked.by_type)
    return add_intervals(table, account, flows, cells, people, (asked.start, asked.end), plan)


def _check(asked: FlowQuestion) -> None:
    for name, value, known in (("--method", asked.method, METHODS), ("--balance", asked.balance, BALANCES)):
        if value not in known:
            raise SettingsInvalid(
                "{option} {value} is not known.",
                expected="one of {known}",
                do="Choose one of them.",
                option=name,
                value=value,
                known=", ".join(known),
            )


def _sexes(cells: pl.DataFrame, people: pl.DataFrame) -> list[str | None]:
    """The sexes of both tables; none where neither tells them apart."""
    told = [SEX in table.columns for table in (cells, people)]
    if told == [False, False]:
        return [None]
    found = [
        set(table[SEX].drop_nulls()) if has else set()
        for table, has in zip((cells, people), told, strict=True)
    ]
    if found[0] != found[1] or not found[0]:
        raise TableInvalid(
            "Stocks are of the sexes {stocks}, births and deaths of {people}.",
            expected="the same codes in the column sex of both tables, or the column in neither",
            do="Add the column, or take both sexes together in both tables.",
            stocks=", ".join(sorted(found[0])) or "-",
            people=", ".join(sorted(found[1])) or "-",
        )
    return [*sorted(found[0])]


def _of_one(
    cells: pl.DataFrame, people: pl.DataFrame, sex: str | None, asked: FlowQuestion
) -> tuple[StockFlows, LeftOut]:
    if sex is not None:
        cells, people = (table.filter(pl.col(SEX) == sex) for table in (cells, people))
    stocks, left_out = read_stocks(cells, people, asked.start, asked.end)
    return estimate_flows(stocks, asked.method, total=asked.total, balance=asked.balance), left_out


def _with_sex(table: pl.DataFrame, sex: str | None) -> pl.DataFrame:
    return table if sex is None else table.with_columns(pl.lit(sex).alias(SEX))


def account_by_country(flows: StockFlows) -> pl.DataFrame:
    """By country, in persons: what came and went, and for methods with an account what makes the population of the second date
    out of that of the first, adjustments among it; the line adds up."""
    arrivals, departures = flows.all.sum(axis=0), flows.all.sum(axis=1)
    table = {
        "country": flows.countries,
        "arrivals": arrivals,
        "departures": departures,
        "net": arrivals - departures,
    }
    account = flows.account
    if account is None:
        return pl.DataFrame(table)
    return pl.DataFrame(
        {
            "country": flows.countries,
            "population_start": (account.before + account.deaths + account.leave - account.adjust_start).sum(
                axis=0
            ),
            "adjust_start": account.adjust_start.sum(axis=0),
            "births": account.births.sum(axis=0),
            "deaths": account.deaths.sum(axis=0),
            "arrivals": arrivals,
            "departures": departures,
            "enter": account.enter.sum(axis=0),
            "leave": account.leave.sum(axis=0),
            "adjust_end": account.adjust_end.sum(axis=0),
            "population_end": (account.after + account.births + account.enter - account.adjust_end).sum(
                axis=0
            ),
            "net": arrivals - departures,
        }
    )


def _adjusted(account: Account) -> float:
    """Persons who were added to or taken from cells of either table."""
    return float(abs(account.adjust_start).sum() + abs(account.adjust_end).sum())


def about_flows(
    done: FlowsOfStocks, asked: FlowQuestion, stocks: Path, demography: Path
) -> Mapping[str, Any]:
    """What the flows are, how they were made, and what was left out and adjusted."""
    return {
        "made_by": "guzar flows-from-stocks",
        "measure": "migration_flow_transition",
        "definition": "persons who lived in one country at the first date and in another at the second, born in any",
        "unit": "persons",
        "method": asked.method,
        "balance": asked.balance,
        "years": [asked.start, asked.end],
        "stocks": stocks.name,
        "demography": demography.name,
        "moves": done.moves,
        "left_out": list(done.left_out.places),
        "left_out_persons": [done.left_out.persons_start, done.left_out.persons_end],
        "adjusted_persons": done.adjusted,
        "out_of_balance_persons": done.out_of_balance,
        "largest_error_of_a_total": done.error,
        **about_draws(done.draws, asked.draws, asked.seed, asked.method),
    }


def tell_flows(out: Path, about: Mapping[str, Any]) -> None:
    """Write down beside the flows what they are."""
    write_about(out, about)
