"""Pseudonymous records and whose they are → Persons, and residence that only a register knows.

Of differing records of one person the commonest value counts, of equally common ones the first by its code. A person
of the population register whom no border has seen changes residence with the dates of the register; of all others the
border decides, because a register keeps those who left without a word.
"""

import dataframely as dy
import polars as pl

from guzar.define.tables.register import PersonRecords, Persons

TOLD = ("sex", "birth_year", "birth_place", "citizenship", "died_on")


def describe_persons(records: pl.DataFrame, clusters: pl.DataFrame) -> dy.DataFrame[Persons]:
    """One row per person of the clusters (PersonRecords), with the commonest value of each column that is counted by.

    `records` are pseudonymous rows of any tables: `record_id` and the columns TOLD, those that the tables have.
    """
    known = records.with_columns(pl.lit(None).alias(name) for name in TOLD if name not in records.columns)
    told = clusters.select(PersonRecords.column_names()).join(known, on="record_id", how="inner")
    persons = told.select("person_id").unique()
    for column in TOLD:
        persons = persons.join(_commonest(told, column), on="person_id", how="left")
    return Persons.validate(persons.select(Persons.column_names()).sort("person_id"), cast=True)


def _commonest(told: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = told.filter(pl.col(column).is_not_null()).group_by("person_id", column).len()
    first = counted.sort("person_id", "len", column, descending=[False, True, False])
    return first.unique("person_id", keep="first", maintain_order=True).drop("len")


def residence_by_register(
    registered: pl.DataFrame, clusters: pl.DataFrame, crossers: pl.DataFrame
) -> pl.DataFrame:
    """Changes of residence of persons whom the population register knows and no border has seen.

    `registered` are RegisteredResidents, `crossers` has a column `person_id`. One row per beginning and end of
    residence, with the columns that a stock is counted from.
    """
    whose = registered.join(clusters.select("record_id", "person_id"), on="record_id", how="inner")
    unseen = whose.join(crossers.select("person_id").unique(), on="person_id", how="anti")
    ends = pl.min_horizontal("resident_to", "died_on")
    begins = unseen.select("person_id", crossing_date="resident_from", is_arrival=True)
    leaves = unseen.select("person_id", crossing_date=ends, is_arrival=False).drop_nulls("crossing_date")
    sides = {True: "resident", False: "non_resident"}
    return (
        pl.concat([begins, leaves])
        .sort("person_id", "crossing_date", "is_arrival")
        .select(
            "person_id",
            pl.col("crossing_date").cast(pl.Datetime("us")),
            in_window=pl.lit(True),
            residence_before=pl.col("is_arrival").not_().replace_strict(sides, return_dtype=pl.String),
            residence_after=pl.col("is_arrival").replace_strict(sides, return_dtype=pl.String),
        )
    )
