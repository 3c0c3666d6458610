"""Flows of the twelve areas from world stocks, by period and sex, with intervals, and the account behind them.

Used by tools/make_reference.py; the world's stocks, births and deaths are in the data folder and do not ship. Alone, it compares with
the published estimates by sex: python tools/region_flows.py ../shared/data
Closed pseudo-Bayes as Abel and Cohen have it (balance before births and deaths), the whole world at once. Corridors among the twelve,
and with the rest of the world: sums over its countries, drawn as sums. Persons, five years from the middle of the first year.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from measure_published_flows import CHILE, CHINA, NET, RATES, STOCKS, TAIWAN

from guzar.analyse.combine import MODELLED
from guzar.analyse.stock_flows.accounts import BEFORE
from guzar.analyse.stock_flows.draws import DrawPlan, draw_flows
from guzar.analyse.stock_flows.errors_of_input import read_data_types
from guzar.analyse.stock_flows.evidence import ESTIMATED, LAST_OBSERVED, judge_destinations
from guzar.analyse.stock_flows.methods import PSEUDO_BAYES, StockFlows, estimate_flows
from guzar.analyse.stock_flows.tables import BIRTH, LIVING, YEAR, read_stocks
from guzar.define.areas import REST_OF_WORLD, THE_TWELVE
from guzar.define.codelist import read_codelist
from guzar.define.tables.figures import Observations
from guzar.define.tables.flow_accounts import FlowAccounts
from guzar.journey.stock_flows import account_by_country

PERIODS = tuple(range(1990, 2020, 5))
YEARS, THOUSAND, REVISION = 5, 1000.0, 2022
DRAWS, SEED = 200, 1
SEXES = {"_T": "total", "F": "female", "M": "male"}
DEATHS_OF_MEN = (0.8, 1.2)  # least and most, over what they would be if both sexes died alike
WORLD_NUMBER = 900
BY_AGE = "population/wpp-2019-population-{sex}-5-year-age.txt"
SOURCE, EDITION = "guzar_flows", "2026-11"
DEFINITIONS = {"persons": "guzar_flow", "lower": "guzar_flow_lower", "upper": "guzar_flow_upper"}
GROUPS = (*sorted(THE_TWELVE), REST_OF_WORLD)
LARGE_PERSONS = 20_000  # 95 % point of a flow of one sex that rests on a stock that nobody observed
MOST_MODELLED = 0.1  # of a sum over the rest of the world, as of every total that guzar makes
# Places that parted between two dates: of one alone the stocks of the earlier date tell nothing, so they are taken together.
TOGETHER = {"MNE": "SRB", "SSD": "SDN"}
# The Netherlands Antilles parted too, but before 2000 no origin is listed for those who live there: no account can be made.
LEFT_OUT = ("BES", "CUW", "SXM", "JEY", "VAT")
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class RegionFlows:
    """Observations of flows, and the account of the twelve areas by period, both sexes together."""

    observations: pl.DataFrame
    accounts: pl.DataFrame


def make_region_flows(data: Path, evidence: pl.DataFrame) -> RegionFlows:
    """Every period and sex. `evidence` is what the stocks that ship say of themselves: residence_country, year, last_observed (the
    oldest), observation_status.
    """
    flows, accounts = [], []
    for start in PERIODS:
        cells = read_cells(data, start)
        people = read_people(data, start)
        # Women and men are judged by both together: smaller groups are no better evidence.
        both = cells.filter(pl.col("sex") == SEXES["_T"]).join(evidence, on=[LIVING, YEAR], how="left")
        judged = judge_destinations(both, start, start + YEARS)
        for sex, word in SEXES.items():
            mine = cells.filter(pl.col("sex") == word).drop("sex")
            made = _of_one(mine, people_of_sex(data, people, cells, word, start), judged, start)
            flows.append(made.observations.with_columns(sex=pl.lit(sex)))
            accounts.append(made.accounts.with_columns(pl.lit(sex).alias("sex")))
            print(f"flows {start} {sex}: {made.observations.height} rows", flush=True)
    whole = pl.concat(accounts).filter(pl.col("sex") == "_T").drop("sex")
    return RegionFlows(as_observed(pl.concat(flows)), whole)


def as_observed(flows: pl.DataFrame) -> pl.DataFrame:
    """Flows as observations; women and men apart where their flow is estimated, or large."""
    corridor = ["area", "counterpart", "sex", "period"]
    upper = pl.col("value").filter(pl.col("definition") == DEFINITIONS["upper"]).max().over(corridor)
    worth = (pl.col("sex") == "_T") | (pl.col("observation_status") == ESTIMATED) | (upper >= LARGE_PERSONS)
    kept = flows.filter(worth).with_columns(
        pl.col(LAST_OBSERVED).cast(pl.Int32),
        indicator=pl.lit("migration_flow_5y"),
        year=pl.col("period").str.slice(0, 4).cast(pl.Int32),
        unit=pl.lit("persons"),
        source=pl.lit(SOURCE),
        edition=pl.lit(EDITION),
        missing_mark=pl.lit(None, pl.String),
    )
    return kept.select(Observations.column_names())


def read_cells(data: Path, start: int) -> pl.DataFrame:
    """Stocks of two dates and every sex."""
    stocks = pl.read_parquet(data / STOCKS).filter(pl.col("year").is_in([start, start + YEARS]))
    return (
        stocks.select(
            pl.col("orig").replace(TOGETHER).alias(BIRTH),
            pl.col("dest").replace(TOGETHER).alias(LIVING),
            pl.col("year").cast(pl.Int64).alias(YEAR),
            "sex",
            persons=pl.col("stock").cast(pl.Float64),
        )
        .filter(pl.col(BIRTH) != pl.col(LIVING))
        .group_by(BIRTH, LIVING, YEAR, "sex", maintain_order=True)
        .agg(pl.col("persons").sum())
    )


def _numbers(data: Path) -> pl.DataFrame:
    """country, number: the places of the stock table by the numbers of WPP."""
    held = pl.read_parquet(data / STOCKS, columns=["orig", "dest"])
    names = sorted((set(held["orig"]) | set(held["dest"])) - set(LEFT_OUT))
    numbers = dict(read_codelist("areas").select("code", pl.col("m49").cast(pl.Int32)).iter_rows())
    numbers["CHI"] = CHILE
    return pl.DataFrame(
        {"country": [TOGETHER.get(name, name) for name in names], "number": [numbers[n] for n in names]}
    ).cast({"number": pl.Int32})


def read_people(data: Path, start: int) -> pl.DataFrame:
    """country, number, births, deaths, net, population_start, population_end of five years, mid-year to mid-year.

    The population at the end is as published; that at the start is what births, deaths and migration make of it.
    """
    end = start + YEARS
    rates = pl.read_parquet(data / RATES).filter(pl.col("revision") == REVISION)
    nets = pl.read_csv(data / NET, separator="\t").unpivot(index=["country_code", "country"])
    nets = nets.select("country_code", year=pl.col("variable").cast(pl.Int16), net=pl.col("value"))
    half = pl.when(pl.col("year").is_in([start, end])).then(0.5).otherwise(1.0)
    whole = (
        rates.join(nets, on=["country_code", "year"])
        .filter(pl.col("year").is_between(start, end))
        .with_columns(number=pl.when(pl.col("country_code") == TAIWAN).then(CHINA).otherwise("country_code"))
    )
    made = (
        whole.join(_numbers(data), on="number")
        .group_by("country")
        .agg(
            number=pl.col("number").min(),
            births=THOUSAND * (half * pl.col("births_thousand")).sum(),
            deaths=THOUSAND * (half * pl.col("deaths_thousand")).sum(),
            net=THOUSAND * (half * pl.col("net")).sum(),
            population_end=THOUSAND
            * pl.col("population_thousand_derived").filter(pl.col("year") == end).sum(),
        )
        .sort("country")
    )
    change = pl.col("births") - pl.col("deaths") + pl.col("net")
    return made.with_columns(population_start=pl.col("population_end") - change)


def people_of_sex(
    data: Path, people: pl.DataFrame, cells: pl.DataFrame, word: str, start: int
) -> pl.DataFrame:
    """The people of one sex. No table at hand has deaths or net migration by sex, so they are worked out.

    Populations and births are divided as WPP 2019 has the sexes at both dates, births as it has children below five at the second.
    Net migration is first divided as the stock of immigrants (where more came than left) or of emigrants at the second date; deaths
    of men are then what is left, but between .8 and 1.2 times what they would be if both sexes died alike; women have the
    others. Countries that WPP 2019 does not list are divided as the world.
    """
    if word == "total":
        return people
    men = _men(data, people, cells, start)
    if word == "male":
        return men
    whole = people.select(people.columns)
    return whole.with_columns(
        pl.col(name) - men[name] for name in people.columns if name not in ("country", "number")
    )


def _men(data: Path, people: pl.DataFrame, cells: pl.DataFrame, start: int) -> pl.DataFrame:
    shares = _shares_of_men(data, start)
    world = shares.filter(pl.col("number") == WORLD_NUMBER).row(0, named=True)
    given = people.join(shares, on="number", how="left", maintain_order="left")
    given = given.with_columns(pl.col(name).fill_null(world[name]) for name in ("at_start", "at_end", "born"))
    for name, end in (("hosted", LIVING), ("abroad", BIRTH)):
        given = given.join(
            _men_of_stock(cells, end, start, name), on="country", how="left", maintain_order="left"
        )
    moved = pl.when(pl.col("net") > 0).then("hosted").otherwise("abroad").fill_null(0.5)
    alike = pl.col("deaths") * (pl.col("at_start") + pl.col("at_end")) / 2
    given = given.with_columns(
        alike=alike,
        births=pl.col("births") * pl.col("born"),
        net=pl.col("net") * moved,
        population_start=pl.col("population_start") * pl.col("at_start"),
        population_end=pl.col("population_end") * pl.col("at_end"),
    )
    left = pl.col("population_start") + pl.col("births") + pl.col("net") - pl.col("population_end")
    fewest, most = (pl.col("alike") * factor for factor in DEATHS_OF_MEN)
    return given.with_columns(deaths=left.clip(fewest, most)).select(people.columns)


def _shares_of_men(data: Path, start: int) -> pl.DataFrame:
    """number, at_start, at_end, born: men as a share of both sexes."""
    male, female = (_by_number(data, sex, start) for sex in ("male", "female"))
    both = male.join(female, on="number", suffix="_f")
    names = ("at_start", "at_end", "born")
    return both.select("number", *[pl.col(n) / (pl.col(n) + pl.col(f"{n}_f")) for n in names])


def _by_number(data: Path, sex: str, start: int) -> pl.DataFrame:
    table = pl.read_csv(data / BY_AGE.format(sex=sex), separator="\t")
    young = pl.col(str(start + YEARS)).filter(pl.col("age") == "0-4").sum()
    return table.group_by(number=pl.col("country_code").cast(pl.Int32)).agg(
        at_start=pl.col(str(start)).sum(), at_end=pl.col(str(start + YEARS)).sum(), born=young
    )


def _men_of_stock(cells: pl.DataFrame, end: str, start: int, name: str) -> pl.DataFrame:
    """country and the share of men among those who live there (or were born there) and were born (live) elsewhere."""
    later = cells.filter((pl.col(YEAR) == start + YEARS) & (pl.col("sex") != "total"))
    mine = pl.col("persons").filter(pl.col("sex") == "male").sum()
    return later.group_by(country=end).agg((mine / pl.col("persons").sum()).alias(name))


def _of_one(cells: pl.DataFrame, people: pl.DataFrame, judged: pl.DataFrame, start: int) -> RegionFlows:
    """Flows of one period and sex."""
    end = start + YEARS
    stocks, _ = read_stocks(cells, people.drop("net", "number"), start, end)
    flows = estimate_flows(stocks, PSEUDO_BAYES, balance=BEFORE)
    groups = tuple(GROUPS.index(c) if c in THE_TWELVE else len(GROUPS) - 1 for c in stocks.countries)
    plan = DrawPlan(PSEUDO_BAYES, DRAWS, SEED, balance=BEFORE, groups=groups)
    drawn = draw_flows(stocks, read_data_types(cells, stocks.countries, start, end), plan)
    assert drawn.grouped is not None  # groups were asked for
    lower, _, upper = drawn.grouped.points
    rows = _rows(_gather(flows.all, groups), lower, upper).join(
        _evidence(flows, judged, groups), on=["counterpart", "area"]
    )
    period = f"{start}-{end}"
    observations = rows.unpivot(
        on=list(DEFINITIONS), index=["area", "counterpart", "observation_status", LAST_OBSERVED]
    )
    return RegionFlows(
        observations.with_columns(
            pl.col("variable").replace_strict(DEFINITIONS).alias("definition"), period=pl.lit(period)
        ).drop("variable"),
        _account(flows, people, judged, period),
    )


def _gather(table: Numbers, groups: tuple[int, ...]) -> Numbers:
    member = np.eye(len(GROUPS))[list(groups)]
    return np.asarray(member.T @ table @ member)


def _rows(persons: Numbers, lower: Numbers, upper: Numbers) -> pl.DataFrame:
    """One row per ordered pair; the rest of the world with itself is left out. Whole persons."""
    size = len(GROUPS)
    return (
        pl.DataFrame(
            {
                "counterpart": np.repeat(GROUPS, size),
                "area": np.tile(GROUPS, size),
                "persons": persons.ravel(),
                "lower": lower.ravel(),
                "upper": upper.ravel(),
            }
        )
        .filter(pl.col("area") != pl.col("counterpart"))
        .with_columns(pl.col("persons", "lower", "upper").round())
    )


def _evidence(flows: StockFlows, judged: pl.DataFrame, groups: tuple[int, ...]) -> pl.DataFrame:
    """counterpart, area, observation_status, last_observed of each pair.

    A corridor rests on the stocks of both ends; a sum over the rest of the world on those of its countries too, where more than a
    tenth of its persons move to or from one whose stock nobody observed.
    """
    status = dict(judged.select("country", "stock_status").iter_rows())
    seen = dict(judged.select("country", LAST_OBSERVED).iter_rows())
    old = np.array([status.get(country) == MODELLED for country in flows.countries])
    rests = old[:, None] | old[None, :]
    total, modelled = _gather(flows.all, groups), _gather(flows.all * rests, groups)
    share = np.divide(modelled, total, out=rests_of_groups(status), where=total > 0)
    rows = [
        (
            origin,
            home,
            MODELLED if share[i, j] > MOST_MODELLED else ESTIMATED,
            min((y for y in (seen.get(origin), seen.get(home)) if y is not None), default=None),
        )
        for i, origin in enumerate(GROUPS)
        for j, home in enumerate(GROUPS)
    ]
    schema = {
        "counterpart": pl.String,
        "area": pl.String,
        "observation_status": pl.String,
        LAST_OBSERVED: pl.Int32,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def rests_of_groups(status: Mapping[str, str]) -> Numbers:
    """1 where either end is an area whose stock nobody observed, for pairs between which nobody moved."""
    old = np.array([status.get(group) == MODELLED for group in GROUPS])
    return np.asarray(old[:, None] | old[None, :], np.float64)


def _account(flows: StockFlows, people: pl.DataFrame, judged: pl.DataFrame, period: str) -> pl.DataFrame:
    """The account of the twelve areas, with the net migration of WPP 2022 beside that of the account."""
    whole = account_by_country(flows).join(people.select("country", published_net="net"), on="country")
    whole = whole.join(judged.select("country", "frozen_mix", "stock_status"), on="country", how="left")
    whole = whole.filter(pl.col("country").is_in(THE_TWELVE)).rename({"country": "area"})
    counted = [
        name
        for name, kind in whole.schema.items()
        if kind == pl.Float64 and name in FlowAccounts.column_names()
    ]
    return whole.with_columns(
        pl.col(counted).round() + 0.0,  # no negative zero
        period=pl.lit(period),
        source=pl.lit(SOURCE),
        edition=pl.lit(EDITION),
    ).select(FlowAccounts.column_names())


def compare_by_sex(data: Path) -> pl.DataFrame:
    """sex, start, correlation of ln(1 + persons) with the published flows in the world and in the region, share of deaths."""
    published = pl.read_parquet(
        data / "flows-published/abel-cohen-1990-2020-flows-by-method-sex-type.parquet"
    ).filter((pl.col("method") == "da_pb_closed") & (pl.col("type") == "total"))
    found = []
    for start in PERIODS:
        cells, people = read_cells(data, start), read_people(data, start)
        for word in SEXES.values():
            of_sex = people_of_sex(data, people, cells, word, start)
            mine = cells.filter(pl.col("sex") == word).drop("sex")
            stocks, _ = read_stocks(mine, of_sex.drop("net", "number"), start, start + YEARS)
            flows = estimate_flows(stocks, PSEUDO_BAYES, balance=BEFORE)
            names = flows.countries
            table = pl.DataFrame(
                {
                    "orig": np.repeat(names, len(names)),
                    "dest": np.tile(names, len(names)),
                    "persons": flows.all.ravel(),
                }
            ).filter(pl.col("orig") != pl.col("dest"))
            theirs = published.filter((pl.col("year0") == start) & (pl.col("sex") == word))
            both = table.join(
                theirs.select("orig", "dest", pl.col("flow").cast(pl.Float64)),
                on=["orig", "dest"],
                how="left",
            ).with_columns(pl.col("flow").fill_null(0.0))
            near = both.filter(pl.col("orig").is_in(THE_TWELVE) & pl.col("dest").is_in(THE_TWELVE))
            large = near.filter(pl.col("flow") >= 1000)
            ratio = (large["persons"] / large["flow"]).log().abs().median()
            rus = of_sex.filter(pl.col("country") == "RUS").row(0, named=True)
            found.append(
                (
                    word,
                    start,
                    _correlation(both),
                    _correlation(near),
                    ratio,
                    rus["deaths"],
                    min(map(float, of_sex["deaths"])),
                )
            )
    return pl.DataFrame(
        found,
        schema=["sex", "start", "world", "region", "median_gap", "deaths_rus", "fewest_deaths"],
        orient="row",
    )


def _correlation(both: pl.DataFrame) -> float:
    return float(both.select(pl.corr(pl.col("persons").log1p(), pl.col("flow").log1p())).item())


if __name__ == "__main__":
    with pl.Config(tbl_rows=-1, tbl_cols=-1):
        print(compare_by_sex(Path(sys.argv[1])))
