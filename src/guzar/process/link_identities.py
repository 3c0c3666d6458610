"""Records about persons → the different identities in them, folded and ready to be compared; records are in no order.

An identity is what is left of a record when its names are folded: records that fold to the same are compared once, so
that one person with a million crossings costs as much as one with two.
"""

import polars as pl

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.process.names import fold_names

NAMES = {
    "surname": "surname",
    "given_name": "given",
    "patronymic": "father",
}  # column: what its folded forms begin with
COMPARED = (*NAMES, "sex", "birth_date", "citizenship", "birth_place", "document_number")
MANY, MORE_OFTEN = (
    20,
    5,
)  # a common birth date: so many identities, and so many times as often as dates usually are
# Cyrillic capitals that are typed for Latin ones of the same look in document numbers.
LOOKALIKES = dict(zip("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI", strict=True))


def find_identities(records: pl.DataFrame, *, side: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The different identities of records, and which record holds which; both in the order of record_id.

    records: `record_id` and any of COMPARED. Returns identities (`identity`: a number from 0, `side`, folded columns,
    `copies`) and members (`record_id`, `identity`). Raises TableInvalid where a record_id is missing or not single.
    """
    _require_single_ids(records)
    folded = fold_records(records.sort("record_id"))
    compared = [column for column in folded.columns if column != "record_id"]
    groups = folded.group_by(compared, maintain_order=True).agg("record_id", copies=pl.len())
    groups = groups.with_row_index("identity").with_columns(
        pl.col("identity").cast(pl.Int64), side=pl.lit(side)
    )
    members = groups.select("record_id", "identity").explode("record_id").sort("record_id")
    return groups.drop("record_id"), members


def fold_records(records: pl.DataFrame) -> pl.DataFrame:
    """Each record with its names folded and its other values cleaned; columns that are missing stay missing."""
    parts = [records.select(pl.col("record_id").cast(pl.String))]
    for column, prefix in NAMES.items():
        if _holds(records, column):
            parts.append(_folded(records[column], column, prefix))
    plain = [_PLAIN[column].alias(column) for column in _PLAIN if _holds(records, column)]
    parts.append(records.select(plain))
    if _holds(records, "birth_date"):
        date = pl.col("birth_date")
        parts.append(
            records.select(
                date,
                birth_year=date.dt.year().cast(pl.Int32),
                birth_month=date.dt.month().cast(pl.Int32),
                birth_day=date.dt.day().cast(pl.Int32),
            )
        )
    return pl.concat(parts, how="horizontal")


def mark_common_dates(identities: pl.DataFrame) -> pl.DataFrame:
    """`is_common_date`: birth dates that say little: the first of January, written where only the year is known, and
    dates that many identities share, for whatever reason; false without a birth date."""
    if "birth_date" not in identities.columns:
        return identities
    first_of_january = (pl.col("birth_month") == 1) & (pl.col("birth_day") == 1)
    shared_by = pl.len().over("birth_date")
    usual = pl.col("birth_date").count() / pl.col("birth_date").drop_nulls().n_unique()
    common = first_of_january | ((shared_by >= MANY) & (shared_by > MORE_OFTEN * usual))
    return identities.with_columns(is_common_date=common & pl.col("birth_date").is_not_null())


def require_enough(identities: pl.DataFrame) -> None:
    """Refuse records that hold too little to tell one person from another.

    Needed: numbers of documents, or birth dates with surname or given name: nothing is compared across birth years.
    """
    held = set(identities.columns)
    names = {"surname_key", "given_key"} & held
    if "document_number" in held or ("birth_date" in held and names):
        return
    raise MethodNotApplicable(
        "The records hold too little to tell one person from another.",
        expected="document_number, or birth_date with surname or given_name; the more columns the better",
        do="Add the columns, and repeat.",
    )


def _folded(names: pl.Series, kind: str, prefix: str) -> pl.DataFrame:
    folded = fold_names(names, kind).rename(lambda column: f"{prefix}_{column}")
    return folded if kind == "surname" else folded.drop(f"{prefix}_suffix_class")


def _holds(records: pl.DataFrame, column: str) -> bool:
    return column in records.columns and records[column].null_count() < records.height


def _text(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.strip_chars().str.to_uppercase()
    return pl.when(text != "").then(text)


def _number_of_document() -> pl.Expr:
    number = _text("document_number").str.replace_many(list(LOOKALIKES), list(LOOKALIKES.values()))
    number = number.str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(number != "").then(number)


_PLAIN = {
    "sex": pl.when(_text("sex").is_in(["F", "M"])).then(_text("sex")),
    "citizenship": _text("citizenship"),
    "birth_place": _text("birth_place"),
    "document_number": _number_of_document(),
}


def _require_single_ids(records: pl.DataFrame) -> None:
    ids = records["record_id"]
    missing, repeated = ids.null_count(), records.height - ids.n_unique()
    if missing or repeated:
        raise TableInvalid(
            "The numbers of records are not all given and different.",
            where="column record_id: {missing} missing, {repeated} repeated",
            expected="one number per record",
            do="Number the records, and repeat.",
            missing=missing,
            repeated=max(repeated, 0),
        )
