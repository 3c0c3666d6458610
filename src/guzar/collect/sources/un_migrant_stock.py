"""UN DESA International Migrant Stock, 2019 and 2020 revisions: workbook as published, tidy and wide files.

In: the workbook by destination and sex (Tables 1, 2, 4 and 6), the tidy table by origin, destination and sex
(Parquet or CSV), or the wide table with one column per origin. Out: PublishedFigures.
Source: United Nations, DESA, Population Division, POP/DB/MIG/Stock/Rev.2019 and Rev.2020.
"""

import io
import re

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import Grid, find_header, read_sheet, sheet_names, unpivot
from guzar.errors import DeliveryRefused

SOURCE = "un_migrant_stock"
REVISIONS = {2019: "2019-08", 2020: "2020-12"}  # the last reference year tells the revision
TIDY = ["year", "sex", "orig", "dest", "stock"]
BLOCKS = ("total", "male", "female")  # in this order from left to right
TABLES = {
    "Table 1": ("stock_by_destination", BLOCKS),
    "Table 2": ("total_population", BLOCKS),
    "Table 4": ("female_percent_by_destination", ("female",)),
    "Table 6": ("refugees_and_asylum_seekers", ("total",)),
}
FEWEST_DESTINATIONS = 200  # every revision lists more than 230; fewer means a file cut short


def _edition(years: list[int], name: str) -> str:
    if max(years, default=0) in REVISIONS:
        return REVISIONS[max(years)]
    raise DeliveryRefused(
        "{name} is of no revision of the migrant stock that guzar knows.",
        where="{name}, last reference year {year}",
        expected="the 2019 revision (last year 2019) or the 2020 revision (last year 2020)",
        do="Name the date of publication with --edition.",
        name=name, year=max(years, default=0),
    )


def _is_tidy(delivery: Delivery) -> bool:
    return set(TIDY) <= set(_tidy_columns(delivery))


def _tidy_columns(delivery: Delivery) -> list[str]:
    if delivery.content[:4] == b"PAR1":
        return _open_parquet(delivery).columns
    return delivery.content[:200].decode("latin-1").splitlines()[0].strip().split(",")


def _open_parquet(delivery: Delivery) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(delivery.content))
    except (pl.exceptions.ComputeError, OSError):
        raise DeliveryRefused(
            "{name} is cut short or damaged.", where="{name}", expected="a complete Parquet file",
            do="Fetch the file again and compare its size with the publisher's.", name=delivery.name,
        ) from None


def read_tidy(delivery: Delivery) -> Reading:
    """The table origin × destination × sex × year: one row per non-empty cell, persons."""
    table = _open_parquet(delivery)
    years = sorted(table["year"].unique().to_list())
    candidates = table.with_row_index("row", offset=1).select(
        series=pl.lit("stock_by_origin_destination"),
        reported_area=pl.col("dest"),
        reported_counterpart=pl.col("orig"),
        reported_sex=pl.col("sex"),
        reported_period=pl.col("year").cast(pl.String),
        reported_value=pl.col("stock").cast(pl.String),
        value=pl.col("stock").cast(pl.Float64),
        place=pl.format("row {}", "row"),
    )
    return Reading(_edition(years, delivery.name), {"published_figures": candidates})


def _is_workbook(delivery: Delivery) -> bool:
    return {"Table 1", "Table 6"} <= set(sheet_names(delivery))


def read_workbook(delivery: Delivery) -> Reading:
    """The workbook by destination and sex: stock, population, share of women, refugees."""
    parts, data_types = [], {}
    for sheet, (series, blocks) in TABLES.items():
        grid = read_sheet(delivery, sheet)
        header = find_header(grid, ["1990", "1995", "2015"], delivery)
        parts += [_read_block(grid, header, series, sex, block) for block, sex in enumerate(blocks)]
    candidates = pl.concat(parts)
    years = [int(period) for period in candidates["reported_period"].unique()]
    return Reading(_edition(years, delivery.name), {"published_figures": candidates}, details=data_types)


def _read_block(grid: Grid, header: int, series: str, sex: str, block: int) -> pl.DataFrame:
    """One of the side-by-side blocks (both sexes, male, female) of a sheet."""
    labels = grid.cells(header)
    years = [i for i, label in enumerate(labels) if re.fullmatch(r"\d{4}", label)]
    size = len({labels[i] for i in years})
    columns = [str(i) for i in years[block * size : (block + 1) * size]]
    code = next(i for i in range(years[0]) if _is_code_column(grid, header, i))
    long = unpivot(grid, header, keep={"reported_area": str(code)}, values=columns)
    listed = pl.col("reported_area").str.contains(r"^\d+$")
    return long.filter(listed).select(
        series=pl.lit(series),
        reported_area="reported_area",
        reported_counterpart=pl.lit(None, pl.String),
        reported_sex=pl.lit(sex),
        reported_period="label",
        reported_value="reported_value",
        value="value",
        place="place",
    )


def _is_code_column(grid: Grid, header: int, column: int) -> bool:
    """The column that holds M49 codes: 900 for the world, 643 for Russia."""
    cells = set(grid.text.filter(pl.col("row") > header)[str(column)].drop_nulls())
    return {"900", "643", "860"} <= cells


LAYOUTS = (
    Layout("tidy", SOURCE, "tidy table with the columns year, sex, orig, dest, stock", _is_tidy, read_tidy),
    Layout("workbook", SOURCE, "workbook by destination and sex with the sheets Table 1 to Table 6", _is_workbook, read_workbook),
)
