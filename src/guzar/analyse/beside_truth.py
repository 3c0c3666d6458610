"""National results from made-up records beside the truth → how far they are wrong.

In: totals that were released, and the true residence and migrations of a made-up country. Out: MadeUpErrors. The true
ones are residents on a day and changes of residence in a year by the rule of 12 of 16 months, with no crossing lost.
"""

from collections.abc import Mapping
from datetime import date

import dataframely as dy
import polars as pl

from guzar.define.tables.made_up import MadeUpErrors

RESIDENTS, IMMIGRATIONS, EMIGRATIONS = "residents", "immigrations", "emigrations"
PRECISION, RECALL = "linkage_precision", "linkage_recall"
UNITS = {PRECISION: "percent", RECALL: "percent"}


def count_truth(residence: pl.DataFrame, migrations: pl.DataFrame, day: date) -> dict[str, float]:
    """True residents at the end of a day, true immigrations and emigrations in its year."""
    resident = (pl.col("resident_from") <= day) & (
        pl.col("resident_to").is_null() | (pl.col("resident_to") > day)
    )
    year = migrations.filter(pl.col("migration_date").dt.year() == day.year)
    directions = dict(year.group_by("direction").len().iter_rows())
    return {
        RESIDENTS: float(residence.filter(resident)["true_person_id"].n_unique()),
        IMMIGRATIONS: float(directions.get("in", 0)),
        EMIGRATIONS: float(directions.get("out", 0)),
    }


def errors_beside_truth(
    from_records: Mapping[str, float | None], truth: Mapping[str, float]
) -> dy.DataFrame[MadeUpErrors]:
    """One row per measure of the truth; a result that is not there (hidden, or not decidable) stays empty."""
    rows = [
        {
            "made_up_measure": measure,
            "from_records": from_records.get(measure),
            "in_truth": true,
            "unit": UNITS.get(measure, "persons" if measure == RESIDENTS else "migrations"),
        }
        for measure, true in truth.items()
    ]
    found, true = pl.col("from_records"), pl.col("in_truth")
    schema = {
        "made_up_measure": pl.String,
        "from_records": pl.Float64,
        "in_truth": pl.Float64,
        "unit": pl.String,
    }
    table = pl.DataFrame(rows, schema=schema).with_columns(
        error_percent=pl.when(true != 0).then((found - true) / true * 100)
    )
    return MadeUpErrors.validate(table.select(MadeUpErrors.column_names()))
