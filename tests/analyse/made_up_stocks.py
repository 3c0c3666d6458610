"""Small made-up stock tables for the tests of this folder; no figure in them was ever published."""

import dataframely as dy
import polars as pl

from guzar.define.definitions import find_definition
from guzar.define.tables.figures import Observations

MEANING = ("definition", "area", "counterpart", "sex", "period", "value")


def observe(
    *rows: tuple[str, str, str, str, str, float | None], edition: str = "2020-12", **also: object
) -> dy.DataFrame[Observations]:
    """Observations from (definition, area, counterpart, sex, period, value); the rest follows from the definition."""
    frame = pl.DataFrame(
        [dict(zip(MEANING, row, strict=True)) for row in rows], schema_overrides={"value": pl.Float64}
    )
    known = {d: find_definition(d) for d in frame["definition"].unique()}
    frame = frame.with_columns(
        indicator=pl.col("definition").replace_strict({d: k.indicator for d, k in known.items()}),
        unit=pl.col("definition").replace_strict({d: k.unit for d, k in known.items()}),
        source=pl.col("definition").replace_strict({d: k.source for d, k in known.items()}),
        year=pl.col("period").str.slice(0, 4).cast(pl.Int32),
        edition=pl.lit(edition),
        observation_status=pl.when(pl.col("value").is_null())
        .then(pl.lit("not_known"))
        .otherwise(pl.lit("estimated")),
        last_observed=pl.lit(None, pl.Int32),
        missing_mark=pl.lit(None, pl.String),
    ).with_columns(**{name: pl.lit(content) for name, content in also.items()})
    return Observations.validate(frame.select(Observations.column_names()), cast=True)


def stock(
    area: str, counterpart: str, period: str, value: float, sex: str = "_T"
) -> tuple[str, str, str, str, str, float]:
    """One cell by origin and destination: born in `counterpart`, living in `area`."""
    return ("un_stock_by_origin", area, counterpart, sex, period, value)


def hosted(area: str, period: str, value: float, sex: str = "_T") -> tuple[str, str, str, str, str, float]:
    """One printed total over all origins."""
    return ("un_stock_hosted", area, "_T", sex, period, value)
