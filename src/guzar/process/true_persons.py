"""Identity rows of the linking zone, and a delivery whose truth is known → which record is whose, to judge a linkage.

Only a made-up country has such a truth. Records get new numbers at the door, so that they are found again by what
identifies them; where that fits two true persons nobody can say whose they are, and they are left out.
"""

import polars as pl

from guzar.process.pseudonymise import IDENTITY


def find_true_persons(identities: pl.DataFrame, delivered: pl.DataFrame, whose: pl.DataFrame) -> pl.DataFrame:
    """`record_id, person_id`: the true person of each identity row that fits one person only.

    `identities` and `delivered` have columns of IDENTITY and a record_id of their own; `whose` has `record_id` (as
    delivered) and `true_person_id`.
    """
    columns = [name for name in IDENTITY if name in identities.columns and name in delivered.columns]
    known = delivered.select("record_id", *columns).join(
        whose.select("record_id", "true_person_id"), on="record_id"
    )
    one = known.group_by(columns).agg(
        person_id=pl.col("true_person_id").first(), persons=pl.col("true_person_id").n_unique()
    )
    certain = one.filter(pl.col("persons") == 1).drop("persons")
    return identities.join(certain, on=columns, how="inner", nulls_equal=True).select(
        "record_id", "person_id"
    )
