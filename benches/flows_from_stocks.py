"""Flows from world stocks, their draws, fitted tables and indices: seconds, memory, and ratios to named floors of the same run.

Run: python benches/flows_from_stocks.py [FOLDER OF ../shared/data] [--draws N]
In: stocks of 2015 and 2020 between 230 countries, births, deaths and populations. Limits: pseudo-Bayes with types 0.5 s and 200 MB
after import; 1,000 draws of it 180 s; margins of 230 × 230 to 1e-10 of the total 0.1 s; net totals 0.5 s; all indices 1 s. The floor:
one sweep of proportional fitting of a table of that size. Seconds are those of the processor, on one thread nearly all of them. With
fewer draws the seconds of 1,000 are told by their number. Exits with 1 where a limit is passed.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from stock_tables import PERIOD, STOCKS, read_tables

from guzar.analyse.fitting.dense_rescale import rescale_table
from guzar.analyse.fitting.margins import fit_table
from guzar.analyse.fitting.net_totals import fit_net
from guzar.analyse.migration_indices import all_indices
from guzar.analyse.stock_flows.accounts import Stocks
from guzar.analyse.stock_flows.draws import DrawPlan, draw_flows
from guzar.analyse.stock_flows.errors_of_input import MODELLED, DataTypes
from guzar.analyse.stock_flows.methods import PSEUDO_BAYES, StockFlows, as_rows, estimate_flows
from guzar.analyse.stock_flows.tables import read_stocks

DATA = Path(__file__).parents[2] / "shared" / "data"
START = 2015
THOUSAND_DRAWS = 1000
RUNS, SWEEPS = 5, 200
Numbers = NDArray[np.float64]
LIMITS = {"flows": 0.5, "draws": 180.0, "margins": 0.1, "net": 0.5, "indices": 1.0}
LIMIT_MEGABYTES = 200
MARGIN_ERROR = 1e-10  # of the total


def main(data: Path, draws: int) -> int:
    if not (data / STOCKS).exists():
        print("../shared absent: nothing measured")
        return 0
    cells, people = read_tables(data, START)
    stocks, _ = read_stocks(cells, people, START, START + PERIOD)
    before = megabytes()
    flows = seconds_of(lambda: flows_by_type(stocks), runs=RUNS)
    memory = megabytes() - before
    drawn = seconds_of(lambda: draw_world(stocks, draws), runs=1) * THOUSAND_DRAWS / draws
    moves = estimate_flows(stocks, PSEUDO_BAYES).all
    rows, columns = wanted_margins(moves)
    fitted = rescale_table(moves, rows, columns)
    if fitted is None or fitted[2] > MARGIN_ERROR * rows.sum():
        print("the table was not fitted to its margins")
        return 1
    measured = {
        "flows": flows,
        "draws": drawn,
        "margins": seconds_of(lambda: rescale_table(moves, rows, columns), runs=RUNS),
        "net": seconds_of(lambda: fit_net(moves, columns - rows, stocks.countries), runs=RUNS),
        "indices": seconds_of(
            lambda: all_indices(stocks.countries, moves, stocks.end.sum(axis=0)), runs=RUNS
        ),
    }
    general = seconds_of(lambda: fit_table(moves, rows, columns, (stocks.countries,) * 2), runs=RUNS)
    sweep = seconds_of(lambda: [one_sweep(moves, rows, columns) for _ in range(SWEEPS)], runs=RUNS) / SWEEPS
    print_measured(measured, draws, memory, sweep)
    print(
        f"| the same margins by the general engine of any dimensions | {general:.3f} s | | {general / sweep:,.0f} sweeps |"
    )
    return int(memory > LIMIT_MEGABYTES or any(measured[name] > limit for name, limit in LIMITS.items()))


def flows_by_type(stocks: Stocks) -> StockFlows:
    """What is timed: the account, both closed forms, the blend, rows by type."""
    flows = estimate_flows(stocks, PSEUDO_BAYES)
    as_rows(flows, by_type=True)
    return flows


def draw_world(stocks: Stocks, draws: int) -> None:
    """Intervals as the command makes them where no data type is told."""
    kinds = np.full(len(stocks.countries), MODELLED)
    draw_flows(stocks, DataTypes(kinds, kinds), DrawPlan(PSEUDO_BAYES, draws, 1))


def wanted_margins(moves: Numbers) -> tuple[Numbers, Numbers]:
    """Totals of rows and columns some tens of percent from those of the table, with the same sum."""
    random = np.random.default_rng(1)
    rows = moves.sum(axis=1) * random.lognormal(0, 0.3, len(moves))
    columns = moves.sum(axis=0) * random.lognormal(0, 0.3, len(moves))
    return rows, columns * (rows.sum() / columns.sum())


def one_sweep(moves: Numbers, rows: Numbers, columns: Numbers) -> Numbers:
    """The floor: rows scaled once, then columns."""
    scaled = moves * (rows / moves.sum(axis=1))[:, None]
    return np.asarray(scaled * (columns / scaled.sum(axis=0)))


def print_measured(measured: dict[str, float], draws: int, memory: float, sweep: float) -> None:
    """A row for each limit: seconds, limit, ratio to the floor."""
    names = {
        "flows": "pseudo-Bayes between 230 countries, with types",
        "draws": f"1,000 draws of it ({draws} made)",
        "margins": "margins of 230 × 230 to 1e-10",
        "net": "net totals of 230 areas",
        "indices": "all indices of 230 areas",
    }
    print("| what | measured here | limit | ratio to the floor |\n| --- | ---: | ---: | ---: |")
    for name, what in names.items():
        ratio = f"{measured[name] / sweep:,.0f} sweeps"
        print(f"| {what} | {measured[name]:.3f} s | {LIMITS[name]} s | {ratio} |")
    print(
        f"| memory of the first, above what import and tables take | {memory:.0f} MB | {LIMIT_MEGABYTES} MB | |"
    )


def seconds_of(step: Callable[[], object], *, runs: int) -> float:
    """Seconds of processor of the cheapest of several runs: what the work costs, not what the machine was doing beside it."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        step()
        times.append(time.process_time() - start)
    return min(times)


def megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("data", type=Path, nargs="?", default=DATA)
    asked.add_argument("--draws", type=int, default=THOUSAND_DRAWS)
    given = asked.parse_args()
    sys.exit(main(given.data, given.draws))
