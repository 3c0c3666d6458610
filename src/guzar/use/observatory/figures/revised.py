"""Revisions: one value in two neighbouring editions of its source, found by one rule for every indicator.

A revision joins two editions of the same series and the same period. Sums that guzar makes are left out (they repeat
the revisions of their parts), and so are forecasts and cells modelled from modelled ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory import numbers
from guzar.use.observatory.content import Figure
from guzar.use.observatory.figures.doubts import indicator_name
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.signs import Status, sign
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import Words

POINTS_UNIT = "percent"  # differences of shares are in points
SERIES = ["indicator", "area", "counterpart", "sex", "definition", "source", "period"]
WHOLE = ["_T", "_Z"]
MANY_TIMES = 200  # per cent
RECENT_YEARS = 10
QUOTED = ("remittances_received_usd", "remittances_paid_usd", "migrant_stock", "births", "deaths")
NEVER = ["forecast", "modelled_from_modelled"]


@dataclass(frozen=True)
class Revised:
    """One value before and after a new edition."""

    before: Value
    now: Value

    @property
    def difference(self) -> float:
        """Now minus before, in the unit of the value."""
        return (self.now.value or 0) - (self.before.value or 0)

    @property
    def turns(self) -> bool:
        """Whether the sign is another one now."""
        return (self.now.value or 0) * (self.before.value or 0) < 0

    @property
    def size(self) -> float:
        """How large the revision is: points for shares, otherwise relative to the larger of both values."""
        if self.now.unit == POINTS_UNIT:
            return abs(self.difference)
        return abs(self.difference) / max(abs(self.now.value or 0), abs(self.before.value or 0))


def find_revisions(published: Published) -> list[Revised]:
    """Every revision of a whole-area value of the twelve areas, by indicator, area, period and edition."""
    rows = published.figures.filter(
        pl.col("value").is_not_null()
        & pl.col("area").is_in(THE_TWELVE)
        & pl.col("counterpart").is_in(WHOLE)
        & pl.col("sex").is_in(WHOLE)
        & ~pl.col("definition").str.starts_with("guzar_")
        & ~pl.col("observation_status").is_in(NEVER)
    ).sort([*SERIES, "edition"])
    earlier = [pl.col(name).shift(1).over(SERIES).alias(f"earlier_{name}") for name in ("value", "edition")]
    steps = rows.with_columns(earlier).filter(pl.col("earlier_value") != pl.col("value"))
    return [_revised(row) for row in steps.iter_rows(named=True)]


def _revised(row: dict[str, object]) -> Revised:
    before = {**row, "value": row["earlier_value"], "edition": row["earlier_edition"]}
    return Revised(to_value(before), to_value(row))


def released_rows(published: Published, revisions: Iterable[Revised]) -> pl.DataFrame:
    """The released rows behind some revisions, both editions of each."""
    wanted = [
        (*(getattr(v, name) for name in SERIES), v.edition) for r in revisions for v in (r.before, r.now)
    ]
    keys = pl.DataFrame(
        wanted, schema=[(name, pl.String) for name in [*SERIES, "edition"]], orient="row"
    ).unique()
    held = published.figures.join(keys, on=[*SERIES, "edition"], how="semi")
    return held.sort("indicator", "area", "period", "edition")


def written(value: Value, say: Words, *, signed: bool = False) -> str:
    """A value in its unit, short enough for a table."""
    if value.unit == "usd":
        return numbers.dollars(value.value, say.lang, 3, signed)
    if value.unit == POINTS_UNIT:
        return numbers.percent(value.value, say.lang, 2, signed)
    return numbers.number(value.value, say.lang, 0, signed)


def what_happened(revision: Revised, say: Words) -> Html:
    """The clay arrow and its word: the sign turned, or by how much the record moved."""
    said = (
        say("Revision: the sign turned")
        if revision.turns
        else say("Revision by {change}", change=_change(revision, say))
    )
    return tag("span", sign(Status.REVISION), " ", words(said))


def _change(revision: Revised, say: Words) -> str:
    """Points for shares; per cent for amounts, unless the earlier value was so small that they would only impress."""
    if revision.now.unit == POINTS_UNIT:
        return say("{points} points", points=numbers.signed_number(revision.difference, say.lang, 2))
    percent = 100 * revision.difference / abs(revision.before.value or 1)
    if abs(percent) >= MANY_TIMES:
        return written(replace(revision.now, value=revision.difference), say, signed=True)
    return numbers.percent(percent, say.lang, 1 if abs(percent) < 10 else 0, signed=True)


def revision_table(
    label: str, revisions: Sequence[Revised], say: Words, *, names_indicator: bool = False
) -> Html:
    """Figure, before, now, what happened; the editions stand under the numbers.

    With `names_indicator` the rows are of several indicators, and each names its own.
    """
    both_ways = {r.now.indicator for r in revisions for v in (r.before, r.now) if (v.value or 0) < 0}
    rows = [
        [
            _about(r, say, names_indicator=names_indicator),
            with_note(written(r.before, say, signed=r.now.indicator in both_ways), _edition(r.before, say)),
            with_note(written(r.now, say, signed=r.now.indicator in both_ways), _edition(r.now, say)),
            what_happened(r, say),
        ]
        for r in revisions
    ]
    return plain_table(
        label,
        [say("Figure"), say("Before"), say("Now"), say("What happened")],
        rows,
        numeric={1, 2},
        class_="revised",
    )


def _about(revision: Revised, say: Words, *, names_indicator: bool) -> Html:
    place = f"{say.area(revision.now.area)}, {say.period(revision.now.period)}"
    return with_note(place, indicator_name(revision.now.indicator, say) if names_indicator else "")


def main_revisions(published: Published, say: Words) -> Figure | None:
    """A few recent revisions, one of each kind: a sign that turned, shares of two areas, an amount or a number of people."""
    every = list(find_revisions(published))
    recent = _recent(published) if every else 0
    found = [r for r in every if r.now.year >= recent]
    turned = sorted((r for r in found if r.turns), key=lambda r: -abs(r.difference))[:1]
    shares = [r for r in found if r.now.unit == POINTS_UNIT and not r.turns]
    others = [r for r in found if r.now.unit != POINTS_UNIT and not r.turns and r.now.indicator in QUOTED]
    chosen = [*turned, *_widest_of_areas(shares, 2), *_widest_of_areas(others, 1)]
    if not chosen:
        return None
    first = chosen[0]
    heading = say(
        "{indicator}, {area}, {period}: from {before} to {now} without anyone moving",
        indicator=indicator_name(first.now.indicator, say),
        area=say.area(first.now.area),
        period=say.period(first.now.period),
        before=written(first.before, say, signed=first.turns),
        now=written(first.now, say, signed=first.turns),
    )
    sub = say("The same figure for the same period in two neighbouring editions; widest of its kind")
    values = [value for r in chosen for value in (r.before, r.now)]
    return Figure(
        "revised",
        heading,
        sub,
        revision_table(heading, chosen, say, names_indicator=True),
        "; ".join(sorted({say.edition(value) for value in values})) + ".",
        rows=released_rows(published, chosen),
        shows_table=False,
    )


def _recent(published: Published) -> int:
    """The first of the last years of which values are not forecasts."""
    told = published.figures.filter(pl.col("observation_status") != "forecast")
    return int(told["year"].max()) - RECENT_YEARS  # type: ignore[arg-type]


def _widest_of_areas(revisions: Iterable[Revised], count: int) -> list[Revised]:
    """The widest revision of each area, widest first."""
    widest: dict[str, Revised] = {}
    for revision in sorted(revisions, key=lambda r: -r.size):
        widest.setdefault(revision.now.area, revision)
    return list(widest.values())[:count]


def _edition(value: Value, say: Words) -> str:
    return say.edition_only(value)
