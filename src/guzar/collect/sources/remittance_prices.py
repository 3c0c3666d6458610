"""World Bank Remittance Prices Worldwide: corridor averages by quarter, price quotes, a compiler's yearly
means.

In: the text of corridor averages (one column per quarter, `..` missing, five lines below), the Parquet table
of quotes (one row per offer of one firm), or the text of yearly means as fractions. Out: PublishedFigures,
or PublishedPriceQuotes with their refused rows. A corridor runs from the sender (`reported_counterpart`) to
the receiver (`reported_area`).
Source: World Bank, Remittance Prices Worldwide, https://remittanceprices.worldbank.org.
"""

import io
import re
from datetime import date

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW, column_of, find_header, read_text, unpivot
from guzar.collect.headers import (
    PARQUET,
    encoding_of,
    first_row,
    require_ended,
    require_full_rows,
    require_rows,
    year_in_name,
)
from guzar.collect.price_quotes import QUOTE_COLUMNS, sift_quotes
from guzar.errors import DeliveryRefused

SOURCE = "remittance_prices"
SENDER, RECEIVER, SERIES = "Sending Countries Code", "Receiving Countries Code", "Series Code"
QUARTER = re.compile(r"(\d{4}Q[1-4]) \[YR\d{4}Q[1-4]\]")
FEWEST_CORRIDORS = 3000  # the text lists every pair of surveyed senders and receivers, more than 5,000
FEWEST_QUOTES = 1000  # one round alone holds more than 2,000


def _is_averages(delivery: Delivery) -> bool:
    return {SENDER, SERIES} <= set(first_row(delivery))


def read_averages(delivery: Delivery) -> Reading:
    """The average price of every corridor and quarter, in per cent of the amount; notes stand below."""
    grid = read_text(delivery, encoding=encoding_of(delivery))
    header = find_header(grid, [SENDER, RECEIVER, SERIES], delivery, within=1)
    require_full_rows(grid, header, delivery)
    quarters = [i for i, label in enumerate(grid.cells(header)) if QUARTER.fullmatch(label)]
    keep = {"reported_counterpart": SENDER, "reported_area": RECEIVER, "series": SERIES}
    keep = {new: column_of(grid, header, label) for new, label in keep.items()}
    last_row, notes = _notes_below(grid.text, keep["reported_counterpart"])
    require_rows(last_row - header, FEWEST_CORRIDORS, delivery)
    long = unpivot(grid, header, keep=keep, values=[str(i) for i in quarters], last_row=last_row)
    candidates = long.with_columns(reported_period=pl.col("label").str.slice(0, 6)).drop("label")
    last_quarter = max(candidates["reported_period"])
    return Reading(_edition(notes, last_quarter), {"published_figures": candidates}, tuple(notes))


def _notes_below(text: pl.DataFrame, code: str) -> tuple[int, list[str]]:
    """The last row with a code, and the lines of text below it."""
    coded = text.filter(pl.col(code).fill_null("").str.strip_chars() != "")
    last = int(coded[ROW][-1]) if coded.height else 0
    notes = text.filter(pl.col(ROW) > last)["0"].fill_null("").str.strip_chars().to_list()
    return last, [note for note in notes if note]


def _edition(notes: list[str], last_quarter: str) -> str | None:
    """`Last Updated: 12/07/2020` as a date: month first, as the publisher writes it, unless before the data.

    Both readings are tried; one that lies before the end of the last quarter with data cannot be meant.
    """
    printed = next(
        (m for note in notes if (m := re.search(r"Last Updated: (\d{1,2})/(\d{1,2})/(\d{4})", note))), None
    )
    if printed is None:
        return None
    first, second, year = (int(part) for part in printed.groups())
    end = date(int(last_quarter[:4]), 3 * int(last_quarter[-1]), 28)
    readings = [date(year, m, d) for m, d in ((first, second), (second, first)) if m <= 12 and d <= 31]
    possible = [reading for reading in readings if reading > end]
    return possible[0].isoformat() if possible else None


def _is_fractions(delivery: Delivery) -> bool:
    return first_row(delivery) == ["origin", "destination", "phi"]


def read_fractions(delivery: Delivery) -> Reading:
    """A compiler's mean price of the year per corridor, as a fraction; only the file's name has the year."""
    grid = read_text(delivery, encoding=encoding_of(delivery))
    require_ended(delivery)
    require_full_rows(grid, 1, delivery)
    candidates = grid.text.filter(pl.col(ROW) > 1).select(
        series=pl.lit("corridor_cost_fraction"),
        reported_area=pl.col("1").str.strip_chars(),
        reported_counterpart=pl.col("0").str.strip_chars(),
        reported_period=pl.lit(year_in_name(delivery)),
        reported_value="2",
        place=pl.format("row {}", ROW),
    )
    return Reading(
        None, {"published_figures": candidates}, details={"reference_year_from": "the name of the file"}
    )


def _is_quotes(delivery: Delivery) -> bool:
    if delivery.content[:4] != PARQUET:
        return False
    try:
        found = set(pl.read_parquet_schema(io.BytesIO(delivery.content)))
    except (pl.exceptions.PolarsError, OSError):
        return True  # a damaged Parquet table is refused by the reader, which says so
    return len(found & set(QUOTE_COLUMNS)) > len(QUOTE_COLUMNS) / 2


def read_quotes(delivery: Delivery) -> Reading:
    """The quotes as printed. The five columns that a compiler added are named in the receipt and not read."""
    try:
        table = pl.read_parquet(io.BytesIO(delivery.content))
    except (pl.exceptions.PolarsError, OSError):
        raise DeliveryRefused(
            "{name} is cut short or damaged.",
            where="{name}",
            expected="a complete Parquet file",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
        ) from None
    missing = [column for column in QUOTE_COLUMNS if column not in table.columns]
    if missing:
        raise DeliveryRefused(
            "{name} has not all columns of a table of price quotes.",
            where="{name}",
            expected="the columns {columns}; missing: {missing}",
            do="Fetch the file again, unchanged, from the publisher.",
            name=delivery.name,
            columns=", ".join(QUOTE_COLUMNS),
            missing=", ".join(missing),
        )
    require_rows(table.height, FEWEST_QUOTES, delivery)
    quotes, refused = sift_quotes(table)
    added = [column for column in table.columns if column not in QUOTE_COLUMNS]
    details = {"columns_not_read": ", ".join(added), "edition_from": "the last round that the table holds"}
    edition = str(quotes["reported_period"].max())[:4] if quotes.height else None
    return Reading(edition, {"published_price_quotes": quotes, "refused_rows": refused}, details=details)


LAYOUTS = (
    Layout(
        "averages", SOURCE, "text of corridor averages, one column per quarter", _is_averages, read_averages
    ),
    Layout(
        "quotes",
        SOURCE,
        "Parquet table of price quotes with the columns of Remittance Prices Worldwide",
        _is_quotes,
        read_quotes,
    ),
    Layout(
        "fractions",
        SOURCE,
        "text with origin, destination, phi: a compiler's yearly means as fractions",
        _is_fractions,
        read_fractions,
    ),
)
