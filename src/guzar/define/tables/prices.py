"""Tables of price quotes: what it costs to send about 200 and about 500 US dollars, offer by offer."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class _QuotedOffer(dy.Schema):
    """One row per price quote of one firm: what the publisher prints and guzar does not recode."""

    quote_id = columns.quote_id(primary_key=True)
    firm = columns.firm()
    firm_type = columns.firm_type(nullable=True)
    product = columns.product(nullable=True)
    sending_location = columns.sending_location(nullable=True)
    pick_up_method = columns.pick_up_method(nullable=True)
    coverage = columns.coverage(nullable=True)
    speed = columns.speed(nullable=True)
    amount_local_200 = columns.amount_local_200()
    amount_usd_200 = columns.amount_usd_200(nullable=True)
    currency_200 = columns.currency_200()
    fee_local_200 = columns.fee_local_200(nullable=True)
    exchange_rate_200 = columns.exchange_rate_200(nullable=True)
    margin_percent_200 = columns.margin_percent_200(nullable=True)
    total_cost_percent_200 = columns.total_cost_percent_200(nullable=True)
    amount_local_500 = columns.amount_local_500(nullable=True)
    amount_usd_500 = columns.amount_usd_500(nullable=True)
    currency_500 = columns.currency_500(nullable=True)
    fee_local_500 = columns.fee_local_500(nullable=True)
    exchange_rate_500 = columns.exchange_rate_500(nullable=True)
    margin_percent_500 = columns.margin_percent_500(nullable=True)
    total_cost_percent_500 = columns.total_cost_percent_500(nullable=True)
    interbank_rate = columns.interbank_rate(nullable=True)


class PublishedPriceQuotes(_QuotedOffer):
    """One row per price quote of one firm, as printed: the mystery shopper's sheet, nothing recoded.

    `reported_area` is where the money arrives, `reported_counterpart` where it is sent from.
    """

    reported_area = columns.reported_area()
    reported_counterpart = columns.reported_counterpart()
    reported_period = columns.reported_period()
    reported_survey_date = columns.reported_survey_date(nullable=True)
    reported_transparent = columns.reported_transparent(nullable=True)
    place = columns.place()


class PriceQuotes(_QuotedOffer):
    """One row per price quote of one firm, harmonised: corridor in codes, quarter, edition, speed in hours.

    The corridor runs from `counterpart` (sender) to `area` (receiver). Prices are as quoted, not averaged.
    """

    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
    counterpart = columns.counterpart()
    area = columns.area()
    period = columns.period()
    year = columns.year()
    survey_date = columns.survey_date(nullable=True)
    longest_wait_hours = columns.longest_wait_hours(nullable=True)
    is_transparent = columns.is_transparent(nullable=True)

    @dy.rule()
    def is_a_corridor(cls) -> pl.Expr:
        """Money is sent from one place to another."""
        return pl.col("area") != pl.col("counterpart")
