"""What `--missing impute` estimated, as a table on the screen; statuses and the reasons for them in words."""

from __future__ import annotations

import polars as pl

from guzar import journey
from guzar.commands.given_tables import fitted
from guzar.commands.speaker import Speaker

MEASURES = {
    "immigrations": "immigrations",
    "emigrations": "emigrations",
    "net_migration": "net migration",
    "residents_seen_in_crossings": "residents seen",
    "stock_end_of_year": "population",
    "stays_beyond_recorded_permission": "beyond permission",
}
HEADINGS = ("what is counted", "year", "low end", "value", "high end", "status")


def show_imputed(speak: Speaker, imputed: journey.Imputed) -> None:
    """Lower end, value and upper end by measure and year; then how many rows have which status, and why."""
    known = imputed.table.filter(pl.col("lower").is_not_null())
    if known.height:
        speak.say("Persons and migrations with 90 % intervals, or the range where only bounds are known:")
        speak.show(fitted(speak, _as_shown(speak, known)))
    told = imputed.table.group_by("status", "status_reason").len().sort("status", "status_reason")
    for status, reasons, number in told.iter_rows():
        why = "; ".join(_in_words(speak, code) for code in reasons.split("; ") if code)
        words = speak.text(journey.STATUS_WORDS[status])
        speak.say(
            "{status}: {count} rows", status=f"{words} ({why})" if why else words, count=speak.number(number)
        )


def _as_shown(speak: Speaker, known: pl.DataFrame) -> pl.DataFrame:
    """The measure stands at its first year only."""
    is_first = known["measure"] != known["measure"].shift(1)
    names = [speak.text(MEASURES[each]) for each in known["measure"]]
    columns = [
        pl.Series(
            [name if first in (True, None) else "" for name, first in zip(names, is_first, strict=True)]
        ),
        known["year"].cast(pl.String),
        known["lower"],
        known["median"],
        known["upper"],
        pl.Series([speak.text(journey.STATUS_WORDS[each]) for each in known["status"]]),
    ]
    return pl.DataFrame(dict(zip((speak.text(each) for each in HEADINGS), columns, strict=True)))


def _in_words(speak: Speaker, reason: str) -> str:
    if reason.startswith(journey.FAILED):
        test = speak.text(journey.TEST_WORDS[reason.removeprefix(journey.FAILED)])
        return speak.text("a diagnostic failed: {test}", test=test)
    return speak.text(journey.REASON_WORDS[reason])
