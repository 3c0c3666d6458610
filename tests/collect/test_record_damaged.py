"""Two hundred damaged deliveries: each is read with a quarantine or refused in four parts, and the workspace stays whole."""

import random
from pathlib import Path

import polars as pl
import pytest
from tests.collect.made_up_records import DAMAGES, RECEIPT, RECEIVED, identity_values, made_up_crossings

from guzar.collect.record_mapping import RecordMapping
from guzar.collect.record_receipt import RecordReceipt, read_record_receipt
from guzar.errors import DeliveryRefused
from guzar.journey.collecting_records import CollectedRecords, collect_records
from guzar.journey.record_delivery import RecordDelivery
from guzar.store import Workspace, open_workspace
from guzar.store.keyring import Keyring, new_keyring

DELIVERIES = 200
ROWS = 60
# What must be read, and what must be refused, whatever the seed; of the others either may be right.
READ = {
    "shuffled columns": 0,
    "marks at the start": 0,
    "UTF-16": 0,
    "Windows-1251": 0,
    "more columns than the template": 0,
    "line ends of Windows": 0,
}
REFUSED = {
    "truncated Parquet",
    "empty",
    "heading only",
    "no heading",
    "binary rubbish",
    "a web page",
    "wrong separators",
    "one column twice",
    "a column missing",
    "all dates in another form",
    "a workbook cut short",
    "SPSS cut short",
    "truncated UTF-16",
    "KOI8-R",
}
ALWAYS_SOME = {"births before 1900", "births after the event", "unknown modes", "zero bytes"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Keyring, RecordReceipt]:
    folder = tmp_path_factory.mktemp("damaged")
    keyring = new_keyring(folder / "guzar.keys", made_on=RECEIVED, entropy=b"k" * 32)
    receipt = read_record_receipt(RECEIPT.encode(), "receipt.toml", _day())
    return open_workspace(folder / "work", create=True), keyring, receipt


def _day():  # type: ignore[no-untyped-def]
    from datetime import date

    return date.fromisoformat(RECEIVED)


@pytest.mark.parametrize("seed", range(DELIVERIES))
def test_a_damaged_delivery_is_read_with_a_quarantine_or_refused(
    seed: int, place: tuple[Workspace, Keyring, RecordReceipt], tmp_path: Path
) -> None:
    """Nothing half-entered, no traceback of a reader, no value that names a person in a message."""
    workspace, keyring, receipt = place
    kind = list(DAMAGES)[seed % len(DAMAGES)]
    delivery = made_up_crossings(ROWS, seed)
    file = tmp_path / f"delivery-{seed}"
    file.write_bytes(DAMAGES[kind](delivery, random.Random(seed)))
    before = _tree(workspace)
    try:
        done = collect_records(
            workspace,
            "borders",
            RecordDelivery(file.name, file),
            RecordMapping(),
            receipt,
            keyring,
            received=RECEIVED,
        )
    except DeliveryRefused as refused:
        assert kind not in READ
        _check_refusal(refused, delivery, f"delivery-{seed}")
        assert _tree(workspace) == before
    else:
        assert kind not in REFUSED
        _check_taken(done, workspace, delivery, kind)
    assert workspace.damages() == []


def _check_refusal(refused: DeliveryRefused, delivery: pl.DataFrame, name: str) -> None:
    assert all((refused.what, refused.expected, refused.do))
    assert name in refused.message()
    _check_no_names(refused.message(), delivery)


def _check_taken(done: CollectedRecords, workspace: Workspace, delivery: pl.DataFrame, kind: str) -> None:
    assert done.kept > 0
    assert done.kept + done.refused >= ROWS or kind == "truncated text"
    assert done.refused == READ.get(kind, done.refused)
    assert done.refused > 0 or kind not in ALWAYS_SOME
    newest = max(workspace.editions("collect", "crossings"), key=lambda one: one.folder.stat().st_mtime_ns)
    kept = pl.read_parquet(newest.file("crossings.parquet"))
    refused = pl.read_parquet(newest.file("refused_rows.parquet"))
    assert kept.height == done.kept
    assert refused.height == done.refused
    assert refused["row_content"].null_count() == refused.height
    _check_no_names(kept.write_csv() + refused.write_csv() + str(newest.receipt()), delivery)


def _check_no_names(text: str, delivery: pl.DataFrame) -> None:
    # The names of the made-up delivery end in numbers and a letter, so that no word of a message is one by chance.
    assert [value for value in identity_values(delivery) if value in text] == []


def _tree(workspace: Workspace) -> list[tuple[str, int]]:
    files = (path for path in workspace.path.rglob("*") if path.is_file())
    return sorted((path.relative_to(workspace.path).as_posix(), path.stat().st_size) for path in files)


def test_every_kind_of_damage_is_met() -> None:
    """The two hundred go through every kind several times, and the lists above name kinds that exist."""
    assert 4 * len(DAMAGES) <= DELIVERIES
    assert set(READ) | REFUSED | ALWAYS_SOME <= set(DAMAGES)
