"""Small made-up observations for tests of the room analyse."""

from typing import Any

import dataframely as dy
import polars as pl

from guzar.define.tables.figures import Observations


def row(indicator: str, area: str, year: int, value: float, **rest: Any) -> dict[str, Any]:
    """One made-up observation; anything not given is plain."""
    return {
        "indicator": indicator, "area": area, "counterpart": "_T", "sex": "_Z", "period": str(year), "year": year,
        "value": value, "unit": "usd", "definition": f"made_up_{indicator}", "source": "made_up", "edition": "2024",
        "observation_status": "estimated", "last_observed": None, "missing_mark": None, **rest,
    }  # fmt: skip


def observed(rows: list[dict[str, Any]]) -> dy.DataFrame[Observations]:
    """Made-up rows as observations."""
    schema = {name: column.dtype for name, column in Observations.columns().items()}
    return Observations.validate(pl.DataFrame(rows, schema=schema))
