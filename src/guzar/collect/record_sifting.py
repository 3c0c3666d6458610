"""Records about persons → records that are kept, and rows that are set aside with a reason each.

The rules: every cell can be read (`record_cells`); no date lies before 1900, none that has happened after the receipt;
nobody is born after the event, or 120 years before it; no record number comes twice (word for word the same: one is kept;
contradicting: none); no document number stands where it would be kept in clear. A row that is set aside is told by its
number and every fault that it has, never by its content: it is about a person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import dataframely as dy
import polars as pl

from guzar.collect.record_batches import REFUSED, ROW, Batch
from guzar.collect.record_cells import is_direct, type_cells
from guzar.collect.record_form import RecordForm, is_date
from guzar.collect.record_mapping import RecordMapping
from guzar.define.tables.figures import RefusedRows
from guzar.errors import DeliveryRefused, Phrase

BEFORE_1900 = "a date before 1900"
AFTER_RECEIPT = "a date after the day of receipt"
TOO_FAR = "a date more than 100 years after the day of receipt"
WRONG_ORDER = "a date before the one that it must follow"
TOO_OLD = "more than 120 years after the birth"
NAMES_A_PERSON = "the number of a document, in a column that is kept in clear"
NO_DOCUMENT = "a code of another column instead of the number of a document"
TWICE = "the record is delivered twice, word for word; the first is kept"
CONTRADICTS = "the delivery gives different records under one number"

FIRST_DAY = date(1900, 1, 1)
OLDEST = 120  # years
MOST_REFUSED = 0.5  # of a delivery; more, and the delivery itself is wrong
DOCUMENTS = ("document_number", "personal_number")
LINKED_BY = ("document_number", "surname", "given_name", "birth_date")
BETWEEN = " | "  # between the faults of one row
ROWS_TOLD = 5  # row numbers that are told of one fault
FAULTS_TOLD = 5


@dataclass(frozen=True)
class Sifted:
    """One batch: `kept` in the columns of the table, in the order of the file; `refused` with row and reason."""

    rows: pl.Series  # row numbers of `kept`
    kept: pl.DataFrame
    refused: pl.DataFrame  # row, reason: every fault of the row, with BETWEEN between them


@dataclass(frozen=True)
class Fault:
    """What is wrong with some rows: how many have it, and the numbers of the first of them."""

    reason: str
    count: int
    rows: list[int]

    def phrase(self) -> Phrase:
        """The fault and its rows as a part of a message."""
        column, told, words = self.reason.partition(": ")
        rows = ", ".join(map(str, self.rows)) + (", …" if self.count > len(self.rows) else "")
        if not told:
            return Phrase("{reason} (row numbers: {rows})", {"reason": (self.reason,), "rows": rows})
        return Phrase(
            "{column}: {reason} (row numbers: {rows})", {"column": column, "reason": (words,), "rows": rows}
        )


@dataclass(frozen=True)
class Examined:
    """What a first reading of the whole delivery found."""

    rows: int
    kept: int
    set_aside: pl.Series  # row numbers of repetitions: they are known only after all rows were seen
    linkable: int  # kept rows that say enough to be linked with others
    refused: pl.DataFrame  # row, reason; repetitions included
    first_day: date | None
    last_day: date | None


def sift_batches(
    batches: Iterable[Batch], form: RecordForm, mapping: RecordMapping, received: date
) -> Iterator[Sifted]:
    """Batch by batch: rows that can be kept, and rows that cannot."""
    for batch in batches:
        yield _sift(batch, form, mapping, received)


def examine(
    sifted: Iterable[Sifted], form: RecordForm, name: str, mapping: RecordMapping | None = None
) -> Examined:
    """Read a whole delivery once: which rows are refused, which repeat one another, over which days it runs.

    Of every kept row two numbers are held (24 bytes with its place), so that a hundred million rows fit into memory.
    DeliveryRefused where there are no rows, or where more than half are refused.
    """
    keys: list[pl.DataFrame] = []
    refused: list[pl.DataFrame] = [pl.DataFrame(schema=REFUSED)]
    days: list[date] = []
    linkable = 0
    for part in sifted:
        linkable += _linkable(part.kept)
        refused.append(part.refused)
        keys.append(_keys(part))
        event = part.kept[form.event].cast(pl.Date)
        days += [day for day in (event.min(), event.max()) if isinstance(day, date)]
    set_aside = _repetitions(pl.concat(keys)) if keys else pl.DataFrame(schema=REFUSED)
    found = pl.concat([*refused, set_aside])
    kept = sum(part.height for part in keys) - set_aside.height
    _require_rows(kept, found, name, mapping)
    return Examined(
        kept + found.height,
        kept,
        set_aside[ROW],
        linkable,
        found.sort(ROW),
        min(days, default=None),
        max(days, default=None),
    )


def without_repetitions(part: Sifted, examined: Examined) -> pl.DataFrame:
    """The kept rows of a batch without those that the whole delivery shows to be repetitions."""
    if not len(examined.set_aside):
        return part.kept
    return part.kept.filter(~part.rows.is_in(examined.set_aside.implode()))


def quarantine_of(examined: Examined) -> dy.DataFrame[RefusedRows]:
    """The quarantine: place and reason; the content of a row about a person is not written down."""
    return RefusedRows.validate(
        examined.refused.select(
            place=pl.format("row {}", ROW), reason="reason", row_content=pl.lit(None, pl.String)
        )
    )


def faults_of(refused: pl.DataFrame) -> list[Fault]:
    """Every fault of refused rows, the commonest first; a row that has two is counted under both."""
    every = refused.sort(ROW).select(ROW, pl.col("reason").str.split(BETWEEN)).explode("reason")
    found = every.group_by("reason").agg(pl.len().alias("count"), pl.col(ROW).head(ROWS_TOLD))
    ordered = found.sort("count", "reason", descending=[True, False])
    return [Fault(str(reason), int(count), list(rows)) for reason, count, rows in ordered.iter_rows()]


def count_by_first_fault(refused: pl.DataFrame) -> dict[str, int]:
    """Refused rows by the first of their faults: each row once."""
    first = refused.select(pl.col("reason").str.split(BETWEEN).list.first())["reason"]
    return {str(reason): int(n) for reason, n in first.value_counts(sort=True).iter_rows()}


def _linkable(kept: pl.DataFrame) -> int:
    """Rows with the number of a document, or with a name and a date of birth: linkage needs one or the other."""
    nothing = pl.lit(False)
    held = {name: pl.col(name).is_not_null() if name in kept.columns else nothing for name in LINKED_BY}
    named = held["birth_date"] & (held["surname"] | held["given_name"])
    return kept.filter(held["document_number"] | named).height


def _sift(batch: Batch, form: RecordForm, mapping: RecordMapping, received: date) -> Sifted:
    typed, wrong = type_cells(batch.cells, form, mapping)
    rows = batch.cells[ROW]
    cells = [pl.lit(f"{name}: ") + found for name, found in wrong.items() if found.null_count() < len(found)]
    faults = [*cells, *_date_reasons(form, received), *_order_reasons(form)]
    every = pl.concat_str(faults, separator=BETWEEN, ignore_nulls=True)
    table = typed.with_columns(rows.alias(ROW), pl.when(every != "").then(every).alias("reason"))
    table = _refuse_shown_documents(table, form)
    set_aside = table.filter(pl.col("reason").is_not_null()).select(ROW, "reason")
    kept = table.filter(pl.col("reason").is_null())
    refused = pl.concat([batch.refused, set_aside])
    return Sifted(kept[ROW], kept.select(list(form.columns)), refused)


def _when(wrong: pl.Expr, column: str, reason: str) -> pl.Expr:
    return pl.when(wrong.fill_null(False)).then(pl.lit(f"{column}: {reason}"))


def _date_reasons(form: RecordForm, received: date) -> list[pl.Expr]:
    found = []
    for name, column in form.columns.items():
        if is_date(column):
            day = pl.col(name).dt.date()
            found.append(_when(day < FIRST_DAY, name, BEFORE_1900))
            if name in form.past:
                found.append(_when(day > received, name, AFTER_RECEIPT))
            found.append(_when(day.dt.year() > received.year + 100, name, TOO_FAR))
    return found


def _order_reasons(form: RecordForm) -> list[pl.Expr]:
    found = [
        _when(pl.col(later).dt.date() < pl.col(earlier).dt.date(), later, WRONG_ORDER)
        for earlier, later in form.in_order
    ]
    if "birth_date" in form.columns:
        years = pl.col(form.event).dt.year() - pl.col("birth_date").dt.year()
        found.append(_when(years > OLDEST, form.event, TOO_OLD))
    return found


def _refuse_shown_documents(table: pl.DataFrame, form: RecordForm) -> pl.DataFrame:
    """Refuse rows that would carry the number of a document into a column that is kept.

    The number of the record is not kept: every record gets a new one.
    """
    documents = [name for name in DOCUMENTS if name in form.columns]
    texts = [
        name
        for name, column in form.columns.items()
        if column.dtype == pl.String and not is_direct(name) and name != "record_id"
    ]
    for name in texts if documents else ():
        words = table.filter(pl.col("reason").is_null())[name].drop_nulls().unique().implode()
        for document in documents:
            if table[document].is_in(words).any():
                table = _refuse_exchanged(table, document, name)
    return table


def _refuse_exchanged(table: pl.DataFrame, document: str, name: str) -> pl.DataFrame:
    """Where a value is met more often in the column than as a document, the document is the mistake."""
    still = table.filter(pl.col("reason").is_null())
    shown = still[name].drop_nulls().value_counts(name="shown").rename({name: "word"})
    held = still[document].drop_nulls().value_counts(name="held").rename({document: "word"})
    both = shown.join(held, on="word")
    mistaken = both.filter(pl.col("shown") > pl.col("held"))["word"].implode()
    carried = both.filter(pl.col("shown") <= pl.col("held"))["word"].implode()
    return table.with_columns(
        pl.coalesce(
            "reason",
            _when(pl.col(document).is_in(mistaken), document, NO_DOCUMENT),
            _when(pl.col(name).is_in(carried), name, NAMES_A_PERSON),
        ).alias("reason")
    )


def _keys(part: Sifted) -> pl.DataFrame:
    return pl.DataFrame(
        {
            ROW: part.rows,
            "number": part.kept["record_id"].hash(seed=1),
            "content": part.kept.hash_rows(seed=2),
        },
        schema_overrides={ROW: pl.Int64},
    )


def _repetitions(keys: pl.DataFrame) -> pl.DataFrame:
    """Rows whose record number comes again: word for word the same (all but the first), or contradicting (all)."""
    if not keys["number"].is_duplicated().any():
        return pl.DataFrame(schema=REFUSED)
    repeated = keys.filter(pl.col("number").is_duplicated())
    contradicts = pl.col("content").n_unique().over("number") > 1
    later = pl.col(ROW) > pl.col(ROW).min().over("number")
    return (
        repeated.select(
            ROW,
            reason=pl.when(contradicts)
            .then(pl.lit(f"record_id: {CONTRADICTS}"))
            .when(later)
            .then(pl.lit(f"record_id: {TWICE}")),
        )
        .drop_nulls("reason")
        .sort(ROW)
    )


def _require_rows(kept: int, refused: pl.DataFrame, name: str, mapping: RecordMapping | None) -> None:
    rows = kept + refused.height
    if not rows:
        raise DeliveryRefused(
            "{name} has a heading and no rows.",
            where="{name}",
            expected="one row per record below the heading",
            do="Ask for the file again and compare its size with the holder's.",
            name=name,
        )
    repeated = refused.filter(pl.col("reason").str.ends_with(TWICE)).height
    if not kept or refused.height - repeated > MOST_REFUSED * rows:
        raise _refuse_whole(rows, refused, name, mapping)


def _refuse_whole(
    rows: int, refused: pl.DataFrame, name: str, mapping: RecordMapping | None
) -> DeliveryRefused:
    """The refusal of a delivery that would lose most of its rows: every fault and its first rows."""
    is_mapped = mapping is not None and bool(mapping.file)
    return DeliveryRefused(
        "More than half of the rows of {name} would be refused; nothing of it is taken in.",
        where="{name}: {count} of {rows} rows. {faults}",
        expected="rows in the form that the mapping file {file} describes"
        if is_mapped
        else "rows in the form of the template: dates as YYYY-MM-DD, codes from its sheet of codes",
        do="Compare codes, dates and columns with the mapping file, correct it, and collect the delivery again."
        if is_mapped
        else "Correct these rows as the template's sheet of columns says (guzar collect SOURCE --template FILE.xlsx), "
        "or describe the agency's own form in a mapping file (--mapping); then collect the delivery again.",
        name=name,
        count=refused.height,
        rows=rows,
        faults=tuple(fault.phrase() for fault in faults_of(refused)[:FAULTS_TOLD]),
        file=mapping.file if mapping else "",
    )
