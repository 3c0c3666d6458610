"""The same made-up year by four sources: crossings, registrations, permits and the survey, each in its unit.

What crossings show people did, what was declared, what was issued and what households report are different things: they
stand beside one another, and are never added.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.beside_truth import CITIZENS_ABROAD, NOBODY_TO_ASK, count_citizens_abroad
from guzar.analyse.survey_estimates import CONTRIBUTORS, GRAND_MEAN, SurveyQuestion, estimate_survey
from guzar.define.tables.made_up import MadeUpSources
from guzar.define.tables.releases import ProtectedTable
from guzar.journey.counting import count_file
from guzar.journey.made_up_place import DAY, Place
from guzar.store import write_table

HOME = "QMA"
ABROAD = f"made_up_citizens_abroad_{DAY.year}"
REGISTRATIONS, PERMITS = f"made_up_registrations_{DAY.year}", f"made_up_permits_{DAY.year}"
ACTS = {REGISTRATIONS: "registrations", PERMITS: "permits"}
BY = ("sex", "citizenship")
DECLARED_ACTS = f"""
[protect.{REGISTRATIONS}]
population = "made-up people, no real country: acts of registration in QMA in {DAY.year}"
dimensions = ["registration_event", "sex", "citizenship"]
count = "registrations"
unit = "registrations"
minimum = 5

[protect.{PERMITS}]
population = "made-up people, no real country: permits of QMA valid from {DAY.year}"
dimensions = ["permit_type", "sex", "citizenship"]
count = "permits"
unit = "permits"
minimum = 5

[protect.{ABROAD}]
population = "made-up people, no real country: citizens of QMA abroad in {DAY.year}, estimated from a survey"
dimensions = ["citizenship"]
minimum = 5
"""


def write_linked_acts(place: Place, clusters: pl.DataFrame) -> None:
    """Registrations and permits of linked persons, each in a table of its own: no stay stands beside a permission."""
    whose = clusters.select("record_id", "person_id")
    for acts in ACTS.values():
        linked = place.held(acts).drop("person_token").join(whose, on="record_id", how="inner")
        write_table(place.register / f"{acts}.parquet", linked.sort("person_id", "record_id"))


def count_acts(place: Place) -> dict[str, Path]:
    """Unprotected counts of the year's registrations by event and permits by type; refused before names are purged."""
    files = {}
    for name, acts in ACTS.items():
        by = (*BY, "permit_type") if acts == "permits" else BY
        source = place.register / f"{acts}.parquet"
        counted = count_file(source, acts, by, workspace=place.workspace.path).table
        files[name] = place.counts / f"{name}.csv"
        write_table(files[name], counted.filter(pl.col("year") == str(DAY.year)).drop("year"))
    return files


def count_citizens_reported_abroad(place: Place) -> dict[str, Path]:
    """The survey's estimate as an unprotected count, with its answers as contributors; no file where it stays empty."""
    found = _estimate_citizens_abroad(place)
    if found is None or found["persons"] is None:
        return {}
    file = place.counts / f"{ABROAD}.csv"
    count = {"citizenship": HOME, "persons": found["persons"], CONTRIBUTORS: found[CONTRIBUTORS]}
    write_table(file, pl.DataFrame([count]))
    return {ABROAD: file}


def tell_sources(
    place: Place, tables: Mapping[str, ProtectedTable], errors: Mapping[str, Mapping[str, Any]]
) -> dy.DataFrame[MadeUpSources]:
    """What each source says of the year, beside the truth of the same thing where there is one."""
    rows = [
        _row(
            "crossings", flow, "outcome", errors[flow]["from_records"], "migrations", errors[flow]["in_truth"]
        )
        for flow in ("immigrations", "emigrations")
    ]
    for event, name in (
        ("arrival", "arrivals_registered"),
        ("departure", "departures_registered"),
        ("automatic_departure", "registrations_expired"),
    ):
        acts = total_of(tables[REGISTRATIONS], registration_event=event)
        rows.append(_row("registrations", name, "declared", acts, "registrations"))
    rows.append(_row("permits", "permits_issued", "declared", total_of(tables[PERMITS]), "permits"))
    schema = {name: column.dtype for name, column in MadeUpSources.columns().items()}
    table = pl.DataFrame([*rows, *_citizens_abroad(place, tables.get(ABROAD))], schema=schema)
    return MadeUpSources.validate(table)


def total_of(table: ProtectedTable, **codes: str) -> float | None:
    """The total of a protected table, or of some codes of it; None where it is hidden or nobody is counted."""
    wanted = [pl.col(name) == codes.get(name, "_T") for name in table.dimensions]
    cell = table.frame.filter(wanted)[table.count]
    return None if cell.is_empty() or cell[0] is None else float(cell[0])


def _citizens_abroad(place: Place, table: ProtectedTable | None) -> list[dict[str, Any]]:
    """Own citizens abroad as households report them, the mean of the year's rounds, beside the true ones of these days."""
    days = _answers(place)["interview_date"].unique().sort().to_list()
    if not days:
        return []
    true = count_citizens_abroad(
        place.truth("persons"), place.truth("crossings"), place.truth("residence"), days, HOME
    )
    value = None if table is None else total_of(table)
    told = _row("survey", CITIZENS_ABROAD, "reported", value, "persons", true[CITIZENS_ABROAD])
    found = None if value is None else _estimate_citizens_abroad(place)
    interval = {name: found[name] for name in ("lower", "upper")} if found else {}
    nobody = _row("survey", NOBODY_TO_ASK, "reported", None, "persons", true[NOBODY_TO_ASK])
    return [told | interval, nobody]


def _estimate_citizens_abroad(place: Place) -> dict[str, Any] | None:
    answers = _answers(place)
    if answers.is_empty():
        return None
    rounds = answers["interview_date"].n_unique()
    asked = SurveyQuestion(where={"citizenship": HOME}, rounds=rounds, single_cluster=GRAND_MEAN)
    found = estimate_survey(answers, "absent", asked).table.to_dicts()
    return found[0] if found else None


def _answers(place: Place) -> pl.DataFrame:
    return place.held("survey_answers").filter(pl.col("interview_date").dt.year() == DAY.year)


def _row(
    source: str, measure: str, concept: str, value: float | None, unit: str, true: float | None = None
) -> dict[str, Any]:
    return {
        "made_up_source": source,
        "made_up_measure": measure,
        "made_up_concept": concept,
        "from_records": value,
        "lower": None,
        "upper": None,
        "in_truth": true,
        "unit": unit,
    }
