"""How often persons like those in a log of crossings die, as an office knows it."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class DeathRatesGiven(dy.Schema):
    """One row per year and citizenship (empty: everybody without rows of one's own): deaths per 1,000 person-years."""

    year = columns.year()
    citizenship = columns.citizenship(nullable=True)
    deaths_per_1000 = columns.deaths_per_1000()
    rate_source = columns.rate_source()

    @dy.rule()
    def every_rate_stands_once(cls) -> pl.Expr:
        """One rate for each year and citizenship."""
        return pl.struct("year", "citizenship").is_unique()
