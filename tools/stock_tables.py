"""World tables for measuring flows from stocks: UN migrant stocks 2020, births, deaths and populations of WPP 2022.

Read by the tools that estimate the blend's weight and measure intervals, and by benches/flows_from_stocks.py. Births, deaths and
populations are as the published estimates have them: mid-year to mid-year, thousands taken to persons.
"""

from pathlib import Path

import numpy as np
import polars as pl

STOCKS = "stocks/un-desa-2020-stock-by-origin-destination-sex.parquet"
RATES = "population/wpp-2022-2024-rates-and-derived-population.parquet"
PLACES = "codes/wpp-2024-locations.txt"
AREAS = Path(__file__).resolve().parents[1] / "src" / "guzar" / "define" / "codelists" / "areas.csv"
REVISION, THOUSAND = 2022, 1000.0
PERIOD = 5  # years


def read_tables(data: Path, start: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stocks and demography of five years from `start`, as `guzar flows-from-stocks` reads them."""
    return stock_cells(data, [start, start + PERIOD]), demography(data, start)


def stock_cells(data: Path, years: list[int]) -> pl.DataFrame:
    """birth_country, residence_country, year, persons; both sexes together."""
    return (
        pl.read_parquet(data / STOCKS)
        .filter((pl.col("sex") == "total") & pl.col("year").is_in(years) & (pl.col("orig") != pl.col("dest")))
        .select(
            birth_country="orig",
            residence_country="dest",
            year=pl.col("year").cast(pl.Int64),
            persons=pl.col("stock").cast(pl.Float64),
        )
    )


def demography(data: Path, start: int) -> pl.DataFrame:
    """country, births, deaths, population_start, population_end: from the middle of a year to that of five years later."""
    years = np.arange(start, start + PERIOD + 1)
    weights = pl.DataFrame({"year": years, "part": [0.5, *[1.0] * (PERIOD - 1), 0.5]}).cast(
        {"year": pl.Int64}
    )
    codes = pl.read_csv(AREAS, infer_schema=False).select("code", country_code=pl.col("m49").cast(pl.Int64))
    rates = (
        pl.read_parquet(data / RATES)
        .filter(pl.col("revision") == REVISION)
        .with_columns(pl.col("year").cast(pl.Int64), pl.col("country_code").cast(pl.Int64))
        .join(codes, on="country_code")
    )
    people = (
        rates.join(weights, on="year")
        .group_by("code")
        .agg(
            births=(pl.col("births_thousand") * pl.col("part")).sum() * THOUSAND,
            deaths=(pl.col("deaths_thousand") * pl.col("part")).sum() * THOUSAND,
        )
    )
    at = [
        rates.filter(pl.col("year") == year).select("code", pl.col("population_thousand_derived") * THOUSAND)
        for year in (start, start + PERIOD)
    ]
    return (
        people.join(at[0].rename({"population_thousand_derived": "population_start"}), on="code")
        .join(at[1].rename({"population_thousand_derived": "population_end"}), on="code")
        .rename({"code": "country"})
        .drop_nulls()
        .sort("country")
    )
