"""Cells as they are named in a message: their codes, never what they hold."""

from collections.abc import Sequence

import polars as pl

MOST_NAMED = 3


def name_cells(
    cells: pl.DataFrame, dimensions: Sequence[str], *, most: int = MOST_NAMED, are_linked: bool = False
) -> str:
    """The codes of the first cells, as `region=north sex=F; region=south sex=M; …`; a code that is missing is `?`.

    Where cells are of linked tables, what is missing is a dimension that the table does not have, and is left out.
    """
    codes = cells.select(pl.col(dimensions).cast(pl.String)).unique(maintain_order=True)
    named = [
        " ".join(
            f"{name}={'?' if code is None else code}"
            for name, code in row.items()
            if code is not None or not are_linked
        )
        for row in codes.head(most).iter_rows(named=True)
    ]
    return "; ".join([*named, *(["…"] if codes.height > most else [])])
