"""CrossingRecords, PermitRecords, RegistrationRecords, PopulationRegisterRecords → the same under a pseudonym.

The rule in one sentence: what names a person goes into the identity rows, a keyed hash of the document stands in its
place, the date of birth becomes a year, and every record gets a new number in an order that only the key knows.

A keyed hash is personal data still: whoever has the key can try every document. What is left narrows a person down
(year of birth, citizenship, port, day), so it stays inside the holder's walls and leaves only through `protect`.
See docs/methods/pseudonyms.md.
"""

import hashlib
from collections.abc import Iterable

import dataframely as dy
import polars as pl

from guzar.define.columns import DECLARED
from guzar.define.columns.records import AREA_CODE
from guzar.define.tables.records import (
    CrossingRecords,
    Crossings,
    PermitRecords,
    Permits,
    PopulationRegisterRecords,
    RegisteredResidents,
    RegistrationRecords,
    Registrations,
    SurveyAnswers,
)
from guzar.errors import TableInvalid
from guzar.process.document_numbers import normalise_documents
from guzar.process.misplaced_identity import NAMES, NUMBERS, find_misplaced, is_direct
from guzar.store.keyring import PurposeKey

# What each table of records becomes at the door; surveys bring no names and keep their columns.
PSEUDONYMOUS: dict[type[dy.Schema], type[dy.Schema]] = {
    CrossingRecords: Crossings,
    PermitRecords: Permits,
    RegistrationRecords: Registrations,
    PopulationRegisterRecords: RegisteredResidents,
    SurveyAnswers: SurveyAnswers,
}
# What linkage compares; it stands in the linking zone alone. The last three stay on the other side too.
IDENTITY = (
    *NAMES,
    "birth_date",
    *NUMBERS,
    "sex",
    "citizenship",
    "birth_place",
)
TOKEN_BYTES = 16  # 32 hexadecimal digits
NUMBER_BYTES = 16  # of the new number of a record
CONTENT_BYTES = 8


def split_identity(
    records: pl.DataFrame, keys: PurposeKey, numbers: pl.Series | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records without what identifies a person, and apart the identity rows; both under new record numbers.

    `records` is one of the five tables of deliveries, typed; `keys` is the key for pseudonyms of their holder;
    `numbers` are the new numbers, where some are known already (else `number_records`). The identity rows hold what
    linkage compares, and are empty where the records name nobody (surveys). Both frames stand in the order of the new
    numbers, which only the key knows. Raises TableInvalid for a column that is not declared, because nobody knows
    whether it names a person, and for a name, document or date of birth in a column that is kept.
    """
    _require_declared(records)
    _require_in_their_place(records)
    given = number_records(records, keys) if numbers is None else numbers
    renumbered = records.with_columns(given.alias("record_id")).sort("record_id")
    pseudonymous = _drop_direct(_add_tokens(renumbered, keys))
    require_pseudonymous(pseudonymous)
    return pseudonymous, _take_identity(renumbered)


def number_records(records: pl.DataFrame, keys: PurposeKey, numbering: str = "") -> pl.Series:
    """The number under which each record is kept: a keyed hash of its holder, kind, and the agency's own number.

    The same record of the same holder has the same number in every delivery. `numbering` names the series where an
    agency begins to count anew. Who has not the key finds no record by the agency's number.
    """
    kind = table_of(records.columns)
    begun = hashlib.blake2b(digest_size=NUMBER_BYTES, key=keys.secret, person=b"guzar record")
    begun.update(f"{kind.__name__ if kind else ''}\x1f{numbering}\x1f".encode())
    return pl.Series("record_id", _hash_each(records["record_id"], begun), dtype=pl.String)


def mark_contents(records: pl.DataFrame, keys: PurposeKey) -> pl.Series:
    """A keyed mark of all that each record says but its number: whether a record came again as it was."""
    said = [
        pl.col(name).cast(pl.String).fill_null("\x00")
        for name in sorted(records.columns)
        if name != "record_id"
    ]
    begun = hashlib.blake2b(digest_size=CONTENT_BYTES, key=keys.secret, person=b"guzar content")
    marks = _hash_each(records.select(pl.concat_str(said, separator="\x1f")).to_series(), begun)
    return pl.Series("content", marks, dtype=pl.String).str.to_integer(base=16, dtype=pl.UInt64)


def table_of(columns: Iterable[str]) -> type[dy.Schema] | None:
    """The table of deliveries whose needed columns are all there; no two tables share them."""
    there = set(columns)
    for table in PSEUDONYMOUS:
        if {name for name, rule in table.columns().items() if not rule.nullable} <= there:
            return table
    return None


def require_pseudonymous(table: pl.DataFrame) -> None:
    """Refuse (TableInvalid) a table with a column that identifies a person directly, or that is not declared."""
    _require_declared(table)
    direct = [name for name in table.columns if is_direct(name)]
    if direct:
        raise TableInvalid(
            "A table that should be pseudonymous has columns that name persons: {columns}.",
            expected="no column that identifies a person directly",
            do="Pass the records through guzar pseudonymise, or through guzar collect.",
            columns=", ".join(direct),
        )


def _require_declared(records: pl.DataFrame) -> None:
    unknown = [name for name in records.columns if name not in DECLARED]
    if unknown:
        raise TableInvalid(
            "Records have {count} columns that guzar does not know; nobody can say whether they name persons.",
            expected="the columns of the template for these records",
            do="Leave these columns out of the delivery, or map them to columns of the template.",
            count=len(unknown),
        )


def _require_in_their_place(records: pl.DataFrame) -> None:
    """A document, name or date of birth in a column that is kept (a port) would pass the door: the last look."""
    for name, misplaced in find_misplaced(records).items():
        raise TableInvalid(
            "{count} names, documents or dates of birth stand in the column {column}, which is kept in clear.",
            where="column {column}",
            expected="names and numbers of documents in the columns for them, and nowhere else",
            do="Correct the delivery, or its mapping file.",
            count=int(misplaced.sum()),
            column=name,
        )


def _add_tokens(records: pl.DataFrame, keys: PurposeKey) -> pl.DataFrame:
    """A keyed hash of citizenship and number of the document; none where either is missing.

    A number alone is no document: two countries give out the same one.
    """
    if "document_number" not in records.columns:
        return records
    document = ["citizenship", "document_number"]
    if (
        records.select(pl.col("document_number").approx_n_unique()).item() * 2 > records.height
    ):  # few documents are shown twice
        return records.with_columns(_make_tokens(records.select(document), keys))
    shown = records.select(document).unique(maintain_order=True)
    tokens = shown.with_columns(_make_tokens(shown, keys))
    return records.join(tokens, on=document, how="left", nulls_equal=True, maintain_order="left")


def _make_tokens(documents: pl.DataFrame, keys: PurposeKey) -> pl.Series:
    number = normalise_documents(pl.col("document_number"))
    texts = documents.select(pl.concat_str("citizenship", number, separator="\x1f")).to_series()
    begun = hashlib.blake2b(digest_size=TOKEN_BYTES, key=keys.secret, person=b"guzar token")
    return pl.Series("person_token", _hash_each(texts, begun), dtype=pl.String)


def _hash_each(texts: pl.Series, begun: "hashlib.blake2b") -> list[str | None]:
    def hash_one(text: str) -> str:
        digest = begun.copy()
        digest.update(text.encode())
        return digest.hexdigest()

    return [None if text is None else hash_one(text) for text in texts]


def _drop_direct(records: pl.DataFrame) -> pl.DataFrame:
    """The columns that are kept: pseudonym and year of birth first, a place of birth only where it is a country."""
    kept = [name for name in records.columns if not is_direct(name)]
    changed = {}
    if "birth_date" in records.columns:
        changed["birth_year"] = pl.col("birth_date").dt.year().cast(pl.Int32)
    if {"birth_date", "resident_from"} <= set(records.columns):
        changed["resident_from"] = _blur_residence_from_birth()
    if "birth_place" in kept:
        changed["birth_place"] = pl.when(pl.col("birth_place").str.contains(AREA_CODE)).then("birth_place")
    first = ["record_id", "person_token", "sex", "birth_year", "birth_place", "citizenship"]
    names = dict.fromkeys([*(n for n in first if n in kept or n in changed), *kept])
    return records.select(changed.get(name, pl.col(name)).alias(name) for name in names)


def _blur_residence_from_birth() -> pl.Expr:
    """Who is resident from birth would show the date of birth: the last day of its year stands there instead.

    So every stock on 1 January stays as it was. Who left or died in that year is resident from that day.
    """
    year_end = pl.date(pl.col("birth_date").dt.year(), 12, 31)
    blurred = pl.min_horizontal(year_end, "resident_to", "died_on")
    return pl.when(pl.col("resident_from") == pl.col("birth_date")).then(blurred).otherwise("resident_from")


def _take_identity(records: pl.DataFrame) -> pl.DataFrame:
    """The identity rows; none where the records name nobody."""
    named = [name for name in IDENTITY if name in records.columns and is_direct(name)]
    if not named:
        return records.select("record_id").clear()
    return records.select("record_id", *(name for name in IDENTITY if name in records.columns))
