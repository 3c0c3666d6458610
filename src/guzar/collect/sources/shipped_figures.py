"""The reference figures that ship with guzar: rows that are observations already, each with its own source.

In: a CSV of the folder `reference/observations`. Out: the same rows, typed, as `published_observations`.
They were made by guzar's own readers from the publishers' files and keep source, edition and licence per value.
"""

import io

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.errors import DeliveryRefused
from guzar.reference import SHIPPED_COLUMNS, as_observations

SOURCE = "shipped_figures"


def _recognises(delivery: Delivery) -> bool:
    first = delivery.content[:400].decode("utf-8", errors="replace").splitlines()[:1]
    return bool(first) and first[0].split(",") == list(SHIPPED_COLUMNS)


def read_shipped_file(delivery: Delivery) -> Reading:
    """One shipped file; refused as a whole where a row does not parse, since it is guzar's own."""
    try:
        rows = as_observations(
            pl.read_csv(io.BytesIO(delivery.content), infer_schema=False, null_values=[""])
        )
    except pl.exceptions.PolarsError:
        raise DeliveryRefused(
            "{name} is not a complete file of reference figures.",
            where="{name}",
            expected="the file as it ships with guzar",
            do="Install guzar again.",
            name=delivery.name,
        ) from None
    sources = rows.select("source", "edition").unique().sort("source", "edition")
    details = {"holds": "; ".join(f"{source} {edition}" for source, edition in sources.iter_rows())}
    return Reading(str(rows["edition"].max()), {"published_observations": rows}, details=details)


LAYOUTS = (
    Layout("shipped", SOURCE, "reference figures that ship with guzar", _recognises, read_shipped_file),
)
