"""PriceQuotes → CorridorPrices and PriceTargets: what it costs to send money along a corridor.

A quote costs 100 × fee / amount + exchange-rate margin, in per cent of the amount sent. The simple average takes
all services of a corridor and quarter. SmaRT takes the three cheapest services that are transparent and deliver within
five days (access is not recorded); where fewer than three qualify there is no value, and the reason is said.
Source: World Bank, Remittance Prices Worldwide; SDG indicator 10.c.1 (metadata of the United Nations).
"""

import dataframely as dy
import polars as pl

from guzar.define.tables.figures import Observations
from guzar.define.tables.prices import PriceQuotes
from guzar.define.tables.remittances import CorridorPrices, PriceTargets
from guzar.errors import MethodNotApplicable

AMOUNTS_SENT = (200, 500)  # US dollars; 200 is the amount of SDG 10.c.1
LONGEST_WAIT_HOURS = 5 * 24  # SmaRT: within five days
CHEAPEST = 3  # SmaRT: the three cheapest qualifying services
CORRIDOR_LIMIT = 5.0  # per cent, SDG 10.c: no corridor above
OVERALL_LIMIT = 3.0  # per cent, SDG 10.c: average of all services below
FEWEST_QUOTES = 5  # fewer quotes with a margin of 0 may be a coincidence
QUARTERLY = "remittance_cost_quarterly_percent"
YEARLY = "remittance_cost_percent"
YEARLY_DEFINITION = "guzar_corridor_year_cost"
QUARTER = ["counterpart", "area", "period", "year", "source", "edition"]

TOO_FEW = "fewer than three services are transparent and deliver within five days"
NO_PRICE = "no quote of the corridor has a total cost for this amount"
NO_QUARTER = "no quarter of the year has a value"


def compute_quote_costs(quotes: dy.DataFrame[PriceQuotes]) -> pl.DataFrame:
    """Every quote and amount with its cost worked out again: 100 × fee / amount + margin.

    Columns: the quote's corridor and quarter, `amount_sent_usd`, `cost_percent` (as printed), `fee_percent`,
    `margin_percent`, `recomputed_percent`, `qualifies` (for SmaRT).
    """
    return pl.concat([_costs_for(quotes, usd) for usd in AMOUNTS_SENT])


def _costs_for(quotes: pl.DataFrame, usd: int) -> pl.DataFrame:
    fee = 100 * pl.col(f"fee_local_{usd}") / pl.col(f"amount_local_{usd}")
    margin = pl.col(f"margin_percent_{usd}")
    return quotes.select(
        *QUARTER,
        "quote_id",
        amount_sent_usd=pl.lit(usd, pl.Int32),
        cost_percent=pl.col(f"total_cost_percent_{usd}"),
        fee_percent=fee,
        margin_percent=margin,
        recomputed_percent=fee + margin,
        qualifies=qualifies_for_smart(),
    )


def qualifies_for_smart() -> pl.Expr:
    """Whether a service is transparent and delivers within five days; what is not known does not qualify.

    The third condition of the publisher, that the sender can reach the service (a branch near by, a device, an
    account), is not recorded in the quotes and cannot be applied: "Not available" as the place of paying in stands
    in more than half of them and means that the place was not noted.
    """
    fast = pl.col("longest_wait_hours") <= LONGEST_WAIT_HOURS
    return pl.col("is_transparent").fill_null(False) & fast.fill_null(False)


def average_corridor_prices(quotes: dy.DataFrame[PriceQuotes]) -> dy.DataFrame[CorridorPrices]:
    """Simple average and SmaRT for each corridor, quarter and amount, with the number of services behind each."""
    costs = compute_quote_costs(quotes)
    flagged = flag_fee_only_senders(quotes)
    key = [*QUARTER, "amount_sent_usd"]
    offered = pl.col("cost_percent").is_not_null().sum()
    simple = costs.group_by(key).agg(
        average_cost_percent=pl.col("cost_percent").mean(),
        services=offered,
        services_offered=offered,
        average_kind=pl.lit("simple"),
        why_no_value=pl.when(offered == 0).then(pl.lit(NO_PRICE)),
    )
    qualifying = pl.col("cost_percent").filter(pl.col("qualifies") & pl.col("cost_percent").is_not_null())
    enough = qualifying.len() >= CHEAPEST
    smart = costs.group_by(key).agg(
        average_cost_percent=pl.when(enough).then(qualifying.bottom_k(CHEAPEST).mean()),
        services=pl.when(enough).then(CHEAPEST).otherwise(qualifying.len()),
        services_offered=offered,
        average_kind=pl.lit("smart"),
        why_no_value=pl.when(~enough).then(pl.lit(TOO_FEW)),
    )
    both = pl.concat([simple, smart], how="vertical_relaxed").with_columns(quarters=pl.lit(1))
    both = both.join(flagged, on=["source", "edition", "counterpart"], how="left")
    return CorridorPrices.validate(
        both.select(CorridorPrices.column_names()).sort(CorridorPrices.primary_key()), cast=True
    )


def flag_fee_only_senders(quotes: dy.DataFrame[PriceQuotes]) -> pl.DataFrame:
    """`is_fee_only` by source, edition and sending country: every quote records a margin of exactly 0.

    Where no quote of a country ever has a margin, the zero is a rule of recording and not a price: the cost then
    holds the fee only and is too low by whatever the rate costs. Quotes at a rate of exactly 1 (one currency at
    both ends) have no margin by nature and do not count.
    """
    changes_money = pl.col("interbank_rate").fill_null(0) != 1
    margins = [pl.col(f"margin_percent_{usd}").filter(changes_money).drop_nulls() for usd in AMOUNTS_SENT]
    all_zero = pl.all_horizontal(*[(margin == 0).all() for margin in margins]) & (
        margins[0].len() >= FEWEST_QUOTES
    )
    return quotes.group_by("source", "edition", "counterpart").agg(is_fee_only=all_zero)


def average_years(prices: dy.DataFrame[CorridorPrices]) -> dy.DataFrame[CorridorPrices]:
    """The mean of a year's quarters for each corridor, amount and kind of average, with the number of quarters."""
    key = ["counterpart", "area", "year", "amount_sent_usd", "average_kind", "source", "edition"]
    quarters = prices.filter(pl.col("period").str.contains("-Q"))
    years = (
        quarters.group_by(key)
        .agg(
            pl.col("average_cost_percent").mean(),
            services=_sum_if_known(pl.col("services").filter(_has_price())),
            services_offered=_sum_if_known(pl.col("services_offered")),
            quarters=_has_price().sum(),
            is_fee_only=pl.col("is_fee_only").any(ignore_nulls=False),
        )
        .with_columns(
            period=pl.col("year").cast(pl.String),
            why_no_value=pl.when(pl.col("quarters") == 0).then(pl.lit(NO_QUARTER)),
        )
    )
    return CorridorPrices.validate(
        years.select(CorridorPrices.column_names()).sort(CorridorPrices.primary_key()), cast=True
    )


def _sum_if_known(services: pl.Expr) -> pl.Expr:
    """The sum, or nothing where one of the quarters does not say how many there were."""
    return pl.when(services.null_count() == 0).then(services.sum())


def _has_price() -> pl.Expr:
    return pl.col("average_cost_percent").is_not_null()


def take_published_prices(held: dy.DataFrame[Observations]) -> dy.DataFrame[CorridorPrices]:
    """Quarterly corridor averages as their publisher prints them, in the shape of CorridorPrices."""
    printed = held.filter((pl.col("indicator") == QUARTERLY) & pl.col("value").is_not_null())
    prices = printed.with_columns(
        amount_sent_usd=pl.lit(200),
        average_kind=pl.lit("published"),
        average_cost_percent="value",
        services=pl.lit(None, pl.Int32),
        services_offered=pl.lit(None, pl.Int32),
        quarters=pl.lit(1),
        is_fee_only=pl.lit(None, pl.Boolean),
        why_no_value=pl.lit(None, pl.String),
    )
    return CorridorPrices.validate(prices.select(CorridorPrices.column_names()), cast=True)


def average_published_years(held: dy.DataFrame[Observations]) -> dy.DataFrame[Observations]:
    """The indicator `remittance_cost_percent`: each corridor's mean over the quarters of a year that hold a value."""
    printed = held.filter((pl.col("indicator") == QUARTERLY) & pl.col("value").is_not_null())
    key = ["area", "counterpart", "sex", "year", "unit", "source", "edition"]
    years = (
        printed.group_by(key, maintain_order=True)
        .agg(pl.col("value").mean())
        .with_columns(
            indicator=pl.lit(YEARLY),
            definition=pl.lit(YEARLY_DEFINITION),
            period=pl.col("year").cast(pl.String),
            observation_status=pl.lit("observed"),
            last_observed=pl.col("year"),
            missing_mark=pl.lit(None, pl.String),
        )
    )
    return Observations.validate(years.select(Observations.column_names()))


def check_price_targets(quotes: dy.DataFrame[PriceQuotes]) -> dy.DataFrame[PriceTargets]:
    """SDG 10.c.1 for 200 US dollars in each quarter: SmaRT of every corridor, and all services together.

    A corridor meets its part at 5 per cent or less, all services theirs below 3 per cent; where a corridor has no
    SmaRT value, whether it meets the target is not known.
    """
    prices = average_corridor_prices(quotes)
    corridors = prices.filter(
        (pl.col("average_kind") == "smart") & (pl.col("amount_sent_usd") == 200)
    ).with_columns(
        target=pl.lit("corridor"),
        limit_percent=pl.lit(CORRIDOR_LIMIT),
        is_met=pl.col("average_cost_percent") <= CORRIDOR_LIMIT,
    )
    overall = _overall_prices(quotes).with_columns(
        target=pl.lit("all_services"),
        limit_percent=pl.lit(OVERALL_LIMIT),
        is_met=pl.col("average_cost_percent") < OVERALL_LIMIT,
    )
    names = PriceTargets.column_names()
    return PriceTargets.validate(
        pl.concat([corridors.select(names), overall.select(names)], how="vertical_relaxed"), cast=True
    )


def _overall_prices(quotes: pl.DataFrame) -> pl.DataFrame:
    """The simple average over all services of all corridors, by quarter, for 200 US dollars."""
    costs = _costs_for(quotes, 200).filter(pl.col("cost_percent").is_not_null())
    return (
        costs.group_by("period", "year", "source", "edition", "amount_sent_usd")
        .agg(average_cost_percent=pl.col("cost_percent").mean(), services=pl.len())
        .with_columns(
            counterpart=pl.lit("_Z"),
            area=pl.lit("_Z"),
            average_kind=pl.lit("simple"),
            is_fee_only=pl.lit(None, pl.Boolean),
            why_no_value=pl.lit(None, pl.String),
        )
    )


def prices_of_corridor(prices: dy.DataFrame[CorridorPrices], corridor: str) -> dy.DataFrame[CorridorPrices]:
    """The rows of one corridor `A>B`; refused where it is not written so or no price is held."""
    ends = [end.strip() for end in corridor.split(">")]
    if len(ends) != 2 or not all(ends):
        raise MethodNotApplicable(
            "{corridor} is not a corridor.",
            expected="two areas as in RUS>TJK: sent from the first, received in the second",
            do="Write the corridor in quotation marks, because > means something to the terminal.",
            corridor=corridor,
        )
    found = prices.filter((pl.col("counterpart") == ends[0]) & (pl.col("area") == ends[1]))
    if not found.height:
        raise MethodNotApplicable(
            "No price is held for the corridor {corridor}.",
            expected="a corridor that Remittance Prices Worldwide covers",
            do="Collect the quotes or corridor averages with: guzar collect remittance_prices FILE",
            corridor=corridor,
        )
    return CorridorPrices.validate(found)
