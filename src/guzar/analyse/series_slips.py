"""Slips inside one series: a value a thousand times its neighbours, and one series under two areas.

Both laws hold for any yearly series: a quantity does not grow a thousandfold in a year and come back, and two areas
do not share a long run of the same detailed numbers. People can flee: a count of people that grows a thousandfold
and stays there is no doubt, unless another edition holds the old level.
"""

from typing import Any

import polars as pl

from guzar.analyse.doubts import doubt_cell, name_place, show_number
from guzar.analyse.paired_series import SMALLEST_COUNT, published_numbers
from guzar.define.definitions import definitions

SERIES = ("indicator", "source", "edition", "definition")
LINE = (*SERIES, "area", "counterpart", "sex")
CELL = ("indicator", "area", "counterpart", "sex", "period")
FACTORS = (1e3, 1e6)  # thousand for single, million for single
SMALLEST_POWER = 3.0  # of ten, in the smallest of the factors
SAME_FACTOR = 1e-9  # what floating-point arithmetic loses of a factor that is exact
STEADY = 0.15  # median yearly step of a steady series, in powers of ten (a factor of 1.4)
NEAR_FACTOR = 0.03  # a slipped unit leaves the year's own growth, in powers of ten (a factor of 1.07)
FEWEST_STEPS = 4
FEWEST_EXACT = 3  # digits of a value found a thousandfold elsewhere: 1 and 1,000 meet by chance
FEWEST_REPEATED = 6
FEWEST_DIGITS = (
    30.0  # digits that a repeated run must carry: interpolated small counts coincide, long runs do not
)

THOUSANDFOLD_YEAR = (
    "In {source}, edition {edition}, {indicator} for {areas} changes by a factor of about {factor} around {period}: "
    "{found} beside {expected}. A unit may have slipped; we would be grateful for a check."
)
THOUSANDFOLD_EDITION = (
    "For {areas}, {period}, {source}, edition {edition}, holds {found} and {other_source}, edition {other_edition}, "
    "holds {expected}: a factor of {factor} exactly. A unit may have slipped; we would be grateful for a check."
)
REPEATED = (
    "In {source}, edition {edition}, {indicator} is the same for {areas} in all of {count} periods from {period}: "
    "{found}. One of the series may have been copied; we would be grateful for a check."
)


def find_unit_slips(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Values a thousand or a million times their neighbours in time, or exactly that in another edition."""
    whole = (
        (pl.col("value") > 0)
        & (pl.col("unit") != "percent")
        & pl.col("sex").is_in(["_T", "_Z"])
        & ~pl.col("definition").is_in(_signed())
    )
    numbers = published_numbers(held.filter(whole))
    return [*_slips_between_years(numbers), *_slips_between_editions(numbers)]


def _signed() -> list[str]:
    """Definitions of balances: a difference of two large numbers may be a thousandth of itself a year later."""
    return [d.id for d in definitions().values() if d.direction in ("net", "signed")]


def _slips_between_years(numbers: pl.DataFrame) -> list[dict[str, Any]]:
    jumping = (
        numbers.group_by(LINE)
        .agg(steps=pl.len() - 1, span=pl.col("value").max().log10() - pl.col("value").min().log10())
        .filter((pl.col("steps") >= FEWEST_STEPS) & (pl.col("span") > SMALLEST_POWER - NEAR_FACTOR))
    )
    lines = (
        numbers.join(jumping, on=LINE, how="semi")
        .sort(*LINE, "period")
        .with_columns(
            step=pl.col("value").log10().diff().over(LINE), before=pl.col("value").shift(1).over(LINE)
        )
    )
    usual = pl.col("step").abs().median().over(LINE)
    counted = pl.col("step").count().over(LINE)
    lines = lines.with_columns(usual=usual, counted=counted)
    rows = []
    for factor in FACTORS:
        power = pl.lit(factor).log10()
        jump = (pl.col("step").abs() - power).abs() < NEAR_FACTOR
        smaller = pl.min_horizontal("value", "before")
        counted_enough = (pl.col("unit") != "persons") | (smaller >= SMALLEST_COUNT)
        steady = (pl.col("usual") < STEADY) & (pl.col("counted") >= FEWEST_STEPS)
        found = _without_true_leaps(lines.filter(jump & steady & counted_enough), lines, numbers, power)
        rows += [
            doubt_cell(
                row,
                "unit_slip_between_years",
                found=show_number(row["value"]),
                expected=show_number(row["before"]),
                explanation=THOUSANDFOLD_YEAR,
                values={"factor": show_number(factor)},
            )
            for row in found.iter_rows(named=True)
        ]
    return rows


def _without_true_leaps(
    jumps: pl.DataFrame, lines: pl.DataFrame, numbers: pl.DataFrame, power: pl.Expr
) -> pl.DataFrame:
    """The jumps without those of people who came or left in truth.

    Money and rates keep their level; a count of people is in doubt where its line leaps back by the same factor, or
    where another edition or source holds one side of the jump at the level of the other side.
    """
    people = pl.col("unit") == "persons"
    leaps = lines.filter(people & ((pl.col("step").abs() - power).abs() < NEAR_FACTOR))
    back = leaps.group_by(LINE).agg(ways=pl.col("step").sign().n_unique()).filter(pl.col("ways") > 1)
    sides = lines.filter(people).with_columns(earlier=pl.col("period").shift(1).over(LINE))
    sides = sides.join(jumps, on=[*LINE, "period"], how="semi")
    cell = ("indicator", "definition", "area", "counterpart", "sex")
    others = numbers.select(*cell, "period", "source", "edition", other="value")
    disagreeing = pl.DataFrame(schema={name: numbers.schema[name] for name in (*LINE, "period")})
    for period, own in (("period", "value"), ("earlier", "before")):
        beside = sides.join(others, left_on=[*cell, period], right_on=[*cell, "period"], suffix="_other")
        is_other = (pl.col("source") != pl.col("source_other")) | (
            pl.col("edition") != pl.col("edition_other")
        )
        apart = (((pl.col("other") / pl.col(own)).log10()).abs() - power).abs() < NEAR_FACTOR
        disagreeing = pl.concat([disagreeing, beside.filter(is_other & apart).select(disagreeing.columns)])
    kept = pl.concat([
        jumps.filter(~people),
        jumps.filter(people).join(back, on=LINE, how="semi"),
        jumps.filter(people).join(disagreeing, on=[*LINE, "period"], how="semi"),
    ])  # fmt: skip
    return kept.unique(maintain_order=True)


def _slips_between_editions(numbers: pl.DataFrame) -> list[dict[str, Any]]:
    """The same cell in two editions or sources, apart by exactly a power of a thousand."""
    far_apart = (
        numbers.group_by(CELL)
        .agg(ratio=pl.col("value").max() / pl.col("value").min())
        .filter(pl.col("ratio") > min(FACTORS) * (1 - SAME_FACTOR))
    )
    cells = numbers.join(far_apart, on=CELL, how="semi")
    pairs = cells.join(cells, on=CELL, suffix="_other").with_columns(
        factor=pl.col("value") / pl.col("value_other")
    )
    exact = [(pl.col("factor") / factor - 1).abs() < SAME_FACTOR for factor in FACTORS]
    telling = _digits_of(pl.col("value")) >= FEWEST_EXACT
    found = (
        pairs.filter(pl.any_horizontal(exact))
        .filter(telling)
        .sort(*LINE, "period", "source_other", "edition_other")
    )
    return [
        doubt_cell(
            row,
            "unit_slip_between_editions",
            found=show_number(row["value"]),
            expected=show_number(row["value_other"]),
            explanation=THOUSANDFOLD_EDITION,
            values={"factor": show_number(round(row["factor"]))},
            other="_other",
        )
        for row in found.iter_rows(named=True)
    ]


def find_repeated_series(held: pl.DataFrame) -> list[dict[str, Any]]:
    """Two areas (or corridors of one area) with the same run of detailed numbers in one publication."""
    # Areas of one currency share its exchange rate by nature.
    whole = (
        pl.col("sex").is_in(["_T", "_Z"])
        & (pl.col("value") > 0)
        & (pl.col("unit") != "local_currency_per_usd")
    )
    numbers = _lines_alike(published_numbers(held.filter(whole))).sort(*LINE, "period")
    lines = numbers.group_by(LINE, maintain_order=True).agg(
        run=pl.col("value").cast(pl.String).str.join(" "),
        from_period=pl.col("period").min(),
        periods=pl.col("period").str.join(" "),
        count=pl.len(),
        different=pl.col("value").n_unique(),
        digits=_digits_of(pl.col("value")).sum(),
    )
    long = lines.filter((pl.col("different") >= FEWEST_REPEATED) & (pl.col("digits") >= FEWEST_DIGITS))
    same = [*SERIES, "sex", "run", "periods"]
    groups = (
        long.filter(pl.len().over(same) > 1)
        .group_by(same, maintain_order=True)
        .agg(
            named=pl.struct("area", "counterpart"),
            count=pl.col("count").first(),
            period=pl.col("from_period").first(),
        )
    )
    return [_write_repeated(row) for row in groups.iter_rows(named=True)]


def _lines_alike(numbers: pl.DataFrame) -> pl.DataFrame:
    """The lines that share length, smallest and largest value with another: only those can be the same run."""
    ends = (
        numbers.group_by(LINE)
        .agg(count=pl.len(), low=pl.col("value").min(), high=pl.col("value").max())
        .filter(pl.col("count") >= FEWEST_REPEATED)
    )
    alike = ends.filter(ends.select(*SERIES, "sex", "count", "low", "high").is_duplicated())
    return numbers.join(alike, on=LINE, how="semi")


def _digits_of(values: pl.Expr) -> pl.Expr:
    """Significant digits of each value: zeros at the end are a unit, not information."""
    text = values.round(6).cast(pl.String).str.replace_all(r"[.]0*$", "")
    return text.str.replace_all(r"[.-]", "").str.strip_chars("0").str.len_chars()


def _write_repeated(row: dict[str, Any]) -> dict[str, Any]:
    first = row["run"].split(" ")[:3]
    return doubt_cell(
        row,
        "repeated_series",
        areas=[code for place in row["named"] for code in name_place(place)],
        found=", ".join(show_number(float(value)) for value in first) + ", …",
        explanation=REPEATED,
        values={"count": row["count"]},
    )
