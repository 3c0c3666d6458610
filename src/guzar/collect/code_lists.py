"""Code lists inside deliveries: a column of names of areas beside one of alpha-3 codes, wherever it stands.

Publishers and compilers put lists of countries beside their tables. Reading such a list by its look, and not by
its place, lets a check ask whether a name stands beside its own code. In: a delivery. Out: DeliveredCodes.
"""

from functools import cache

import dataframely as dy
import polars as pl

from guzar.collect.delivery import Delivery
from guzar.collect.grid import ROW, Grid, read_sheet, sheet_names
from guzar.define.areas import areas, fold_spelling, spellings
from guzar.define.tables.checks import DeliveredCodes

FEWEST_PAIRS = 20
LARGEST_SHARE_UNKNOWN = 0.5
MOST_COLUMNS = 12  # lists of codes are narrow; a wide table holds data


def read_code_lists(delivery: Delivery, *, source: str, edition: str) -> dy.DataFrame[DeliveredCodes]:
    """Every list of names and codes in a workbook; none where the delivery is no workbook or holds no list."""
    found = [
        pairs.select(
            source=pl.lit(source),
            edition=pl.lit(edition),
            place="place",
            reported_area="name",
            reported_code="code",
        )
        for sheet in sheet_names(delivery)
        for pairs in _lists_of_sheet(read_sheet(delivery, sheet))
    ]
    empty = DeliveredCodes.create_empty()
    return DeliveredCodes.validate(
        pl.concat([empty, *found]).unique(DeliveredCodes.primary_key(), maintain_order=True)
    )


def _lists_of_sheet(grid: Grid) -> list[pl.DataFrame]:
    columns = [str(i) for i in range(min(grid.width, MOST_COLUMNS))]
    codes = [column for column in columns if _is_mostly(grid, column, areas()["code"])]
    names = [
        column for column in columns if column not in codes and _is_mostly(grid, column, _spelled_names())
    ]
    return [_pairs(grid, name, code) for code in codes for name in names[-1:]]


@cache
def _spelled_names() -> pl.Series:
    """Spellings of areas that are words: neither codes of three letters nor numbers."""
    known = spellings().filter(pl.col("spelling").str.len_chars() > 3)
    return known.filter(~pl.col("spelling").str.contains(r"^\d+$"))["spelling"]


def _is_mostly(grid: Grid, column: str, known: pl.Series) -> bool:
    cells = grid.text[column].drop_nulls().str.strip_chars()
    if len(cells) < FEWEST_PAIRS:
        return False
    folded = pl.DataFrame({"cell": cells}).select(fold_spelling(pl.col("cell")))["cell"]
    hits = (cells.is_in(known.implode()) | folded.is_in(known.implode())).sum()
    return hits >= FEWEST_PAIRS and hits >= (1 - LARGEST_SHARE_UNKNOWN) * len(cells)


def _pairs(grid: Grid, name: str, code: str) -> pl.DataFrame:
    """The lines of one list whose code is a code; headers and notes fall away by themselves."""
    lines = grid.text.select(
        place=pl.format(f"{grid.sheet}, row {{}}, columns {int(name) + 1} and {int(code) + 1}", ROW),
        name=pl.col(name).str.strip_chars(),
        code=pl.col(code).str.strip_chars(),
    )
    return lines.filter(pl.col("code").is_in(areas()["code"].implode()) & pl.col("name").is_not_null())
