"""Reports of flows in rows → arrays by report, with the reporters and flows that they are of; checked before any arithmetic.

A reporter is a country on one side of the flow with one source: the register of Sweden counts who comes and, as another
reporter, who goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from guzar.analyse.fitting.tables import check_cells
from guzar.errors import SettingsInvalid, TableInvalid

ORIGIN, DESTINATION, YEAR, SIDE, SOURCE = "origin", "destination", "year", "reported_by", "source"
MONTHS, PERSONS, REPORTER = "minimum_stay_months", "persons", "reporter"
KEYS = (ORIGIN, DESTINATION, YEAR, SIDE, SOURCE)
NUMBERS = (MONTHS, PERSONS)
FLOW, CORRIDOR = (ORIGIN, DESTINATION, YEAR), (ORIGIN, DESTINATION)
SIDES = (ORIGIN, DESTINATION)
VOICE = (REPORTER, SIDE, SOURCE)
MOST_NAMED = 8
LONGEST_STAY = 60.0  # months: what stands for "permanent"
LEAST_PERSONS = 0.01  # a mean of years may be part of a person, but no hundredth of one
Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Reports:
    """Reports and, by report, the places of its flow, corridor and reporter in their tables; persons and months by report."""

    table: pl.DataFrame
    flows: pl.DataFrame
    corridors: pl.DataFrame
    voices: pl.DataFrame
    flow: Places
    corridor: Places
    voice: Places
    persons: Numbers
    months: Numbers
    is_anchor: NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """Two reports of one flow: places of both among the reports."""

    first: Places
    second: Places


def read_reports(table: pl.DataFrame, anchors: Sequence[str] = (), *, needs_months: bool = True) -> Reports:
    """Reports (origin, destination, year, reported_by, source, minimum_stay_months, persons), checked.

    `anchors` name reporters that are taken as right: a country, or country:origin, country:destination. Without `needs_months`
    minimum stays may be empty. Raises TableInvalid, SettingsInvalid.
    """
    check_cells(table, KEYS)
    if table.is_empty():
        raise TableInvalid(
            "The table holds no report.",
            expected="a row for each report of a flow",
            do="Check the file.",
        )
    _check_sides(table)
    _check_places(table)
    _check_counts(table)
    if needs_months:
        check_cells(table, KEYS, MONTHS, least=0.0)
        _check_months(table)
    elif MONTHS not in table.columns:
        table = table.with_columns(pl.lit(None, pl.Float64).alias(MONTHS))
    reporter = pl.when(pl.col(SIDE) == ORIGIN).then(pl.col(ORIGIN)).otherwise(pl.col(DESTINATION))
    table = table.with_columns(reporter.alias(REPORTER))
    flows, corridors, voices = (table.select(names).unique().sort(names) for names in (FLOW, CORRIDOR, VOICE))
    return Reports(
        table,
        flows,
        corridors,
        voices,
        _places(table, flows),
        _places(table, corridors),
        _places(table, voices),
        table[PERSONS].to_numpy().astype(np.float64),
        table[MONTHS].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        _anchored(voices, anchors),
    )


def pairs_of(reports: Reports) -> Pairs:
    """All pairs of reports of one flow; in all years of a corridor the same reporter comes first."""
    rows = pl.DataFrame({"flow": reports.flow, "voice": reports.voice, "at": np.arange(len(reports.flow))})
    both = rows.join(rows, on="flow", suffix="_other").filter(pl.col("voice") < pl.col("voice_other"))
    both = both.sort("flow", "voice", "voice_other")
    return Pairs(both["at"].to_numpy().astype(np.int64), both["at_other"].to_numpy().astype(np.int64))


def components_of(reports: Reports, pairs: Pairs) -> tuple[Places, NDArray[np.bool_]]:
    """By reporter: which group of reporters it is compared with, directly or through others (from 1); whether an anchor is there.

    Only pairs in which both count somebody compare their reporters.
    """
    told = (reports.persons[pairs.first] > 0) & (reports.persons[pairs.second] > 0)
    one, other = reports.voice[pairs.first][told], reports.voice[pairs.second][told]
    size = reports.voices.height
    graph = csr_array((np.ones(len(one)), (one, other)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    anchored = np.isin(component, component[reports.is_anchor])
    return component.astype(np.int64) + 1, anchored


def _places(table: pl.DataFrame, of: pl.DataFrame) -> Places:
    names = of.columns
    placed = table.select(names).join(of.with_row_index("at"), on=names, how="left", maintain_order="left")
    return placed["at"].to_numpy().astype(np.int64)


def _check_months(table: pl.DataFrame) -> None:
    """A minimum stay in days would be read as permanent."""
    long = table.filter(pl.col(MONTHS) > LONGEST_STAY)
    if len(long):
        raise TableInvalid(
            "Minimum stays of more than {most:g} months: {count}; the first is {months:g}.",
            where="the first: {cell}",
            expected="months, as 12 for a year; 60 for permanent",
            do="Check whether the stays are in days.",
            most=LONGEST_STAY,
            count=len(long),
            months=long[MONTHS][0],
            cell=" ".join(str(each) for each in long.select(KEYS).row(0)),
        )


def _check_counts(table: pl.DataFrame) -> None:
    """Millionths of a person are no count: chance would then be infinitely large."""
    small = table.filter((pl.col(PERSONS) > 0) & (pl.col(PERSONS) < LEAST_PERSONS))
    if len(small):
        raise TableInvalid(
            "Reports of less than {least:g} of a person: {count}; the first is {persons:g}.",
            where="the first: {cell}",
            expected="counts of persons, or 0",
            do="Check the unit (persons or millions); give whole persons.",
            least=LEAST_PERSONS,
            count=len(small),
            persons=small[PERSONS][0],
            cell=" ".join(str(each) for each in small.select(KEYS).row(0)),
        )


def _check_sides(table: pl.DataFrame) -> None:
    wrong = table.filter(~pl.col(SIDE).is_in(SIDES))
    if len(wrong):
        raise TableInvalid(
            "Reports of neither side: {count}; the first says {value}.",
            where="column {column}, {row}",
            expected="one of {known}",
            do="Say which of the two countries counted.",
            count=len(wrong),
            value=wrong[SIDE][0],
            column=SIDE,
            row=" ".join(str(each) for each in wrong.select(KEYS).row(0)),
            known=", ".join(SIDES),
        )


def _check_places(table: pl.DataFrame) -> None:
    inside = table.filter(pl.col(ORIGIN) == pl.col(DESTINATION))
    if len(inside):
        raise TableInvalid(
            "Reports of moves from a country to itself: {count}; the first is of {country}.",
            expected="origin and destination that differ",
            do="Leave these rows out.",
            count=len(inside),
            country=inside[ORIGIN][0],
        )


def _anchored(voices: pl.DataFrame, anchors: Sequence[str]) -> NDArray[np.bool_]:
    """Which reporters are named as right."""
    found = np.zeros(voices.height, bool)
    for anchor in anchors:
        named, sign, side = anchor.rpartition(":")
        country, sides = (named, [side]) if sign and side in SIDES else (anchor, list(SIDES))
        is_it = (voices[REPORTER] == country) & voices[SIDE].is_in(sides)
        if not is_it.any():
            raise SettingsInvalid(
                "The anchor {anchor} reports nothing.",
                expected="a country that reports, or country:origin, country:destination; reporters are {known}",
                do="Name one of them after --anchor.",
                anchor=anchor,
                known=", ".join(sorted(set(voices[REPORTER]))[:MOST_NAMED]),
            )
        found |= is_it.to_numpy()
    return found
