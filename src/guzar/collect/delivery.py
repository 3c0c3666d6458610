"""A delivery: bytes as they were received, and what a reader makes of them.

A source module lists the layouts it can read. A layout recognises a delivery by its structure, never by its
name, and reads it into as-printed tables; what a single row holds is judged later, in `quarantine.py`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from guzar.errors import DeliveryRefused

ORIGINALS = (
    "original"  # folder of an edition that holds the delivery as received, apart from guzar's own files
)
RESERVED = re.compile(
    r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE
)  # Windows opens no such file
LONGEST_NAME = 120


@dataclass(frozen=True)
class Delivery:
    """A file as it was received: its name and its bytes."""

    name: str
    content: bytes
    address: str = ""  # where it was fetched from, empty for a file that somebody handed over
    series: str = ""  # what the person who handed it over says it holds, where the file does not tell


@dataclass(frozen=True)
class NumberForm:
    """How a table prints numbers: decimal sign, sign between thousands (blanks always are), marks for "no number"."""

    decimal: str = "."
    thousands: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a layout found in a delivery: as-printed candidate rows, the edition, and notes outside the table."""

    edition: str | None
    tables: Mapping[str, pl.DataFrame]
    notes: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    numbers: NumberForm = NumberForm()


@dataclass(frozen=True)
class Layout:
    """One form in which a publisher delivers: how to recognise it and how to read it."""

    id: str
    source: str
    description: str
    recognises: Callable[[Delivery], bool]
    read: Callable[[Delivery], Reading]


def take_delivery(path: Path) -> Delivery:
    """The bytes of a file; refused where there is no such file or it is empty."""
    if not path.is_file():
        raise DeliveryRefused(
            "There is no file {name}.",
            expected="a file as the publisher delivers it",
            do="Check the path and the current folder.",
            name=path.name,
        )
    content = path.read_bytes()
    if not content.strip():
        raise DeliveryRefused(
            "The file {name} is empty.",
            expected="a file as the publisher delivers it",
            do="Fetch it again and compare its size with the publisher's.",
            name=path.name,
        )
    return Delivery(path.name.encode("utf-8", "replace").decode(), content)


def stored_name(name: str) -> str:
    """The name under which a delivery is stored: one plain file name on every system, its ending kept."""
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "replace").decode()
    plain = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", last).lstrip(". ").rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) < len("parquet1"):
        plain = stem[: LONGEST_NAME - len(ending) - 1] + "." + ending
    plain = plain[:LONGEST_NAME] or "delivery"
    return f"_{plain}" if RESERVED.fullmatch(plain) else plain


def choose_layout(layouts: list[Layout], delivery: Delivery, source: str) -> Layout:
    """The layout that recognises the delivery; refused, naming the known layouts, where none does."""
    for layout in layouts:
        if layout.recognises(delivery):
            return layout
    raise DeliveryRefused(
        "{name} is not in a form that guzar knows for the source {source}.",
        where="{name}",
        expected="one of: {known}",
        do="Fetch the file again, unchanged, from the publisher, or describe it with a mapping file: "
        "guzar collect own_table {name} --mapping MAPPING.toml",
        name=delivery.name,
        source=source,
        known=tuple(layout.description for layout in layouts),
    )
