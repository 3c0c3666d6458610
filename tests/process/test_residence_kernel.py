"""The compiled rule says what the plain one says, for every history, and what Stats NZ's migstat said."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.process.plain_residence import Answer, Crossing, classify_plainly, strict_rules

from guzar.process.residence import Tally, classify_residence
from guzar.process.residence_kernel import NO, OPEN, YES, classify_persons, rule_in_days
from guzar.process.residence_rule import ResidenceRule

LARGEST_WINDOW = 7
STATUS = {NO: False, YES: True, OPEN: None}
RULES = {"random_200_12_16": (365, 487), "random_200_9_12": (270, 365), "random_200_6_12": (183, 365)}
SIX = "six_persons_9_12"


def classify(
    persons: list[list[Crossing]], at_start: list[bool | None], threshold: int, window: int, last_day: int
) -> list[list[Answer]]:
    """What the kernel says of several persons at once."""
    starts = np.cumsum([0, *map(len, persons)]).astype(np.int64)
    day = np.array([day for person in persons for day, _ in person], np.int32)
    is_entry = np.array([entry for person in persons for _, entry in person], np.int8)
    given_codes = np.array([OPEN if told is None else int(told) for told in at_start], np.int8)
    rows = len(day)
    observed, inside = np.empty(rows, np.int32), np.empty(rows, np.int32)
    codes = [np.empty(rows, np.int8) for _ in range(3)]
    classify_persons(
        starts,
        day,
        is_entry,
        given_codes,
        rule_in_days(threshold, window, last_day),
        observed,
        inside,
        *codes,
    )
    rows_told = [
        (int(o), int(i), *(STATUS[int(code)] for code in told))
        for o, i, *told in zip(observed, inside, *codes, strict=True)
    ]
    return [rows_told[low:high] for low, high in pairwise(starts)]


histories = st.lists(st.tuples(st.integers(0, 24), st.booleans()), min_size=1, max_size=8).map(
    lambda history: sorted(history, key=lambda crossing: crossing[0])
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(histories, st.sampled_from([True, False, None])), min_size=1, max_size=4),
    st.sampled_from(list(strict_rules(LARGEST_WINDOW))),
    st.integers(1, 24),
)
def test_the_kernel_says_what_all_futures_say(
    persons: list[tuple[list[Crossing], bool | None]], rule: tuple[int, int], last_day: int
) -> None:
    """Same-day crossings, two entries in a row, any status at the start, crossings after the last day.

    Statuses after an undecided crossing stay open in the kernel, as with migstat; where it answers, futures agree.
    """
    given_histories, at_start = [p for p, _ in persons], [s for _, s in persons]
    found = classify(given_histories, at_start, *rule, last_day)
    for history, status, answers in zip(given_histories, at_start, found, strict=True):
        for answer, plain in zip(answers, classify_plainly(history, status, *rule, last_day), strict=True):
            assert answer == plain


@pytest.mark.parametrize("name", [*RULES, SIX])
def test_reference_histories_of_migstat(shared: Path, name: str) -> None:
    """Every row inside the window is as Stats NZ's package has it; where that is silent, as all futures have it."""
    folder = shared / "golden" / "residence" / name
    threshold, window = RULES.get(name, (270, 365))
    first, last = (
        (date(2009, 1, 1), date(2011, 12, 31)) if name == SIX else (date(2014, 1, 1), date(2019, 12, 31))
    )
    rule = ResidenceRule(threshold, window, first, last)
    crossings = pl.read_csv(folder / "crossings.csv", try_parse_dates=True).sort("person_id", "sequence")
    tally = Tally()
    found = pl.DataFrame(classify_residence(crossings.to_arrow(), rule, tally))
    expected = pl.read_csv(folder / "expected.csv", try_parse_dates=True)
    assert found.height == expected.height
    assert tally.before_first_day == crossings.height - expected.height
    both = expected.join(found, on=["person_id", "sequence"], suffix="_found", validate="1:1")
    assert both["in_window"].equals(both["in_window_found"])
    inside = both.filter("in_window")
    for column in ("days_observed", "days_in_country", "residence_before", "residence_after"):
        told = inside[f"{column}_found"].cast(inside.schema[column])
        assert inside.filter(~pl.col(column).eq_missing(told)).is_empty(), column
    assert inside.filter(~pl.col("is_migration_logical").eq_missing(pl.col("is_migration_found"))).is_empty()
    outside = both.filter(~pl.col("in_window"))
    assert outside.select("days_observed_found", "days_in_country_found").sum().row(0) == (0, 0)
    assert outside["is_migration_found"].null_count() == outside.height


def test_named_edge_cases_of_migstat(shared: Path) -> None:
    """Exactly 365 days is enough and 364 is not; 122 days away are allowed; same-day crossings; the last day."""
    cases = pl.read_csv(shared / "golden" / "residence" / "edge_cases_12_16.csv", infer_schema=False)
    targets = cases.filter((pl.col("note") == "target") & pl.col("error").is_null())
    assert targets["case"].n_unique() >= 10
    for (case,), rows in targets.group_by(["case"], maintain_order=True):
        given_rows = rows.select(
            person_id=pl.col("person_id"),
            crossing_date=pl.col("crossing_date").str.to_date(),
            sequence=pl.int_range(pl.len()),
            direction="direction",
            resident_at_start_given=pl.col("is_resident_at_start") == "true",
        )
        rule = ResidenceRule(365, 487, given_rows["crossing_date"].min(), date(2019, 12, 31))
        found = pl.DataFrame(classify_residence(given_rows.to_arrow(), rule, Tally()))
        told = found.with_columns(pl.col("is_migration").cast(pl.String)).select(
            pl.col(name).cast(pl.String)
            for name in (
                "days_observed",
                "days_in_country",
                "residence_before",
                "residence_after",
                "is_migration",
            )
        )
        assert told.rows() == rows.select(told.columns).rows(), case


def window_oracle(crossings: pl.DataFrame, rule: ResidenceRule) -> pl.DataFrame:
    """The same rule without state, in window SQL: the last deciding crossing is carried forward.

    After A.4 of the reference on microdata: ordered by the second, a sum over the W days to come.
    """
    given_rows = crossings.with_columns(  # a place in the row's own day orders what one moment holds
        second=(pl.col("crossing_date") - pl.lit(rule.first_day)).dt.total_days() * 86_400
        + pl.int_range(pl.len()).over("person_id", "crossing_date")
    )
    last = (rule.last_day - rule.first_day).days
    engine = duckdb.connect()
    engine.register("crossings", given_rows.to_arrow())
    return engine.sql(f"""
        WITH rows AS (
            SELECT person_id, second, second // 86400 AS day, direction = 'entry' AS entry, start,
                   lead(second // 86400) OVER person AS next_day, lead(direction = 'entry') OVER person AS next_entry
            FROM crossings WHERE second // 86400 <= {last} WINDOW person AS (PARTITION BY person_id ORDER BY second)
        ), spells AS (
            SELECT *, least({last} - day, {rule.window_days}) AS observed,
                   CASE WHEN NOT entry AND next_entry IS NOT DISTINCT FROM false
                        THEN day + (next_day - day) // 2 ELSE day END AS a,
                   CASE WHEN entry AND next_day IS NULL THEN {last}
                        WHEN entry AND next_entry THEN day + (next_day - day) // 2
                        WHEN entry OR (NOT entry AND next_entry IS NOT DISTINCT FROM false) THEN next_day
                        ELSE day END AS b
            FROM rows
        ), windows AS (
            SELECT *, day + observed AS e, sum(b - a) OVER frame AS whole,
                   last_value(a) OVER frame AS last_a, last_value(b) OVER frame AS last_b
            FROM spells WINDOW frame AS (PARTITION BY person_id ORDER BY second
                RANGE BETWEEN CURRENT ROW AND {rule.window_days * 86_400 - 1} FOLLOWING)
        ), days AS (
            SELECT *, whole - greatest(last_b - last_a, 0)
                   + greatest(least(last_b, e) - least(last_a, e), 0) AS inside FROM windows
        ), sides AS (
            SELECT *, CASE WHEN entry THEN inside ELSE observed - inside END AS there FROM days
        ), decisions AS (
            SELECT *, observed - there > {rule.window_days - rule.threshold_days} AS never,
                   there >= {rule.threshold_days} AS always FROM sides
        ), carried AS (
            SELECT *, coalesce(last_value(CASE WHEN always AND NOT never THEN entry END IGNORE NULLS) OVER past, start)
                   AS status
            FROM decisions WINDOW past AS (PARTITION BY person_id ORDER BY second ROWS UNBOUNDED PRECEDING)
        )
        SELECT person_id, second, observed, inside,
               CASE WHEN count(*) FILTER (NOT never AND NOT always AND entry <> status) OVER past = 0 THEN status
               END AS after
        FROM carried WINDOW past AS (PARTITION BY person_id ORDER BY second ROWS UNBOUNDED PRECEDING)
        ORDER BY person_id, second
    """).pl()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(365, 487), (270, 365), (183, 365)]))
def test_the_kernel_says_what_window_sql_says(seed: int, rule_days: tuple[int, int]) -> None:
    """Days and decided statuses of random histories of full length, another engine, another formulation."""
    random = np.random.default_rng(seed)
    rows = 300
    crossings = pl.DataFrame(
        {
            "person_id": random.integers(0, 25, rows),
            "day": np.sort(random.choice(1800, rows)),
            "direction": random.choice(["entry", "exit"], rows),
        }
    ).sort("person_id", "day", "direction")
    first = date(2014, 1, 1)
    crossings = crossings.with_columns(
        crossing_date=pl.lit(first) + pl.duration(days="day"),
        sequence=pl.int_range(pl.len()).over("person_id"),
        start=(pl.col("person_id") % 2 == 0),
    )
    rule = ResidenceRule(*rule_days, first, date(2018, 6, 30))
    told = crossings.select(
        "person_id", "crossing_date", "sequence", "direction", resident_at_start_given="start"
    )
    found = pl.DataFrame(classify_residence(told.to_arrow(), rule, Tally())).filter("in_window")
    starts = crossings.group_by("person_id", maintain_order=True).first()
    inferred = starts.filter(pl.col("day") >= rule.threshold_days).select(
        "person_id", start=pl.col("direction") == "exit"
    )
    oracle = window_oracle(crossings.update(inferred, on="person_id"), rule)
    assert found["days_observed"].to_list() == oracle["observed"].to_list()
    assert found["days_in_country"].to_list() == oracle["inside"].to_list()
    statuses = {None: None, True: "resident", False: "non_resident"}
    assert found["residence_after"].to_list() == [statuses[each] for each in oracle["after"]]
