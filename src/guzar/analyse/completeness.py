"""How far counts can be trusted in time: what is not decidable, not decided yet, or decided by an assumption; and births
and deaths, which crossings do not show.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from guzar.analyse.measures import DAY, YEAR, Observed
from guzar.errors import MethodNotApplicable

BIRTH_YEAR, DIED_ON = "birth_year", "died_on"
MOST_NOT_DECIDABLE = 0.05  # of those who may be residents: above it, what is left is no stock
NOT_ALIVE = "is_not_alive"


@dataclass(frozen=True)
class Life:
    """Of a stock: whether births and deaths are known, and how many were left out, by day or year."""

    births_known: bool
    deaths_known: bool
    left_out: dict[str, int]

    @property
    def both_known(self) -> bool:
        """Whether nobody is counted before birth or after death, as far as the table of persons knows."""
        return self.births_known and self.deaths_known


def mark_alive(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of persons on days, with whether each is not born by the year of it, or known to be dead by the day.

    Crossings say nothing about either: who first leaves as a child of two has been a resident since before birth.
    """
    held = rows.collect_schema().names()
    not_born = pl.col(BIRTH_YEAR) > pl.col(YEAR) if BIRTH_YEAR in held else pl.lit(False)
    is_dead = pl.col(DIED_ON) <= pl.col(DAY) if DIED_ON in held else pl.lit(False)
    return rows.with_columns((not_born.fill_null(False) | is_dead.fill_null(False)).alias(NOT_ALIVE))


def living(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The marked rows of those who are alive."""
    return rows.filter(~pl.col(NOT_ALIVE))


def tell_life(marked: pl.LazyFrame, when: str) -> Life:
    """What is known of births and deaths, and who was left out for them."""
    held = marked.collect_schema().names()
    gone = marked.filter(NOT_ALIVE).group_by(pl.col(when).cast(pl.String)).len().sort(when).collect()
    return Life(BIRTH_YEAR in held, DIED_ON in held, dict(gone.iter_rows()))


def share_in_percent(counted: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    """Others beside those counted (not decidable, or left out), in whole per cent (rounded up) of both, by day or year."""
    shares = {when: number / (number + counted.get(when, 0)) for when, number in others.items() if number}
    return {when: math.ceil(100 * share) for when, share in shares.items()}


def require_decidable(
    counted: Mapping[str, int], open_: Mapping[str, int], observed: Observed | None
) -> None:
    """Refuse (MethodNotApplicable) days on which too many may or may not be residents: what is decided is then no stock."""
    shares = {when: number / (number + counted.get(when, 0)) for when, number in open_.items() if number}
    wrong = {when: share for when, share in shares.items() if share > MOST_NOT_DECIDABLE}
    if wrong:
        raise MethodNotApplicable(
            "On these days too many persons may or may not be residents, so that a part would pass for the stock: {days}.",
            expected="at most {most} % of those who may be residents not decidable",
            do="Choose an earlier day (--on {earlier} or before: the rule has then decided every crossing), or observe for "
            "longer."
            if observed
            else "Choose an earlier day, or observe for longer.",
            days=", ".join(
                f"{when} ({open_[when]}: {math.ceil(100 * share)} %)" for when, share in wrong.items()
            ),
            most=round(100 * MOST_NOT_DECIDABLE),
            earlier=_last_decided(observed).isoformat() if observed else "",
        )


def _last_decided(observed: Observed) -> date:
    """The last day of which the rule has decided every crossing: it looks so many days ahead."""
    return max(observed.first, observed.last - timedelta(days=observed.latest))


def not_decided_yet(observed: Observed, days: Sequence[date] = ()) -> tuple[str, ...]:
    """Years (or days) with crossings before their end that the rule may still decide, or has decided by an assumption."""
    last = _last_decided(observed)
    years = range(observed.first.year, observed.last.year + 1)
    ends = [(day.isoformat(), day) for day in dict.fromkeys(days)] or [
        (str(year), date(year, 12, 31)) for year in years
    ]
    return tuple(name for name, day in ends if day > last)
