"""The account of a population between censuses: what births and deaths leave, and what registers have of it."""

from __future__ import annotations

from typing import Any

import polars as pl

from guzar.define.sources import edition_label, sources
from guzar.use.observatory.content import Figure
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import Html, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import Words

TABLE = "population_accounts"
SHORTEST = 2  # years; the account of one year after a census says nothing yet
BASIS_WORDS = {
    "between_censuses": "between two censuses",
    "one_census": "a census at one end only",
    "no_census": "no census at either end",
}
# Lines of the account in the order of its columns.
COLUMNS = {
    "population_start": "Population at the start",
    "births": "Births",
    "deaths": "Deaths",
    "registered_net_migration": "Registered net migration",
    "error_of_closure": "Error of closure",
    "population_end": "Population at the end",
    "residual_net_migration": "Left after births and deaths",
}


def population_account(published: Published, area: str, say: Words) -> Figure | None:
    """One row per period: the account, and what is left after births and deaths."""
    rows = _rows(published, area)
    if not rows.height:
        return None
    accounts = [_lines(part) for part in rows.partition_by("period_start", maintain_order=True)]
    heading = _heading(area, accounts[-1], say)
    sub = say(
        "Persons. Population at the start + births − deaths + registered net migration + error of closure = population at the end"
    )
    head = [say("Period"), *(say(name) for name in COLUMNS.values())]
    cells = [[_period(lines, say), *_cells(lines, say)] for lines in accounts]
    body = plain_table(heading, head, cells, numeric=range(1, len(head)))
    return Figure(
        "population-account",
        heading,
        sub,
        body,
        _source(rows, say),
        rows=rows,
        warning=_warning(rows, say),
        shows_table=False,
    )


Lines = dict[str, dict[str, Any]]


def _rows(published: Published, area: str) -> pl.DataFrame:
    """The released lines of an area, periods of two years and more."""
    held = published.tables.get(TABLE)
    if held is None:
        return pl.DataFrame()
    years = [pl.col(name).str.slice(0, 4).cast(pl.Int32) for name in ("period_start", "period_end")]
    rows = held.filter((pl.col("area") == area) & (years[1] - years[0] >= SHORTEST))
    return rows.sort("period_start", "account_line")


def _lines(part: pl.DataFrame) -> Lines:
    """The lines of one account by component; of several estimates the first."""
    found: Lines = {}
    for row in part.iter_rows(named=True):
        found.setdefault(row["component"], row)
    return found


def _years(lines: Lines, say: Words) -> str:
    line = lines["population_end"]
    return say.period(f"{line['period_start'][:4]}-{line['period_end'][:4]}")


def _period(lines: Lines, say: Words) -> Html:
    basis = lines["population_end"]["period_basis"]
    return with_note(_years(lines, say), say(BASIS_WORDS[basis]))


def _cells(lines: Lines, say: Words) -> list[Html]:
    return [words(_number(lines[name]["value"], say)) for name in COLUMNS]


def _number(value: float | None, say: Words) -> str:
    return say.number(value, 0)


def _heading(area: str, lines: Lines, say: Words) -> str:
    """How much registers miss in the last period; where nobody can tell, that."""
    percent, per_year = (lines[f"error_of_closure_{name}"]["value"] for name in ("percent", "per_year"))
    if percent is None or per_year is None:
        return say("How much migration the registers miss cannot be told: no registered figure is held")
    return say(
        "{years}: births, deaths and registers leave {persons} persons a year unexplained, {percent} of the population",
        years=_years(lines, say),
        persons=_number(abs(per_year), say),
        percent=say.percent(abs(percent), 2),
    )


def _warning(rows: pl.DataFrame, say: Words) -> tuple[str, str]:
    ends = rows.filter(pl.col("component") == "population_end")["account_status"]
    if (ends == "estimated").any():
        return (
            say("Estimates, not counts."),
            say(
                "The publisher made these populations agree with its own net migration: what is left repeats it and proves nothing about registers."
            ),
        )
    return (
        say("Not migration alone."),
        say("Errors of both enumerations and of births and deaths are in the error of closure too."),
    )


def _source(rows: pl.DataFrame, say: Words) -> str:
    part = rows.filter(pl.col("component") != "estimated_net_migration")
    named = part.select("source", "edition").drop_nulls().unique().sort("source", "edition")
    told = [
        f"{_name(source, say)}, {edition_label(source, edition, say.lang)}"
        for source, edition in named.iter_rows()
    ]
    return say("{sources}. Account by guzar; years of censuses from their sources.", sources="; ".join(told))


def _name(source: str, say: Words) -> str:
    known = sources()[source]
    return known.name_ru if say.lang == "ru" else known.name_en
