"""Provisional months: the table that `guzar residence` wrote → counts by month with what is expected of the undecided.

Persons are streamed in batches and counted in cells; nothing about a person is written. Editions are kept side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from guzar.analyse.identifying_columns import names_of_persons
from guzar.define.tables.provisional import ProvisionalMonths, Revisions
from guzar.engines.local import open_engine, stream_whole_persons
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import point_to, workspace_of
from guzar.journey.crossings_in_files import CrossingsQuery, place_beside, read_crossings
from guzar.journey.purged_names import require_names_purged
from guzar.journey.residing import Residing, limits_of
from guzar.process.histories import CITIZENSHIP, DATE, DIRECTION, PERSON, SEQUENCE
from guzar.process.provisional.cells import CITIZENS, MOST_GROUPS, PERMITS, Counted
from guzar.process.provisional.editions import Editions
from guzar.process.provisional.landmarks import Landmarks, set_landmarks
from guzar.process.provisional.seen import BEFORE, IS_MIGRATION, PERMIT, PERMITTED, Groups, count_seen
from guzar.process.provisional.tables import (
    INTERVAL,
    UNIT,
    finals_of,
    observed_to_of,
    revisions_of,
    summarise_revisions,
    table_of_edition,
)
from guzar.process.residence_rule import READINGS, Readings, ResidenceRule
from guzar.store import read_about, write_about, write_table

REVISIONS = "revisions.csv"
NOT_BY = (
    PERSON,
    DATE,
    SEQUENCE,
    DIRECTION,
    PERMITTED,
    "record_id",
    BEFORE,
    "residence_after",
    IS_MIGRATION,
    "in_window",
    *ProvisionalMonths.columns(),
    *Revisions.columns(),
)


@dataclass(frozen=True)
class Provisional:
    """What a run made: the table written, the summary of revisions where there are any, and counts of what was read.

    `lost_percent` of the crossings followed a lost one, as the table of residence says; `missing` is what was done there.
    """

    table: pl.DataFrame
    summary: pl.DataFrame | None
    crossings: int
    cells: int
    observed_to: date
    missing: str | None = None
    lost_percent: float | None = None


def expect_months(
    residence: Path,
    out: Path,
    run: Residing | None = None,
    *,
    by: Sequence[str] = (),
    editions: Path | None = None,
    back_test: int = 0,
) -> Provisional:
    """Write the edition of the last day observed: by month and flow the decided, the expected, and an interval.

    With `editions`, a folder, the table is kept there as well under its day, and `revisions.csv` is made of all kept. With
    `back_test` the revision triangle of so many hidden monthly editions is written instead; the months of the newest of these are
    all final now. Raises TableInvalid, SettingsInvalid, and MethodNotApplicable where the history is too short.
    """
    _require_sense(residence, out, editions, back_test)
    require_names_purged(residence)
    rule = _rule_of(residence)
    landmarks = set_landmarks(rule.first_day, rule.last_day, rule.threshold_days, rule.window_days, back_test)
    with place_beside(out) as place:
        counted, groups, crossings = _count(residence, place, rule, landmarks, by, run or Residing())
        made = Editions(counted, landmarks)
        last = len(landmarks.days) - 1
        if back_test:
            hidden = range(last - landmarks.ages - back_test + 1, last - landmarks.ages + 1)
            tables = [table_of_edition(made, each, groups) for each in hidden]
            table = revisions_of(tables, finals_of(made, groups), by)
            summary = summarise_revisions(table)
        else:
            table, summary = table_of_edition(made, last, groups), None
        if editions is not None:
            summary = keep_edition(editions, table, by)
        write_about(out, {**_about(residence, rule, by, back_test), **point_to(workspace_of(residence), out)})
        write_table(place / out.name, table)
        (place / out.name).replace(out)
    about = read_about(residence)
    lost = about.get("missing"), about.get("crossings_after_a_lost_one_percent")
    return Provisional(table, summary, crossings, len(counted.keys), rule.last_day, *lost)


def keep_edition(folder: Path, table: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame | None:
    """Keep an edition in a folder under its day, and write there the revisions of all kept; how well they did.

    While no month of an earlier edition has become final there is no revision: nothing is written but the edition.

    Raises SettingsInvalid where that day is kept already with other numbers: an edition is never written over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"provisional-{observed_to_of(table).isoformat()}.csv"
    if file.exists() and not _read_edition(file).equals(_as_read(table)):
        raise SettingsInvalid(
            "The edition of {day} is kept already, with other numbers.",
            where="{file}",
            expected="one edition for each last day observed: a published edition is not written over",
            do="Choose another folder for --editions, or say in which table the mistake is and keep both apart.",
            day=observed_to_of(table).isoformat(),
            file=file.name,
        )
    kept = [_read_edition(each) for each in sorted(folder.glob("provisional-*.csv")) if each != file]
    alike = [each for each in kept if each.columns == table.columns]
    if len(alike) < len(kept):
        raise SettingsInvalid(
            "The editions in {folder} are counted by other columns.",
            expected="editions of one kind in one folder, the same --by in each",
            do="Choose another folder for --editions.",
            folder=folder.name,
        )
    revisions = revisions_of([*alike, _as_read(table)], None, by)
    write_table(file, table)
    summary = summarise_revisions(revisions)
    if summary.height:
        write_table(folder / REVISIONS, revisions)
    return summary


def _as_read(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col(pl.Int64, pl.Float64).cast(pl.Float64))


def _read_edition(file: Path) -> pl.DataFrame:
    """An edition as it was kept: numbers as such, codes as text."""
    try:
        table = _with_unit(pl.read_csv(file, infer_schema=False))
        numbers = [name for name, column in ProvisionalMonths.columns().items() if column.dtype.is_numeric()]
        return table.with_columns(
            pl.col("observed_to").str.to_date(), *(pl.col(name).cast(pl.Float64) for name in numbers)
        )
    except (OSError, ValueError, pl.exceptions.PolarsError):
        raise TableInvalid(
            "{file} is no edition as guzar provisional kept it.",
            expected="the files that guzar wrote, unchanged",
            do="Take the file out of the folder, or restore it.",
            file=file.name,
        ) from None


def _with_unit(table: pl.DataFrame) -> pl.DataFrame:
    """Editions that were kept before unit and level of the interval stood in them had the same ones."""
    for name, value, before in (
        ("unit", UNIT, "crossings"),
        ("interval_percent", str(INTERVAL), "baseline_total"),
    ):
        if name not in table.columns:
            told = pl.repeat(value, table.height, dtype=pl.String, eager=True).alias(name)
            table = table.insert_column(table.columns.index(before), told)
    return table


def _require_sense(residence: Path, out: Path, editions: Path | None, back_test: int) -> None:
    if residence.resolve() == out.resolve():
        raise SettingsInvalid(
            "{file} would be written over.",
            expected="another file for --out than the one that is read",
            do="Choose another name.",
            file=out.name,
        )
    if back_test < 0:
        raise SettingsInvalid(
            "--back-test {number} hides no edition.",
            expected="how many editions to hide: 1 or more, as --back-test 24; 0 for none",
            do="Correct --back-test.",
            number=back_test,
        )
    if back_test and editions is not None:
        raise SettingsInvalid(
            "--back-test and --editions do not go together: hidden editions are not kept.",
            expected="one of the two",
            do="Leave out one of them.",
        )


def _rule_of(residence: Path) -> ResidenceRule:
    """The rule by which a table was made, as it is written down beside it."""
    about = read_about(residence)
    try:
        if about["made_by"] != "guzar residence" or about.get("own_citizens"):
            raise ValueError
        rule = ResidenceRule(
            int(about["threshold_days"]),
            int(about["window_days"]),
            date.fromisoformat(str(about["observed_from"])),
            date.fromisoformat(str(about["observed_to"])),
        )
        return replace(rule, readings=_readings(about.get("readings")))
    except (KeyError, TypeError, ValueError):
        raise TableInvalid(
            "{file} was not made by guzar residence, or nothing is written down beside it.",
            where="{file}.about.json",
            expected="the table that guzar residence wrote, and beside it the file that says by which rule",
            do="Run guzar residence, and keep both files together.",
            file=residence.name,
        ) from None


def _readings(told: Any) -> Readings:
    if told is None:
        return Readings()
    return READINGS[told] if isinstance(told, str) else Readings(**told)


def _count(
    residence: Path, place: Path, rule: ResidenceRule, landmarks: Landmarks, by: Sequence[str], run: Residing
) -> tuple[Counted, Groups, int]:
    """Read whole persons batch by batch, and count what was seen of their crossings on every landmark."""
    crossings = 0
    with open_engine(limits_of(run, place)) as engine:
        query = read_crossings(engine, residence)
        _require_columns(residence, query, by)
        text = _narrowed(query, rule, by)
        groups = _groups(engine, text, query.columns, by)
        counted = Counted.begin(landmarks, len(groups.combinations))
        order = [name for name in (DATE, SEQUENCE) if name in query.columns]
        for batch in stream_whole_persons(engine, text, person=PERSON, order=order):
            count_seen(batch, rule.in_days, landmarks, groups, counted)
            crossings += batch.num_rows
            run.moved(batch.num_rows)
    counted.fold()
    return counted, groups, crossings


def _require_columns(residence: Path, query: CrossingsQuery, by: Sequence[str]) -> None:
    missing = [name for name in (BEFORE, IS_MIGRATION) if name not in query.columns]
    if missing:
        raise TableInvalid(
            "{file} lacks columns of guzar residence: {columns}.",
            expected="the table that guzar residence wrote, unchanged",
            do="Run guzar residence, and give its table.",
            file=residence.name,
            columns=", ".join(missing),
        )
    persons = names_of_persons(by)
    wrong = [name for name in by if name not in query.columns or name in (*NOT_BY, *persons)]
    if wrong:
        raise SettingsInvalid(
            "Months cannot be counted by these columns: {columns}.",
            expected="columns of the table with codes, as citizenship or port",
            do="Correct --by.",
            columns=", ".join(wrong),
        )


def _narrowed(query: CrossingsQuery, rule: ResidenceRule, by: Sequence[str]) -> str:
    """Only crossings that were observed, and the columns that are looked at."""
    wanted = (PERSON, DATE, DIRECTION, SEQUENCE, BEFORE, IS_MIGRATION, CITIZENSHIP, PERMIT, PERMITTED, *by)
    columns = ", ".join(f'"{name}"' for name in dict.fromkeys(wanted) if name in query.columns)
    until = f"CAST({DATE} AS DATE) <= DATE '{rule.last_day.isoformat()}'"
    return f"SELECT {columns} FROM ({query.text}) WHERE {until}"  # noqa: S608


def _groups(
    engine: duckdb.DuckDBPyConnection, text: str, columns: Sequence[str], by: Sequence[str]
) -> Groups:
    """The codes that are told apart: the most frequent ones of citizenship and permit, all of what is counted by."""
    known = {
        name: _codes(engine, text, name) if name in columns else [] for name in (CITIZENSHIP, PERMIT, *by)
    }
    combinations = tuple(product(*(sorted({code or "" for code in known[name]}) for name in by)))
    if len(combinations) > MOST_GROUPS:
        raise SettingsInvalid(
            "--by makes {count} groups: too many for a count by month.",
            expected="at most {most} groups",
            do="Count by fewer columns, or by broader codes.",
            count=len(combinations),
            most=MOST_GROUPS,
        )
    citizenships, permits = ([code for code in known[name] if code] for name in (CITIZENSHIP, PERMIT))
    return Groups(tuple(citizenships[: CITIZENS - 1]), tuple(permits[: PERMITS - 1]), tuple(by), combinations)


def _codes(engine: duckdb.DuckDBPyConnection, text: str, name: str) -> list[str | None]:
    """The codes of a column, the most frequent first."""
    found = engine.sql(
        f'SELECT CAST("{name}" AS VARCHAR) AS code, count(*) AS number FROM ({text}) '  # noqa: S608
        "GROUP BY code ORDER BY number DESC, code LIMIT 1000"
    ).fetchall()
    return [row[0] for row in found]


def _about(residence: Path, rule: ResidenceRule, by: Sequence[str], back_test: int) -> Mapping[str, Any]:
    return {
        "made_by": "guzar provisional",
        "observed_to": rule.last_day.isoformat(),
        "unit": UNIT,
        "interval_percent": INTERVAL,
        "by": list(by),
        "hidden_editions": back_test,
        "from": {name: value for name, value in read_about(residence).items() if name != "workspace"},
    }
