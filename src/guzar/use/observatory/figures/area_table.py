"""Areas down, measures across: each cell a released value with its sign and period, or the sign of its absence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.reader_tables import shown_number
from guzar.use.observatory.signs import Status, modelled_number, sign_with_word
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import Words

Column = tuple[str, Mapping[str, Value]]


def for_period(rows: pl.DataFrame, period: str, by: str = "area") -> dict[str, Value]:
    """Of each area the newest edition's value for one period."""
    held = (
        rows.filter(pl.col("period") == period).sort("edition").unique(by, keep="last", maintain_order=True)
    )
    return {row[by]: to_value(row) for row in held.iter_rows(named=True)}


def area_table(
    label: str,
    first: str,
    areas: Sequence[str],
    columns: Sequence[Column],
    say: Words,
    *,
    period: bool = True,
) -> Html:
    """One row per area; with `period` each number names the period that it stands for."""
    rows = [
        [words(say.area(area)), *(cell(values.get(area), say, period=period) for _, values in columns)]
        for area in areas
    ]
    few = "few" if len(columns) <= 3 else None
    return plain_table(
        label, [first, *(head for head, _ in columns)], rows, numeric=range(1, len(columns) + 1), class_=few
    )


def cell(
    value: Value | None, say: Words, *, period: bool = True, written: Callable[[Value], str] | None = None
) -> Html:
    """A number with its period under it; two dots and the word where nothing is held."""
    if value is None:
        return sign_with_word(Status.NOT_KNOWN, say("not known"))
    number = (
        _in_other_unit(value, written) if written and value.value is not None else shown_number(value, say)
    )
    return Html(number + tag("small", words(say.period(value.period)))) if period else number


def _in_other_unit(value: Value, written: Callable[[Value], str]) -> Html:
    """As written by the caller, boxed and hatched where the value is modelled from modelled."""
    return words(written(value)) if value.is_headline else modelled_number(written(value))


def order_by(values: Mapping[str, Value], areas: Iterable[str], say: Words) -> list[str]:
    """Areas by value, largest first; those without a value last, by name."""
    return sorted(
        areas, key=lambda a: (-(values[a].value or 0) if a in values else float("inf"), say.area(a))
    )


def rows_of(published: Published, values: Iterable[Value]) -> pl.DataFrame:
    """The released rows of some values."""
    key = ["indicator", "area", "counterpart", "sex", "period", "definition", "source", "edition"]
    wanted = pl.DataFrame(
        [[getattr(v, name) for name in key] for v in values],
        schema=dict.fromkeys(key, pl.String),
        orient="row",
    )
    return published.figures.join(wanted.unique(), on=key, how="semi").sort("indicator", "area", "period")


def sources_of(values: Iterable[Value], say: Words) -> str:
    """Each source and edition behind some values, once."""
    return "; ".join(sorted({say.edition(value) for value in values})) + "."
