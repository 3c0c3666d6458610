"""Tables of cells and of totals in rows → what the fitting engines read, and back.

Margins that share dimensions must agree on them, not only in their sums; where they do not, the first place is named.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import polars as pl

from guzar.analyse.fitting.margins import SAME_TOTAL, FittedCells, Margin, fit_margins
from guzar.analyse.fitting.net_totals import FittedNet, Numbers, fit_net, fit_net_absolute, fit_net_squares
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid

PERSONS, ORIGIN, DESTINATION, AREA, NET = "persons", "origin", "destination", "area", "net"
ENTROPY, ABSOLUTE, SQUARES = "entropy", "absolute", "squares"
NEARNESS = {
    ENTROPY: "relative entropy",
    ABSOLUTE: "the sum of absolute changes",
    SQUARES: "the sum of squared changes",
}
NO_TOTAL: dict[str, Callable[[Numbers, Numbers, Sequence[str]], FittedNet]] = {
    ABSOLUTE: fit_net_absolute,
    SQUARES: fit_net_squares,
}
OF_PERSONS = (
    "persons", "births", "deaths", "population", "population_start", "population_end", "migrants", "immigrations", "emigrations"
)  # fmt: skip
MOST = 1e15  # persons; above, numbers no longer tell one person from another
Totals = tuple[tuple[str, ...], pl.DataFrame]  # dimensions, and a table of these and persons


def fit_cells(cells: pl.DataFrame, margins: Sequence[Totals]) -> tuple[pl.DataFrame, FittedCells]:
    """The cells (dimensions and persons) that are nearest to those given and have all margins; zeros stay zeros.

    Raises TableInvalid for tables that are none, MethodNotApplicable where margins disagree or no cells can have them.
    """
    dimensions = [name for name in cells.columns if name != PERSONS]
    check_cells(cells, dimensions)
    for names, totals in margins:
        _check_margin(names, totals, dimensions)
    for (names, totals), (others, more) in combinations(margins, 2):
        _require_agreement(names, totals, others, more)
    fitted = fit_margins(
        cells[PERSONS].to_numpy(), [_margin(cells, names, totals) for names, totals in margins]
    )
    emptied = {",".join(names): _emptied(cells, names, totals) for names, totals in margins}
    fitted = replace(fitted, emptied={name: codes for name, codes in emptied.items() if codes[0]})
    return cells.with_columns(pl.Series(PERSONS, fitted.cells)), fitted


def _emptied(cells: pl.DataFrame, names: tuple[str, ...], totals: pl.DataFrame) -> tuple[list[str], float]:
    """Codes with persons that a margin does not name, and their persons: the fit leaves nobody there."""
    lost = cells.filter(pl.col(PERSONS) > 0).join(totals, on=names, how="anti")
    codes = lost.select(names).unique().sort(names)
    return [" ".join(str(each) for each in row) for row in codes.iter_rows()], float(lost[PERSONS].sum())


def cells_of_margins(margins: Sequence[Totals]) -> pl.DataFrame:
    """Every combination of the codes of margins with 1 person: a table that says nothing, for fits without one.

    Raises TableInvalid for margins that are no tables.
    """
    codes: dict[str, set[str]] = {}
    for names, totals in margins:
        check_cells(totals, names)
        for name in names:
            codes.setdefault(name, set()).update(totals[name])
    rows = list(product(*(sorted(each) for each in codes.values())))
    cells = pl.DataFrame(rows, schema=dict.fromkeys(codes, pl.String), orient="row")
    return cells.with_columns(pl.lit(1.0).alias(PERSONS))


def without_stayers(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells between different areas: nobody moves from an area to itself. Raises TableInvalid without both columns."""
    missing = [name for name in (ORIGIN, DESTINATION) if name not in cells.columns]
    if missing:
        raise TableInvalid(
            "Without the columns {missing} nobody can tell which cells are moves inside an area.",
            expected="columns origin and destination",
            do="Rename the columns, or leave --no-diagonal out.",
            missing=", ".join(missing),
        )
    return cells.filter(pl.col(ORIGIN) != pl.col(DESTINATION))


def check_cells(
    cells: pl.DataFrame, dimensions: Sequence[str], value: str = PERSONS, *, least: float | None = None
) -> None:
    """Refuse what is no table of numbers by codes: missing columns, empty or repeated codes, numbers below the least.

    Persons are 0 or more; what else is counted has no least number unless one is given.
    """
    lowest = 0.0 if value == PERSONS else least
    missing = [name for name in (*dimensions, value) if name not in cells.columns]
    if missing or not dimensions:
        raise TableInvalid(
            "Columns missing: {missing}.",
            expected="{wanted}",
            do="Add or rename the columns.",
            missing=", ".join(missing) or "-",
            wanted=", ".join((*dimensions, value)),
        )
    is_wrong = pl.col(value).is_null() | ~pl.col(value).is_finite()
    wrong = cells.filter(is_wrong if lowest is None else is_wrong | (pl.col(value) < lowest))
    if len(wrong):
        raise TableInvalid(
            "Cells of the column {column} that hold no number of persons: {count}."
            if value in OF_PERSONS
            else "Cells of the column {column} that hold no number that can be used: {count}.",
            where="the first: {cell}",
            expected="finite numbers; an empty cell is not 0"
            if lowest is None
            else "finite numbers, {least:g} or more; an empty cell is not 0",
            do="Correct them, write 0 where nobody lives, or leave out the row."
            if value in OF_PERSONS
            else "Correct these cells, or leave out the row.",
            column=value,
            least=lowest or 0.0,
            count=len(wrong),
            cell=_first(wrong, dimensions),
        )
    is_count = lowest is not None or value == NET
    _require_countable(
        cells.filter(pl.col(value).abs() > MOST) if is_count else cells.clear(), dimensions, value
    )
    empty = cells.filter(pl.any_horizontal(pl.col(dimensions).is_null()))
    twice = cells.filter(cells.select(dimensions).is_duplicated())
    for rows, what in (
        (empty, "Cells without a code: {count}."),
        (twice, "Cells that stand more than once: {count}."),
    ):
        if len(rows):
            raise TableInvalid(
                what,
                where="the first: {cell}",
                expected="one row for each {keys}",
                do="Add up or leave out these rows.",
                count=len(rows),
                cell=_first(rows, dimensions),
                keys=", ".join(dimensions),
            )


def _require_countable(many: pl.DataFrame, dimensions: Sequence[str], value: str) -> None:
    if len(many):
        raise TableInvalid(
            "Cells of the column {column} that hold more than can be counted: {count}.",
            where="the first: {cell}",
            expected="numbers of at most {most:.0e}",
            do="Check the unit and the decimal sign.",
            column=value,
            count=len(many),
            cell=_first(many, dimensions),
            most=MOST,
        )


def _check_margin(names: tuple[str, ...], totals: pl.DataFrame, dimensions: Sequence[str]) -> None:
    unknown = [name for name in names if name not in dimensions]
    if unknown:
        raise TableInvalid(
            "The table has no column {unknown}.",
            expected="one of {dimensions}",
            do="Name dimensions of the table after --margin.",
            unknown=", ".join(unknown),
            dimensions=", ".join(dimensions),
        )
    check_cells(totals, names)


def _require_agreement(
    names: tuple[str, ...], totals: pl.DataFrame, others: tuple[str, ...], more: pl.DataFrame
) -> None:
    """The sums of both margins over what they share, every one of them."""
    shared = [name for name in names if name in others]
    sums = [
        (table.group_by(shared) if shared else table.with_columns(all=pl.lit("all")).group_by("all")).agg(
            pl.col(PERSONS).sum()
        )
        for table in (totals, more)
    ]
    keys = shared or ["all"]
    both = (
        sums[0].join(sums[1], on=keys, how="full", coalesce=True, suffix="_other").fill_null(0.0).sort(keys)
    )
    apart = (pl.col(PERSONS) - pl.col(PERSONS + "_other")).abs()
    whole = float(max(sums[0][PERSONS].sum(), 1e-300))
    wrong = both.filter(apart > SAME_TOTAL * whole)
    if len(wrong):
        first = wrong.row(0, named=True)
        raise MethodNotApplicable(
            "Margins {one} and {two} disagree at {place}: {first:,.12g} and {second:,.12g} persons; places that differ: {count}."
            if shared
            else "Margins {one} and {two} have different sums: {first:,.12g} and {second:,.12g} persons.",
            expected="margins that add up to the same totals over what they share",
            do="Find out which of the two is right; guzar does not change a scale without being asked.",
            one=", ".join(names),
            two=", ".join(others),
            place=" ".join(str(first[key]) for key in keys),
            first=first[PERSONS],
            second=first[PERSONS + "_other"],
            count=len(wrong),
        )


def _margin(cells: pl.DataFrame, names: tuple[str, ...], totals: pl.DataFrame) -> Margin:
    """Groups of cells by the codes of a margin; what the margin does not name must be empty, and is asked to be."""
    groups = (
        pl.concat([totals.select(names), cells.select(names)])
        .unique(maintain_order=True)
        .with_row_index("group")
    )
    group = (
        cells.select(names).join(groups, on=names, maintain_order="left")["group"].to_numpy().astype(np.int64)
    )
    wanted = groups.join(totals, on=names, how="left", maintain_order="left")[PERSONS].fill_null(0.0)
    words = [" ".join(str(each) for each in row) for row in groups.select(names).iter_rows()]
    return Margin(group, wanted.to_numpy(), ", ".join(names), words)


def fit_net_cells(
    cells: pl.DataFrame, nets: pl.DataFrame, total: float | None = None, nearness: str = ENTROPY
) -> tuple[pl.DataFrame, FittedNet]:
    """The moves (origin, destination, persons) nearest to those given in which every area has its net total (area, net).

    Nearest by relative entropy, or by absolute or squared changes, which take no `total`. Raises SettingsInvalid for another
    nearness, TableInvalid and MethodNotApplicable, as `fit_cells`.
    """
    _check_nearness(nearness, total)
    check_total(total)
    check_cells(cells, (ORIGIN, DESTINATION))
    check_cells(nets, (AREA,), NET)
    areas = sorted(set(nets[AREA]))
    unknown = sorted((set(cells[ORIGIN]) | set(cells[DESTINATION])) - set(areas))
    if unknown:
        raise TableInvalid(
            "Areas of the table that have no net total: {areas}.",
            expected="a row area,net for each of them",
            do="Add them, with 0 where as many come as go.",
            areas=", ".join(unknown[:8]),
        )
    place = {area: at for at, area in enumerate(areas)}
    i, j = (np.array([place[each] for each in cells[name]]) for name in (ORIGIN, DESTINATION))
    table = np.zeros((len(areas), len(areas)))
    table[i, j] = cells[PERSONS].to_numpy()
    net = nets.sort(AREA)[NET].to_numpy().astype(np.float64)
    fitted = (
        NO_TOTAL[nearness](table, net, areas) if nearness in NO_TOTAL else fit_net(table, net, areas, total)
    )
    return cells.with_columns(pl.Series(PERSONS, fitted.table[i, j])), fitted


def _check_nearness(nearness: str, total: float | None) -> None:
    if nearness not in NEARNESS:
        raise SettingsInvalid(
            "{option} {value} is not known.",
            expected="one of {known}",
            do="Choose one of them.",
            option="--nearness",
            value=nearness,
            known=", ".join(NEARNESS),
        )
    if total is not None and nearness != ENTROPY:
        raise SettingsInvalid(
            "A total of all moves goes with --nearness entropy only.",
            expected="--total, or another --nearness",
            do="Leave one of the two out.",
        )


def check_total(total: float | None) -> None:
    """Refuse a total of all moves that is no number of persons."""
    if total is not None and not 0 <= total <= MOST:
        raise SettingsInvalid(
            "--total {total} is no number of persons.",
            expected="0 or more, and at most {most:.0e}",
            do="Correct the number after --total.",
            total=total,
            most=MOST,
        )


def _first(rows: pl.DataFrame, keys: Sequence[str]) -> str:
    return " ".join(str(each) for each in rows.select(keys).row(0))
