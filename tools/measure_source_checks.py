"""Publishers' errors found by the general checks, unaided: every doubt about everything published, counted by check.

    python tools/measure_source_checks.py ../shared/data

Collects the published files into a workspace of its own and prints one line per doubt. Nothing about any country is
told to the checks; which doubts are real is judged in docs/methods/source-checks.md.
"""

import sys
import tempfile
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from make_reference import collect_everything

from guzar import journey
from guzar.store import open_workspace

SHOWN = (
    "check",
    "source",
    "edition",
    "areas_in_doubt",
    "period",
    "value_found",
    "value_expected",
    "other_source",
    "expected_by_chance",
)


def main(data: Path) -> None:
    """Print the doubts and their number by check."""
    with tempfile.TemporaryDirectory() as place:
        workspace = open_workspace(Path(place) / "workspace", create=True)
        collect_everything(workspace, data)
        doubts = journey.check_sources(workspace)
    print(f"{doubts.height} doubts")
    for check, count in doubts["check"].value_counts(sort=True).iter_rows():
        print(f"  {count:4}  {check}")
    with pl.Config(
        tbl_rows=200, tbl_cols=20, tbl_width_chars=200, fmt_str_lengths=60, tbl_hide_dataframe_shape=True
    ):
        print(doubts.select(SHOWN))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
