"""How far apart frozen and moving origin mixes lie, and how often the test would be wrong by chance.

Run by developers: python tools/measure_frozen_origins.py ../shared/data
Prints, for both revisions of the migrant stock: verdicts by pair of dates, the distribution of the largest
deviation, and the false verdicts of a placebo: every larger origin gets the ratio that some larger origin of some
other destination had between the same dates, so that no common factor is left.
"""

import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table

from guzar import journey
from guzar.analyse import frozen_origins as frozen
from guzar.analyse.stock_flows import evidence
from guzar.analyse.stocks import cells_of
from guzar.define.areas import THE_TWELVE
from guzar.store import open_workspace

FILES = (
    "stocks/un-desa-2019-stock-by-origin-destination-sex.parquet",
    "stocks/un-desa-2020-stock-by-origin-destination-sex.parquet",
)
EDGES = (0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, float("inf"))
SHUFFLES = 50


def main(data: Path) -> int:
    with tempfile.TemporaryDirectory() as place:
        workspace = open_workspace(Path(place) / "workspace", create=True)
        for file in FILES:
            journey.collect_delivery(
                workspace, "un_migrant_stock", journey.open_file_delivery(data / file), received="2026-11-21"
            )
        observations = journey.load_observations(workspace)
    verdicts = frozen.judge_origin_mixes(observations)
    print_verdicts(verdicts)
    broken = print_before_flows(observations, verdicts)
    print_deviations(verdicts)
    print_placebo(observations, verdicts)
    return int(broken)


def print_verdicts(verdicts: pl.DataFrame) -> None:
    """Destinations by verdict, edition and pair of dates."""
    rows = []
    for (edition, start, end), part in sorted(
        verdicts.partition_by("edition", "from_year", "to_year", as_dict=True).items()
    ):
        counts = dict(part["is_frozen"].value_counts().iter_rows())
        rows.append([edition, f"{start}–{end}", *(counts.get(verdict, 0) for verdict in (True, False, None))])
    print("## Countries of residence by verdict\n")
    verdict_names = ("frozen", "moving", "too few origins")
    print(as_table(("edition", "dates", *verdict_names), rows, numbers=verdict_names))


def print_before_flows(observations: pl.DataFrame, verdicts: pl.DataFrame) -> bool:
    """The test of `guzar flows-from-stocks` on the same tables, beside the verdicts on figures; whether its counts are not as promised."""
    cells = cells_of(observations).filter((pl.col("sex") == "_T") & pl.col("value").is_not_null())
    cells = cells.select(
        "edition", "year", birth_country="counterpart", residence_country="area", persons="value"
    )
    dates = verdicts.select("edition", "from_year", "to_year").unique().sort("edition", "from_year")
    rows, counted = [], {}
    for edition, start, end in dates.iter_rows():
        table = evidence.judge_destinations(cells.filter(pl.col("edition") == edition), start, end)
        judged = table.filter(pl.col("frozen_mix") != evidence.TOO_FEW)
        found = set(judged.filter(pl.col("frozen_mix") == evidence.FROZEN)["country"])
        others = verdicts.filter(
            (pl.col("edition") == edition)
            & (pl.col("from_year") == start)
            & pl.col("is_frozen").is_not_null()
        )
        both = judged.join(others, left_on="country", right_on="area")
        same = both.filter((pl.col("frozen_mix") == evidence.FROZEN) == pl.col("is_frozen")).height
        rows.append([edition, f"{start}–{end}", len(found), judged.height, len(found & set(THE_TWELVE)), f"{same} of {both.height}"])  # fmt: skip
        counted[edition, start] = (len(found), judged.height, set(THE_TWELVE) - found)
    print(
        f"\n## As tested before flows are made\n\nFrozen: the ratios later / earlier of the origins above {evidence.LARGER_ORIGIN_PERSONS:,} persons, at "
        f"least {evidence.FEWEST_ORIGINS}, have a coefficient of variation below {evidence.LEAST_VARIATION}.\n"
    )
    head = (
        "edition",
        "dates",
        "frozen",
        "judged",
        "frozen of the 12",
        "same verdict as above, where both have one",
    )
    print(as_table(head, rows, numbers=head[2:]))
    return counted["2020-12", 2015] != (69, 153, {"TUR"})


def print_deviations(verdicts: pl.DataFrame) -> None:
    """Distribution of the largest deviation over everything that could be tested."""
    tested = verdicts.filter(pl.col("is_frozen").is_not_null())
    deviations = tested["largest_deviation"].fill_null(float("inf")).to_numpy()
    rows = []
    for low, high in pairwise(EDGES):
        within = (deviations <= high) & ((deviations > low) | (low == 0))
        upto = f"{low:.2%} to {high:.2%}" if np.isfinite(high) else f"above {low:.2%}"
        rows.append([upto, int(within.sum())])
    print(
        f"\n## How far the larger origins are from one common factor, at most\n\n{len(deviations):,} pairs of dates;"
        f" a mix is called frozen up to {frozen.TOLERANCE:.1%}.\n"
    )
    print(as_table(("largest deviation", "pairs of dates"), rows, numbers=("pairs of dates",)))


def print_placebo(observations: pl.DataFrame, verdicts: pl.DataFrame) -> None:
    """False verdicts where every origin has the ratio of an origin of another, moving destination."""
    cells = cells_of(observations).filter(pl.col("sex") == "_T")
    larger = frozen._larger_origins(frozen._pair_dates(cells)).with_columns(
        ratio=pl.col("later") / pl.col("earlier")
    )
    moving = verdicts.filter(~pl.col("is_frozen")).select("area", "edition", "from_year", "to_year")
    # Sorted: the seed gives the same placebo in every run only where the rows stand in one order.
    larger = larger.join(moving, on=["area", "edition", "from_year", "to_year"])
    larger = larger.sort("edition", "from_year", "area", "counterpart")
    random = np.random.default_rng(20261121)
    tested = wrong = 0
    for _ in range(SHUFFLES):
        for _, part in larger.group_by("edition", "from_year", "to_year", maintain_order=True):
            ratios = random.permutation(part["ratio"].to_numpy())
            shuffled = (
                part.with_columns(ratio=pl.Series(ratios)).group_by("area", maintain_order=True).agg("ratio")
            )
            for found in shuffled["ratio"].to_list():
                factor = float(np.median(found))
                tested += 1
                wrong += bool(
                    np.isfinite(factor)
                    and factor > 0
                    and max(abs(r / factor - 1) for r in found) <= frozen.TOLERANCE
                )
    print(
        "\n## How often the test would be wrong by chance\n\nEvery larger origin gets the ratio that some larger origin of"
        f" another, moving country had between the same dates: {wrong} of {tested:,} such mixes are called frozen"
        f" ({wrong / tested:.4%})."
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
