"""Reporting on quality: a table in a file and what stands beside it → a quality report; nothing is said that nobody wrote."""

import json
import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.identifying_columns import names_of_persons
from guzar.define.codelist import read_codelist
from guzar.define.units import UNITS
from guzar.errors import SettingsInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.protect.report_words import Words
from guzar.share.quality_of_estimates import NOT_OF_OPEN_BORDERS, texts_of_estimate
from guzar.share.quality_report import ReportLine, as_markdown, as_page, lines_of, make_quality_report
from guzar.share.quality_words import in_words
from guzar.store import read_about, write_json, write_text

NOT_STATED = "not_stated"  # as the unit, by guzar combine
ENDINGS = (".html", ".md", ".json")
PERIODS = ("year", "month", "day", "period")
ANSWERS = ("is_covered",)
TOLD_IN_TEXTS = ("citizenship", "outside", "permission_rules", "false_crossings", "deaths")
BESIDE = (".about.json", ".assumptions.json")
VALUES = ("value", "median", "persons", "percent", "total")
NUMBERS = (*VALUES, "lower", "upper", "standard_error", "range_lower")


def report_quality(
    table: Path, *, protection: Path | None, receipt: Path | None, stated: Path | None, language: str
) -> tuple[ReportLine, ...]:
    """The quality report of a table, from what is written beside it and in the files given.

    Raises SettingsInvalid for files that are not there or cannot be read, TableInvalid for a damaged table.
    """
    from guzar.languages import translate  # noqa: PLC0415

    about = read_about(table)
    made_from = about.get("from")
    beside = table.with_name(f"{table.name}.assumptions.json")
    assumed = _read(beside) if beside.is_file() else {}
    facts = {
        **(made_from if isinstance(made_from, Mapping) else {}),
        **about,
        **_of_assumptions(assumed),
        **_of_table(read_numbers(table, NUMBERS, answers=ANSWERS)),
        **(_of_protection(_read(protection), Words(language)) if protection else {}),
        **(_read(receipt) if receipt else {}),
    }
    if isinstance(facts.get("quality"), Mapping):  # of a linkage
        facts |= facts["quality"]
    texts = texts_of_estimate(assumed, partial(translate, language=language))
    return make_quality_report(_in_language(facts, language), _stated(stated), language, texts)


def files_beside(table: Path) -> list[Path]:
    """What guzar wrote beside a table: read by the report, and never to be written over by it."""
    return [table.with_name(table.name + ending) for ending in BESIDE]


def _in_language(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Assumptions, method and units in the words of the reader; an interval's chance only where guzar made the interval."""
    from guzar.languages import translate  # noqa: PLC0415

    told = dict(facts)
    assumed, unit = told.get("assumptions"), told.get("unit")
    if isinstance(assumed, Mapping):
        told["assumptions"] = assumed.get(language)
    elif isinstance(assumed, list):
        told["assumptions"] = [translate(str(each), language).rstrip(".") for each in assumed]
    if unit is not None:
        units = [one for one in (unit if isinstance(unit, list) else [unit]) if one != NOT_STATED]
        told["unit"] = [translate(UNITS[one], language) if one in UNITS else str(one) for one in units]
        told["statistical_unit"] = units
    if told.get("hidden_editions") == 0:  # no back-test
        del told["hidden_editions"]
    if told.get("sources") and not told.get("references"):
        told["sources_alone"] = told["sources"]
    if "made_by" in told or "diagnostics" in told:
        told.setdefault("interval_percent", 90)  # every interval of guzar is of 90 %
    if told.get("made_by") and not told.get("measure"):
        told["made_by_alone"] = told["made_by"]
    return in_words(told, lambda text: translate(text, language))


def write_quality_report(report: tuple[ReportLine, ...], table: Path, out: Path, language: str) -> None:
    """The report as a page (.html), as Markdown (.md), or as data (.json)."""
    from guzar.languages import translate  # noqa: PLC0415

    def say(text: str) -> str:
        return translate(text, language)

    title = f"{say('Quality report')}: {table.name}"
    if out.suffix == ".html":
        write_text(out, as_page(report, title, say, language))
    elif out.suffix == ".md":
        write_text(out, as_markdown(report, title, say))
    elif out.suffix == ".json":
        rows = [
            dict(zip(("code", "name_en", "name_ru", "text"), row, strict=True))
            for row in lines_of(report, say)
        ]
        structure = "ESS Single Integrated Metadata Structure 2.0"
        write_json(out, {"table": table.name, "structure": structure, "language": language, "concepts": rows})
    else:
        raise SettingsInvalid(
            "guzar cannot write a quality report as {ending}.",
            expected="a file that ends in {endings}",
            do="Choose another name after --out.",
            ending=out.suffix or "-",
            endings=", ".join(ENDINGS),
        )


def _of_table(table: pl.DataFrame) -> dict[str, Any]:
    """Rows, columns, periods, areas, statuses and widths of intervals; of a table of persons its size alone."""
    facts: dict[str, Any] = {"rows": table.height, "columns": f"{table.width} ({', '.join(table.columns)})"}
    if names_of_persons(table.columns) or table.is_empty():
        return facts
    period = next((name for name in PERIODS if name in table.columns), None)
    if period:
        held = table[period].cast(pl.String).drop_nulls()
        facts |= {"first_period": held.min(), "last_period": held.max()}
    if "area" in table.columns and table["area"].n_unique() <= 20:
        facts["areas"] = sorted(table["area"].drop_nulls().cast(pl.String).unique())
    if "unit" in table.columns:
        facts["unit"] = sorted(table["unit"].drop_nulls().cast(pl.String).unique())
    if "measure" in table.columns and table["measure"].n_unique() <= 20:
        facts["measure"] = table["measure"].drop_nulls().cast(pl.String).unique(maintain_order=True).to_list()
    status = next((name for name in ("status", "month_status") if name in table.columns), None)
    if status:
        facts["statuses"] = dict(sorted(table[status].drop_nulls().value_counts().iter_rows()))
    return facts | _of_intervals(table) | _of_revisions(table)


def _of_intervals(table: pl.DataFrame) -> dict[str, Any]:
    """How wide intervals and errors are beside the value: medians in per cent, over rows with a value that is not zero."""
    name = next((one for one in VALUES if one in table.columns), None)
    if name is None or not table.schema[name].is_numeric():
        return {}
    ends = [pl.col(end).is_not_null() for end in ("lower", "range_lower") if end in table.columns]
    empty = table.filter(pl.col(name).is_null())
    ranges = empty.filter(pl.any_horizontal(ends)).height if ends else 0
    facts: dict[str, Any] = {
        "rows_with_a_range": ranges or None,
        "rows_without_value": empty.height - ranges or None,
    }
    told = table.filter((pl.col(name) != 0).fill_null(False))
    size = pl.col(name).abs()
    if {"lower", "upper"} <= set(table.columns):
        width = told.select(50 * (pl.col("upper") - pl.col("lower")) / size).to_series().median()
        facts |= {"half_width_percent": width}
    if "standard_error" in table.columns:
        facts["relative_error_percent"] = (
            told.select(100 * pl.col("standard_error") / size).to_series().median()
        )
    return facts


def _of_revisions(table: pl.DataFrame) -> dict[str, Any]:
    """How many figures of earlier editions were revised, and the share that their intervals held."""
    if not {"is_covered", "month_status"} <= set(table.columns):
        return {}
    held = table.filter(pl.col("month_status") != "final")["is_covered"].drop_nulls()
    return {"revised": held.len(), "held_percent": 100 * held.mean()} if held.len() else {}  # type: ignore[operator]


def _of_assumptions(beside: Mapping[str, Any]) -> dict[str, Any]:
    """What `guzar residence --missing impute` wrote of its assumptions; shares as per cent of what was lost.

    With a border without records nothing is observed: what was assumed, and how often it was drawn, then says nothing.
    """
    facts = {name: value for name, value in beside.items() if name not in TOLD_IN_TEXTS}
    if "deltas" in beside:  # only an estimate has these
        facts |= {"made_by": "guzar residence", "missing": "impute"}
    if beside.get("open_borders"):
        facts = {name: value for name, value in facts.items() if name not in NOT_OF_OPEN_BORDERS}
    for kind in ("exits", "entries"):
        share = beside.get(f"{kind}_recorded_share")
        if isinstance(share, float):
            facts[f"{kind}_lost_percent"] = 100 * (1 - share)
    return facts


def _of_protection(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    told = report.get("hidden")
    hidden = (
        {words.reason(name): cells for name, cells in told.items()} if isinstance(told, Mapping) else told
    )
    return {
        "protection_method": report.get("method") or "suppress",
        "hidden_cells": hidden if hidden else None,
    }


def _stated(file: Path | None) -> dict[str, dict[str, str]]:
    """What the office states itself, by code of SIMS: one text, or texts by language."""
    if file is None:
        return {}
    known = set(read_codelist("sims")["code"])
    told = _read(file)
    made = {code: each if isinstance(each, dict) else {"": str(each)} for code, each in told.items()}
    wrong = sorted(set(made) - known)
    if wrong:
        raise SettingsInvalid(
            "The report has no concepts with these codes: {codes}.",
            where="{file}",
            expected="codes of SIMS 2.0, as \"S.1.1\" = \"text\", or by language: \"S.1.1\" = {{en = \"…\", ru = \"…\"}}",
            do="Correct the codes; --out report.md without --stated shows them all.",
            codes=", ".join(wrong),
            file=file.name,
        )  # fmt: skip
    return made


def _read(file: Path) -> dict[str, Any]:
    """A small file of facts, .json or .toml."""
    try:
        text = file.read_text(encoding="utf-8")
        told = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict):
        raise SettingsInvalid(
            "{file} cannot be read.",
            expected="a file in .json or .toml with names and values",
            do="Check the file.",
            file=file.name,
        )
    return told
