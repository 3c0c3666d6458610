"""Flows from the UN stocks of 2020 beside WPP 2022 and beside the published estimates of Abel and Cohen.

Run by developers: python tools/measure_published_flows.py ../shared/data
The published stocks, births, deaths and populations are written as the two tables that `guzar flows-from-stocks` reads, and flows of
2015–2020 are made as a user would. Fails where a promise of docs/methods/flows-from-stocks.md is not kept.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table

from guzar import journey
from guzar.define.areas import THE_TWELVE
from guzar.define.codelist import read_codelist

STOCKS = "stocks/un-desa-2020-stock-by-origin-destination-sex.parquet"
RATES = "population/wpp-2022-2024-rates-and-derived-population.parquet"
NET = "population/wpp-2022-net-migration.txt"
PUBLISHED = "flows-published/abel-cohen-1990-2020-flows-by-method-sex-type.parquet"
START, END = 2015, 2020
CHILE = 152  # stands in the stock table under CHI, elsewhere the Channel Islands: 1.6 million inhabitants born abroad, and no CHL
CHINA, TAIWAN = 156, 158  # the stock table has no Taiwan
NOT_PUBLISHED = ("BES", "JEY", "VAT")  # places of the stock table between which no published flow stands
METHODS = {"difference-drop": "sd_drop_neg", "minimum": "da_min_closed", "pseudo-bayes": "da_pb_closed"}
NET_PROMISED = {"KGZ": -140_100, "RUS": 1_753_700}  # persons
NET_WITHIN, SHARE_WITHIN, PERSONS_WITHIN = 500, 0.01, 2000
MEDIAN_PERCENT, LARGEST_PERCENT = 0.02, 0.1  # of population
LEAST_CORRELATION, LARGEST_GAP = 0.99, 0.05
FEWEST_PERSONS = 10  # corridors below it are compared in persons: a published flow is a whole number
ROUNDED = 1.0  # persons that the rounding of a minimum, and of the blend made of it, may add up to


@dataclass(frozen=True)
class World:
    """What flows are made of and held against: stocks, people, net migration by country, published flows."""

    stocks: pl.DataFrame
    people: pl.DataFrame
    net: dict[str, float]
    published: pl.DataFrame


def read_world(data: Path, given: int = END) -> World:
    """The published files as tables that guzar reads; persons. The population of the year `given` is as published."""
    stocks = pl.read_parquet(data / STOCKS).filter(
        (pl.col("sex") == "total") & pl.col("year").is_in([START, END])
    )
    stocks = stocks.select(
        birth_country="orig", residence_country="dest", year="year", persons=pl.col("stock").cast(pl.Float64)
    ).filter(pl.col("birth_country") != pl.col("residence_country"))
    numbers = dict(read_codelist("areas").select("code", pl.col("m49").cast(pl.Int64)).iter_rows())
    numbers["CHI"] = CHILE
    names = sorted((set(stocks["birth_country"]) | set(stocks["residence_country"])) - set(NOT_PUBLISHED))
    people, net = _people(data, {name: numbers[name] for name in names}, given)
    published = pl.read_parquet(data / PUBLISHED).filter(
        (pl.col("sex") == "total") & (pl.col("type") == "total") & (pl.col("year0") == START)
    )
    return World(stocks, people, net, published)


def _people(data: Path, numbers: dict[str, int], given: int) -> tuple[pl.DataFrame, dict[str, float]]:
    """Births, deaths, populations and net migration from the middle of one year to that of the other.

    One population is given; the other is what births, deaths and migration make of it, so that the account closes.
    """
    rates = pl.read_parquet(data / RATES).filter(pl.col("revision") == 2022)
    nets = pl.read_csv(data / NET, separator="\t").unpivot(index=["country_code", "country"])
    nets = nets.select("country_code", year=pl.col("variable").cast(pl.Int16), net=pl.col("value"))
    # One half of the first year, one half of the last.
    half = pl.when(pl.col("year").is_in([START, END])).then(0.5).otherwise(1.0)
    years = rates.join(nets, on=["country_code", "year"]).filter(pl.col("year").is_between(START, END))
    place = pl.DataFrame(
        [(name, number) for name, number in numbers.items()], schema=["country", "number"], orient="row"
    )
    whole = years.with_columns(
        number=pl.when(pl.col("country_code") == TAIWAN).then(CHINA).otherwise("country_code")
    )
    made = (
        whole.join(place.with_columns(pl.col("number").cast(pl.Int32)), on="number")
        .group_by("country")
        .agg(
            births=1000 * (half * pl.col("births_thousand")).sum(),
            deaths=1000 * (half * pl.col("deaths_thousand")).sum(),
            net=1000 * (half * pl.col("net")).sum(),
            known=1000 * pl.col("population_thousand_derived").filter(pl.col("year") == given).sum(),
        )
        .sort("country")
    )
    change = pl.col("births") - pl.col("deaths") + pl.col("net")
    made = made.with_columns(
        population_start=pl.col("known") - (change if given == END else 0),
        population_end=pl.col("known") + (change if given == START else 0),
    )
    return made.drop("net", "known"), dict(made.select("country", "net").iter_rows())


def make_flows(world: World, method: str) -> journey.FlowsOfStocks:
    """Flows by one method, through files as a user would."""
    with tempfile.TemporaryDirectory() as place:
        stocks, people = Path(place) / "stocks.parquet", Path(place) / "people.parquet"
        world.stocks.write_parquet(stocks)
        world.people.write_parquet(people)
        return journey.flows_from_files(
            stocks, people, journey.FlowQuestion(START, END, method, None, "before")
        )


def beside_published(world: World, flows: pl.DataFrame, method: str) -> pl.DataFrame:
    """origin, destination, persons, published: every pair of countries; 0 where the published table has no row."""
    of_method = world.published.filter(pl.col("method") == METHODS[method])
    of_method = of_method.select(origin="orig", destination="dest", published=pl.col("flow").cast(pl.Float64))
    both = flows.select("origin", "destination", "persons").join(
        of_method, on=["origin", "destination"], how="left"
    )
    return both.with_columns(pl.col("published").fill_null(0.0))


def of_the_region(both: pl.DataFrame) -> pl.DataFrame:
    """Corridors from or to one of the twelve areas."""
    return both.filter(pl.any_horizontal(pl.col("origin", "destination").is_in(THE_TWELVE)))


def correlation(both: pl.DataFrame) -> float:
    """Of ln(1 + persons)."""
    pair = both.select(pl.corr(pl.col("persons").log1p(), pl.col("published").log1p()))
    return float(pair.item())


def gaps(both: pl.DataFrame) -> pl.DataFrame:
    """Corridors of the region above 5 % of the published number, from ten persons on."""
    gap = (pl.col("persons") - pl.col("published")).abs()
    larger = pl.max_horizontal("persons", "published") >= FEWEST_PERSONS
    found = of_the_region(both).filter(larger & (gap > LARGEST_GAP * pl.col("published")))
    return found.with_columns(gap=gap).sort("gap", "origin", "destination", descending=[True, False, False])


def net_beside(world: World, flows: pl.DataFrame) -> pl.DataFrame:
    """country, net, wpp (persons), percent: the absolute difference as a share of the population at the end."""
    came, went = (
        flows.group_by(country=end).agg(pl.col("persons").sum()) for end in ("destination", "origin")
    )
    wpp = pl.DataFrame({"country": list(world.net), "wpp": list(world.net.values())})
    table = (
        came.join(went, on="country", suffix="_away").join(wpp, on="country").join(world.people, on="country")
    )
    difference = pl.col("net") - pl.col("wpp")
    return (
        table.with_columns(net=pl.col("persons") - pl.col("persons_away"))
        .with_columns(percent=100 * difference.abs() / pl.col("population_end"))
        .select("country", "net", "wpp", "percent")
        .sort("percent", descending=True)
    )


def main(data: Path) -> int:
    """Print the page; 1 where a promise is not kept."""
    world = read_world(data)
    flows = {method: make_flows(world, method) for method in METHODS}
    broken = [
        *print_net(world, flows["pseudo-bayes"].table),
        *print_published(world, {method: done.table for method, done in flows.items()}),
        *print_evidence(flows["pseudo-bayes"]),
    ]
    print_other_population(world, data)
    print_inputs(world, flows["pseudo-bayes"])
    if broken:
        sys.stderr.write("not kept: " + "; ".join(broken) + "\n")
    return int(bool(broken))


def _thousand(persons: float) -> str:
    return f"{persons / 1000:,.1f}"


def print_net(world: World, table: pl.DataFrame) -> list[str]:
    """Net migration beside WPP 2022."""
    nets = net_beside(world, table)
    published = beside_published(world, table, "pseudo-bayes").select(
        "origin", "destination", persons="published"
    )
    theirs = dict(net_beside(world, published).select("country", "net").iter_rows())
    twelve = nets.filter(pl.col("country").is_in(THE_TWELVE)).sort("country")
    print("## Net migration 2015–2020, closed pseudo-Bayes, thousand persons\n")
    rows = [
        (country, _thousand(net), _thousand(theirs[country]), _thousand(wpp), f"{net - wpp:,.0f}")
        for country, net, wpp in twelve.select("country", "net", "wpp").iter_rows()
    ]
    head = ("area", "guzar", "published (Abel and Cohen)", "WPP 2022", "guzar less WPP, persons")
    print(as_table(head, rows, numbers=head[1:]))
    median = float(nets.select(pl.col("percent").median()).item())
    above = nets.filter(pl.col("percent") > LARGEST_PERCENT)["country"].to_list()
    print(
        f"\n|Difference from WPP 2022|, share of population: median {median:.4f} %, largest {nets['percent'][0]:.4f} % "
        f"({nets['country'][0]}), of {nets.height} countries. Above {LARGEST_PERCENT} %: {', '.join(above) or 'none'}."
    )
    total = sum(world.net.values())
    print(
        f"\nThe difference has one cause. Net migration of the {nets.height} countries adds up to {total:,.0f} persons in WPP, as Taiwan's "
        "is with China while Kosovo and other places are in no stock table; a closed world has none. Half of it is taken from the "
        "natives of each date, in proportion, so every country loses the same share of its natives.\n"
    )
    off = net_beside(world, published).filter(pl.col("percent") > LARGEST_PERCENT)
    named = [
        f"{area} ({net - wpp:+,.0f})" for area, net, wpp in off.select("country", "net", "wpp").iter_rows()
    ]
    print(
        f"The published estimates themselves are off by more than {LARGEST_PERCENT} % for {', '.join(named) or 'none'} persons; guzar's "
        "are not. A few persons are sums of rounded corridors; why so many in SXM is not known. No gap above 5 % is a corridor of theirs.\n"
    )
    own = dict(nets.select("country", "net").iter_rows())
    broken = [f"net of {area}" for area, net in NET_PROMISED.items() if abs(own[area] - net) > NET_WITHIN]
    near = (pl.col("net") - pl.col("wpp")).abs() <= pl.max_horizontal(
        SHARE_WITHIN * pl.col("wpp").abs(), pl.lit(PERSONS_WITHIN)
    )
    broken += [f"{area} beside WPP" for area in twelve.filter(~near)["country"]]
    return broken + ["median"] * (median > MEDIAN_PERCENT) + [f"{area} above 0.1 %" for area in above]


def print_published(world: World, tables: dict[str, pl.DataFrame]) -> list[str]:
    """Corridors beside the published estimates."""
    print("## Corridors 2015–2020 beside the published estimates\n")
    rows: list[Sequence[object]] = []
    broken, unexplained = [], []
    for method, table in tables.items():
        both = beside_published(world, table, method)
        region = of_the_region(both)
        inner = region.filter(pl.all_horizontal(pl.col("origin", "destination").is_in(THE_TWELVE)))
        wide = gaps(both)
        r = [correlation(part) for part in (both, region, inner)]
        most = [
            float(part.select((pl.col("persons") - pl.col("published")).abs().max()).item())
            for part in (both, region, inner)
        ]
        rows.append((method, METHODS[method], *(f"{each:.5f}" for each in r), *(f"{each:,.1f}" for each in most), len(wide)))  # fmt: skip
        broken += [f"r of {method}"] * (min(r) < LEAST_CORRELATION)
        broken += ["difference-drop is not equal"] * (method == "difference-drop" and most[1] > 0)
        unexplained += [(method, *row) for row in wide.rows()]
        broken += [f"{method}: {row[0]}>{row[1]}" for row in wide.rows() if row[-1] > ROUNDED]
    where = ("world", "from or to the 12", "among the 12")
    head = ("method", "published as", *(f"r, {each}" for each in where), *(f"largest gap, {each}" for each in where), "gaps > 5 %")  # fmt: skip
    print(as_table(head, rows, numbers=head[2:]))
    print(
        "\nr is of ln(1 + persons), over every pair of countries; largest gaps are in persons. Gaps above 5 % are counted among corridors "
        f"from or to one of the 12 areas that have {FEWEST_PERSONS} persons or more in either table.\n"
    )
    shown = [
        (method, f"{origin}>{destination}", f"{own:.1f}", f"{theirs:.0f}", "rounding" if gap <= ROUNDED else "not known")
        for method, origin, destination, own, theirs, gap in unexplained
    ]  # fmt: skip
    if shown:
        head = ("method", "corridor", "guzar", "published", "cause")
        print(as_table(head, shown, numbers=("guzar", "published")) + "\n")
    return broken


def print_evidence(done: journey.FlowsOfStocks) -> list[str]:
    """How much of it rests on stocks that nobody observed."""
    verdicts = done.accounts.select("country", "frozen_mix", "origins_judged").unique()
    judged = verdicts.filter(pl.col("frozen_mix") != "too_few_origins")
    frozen = set(judged.filter(pl.col("frozen_mix") == "frozen")["country"])
    print(
        f"## What rests on an observation\n\n{len(frozen)} of {judged.height} destinations that could be judged, {len(frozen & set(THE_TWELVE))} of the "
        f"12 areas (not {', '.join(sorted(set(THE_TWELVE) - frozen))}), have a frozen mix of origins between 2015 and 2020. So "
        f"{done.modelled_corridors:,} of {done.corridors:,} corridors of closed pseudo-Bayes, with {100 * done.modelled_share:.1f} % of the moves, "
        "are `modelled_from_modelled`. That two calculations agree does not make them evidence.\n"
    )
    counted = (len(frozen), judged.height, set(THE_TWELVE) - frozen)
    return ["frozen mixes"] * (counted != (69, 153, {"TUR"}))


def print_other_population(world: World, data: Path) -> None:
    """How far the two populations contradict the account, and what the choice of the one that is given makes of the comparison."""
    other = read_world(data, START)
    both = world.people.join(other.people, on="country", suffix="_other")
    off = 100 * (pl.col("population_end") / pl.col("population_end_other") - 1).abs()
    both = both.select("country", percent=off).sort("percent", descending=True)
    largest = [f"{area} {percent:.1f} %" for area, percent in both.head(4).iter_rows()]
    region = both.filter(pl.col("country").is_in(THE_TWELVE))["percent"].to_list()
    most = []
    for method in ("minimum", "pseudo-bayes"):
        beside = beside_published(other, make_flows(other, method).table, method)
        gap = (pl.col("persons") - pl.col("published")).abs().max()
        most.append(f"{method} {beside.select(gap).item():,.0f}")
    print(
        "## Where the rest comes from\n\nThe populations at hand are births over birth rates, not those printed in WPP. Those of 2015 and 2020 "
        f"contradict births, deaths and migration between them by {both.select(pl.col('percent').median()).item():.2f} % (median), by more than 1 % in "
        f"{both.filter(pl.col('percent') > 1).height} countries ({', '.join(largest)}), and by at most {max(region):.2f} % in the 12 areas. So one is "
        f"taken as it is: that of {END}, which comes nearer. With that of {START} the largest gaps in the world are {', '.join(most)} persons: "
        "gaps of this size are what the populations leave open.\n"
    )


def print_inputs(world: World, done: journey.FlowsOfStocks) -> None:
    """What went in, so that anybody can repeat it."""
    people = world.people
    print(
        f"""## What went in

- {people.height} places: those of the stock table but for {", ".join(NOT_PUBLISHED)}, which the published estimates leave out.
- The code CHI of the stock table is Chile ({_hosted(world, "CHI"):,.0f} persons born abroad in 2020; the Channel Islands have fewer
  inhabitants than that, and CHL is absent). It gets the births, deaths and population of Chile.
- The stock table has no Taiwan; its births, deaths, population and migration are with China. Without that the net migration of
  Russia is 2,700 persons higher and the published one is missed.
- WPP 2022, from the middle of 2015 to that of 2020: half of 2015, all of 2016 to 2019, half of 2020. Population of 2020 from births and birth
  rate; that of 2015 is population less births, plus deaths, less net migration, so that the account of each country closes.
- Births are of natives, deaths proportional; balance `before` births and deaths are deducted, as in the published program; nothing is
  rounded. The published flows are rounded, the minimum before it goes into the blend and the blend again.
- Births, deaths and stocks disagree by {abs(done.out_of_balance):,.0f} persons in the world."""
    )


def _hosted(world: World, living: str) -> float:
    rows = world.stocks.filter((pl.col("residence_country") == living) & (pl.col("year") == END))
    return float(rows["persons"].sum())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
