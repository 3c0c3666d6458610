"""Publishers' errors found by the general checks, unaided: every doubt about everything published, counted by check.

    python tools/measure_source_checks.py ../shared/data

Collects the published files into a workspace of its own and prints, as Markdown, what was read, the number of doubts
by check, and every doubt. Nothing about any country is told to the checks; which doubts are real is judged in
docs/methods/source-checks.md.
"""

import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from make_reference import collect_everything
from markdown_tables import as_table

from guzar import journey
from guzar.store import Workspace, open_workspace

MOST_AREAS = 4  # named of one doubt; a slip of rows has dozens
SIGNIFICANT = 6


def main(data: Path) -> None:
    """Print what was read, the doubts by check, and every doubt."""
    with tempfile.TemporaryDirectory() as place:
        workspace = open_workspace(Path(place) / "workspace", create=True)
        with contextlib.redirect_stdout(io.StringIO()):
            collect_everything(workspace, data)
        doubts = journey.check_sources(workspace)
        read = list(_files_read(workspace))
    counted = doubts["check"].value_counts().sort("count", "check", descending=[True, False])
    print(f"{doubts.height} doubts about {len(read)} published files.\n\n## Doubts by check\n")
    print(as_table(("check", "doubts"), counted.iter_rows(), numbers=("doubts",)))
    print("\n## Every doubt\n")
    header = (
        "check",
        "source and edition",
        "areas",
        "period",
        "found",
        "expected",
        "held against",
        "by chance",
    )
    print(as_table(header, map(_as_row, doubts.iter_rows(named=True))))
    print("\n## What was read\n\nThe date of each file is the edition that its publisher put out.\n")
    print(
        as_table(
            ("source", "edition", "file", "cells kept", "refused"), read, numbers=("cells kept", "refused")
        )
    )


def _files_read(workspace: Workspace) -> Iterator[tuple[str, str, str, int, int]]:
    """Source, edition, name, kept and refused rows of every file, as their receipts say."""
    for held in workspace.editions("collect", "published"):
        receipt = held.receipt()
        kept, refused = (sum(receipt[name].values()) for name in ("rows_kept", "rows_refused"))
        yield held.source, held.edition, receipt["file"], kept, refused


def _as_row(doubt: dict[str, object]) -> list[object]:
    areas = str(doubt["areas_in_doubt"]).split()
    more = f" and {len(areas) - MOST_AREAS} more" if len(areas) > MOST_AREAS else ""
    chance = doubt["expected_by_chance"]
    other = f"{doubt['other_source']} {doubt['other_edition']}" if doubt["other_source"] else None
    return [
        doubt["check"],
        f"{doubt['source']} {doubt['edition']}",
        ", ".join(areas[:MOST_AREAS]) + more,
        doubt["period"],
        _readable(doubt["value_found"]),
        _readable(doubt["value_expected"]),
        other,
        None if chance is None else f"{chance:.1g}",
    ]


def _readable(value: object) -> str | None:
    """A single number with thousands signs and the digits that tell something; texts as they are."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.{SIGNIFICANT}g}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
