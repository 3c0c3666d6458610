"""A matrix of corridors: one row per area at one end, one column per area at the other, as long candidate
rows.

Checked as a whole before a cell is used: every column has a label and every label a column, the areas down
are the areas across, and printed totals are the sums of their cells.
"""

from dataclasses import dataclass

import polars as pl

from guzar.collect.delivery import Delivery
from guzar.collect.grid import ROW, Grid, unpivot
from guzar.define.areas import fold_spelling
from guzar.errors import DeliveryRefused

FEWEST_AREAS = 150  # every matrix published so far holds more than 200
ROUNDING = 0.5  # at most, in the file's unit, for every cell of a matrix of whole numbers
PRECISION = 1e-6  # relative, of sums of cells that are not rounded


@dataclass(frozen=True)
class Matrix:
    """The cells of a matrix (`down`, `across`, `reported_value`, `value`, `place`) and what stands below."""

    cells: pl.DataFrame
    notes: tuple[str, ...]
    down: tuple[str, ...]
    across: tuple[str, ...]


def read_matrix(grid: Grid, header_row: int, delivery: Delivery, *, square: bool = True) -> Matrix:
    """The matrix below `header_row`; text below its last full row is notes. Refused where it is not whole."""
    labels = grid.cells(header_row)
    across = _labels_across(labels, grid, header_row, delivery)
    body = grid.text.filter(
        (pl.col(ROW) > header_row) & pl.any_horizontal(_filled(i) for i in range(1, len(labels)))
    )
    last_row = int(body[ROW].max() or header_row)  # type: ignore[arg-type]
    down = [(cell or "").strip() for cell in body["0"]]
    notes = grid.text.filter((pl.col(ROW) > last_row) & _filled(0))["0"].str.strip_chars().to_list()
    _require_whole(down, across, square, delivery)
    long = unpivot(
        grid,
        header_row,
        keep={"down": "0"},
        values=[str(i + 1) for i in range(len(across))],
        last_row=last_row,
    )
    cells = long.with_columns(
        pl.col("down").str.strip_chars(),
        place=pl.col("place").str.replace(r", column .*$", "")
        + pl.format(", {}, column {}", "down", "label"),
    ).rename({"label": "across"})
    return Matrix(cells, tuple(notes), tuple(down), tuple(across))


def _filled(column: int) -> pl.Expr:
    return pl.col(str(column)).is_not_null() & (pl.col(str(column)).str.strip_chars() != "")


def _labels_across(labels: list[str], grid: Grid, header_row: int, delivery: Delivery) -> list[str]:
    """The labels of the columns; refused where a column of cells has no label or a label no column."""
    unlabelled = [i for i in range(1, len(labels)) if not labels[i]]
    below = grid.text.filter(pl.col(ROW) > header_row)
    nameless = [i for i in unlabelled if below.select(_filled(i).any()).item()]
    if nameless or unlabelled[:1] == [1]:
        raise DeliveryRefused(
            "The labels of {name} do not stand above its columns.",
            where="{name}, row {row}, column {column}",
            expected="a label above every column of cells",
            do="Fetch the file again, unchanged, from the publisher.",
            name=delivery.name,
            row=header_row,
            column=(nameless or unlabelled)[0] + 1,
        )
    return labels[1 : max(i for i, label in enumerate(labels) if label) + 1]


def _require_whole(down: list[str], across: list[str], square: bool, delivery: Delivery) -> None:
    here, there = (
        pl.Series(labels).to_frame("s").select(fold_spelling(pl.col("s")))["s"].to_list()
        for labels in (down, across)
    )
    missing = sorted(set(there) ^ set(here)) if square else []
    repeated = sorted({label for labels in (here, there) for label in labels if labels.count(label) > 1})
    if len(down) >= FEWEST_AREAS and len(across) >= FEWEST_AREAS and not missing and not repeated:
        return
    raise DeliveryRefused(
        "The matrix in {name} is not whole: its rows and columns do not match.",
        where="{name}, {down} rows and {across} columns; on one side only or twice: {areas}",
        expected="every area once down and once across, at least {fewest} of them",
        do="Fetch the file again and compare its size with the publisher's.",
        name=delivery.name,
        down=len(down),
        across=len(across),
        fewest=FEWEST_AREAS,
        areas=", ".join((missing + repeated)[:5]) or "-",
    )


def leave_out_diagonal(cells: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """The cells without those of an area with itself, and what the receipt says about them.

    A matrix prints 0 there because nothing applies: that is no figure. A number there is kept, for the checks.
    """
    printed = pl.col("reported_value").str.strip_chars().fill_null("")
    number = pl.coalesce("value", printed.cast(pl.Float64, strict=False))
    is_empty = (number == 0) | printed.is_in(["", "-"])
    same = fold_spelling(pl.col("down")) == fold_spelling(pl.col("across"))
    is_diagonal = (same & is_empty).fill_null(False)
    count = cells.filter(is_diagonal).height
    told = {"diagonal_left_out": f"{count} cells of an area with itself: 0 stands for not applicable"}
    return cells.filter(~is_diagonal), told if count else {}


def numbers_with_thousands(cells: pl.DataFrame) -> pl.DataFrame:
    """Fill `value` where a cell groups its thousands with commas: only whole groups of three, never `1,5`."""
    printed = pl.col("reported_value").str.strip_chars()
    grouped = printed.str.contains(r"^-?[1-9]\d{0,2}(,\d{3})+$")
    plain = pl.when(grouped).then(printed.str.replace_all(",", "", literal=True)).otherwise(printed)
    return cells.with_columns(value=pl.coalesce("value", plain.cast(pl.Float64, strict=False)))


def compare_totals(cells: pl.DataFrame, total_down: str, total_across: str) -> dict[str, str]:
    """How the printed totals compare with the sums of their cells, for the receipt.

    A difference is not repaired: it is the publisher's, and the receipt names the largest.
    """
    inner = cells.filter((pl.col("down") != total_down) & (pl.col("across") != total_across))
    checked = [
        _compare(
            inner, cells.filter((pl.col("down") == total_down) & (pl.col("across") != total_across)), "across"
        ),
        _compare(
            inner, cells.filter((pl.col("across") == total_across) & (pl.col("down") != total_down)), "down"
        ),
    ]
    both = pl.concat(checked).with_columns(gap=(pl.col("total") - pl.col("sum")).abs())
    # Each non-zero cell may be off by its rounding; zeros hide small amounts that largely cancel out.
    rounding = pl.col("nonzero") + pl.col("cells").sqrt()
    allowed = pl.when("is_whole").then(ROUNDING * rounding).otherwise(PRECISION * pl.col("sum").abs())
    differing = both.filter(pl.col("gap") > allowed).sort("gap", descending=True)
    found = {"totals_checked": str(both.height), "totals_that_differ": str(differing.height)}
    if differing.height:
        label, total, summed = differing.select("label", "total", "sum").row(0)
        found["largest_difference"] = f"{label}: printed {total:g}, sum of cells {summed:g}"
    return found


def _compare(inner: pl.DataFrame, totals: pl.DataFrame, by: str) -> pl.DataFrame:
    number = pl.col("value")
    added = inner.group_by(pl.col(by).alias("label")).agg(
        sum=number.sum(),
        cells=number.count(),
        nonzero=(number != 0).sum(),
        is_whole=(number == number.round()).all(),
    )
    printed = totals.select(label=pl.col(by), total=pl.col("value")).drop_nulls()
    return printed.join(added, on="label", how="inner")
