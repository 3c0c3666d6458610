"""Reads the codelists that ship beside this module: small CSV files, every column as text."""

from functools import cache
from importlib import resources

import polars as pl


@cache
def read_codelist(name: str) -> pl.DataFrame:
    """The codelist `codelists/<name>.csv`, or all of the folder `codelists/<name>/`, as a table of text columns.

    An empty cell is null.
    """
    place = resources.files("guzar.define").joinpath("codelists")
    if place.joinpath(name).is_dir():
        parts = sorted(place.joinpath(name).iterdir(), key=lambda part: part.name)
        return pl.concat([_read(part.read_bytes()) for part in parts])
    return _read(place.joinpath(f"{name}.csv").read_bytes())


def _read(content: bytes) -> pl.DataFrame:
    # `NA` is Namibia: nothing but the empty cell is missing.
    return pl.read_csv(content, infer_schema=False, null_values=[""])
