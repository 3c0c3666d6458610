"""The account behind flows from stocks: what makes the population of the second date out of that of the first."""

import dataframely as dy
import polars as pl

from guzar.define import columns

ROUNDED_PERSONS = 6.0  # every number of a line is a whole one


class FlowAccounts(dy.Schema):
    """One row per area and period: births, deaths, moves, and every adjustment of the closed account; the line adds up.

    population_start + adjust_start + births − deaths + arrivals − departures + enter − leave = population_end + adjust_end
    """

    area = columns.area(primary_key=True)
    period = columns.period(primary_key=True)
    population_start = columns.population_start()
    adjust_start = columns.adjust_start()
    births = columns.births()
    deaths = columns.deaths()
    arrivals = columns.arrivals()
    departures = columns.departures()
    enter = columns.enter()
    leave = columns.leave()
    adjust_end = columns.adjust_end()
    population_end = columns.population_end()
    net = columns.net()
    published_net = columns.published_net()
    frozen_mix = columns.frozen_mix()
    stock_status = columns.stock_status()
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)

    @dy.rule()
    def line_adds_up(cls) -> pl.Expr:
        """Within what rounding to whole persons may add up to."""
        first = pl.col("population_start") + pl.col("adjust_start") + pl.col("births") - pl.col("deaths")
        moved = pl.col("arrivals") - pl.col("departures") + pl.col("enter") - pl.col("leave")
        last = pl.col("population_end") + pl.col("adjust_end")
        return (first + moved - last).abs() <= ROUNDED_PERSONS
