"""Who is an own citizen: a person who crossed on the country's documents at least once, with all crossings of this person.

The same in `guzar residence --view origin` and here. A table without citizenship (of absences) takes it from the table of
persons, where it is the commonest of all records of a person: another meaning, and it is said which one was used.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from guzar.analyse.identifying_columns import require_known_codes
from guzar.analyse.rows_of_persons import PERSON_KEY
from guzar.errors import SettingsInvalid

CITIZENSHIP, IS_OWN = "citizenship", "is_own_citizen"
BY_CROSSINGS, BY_PERSONS, BY_TABLE = "any_crossing", "commonest_of_person", "residence_table"


@dataclass(frozen=True)
class OwnCitizens:
    """The code of citizenship of the country; whether they alone are counted, and whether the table holds nobody else."""

    code: str
    alone: bool = False
    are_all: bool = False


def how_known(register: pl.LazyFrame, persons: pl.LazyFrame | None, *, all_are: bool) -> str:
    """From what it is known who is an own citizen. Raises SettingsInvalid where nothing says so."""
    if all_are:
        return BY_TABLE
    if CITIZENSHIP in register.collect_schema().names():
        return BY_CROSSINGS
    if persons is not None and CITIZENSHIP in persons.collect_schema().names():
        return BY_PERSONS
    raise SettingsInvalid(
        "There is no column to count by: {columns}.",
        expected="columns of the register or of --persons; age_group needs birth_year",
        do="Correct --by, or give a table of persons with --persons.",
        columns=CITIZENSHIP,
    )


def mark_own_citizens(
    rows: pl.LazyFrame, register: pl.LazyFrame, persons: pl.LazyFrame | None, own: str, known_by: str
) -> pl.LazyFrame:
    """The rows with whether they are of an own citizen. Raises SettingsInvalid for a code that stands nowhere."""
    if known_by == BY_TABLE:
        return rows.with_columns(pl.lit(True).alias(IS_OWN))
    source: Mapping[str, pl.LazyFrame | None] = {BY_CROSSINGS: register, BY_PERSONS: persons}
    table = source[known_by]
    assert table is not None  # how_known has seen it
    require_known_codes(table, None, {CITIZENSHIP: own})
    mine = table.filter(pl.col(CITIZENSHIP).cast(pl.String) == own).select(PERSON_KEY).unique()
    marked = rows.join(mine.with_columns(pl.lit(True).alias(IS_OWN)), on=PERSON_KEY, how="left")
    return marked.with_columns(pl.col(IS_OWN).fill_null(False))
