"""Files of cells and totals → the nearest table that has the totals, and how near it came."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.fitting.margins import FittedCells
from guzar.analyse.fitting.net_totals import FittedNet
from guzar.analyse.fitting.tables import (
    AREA,
    ENTROPY,
    NEARNESS,
    NET,
    PERSONS,
    cells_of_margins,
    fit_cells,
    fit_net_cells,
    without_stayers,
)
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

AskedMargin = tuple[tuple[str, ...], Path]


def fit_margins_of_files(
    table: Path | None, margins: Sequence[AskedMargin], *, no_diagonal: bool = False
) -> tuple[pl.DataFrame, FittedCells]:
    """The table with the margins of the other files; without a table one in which every combination of codes is alike.

    With `no_diagonal` nobody moves from an area to itself. Raises SettingsInvalid, TableInvalid, MethodNotApplicable.
    """
    totals = [(names, read_numbers(file, [PERSONS])) for names, file in margins]
    cells = cells_of_margins(totals) if table is None else read_numbers(table, [PERSONS])
    return fit_cells(without_stayers(cells) if no_diagonal else cells, totals)


def fit_net_of_files(
    table: Path, net: Path, total: float | None, nearness: str = ENTROPY
) -> tuple[pl.DataFrame, FittedNet]:
    """The table with the net totals of another file. Raises SettingsInvalid, TableInvalid, MethodNotApplicable."""
    return fit_net_cells(read_numbers(table, [PERSONS]), read_numbers(net, [NET]), total, nearness)


def about_fitted(
    command: str,
    table: Path | None,
    given: Mapping[str, str],
    fitted: FittedCells | FittedNet,
    nearness: str = ENTROPY,
) -> dict[str, Any]:
    """What a fitted table rests on, and its largest errors in persons."""
    errors = fitted.errors if isinstance(fitted, FittedCells) else {AREA: fitted.error}
    return {
        "made_by": f"guzar {command}",
        "fitted_from": None if table is None else table.name,
        "cells_are": "independence between the totals, not observed moves" if table is None else "fitted",
        "totals": dict(given),
        "nearest_by": NEARNESS[nearness],
        "largest_errors_persons": dict(errors),
    }


def tell_fitted(out: Path, about: Mapping[str, Any]) -> None:
    """Write down beside a fitted table what it rests on."""
    write_about(out, about)
