"""Tables of the analysis of remittances: shares, their decomposition, prices of transfers, allocations."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class RemittanceShares(dy.Schema):
    """One row per area, side and year: amount, gross domestic product, and the share both ways.

    Numerator and denominator stay apart, each with its edition; the published share stands beside the recomputed
    one and is never replaced by it.
    """

    area = columns.area(primary_key=True)
    transfer_side = columns.transfer_side(primary_key=True)
    year = columns.year(primary_key=True)
    amount_source = columns.amount_source(primary_key=True)
    amount_edition = columns.amount_edition(primary_key=True)
    amount_usd = columns.amount_usd()
    output_usd = columns.output_usd(nullable=True)
    output_source = columns.output_source(nullable=True)
    output_edition = columns.output_edition(nullable=True)
    recomputed_percent = columns.recomputed_percent(nullable=True)
    published_percent = columns.published_percent(nullable=True)
    share_edition = columns.share_edition(nullable=True)
    relative_gap = columns.relative_gap(nullable=True)


class ShareDecompositions(dy.Schema):
    """One row per part of one change of the share of remittances in gross domestic product.

    The row with the part `share` is the change itself; the others add up to it in logarithms. `from_edition` and
    `to_edition` are those of the remittances and name the change; each part has its own source and editions.
    """

    area = columns.area(primary_key=True)
    transfer_side = columns.transfer_side(primary_key=True)
    change_kind = columns.change_kind(primary_key=True)
    from_year = columns.from_year(primary_key=True)
    to_year = columns.to_year(primary_key=True)
    from_edition = columns.from_edition(primary_key=True)
    to_edition = columns.to_edition(primary_key=True)
    part = columns.part(primary_key=True)
    from_value = columns.from_value(nullable=True)
    to_value = columns.to_value(nullable=True)
    log_change = columns.log_change(nullable=True)
    part_status = columns.part_status()
    source = columns.source(nullable=True)
    part_from_edition = columns.part_from_edition(nullable=True)
    part_to_edition = columns.part_to_edition(nullable=True)


class CorridorPrices(dy.Schema):
    """One row per corridor, period, amount sent and kind of average: the price of a transfer."""

    counterpart = columns.counterpart(primary_key=True)
    area = columns.area(primary_key=True)
    period = columns.period(primary_key=True)
    year = columns.year()
    amount_sent_usd = columns.amount_sent_usd(primary_key=True)
    average_kind = columns.average_kind(primary_key=True)
    average_cost_percent = columns.average_cost_percent(nullable=True)
    services = columns.services(nullable=True)
    services_offered = columns.services_offered(nullable=True)
    quarters = columns.quarters()
    is_fee_only = columns.is_fee_only(nullable=True)
    why_no_value = columns.why_no_value(nullable=True)
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)

    @dy.rule()
    def value_or_reason(cls) -> pl.Expr:
        """A row without a price says why."""
        return pl.col("average_cost_percent").is_not_null() ^ pl.col("why_no_value").is_not_null()


class RemittanceAllocations(dy.Schema):
    """One row per corridor, year and allocation rule: receipts shared out over countries of residence.

    A model on a model: the counterpart is where the money is taken to come from, never where it was seen to.
    """

    counterpart = columns.counterpart(primary_key=True)
    area = columns.area(primary_key=True)
    year = columns.year(primary_key=True)
    allocation_rule = columns.allocation_rule(primary_key=True)
    allocated_share = columns.allocated_share()
    amount_usd = columns.amount_usd()
    observation_status = columns.observation_status()


class PriceTargets(dy.Schema):
    """One row per target of SDG 10.c.1 and period: each corridor against 5 per cent, all services against 3.

    The row of all services carries the area and counterpart `_Z`: it is no corridor.
    """

    target = columns.target(primary_key=True)
    counterpart = columns.counterpart(primary_key=True)
    area = columns.area(primary_key=True)
    period = columns.period(primary_key=True)
    year = columns.year()
    amount_sent_usd = columns.amount_sent_usd(primary_key=True)
    average_kind = columns.average_kind()
    average_cost_percent = columns.average_cost_percent(nullable=True)
    limit_percent = columns.limit_percent()
    is_met = columns.is_met(nullable=True)
    services = columns.services(nullable=True)
    is_fee_only = columns.is_fee_only(nullable=True)
    why_no_value = columns.why_no_value(nullable=True)
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
