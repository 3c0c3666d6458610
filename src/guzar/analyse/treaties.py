"""TreatyActions → TreatyStandings: for each treaty and area, what is known on a date, and how old that is.

A party stays a party until a source says otherwise, so an old extract that shows an accession still counts; an old
extract that shows nothing does not mean no, and its age stands beside it. A cell that no source covers is unknown.
Two extracts contradict each other where both date the same step differently, or where the later one no longer shows
a party that the earlier one shows; an accession after the earlier extract is a change and no conflict.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from guzar.define.tables.treaties import TreatyActions
from guzar.define.tables.treaty_standings import TreatyStandings

PARTY_ACTIONS = ("ratified", "acceded", "became_party", "succeeded")
SIGNED = "signed"
NONE_SEEN = "no_action_seen"
FRESH_YEARS = 5  # an extract older than this is called old

DATES_DIFFER = "dates differ: {first} ({first_source}) and {second} ({second_source})"
NO_LONGER_SHOWN = "{earlier} shows a party, {later} does not"


def judge_treaty_standings(
    actions: dy.DataFrame[TreatyActions],
    *,
    treaties: Iterable[str],
    areas: Iterable[str],
    as_of: date,
    fresh_years: int = FRESH_YEARS,
) -> dy.DataFrame[TreatyStandings]:
    """The standing of every treaty and area on a date; one row each, also where nothing is known.

    `actions` after `as_of` are left out. `evidence_as_of` is the date of the latest extract that says something of
    the cell; an action without such a date counts from the action itself.
    """
    known = actions.filter(_known_by(as_of))
    cells = {key: rows for key, rows in known.partition_by("treaty", "area", as_dict=True).items()}
    chosen = list(areas)
    rows = [
        {"treaty": treaty, "area": area, **_judge(cells.get((treaty, area)), as_of, fresh_years)}
        for treaty in treaties
        for area in chosen
    ]
    schema = {name: column.dtype for name, column in TreatyStandings.columns().items()}
    return TreatyStandings.validate(pl.DataFrame(rows, schema=schema), cast=True)


def _known_by(as_of: date) -> pl.Expr:
    """Actions whose own date and whose extract are not after the date asked for; a bare year counts as its start."""
    limit = as_of.isoformat()
    acted = pl.col("action_date").fill_null("") <= limit
    return acted & (pl.col("as_of").fill_null("") <= limit)


def _judge(cell: pl.DataFrame | None, as_of: date, fresh_years: int) -> dict[str, Any]:
    if cell is None:
        return {
            "treaty_standing": "unknown",
            "standing_since": None,
            "source": None,
            "evidence_as_of": None,
            "evidence_age_years": None,
            "is_old": None,
            "conflict": None,
        }
    party = cell.filter(pl.col("treaty_action").is_in(PARTY_ACTIONS))
    signed = cell.filter(pl.col("treaty_action") == SIGNED)
    standing = "party" if party.height else "signed_only" if signed.height else NONE_SEEN
    rest = party if party.height else signed if signed.height else cell
    latest = cell.with_columns(shown=pl.coalesce("as_of", "action_date")).sort(
        "shown", "source", nulls_last=False
    )
    shown = latest["shown"][-1]
    age = _whole_years(shown, as_of)
    return {
        "treaty_standing": standing,
        "standing_since": _most_precise(rest),
        "source": latest["source"][-1],
        "evidence_as_of": shown,
        "evidence_age_years": age,
        "is_old": None if age is None else age > fresh_years,
        "conflict": _conflict(party, cell),
    }


def _most_precise(rows: pl.DataFrame) -> str | None:
    """The earliest date of the step, the day before the bare year."""
    dates = [str(found) for found in rows["action_date"].drop_nulls()]
    return min(dates, key=lambda found: (found[:4], -len(found), found)) if dates else None


def _whole_years(shown: str | None, as_of: date) -> int | None:
    if shown is None:
        return None
    parts = [int(part) for part in shown.split("-")] + [1, 1]
    earlier = (as_of.month, as_of.day) < (parts[1], parts[2])
    return as_of.year - parts[0] - int(earlier)


def _conflict(party: pl.DataFrame, cell: pl.DataFrame) -> str | None:
    dated = party.drop_nulls("action_date").sort("action_date", "as_of")
    for second in dated.iter_rows(named=True):
        first = dated.row(0, named=True)
        length = min(len(first["action_date"]), len(second["action_date"]))
        if first["action_date"][:length] != second["action_date"][:length]:
            return DATES_DIFFER.format(
                first=first["action_date"],
                first_source=_extract(first),
                second=second["action_date"],
                second_source=_extract(second),
            )
    return _vanished(party, cell)


def _vanished(party: pl.DataFrame, cell: pl.DataFrame) -> str | None:
    """A later extract that shows no party where an earlier one did."""
    last_party = party["as_of"].drop_nulls().max()
    last = cell["as_of"].drop_nulls().max()
    if last_party is None or last is None or last_party == last:
        return None
    return NO_LONGER_SHOWN.format(earlier=last_party, later=last)


def _extract(row: dict[str, Any]) -> str:
    return f"{row['source']}, {row['as_of'] or '-'}"
