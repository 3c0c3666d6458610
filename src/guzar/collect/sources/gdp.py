"""Gross domestic product, growth, deflator and exchange rate 1960-2023, compiled from several publishers.

In: a text with one row per territory and year and one column per series. Out: PublishedFigures. The compiler
filled gaps of small territories, so that not every cell is official; the definitions say so.
Source: mostly World Bank, World Development Indicators; also IMF, UNCTAD, Maddison; compiled by Gaskin and
Abel (2025), Deep learning four decades of human migration, arXiv:2506.22821.
"""

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW, column_of, find_header, read_text, unpivot
from guzar.collect.headers import encoding_of, first_row, require_ended, require_full_rows, require_rows
from guzar.define.definitions import definitions

SOURCE = "gdp"
YEAR, AREA = "Year", "Country ISO"
FEWEST_TERRITORIES = 200  # the compilation holds 231
EDITIONS = {"2023": "2025"}  # the compilation up to 2023 came out with the preprint of June 2025


def _series() -> list[str]:
    return [d.series for d in definitions().values() if d.source == SOURCE and d.series]


def _is_panel(delivery: Delivery) -> bool:
    return {YEAR, AREA, "GDP (current USD)"} <= set(first_row(delivery))


def read_panel(delivery: Delivery) -> Reading:
    """One row per territory and year, eight series; an empty cell is a gap that nobody filled."""
    grid = read_text(delivery, encoding=encoding_of(delivery))
    header = find_header(grid, [YEAR, AREA, *_series()], delivery, within=1)
    require_ended(delivery)
    require_full_rows(grid, header, delivery)
    keep = {"reported_period": column_of(grid, header, YEAR), "reported_area": column_of(grid, header, AREA)}
    values = [column_of(grid, header, series) for series in _series()]
    candidates = unpivot(grid, header, keep=keep, values=values).rename({"label": "series"})
    require_rows(candidates["reported_area"].n_unique(), FEWEST_TERRITORIES, delivery)
    years = grid.text.filter(pl.col(ROW) > header)[keep["reported_period"]]
    return Reading(EDITIONS.get(str(years.max())), {"published_figures": candidates})


LAYOUTS = (
    Layout(
        "panel",
        SOURCE,
        "text panel with Year, Country ISO and one column per series of GDP",
        _is_panel,
        read_panel,
    ),
)
