"""Tables about what lies behind published figures: frozen origin mixes, revisions, totals of regions."""

import dataframely as dy
import polars as pl

from guzar.define import columns
from guzar.define.tables.figures import Observations


class DestinationEvidence(dy.Schema):
    """One row per destination and pair of neighbouring dates in one edition of a stock table by origin.

    Says whether the origins moved apart between the two dates. Where all larger origins moved by one common
    factor, the later date repeats the mix of the earlier one: a total was shared out, no origin was counted.
    """

    area = columns.area(primary_key=True)
    from_year = columns.from_year(primary_key=True)
    to_year = columns.to_year(primary_key=True)
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
    origins_tested = columns.origins_tested()
    common_factor = columns.common_factor(nullable=True)
    largest_deviation = columns.largest_deviation(nullable=True)
    is_frozen = columns.is_frozen(nullable=True)


class Differences(dy.Schema):
    """One row per pair of neighbouring values of one series: growth between periods or a revision between editions.

    Growth stays inside one edition, a revision inside one reference period: neither is ever the other.
    """

    indicator = columns.indicator(primary_key=True)
    area = columns.area(primary_key=True)
    counterpart = columns.counterpart(primary_key=True)
    sex = columns.sex(primary_key=True)
    definition = columns.definition(primary_key=True)
    source = columns.source(primary_key=True)
    change_kind = columns.change_kind(primary_key=True)
    from_period = columns.from_period(primary_key=True)
    to_period = columns.to_period(primary_key=True)
    from_edition = columns.from_edition(primary_key=True)
    to_edition = columns.to_edition(primary_key=True)
    earlier_value = columns.earlier_value()
    later_value = columns.later_value()
    difference = columns.difference()
    difference_percent = columns.difference_percent(nullable=True)
    unit = columns.unit()

    @dy.rule()
    def growth_or_revision(cls) -> pl.Expr:
        """Growth has one edition and two periods, a revision one period and two editions."""
        one_edition = pl.col("from_edition") == pl.col("to_edition")
        one_period = pl.col("from_period") == pl.col("to_period")
        growth = pl.col("change_kind") == "growth"
        return (growth & one_edition & ~one_period) | (~growth & ~one_edition & one_period)


class RegionalTotals(Observations):
    """One row per value that guzar adds up for a region from its members; the region's publisher and date beside it."""

    region_publisher = columns.region_publisher()
    region_as_of = columns.region_as_of()
    region_members = columns.region_members()
