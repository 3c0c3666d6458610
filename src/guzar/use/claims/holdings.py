"""Observations → Holdings: the figures held for a cell, every edition, ready to be asked for one by one.

A cell is an indicator, an area, a counterpart and a sex. Quarters are held as they are and as the mean of their
year (prices only). Growth over the year before is computed inside one edition, never across editions.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from guzar.define.definitions import Definition, definitions

GROWTH = "_growth_percent"
QUARTERLY = "_quarterly_percent"
TOTALS = ("_T", "_Z")
Cell = tuple[str, str, str, str]  # indicator, area, counterpart ("" for a total), sex ("" for both)


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one edition, in base units (dollars, not millions)."""

    value: float
    unit: str
    definition: str
    source: str
    edition: str
    status: str
    year: int
    period: str
    quarters: int = 0
    counted: str = ""  # the regions that were summed, where guzar made the total


class Holdings:
    """The figures held, by cell, with the years in which each cell has any."""

    def __init__(self, observations: pl.DataFrame) -> None:
        """Index the observations that hold a number."""
        self._cells: dict[Cell, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
        self._withheld: set[tuple[Cell, int]] = set()
        self.indicators = known_indicators()
        self._growth: dict[tuple[Cell, int], list[Figure]] = {}
        for row in _yearly(observations).iter_rows():
            self._keep(row)

    def _keep(self, row: tuple[object, ...]) -> None:
        (
            indicator,
            area,
            counterpart,
            sex,
            period,
            year,
            value,
            unit,
            definition,
            source,
            edition,
            status,
            quarters,
        ) = row
        cell = _cell(str(indicator), str(area), str(counterpart), str(sex))
        if value is None:
            self._withheld.add((cell, int(str(year))))
            return
        scale, base = (1e6, "usd") if unit == "usd_million" else (1.0, str(unit))
        figure = Figure(
            float(str(value)) * scale,
            base,
            str(definition),
            str(source),
            str(edition),
            str(status),
            int(str(year)),
            str(period),
            int(str(quarters)),
        )
        held = self._cells[cell]
        held[figure.period].append(figure)
        if figure.period != str(figure.year) and "Q" not in figure.period:
            held[str(figure.year)].append(figure)

    def figures(self, cell: Cell, year: int, period: str | None = None) -> list[Figure]:
        """Every edition's figure of a cell in a year, or in a longer or shorter period, oldest edition first."""
        if is_growth(cell[0]):
            return self._growth_of(cell, year)
        held = self._cells[cell].get(period or str(year), []) if cell in self._cells else []
        quarterly = (quarterly_twin(cell[0]), *cell[1:])
        return (
            self._count_quarters(held, self._cells[quarterly].get(period or str(year), []))
            if quarterly in self._cells
            else held
        )

    def _count_quarters(self, held: list[Figure], means: list[Figure]) -> list[Figure]:
        """A year's price with the number of quarters behind it; the mean of the quarters where no year is held."""
        counts = {(f.source, f.edition): f.quarters for f in means}
        return [replace(f, quarters=counts.get((f.source, f.edition), 0)) for f in held] or means

    def years(self, cell: Cell) -> list[int]:
        """The years in which any edition holds a figure of the cell."""
        if is_growth(cell[0]):
            return [y for base in _bases(cell[0]) for y in self.years((base, *cell[1:]))]
        return sorted({int(period[:4]) for period in self._cells.get(cell, {})})

    def is_withheld(self, cell: Cell, year: int) -> bool:
        """Whether an edition prints a missing mark for the cell."""
        return (cell, year) in self._withheld

    def holds(self, cell: Cell) -> bool:
        """Whether any figure of the cell is held, in whatever year."""
        return bool(self.years(cell))

    def _growth_of(self, cell: Cell, year: int) -> list[Figure]:
        known = self._growth.get((cell, year))
        if known is None:
            known = [figure for base in _bases(cell[0]) for figure in self._changes((base, *cell[1:]), year)]
            self._growth[cell, year] = known
        return known

    def _changes(self, cell: Cell, year: int) -> list[Figure]:
        before = {(f.definition, f.source, f.edition): f.value for f in self.figures(cell, year - 1)}
        return [
            replace(now, value=100 * (now.value / before[key] - 1), unit="percent")
            for now in self.figures(cell, year)
            if (key := (now.definition, now.source, now.edition)) in before and before[key]
        ]


def _cell(indicator: str, area: str, counterpart: str, sex: str) -> Cell:
    sex = "_T" if indicator.endswith("female_percent") else sex  # the sex is in the indicator
    return (indicator, area, "" if counterpart in TOTALS else counterpart, "" if sex in TOTALS else sex)


def _yearly(observations: pl.DataFrame) -> pl.DataFrame:
    """The observations, and the mean of the quarters of each year as one more row, oldest edition first."""
    columns = [
        "indicator",
        "area",
        "counterpart",
        "sex",
        "period",
        "year",
        "value",
        "unit",
        "definition",
        "source",
        "edition",
        "observation_status",
    ]
    rows = observations.select(columns).with_columns(quarters=pl.lit(0, pl.UInt32))
    # A price of a year is the mean of its quarters; an amount or a flow would be their sum, and is not made up here.
    prices = [d.id for d in definitions().values() if d.measure == "price"]
    by_quarter = rows.filter(
        pl.col("period").str.contains("Q")
        & pl.col("value").is_not_null()
        & (pl.col("definition").is_in(prices) | pl.col("indicator").str.ends_with(QUARTERLY))
    )
    means = (
        by_quarter.group_by([c for c in columns if c not in {"value", "period"}])
        .agg(pl.col("value").mean(), quarters=pl.len())
        .with_columns(period=pl.col("year").cast(pl.String))
        .select(rows.columns)
    )
    return pl.concat([rows, means]).sort("edition", "source", "definition", "period")


def is_growth(indicator: str) -> bool:
    """Whether the indicator is the change of another one on the year before, worked out inside one edition."""
    return indicator.endswith(GROWTH) and indicator not in known_indicators()


def growth_base(indicator: str) -> tuple[str, str]:
    """The indicator itself and an empty suffix; for growth, what grows and the suffix."""
    if not is_growth(indicator):
        return indicator, ""
    bases = _bases(indicator)
    return (bases[0] if bases else indicator.removesuffix(GROWTH)), GROWTH


def _bases(indicator: str) -> tuple[str, ...]:
    stem = indicator.removesuffix(GROWTH)
    return tuple(base for base in (f"{stem}_usd", stem) if base in known_indicators())


def known_indicators() -> dict[str, Definition]:
    """Indicators with one of their definitions, for names and units."""
    return _known(len(definitions()))


@cache
def _known(count: int) -> dict[str, Definition]:
    """Own tables bring definitions of their own: the list is made again when their number changes."""
    return {d.indicator: d for d in reversed(definitions().values())}


def unit_of(indicator: str) -> str | None:
    """The base unit of an indicator, or None where guzar does not know it."""
    if is_growth(indicator):
        return "percent" if _bases(indicator) else None
    definition = known_indicators().get(indicator)
    return None if definition is None else {"usd_million": "usd"}.get(definition.unit, definition.unit)


def is_signed(indicator: str) -> bool:
    """Whether the indicator can be negative: a balance, or a change on the year before."""
    known = known_indicators().get(indicator)
    return indicator.endswith(GROWTH) or (known is not None and known.direction in {"net", "signed"})


@cache
def quarterly_twin(indicator: str) -> str:
    """The indicator that holds the quarters of a yearly price."""
    return indicator.removesuffix("_percent") + QUARTERLY
