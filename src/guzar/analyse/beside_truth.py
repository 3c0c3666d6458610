"""National results from made-up records beside the truth → how far they are wrong.

In: totals that were released, and the true residence and migrations of a made-up country. Out: MadeUpErrors. The true
ones are residents on a day and changes of residence in a year by the rule of 12 of 16 months, with no crossing lost; and
own citizens who are abroad on a day, with those in whose household nobody is at home to tell a survey of them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import dataframely as dy
import polars as pl

from guzar.define.tables.made_up import MadeUpErrors

RESIDENTS, IMMIGRATIONS, EMIGRATIONS = "residents", "immigrations", "emigrations"
PRECISION, RECALL = "linkage_precision", "linkage_recall"
CITIZENS_ABROAD, NOBODY_TO_ASK = "citizens_abroad", "citizens_abroad_nobody_to_ask"
ABSENT_FROM_DAYS = 30  # a shorter trip is no absence, as in the survey of the made-up country
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


def count_true_years(
    truth: Mapping[str, pl.DataFrame], years: Sequence[int], citizenships: Collection[str] | None = None
) -> pl.DataFrame:
    """True migrations by year and residents at its end, by measure and year; of all, or of persons of some citizenships.

    Residents are those who ever crossed the border, as records of crossings can tell of nobody else. `truth` holds the
    tables persons, crossings, residence and migrations.
    """
    whose = truth["persons"]
    if citizenships is not None:
        whose = whose.filter(pl.col("citizenship").is_in(list(citizenships)))
    crossed = whose.join(truth["crossings"], on="true_person_id", how="semi")
    moves = truth["migrations"].join(whose, on="true_person_id", how="semi")
    lived = truth["residence"].join(crossed, on="true_person_id", how="semi")
    rows = []
    for year in years:
        found = count_truth(lived, moves, date(year, 12, 31))
        came, left = found[IMMIGRATIONS], found[EMIGRATIONS]
        of_year = {"immigrations": came, "emigrations": left, "net_migration": came - left}
        of_year["residents_seen_in_crossings"] = found[RESIDENTS]
        rows += [{"measure": name, "year": year, "in_truth": value} for name, value in of_year.items()]
    return pl.DataFrame(rows, schema={"measure": pl.String, "year": pl.Int32, "in_truth": pl.Float64})


def count_citizens_abroad(
    persons: pl.DataFrame,
    crossings: pl.DataFrame,
    residence: pl.DataFrame,
    days: Sequence[date],
    citizenship: str,
) -> dict[str, float]:
    """True citizens abroad for a month or longer, and those of households with nobody at home: the mean of the days."""
    counts = [_abroad_on(persons, crossings, residence, day, citizenship) for day in days]
    return {
        name: sum(count[name] for count in counts) / len(counts) for name in (CITIZENS_ABROAD, NOBODY_TO_ASK)
    }


def _abroad_on(
    persons: pl.DataFrame, crossings: pl.DataFrame, residence: pl.DataFrame, day: date, citizenship: str
) -> dict[str, int]:
    died, ended = pl.col("death_date"), pl.col("resident_to")
    alive = persons.filter((pl.col("birth_date") < day) & (died.is_null() | (died > day)))
    lives_here = (pl.col("resident_from") <= day) & (ended.is_null() | (ended > day))
    members = (
        alive.join(_abroad_since(crossings, day), on="true_person_id", how="left")
        .join(
            residence.filter(lives_here).select("true_person_id", is_resident=True).unique(),
            on="true_person_id",
            how="left",
        )
        .with_columns(pl.col("is_resident").fill_null(False), is_citizen=pl.col("citizenship") == citizenship)
        .filter(pl.col("is_citizen") | pl.col("is_resident"))
        # Who never crossed is where he or she lives.
        .with_columns(is_away=pl.col("is_away").fill_null(~pl.col("is_resident")))
        .with_columns(is_anybody_home=(~pl.col("is_away")).any().over("household_id"))
    )
    away = members.filter(pl.col("is_away") & pl.col("is_citizen"))
    return {CITIZENS_ABROAD: away.height, NOBODY_TO_ASK: away.filter(~pl.col("is_anybody_home")).height}


def _abroad_since(crossings: pl.DataFrame, day: date) -> pl.DataFrame:
    """Whether each person who ever crossed has been abroad for a month on the morning of a day."""
    crossed, is_exit = pl.col("crossing_date"), pl.col("direction") == "exit"
    in_time = crossings.sort("true_person_id", "crossing_date")
    before = in_time.filter(crossed < day).group_by("true_person_id").last()
    after = in_time.filter(crossed >= day).group_by("true_person_id").first()
    month_ago = day - timedelta(days=ABSENT_FROM_DAYS - 1)
    known = before.select("true_person_id", is_away=is_exit & (crossed < month_ago))
    # The first crossing tells where one was before it.
    later = after.join(known, on="true_person_id", how="anti").select("true_person_id", is_away=~is_exit)
    return pl.concat([known, later])


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
