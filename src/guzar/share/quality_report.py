"""What is known of a table → a quality report by the concepts of the ESS Single Integrated Metadata Structure (SIMS 2.0).

Each concept is filled from facts that steps wrote down beside the table, or from what the office states itself; nothing else
is said: a concept of which nothing is known is «not stated». Codes and names: SIMS 2.0, Eurostat, November 2015
(`define/codelists/sims.csv`; only concepts that apply to tables of guzar).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import Any

from guzar.define.codelist import read_codelist
from guzar.errors import Phrase

Translate = Callable[[str], str]
GROUPS = (
    "S.1",
    "S.2",
    "S.3",
    "S.6",
    "S.7",
    "S.8",
    "S.10",
    "S.11",
    "S.12",
    "S.13",
    "S.13.3",
    "S.14",
    "S.15",
    "S.17",
    "S.18",
)
NOT_STATED, DECIMAL = Phrase("Not stated."), Phrase("decimal point: .")
# What is said under a concept where all facts that a text names are known.
TEXTS: tuple[tuple[str, Phrase], ...] = (
    ("S.3.1", Phrase("Made by {made_by}; measure: {measure}.")),
    ("S.3.1", Phrase("Made by {made_by_alone}.")),
    ("S.3.1", Phrase("Rows: {rows}; columns: {columns}.")),
    ("S.3.4", Phrase("Concept: {concept}.")),
    ("S.3.4", Phrase("Definition: {definition}.")),
    ("S.3.4", Phrase("Concept of migration: {migration_concept}.")),
    ("S.3.4", Phrase("Rule of residence, in days: {threshold_days} of {window_days}.")),
    ("S.3.5", Phrase("Statistical unit: {statistical_unit}.")),
    ("S.3.6", Phrase("Only: {where}.")),
    ("S.3.7", Phrase("Areas: {areas}.")),
    ("S.3.8", Phrase("Crossings observed from {observed_from} to {observed_to}.")),
    ("S.3.8", Phrase("Interviews from {first_interview} to {last_interview}.")),
    ("S.4", Phrase("Unit: {unit}.")),
    ("S.5", Phrase("Periods: {first_period} to {last_period}.")),
    ("S.6.1", Phrase("Legal basis of the records: {legal_basis}.")),
    ("S.7.2", Phrase("Protected; method: {protection_method}.")),
    ("S.7.2", Phrase("Cells hidden: {hidden_cells}.")),
    ("S.12.3", Phrase("Not complete: {not_complete}.")),
    ("S.12.3", Phrase("Not decidable, by period: {not_decidable}.")),
    ("S.12.3", Phrase("Rows without a value: {rows_without_value} of {rows}.")),
    ("S.12.3", Phrase("Rows with a range and no single value: {rows_with_a_range} of {rows}.")),
    ("S.13.1", Phrase("Intervals of {interval_percent} %; half their width is {half_width_percent} % of the value (median).")),
    ("S.13.1", Phrase("Rows by status: {statuses}.")),
    ("S.13.2", Phrase("Answers: {answers}; clusters: {clusters}; strata: {strata}; degrees of freedom: {degrees_of_freedom}.")),
    ("S.13.2", Phrase("Variance: {variance}.")),
    ("S.13.2", Phrase("Standard error in per cent of the estimate (median): {relative_error_percent}.")),
    ("S.13.3.1", Phrase("Crossings that follow a lost one: {crossings_after_a_lost_one_percent} %.")),
    ("S.13.3.1", Phrase("Exits not recorded: {exits_lost_percent} %; entries: {entries_lost_percent} % (estimated).")),
    ("S.13.3.1", Phrase("Borders without records: {open_borders}.")),
    ("S.13.3.1", Phrase("Whole-household absence: households all of whose members are abroad cannot be asked.")),
    ("S.13.3.2", Phrase("Duplicate scans folded: {duplicate_scans}.")),
    ("S.13.3.4", Phrase("Linkage: precision {precision}, recall {recall}.")),
    ("S.13.3.5", Phrase("Assumptions: {assumptions}.")),
    ("S.13.3.5", Phrase("Tests of the assumptions that failed: {failed}.")),
    ("S.13.3.5", Phrase("Odds ratio assumed: {odds_ratio}.")),
    ("S.15.3", Phrase("Sources combined: {sources}; trusted for the level: {references}.")),
    ("S.15.3", Phrase("Sources combined: {sources_alone}; none is trusted for the level.")),
    ("S.17.2", Phrase("Editions hidden for the back-test: {hidden_editions}.")),
    ("S.17.2", Phrase("Figures of earlier editions that were revised: {revised}; held by their intervals: {held_percent} %.")),
    ("S.18.1", Phrase("Holder of the records: {holder}.")),
    ("S.18.5", Phrase("Method: {method}.")),
    ("S.18.5", Phrase("Lost crossings: {missing}.")),
    ("S.18.5", Phrase("Draws: {draws}; seed: {seed}.")),
)  # fmt: skip
NEEDS_HOUSEHOLDS = "whole_household_absence"


@dataclass(frozen=True)
class ReportLine:
    """A concept with its code, its names, and the texts with their values; none where nothing is known."""

    code: str
    name_en: str
    name_ru: str
    texts: tuple[Phrase, ...]

    @property
    def is_group(self) -> bool:
        """Whether the concept only stands above others."""
        return self.code in GROUPS


def make_quality_report(
    facts: Mapping[str, Any],
    stated: Mapping[str, Mapping[str, str]],
    language: str,
    more: Mapping[str, Sequence[Phrase]] | None = None,
) -> tuple[ReportLine, ...]:
    """The concepts in their order, filled from facts, from what the office states in this language, and from `more` texts, by
    code."""
    made = []
    for code, name_en, name_ru in read_codelist("sims").iter_rows():
        own = stated.get(code, {})
        words = own.get(language) or next(iter(own.values()), None)
        texts = [Phrase("{words}", {"words": words})] if words else []
        texts += [Phrase(text.text, facts) for at, text in TEXTS if at == code and _is_known(text, facts)]
        texts += (more or {}).get(code, ())
        made.append(ReportLine(code, name_en, name_ru, tuple(texts)))
    return tuple(made)


def lines_of(report: tuple[ReportLine, ...], say: Translate) -> list[tuple[str, str, str, str]]:
    """Code, names and text of each concept; of a group that says nothing itself, no text."""
    comma = say(DECIMAL.text)[-1]
    told = []
    for line in report:
        texts = " ".join(say(each.text).format(**_in_words(each.values, comma)) for each in line.texts)
        told.append(
            (line.code, line.name_en, line.name_ru, texts or ("" if line.is_group else say(NOT_STATED.text)))
        )
    return told


def as_markdown(report: tuple[ReportLine, ...], title: str, say: Translate) -> str:
    """The report as a page in Markdown: a heading for each concept, its text below."""
    parts = [f"# {title}"]
    for code, name_en, name_ru, text in lines_of(report, say):
        level = "##" if code.count(".") == 1 else "###"
        parts.append(f"{level} {code} {name_en} · {name_ru}" + (f"\n\n{text}" if text else ""))
    return "\n\n".join(parts) + "\n"


def as_page(report: tuple[ReportLine, ...], title: str, say: Translate, language: str) -> str:
    """The report as one HTML page without scripts or outside files."""
    rows = "\n".join(
        f"<tr{' class=group' if not text else ''}><th scope=row>{code}</th><td>{escape(name_en)}<br>"
        f"<span lang=ru>{escape(name_ru)}</span></td><td>{escape(text)}</td></tr>"
        for code, name_en, name_ru, text in lines_of(report, say)
    )
    style = "body{font:16px/1.5 sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}td,th{padding:.4rem;" \
        "text-align:left;vertical-align:top;border-bottom:1px solid #ccc}.group{background:#eee}"  # fmt: skip
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{style}</style>\n<h1>{escape(title)}</h1>\n<table>\n{rows}\n</table>\n</html>\n"
    )


def _is_known(text: Phrase, facts: Mapping[str, Any]) -> bool:
    """Whether every fact that a text names is known and not empty."""
    if "Whole-household" in text.text:
        return bool(facts.get(NEEDS_HOUSEHOLDS))
    names = [part.partition("}")[0] for part in text.text.split("{")[1:]]
    return all(facts.get(name) not in (None, "", [], {}) for name in names)


def _in_words(values: Mapping[str, Any], comma: str) -> dict[str, str]:
    return {name: _word(value, comma) for name, value in values.items()}


def _word(value: Any, comma: str) -> str:
    """A fact in words; a number with four digits that count, without a power of ten, by the comma of the language."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_word(one, comma)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_word(one, comma) for one in value)
    if isinstance(value, float) and isfinite(value):
        text = f"{float(f'{value:.4g}'):.10f}".rstrip("0").rstrip(".")
        return text.replace(".", comma)
    return str(value)
