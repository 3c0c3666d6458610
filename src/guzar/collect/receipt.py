"""The receipt of a delivery: what was taken, from whom, when, under which terms, and what became of its rows."""

from collections.abc import Mapping
from typing import Any

from guzar.collect.delivery import Delivery, Reading
from guzar.define.sources import find_source
from guzar.store import checksum_of


def write_receipt(
    delivery: Delivery,
    reading: Reading,
    *,
    source: str,
    layout: str,
    edition: str,
    received: str,
    rows: Mapping[str, int],
    refused: Mapping[str, int],
) -> dict[str, Any]:
    """A receipt as plain data, ready to be stored beside the delivery.

    `rows` counts kept rows by table, `refused` counts refused rows by reason; `received` is the ISO date on which
    the delivery was taken in.
    """
    published_by = find_source(source)
    return {
        "source": source,
        "publisher": published_by.publisher,
        "title": published_by.title,
        "licence": published_by.licence,
        "attribution": published_by.attribution,
        "address": delivery.address or published_by.address,
        "file": delivery.name,
        "bytes": len(delivery.content),
        "sha256": checksum_of(delivery.content),
        "layout": layout,
        "edition": edition,
        "received": received,
        "contains": "published figures, no records about persons",
        "rows_kept": dict(rows),
        "rows_refused": dict(refused),
        "notes_outside_the_table": list(reading.notes),
        **dict(reading.details),
    }
