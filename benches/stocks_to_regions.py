"""From the published 2020 stock table to every regional indicator: seconds, memory, and the ratio to a bare group-by.

Run: python benches/stocks_to_regions.py [FOLDER OF ../shared/data]
In: the table by origin and destination and the workbook's totals, as observations held in a workspace. Timed:
reading them, adding up origins and destinations, and all indicators of all named regions. Limits after import: 1.0 s
and 500 MB. The floor, in the same run: Polars reads the published table and groups it by year, sex and origin.
Exits with 1 where a limit is passed.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from guzar import journey
from guzar.analyse.regions import total_regions
from guzar.analyse.stocks import count_emigrants, count_listed_origins
from guzar.define.tables.figures import Observations
from guzar.store import open_workspace

DATA = Path(__file__).parents[2] / "shared" / "data"
TABLE = "stocks/un-desa-2020-stock-by-origin-destination-sex.parquet"
TOTALS = "stocks/un-desa-2020-stock-by-destination-sex.xlsx"
LIMIT_SECONDS, LIMIT_MEGABYTES = 1.0, 500
RUNS = 5


def total_all_regions(observations: Path) -> pl.DataFrame:
    """What is timed: stored observations in, indicators of all named regions out."""
    held = Observations.cast(pl.read_parquet(observations))  # validated when it was stored
    sums = [count_emigrants(held), count_listed_origins(held)]
    return total_regions(Observations.cast(pl.concat([held, *sums])))


def bare_group_by(table: Path) -> pl.DataFrame:
    """The floor: one read, one group-by, no definition, no check."""
    return pl.read_parquet(table).group_by("year", "sex", "orig").agg(pl.col("stock").sum())


def best_seconds(step: Callable[[], pl.DataFrame]) -> float:
    """The shortest of several runs: what the work costs, not what the machine was doing beside it."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return min(times)


def megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(data: Path) -> int:
    if not (data / TABLE).exists():
        print("../shared absent: nothing measured")
        return 0
    imported = megabytes()
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        observations = store_observations(data, Path(place))
        collected = time.perf_counter() - start
        before = megabytes()
        seconds = best_seconds(lambda: total_all_regions(observations))
        memory = megabytes()
        rows = total_all_regions(observations).height
    floor = best_seconds(lambda: bare_group_by(data / TABLE))
    print("| what | measured here | limit |\n| --- | ---: | ---: |")
    print(f"| {rows} regional indicators from the stored table | {seconds:.2f} s | {LIMIT_SECONDS} s |")
    print(f"| memory above what the import takes | {memory - imported:.0f} MB | {LIMIT_MEGABYTES} MB |")
    print(f"| ratio to a bare Polars read and group-by of the same table | {seconds / floor:.0f} | |")
    print(f"| the bare read and group-by | {floor:.3f} s | |")
    print(f"| before: collecting, checking and harmonising both published files | {collected:.2f} s | |")
    print(
        f"| memory after import, before and after the timed step | {imported:.0f}, {before:.0f}, {memory:.0f} MB | |"
    )
    return int(seconds > LIMIT_SECONDS or memory - imported > LIMIT_MEGABYTES)


def store_observations(data: Path, folder: Path) -> Path:
    """Collect both files into a workspace, as a user would, and return its observations as one file."""
    workspace = open_workspace(folder / "workspace", create=True)
    for file in (TABLE, TOTALS):
        journey.collect_delivery(
            workspace, "un_migrant_stock", journey.open_file_delivery(data / file), received="2026-11-21"
        )
    held = workspace.read("process", "observations")
    path = folder / "observations.parquet"
    if held is not None:
        held.collect().write_parquet(path)
    return path


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA))
