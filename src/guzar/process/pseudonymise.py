"""CrossingRecords, PermitRecords, RegistrationRecords, PopulationRegisterRecords → the same under a pseudonym.

The rule in one sentence: what names a person goes into the identity rows, a keyed hash of the document stands in its
place, the date of birth becomes a year, and every record gets a new number in an order that only the key knows.

A keyed hash is personal data still: whoever has the key can try every document. What is left narrows a person down
(year of birth, citizenship, port, day), so it stays inside the holder's walls and leaves only through `protect`.
See docs/methods/pseudonyms.md.
"""

import hashlib

import dataframely as dy
import numpy as np
import polars as pl

from guzar.define.columns import DECLARED, Secrecy
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
from guzar.store.keyring import PurposeKey

# What each table of records becomes at the door; surveys bring no names and keep their columns.
PSEUDONYMOUS: dict[type[dy.Schema], type[dy.Schema]] = {
    CrossingRecords: Crossings,
    PermitRecords: Permits,
    RegistrationRecords: Registrations,
    PopulationRegisterRecords: RegisteredResidents,
    SurveyAnswers: SurveyAnswers,
}
NAMES = ("surname", "given_name", "patronymic")
NUMBERS = ("document_number", "personal_number")
REPLACED = ("record_id", "birth_place")  # a new number takes the place of one, the other is cut to a country
DIGITS_OF_DOCUMENT = 5
LETTERS_OF_NAME = 4  # a code of three letters is no name
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
TAG_BYTES = (
    5  # ten digits say which delivery; two of a thousand deliveries agree once in two million workspaces
)
# Letters of Cyrillic keyboards that look like Latin ones: a series is typed in either, on one and the same passport.
LOOK_ALIKE = dict(zip("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ", strict=True))


def split_identity(records: pl.DataFrame, keys: PurposeKey) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records without what identifies a person, and apart the identity rows; both under new record numbers.

    `records` is one of the five tables of deliveries, typed; `keys` is the key for pseudonyms of their holder. The
    identity rows hold what linkage compares, and are empty where the records name nobody (surveys). Both frames
    stand in the new order. The same records and key give the same two frames. Raises TableInvalid for a column that
    is not declared, because nobody knows whether it names a person, and for a number of a document that stands in a
    column that is kept.
    """
    _require_declared(records)
    _require_in_their_place(records)
    renumbered = _renumber(records, keys)
    pseudonymous = _drop_direct(_add_tokens(renumbered, keys))
    require_pseudonymous(pseudonymous)
    return pseudonymous, _take_identity(renumbered)


def require_pseudonymous(table: pl.DataFrame) -> None:
    """Refuse (TableInvalid) a table with a column that identifies a person directly, or that is not declared."""
    _require_declared(table)
    direct = [name for name in table.columns if _is_direct(name)]
    if direct:
        raise TableInvalid(
            "A table that should be pseudonymous has columns that name persons: {columns}.",
            expected="no column that identifies a person directly",
            do="Pass the records through guzar pseudonymise, or through guzar collect.",
            columns=", ".join(direct),
        )


def find_misplaced(records: pl.DataFrame) -> dict[str, pl.Series]:
    """Columns that are kept but hold a document number of the delivery, or a name of their own row; which rows do.

    Numbers count where they have five digits or more: a port may be called 1, as a careless entry of a document is.
    """
    numbers = [records[name] for name in NUMBERS if name in records.columns]
    found = {}
    for name, kind in records.schema.items():
        if kind != pl.String or name in REPLACED or _is_direct(name):
            continue
        kept = records[name].unique().drop_nulls()
        documents = kept.filter(kept.str.count_matches(r"\d") >= DIGITS_OF_DOCUMENT).implode()
        known = [column.filter(column.is_in(documents)) for column in numbers if documents.list.len().item()]
        is_number = pl.col(name).is_in(pl.concat([*known, pl.Series(dtype=pl.String)]).unique().implode())
        is_name = [
            (pl.col(name).str.len_chars() >= LETTERS_OF_NAME) & (pl.col(name) == pl.col(other))
            for other in NAMES
            if other in records.columns
        ]
        misplaced = records.select(pl.any_horizontal(is_number, *is_name).fill_null(False)).to_series()
        if misplaced.any():
            found[name] = misplaced
    return found


def normalise_documents(numbers: pl.Expr) -> pl.Expr:
    """Numbers of documents as they are compared: capitals, Latin letters for look-alikes, letters and digits only.

    A number without any digit but zero (a dash, «нет», 000000) is no number and becomes missing.
    """
    letters, latin = list(LOOK_ALIKE), list(LOOK_ALIKE.values())
    bare = numbers.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    written = bare.str.replace_many(letters, latin)
    return pl.when(written.str.contains("[1-9]")).then(written)


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
    """A document number or a name in a column that is kept (a port, a household) would pass the door in clear."""
    for name, misplaced in find_misplaced(records).items():
        raise TableInvalid(
            "{count} numbers of documents or names stand in the column {column}, which is kept in clear.",
            where="column {column}",
            expected="names and numbers of documents in the columns for them, and nowhere else",
            do="Correct the delivery, or its mapping file.",
            count=int(misplaced.sum()),
            column=name,
        )


def _renumber(records: pl.DataFrame, keys: PurposeKey) -> pl.DataFrame:
    """Records in an order that only the key knows, numbered in it: neither number nor place leads back."""
    seed = hashlib.blake2b(digest_size=32, key=keys.secret, person=b"guzar order")
    seed.update(",".join(records.columns).encode())
    seed.update(records.hash_rows(seed=0).to_numpy().tobytes())
    tag = hashlib.blake2b(
        seed.digest(), digest_size=TAG_BYTES, key=keys.secret, person=b"guzar tag"
    ).hexdigest()
    drawn = np.frombuffer(hashlib.shake_256(seed.digest()).digest(8 * records.height), dtype="<u8")
    order = np.argsort(drawn, kind="stable")
    numbers = pl.int_range(1, records.height + 1, eager=True).cast(pl.String).str.zfill(9)
    return records[order].with_columns((pl.lit(f"{tag}-") + numbers).alias("record_id"))


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
    return pl.Series("person_token", _hash_all(texts, keys), dtype=pl.String)


def _hash_all(texts: pl.Series, keys: PurposeKey) -> list[str | None]:
    begun = hashlib.blake2b(digest_size=TOKEN_BYTES, key=keys.secret, person=b"guzar token")

    def hash_one(text: str) -> str:
        digest = begun.copy()
        digest.update(text.encode())
        return digest.hexdigest()

    return [None if text is None else hash_one(text) for text in texts]


def _drop_direct(records: pl.DataFrame) -> pl.DataFrame:
    """The columns that are kept: pseudonym and year of birth first, a place of birth only where it is a country."""
    kept = [name for name in records.columns if not _is_direct(name)]
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
    named = [name for name in IDENTITY if name in records.columns and _is_direct(name)]
    if not named:
        return records.select("record_id").clear()
    return records.select("record_id", *(name for name in IDENTITY if name in records.columns))


def _is_direct(name: str) -> bool:
    return (DECLARED[name]().metadata or {}).get("secrecy") == Secrecy.DIRECT
