"""Tables about the made-up people of the demonstration: what became of their records, and how far results are wrong."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class MadeUpChain(dy.Schema):
    """One row per number that a step of the records journey left; all of it about made-up people."""

    journey_step = columns.journey_step(primary_key=True)
    counted = columns.counted(primary_key=True)
    amount = columns.amount()


class MadeUpErrors(dy.Schema):
    """One row per national result from made-up records, beside the truth that only a made-up country knows.

    What comes from records is the total of a protected table, or a share of pairs of records.
    """

    made_up_measure = columns.made_up_measure(primary_key=True)
    from_records = columns.from_records(nullable=True)
    in_truth = columns.in_truth()
    error_percent = columns.error_percent(nullable=True)
    unit = columns.unit()


class MadeUpSources(dy.Schema):
    """One row per national result of one source in the same year: what each counts, in its unit and by its concept.

    Units and concepts differ: no two rows may be added. The truth is that of the same thing, empty where there is none: an
    act of registration and a permit are no migrations. An estimate has an interval, a count has none.
    """

    made_up_source = columns.made_up_source(primary_key=True)
    made_up_measure = columns.made_up_measure(primary_key=True)
    made_up_concept = columns.made_up_concept()
    from_records = columns.from_records(nullable=True)
    lower = columns.lower(nullable=True)
    upper = columns.upper(nullable=True)
    in_truth = columns.in_truth(nullable=True)
    unit = columns.unit()


class MadeUpImputed(dy.Schema):
    """One row per measure, year and citizens counted: without estimating anything, with lost crossings estimated, in truth.

    Where a border without records is in use, nothing is observed. What comes from records is a total of the country,
    rounded to tens, so that beside protected tables it works no small group out.
    """

    made_up_citizens = columns.made_up_citizens(primary_key=True)
    measure = columns.measure(primary_key=True)
    year = columns.year(primary_key=True)
    left_out = columns.left_out(nullable=True)
    as_recorded = columns.as_recorded(nullable=True)
    lower = columns.lower(nullable=True)
    median = columns.median(nullable=True)
    upper = columns.upper(nullable=True)
    range_lower = columns.range_lower(nullable=True)
    range_upper = columns.range_upper(nullable=True)
    status = columns.status()
    status_reason = columns.status_reason()
    in_truth = columns.in_truth()
    unit = columns.unit()


class MadeUpCombined(dy.Schema):
    """One row per measure, year and source: what each source says, what all say together, and what two lists bound.

    Residents of foreign citizenship by three sources and combined; foreigners beyond what was permitted them, only as a range:
    there is no point value of them. Totals of the country rounded to tens, ranges outwards. Ends are of 90 % intervals.
    """

    made_up_measure = columns.made_up_measure(primary_key=True)
    year = columns.year(primary_key=True)
    made_up_input = columns.made_up_input(primary_key=True)
    from_records = columns.from_records(nullable=True)
    lower = columns.lower(nullable=True)
    upper = columns.upper(nullable=True)
    estimate_status = columns.estimate_status()
    estimate_reason = columns.estimate_reason()
    in_truth = columns.in_truth()
    unit = columns.unit()

    @dy.rule()
    def a_range_has_no_point(cls) -> pl.Expr:
        """Where only a range is known there is no number within it."""
        return ~pl.col("estimate_status").is_in(["bounded", "withheld"]) | pl.col("from_records").is_null()


class MadeUpQuality(dy.Schema):
    """One row per concept of the quality report of the combined estimate of made-up people, in both languages."""

    concept_code = columns.concept_code(primary_key=True)
    text_en = columns.text_en(nullable=True)
    text_ru = columns.text_ru(nullable=True)
