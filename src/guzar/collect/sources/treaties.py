"""UN Treaty Collection: status of treaties, from two public extracts of 14 March 2015 and 25 August 2022.

In: the table treaty × country with the columns of both extracts, or the table treaty × member state of the second
one (all members, three flags and a status). Out: PublishedTreatyStatus, one row per cell, empty cells included:
an empty cell means “no action seen in this extract”. A cell that an extract does not cover makes no row.
Source: United Nations Treaty Collection, via zmjones/untreaties and
world-politics-datalab/humanrights-treaties-ratification-status.
"""

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW
from guzar.collect.headers import first_row
from guzar.collect.tables import open_text_table
from guzar.define.areas import fold_spelling, spellings
from guzar.define.tables.treaties import PublishedTreatyStatus
from guzar.errors import DeliveryRefused

SOURCE = "treaties"
FIRST_EXTRACT, SECOND_EXTRACT = "2015-03-14", "2022-08-25"
TWO_EXTRACTS = ["treaty", "iso3", "signature_untc_2015", "action_date_untc_2015", "status_untc_2022"]
MEMBERS = [
    "treaty",
    "iso3",
    "member",
    "state_party",
    "year_ratified_or_acceded",
    "signatory",
    "no_action",
    "status",
]
FEWEST_MEMBERS = 190  # the United Nations have 193 members
DATE = r"^\d{1,2} [A-Z][a-z]{2} \d{4}( a)?$"
STATUS = r"^(\d{4}|state party( \d{4})?|signatory state|no action)$"
NO_DATE = "the entry is neither a date nor empty"
NO_STATUS = "the status is not one that the extract uses"
FLAGS_DIFFER = "the status and the flags of the row contradict each other"
UNKNOWN_AREA = "the area is not in the list of areas"
TWICE = "the delivery holds two rows for the same treaty and area"


def read_two_extracts(delivery: Delivery) -> Reading:
    """Signature and action dates of 2015 beside the status of 2022; an empty status of 2022 is not covered."""
    table = open_text_table(delivery).with_row_index(ROW, offset=2)
    if table["iso3"].n_unique() * table["treaty"].n_unique() > table.height:
        raise DeliveryRefused(
            "{name} does not hold every treaty for every country.",
            where="{name}, {rows} rows",
            expected="one row for each of {treaties} treaties and {countries} countries",
            do="Fetch the file again, whole and unchanged.",
            name=delivery.name,
            rows=table.height,
            treaties=table["treaty"].n_unique(),
            countries=table["iso3"].n_unique(),
        )
    cells = [
        _cells(table, "signature_untc_2015", "signature", FIRST_EXTRACT),
        _cells(table, "action_date_untc_2015", "action", FIRST_EXTRACT),
        _cells(table, "status_untc_2022", "status", SECOND_EXTRACT).filter(pl.col("reported_entry") != ""),
    ]
    return _reading(table, pl.concat(cells), pl.lit(None, pl.String))


def read_members(delivery: Delivery) -> Reading:
    """Status of every member state on every treaty of the second extract, with the year of becoming a party."""
    table = open_text_table(delivery).with_row_index(ROW, offset=2)
    listed = table.group_by("treaty").agg(pl.col("iso3").n_unique()).sort("iso3")
    if not listed.height or listed["iso3"][0] < FEWEST_MEMBERS:
        raise DeliveryRefused(
            "{name} does not hold every member state for every treaty.",
            where="{name}, {treaty}: {found} states",
            expected="at least {fewest} states for every treaty",
            do="Fetch the file again, whole and unchanged.",
            name=delivery.name,
            treaty=listed["treaty"][0] if listed.height else "-",
            found=listed["iso3"][0] if listed.height else 0,
            fewest=FEWEST_MEMBERS,
        )
    # Only flags that say the opposite of the status contradict it: the source leaves some of them empty or at 0.
    is_party = pl.col("status") == "state party"
    differ = (is_party & (pl.col("no_action") == "1")) | (~is_party & (pl.col("state_party") == "1"))
    year = pl.col("year_ratified_or_acceded")
    entry = (
        pl.when(is_party & (year != ""))
        .then(pl.concat_str("status", year, separator=" "))
        .otherwise("status")
    )
    cells = _cells(table.with_columns(status=entry), "status", "status", SECOND_EXTRACT)
    return _reading(table, cells, pl.when(differ).then(pl.lit(FLAGS_DIFFER)))


def _cells(table: pl.DataFrame, column: str, kind: str, as_of: str) -> pl.DataFrame:
    return table.select(
        ROW,
        reported_treaty="treaty",
        reported_area="iso3",
        reported_column=pl.lit(kind),
        reported_entry=pl.col(column).fill_null("").str.strip_chars(),
        as_of=pl.lit(as_of),
        place=pl.format("row {}, column {}", ROW, pl.lit(column)),
    )


def _reading(table: pl.DataFrame, cells: pl.DataFrame, reason: pl.Expr) -> Reading:
    """Cells and refused cells: a row is judged as a whole, so that half a row never looks like no action."""
    known = table.with_columns(spelling=fold_spelling(pl.col("iso3"))).join(
        spellings(), on="spelling", how="left"
    )
    judged = known.select(
        ROW,
        row_reason=pl.coalesce(
            pl.when(pl.col("code").is_null()).then(pl.lit(UNKNOWN_AREA)),
            pl.when(pl.struct("treaty", "iso3").is_duplicated()).then(pl.lit(TWICE)),
            reason,
        ),
    )
    wrong = (
        pl.when(pl.col("reported_column") == "status")
        .then(~pl.col("reported_entry").str.contains(STATUS))
        .otherwise((pl.col("reported_entry") != "") & ~pl.col("reported_entry").str.contains(DATE))
    )
    entry_reason = (
        pl.when(wrong & (pl.col("reported_column") == "status"))
        .then(pl.lit(NO_STATUS))
        .when(wrong)
        .then(pl.lit(NO_DATE))
    )
    sifted = cells.join(judged, on=ROW, how="left", maintain_order="left").with_columns(
        entry_reason=entry_reason
    )
    sifted = sifted.with_columns(
        reason=pl.coalesce("row_reason", pl.col("entry_reason").drop_nulls().first().over(ROW))
    )
    content = pl.concat_str(
        "reported_treaty",
        "reported_area",
        "reported_column",
        "reported_entry",
        separator=" | ",
        ignore_nulls=True,
    )
    refused = sifted.filter(pl.col("reason").is_not_null()).select("place", "reason", row_content=content)
    kept = sifted.filter(pl.col("reason").is_null()).select(PublishedTreatyStatus.column_names())
    kept = kept.with_columns(reported_entry=pl.when(pl.col("reported_entry") != "").then("reported_entry"))
    tables = {"published_treaty_status": PublishedTreatyStatus.validate(kept), "refused_rows": refused}
    return Reading(SECOND_EXTRACT, tables)


LAYOUTS = (
    Layout(
        "members",
        SOURCE,
        f"table with the columns {', '.join(MEMBERS)}",
        lambda delivery: set(MEMBERS) <= set(first_row(delivery)),
        read_members,
    ),
    Layout(
        "two_extracts",
        SOURCE,
        f"table with the columns {', '.join(TWO_EXTRACTS)}",
        lambda delivery: set(TWO_EXTRACTS) <= set(first_row(delivery)),
        read_two_extracts,
    ),
)
