"""Rounds of a survey: on which days people were asked, in how many periods, and whose weights are added up.

The weights of one round make up the population; those of two rounds, twice the population. A period is a run of
interview days with no gap of more than 30 days between them.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from guzar.analyse.survey_checks import DAY
from guzar.errors import SettingsInvalid, TableInvalid

GAP = 30  # days without an interview, at most, within a period
TOLD = 12  # periods that a message names


@dataclass(frozen=True)
class Interviews:
    """The days on which answers were given, in order, and how many answers bear no day."""

    days: tuple[date, ...]
    without_day: int

    @property
    def periods(self) -> list[tuple[date, date]]:
        """First and last day of each run of interviews."""
        breaks = [(a, b) for a, b in pairwise(self.days) if (b - a).days > GAP]
        firsts = [*self.days[:1], *(after for _, after in breaks)]
        return list(zip(firsts, [*(before for before, _ in breaks), *self.days[-1:]], strict=True))

    def named(self) -> str:
        """The periods as a message names them: 2022-03-29, 2022-09-20 – 2022-09-27."""
        spans = [str(a) if a == b else f"{a} – {b}" for a, b in self.periods]
        more = [] if len(spans) <= TOLD else [f"… {spans[-1]}"]
        return ", ".join(spans[: TOLD - len(more)] + more)


def interviews_of(answers: pl.DataFrame) -> Interviews:
    """When the answers of a table were given."""
    if DAY not in answers.columns:
        return Interviews((), answers.height)
    days = answers[DAY]
    return Interviews(tuple(days.drop_nulls().unique().sort().to_list()), days.null_count())


def choose_interviews(answers: pl.DataFrame, first: date | None, last: date | None) -> pl.DataFrame:
    """The answers of the days from `first` to `last`; refused (TableInvalid), naming the days, where there are none."""
    chosen = answers
    if first is not None:
        chosen = chosen.filter(pl.col(DAY) >= first)
    if last is not None:
        chosen = chosen.filter(pl.col(DAY) <= last)
    if chosen.is_empty():
        raise TableInvalid(
            "There are no answers to estimate from.",
            where="days of interviews in the table: {days}" if interviews_of(answers).days else "",
            expected="answers of one round of a survey",
            do="Check the table, and the days after --from and --to.",
            days=interviews_of(answers).named(),
        )
    return chosen


def require_rounds(rows: pl.DataFrame, rounds: int | None) -> None:
    """Refuse several rounds as one, unless somebody says how many they are; and more rounds than there are days."""
    found = interviews_of(rows)
    if rounds is None:
        _require_one_round(rows, found)
    elif rounds > len(found.days) and not found.without_day:
        raise SettingsInvalid(
            "There cannot be {rounds} rounds: interviews were held on {days} days.",
            where="days of interviews in the table: {named}",
            expected="in --rounds the rounds whose weights each make up the population",
            do="Correct --rounds, or the days after --from and --to.",
            rounds=rounds,
            days=len(found.days),
            named=found.named(),
        )


def _require_one_round(rows: pl.DataFrame, found: Interviews) -> None:
    if len(found.periods) > 1:
        raise TableInvalid(
            "Interviews of {count} periods stand in the table: the weights of several rounds would be added up.",
            where="days of interviews: {periods}",
            expected="one round: its weights make up the population, those of two rounds twice the population",
            do="Choose the days of one round with --from and --to; or say with --rounds how many there are, and their mean is "
            "estimated (--rounds 1 where the weights of all make up the population once).",
            count=len(found.periods),
            periods=found.named(),
        )
    if not {"household_id", DAY} <= set(rows.columns):
        return
    days = rows.group_by("household_id").agg(pl.col(DAY).drop_nulls().n_unique())
    again = days.filter(pl.col(DAY) > 1).height
    if again:
        raise TableInvalid(
            "Households that were interviewed on more than one day: {count}. Several rounds of a survey stand in the table.",
            expected="one round: its weights make up the population, those of two rounds twice the population",
            do="Choose the days of one round with --from and --to; or say with --rounds how many there are, and their mean is "
            "estimated (--rounds 1 where the weights of all make up the population once).",
            count=again,
        )
