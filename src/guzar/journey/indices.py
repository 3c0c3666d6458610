"""Files of moves, populations and distances → indices of the system of moves."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from guzar.analyse.fitting.tables import DESTINATION, ORIGIN, PERSONS, check_cells
from guzar.analyse.migration_indices import DEFINITIONS, all_indices
from guzar.analyse.sums_of_moves import sum_areas
from guzar.errors import TableInvalid
from guzar.journey.tables_of_numbers import read_numbers

PLACE, POPULATION, DISTANCE = "area", "population", "distance_km"
MOST_NAMED = 8


@dataclass(frozen=True)
class Indices:
    """index, area, value, definition; how many areas, moves in all, and pairs of areas that no row of the moves names; by area
    departures, arrivals, turnover and net."""

    table: pl.DataFrame
    areas: int
    moves: float
    pairs_without_row: int
    sums: pl.DataFrame


def indices_of_files(flows: Path, population: Path, distance: Path | None = None) -> Indices:
    """All indices of moves (origin, destination, persons) between the areas of a table of populations (area, population).

    With distances (origin, destination, distance_km) those of distance too. Raises SettingsInvalid, TableInvalid.
    """
    moves = read_numbers(flows, [PERSONS])
    people = read_numbers(population, [POPULATION])
    if PLACE not in people.columns and "country" in people.columns:
        people = people.rename({"country": PLACE})
    check_cells(moves, (ORIGIN, DESTINATION))
    check_cells(people, (PLACE,), POPULATION, least=0.0)
    areas = tuple(sorted(people[PLACE]))
    _require_people(people)
    _require_known(moves, areas, "moves")
    table = _square(moves, areas, PERSONS, 0.0)
    apart = None
    if distance is not None:
        apart_cells = read_numbers(distance, [DISTANCE])
        check_cells(apart_cells, (ORIGIN, DESTINATION), DISTANCE, least=0.0)
        apart = _square(apart_cells, areas, DISTANCE, np.nan)
        _require_distances(apart, areas)
    counts = people.sort(PLACE)[POPULATION].to_numpy().astype(np.float64)
    found = all_indices(areas, table, counts, apart)
    made = pl.DataFrame(
        {
            "index": [each.name for each in found],
            "area": [each.area for each in found],
            "value": pl.Series([each.value for each in found], dtype=pl.Float64),
            "definition": [DEFINITIONS[each.name] for each in found],
        }
    )
    pairs = len(areas) * (len(areas) - 1)
    named = moves.filter(pl.col(ORIGIN) != pl.col(DESTINATION)).height
    sums = (
        people.select(PLACE).sort(PLACE).join(sum_areas(moves), on=PLACE, how="left", maintain_order="left")
    )
    whole = float(table.sum() - np.trace(table))
    return Indices(made, len(areas), whole, pairs - named, sums.fill_null(0.0))


def _square(
    cells: pl.DataFrame, areas: tuple[str, ...], value: str, empty: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    place = {area: at for at, area in enumerate(areas)}
    table = np.full((len(areas), len(areas)), empty)
    for origin, destination, each in cells.select(ORIGIN, DESTINATION, value).iter_rows():
        if origin in place and destination in place:
            table[place[origin], place[destination]] = each
    return table


def _require_known(cells: pl.DataFrame, areas: tuple[str, ...], what: str) -> None:
    unknown = sorted((set(cells[ORIGIN]) | set(cells[DESTINATION])) - set(areas))
    if unknown:
        raise TableInvalid(
            "Areas of the moves whose population is not given: {areas}.",
            expected="a row area,population for each of them",
            do="Add them, or leave their moves out.",
            areas=", ".join(unknown[:MOST_NAMED]),
        )


def _require_people(people: pl.DataFrame) -> None:
    """Indices compare two areas or more, and most are per inhabitant."""
    if people.height < 2:
        raise TableInvalid(
            "Fewer than two areas: nobody moves between them.",
            expected="a row area,population for each of two or more areas",
            do="Add the other areas.",
        )
    empty = people.filter(pl.col(POPULATION) == 0).sort(PLACE)
    if empty.height:
        raise TableInvalid(
            "Areas where nobody lives: {areas}.",
            expected="a population above 0 for each area",
            do="Correct the population, or leave the area and its moves out.",
            areas=", ".join(empty[PLACE].head(MOST_NAMED)),
        )


def _require_distances(
    apart: np.ndarray[tuple[int, int], np.dtype[np.float64]], areas: tuple[str, ...]
) -> None:
    missing = np.argwhere(np.isnan(apart) & ~np.eye(len(areas), dtype=bool))
    if len(missing):
        raise TableInvalid(
            "Pairs of areas without a distance: {count}.",
            where="the first: {pair}",
            expected="a row origin,destination,distance_km for each ordered pair",
            do="Add them; a road is as long in both directions, but both rows are needed.",
            count=len(missing),
            pair=" ".join(areas[at] for at in missing[0]),
        )
