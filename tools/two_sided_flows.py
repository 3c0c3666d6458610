"""Flows between countries of Europe that both of them report, beside minimum and independence made from world stocks.

Read by the tools that estimate the blend's weight and measure intervals. Five years of reports are five times the mean of the years
in which both report, of 2010 to 2014 and of 2015 to 2019; a flow is the geometric mean of both reports.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from stock_tables import PERIOD, read_tables

from guzar.analyse.stock_flows.accounts import Stocks, close_account
from guzar.analyse.stock_flows.closed_forms import move_independently, move_least
from guzar.analyse.stock_flows.tables import BIRTH, LIVING, read_stocks

REPORTS = "mirror/eurostat-2010-2019-two-sided-flows.csv"
STARTS = (2010, 2015)
FEWEST_YEARS = 3  # in which both report
REGIONS = {
    "north": "DNK FIN SWE",
    "Baltic": "EST LTU LVA",
    "west": "AUT BEL DEU FRA IRL LUX NLD",
    "south": "CYP ESP GRC ITA MLT PRT",
    "east": "BGR CZE HRV HUN POL ROU SVK SVN",
}
REGION_OF = {country: region for region, listed in REGIONS.items() for country in listed.split()}
NORMAL_QUARTILES = 1.349  # distance of the quartiles of a standard normal
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Period:
    """Stocks of one period, and the places in their tables of corridors that both countries report."""

    stocks: Stocks
    start: int
    corridors: (
        pl.DataFrame
    )  # origin, destination, reported (persons in five years), disagreement (ln arrivals − ln departures)
    row: NDArray[np.int64]
    column: NDArray[np.int64]


@dataclass(frozen=True)
class TwoSided:
    """Corridors of both periods: reported, minimum and independence (persons), regions of both ends, disagreement of reports."""

    reported: Numbers
    least: Numbers
    independent: Numbers
    origin_region: NDArray[np.str_]
    region: NDArray[np.str_]
    disagreement: Numbers

    def without(self, region: str) -> NDArray[np.bool_]:
        """Corridors with neither end in the region."""
        return np.asarray((self.origin_region != region) & (self.region != region))

    @property
    def report_error(self) -> float:
        """Standard deviation of the error of ln reported, if both reports err alike and by themselves: half that of their
        disagreement, from its quartiles."""
        low, high = np.quantile(self.disagreement, [0.25, 0.75])
        return float((high - low) / NORMAL_QUARTILES / 2)


def read_periods(data: Path) -> list[Period]:
    """Both periods with stocks, births and deaths of all countries of the world."""
    return [_period(data, start) for start in STARTS]


def _period(data: Path, start: int) -> Period:
    cells, people = read_tables(data, start)
    cells = cells.with_columns(pl.col(BIRTH, LIVING).replace("CHI", "CHL"))  # the stock table calls Chile so
    stocks, _ = read_stocks(cells, people, start, start + PERIOD)
    place = {name: at for at, name in enumerate(stocks.countries)}
    corridors = _corridors(data, start)
    row, column = (
        np.array([place[name] for name in corridors[end]], dtype=np.int64)
        for end in ("origin", "destination")
    )
    return Period(stocks, start, corridors, row, column)


def _corridors(data: Path, start: int) -> pl.DataFrame:
    reports = pl.read_csv(data / REPORTS, infer_schema_length=None)
    return (
        reports.filter(
            pl.col("Year").is_between(start, start + PERIOD - 1),
            pl.col("Emig").is_not_null() & pl.col("Immi").is_not_null(),
        )
        .group_by(origin="Sending_iso3", destination="Receiving_iso3")
        .agg(sent=pl.col("Emig").mean(), received=pl.col("Immi").mean(), years=pl.len())
        .filter((pl.col("years") >= FEWEST_YEARS) & (pl.col("sent") > 0) & (pl.col("received") > 0))
        .select(
            "origin",
            "destination",
            reported=PERIOD * (pl.col("sent") * pl.col("received")).sqrt(),
            disagreement=(pl.col("received") / pl.col("sent")).log(),
        )
        .sort("origin", "destination")
    )


def plain_moves(periods: list[Period]) -> TwoSided:
    """Minimum and independence of the corridors from stocks as published."""
    least, independent = [], []
    for period in periods:
        account = close_account(period.stocks)
        at = (period.row, period.column)
        least.append(move_least(account).all[at])
        independent.append(move_independently(account).all[at])
    corridors = pl.concat([period.corridors for period in periods])
    origins, destinations = (
        np.array([REGION_OF[name] for name in corridors[end]]) for end in ("origin", "destination")
    )
    return TwoSided(
        corridors["reported"].to_numpy(),
        np.concatenate(least),
        np.concatenate(independent),
        origins,
        destinations,
        corridors["disagreement"].to_numpy(),
    )
