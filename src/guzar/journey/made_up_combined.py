"""Combined, bounded and reported on, on made-up people: foreign residents by three sources, and foreigners beyond permission.

Register, border and survey each miss other people; they are combined beside the truth. Who stays beyond permission stands on
no list whole: two lists bound them. Lists of persons stand in memory only; what leaves are totals, rounded to tens.
"""

from collections.abc import Mapping
from datetime import date
from math import ceil, floor, sqrt
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.combinable import PERCENT, CombineQuestion
from guzar.analyse.combined_sources import CombinedSources
from guzar.analyse.hidden_groups import TWO_LISTS, BoundsQuestion, bound_hidden_groups
from guzar.analyse.source_biases import REACH
from guzar.analyse.survey_estimates import GRAND_MEAN, SurveyQuestion, estimate_survey
from guzar.define.tables.made_up import MadeUpCombined, MadeUpQuality
from guzar.errors import Phrase
from guzar.journey.combining import combine_file, tell_combined
from guzar.journey.counting import count_file
from guzar.journey.made_up_place import DAY, FIRST, Place
from guzar.journey.reporting_quality import report_quality
from guzar.languages import LANGUAGES, translate
from guzar.share.quality_report import lines_of
from guzar.store import write_json, write_table

HOME, ABROAD = "QMA", "foreign"
RESIDENTS, BEYOND = "foreign_residents", "beyond_permission"
REGISTER, BORDER, SURVEY = "population_register", "crossings", "survey"
COMBINED, TOGETHER, LISTS = "combined", "combined_years", "two_lists"
YEARS = range(FIRST.year, DAY.year + 1)
ROUNDED_TO = 10
DEFINITION = "foreign citizens who live in QMA at the end of the year"
STATED = {
    "S.1.1": Phrase("guzar demo; the office and its country are made up"),
    "S.13.3.1": Phrase(
        "The register keeps many who left without a word; the border knows only those who crossed it since its records begin; the "
        "survey does not reach households that are away as a whole."
    ),
    "S.15.1": Phrase("No other country can be compared: this one is made up."),
}


def tell_combined_sources(place: Place) -> dy.DataFrame[MadeUpCombined]:
    """Foreign residents by year, source and all together; in the last year, foreigners beyond permission as a range."""
    held, done, together = _combine(place)
    true = {year: _true_residents(place, year) for year in YEARS}
    rows = [_row(RESIDENTS, each["year"], each["source"], each, true[each["year"]]) for each in held]
    for name, combined in ((COMBINED, done), (TOGETHER, together)):
        for each in combined.table.iter_rows(named=True):
            rows.append(_row(RESIDENTS, each["year"], name, each, true[each["year"]]))
    rows.append(_row(BEYOND, DAY.year, LISTS, _bound(place), _true_beyond(place)))
    schema = {name: column.dtype for name, column in MadeUpCombined.columns().items()}
    return MadeUpCombined.validate(pl.DataFrame(rows, schema=schema))


def report_combined(place: Place) -> dy.DataFrame[MadeUpQuality]:
    """The quality report of the combined estimate, in both languages: what is known, and no word more."""
    stated = place.counts / "stated.json"
    office = {code: {lang: translate(told.text, lang) for lang in LANGUAGES} for code, told in STATED.items()}
    write_json(stated, office)
    columns: dict[str, list[str | None]] = {}
    for lang in LANGUAGES:
        report = report_quality(_file(place), protection=None, receipt=None, stated=stated, language=lang)
        told = lines_of(report, lambda text, lang=lang: translate(text, lang))  # type: ignore[misc]
        columns["concept_code"] = [line.code for line in report]
        columns[f"text_{lang}"] = [
            text if line.texts else None for line, (*_, text) in zip(report, told, strict=True)
        ]
    return MadeUpQuality.validate(
        pl.DataFrame(columns, schema=dict.fromkeys(MadeUpQuality.column_names(), pl.String))
    )


def _combine(place: Place) -> tuple[list[dict[str, Any]], CombinedSources, CombinedSources]:
    """What each source says, each year combined by itself, and all years with biases that do not change.

    The first stands as a table beside the counts, which the quality report reads.
    """
    held = [*_registered(place), *_by_border(place), *_by_survey(place)]
    named = {"measure": RESIDENTS, "unit": "persons", "definition": DEFINITION}
    file = place.counts / "foreign_residents_sources.csv"
    write_table(file, pl.DataFrame([{**named, **each} for each in held]))
    asked = CombineQuestion(biases=PERCENT)
    together = combine_file(file, asked)
    write_table(file, pl.DataFrame([{**named, **each, "biases_of": str(each["year"])} for each in held]))
    done = combine_file(file, asked)
    tell_combined(done, asked, _file(place))
    write_table(_file(place), done.table)
    return [_with_ends(each) for each in held], done, together


def _file(place: Place) -> Path:
    return place.counts / "foreign_residents.csv"


def _source(name: str, year: int, value: float, error: float | None = None) -> dict[str, Any]:
    """What a source says; the error of a count by itself is taken as its square root."""
    return {
        "source": name,
        "year": year,
        "value": value,
        "standard_error": sqrt(value) if error is None else error,
    }


def _with_ends(told: Mapping[str, Any]) -> dict[str, Any]:
    reach = REACH * told["standard_error"]
    return {**told, "lower": told["value"] - reach, "upper": told["value"] + reach}


def _registered(place: Place) -> list[dict[str, Any]]:
    rows = place.held("registered_residents").filter(pl.col("citizenship") != HOME)
    made = []
    for day in map(_last_day, YEARS):
        here = (pl.col("resident_from") <= day) & ~(
            (pl.col("resident_to") <= day) | (pl.col("died_on") <= day)
        ).fill_null(False)
        made.append(_source(REGISTER, day.year, rows.filter(here).height))
    return [each for each in made if each["value"]]


def _by_border(place: Place) -> list[dict[str, Any]]:
    """Residents by their crossings alone; who never crossed is not among them."""
    days = [_last_day(year) for year in YEARS]
    counted = count_file(
        place.register / "residence.parquet",
        "stock",
        ("citizenship",),
        persons=place.register / "persons.parquet",
        days=days,
        workspace=place.workspace.path,
    ).table
    foreign = counted.filter(pl.col("citizenship") != HOME)
    when = counted.columns[0]
    return [
        _source(BORDER, day.year, persons)
        for day in days
        if (persons := int(foreign.filter(pl.col(when).cast(pl.String) == day.isoformat())["persons"].sum()))
    ]


def _by_survey(place: Place) -> list[dict[str, Any]]:
    """Members of households, with the error of the sample: the mean of the year's rounds."""
    every = place.held("survey_answers").with_columns(
        citizenship=pl.when(pl.col("citizenship") == HOME).then(pl.lit(HOME)).otherwise(pl.lit(ABROAD))
    )
    made = []
    for year in YEARS:
        answers = every.filter(pl.col("interview_date").dt.year() == year)
        if not answers.height or ABROAD not in answers["citizenship"]:
            continue
        rounds = answers["interview_date"].n_unique()
        asked = SurveyQuestion(where={"citizenship": ABROAD}, rounds=rounds, single_cluster=GRAND_MEAN)
        found = estimate_survey(answers, "persons", asked).table.row(0, named=True)
        if found["persons"]:  # too few answers give no estimate
            made.append(_source(SURVEY, year, found["persons"], found["standard_error"]))
    return made


def _bound(place: Place) -> dict[str, Any]:
    """Two lists of foreigners whose permitted days ended without a permit: still seen by the border, still registered."""
    persons = pl.read_parquet(place.register / "persons.parquet", columns=["person_id", "citizenship"])
    crossings = pl.read_parquet(place.register / "crossings.parquet")
    permits = pl.read_parquet(place.register / "permits.parquet")
    whose = persons.filter(pl.col("citizenship") != HOME)
    beyond = _beyond(
        crossings.join(whose.select("person_id"), on="person_id", how="semi"), permits, "person_id"
    )
    later = crossings.filter(pl.col("crossing_date").dt.date() > DAY).sort("person_id", "crossing_date")
    leaves = later.group_by("person_id", maintain_order=True).first().filter(pl.col("direction") == "exit")
    acts = pl.read_parquet(place.register / "registrations.parquet").filter(pl.col("event_date") <= DAY)
    registered = acts.sort("person_id", "event_date").group_by("person_id", maintain_order=True).last()
    lists = [
        beyond.join(each, on="person_id", how="semi")
        for each in (leaves, registered.filter(pl.col("valid_to") >= DAY))
    ]
    both = lists[0].join(lists[1], on="person_id", how="semi")
    counts = {"first_list": lists[0].height, "second_list": lists[1].height, "both": both.height}
    return bound_hidden_groups(pl.DataFrame([counts]), BoundsQuestion(TWO_LISTS)).table.row(0, named=True)


def _beyond(crossings: pl.DataFrame, permits: pl.DataFrame, key: str) -> pl.DataFrame:
    """Who entered last before the day ended, whose permitted days of that entry are over, and who has no valid permit."""
    until = crossings.filter(pl.col("crossing_date").dt.date() <= DAY).sort(key, "crossing_date")
    last = until.group_by(key, maintain_order=True).last()
    is_valid = (pl.col("valid_from") <= DAY) & (pl.col("valid_to") >= DAY)
    is_cancelled = (pl.col("cancelled_on") <= DAY).fill_null(False)
    valid = permits.filter(is_valid & ~is_cancelled)
    over = (pl.col("direction") == "entry") & (pl.col("permitted_until") < DAY)
    return last.filter(over).select(key).join(valid, on=key, how="anti")


def _true_residents(place: Place, year: int) -> float:
    day = _last_day(year)
    foreign = place.truth("persons").filter(pl.col("citizenship") != HOME)
    here = (pl.col("resident_from") <= day) & (
        pl.col("resident_to").is_null() | (pl.col("resident_to") > day)
    )
    lived = place.truth("residence").filter(here).join(foreign, on="true_person_id", how="semi")
    return float(lived["true_person_id"].n_unique())


def _true_beyond(place: Place) -> float:
    """Foreigners truly in the country, whose permitted days as the border told them are over, without a valid permit."""
    whose = place.truth("records").select("table", "record_id", "true_person_id")
    deliveries = place.world / "deliveries"
    files = sorted((deliveries / "crossings").iterdir())
    columns = ["record_id", "crossing_date", "direction", "permitted_until"]
    recorded = pl.concat([pl.read_parquet(file, columns=columns) for file in files])
    days = [pl.col(name).str.to_date() for name in ("valid_from", "valid_to", "cancelled_on")]
    permits = pl.read_csv(deliveries / "permits" / "permits.csv", infer_schema=False).with_columns(days)
    found = [
        table.join(whose.filter(pl.col("table") == name), on="record_id")
        for name, table in (("crossings", recorded), ("permits", permits))
    ]
    beyond = _beyond(_with_days(found[0]), found[1], "true_person_id")
    until = place.truth("crossings").filter(pl.col("crossing_date").dt.date() <= DAY)
    last = (
        until.sort("true_person_id", "crossing_date").group_by("true_person_id", maintain_order=True).last()
    )
    foreign = place.truth("persons").filter(pl.col("citizenship") != HOME)
    inside = last.filter(pl.col("direction") == "entry").join(foreign, on="true_person_id", how="semi")
    return float(beyond.join(inside, on="true_person_id", how="semi").height)


def _with_days(crossings: pl.DataFrame) -> pl.DataFrame:
    """Crossings as delivered, with days as days."""
    kinds: dict[str, Any] = {"crossing_date": pl.Datetime("us"), "permitted_until": pl.Date}
    return crossings.with_columns(
        pl.col(name).str.strptime(kind) if crossings.schema[name] == pl.String else pl.col(name).cast(kind)
        for name, kind in kinds.items()
    )


def _row(measure: str, year: int, source: str, told: Mapping[str, Any], true: float) -> dict[str, Any]:
    """One row, rounded: values to tens, ends outwards."""
    value, lower, upper = (told.get(name) for name in ("value", "lower", "upper"))
    return {
        "made_up_measure": measure,
        "year": year,
        "made_up_input": source,
        "from_records": None if value is None else float(ROUNDED_TO * round(value / ROUNDED_TO)),
        "lower": None if lower is None else float(ROUNDED_TO * floor(max(lower, 0) / ROUNDED_TO)),
        "upper": None if upper is None else float(ROUNDED_TO * ceil(upper / ROUNDED_TO)),
        "estimate_status": told.get("status", "as_given"),
        "estimate_reason": told.get("status_reason") or "",
        "in_truth": true,
        "unit": "persons",
    }


def _last_day(year: int) -> date:
    return date(year, 12, 31)
