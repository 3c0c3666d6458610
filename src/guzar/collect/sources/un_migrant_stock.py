"""UN DESA International Migrant Stock, 2019 and 2020 revisions: workbook as published, tidy, wide and total tables.

In: the workbook by destination and sex (Tables 1, 2, 4 and 6); the tidy table by origin, destination and sex
(Parquet or CSV); the wide table with one column per origin; or the table of totals by destination. Out:
PublishedFigures. What a destination counts (the foreign-born, foreign citizens, or nothing at all: imputed) is
the publisher's “type of data”; each type is a series of its own, so that birth and citizenship are never added.
Source: United Nations, DESA, Population Division, POP/DB/MIG/Stock/Rev.2019 and Rev.2020.
"""

import re

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW, Grid, find_header, read_sheet, sheet_names, unpivot
from guzar.collect.headers import encoding_of, first_row
from guzar.collect.tables import PARQUET, open_parquet, open_table, open_text_table
from guzar.define.codelist import read_codelist
from guzar.errors import DeliveryRefused

SOURCE = "un_migrant_stock"
REVISIONS = {2019: "2019-08", 2020: "2020-12"}  # the last reference year tells the revision
TIDY = ["year", "sex", "orig", "dest", "stock"]
TOTALS = ["Area", "Code", "Year", "Stock"]
WIDE = ["Year", "Dest"]
BLOCKS = ("total", "male", "female")  # in this order from left to right
TABLES = {
    "Table 1": ("stock_by_destination", BLOCKS),
    "Table 2": ("total_population", BLOCKS),
    "Table 4": ("female_percent_by_destination", ("female",)),
    "Table 6": ("refugees_and_asylum_seekers", ("total",)),
}
TYPED = ("Table 1", "Table 4")  # what these count depends on the destination's type of data
# R (refugees added) changes no concept and is left out of the key.
TYPES = {
    "": "",
    "B": "",
    "C": "_citizenship",
    "CB": "_birth_and_citizenship",
    "BC": "_birth_and_citizenship",
    "I": "_imputed",
}
FEWEST_DESTINATIONS = 200  # every revision lists more than 225; fewer means a file cut short


def read_tidy(delivery: Delivery) -> Reading:
    """The table origin × destination × sex × year: one row per non-empty cell, persons."""
    table = open_table(delivery)
    number = (
        pl.col("stock").cast(pl.Float64) if table["stock"].dtype.is_numeric() else pl.lit(None, pl.Float64)
    )
    candidates = table.with_row_index(ROW, offset=1).select(
        series=pl.lit("stock_by_origin_destination"),
        reported_area=pl.col("dest").cast(pl.String),
        reported_counterpart=pl.col("orig").cast(pl.String),
        reported_sex=pl.col("sex").cast(pl.String),
        reported_period=pl.col("year").cast(pl.String),
        reported_value=pl.col("stock").cast(pl.String),
        value=number,
        place=pl.format("row {}", ROW),
    )
    return _reading(candidates, delivery)


def read_wide(delivery: Delivery) -> Reading:
    """The table destination × year with one column per country of origin, persons, both sexes.

    A series of its own: for Canada in 2015 and 2019 it holds other numbers than the tidy table of its revision.
    """
    table = open_text_table(delivery).with_row_index(ROW, offset=2)
    origins = [name for name in table.columns if name not in (ROW, *WIDE)]
    long = table.unpivot(origins, index=[ROW, *WIDE], variable_name="origin", value_name="reported_value")
    candidates = long.select(
        series=pl.lit("stock_by_origin_destination_wide"),
        reported_area="Dest",
        reported_counterpart="origin",
        reported_sex=pl.lit("total"),
        reported_period="Year",
        reported_value="reported_value",
        value=pl.lit(None, pl.Float64),
        place=pl.format("row {}, column {}", ROW, "origin"),
    )
    return _reading(candidates, delivery)


def read_totals(delivery: Delivery) -> Reading:
    """The table of totals by destination and year (Latin-1 or UTF-8), persons, regions and world included."""
    table = open_text_table(delivery, encoding=encoding_of(delivery, "latin-1")).with_row_index(ROW, offset=2)
    edition = _edition(table["Year"], delivery)
    types = (
        read_codelist("stock_data_types")
        .filter(pl.col("edition") == edition)
        .select(Code="m49", type="data_type")
    )
    candidates = table.join(types, on="Code", how="left", maintain_order="left").select(
        series=pl.concat_str(pl.lit("stock_by_destination"), _suffix()),
        reported_area="Code",
        reported_counterpart=pl.lit(None, pl.String),
        reported_sex=pl.lit("total"),
        reported_period="Year",
        reported_value="Stock",
        value=pl.lit(None, pl.Float64),
        place=pl.format("row {}", ROW),
    )
    return _reading(candidates, delivery)


def read_workbook(delivery: Delivery) -> Reading:
    """The workbook by destination and sex: stock, population, share of women, refugees."""
    parts: list[pl.DataFrame] = []
    details: dict[str, str] = {}
    notes: list[str] = []
    for sheet, (series, blocks) in TABLES.items():
        grid = read_sheet(delivery, sheet)
        header = find_header(grid, ["1990", "1995", "2015"], delivery)
        years = _year_columns(grid, header, len(BLOCKS) if len(blocks) > 1 else 1, delivery)
        code = _labelled_column(grid, header, "code", ("900", "643", "860"), delivery)
        kind = (
            _labelled_column(grid, header, "type of data", ("B", "C"), delivery) if sheet in TYPED else None
        )
        parts += [
            _read_block(grid, header, series, sex, years[block], code, kind)
            for block, sex in enumerate(blocks)
        ]
        if kind:
            details |= {f"type_of_data {name}": areas for name, areas in _types(grid, code, kind).items()}
        notes += [
            f"{sheet}: row without area code: {label}" for label in _rows_without_code(grid, header, code)
        ]
    untaken = [
        sheet for sheet in sheet_names(delivery) if re.fullmatch(r"Table \d+", sheet) and sheet not in TABLES
    ]
    notes += [f"{sheet}: not taken, derived from the other tables" for sheet in untaken]
    return _reading(pl.concat(parts), delivery, notes=tuple(notes), details=details)


def _reading(candidates: pl.DataFrame, delivery: Delivery, **further: object) -> Reading:
    """The candidate rows as a reading; refused where the year or the destinations show that the file was cut."""
    edition = _edition(candidates["reported_period"], delivery)
    stock = candidates.filter(pl.col("series").str.starts_with("stock_by"))
    fewest = stock.group_by("reported_period").agg(pl.col("reported_area").n_unique()).sort("reported_area")
    if not fewest.height or fewest["reported_area"][0] < FEWEST_DESTINATIONS:
        raise DeliveryRefused(
            "{name} is cut short: it lists too few destinations.",
            where="{name}, year {year}: {found} destinations",
            expected="at least {fewest} destinations in every year",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
            year=fewest["reported_period"][0] if fewest.height else "-",
            found=fewest["reported_area"][0] if fewest.height else 0,
            fewest=FEWEST_DESTINATIONS,
        )
    return Reading(edition, {"published_figures": candidates}, **further)  # type: ignore[arg-type]


def _edition(years: pl.Series, delivery: Delivery) -> str:
    last = years.cast(pl.String).str.extract(r"^(\d{4})$").cast(pl.Int32).max()
    if last in REVISIONS:
        return REVISIONS[int(last)]  # type: ignore[arg-type]
    raise DeliveryRefused(
        "{name} is of no revision of the migrant stock that guzar knows.",
        where="{name}, last reference year {year}",
        expected="the 2019 revision (last year 2019) or the 2020 revision (last year 2020)",
        do="Fetch the file again, whole and unchanged, from the publisher.",
        name=delivery.name,
        year=last or "-",
    )


def _suffix() -> pl.Expr:
    """The ending of the series for a type of data; a type that guzar does not know makes an unknown series."""
    return (
        pl.col("type")
        .fill_null("")
        .str.replace_all(r"[R\s]", "")
        .replace_strict(TYPES, default="_unknown_type")
    )


def _year_columns(grid: Grid, header: int, blocks: int, delivery: Delivery) -> list[list[str]]:
    """The columns of each side-by-side block; refused where the blocks do not show the same years above cells."""
    labels = grid.cells(header)
    columns = [i for i, label in enumerate(labels) if re.fullmatch(r"\d{4}", label)]
    size = len({labels[i] for i in columns})
    found = [columns[i : i + size] for i in range(0, len(columns), size)][:blocks]
    below = grid.text.filter(pl.col(ROW) > header)
    empty = [i for i in columns if below[str(i)].is_null().all()]
    if len({tuple(labels[i] for i in block) for block in found}) == 1 and len(found) == blocks and not empty:
        return [[str(i) for i in block] for block in found]
    raise DeliveryRefused(
        "{name} has a year too few or too many in its header, or years above empty columns.",
        where="{name}, {sheet}, row {row}",
        expected="the same years for both sexes, men and women, each above its cells",
        do="Fetch the file again, unchanged, from the publisher.",
        name=delivery.name,
        sheet=grid.sheet,
        row=header,
    )


def _labelled_column(grid: Grid, header: int, label: str, cells: tuple[str, ...], delivery: Delivery) -> str:
    """The column that holds these cells, with the label above it; refused where label and cells stand apart."""
    above = grid.text.filter(pl.col(ROW).is_between(header - 1, header))
    below = grid.text.filter(pl.col(ROW) > header)
    for column in map(str, range(grid.width)):
        holds_label = above[column].fill_null("").str.to_lowercase().str.contains(label, literal=True).any()
        if holds_label and set(cells) <= set(below[column].str.strip_chars().drop_nulls()):
            return column
    raise DeliveryRefused(
        "The labels of {name} do not stand above their columns.",
        where="{name}, {sheet}, row {row}",
        expected="a column labelled “{label}” that holds {cells}",
        do="Fetch the file again, unchanged, from the publisher.",
        name=delivery.name,
        sheet=grid.sheet,
        row=header,
        label=label,
        cells=", ".join(cells),
    )


def _read_block(
    grid: Grid, header: int, series: str, sex: str, columns: list[str], code: str, kind: str | None
) -> pl.DataFrame:
    """One of the side-by-side blocks (both sexes, male, female) of a sheet."""
    keep = {"reported_area": code} | ({"type": kind} if kind else {})
    long = unpivot(grid, header, keep=keep, values=columns).filter(pl.col("reported_area").is_not_null())
    return long.select(
        series=pl.concat_str(pl.lit(series), _suffix()) if kind else pl.lit(series),
        reported_area=pl.col("reported_area").str.strip_chars(),
        reported_counterpart=pl.lit(None, pl.String),
        reported_sex=pl.lit(sex),
        reported_period="label",
        reported_value="reported_value",
        value="value",
        place="place",
    )


def _rows_without_code(grid: Grid, header: int, code: str) -> list[str]:
    """Labels of rows that head a group of areas and hold no area of their own."""
    below = grid.text.filter((pl.col(ROW) > header) & pl.col(code).is_null())
    filled = below.select(label=pl.coalesce(*map(str, range(grid.width)))).drop_nulls()
    return [str(label).strip() for label in filled["label"]]


def _types(grid: Grid, code: str, kind: str) -> dict[str, str]:
    """M49 codes of the destinations by type of data, for the receipt."""
    listed = grid.text.select(
        type=pl.col(kind).str.replace_all(r"\s+", " ").str.strip_chars(), code=pl.col(code)
    )
    listed = listed.filter(pl.col("code").str.contains(r"^\d+$") & (pl.col("type") != ""))
    by_type = listed.group_by("type", maintain_order=True).agg("code").sort("type")
    return {name: " ".join(codes) for name, codes in by_type.iter_rows()}


def _is_tidy(delivery: Delivery) -> bool:
    columns = open_parquet(delivery).columns if delivery.content[:4] == PARQUET else first_row(delivery)
    return set(TIDY) <= set(columns)


def _is_wide(delivery: Delivery) -> bool:
    return first_row(delivery)[:2] == WIDE


def _is_totals(delivery: Delivery) -> bool:
    return set(TOTALS) <= set(first_row(delivery))


def _is_workbook(delivery: Delivery) -> bool:
    return {"Table 1", "Table 6"} <= set(sheet_names(delivery))


LAYOUTS = (
    Layout("tidy", SOURCE, "tidy table with the columns year, sex, orig, dest, stock", _is_tidy, read_tidy),
    Layout(
        "wide", SOURCE, "table with the columns Year, Dest and one column per origin", _is_wide, read_wide
    ),
    Layout("totals", SOURCE, "table with the columns Area, Code, Year, Stock", _is_totals, read_totals),
    Layout(
        "workbook",
        SOURCE,
        "workbook by destination and sex with the sheets Table 1 to Table 6",
        _is_workbook,
        read_workbook,
    ),
)
