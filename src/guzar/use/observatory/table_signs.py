"""Signs and evidence tails in tables: drawn once as files of the site, put before the words of a cell by its class.

The tables of all pages hold some hundred thousand signs. As drawings of the page they were a third of the site; as
pictures that the style sheet puts before a cell's words they are a few kilobytes, print like any picture, and are
hidden from screen readers, which read the words.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from guzar.use.observatory.published import Published, Value
from guzar.use.observatory.signs import Status, sign, tail_picture
from guzar.use.observatory.words import SIGN_OF, end_year

STYLE = "signs.css"
NOT_KNOWN = Status.NOT_KNOWN.value.replace("_", "-")
# Any year will do: a tail shows the distance of two years, not the years.
REFERENCE = 2000
EARLIER = "minus-"  # observed after the year that the value stands for


def sign_class(value: Value) -> str:
    """The class of a cell that begins with the sign of a value's status."""
    return f"has-{_name(SIGN_OF[value.observation_status])}"


def tail_class(value: Value) -> str:
    """The class of a cell that begins with the evidence tail of a value."""
    if value.last_observed is None:
        return f"has-{NOT_KNOWN}"
    return f"has-{_tail_name(end_year(value) - value.last_observed)}"


def write_table_signs(published: Published, folder: Path) -> None:
    """Draw the signs, and the tails of every length that the figures have, with the style that names them."""
    drawn = {_name(status): sign(status) for status in Status}
    drawn |= {
        _tail_name(years): tail_picture([REFERENCE - years], REFERENCE) for years in tail_lengths(published)
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in drawn.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    rules = [f".has-{name}::before {{\n  content: url({name}.svg);\n}}\n" for name in sorted(drawn)]
    (folder / STYLE).write_text("\n".join(rules), encoding="utf-8")


def tail_lengths(published: Published) -> list[int]:
    """Years between the last observation and the end of the period, each that occurs, shortest first."""
    last = pl.col("period").str.extract(r"(\d{4})$").cast(pl.Int64).fill_null(pl.col("year"))
    years = published.figures.select(last - pl.col("last_observed")).to_series()
    return sorted(years.drop_nulls().unique().to_list())


def _name(status: Status) -> str:
    return status.value.replace("_", "-")


def _tail_name(years: int) -> str:
    return f"tail-{EARLIER if years < 0 else ''}{abs(years)}"
