"""Files of stocks, births and deaths → flows between two dates, and the account of every adjustment beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.combine import MODELLED
from guzar.analyse.stock_flows.accounts import AFTER, BEFORE, Account, Stocks
from guzar.analyse.stock_flows.draws import DrawPlan
from guzar.analyse.stock_flows.errors_of_input import read_data_types
from guzar.analyse.stock_flows.evidence import LAST_OBSERVED, STATUS, judge_destinations, mark_flows
from guzar.analyse.stock_flows.methods import METHODS, OPEN, WITH_ACCOUNT, StockFlows, as_rows, estimate_flows
from guzar.analyse.stock_flows.mortality import RELATIVE, read_mortality
from guzar.analyse.stock_flows.tables import (
    BIRTH,
    COUNTED,
    LIVING,
    PERSONS,
    LeftOut,
    populations_apart,
    read_stocks,
)
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.drawn_flows import DrawsTold, about_draws, add_intervals
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

SEX = "sex"
BOTH_SEXES = ("_t", "t", "total", "both", "both sexes", "b")  # codes of a total, in small letters
BALANCES = (AFTER, BEFORE)
# Only in a closed world are births and deaths made to agree with the stocks.
CLOSED_METHODS = tuple(method for method in WITH_ACCOUNT if method != OPEN)
UNBALANCED_METHODS = tuple(method for method in METHODS if method not in CLOSED_METHODS)


ACCOUNT = "population_end = population_start + adjust_start + births - deaths + arrivals - departures + enter - leave - adjust_end"


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
    """Rows of flows; the account by country; what was left out of the tables; persons by which they were adjusted.

    Corridors with moves, and how many of them, with which share of the moves, rest on a stock that nobody observed. Places of
    the table of mortality that are in no other. Countries whose stocks do not add up to their population.
    """

    table: pl.DataFrame
    accounts: pl.DataFrame
    left_out: LeftOut
    moves: float
    adjusted: float
    out_of_balance: float
    error: float
    corridors: int
    modelled_corridors: int
    modelled_share: float
    draws: list[DrawsTold]  # of each sex; none where none were asked for
    mortality_left_out: tuple[str, ...] = ()
    populations_apart: tuple[str, ...] = ()
    without_natives: tuple[
        str, ...
    ] = ()  # fewer inhabitants than people born abroad; stocks scaled down to them

    @property
    def cells_below_0(self) -> int:
        """Cells that no number of moves can be, which one published method makes."""
        return self.table.filter(pl.col(PERSONS) < 0).height


def flows_from_files(
    stocks: Path, demography: Path, asked: FlowQuestion, mortality: Path | None = None
) -> FlowsOfStocks:
    """Flows by a published method from two tables in files; where both tell sexes apart, of each sex and of both together.

    `mortality` is a table of the relative mortality of birthplaces, by which deaths are shared; without it all die alike. Raises SettingsInvalid, TableInvalid, MethodNotApplicable.
    """
    _check(asked)
    cells = read_numbers(stocks, [PERSONS, LAST_OBSERVED], whole=["year"])
    people = read_numbers(demography, COUNTED)
    sexes = _sexes(cells, people)
    dying = None if mortality is None else read_numbers(mortality, [RELATIVE])
    made = {sex: _of_one(cells, people, sex, asked, dying) for sex in sexes}
    tables, accounts, draws = [], [], []
    for sex, (stock, flow, _) in made.items():
        mine = _of_sex(cells, sex)
        judged = judge_destinations(mine, asked.start, asked.end)
        table = mark_flows(as_rows(flow, by_type=asked.by_type), judged, asked.method)
        account = account_by_country(flow).join(judged, on="country", how="left", maintain_order="left")
        types = read_data_types(mine, stock.countries, asked.start, asked.end)
        if asked.draws:
            drawn = add_intervals(table, account, flow, stock, types, _plan(asked))
            table, account = drawn.table, drawn.accounts
            draws.append(drawn.told)
        tables.append(_with_sex(table, sex))
        accounts.append(_with_sex(account, sex))
    flows = [flow for _, flow, _ in made.values()]
    notes = [each.account.notes for each in flows if each.account is not None]
    return FlowsOfStocks(
        pl.concat(tables),
        pl.concat(accounts),
        _left_out_of_any([left_out for *_, left_out in made.values()]),
        float(sum(each.all.sum() for each in flows)),
        float(sum(_adjusted(each.account) for each in flows if each.account is not None)),
        float(sum(abs(note.get("out_of_balance", 0.0)) for note in notes)),
        max(
            (error for note in notes for name, error in note.items() if name.startswith("error")), default=0.0
        ),
        *_count_modelled(pl.concat(tables)),
        draws,
        () if dying is None else _places_beside(dying, flows[0].countries),
        tuple(
            sorted(
                set().union(
                    *(
                        populations_apart(_of_sex(cells, sex), _of_sex(people, sex), asked.start, asked.end)
                        for sex in sexes
                    )
                )
            )
        ),
        _without_natives([stock for stock, *_ in made.values()]),
    )


def _without_natives(stocks: list[Stocks]) -> tuple[str, ...]:
    """Countries with more people born abroad than inhabitants, at either date: accounts scale them down, and nobody is a native."""
    return tuple(
        sorted(
            {
                each.countries[at]
                for each in stocks
                for table in (each.start, each.end)
                for at in np.flatnonzero(np.diag(table) < 0)
            }
        )
    )


def _left_out_of_any(each: list[LeftOut]) -> LeftOut:
    """Of all sexes: a place may be left out of one only."""
    return LeftOut(
        tuple(sorted({place for one in each for place in one.places})),
        sum(one.persons_start for one in each),
        sum(one.persons_end for one in each),
    )


def _places_beside(dying: pl.DataFrame, countries: tuple[str, ...]) -> tuple[str, ...]:
    """Places of the table of mortality that have no flows."""
    return tuple(sorted((set(dying[BIRTH]) | set(dying[LIVING])) - set(countries)))


def _plan(asked: FlowQuestion) -> DrawPlan:
    return DrawPlan(asked.method, asked.draws, asked.seed, asked.total, asked.balance, asked.by_type)


def _count_modelled(table: pl.DataFrame) -> tuple[int, int, float]:
    """Corridors with moves; how many rest on a second stock that nobody observed; their share of all moves."""
    some = table.filter(pl.col(PERSONS) != 0)
    by_corridor = some.group_by("origin", "destination").agg((pl.col(STATUS) == MODELLED).any())
    moves = float(some[PERSONS].abs().sum())
    modelled = float(some.filter(pl.col(STATUS) == MODELLED)[PERSONS].abs().sum())
    return by_corridor.height, int(by_corridor[STATUS].sum()), modelled / moves if moves else 0.0


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
    if told != [True, True]:
        raise TableInvalid(
            "Only the stocks have the column sex, births and deaths have none."
            if told[0]
            else "Only births and deaths have the column sex, the stocks have none.",
            expected="the same codes in the column sex of both tables, or the column in neither",
            do="Add the column, or take both sexes together in both tables.",
        )
    found = [set(table[SEX].drop_nulls()) for table in (cells, people)]
    _require_single_sexes([cells, people])
    if found[0] != found[1] or not found[0]:
        raise TableInvalid(
            "Stocks are of the sexes {stocks}, births and deaths of {people}.",
            expected="the same codes in the column sex of both tables, or the column in neither",
            do="Add the column, or take both sexes together in both tables.",
            stocks=", ".join(sorted(found[0])) or "-",
            people=", ".join(sorted(found[1])) or "-",
        )
    return [*sorted(found[0])]


def _require_single_sexes(tables: list[pl.DataFrame]) -> None:
    """Refuse rows that tell no sex, which nobody would count, and a total beside its parts, which would count them twice."""
    without = sum(table[SEX].null_count() for table in tables)
    if without:
        raise TableInvalid(
            "Rows without a sex: {count}.",
            expected="a code in the column sex of every row, or no such column",
            do="Add the sex, or leave these rows out.",
            count=without,
        )
    for table in tables:
        codes = sorted(set(table[SEX]))
        totals = [code for code in codes if code.lower() in BOTH_SEXES]
        if totals and len(codes) > 1:
            raise TableInvalid(
                "Both sexes together ({totals}) stand beside single sexes ({codes}) and would be counted twice.",
                expected="single sexes, or both together only",
                do="Leave out the rows of one or the other.",
                totals=", ".join(totals),
                codes=", ".join(code for code in codes if code not in totals),
            )


def _of_one(
    cells: pl.DataFrame,
    people: pl.DataFrame,
    sex: str | None,
    asked: FlowQuestion,
    dying: pl.DataFrame | None,
) -> tuple[Stocks, StockFlows, LeftOut]:
    stocks, left_out = read_stocks(_of_sex(cells, sex), _of_sex(people, sex), asked.start, asked.end)
    if dying is not None:
        stocks = _with_mortality(stocks, _of_sex(dying, sex), asked.method)
    return stocks, estimate_flows(stocks, asked.method, total=asked.total, balance=asked.balance), left_out


def _of_sex(table: pl.DataFrame, sex: str | None) -> pl.DataFrame:
    """The rows of one sex; all where sexes are not told apart, as mortality may be alike for both."""
    return table if sex is None or SEX not in table.columns else table.filter(pl.col(SEX) == sex)


def _with_mortality(stocks: Stocks, dying: pl.DataFrame, method: str) -> Stocks:
    if method not in WITH_ACCOUNT:
        raise SettingsInvalid(
            "The method {method} deducts no deaths.",
            expected="--mortality with one of {methods}",
            do="Leave --mortality out, or choose one of these methods.",
            method=method,
            methods=", ".join(WITH_ACCOUNT),
        )
    return replace(stocks, mortality=read_mortality(dying, stocks.countries))


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
    done: FlowsOfStocks, asked: FlowQuestion, stocks: Path, demography: Path, mortality: Path | None = None
) -> Mapping[str, Any]:
    """What the flows are, how they were made, and what was left out and adjusted."""
    return {
        "made_by": "guzar flows-from-stocks",
        "measure": "migration_flow_transition",
        "definition": "persons who lived in one country at the first date and in another at the second, born in any",
        "unit": "persons",
        "method": asked.method,
        "balance": asked.balance if asked.method in CLOSED_METHODS else None,
        "years": [asked.start, asked.end],
        "stocks": stocks.name,
        "demography": demography.name,
        "deaths": "proportional" if mortality is None else "by relative mortality of birthplaces",
        "mortality": None if mortality is None else mortality.name,
        "mortality_left_out": list(done.mortality_left_out),
        "populations_apart": list(done.populations_apart),
        "without_natives": list(done.without_natives),
        "moves": None if done.cells_below_0 else done.moves,  # a sum of cells below 0 is no number of moves
        "account": ACCOUNT if "adjust_start" in done.accounts.columns else None,
        "left_out": list(done.left_out.places),
        "left_out_persons": [done.left_out.persons_start, done.left_out.persons_end],
        "adjusted_persons": done.adjusted,
        "out_of_balance_persons": done.out_of_balance,
        "largest_error_of_a_total": done.error,
        **about_draws(done.draws, asked.draws, asked.seed, asked.method),
        "corridors": done.corridors,
        "corridors_modelled_from_modelled": done.modelled_corridors,
        "share_of_moves_modelled_from_modelled": done.modelled_share,
    }


def tell_flows(out: Path, about: Mapping[str, Any]) -> None:
    """Write down beside the flows what they are."""
    write_about(out, about)
