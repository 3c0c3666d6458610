"""Counting: tables of records or of the register → unprotected counts, for `protect`."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.completeness import share_in_percent
from guzar.analyse.counts_of_records import AGES, CONCEPT, RULE, Counted, count_records
from guzar.analyse.measures import DURATION, MEASURES, Observed
from guzar.analyse.own_citizens import CITIZENSHIP, OwnCitizens
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import WORKSPACE, point_to, readings_in_words, workspace_of
from guzar.journey.crossing_rows import files_of, is_table, is_text
from guzar.journey.purged_names import require_names_purged
from guzar.store import read_about, write_about

PERSON = "person_id"
MEASURE_NAMES = tuple(MEASURES)
DAYS = ("crossing_date", "entered_on", "left_on", "returned_on", "event_date", "valid_from", "died_on")
ANSWERS = ("in_window", "is_migration")
VIEWS = ("destination", "origin")
OF_OWN_CITIZENS = ("stock", "flow", "movements", "absences", "returns", "circular")
ONLY_OF_OWN_CITIZENS = ("returns", "circular")


def count_file(
    register: Path,
    measure: str,
    by: Sequence[str],
    *,
    persons: Path | None = None,
    days: Sequence[date] = (),
    ages: Sequence[int] = AGES,
    where: Mapping[str, str] | None = None,
    workspace: Path | None = None,
    concept: str | None = None,
    view: str = "destination",
    own_citizens: str | None = None,
) -> Counted:
    """Counts of a register or of records in a file, by columns of it or of a table of persons.

    The view of the origin looks at the country's own citizens alone; of absences on a day it tells how long they last.

    Refused (ReleaseRefused) before the names are purged in the linking zone of the workspace, or of the one that is
    written down beside the register.
    """
    require_names_purged(register, workspace)
    _require_measure(measure, view)
    where = _where_of(view, own_citizens, where or {})
    if view == "origin" and measure == "absences" and days:
        by = [*by, DURATION]
    held, others = _open(register), None
    if persons is not None:
        others = _open(persons)
        _require_persons(others, persons)
    about = read_about(register)
    try:
        return count_records(
            held,
            measure,
            by,
            persons=others,
            days=days,
            ages=ages,
            where=where,
            observed=_observed(about),
            concept=concept,
            own=_own_citizens(own_citizens, view, about, register),
        )
    except pl.exceptions.PolarsError:  # its words may quote a row
        raise _not_as_written(register) from None


def tell_counts(register: Path, done: Counted, out: Path, *, own_citizens: str | None = None) -> None:
    """Write down beside a table of counts what was counted, under which concept and by which rule, whose it is, on which
    days, over what there is no total, and how far it can be trusted.
    """
    made_from = {name: value for name, value in read_about(register).items() if name != WORKSPACE}
    about = {
        "made_by": "guzar count",
        "measure": done.measure.name,
        "unit": done.measure.count,
        "concept": done.measure.concept,
        **({CONCEPT: done.migration_concept} if done.migration_concept else {}),
        **({RULE: done.residence_rule} if done.residence_rule else {}),
        **({"readings": done.readings} if done.readings else {}),
        **({"own_citizens": own_citizens} if own_citizens else {}),
        **({"own_citizens_by": done.own_citizens_by} if done.own_citizens_by else {}),
        **({"days": list(done.days)} if done.days else {}),
        **limits_of_counts(done),
        "no_total_over": list(done.no_total_over),
        **({"from": made_from} if made_from else {}),
        **point_to(workspace_of(register), out),
    }
    write_about(out, about)


def limits_of_counts(done: Counted) -> dict[str, Any]:
    """How far counts can be trusted: what is not decidable, not complete or assumed; births and deaths of a stock."""
    limits: dict[str, Any] = {"not_decidable": done.not_decided, "not_complete": list(done.not_complete)}
    if done.by_assumption:
        limits["by_assumption"] = list(done.by_assumption)
    if done.life is None:
        return limits
    # In whole per cent, rounded up, for a release: numbers of few persons stay with the holder.
    counted = done.table.group_by(done.table.columns[0]).agg(pl.col(done.measure.count).sum())
    return {
        **limits,
        "not_decidable_percent": dict(done.not_decidable_percent),
        "births_known": done.life.births_known,
        "deaths_known": done.life.deaths_known,
        "births_and_deaths_known": done.life.both_known,
        "not_born_or_dead": done.life.left_out,
        "not_born_or_dead_percent": share_in_percent(dict(counted.iter_rows()), done.life.left_out),
    }


def _require_measure(measure: str, view: str) -> None:
    """Refuse what is no measure or no view, and a measure in the view to which it does not belong."""
    if measure not in MEASURES:
        raise SettingsInvalid(
            "guzar knows no measure {measure}.",
            expected="one of: {known}",
            do="Correct --measure.",
            measure=measure,
            known=", ".join(MEASURES),
        )
    if view not in VIEWS:
        raise SettingsInvalid(
            "{view} is no view of crossings.",
            expected="--view destination or origin",
            do="Choose one of these.",
            view=view,
        )
    if (view == "origin" and measure not in OF_OWN_CITIZENS) or (
        view != "origin" and measure in ONLY_OF_OWN_CITIZENS
    ):
        raise SettingsInvalid(
            "The measure {measure} does not belong to the view {view}.",
            expected="origin: {origin}; destination: all but {only}",
            do="Correct --measure or --view.",
            measure=measure,
            view=view,
            origin=", ".join(OF_OWN_CITIZENS),
            only=", ".join(ONLY_OF_OWN_CITIZENS),
        )


def _where_of(view: str, own_citizens: str | None, where: Mapping[str, str]) -> dict[str, str]:
    """The codes that rows must have; in the view of the origin persons are chosen, by all their crossings."""
    if view != "origin":
        return dict(where)
    if not own_citizens or where.get(CITIZENSHIP, own_citizens) != own_citizens:
        raise SettingsInvalid(
            "Whose absences are meant is not clear.",
            expected="--view origin with --own-citizens and a code of citizenship, as KGZ, and no other one in --where",
            do="Correct the options.",
        )
    return {name: code for name, code in where.items() if name != CITIZENSHIP}


def _own_citizens(
    code: str | None, view: str, about: Mapping[str, Any], register: Path
) -> OwnCitizens | None:
    """Whose citizenship is meant; refused where the table was made for the citizens of another country."""
    if not code:
        return None
    made_for = about.get("own_citizens")
    if made_for and made_for != code:
        raise SettingsInvalid(
            "{file} holds the own citizens of {held} alone.",
            expected="--own-citizens {held}",
            do="Correct --own-citizens, or make the table again for {code}.",
            file=register.name,
            held=made_for,
            code=code,
        )
    return OwnCitizens(code, alone=view == "origin", are_all=made_for == code)


def _observed(about: Mapping[str, Any]) -> Observed | None:
    try:
        first, last = (date.fromisoformat(str(about[name])) for name in ("observed_from", "observed_to"))
        threshold, window = int(about["threshold_days"]), int(about["window_days"])
        goes_on = (about.get("readings") or {}).get("last_crossing") == "goes_on"
        return Observed(first, last, window - threshold, window, goes_on, readings_in_words(about))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _require_persons(persons: pl.LazyFrame, file: Path) -> None:
    """Each person once: of two rows, a join would make two persons."""
    if PERSON not in persons.collect_schema().names():
        raise TableInvalid(
            "{file} has no column person_id.",
            expected="one row per person",
            do="Give the table of persons that guzar link wrote.",
            file=file.name,
        )
    twice = persons.select(pl.len() - pl.col(PERSON).n_unique()).collect().item()
    if twice:
        raise TableInvalid(
            "Persons stand more than once in {file}: {count} rows too many.",
            expected="one row per person",
            do="Give the table of persons that guzar link wrote.",
            file=file.name,
            count=twice,
        )


def _open(file: Path) -> pl.LazyFrame:
    """A table as it lies in a file or a register, read when it is counted; days and answers of a CSV file as such."""
    if not is_table(file):
        raise SettingsInvalid(
            "There is no table {path}.",
            expected="a file that ends in .csv, .csv.gz or .parquet",
            do="Check the path and the current folder.",
            path=file,
        )
    try:
        if not is_text(file):
            table = pl.scan_parquet(files_of(file))
            table.collect_schema()
            return table
        return _typed(pl.read_csv(file, infer_schema=False)).lazy()
    except pl.exceptions.PolarsError:  # its words may quote a row
        raise _not_as_written(file) from None


def _typed(text: pl.DataFrame) -> pl.DataFrame:
    """Days, answers and numbers of a CSV file as such; persons are numbers where all of them are written as numbers."""
    persons = text[PERSON].drop_nulls() if PERSON in text.columns else pl.Series([], dtype=pl.String)
    are_numbers = len(persons) > 0 and bool(persons.str.contains(r"^(0|-?[1-9][0-9]{0,17})$").all())
    return text.with_columns(
        *(pl.col(day).str.slice(0, 10).str.to_date() for day in DAYS if day in text.columns),
        *(
            pl.col(one).str.to_lowercase().replace_strict({"true": True, "false": False})
            for one in ANSWERS
            if one in text.columns
        ),
        *(pl.col(one).cast(pl.Int32) for one in ("birth_year",) if one in text.columns),
        *([pl.col(PERSON).cast(pl.Int64)] if are_numbers else []),
    )


def _not_as_written(file: Path) -> TableInvalid:
    return TableInvalid(
        "{file} cannot be read as a table.",
        expected="a table as guzar wrote it",
        do="Make the table again.",
        file=file.name,
    )
