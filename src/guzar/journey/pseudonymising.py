"""Pseudonymisation at the door: a delivery about persons → pseudonymous records and a sealed linking zone.

<out>/pseudonymised.json                    holder, legal basis, retention, rows, key id; no names
<out>/records/<table>/<table>-00001.parquet
<out>/linking/…                             identity rows, sealed (store/linking_zone.py)
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import dataframely as dy
import polars as pl
import pyarrow.parquet as pq

import guzar
from guzar.collect.column_kinds import require_plain_columns
from guzar.collect.record_files import plain_text
from guzar.collect.record_receipt import RecordReceipt, read_record_receipt
from guzar.errors import DeliveryRefused, SettingsInvalid
from guzar.journey.misplaced_rows import SHOWS_A_PERSON, find_unfit, require_few
from guzar.process.identifying_values import identifying_values, merge_values
from guzar.process.pseudonymise import PSEUDONYMOUS, split_identity
from guzar.store import checksum_of, replace_folder, write_json
from guzar.store.keyring import MARKS, Keyring, open_keyring
from guzar.store.leak_scan import WORD, Scan, prepare_values, scan_folder
from guzar.store.linking_zone import RECEIPTS, ZONE, put_identity, require_retention_ahead

ENDINGS = (".csv", ".csv.gz", ".parquet")
MARK = MARKS[1]
BATCH_ROWS = 1_000_000  # rows in memory at a time; each batch gets an order of its own
RECEIPT = "receipt.toml"
WRITTEN_TIMES = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")

Result = TypeVar("Result")


@dataclass
class Pseudonymised:
    """What became of a delivery: rows by table, rows left out by column, and what stands in the linking zone."""

    holder: str
    retention_until: str
    key_id: str
    rows: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    without_token: int = 0
    identity_rows: int = 0
    columns_not_read: int = 0  # columns of the files that their tables do not have
    seen: dict[str, pl.Series] = field(default_factory=dict, repr=False)  # numbers of records, by table

    def mark_seen(self, table: str, numbers: pl.Series) -> pl.Series:
        """Which records stood in an earlier file or batch already; they are counted as left out."""
        held = self.seen.get(table, pl.Series(dtype=pl.String))
        again = numbers.is_in(held.implode())
        self.seen[table] = pl.concat([held, numbers.filter(~again)])
        self.left_out.update({"record_id": int(again.sum())} if again.any() else {})
        return again

    def record(self, receipt: RecordReceipt, files: dict[str, str]) -> dict[str, Any]:
        """What stands beside the records, in clear."""
        return {
            "made_by": "guzar",
            "holder": receipt.holder,
            "legal_basis": receipt.legal_basis,
            "purpose": receipt.purpose,
            "retention_until": self.retention_until,
            "key_id": self.key_id,
            "rows": dict(sorted(self.rows.items())),
            "rows_left_out_by_column": dict(sorted(self.left_out.items())),
            "rows_without_document": self.without_token,
            "identity_rows": self.identity_rows,
            "columns_not_read": self.columns_not_read,
            "files": files,
        }


def pseudonymise_delivery(
    delivery: Path,
    key_file: Path,
    out: Path,
    *,
    receipt_file: Path | None,
    on: str,
    step: Callable[[], None] = lambda: None,
) -> Pseudonymised:
    """Split a delivery (a file, or a folder of files in template columns) and leave both sides in `out`.

    Rows that do not fit their table are left out and counted by column. Raises SettingsInvalid for a key that may
    not be used, DeliveryRefused without a receipt or for a file that is no table of records.
    """
    keyring = open_keyring(key_file, workspace=out)
    files = find_files(delivery)
    receipt = _read_receipt(delivery, receipt_file, on)
    require_retention_ahead(receipt.retention_until.isoformat(), on=on)
    _require_no_purge_receipt(out)
    done = Pseudonymised(receipt.holder_id, receipt.retention_until.isoformat(), keyring.key_id)

    def fill(folder: Path) -> None:
        for file in files:
            _split_file(file, folder, keyring, done)
            step()
        written = {
            path.relative_to(folder).as_posix(): checksum_of(path.read_bytes())
            for path in sorted((folder / "records").rglob("*.parquet"))
        }
        write_json(folder / MARK, done.record(receipt, written))

    replace_folder(out, fill, mark=MARK)
    return done


def find_files(delivery: Path) -> list[Path]:
    """The files of a delivery, in the order of their names; refused where there is none that guzar reads."""
    found = [delivery] if delivery.is_file() else sorted(p for p in delivery.rglob("*") if p.is_file())
    files = [path for path in found if path.name.lower().endswith(ENDINGS)]
    if not files:
        raise SettingsInvalid(
            "There is no delivery in {path}.",
            expected="a file, or a folder with files, that end in .csv, .csv.gz or .parquet",
            do="Check the path; deliveries in other forms are taken in with guzar collect.",
            path=delivery,
        )
    return files


def read_records(file: Path) -> Iterator[tuple[type[dy.Schema], pl.DataFrame, Counter[str]]]:
    """The records of one file batch by batch: their table, the rows that fit it, and what was left out by column.

    Raises DeliveryRefused for a file that cannot be read, or whose columns are those of no table.
    """
    shown: Counter[str] = Counter()
    rows = 0
    for table, typed, unreadable in _typed_batches(file):
        unfit = find_unfit(typed)
        wrong = unreadable
        for reason, found in unfit.items():
            column = reason.partition(": ")[0]
            wrong = wrong.with_columns((wrong[column] | found).alias(column))
            shown[column] += int(found.sum()) if reason.endswith(SHOWS_A_PERSON) else 0
        rows += typed.height
        fitting = typed.filter(~wrong.select(pl.any_horizontal(pl.all())).to_series())
        single = (
            fitting.unique(maintain_order=True) if fitting["record_id"].is_duplicated().any() else fitting
        )
        kept, failures = table.filter(single)
        left_out = Counter({name: int(wrong[name].sum()) for name in wrong.columns if wrong[name].any()})
        left_out.update({"record_id": fitting.height - single.height})
        left_out.update({rule.partition("|")[0]: count for rule, count in failures.counts().items()})
        yield table, kept, +left_out
    require_few(shown, rows, file.name)


def _typed_batches(file: Path) -> Iterator[tuple[type[dy.Schema], pl.DataFrame, pl.DataFrame]]:
    """Every row of a file in the types of its table, and which cells could not be read so."""
    table = _table_of(_columns_of(file), file.name)
    names = [name for name in table.columns() if name in _columns_of(file)]
    if file.name.lower().endswith(".parquet"):
        require_plain_columns(_read(file, lambda: pq.read_schema(file)), names, file.name)
    for batch in _batches(file, names):
        typed = batch.select(_as_declared(batch, name, table) for name in table.columns())
        yield table, typed, _unreadable(batch, typed)


def _split_file(file: Path, folder: Path, keyring: Keyring, done: Pseudonymised) -> None:
    kept_any = False
    done.columns_not_read += _count_unknown(file)
    for table, records, left_out in read_records(file):
        done.left_out.update(left_out)
        if not records.height:
            continue
        kept_any = True
        pseudonymous, identity = split_identity(records, keyring.for_purpose("pseudonym", done.holder))
        name = name_of(PSEUDONYMOUS[table])
        again = done.mark_seen(name, pseudonymous["record_id"])
        kept = PSEUDONYMOUS[table].validate(pseudonymous.filter(~again))
        identity = identity.join(kept.select("record_id"), on="record_id", how="semi", maintain_order="left")
        place = folder / "records" / name
        place.mkdir(parents=True, exist_ok=True)
        kept.write_parquet(place / f"{name}-{len(list(place.iterdir())) + 1:05}.parquet")
        done.rows[name] += kept.height
        done.identity_rows += identity.height
        if "person_token" in kept.columns:
            done.without_token += kept["person_token"].null_count()
        put_identity(folder, identity, keyring, holder=done.holder, retention_until=done.retention_until)
    if not kept_any:
        _refuse_empty(file.name)


def name_of(table: type[dy.Schema]) -> str:
    """A table as the name of a folder: RegisteredResidents is registered_residents."""
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in table.__name__).lstrip("_")


def _table_of(columns: list[str], name: str) -> type[dy.Schema]:
    """The table whose required columns the file has; no two tables share them."""
    for table in PSEUDONYMOUS:
        if all(column in columns for column, rule in table.columns().items() if not rule.nullable):
            return table
    raise DeliveryRefused(
        "{name} has the columns of no table of records.",
        where="{name}",
        expected="all columns of one template: crossings, permits, registrations, population register or survey",
        do="Name the columns as guzar table CrossingRecords shows them, or take the file in with guzar collect and a "
        "mapping file.",
        name=name,
    )


def _count_unknown(file: Path) -> int:
    columns = _columns_of(file)
    return len(set(columns) - set(_table_of(columns, file.name).columns()))


def _columns_of(file: Path) -> list[str]:
    return _read(file, lambda: _scan(file).collect_schema().names())


def _scan(file: Path) -> pl.LazyFrame:
    if file.name.lower().endswith(".parquet"):
        return pl.scan_parquet(file)
    return pl.scan_csv(file, infer_schema=False)


def _batches(file: Path, names: list[str]) -> Iterator[pl.DataFrame]:
    whole = _scan(file).select(names)
    batches = iter(whole.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True))
    while (batch := _read(file, lambda: next(batches, None))) is not None:
        yield batch


def _read(file: Path, read: Callable[[], Result]) -> Result:
    """What `read` gives; the reader's own message is not shown, because it quotes cells."""
    try:
        return read()
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError):
        raise DeliveryRefused(
            "{name} is cut short or damaged.",
            where="{name}",
            expected="a complete table as .csv, .csv.gz or .parquet, text in UTF-8",
            do="Ask the holder for the whole file again.",
            name=file.name,
        ) from None


def _as_declared(batch: pl.DataFrame, name: str, table: type[dy.Schema]) -> pl.Expr:
    """One column in the type that its table declares; what cannot be read so is missing."""
    kind = table.columns()[name].dtype
    if name not in batch.columns:
        return pl.lit(None, dtype=kind).alias(name)
    held = batch.schema[name]
    if (
        (held.is_temporal() and kind.is_temporal())
        or (held.is_numeric() and kind.is_numeric())
        or held == kind != pl.String
    ):
        return pl.col(name).cast(kind, strict=False)
    text = plain_text(batch, name).str.strip_chars().replace("", None)
    if kind == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False).alias(name)
    if isinstance(kind, pl.Datetime):
        tried = (text.str.to_datetime(form, strict=False, time_unit="us") for form in WRITTEN_TIMES)
        return pl.coalesce(*tried).alias(name)
    if kind == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=kind).alias(
            name
        )
    return text.cast(kind, strict=False).alias(name)


def _unreadable(batch: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """By column, the rows that hold something which its type cannot hold."""
    return pl.DataFrame(
        {
            name: batch[name].is_not_null()
            & (batch[name].str.strip_chars() != "" if batch.schema[name] == pl.String else True)
            & typed[name].is_null()
            for name in batch.columns
        }
    )


def _read_receipt(delivery: Path, given: Path | None, on: str) -> RecordReceipt:
    """The receipt that is named, else receipt.toml in the folder, else receipts/<folder>.toml beside the folder."""
    folder = delivery if delivery.is_dir() else delivery.parent
    places = [given] if given else [folder / RECEIPT, folder.parent / "receipts" / f"{folder.name}.toml"]
    for place in places:
        if place.is_file():
            return read_record_receipt(place.read_bytes(), place.name, date.fromisoformat(on))
    raise DeliveryRefused(
        "Records about persons come without a receipt.",
        where="{name}",
        expected="a file receipt.toml beside the records: holder, legal_basis, purpose, retention_until",
        do="Ask the holder of the records for it, or name it with --receipt; without it nothing is taken in.",
        name=(given or delivery).name,
    )


def _require_no_purge_receipt(out: Path) -> None:
    if any((out / ZONE).glob(RECEIPTS)):
        raise SettingsInvalid(
            "{path} holds the receipt of a purge, which is kept.",
            expected="a folder that does not exist yet",
            do="Choose another folder with --out.",
            path=out,
        )


def _refuse_empty(name: str) -> None:
    raise DeliveryRefused(
        "{name} has no row that can be kept.",
        where="{name}",
        expected="records as the template describes them: ISO dates, codes of areas and of kinds",
        do="Compare the file with its template (guzar table CrossingRecords), or take it in with a mapping file.",
        name=name,
    )


def find_leaks(delivery: Path, run: Path) -> Scan:
    """Files of a run that hold identifying values of a delivery (in template columns), or could not be searched."""
    values = merge_values(
        identifying_values(records) for file in find_files(delivery) for _, records, _ in _typed_batches(file)
    )
    if not any(values.values()) or not any(run.rglob("*")):
        raise SettingsInvalid(
            "There is nothing to compare: the delivery names nobody, or the folder of the run is empty.",
            expected="a delivery with names or numbers of documents, and the folder that a run has left",
            do="Check both paths.",
        )
    return scan_folder(run, prepare_values(values, own_words()))


@cache
def own_words() -> frozenset[str]:
    """Words of guzar's own texts, styles and code lists: a name that is one of them (Вера, Навои, Roman) proves nothing."""
    package = Path(guzar.__file__).parent
    texts = [
        *package.rglob("*.po"),
        *(package / "define" / "codelists").rglob("*.csv"),
        *package.rglob("*.css"),
    ]
    return frozenset(
        word for file in texts for word in WORD.findall(file.read_text(encoding="utf-8").casefold())
    )
