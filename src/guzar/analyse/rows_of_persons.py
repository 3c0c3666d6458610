"""Rows of persons in the order of time, as `guzar residence` writes them: what is read from one row to the next."""

import polars as pl

from guzar.errors import TableInvalid

PERSON_KEY = "person_id"


def require_in_order(crossings: pl.LazyFrame) -> None:
    """Refuse a register whose rows do not stand by person and time: who is resident is read from one row to the next."""
    person, crossed = pl.col(PERSON_KEY), pl.col("crossing_date")
    same = person == person.shift(1)
    runs, persons, back = (
        crossings.select(
            runs=(~same).fill_null(True).sum(),
            persons=person.n_unique(),
            back=(same & (crossed < crossed.shift(1))).sum(),
        )
        .collect()
        .row(0)
    )
    if runs != persons or back:
        raise TableInvalid(
            "The rows of the register do not stand in the order of persons and time.",
            expected="the table as guzar residence wrote it",
            do="Make the table again, or sort it by person_id and crossing_date.",
        )
