"""Pseudonymous records and whose they are → Persons, crossings of persons, and residence that only a register knows.

Of differing records of one person the commonest value counts, of equally common ones the first by its code. A person
of the population register whom no border has seen changes residence with the dates of the register; of all others the
border decides, because a register keeps those who left without a word.
"""

from datetime import date

import dataframely as dy
import polars as pl

from guzar.define.tables.register import PersonRecords, Persons

TOLD = ("sex", "birth_year", "birth_place", "citizenship")
CROSSING = ("crossing_date", "direction", "port", "mode", "citizenship")


def describe_persons(records: pl.DataFrame, clusters: pl.DataFrame) -> dy.DataFrame[Persons]:
    """One row per person of the clusters (PersonRecords), with the commonest value of each column that is counted by.

    `records` are pseudonymous rows of any tables: `record_id` and the columns TOLD.
    """
    told = clusters.select(PersonRecords.column_names()).join(records, on="record_id", how="inner")
    persons = told.select("person_id").unique()
    for column in TOLD:
        persons = persons.join(_commonest(told, column), on="person_id", how="left")
    return Persons.validate(persons.select(Persons.column_names()).sort("person_id"), cast=True)


def _commonest(told: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = told.filter(pl.col(column).is_not_null()).group_by("person_id", column).len()
    first = counted.sort("person_id", "len", column, descending=[False, True, False])
    return first.unique("person_id", keep="first", maintain_order=True).drop("len")


def give_crossings_persons(
    crossings: pl.DataFrame, clusters: pl.DataFrame, registered: pl.DataFrame, first_day: date
) -> pl.DataFrame:
    """Crossings with the person whose they are, in the order of persons and time; no number of a record is left.

    `resident_at_start_given` says whether the population register (RegisteredResidents) holds the person on the first
    day: what residence was before the first crossing, crossings alone cannot tell of most people.
    """
    whose = clusters.select("record_id", "person_id")
    ends = pl.min_horizontal("resident_to", "died_on")
    at_start = registered.filter(
        (pl.col("resident_from") <= first_day) & ((ends > first_day) | ends.is_null())
    )
    residents = at_start.join(whose, on="record_id").select("person_id").unique()
    residents = residents.with_columns(resident_at_start_given=pl.lit(True))
    crossed = crossings.join(whose, on="record_id", how="inner").join(residents, on="person_id", how="left")
    kept = crossed.select("person_id", *CROSSING, pl.col("resident_at_start_given").fill_null(value=False))
    return kept.sort("person_id", *CROSSING)


def find_living(
    persons: pl.DataFrame, registered: pl.DataFrame, clusters: pl.DataFrame, day: date
) -> pl.DataFrame:
    """`person_id` of those who are born by the end of the day's year, and whose death by that day no register notes.

    Crossings say nothing about either: who first leaves as a child of two has been a resident since before birth.
    """
    whose = registered.join(clusters.select("record_id", "person_id"), on="record_id", how="inner")
    dead = whose.filter(pl.col("died_on") <= day).select("person_id").unique()
    born = persons.filter(pl.col("birth_year").is_null() | (pl.col("birth_year") <= day.year))
    return born.join(dead, on="person_id", how="anti").select("person_id")


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
