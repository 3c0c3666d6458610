"""Rows that would carry a name, a document, a date of birth or a formula into a column that is kept in clear.

A clerk's slip costs its row, which is set aside by its number. Many of them are no slip: a mapping file has exchanged
columns, and the delivery is refused.
"""

from collections.abc import Mapping

import polars as pl

from guzar.collect.record_batches import ROW
from guzar.collect.record_sifting import BETWEEN, NAMES_A_PERSON, Sifted
from guzar.errors import DeliveryRefused
from guzar.process.misplaced_identity import find_misplaced, free_columns
from guzar.protect.formulas import is_formula

SHOWS_A_PERSON = "a name, a document or a date of birth, in a column that is kept in clear"
FORMULA = "a text that a spreadsheet would run as a formula"
FEW_ROWS, FEW_SHARE = 10, 0.01  # more than both are no slips


def find_unfit(records: pl.DataFrame) -> dict[str, pl.Series]:
    """By reason with its column: which rows may not be kept."""
    found = {f"{name}: {SHOWS_A_PERSON}": rows for name, rows in find_misplaced(records).items()}
    for name in free_columns(records):
        run = [text for text in records[name].unique().drop_nulls() if is_formula(text)]
        if run:
            found[f"{name}: {FORMULA}"] = records[name].is_in(run).fill_null(False)
    return found


def set_aside_unfit(part: Sifted) -> Sifted:
    """One batch of a delivery without the rows that may not be kept."""
    unfit = find_unfit(part.kept)
    if not unfit:
        return part
    every = pl.concat_str(
        [pl.when(rows).then(pl.lit(reason)) for reason, rows in unfit.items()],
        separator=BETWEEN,
        ignore_nulls=True,
    )
    reasons = pl.select(pl.when(every != "").then(every)).to_series()
    aside = pl.DataFrame({ROW: part.rows, "reason": reasons}).drop_nulls("reason")
    kept = reasons.is_null()
    return Sifted(part.rows.filter(kept), part.kept.filter(kept), pl.concat([part.refused, aside]))


def require_few_shown(refused: pl.DataFrame, rows: int, name: str) -> None:
    """DeliveryRefused where many rows hold what names a person in the wrong column. `refused`: row, reason."""
    reasons = refused["reason"].str.split(BETWEEN).explode()
    shown = reasons.filter(reasons.str.contains(f"{SHOWS_A_PERSON}|{NAMES_A_PERSON}"))
    require_few(dict(shown.str.split(": ").list.first().value_counts().iter_rows()), rows, name)


def require_few(shown: Mapping[str, int], rows: int, name: str) -> None:
    """DeliveryRefused where in one column more rows name a person than slips would. `shown`: rows by column."""
    for column, count in sorted(shown.items()):
        if count > FEW_ROWS and count > FEW_SHARE * rows:
            raise DeliveryRefused(
                "{count} of {rows} rows of {name} hold a name, a document or a date of birth in the column {column}.",
                where="{name}, column {column}, which is kept in clear",
                expected="names, documents and dates of birth in the columns for them, and nowhere else",
                do="Compare the headings with the template or with the mapping file: two columns may be exchanged.",
                count=count,
                rows=rows,
                name=name,
                column=column,
            )
