"""Tables of the figures journey: what publishers print, and what guzar makes of it."""

import dataframely as dy
import polars as pl

from guzar.define import columns

NUMBER_OR_MARK = "a row holds a number or the mark printed instead of one"


class PublishedFigures(dy.Schema):
    """One row per cell of a published file, as printed, with the number read from it.

    Nothing is recoded, scaled, merged or corrected here: areas, sexes and periods are the publisher's words.
    """

    series = columns.series()
    reported_area = columns.reported_area()
    reported_counterpart = columns.reported_counterpart(nullable=True)
    reported_sex = columns.reported_sex(nullable=True)
    reported_period = columns.reported_period()
    reported_edition = columns.reported_edition(nullable=True)
    reported_status = columns.reported_status(nullable=True)
    reported_part = columns.reported_part(nullable=True)
    parts_printed = columns.parts_printed(nullable=True)
    reported_last_observed = columns.reported_last_observed(nullable=True)
    reported_value = columns.reported_value(nullable=True)
    value = columns.value(nullable=True)
    missing_mark = columns.missing_mark(nullable=True)
    place = columns.place()

    @dy.rule()
    def number_or_mark(cls) -> pl.Expr:
        """A printed number has no mark, a mark has no number."""
        return pl.col("value").is_null() | pl.col("missing_mark").is_null()


class RefusedRows(dy.Schema):
    """One row per row of a delivery that was refused, with the reason: the quarantine."""

    place = columns.place()
    reason = columns.reason()
    row_content = columns.row_content(nullable=True)


class Observations(dy.Schema):
    """One row per value that one source, in one edition, gives for one series, corridor, sex and period.

    A value has a reference period and an edition: a later edition adds rows and never overwrites any.
    """

    indicator = columns.indicator(primary_key=True)
    area = columns.area(primary_key=True)
    counterpart = columns.counterpart(primary_key=True)
    sex = columns.sex(primary_key=True)
    period = columns.period(primary_key=True)
    year = columns.year()
    value = columns.value(nullable=True)
    unit = columns.unit()
    definition = columns.definition(primary_key=True)
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
    observation_status = columns.observation_status()
    last_observed = columns.last_observed(nullable=True)
    missing_mark = columns.missing_mark(nullable=True)

    @dy.rule()
    def number_or_reason(cls) -> pl.Expr:
        """A row without a number says why: not known, or withheld by the source."""
        without = pl.col("observation_status").is_in(["not_known", "withheld"])
        return pl.col("value").is_not_null() ^ without

    @dy.rule()
    def last_observed_not_after_period(cls) -> pl.Expr:
        """What was last observed was observed no later than the end of the reference period."""
        end = pl.col("period").str.slice(-4).str.to_integer(strict=False).fill_null(pl.col("year"))
        return pl.col("last_observed").is_null() | (pl.col("last_observed") <= end)
