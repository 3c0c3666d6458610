"""Protected tables in words, in English and Russian: the parts of README and LICENCE that speak of them.

Everything said here was declared, or stands in the tables as they leave. What guzar cannot know (who publishes, under
which licence) is said to be unknown.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from guzar.define.migration_concepts import CONCEPTS, RULES_IN_WORDS
from guzar.define.tables.releases import ProtectedTable
from guzar.define.units import UNITS
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.languages.numbers import write_number
from guzar.share.protected_tables import (
    TITLE_OF_TABLES,
    codes_of,
    hidden_in,
    holds_amounts,
    mark_of,
    method_of,
    population_of,
)

PROTECTED = (
    "Counts made from records about persons. A cell without a count (status C) is hidden, so that nobody can work out a"
    " small group; a cell with status F shows what was counted. A table with the column `disclosure_method` hides no cell:"
    " its counts carry noise (cell_key) or are rounded (rounded), and none need be the true one."
    " What was done to each table stands in release.json."
)
SUM_OF_ALL = "Protected tables: {tables}; cells: {cells}, of them hidden: {hidden}."
READING_HIDDEN = (
    "A hidden cell has the status C in the column `confidentiality_status` and an empty count, which is not to be"
    " read as any number: a cell may be hidden because of its own count, or to protect another one."
)
READING = (
    "A row with the code of a total or of a group in any column covers several other rows; rows with inner codes in all"
    " columns are the inner cells. The two kinds are not to be added. Every combination of codes has a row.",
    "An edition is the date of the counts. A later edition is another release; this one stays as it is.",
)
METHODS = {
    "suppress": "rules refuse cells, and other cells are hidden beside them so that they cannot be worked out; what is shown"
    " is exact",
    "small": "counts below {minimum} are hidden by a rule, and other cells beside them so that they cannot be worked"
    " out; what is shown is exact",
    "amounts": "amounts that would give away a contributor are hidden, and other cells beside them so that they cannot be"
    " worked out; what is shown is exact",
    "perturb": "no cell is hidden; counts carry random noise of at most {greatest}, and totals are not the sums of their"
    " parts",
    "round": "no cell is hidden; counts are rounded to multiples of {base}, and all sums hold",
}
WAYS_WITH_GAPS = {
    "midpoint": "the time between was split half-way",
    "drop": "persons with such a gap were left out",
    "refuse": "none was allowed",
}
OWN_CITIZENS = {
    "any_crossing": "Own citizens are persons who crossed on documents of {own} at least once, with all their crossings",
    "residence_table": "Own citizens are persons who crossed on documents of {own} at least once, with all their crossings",
    "commonest_of_person": "Own citizens are persons whose commonest citizenship in all records is {own}",
}
LIFE_NOT_KNOWN = {
    (
        False,
        False,
    ): "Births and deaths were not known: persons are counted before their birth and after their death too",
    (True, False): "Deaths were not known: persons are counted after their death too",
    (False, True): "Births were not known: persons are counted before their birth too",
}
LICENCE_OF_TABLES = (
    "The tables in `protected/` were counted from records about persons. The institution that publishes this release"
    " decides under which licence they may be used; guzar cannot know it and states none. Where that institution names no"
    " licence, ask it before you use the tables. Descriptions of tables and columns are part of guzar (Apache-2.0)."
)
MOST_NAMED = 12  # codes named in one line; a longer list is found in the table itself


def sum_up(tables: Sequence[ProtectedTable], language: str) -> str:
    """How many protected tables there are, how many cells they have, and how many of these are hidden."""
    return translate(SUM_OF_ALL, language).format(
        tables=len(tables),
        cells=write_count(sum(table.frame.height for table in tables), language),
        hidden=write_count(sum(map(hidden_in, tables)), language),
    )


def write_protected_section(tables: Sequence[ProtectedTable], language: str) -> list[str]:
    """Blocks of a README: what protected tables are, each of them, how to read and how to open them."""
    ordered = sorted(tables, key=lambda one: one.name)
    rules = [*([READING_HIDDEN] if any(map(hidden_in, ordered)) else []), *READING]
    blocks = [f"## {translate(TITLE_OF_TABLES, language)}", translate(PROTECTED, language)]
    for table in ordered:
        blocks += [f"### {table.name}", _list(_lines_of(table, language))]
    blocks += [
        f"## {translate('How to read the protected tables', language)}",
        _list(translate(rule, language) for rule in rules),
        f"## {translate('Open the protected tables', language)}",
        _list(_ways_to_open(ordered[0])),
    ]
    return blocks


def _lines_of(table: ProtectedTable, language: str) -> list[str]:
    """What somebody must know who uses a table, one line each."""

    def say(text: str, **values: object) -> str:
        return translate(text, language).format(**values)

    edition = str(table.about.get("edition", ""))
    unit = translate(UNITS[table.unit], language) if table.unit in UNITS else table.unit
    return [
        say("Files: {files}", files=f"`protected/{table.name}.csv`, `protected/{table.name}.parquet`"),
        say("What was counted: column `{count}`; unit: {unit}", count=table.count, unit=unit),
        *_how_counted(table, say, language),
        say("Population: {population}", population=population_of(table)),
        *([say("Edition: {edition}", edition=write_date(edition, language))] if edition else []),
        say(
            "Cells: {cells}, of them hidden: {hidden}",
            cells=write_count(table.frame.height, language),
            hidden=write_count(hidden_in(table), language),
        ),
        say("Protection: {method}", method=_method_in_words(table, language)),
        *(_dimension_line(table, name, language) for name in table.dimensions),
    ]


def _how_counted(table: ProtectedTable, say: Callable[..., str], language: str) -> list[str]:
    """By which rule and from which days the counts were made, where it is known, and what is not complete."""
    counted = table.about.get("counted", {})
    made_from = counted.get("from", {})
    lines = _concepts(counted, say)
    if {"threshold_days", "window_days", "observed_from", "observed_to"} <= set(made_from):
        lines.append(
            say(
                "Usual residence by the rule of {threshold_days} of {window_days} days, from border crossings of "
                "{observed_from} to {observed_to}",
                **made_from,
            )
        )
    if counted.get("readings"):
        lines.append(
            say("Readings of edge cases, not the usual ones: {readings}", readings=counted["readings"])
        )
    if "crossings_after_a_lost_one_percent" in made_from:
        missing = made_from.get("missing", "")
        lines.append(
            say(
                "Before {percent} % of the crossings a crossing was not recorded; treated by: {missing}",
                percent=write_number(made_from["crossings_after_a_lost_one_percent"], language),
                missing=say(WAYS_WITH_GAPS[missing]) if missing in WAYS_WITH_GAPS else missing,
            )
        )
    return [*lines, *_how_far(counted, say)]


def _how_far(counted: Mapping[str, Any], say: Callable[..., str]) -> list[str]:
    """How far counts can be trusted: their days, what is not complete or assumed, births and deaths of a stock."""
    lines = []
    if counted.get("days"):
        lines.append(say("Counted at the end of: {days}", days=", ".join(counted["days"])))
    if counted.get("not_complete"):
        lines.append(say("Not complete yet: {years}", years=", ".join(counted["not_complete"])))
    if counted.get("by_assumption"):
        lines.append(
            say(
                "Decided by the assumption that everybody stays where they went, and may change: {years}",
                years=", ".join(counted["by_assumption"]),
            )
        )
    for text, shares in (
        (
            "Not decidable and not counted, of all who may be residents: at most {shares}",
            "not_decidable_percent",
        ),
        (
            "Left out as not born yet or dead: at most {shares} of those the crossings show",
            "not_born_or_dead_percent",
        ),
    ):
        if counted.get(shares):
            lines.append(
                say(text, shares=", ".join(f"{share} % ({when})" for when, share in counted[shares].items()))
            )
    return lines + [say(text) for text in _births_and_deaths(counted)]


def _births_and_deaths(counted: Mapping[str, Any]) -> list[str]:
    known = (counted.get("births_known"), counted.get("deaths_known"))
    return [LIFE_NOT_KNOWN[known]] if known in LIFE_NOT_KNOWN else []


def _concepts(counted: Mapping[str, Any], say: Callable[..., str]) -> list[str]:
    """Under which concept movements were classed and by which rule residence was decided, one line each."""
    lines = []
    if (known := CONCEPTS.get(counted.get("migration_concept", ""))) is not None:
        lines.append(
            say(
                "Concept of migration: `{concept}`: {words}. Source: {source}",
                concept=known.code,
                words=say(known.words),
                source=say(known.source),
            )
        )
    if rule := counted.get("residence_rule"):
        words = RULES_IN_WORDS.get(rule)
        told = f"`{rule}` ({say(words)})" if words else f"`{rule}`"
        lines.append(say("Rule of residence, apart from the concept: {rule}", rule=told))
    if own := counted.get("own_citizens"):
        text = OWN_CITIZENS.get(counted.get("own_citizens_by", ""), "Own citizens have the citizenship {own}")
        lines.append(say(text, own=own))
    return lines


def _method_in_words(table: ProtectedTable, language: str) -> str:
    method, rules = method_of(table), table.about.get("rules", {})
    minimum = int(rules.get("minimum", 1))
    if method == "suppress" and holds_amounts(table):
        method = "amounts"
    elif method == "suppress" and minimum > 1:
        method = "small"
    return translate(METHODS[method], language).format(
        minimum=minimum,
        greatest=table.about.get("noise", {}).get("greatest"),
        base=table.about.get("base"),
    )


def _dimension_line(table: ProtectedTable, dimension: str, language: str) -> str:
    """A dimension with its total, its groups and its inner codes."""
    codes = codes_of(table, dimension)
    groups = [f"`{name}` ({_name_codes(below, language)})" for name, below in codes.groups.items()]
    told = {
        "total: {codes}": f"`{codes.total}`",
        "groups: {codes}": _shorten(groups, language),
        "inner codes: {codes}": _name_codes(codes.inner, language),
    }
    parts = [translate(text, language).format(codes=named) for text, named in told.items() if named]
    return translate("Column `{column}`: {codes}", language).format(column=dimension, codes="; ".join(parts))


def _name_codes(codes: Sequence[str], language: str) -> str:
    return _shorten([f"`{code}`" for code in codes], language)


def _shorten(names: Sequence[str], language: str) -> str:
    """The first names of a list, and how many more there are."""
    more = len(names) - MOST_NAMED
    if more <= 0:
        return ", ".join(names)
    return ", ".join(names[:MOST_NAMED]) + translate(" and {count} more", language).format(count=more)


def _ways_to_open(table: ProtectedTable) -> list[str]:
    """How to read a table with its codes as text: 01 is a code, and F is no truth value."""
    texts = [*table.dimensions, mark_of(table)]
    classes = ", ".join(f'{json.dumps(name, ensure_ascii=False)} = "character"' for name in texts)
    return [
        f'Python: `import polars; polars.read_parquet("protected/{table.name}.parquet")`',
        f'R: `read.csv("protected/{table.name}.csv", na.strings = "", colClasses = c({classes}))`',
    ]


def write_licence_of_tables(tables: Sequence[ProtectedTable], language: str) -> list[str]:
    """Blocks of LICENCE.md: who decides about the protected tables, in one language; none where there are none."""
    if not tables:
        return []
    names = _list(f"`protected/{table.name}`" for table in sorted(tables, key=lambda one: one.name))
    return [f"## {translate(TITLE_OF_TABLES, language)}", translate(LICENCE_OF_TABLES, language), names]


def write_count(count: int, language: str) -> str:
    """A number with its thousands apart: 39,881; 39 881 with no-break spaces."""
    return f"{count:,}".replace(",", "," if language == "en" else "\N{NO-BREAK SPACE}")


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
