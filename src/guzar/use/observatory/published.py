"""The published release as pages read it: values with everything that must stand beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from guzar.define.publishers import Publisher, guzar_itself, publisher_of
from guzar.define.tables.releases import ReleasedFigures
from guzar.store import open_release
from guzar.use.observatory.history import History

TOTAL = "_T"
NOT_APPLICABLE = "_Z"
FORECAST = "forecast"
ENOUGH = 0.75  # of the areas that have any value, for a ranking


@dataclass(frozen=True)
class Value:
    """One released value."""

    indicator: str
    area: str
    counterpart: str
    sex: str
    period: str
    year: int
    value: float | None
    unit: str
    definition: str
    source: str
    edition: str
    observation_status: str
    last_observed: int | None
    missing_mark: str | None

    @property
    def is_headline(self) -> bool:
        """Whether the value may stand in a heading, a ranking or on a map: seen or estimated, not modelled from modelled."""
        return self.value is not None and self.observation_status != "modelled_from_modelled"


@dataclass(frozen=True)
class Published:
    """A release: its figures and the other published tables, by name."""

    release: str
    date: str
    figures: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    folder: Path | None = None  # where the release lies, so that the site can offer its files
    protected: dict[str, pl.DataFrame] = field(default_factory=dict)  # counts of persons, hidden cells empty
    made_up: Published | None = None  # another release: made-up people, never among these figures
    history: History = field(default_factory=History)  # releases before this one, and what changed since
    publisher: Publisher | None = None  # who answers for it, where the release names somebody

    def rows(self, indicator: str, *, newest: bool = True, **where: Any) -> pl.DataFrame:
        """Released rows of one indicator, oldest period first; by default the newest edition of each source only.

        `where` fixes columns to one value or a list of values.
        """
        asked = (
            indicator,
            newest,
            *((name, tuple(v) if isinstance(v, list) else v) for name, v in sorted(where.items())),
        )
        # Pages in two languages, and many corridors of one area, ask for the same rows.
        if asked not in self._answers:
            self._answers[asked] = self._find(indicator, where, newest=newest)
        return self._answers[asked]

    def _find(self, indicator: str, where: dict[str, Any], *, newest: bool) -> pl.DataFrame:
        rows = self._by_indicator.get((indicator,), self.figures.clear())
        if where:
            rows = rows.filter(*(_is(column, wanted) for column, wanted in where.items()))
        if newest:
            rows = newest_editions(rows)
        return rows.sort("period", "area", "counterpart", "sex", "edition")

    def published_by(self, language: str) -> str:
        """Under whose name the release is cited: its publisher's, or guzar's where none but guzar is named."""
        named = self.publisher
        return named.name(language) if named is not None and named != guzar_itself() else "guzar"

    @cached_property
    def doubts(self) -> pl.DataFrame | None:
        """Released doubts about what publishers printed; a sum that guzar made is no publisher's and is left out."""
        held = self.tables.get("source_doubts")
        if held is None:
            return None
        rows = held.filter(~pl.col("definition").fill_null("").str.starts_with("guzar_"))
        return rows.sort("check", "source", "edition", "period", "areas_in_doubt") if rows.height else None

    @cached_property
    def doubted_places(self) -> pl.DataFrame:
        """Every area, or corridor as `A>B`, that a doubt names, with definition, source, edition and period."""
        named = ("definition", "source", "edition", "period")
        if self.doubts is None:
            return pl.DataFrame(schema=dict.fromkeys((*named, "place"), pl.String))
        places = self.doubts.select(*named, place=pl.col("areas_in_doubt").str.split(" "))
        return places.explode("place").unique()

    @cached_property
    def _by_indicator(self) -> dict[Any, pl.DataFrame]:
        return self.figures.partition_by("indicator", as_dict=True)

    @cached_property
    def _answers(self) -> dict[Any, pl.DataFrame]:
        return {}

    def value(
        self,
        indicator: str,
        area: str,
        *,
        counterpart: str | None = None,
        sex: str | None = None,
        **where: Any,
    ) -> Value | None:
        """The latest figure: see `latest_figures`; None where none is held."""
        fixed: dict[str, Any] = {"area": area, **where}
        fixed["counterpart"] = counterpart if counterpart else [TOTAL, NOT_APPLICABLE]
        fixed["sex"] = sex if sex else [TOTAL, NOT_APPLICABLE]
        return latest_figures(self.rows(indicator, newest=False, **fixed)).get(area)

    def editions(self, indicator: str, **where: Any) -> pl.DataFrame:
        """Every edition of the chosen rows, oldest edition first."""
        return self.rows(indicator, newest=False, **where).sort("period", "edition")


def _is(column: str, wanted: Any) -> pl.Expr:
    if wanted is None:
        return pl.col(column).is_null()
    return pl.col(column).is_in(wanted) if isinstance(wanted, list | tuple) else pl.col(column) == wanted


def newest_editions(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each series and period, the row of the newest edition of its source."""
    key = ["indicator", "area", "counterpart", "sex", "period", "definition", "source"]
    return rows.filter(pl.col("edition") == pl.col("edition").max().over(key)) if rows.height else rows


def latest_figures(rows: pl.DataFrame, by: str = "area") -> dict[str, Value]:
    """Of each area the value of the latest period that has one, by the newest edition that prints it.

    The one rule of every page for "the latest figure". A forecast is no figure yet.
    """
    held = rows.filter(pl.col("value").is_not_null() & (pl.col("observation_status") != FORECAST))
    newest = held.sort("period", "edition").unique(by, keep="last", maintain_order=True)
    return {row[by]: to_value(row) for row in newest.iter_rows(named=True)}


def figures_of_period(rows: pl.DataFrame, period: str, by: str = "area") -> dict[str, Value]:
    """Of each area the value for one period, by the newest edition that prints it."""
    return latest_figures(rows.filter(pl.col("period") == period), by)


def last_common_period(rows: pl.DataFrame, by: str = "area") -> str | None:
    """The last period for which at least three quarters of the areas that have any value have one.

    A ranking is drawn for one period: values of different years are no ranking.
    """
    held = rows.filter(pl.col("value").is_not_null() & (pl.col("observation_status") != FORECAST))
    counts = held.group_by("period").agg(pl.col(by).n_unique())
    common = counts.filter(pl.col(by) >= ENOUGH * held[by].n_unique())["period"]
    return str(common.max()) if common.len() else None


def to_value(row: dict[str, Any]) -> Value:
    """One row as a Value."""
    return Value(**{name: row[name] for name in Value.__dataclass_fields__})


def load_release(folder: Path, made_up: Path | None = None, history: History | None = None) -> Published:
    """The release in a folder, as `guzar publish` writes it; beside it one of made-up people, where there is one."""
    record = open_release(folder).record
    tables = {file.stem: pl.read_parquet(file) for file in sorted((folder / "parquet").glob("*.parquet"))}
    # A release of protected tables only has no file of figures.
    figures = tables.pop("figures") if record["values"] else ReleasedFigures.create_empty()
    protected = {
        file.stem: pl.read_parquet(file) for file in sorted((folder / "protected").glob("*.parquet"))
    }
    beside = load_release(made_up) if made_up is not None else None
    return Published(
        record["release"],
        record["date"],
        figures,
        tables,
        folder,
        protected,
        beside,
        history or History(),
        publisher_of(record),
    )
