"""Files of cells and totals → the nearest table that has the totals, and how near it came."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.fitting.margins import FittedCells
from guzar.analyse.fitting.net_totals import FittedNet
from guzar.analyse.fitting.tables import AREA, NET, PERSONS, fit_cells, fit_net_cells
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

AskedMargin = tuple[tuple[str, ...], Path]


def fit_margins_of_files(table: Path, margins: Sequence[AskedMargin]) -> tuple[pl.DataFrame, FittedCells]:
    """The table with the margins of the other files. Raises SettingsInvalid, TableInvalid, MethodNotApplicable."""
    cells = read_numbers(table, [PERSONS])
    return fit_cells(cells, [(names, read_numbers(file, [PERSONS])) for names, file in margins])


def fit_net_of_files(table: Path, net: Path, total: float | None) -> tuple[pl.DataFrame, FittedNet]:
    """The table with the net totals of another file. Raises SettingsInvalid, TableInvalid, MethodNotApplicable."""
    return fit_net_cells(read_numbers(table, [PERSONS]), read_numbers(net, [NET]), total)


def about_fitted(
    command: str, table: Path, given: Mapping[str, str], fitted: FittedCells | FittedNet
) -> dict[str, Any]:
    """What a fitted table rests on, and its largest errors in persons."""
    errors = fitted.errors if isinstance(fitted, FittedCells) else {AREA: fitted.error}
    return {
        "made_by": f"guzar {command}",
        "fitted_from": table.name,
        "totals": dict(given),
        "nearest_by": "relative entropy",
        "largest_errors_persons": dict(errors),
    }


def tell_fitted(out: Path, about: Mapping[str, Any]) -> None:
    """Write down beside a fitted table what it rests on."""
    write_about(out, about)
