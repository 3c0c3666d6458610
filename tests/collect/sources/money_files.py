"""The published files on remittances, prices, GDP and World Bank stocks, and single values of them."""

import polars as pl
from tests.collect.sources.published_files import MONEY_FILES as SOURCE_OF_FILE
from tests.collect.sources.published_files import observed, read, read_file, sifted

__all__ = ["SOURCE_OF_FILE", "observed", "only", "read", "read_file", "sifted", "value"]


def only(rows: pl.DataFrame, **chosen: object) -> dict[str, object]:
    """The one row with these values; fails where there are none or several."""
    found = rows.filter(**chosen)
    assert found.height == 1, f"{found.height} rows for {chosen}"
    return found.row(0, named=True)


def value(rows: pl.DataFrame, **chosen: object) -> float:
    """The value of the one row chosen."""
    number = only(rows, **chosen)["value"]
    assert isinstance(number, float), chosen
    return number
