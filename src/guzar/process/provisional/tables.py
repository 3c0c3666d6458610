"""Editions as tables: one row per month, flow and group; and what became of them."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from guzar.define.tables.provisional import ProvisionalMonths, Revisions
from guzar.process.provisional.drift import told_mean
from guzar.process.provisional.editions import Edition, Editions
from guzar.process.provisional.landmarks import EPOCH, name_of_month
from guzar.process.provisional.seen import Groups

FLOWS = ("immigration", "emigration", "net")
FINAL, PROVISIONAL, INCOMPLETE = "final", "provisional", "incomplete"
KEY = ("month", "flow")
UNIT, INTERVAL = (
    "migrations",
    90,
)  # of every total; per cent of the final figures that lower and upper should hold


def table_of_edition(editions: Editions, place: int, groups: Groups) -> pl.DataFrame:
    """One edition, newest month last: a row per month, flow and group; months before are final in it."""
    edition, landmarks = editions.edition(place), editions.landmarks
    last = EPOCH + timedelta(days=landmarks.days[place])
    rows = []
    for age in reversed(range(landmarks.ages)):
        month = landmarks.months[place] - age
        if month < landmarks.first_month:
            continue
        for flow, name in enumerate(FLOWS):
            for number, codes in enumerate(groups.combinations):
                at = (flow, age, number)
                row = _row(edition, at, is_complete=age > 0 or (last + timedelta(days=1)).day == 1)
                told = {"observed_to": last, "month": name_of_month(month), "flow": name}
                rows.append({**told, **dict(zip(groups.by, codes, strict=True)), **row})
    return _validated(rows, ProvisionalMonths, groups.by)


def _row(edition: Edition, at: tuple[int, int, int], *, is_complete: bool) -> dict[str, object]:
    decided, undecided = int(edition.decided[at]), int(edition.undecided[at])
    crossings, expected = int(edition.crossings[at]), told_mean(edition.expected[at])
    ends = [float(edition.expected_lower[at]), float(edition.expected_upper[at])]
    status = INCOMPLETE if not is_complete else PROVISIONAL if undecided else FINAL
    return {
        "unit": UNIT,
        "crossings": crossings,
        "decided": decided,
        "undecided": undecided,
        "decided_share_percent": round(100 * (1 - undecided / crossings), 1) if crossings else 100.0,
        "expected": expected,
        "expected_lower": ends[0],
        "expected_upper": ends[1],
        "total": round(decided + expected, 1),
        "lower": decided + ends[0],
        "upper": decided + ends[1],
        "interval_percent": INTERVAL,
        "baseline_total": round(decided + float(edition.baseline[at]), 1),
        "month_status": status,
    }


def _validated(
    rows: list[dict[str, object]], schema: type[ProvisionalMonths] | type[Revisions], by: Sequence[str]
) -> pl.DataFrame:
    """The declared columns checked, with those that are counted by behind the flow."""
    kinds = {name: column.dtype for name, column in schema.columns().items()}
    table = pl.DataFrame(rows, schema=kinds | dict.fromkeys(by, pl.String()), infer_schema_length=None)
    checked = schema.validate(table.select(list(kinds)), cast=True)
    front = list(kinds)[: 1 + list(kinds).index("flow")]
    return pl.concat([checked.select(front), table.select(by), checked.drop(front)], how="horizontal")


def revisions_of(
    tables: Sequence[pl.DataFrame], finals: pl.DataFrame | None, by: Sequence[str]
) -> pl.DataFrame:
    """The revision triangle of editions: what each said of a month, and by how much that was revised.

    The final figure is that of `finals` (month, flow, groups, final_total); without it, that of the latest edition in which
    the month is final.
    """
    said = pl.concat(list(tables), how="vertical_relaxed")
    keys = [*KEY, *by]
    if finals is None:
        last = said.filter(pl.col("month_status") == FINAL).sort("observed_to")
        finals = last.group_by(keys, maintain_order=True).agg(final_total=pl.col("total").last())
    joined = said.join(finals, on=keys, how="left", nulls_equal=True).sort(*keys, "observed_to")
    is_inside = (pl.col("lower") <= pl.col("final_total")) & (pl.col("final_total") <= pl.col("upper"))
    told = joined.with_columns(
        revision=(pl.col("final_total") - pl.col("total")).round(1),
        baseline_revision=(pl.col("final_total") - pl.col("baseline_total")).round(1),
        is_covered=is_inside,
    )
    return _validated(told.select([*Revisions.columns(), *by]).to_dicts(), Revisions, by)


def finals_of(editions: Editions, groups: Groups) -> pl.DataFrame:
    """Every month that lies W days back on the last landmark; the few crossings that never can be decided, because residence
    at the start is not known, are no migrations in it."""
    landmarks = editions.landmarks
    counted = editions.counted.finals
    rows = []
    for number, month in enumerate(range(landmarks.first_month, landmarks.last_month + 1)):
        for group, codes in enumerate(groups.combinations):
            exits, entries = counted[number, 0, group], counted[number, 1, group]
            for flow, value in (
                ("immigration", entries[1]),
                ("emigration", exits[1]),
                ("net", entries[1] - exits[1]),
            ):
                if landmarks.is_final(month, landmarks.last_month):
                    told = {"month": name_of_month(month), "flow": flow, "final_total": float(value)}
                    rows.append({**told, **dict(zip(groups.by, codes, strict=True))})
    kinds = {"month": pl.String(), "flow": pl.String(), "final_total": pl.Float64()}
    return pl.DataFrame(rows, schema=kinds | dict.fromkeys(groups.by, pl.String()))


def summarise_revisions(revisions: pl.DataFrame) -> pl.DataFrame:
    """How well editions did, by flow and in all: coverage of the 90 % intervals, mean absolute revisions, rows.

    Only months that were not final in the edition and are now.
    """
    known = revisions.filter((pl.col("month_status") != FINAL) & pl.col("final_total").is_not_null())
    both = pl.concat([known.with_columns(flow=pl.lit("all")), known])
    told = both.group_by("flow", maintain_order=True).agg(
        rows=pl.len(),
        covered_percent=(100 * pl.col("is_covered").mean()).round(1),
        mean_absolute_revision=pl.col("revision").abs().mean().round(2),
        baseline_mean_absolute_revision=pl.col("baseline_revision").abs().mean().round(2),
    )
    order = pl.col("flow").replace_strict({name: place for place, name in enumerate((*FLOWS, "all"))})
    return told.sort(order)


def share_of_baseline(summary: pl.DataFrame, flow: str) -> float:
    """The mean absolute revision as a share of the baseline's."""
    row = summary.row(by_predicate=pl.col("flow") == flow, named=True)
    beaten = row["baseline_mean_absolute_revision"]
    return float(row["mean_absolute_revision"] / beaten) if beaten else float(np.inf)


def observed_to_of(table: pl.DataFrame) -> date:
    """The edition of a table."""
    day = table["observed_to"][0]
    return day if isinstance(day, date) else date.fromisoformat(str(day))
