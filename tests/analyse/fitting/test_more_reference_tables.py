"""Other reference cases: margins of two and three dimensions, blocks, stripes, stayers, net totals with a grand total."""

from pathlib import Path

import numpy as np
import pytest
from tests.analyse.reference_files import Numbers, cube, missed, named, square

from guzar.analyse.fitting.margins import Margin, fit_margins, fit_table
from guzar.analyse.fitting.net_totals import fit_net
from guzar.analyse.fitting.partitions import margin_of_parts, number_blocks, number_stripes, sum_parts
from guzar.analyse.stock_flows.likely_moves import move_likely

SIZES = (2, 3, 4, 2)  # regions of areas
BLOCK_ROWS = (30, 20, 30, 10, 20, 5, 0, 10, 5, 5, 5, 10)
BLOCK_COLUMNS = (45, 10, 10, 5, 5, 10, 50, 5, 10, 0, 0, 0)
BLOCKS = ((0, 0, 50, 0), (35, 0, 25, 0), (10, 10, 0, 0), (10, 10, 0, 0))
STRIPE_ROWS = (85, 70, 35, 30, 60, 55, 65)
STRIPES = (15, 20, 50, 35, 10, 25, 5, 0, 30, 10, 10, 10, 30, 30, 0, 15, 30, 10, 35, 25, 5)


def _more(shared: Path, case: str) -> Path:
    return shared / "golden" / "flow-estimation" / "more_examples" / case


def _margin(group: Numbers, totals: object, name: str) -> Margin:
    wanted = np.asarray(totals, dtype=np.float64).ravel()
    return margin_of_parts(group.astype(np.int64), wanted, name, [str(at) for at in range(len(wanted))])


@pytest.mark.parametrize("case", ["three", "four", "rand50"])
def test_row_and_column_totals(shared: Path, case: str) -> None:
    """cm2: two margins of a table. Where the peer stops farther from its totals than the tolerance, so far from ours."""
    folder = _more(shared, f"cm2/{case}")
    names, table = square(folder / "in_m.csv")
    rows, columns = named(folder / "in_row_tot.csv"), named(folder / "in_col_tot.csv")
    found, error = fit_table(table, rows, columns, (names, names))
    wanted = square(folder / "out_n.csv")[1]
    assert found == pytest.approx(wanted, abs=max(1e-4, missed(wanted, rows, columns)))
    assert error <= 1e-10 * rows.sum()
    factors = named(folder / "out_theta.csv")
    assert found == pytest.approx(table * np.outer(factors[: len(rows)], factors[len(rows) :]), rel=1e-5)


@pytest.mark.parametrize("case", ["two", "three"])
def test_types_of_moves(shared: Path, case: str) -> None:
    """cm3: margins of origins and destinations, types as they are. The call `three` gives three totals to two areas, of which the
    peer meets some: its own totals give its own table, so the interactions are checked there."""
    folder = _more(shared, f"cm3/{case}")
    size = (2, 2, 2 if case == "two" else 3)
    table, wanted = (cube(folder / file, "type", size) for file in ("in_m.csv", "out_n.csv"))
    totals = [named(folder / f"in_{name}_tot.csv") for name in ("row", "col")]
    if case == "three":
        totals = [wanted.sum(axis=(1, 2)), wanted.sum(axis=(0, 2))]
    origin, destination, _ = np.indices(size)
    found = fit_margins(
        table.ravel(), [_margin(origin, totals[0], "origin"), _margin(destination, totals[1], "destination")]
    )
    assert found.cells.reshape(size) == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("case", ["ex1", "ex2", "ex3", "rand5"])
def test_net_totals_and_all_moves(shared: Path, case: str) -> None:
    """cm_net_tot: the peer scales the diagonal too, ours stays; so its moves off the diagonal are the total."""
    folder = _more(shared, f"cm_net_tot/{case}")
    names, table = square(folder / "in_m.csv")
    _, wanted = square(folder / "out_n.csv")
    total = named(folder / "in_tot.csv")[0]
    assert wanted.sum() == pytest.approx(total, abs=1e-2)
    off = ~np.eye(len(table), dtype=bool)
    found = fit_net(table, named(folder / "in_net_tot.csv"), names, total - np.trace(wanted))
    assert found.table[off] == pytest.approx(wanted[off], abs=1e-3, rel=1e-6)
    assert np.diag(found.table) == pytest.approx(np.diag(table))


def test_blocks_and_stripes_have_numbers(shared: Path) -> None:
    """block_matrix, stripe_matrix, block_sum: the peer counts blocks down columns, from 1."""
    folder = _more(shared, "block_matrix/examples")
    for file, sizes in (("out_1", SIZES), ("out_2", (*SIZES, 1))):
        theirs = square(folder / f"{file}.csv")[1].astype(int) - 1
        row, column = np.divmod(number_blocks(sizes), len(sizes))
        assert (column * len(sizes) + row == theirs).all()
    assert (number_stripes(SIZES) == square(folder / "out_stripe.csv")[1].astype(int) - 1).all()
    table = np.arange(100.0, 221.0).reshape(11, 11).T
    sums = sum_parts(table, number_blocks(SIZES)).reshape(4, 4).T.ravel()
    assert sums == pytest.approx(named(folder / "out_block_sum.csv"), rel=1e-9)


def test_totals_of_blocks(shared: Path) -> None:
    """ipf2_block: rows, columns and blocks; blocks of 0 are empty."""
    folder = _more(shared, "ipf2_block/example")
    blocks = number_blocks((2, 3, 4, 3))
    assert (blocks // 4 + 4 * (blocks % 4) + 1 == square(folder / "in_block.csv")[1]).all()
    row, column = np.indices(blocks.shape)
    margins = [
        _margin(row, BLOCK_ROWS, "rows"),
        _margin(column, BLOCK_COLUMNS, "columns"),
        _margin(blocks, BLOCKS, "blocks"),
    ]
    found = fit_margins(np.ones(blocks.size), margins)
    assert found.cells.reshape(blocks.shape) == pytest.approx(square(folder / "out_mu.csv")[1], abs=1e-4)


def test_totals_of_stripes(shared: Path) -> None:
    """ipf2_stripe: rows, and parts of rows."""
    folder = _more(shared, "ipf2_stripe/example")
    stripes = number_stripes((2, 2, 3))
    assert (stripes + 1 == square(folder / "in_stripe.csv")[1]).all()
    row, _ = np.indices(stripes.shape)
    found = fit_margins(
        np.ones(stripes.size), [_margin(row, STRIPE_ROWS, "rows"), _margin(stripes, STRIPES, "stripes")]
    )
    assert found.cells.reshape(stripes.shape) == pytest.approx(square(folder / "out_mu.csv")[1], abs=1e-4)


def _likely(folder: Path, size: int) -> Numbers:
    file = folder / "in_m_od.csv"
    return square(file)[1] if file.is_file() else np.ones((size, size))


@pytest.mark.parametrize("case", ["example", "example_offset", "rand5", "rand50"])
def test_birthplaces_with_both_residences(shared: Path, case: str) -> None:
    """ipf3: origin × birthplace and destination × birthplace."""
    folder = _more(shared, f"ipf3/{case}")
    names, before = square(folder / "in_P1.csv")
    _, after = square(folder / "in_P2.csv")
    likely = _likely(folder, len(names))
    found = move_likely(before, after, likely, names, stay=False)
    _check_moves(folder, found)
    if case != "rand50":  # the one engine for any number of dimensions makes the same
        _, origin, destination = np.indices(found.shape)
        birthplace = np.indices(found.shape)[0] * len(names)
        margins = [
            _margin(birthplace + origin, before, "origin"),
            _margin(birthplace + destination, after, "destination"),
        ]
        whole = fit_margins(np.tile(likely.ravel(), len(names)), margins)
        assert whole.cells.reshape(found.shape) == pytest.approx(found, abs=1e-2)


@pytest.mark.parametrize("case", ["example", "example_offset", "rand5"])
def test_as_many_stay_as_can(shared: Path, case: str) -> None:
    """ipf3_qi: the same with the diagonal at its largest."""
    folder = _more(shared, f"ipf3_qi/{case}")
    names, before = square(folder / "in_P1.csv")
    _, after = square(folder / "in_P2.csv")
    _check_moves(folder, move_likely(before, after, _likely(folder, len(names)), names))


def _check_moves(folder: Path, found: Numbers) -> None:
    """Cells where the case has them, and moves of all birthplaces together."""
    size = len(found)
    if (folder / "out_array.csv").is_file():
        wanted = cube(folder / "out_array.csv", "pob", (size, size, size))
        assert found == pytest.approx(wanted.transpose(2, 0, 1), abs=1e-2)
    moves = found.sum(axis=0) * (1 - np.eye(size))
    (file,) = folder.glob("out_od.csv*")
    assert moves == pytest.approx(square(file)[1], abs=1e-2, rel=1e-9)
