"""The same records again: known by their number, added once, corrected when that is said, under a new key when it is new."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.collect.made_up_records import RECEIPT, RECEIVED, as_csv, made_up_crossings

from guzar.collect.record_mapping import RecordMapping
from guzar.collect.record_receipt import read_record_receipt
from guzar.errors import DeliveryRefused, SettingsInvalid, TableInvalid
from guzar.journey import describe_persons_of, link_identities_of, write_person_crossings
from guzar.journey.collecting_records import CollectedRecords, collect_records
from guzar.journey.record_delivery import RecordDelivery
from guzar.store import open_workspace
from guzar.store.keyring import new_keyring, open_keyring, rotate_keyring
from guzar.store.linking_zone import purge, purge_receipts, read_identities, require_purged, zone_entries

Take = Callable[..., CollectedRecords]
GIVEN = made_up_crossings(40, 7)


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Take a frame of crossings in; the receipt with lines changed or added."""
    new_keyring(tmp_path / "k", made_on=RECEIVED, entropy=b"k" * 32)

    def take(frame: pl.DataFrame, *more: str, keys: str = "k", **changed: str) -> CollectedRecords:
        text = RECEIPT + "\n".join(more)
        for name, value in changed.items():
            lines = [f"{name} = {value}" if line.startswith(name) else line for line in text.splitlines()]
            text = "\n".join(lines)
        content = as_csv(frame)
        file = tmp_path / f"{len(list(tmp_path.glob('*.csv')))}.csv"
        file.write_bytes(content)
        return collect_records(
            open_workspace(tmp_path / "w", create=True),
            "borders",
            RecordDelivery(file.name, file),
            RecordMapping(),
            read_record_receipt(text.encode(), "receipt.toml", date.fromisoformat(RECEIVED)),
            open_keyring(tmp_path / keys),
            received=RECEIVED,
        )

    return take


def _records(folder: Path) -> pl.DataFrame:
    """Every row of every edition."""
    held = open_workspace(folder / "w").read("collect", "crossings")
    assert held is not None
    return held.collect()


def _identities(folder: Path, keys: str = "k") -> pl.DataFrame:
    return read_identities(folder / "w", open_keyring(folder / keys), on=RECEIVED)


def _corrected(row: int, port: str = "P77") -> pl.DataFrame:
    number = GIVEN["record_id"][row]
    return GIVEN.with_columns(
        port=pl.when(pl.col("record_id") == number).then(pl.lit(port)).otherwise("port")
    )


def test_records_of_overlapping_deliveries_are_counted_once(take: Take, tmp_path: Path) -> None:
    """The month, then the quarter with the month in it: only what is new is added, whatever the order of the rows."""
    assert take(GIVEN.head(25)).kept == 25
    quarter = take(GIVEN.sample(fraction=1.0, shuffle=True, seed=3))
    assert (quarter.kept, quarter.held, quarter.refused) == (15, 25, 0)
    again = take(GIVEN.head(30).with_columns(remark=pl.lit("x")))
    assert (again.kept, again.held) == (0, 30)
    held = _records(tmp_path)
    assert (held.height, held["record_id"].n_unique()) == (40, 40)
    assert sorted(_identities(tmp_path)["surname"]) == sorted(GIVEN["surname"])


def test_another_record_under_a_held_number_is_set_aside_until_it_is_said_to_be_a_correction(
    take: Take, tmp_path: Path
) -> None:
    """Its row and what to do stand in the quarantine; with corrects = true it takes the place of the one that is held."""
    take(GIVEN)
    late = take(_corrected(4))
    assert (late.kept, late.held, late.refused) == (0, 39, 1)
    [(reason, rows)] = late.first_rows.items()
    assert "corrects = true" in reason
    assert rows == [6]
    assert _records(tmp_path).height == 40
    now = take(_corrected(4), "corrects = true")  # the same bytes, on other terms
    assert (now.kept, now.held, now.replaced, now.refused) == (1, 39, 1, 0)
    assert take(_corrected(4), "corrects = true").is_new is False
    assert take(GIVEN).is_new is False
    crossings = _persons_crossings(tmp_path)
    assert crossings.height == 40
    assert crossings["port"].to_list().count("P77") == 1


def _persons_crossings(folder: Path, keys: str = "k") -> pl.DataFrame:
    clusters = link_identities_of(folder / "w", folder / keys, on=RECEIVED).clusters
    assert describe_persons_of(folder / "w", clusters).height == clusters["person_id"].n_unique()
    write_person_crossings(folder / "w", clusters, folder / "crossings.parquet")
    return pl.read_parquet(folder / "crossings.parquet")


def test_what_a_record_said_before_its_correction_is_known_too(take: Take, tmp_path: Path) -> None:
    """An earlier file that comes again, in other company, neither undoes the correction nor counts as another record."""
    take(GIVEN)
    take(_corrected(4), "corrects = true")
    old = take(GIVEN.head(39))
    assert (old.kept, old.held, old.refused) == (0, 39, 0)
    back = take(GIVEN.tail(38), "corrects = true")  # it was right at first
    assert (back.kept, back.replaced) == (1, 1)
    assert _persons_crossings(tmp_path)["port"].to_list().count("P77") == 0


def test_a_corrected_name_is_the_one_that_is_linked(take: Take, tmp_path: Path) -> None:
    """One identity row per record: that of the latest delivery."""
    take(GIVEN)
    number = GIVEN["record_id"][3]
    named = pl.when(pl.col("record_id") == number).then(pl.lit("Qqorrected")).otherwise("surname")
    take(GIVEN.with_columns(named.alias("surname")), "corrects = true")
    from guzar.journey.linking_workspace import _order_of_entries

    order = _order_of_entries(tmp_path / "w")
    read = read_identities(tmp_path / "w", open_keyring(tmp_path / "k"), on=RECEIVED, order=order)
    assert read.height == 40
    assert "Qqorrected" in read["surname"].to_list()
    assert GIVEN["surname"][3] not in read["surname"].to_list()


@pytest.mark.parametrize(
    "holder", ['"MADE-UP  border SERVICE"', '"Made-up border service."', '"Ｍade_up border service"']
)
def test_a_holder_spelt_otherwise_is_the_same(take: Take, tmp_path: Path, holder: str) -> None:
    """Capitals, blanks and signs do not make another agency."""
    take(GIVEN.head(30))
    assert take(GIVEN, holder=holder).kept == 10
    assert _records(tmp_path).height == 40


def test_records_of_one_holder_under_the_name_of_another_are_refused(take: Take, tmp_path: Path) -> None:
    """Word for word the same records: it is the same agency, or a copy; numbers alone may agree by chance."""
    take(GIVEN.head(30))
    with pytest.raises(DeliveryRefused, match="Made-up border service"):
        take(_corrected(4), holder='"Service of borders"')
    assert _records(tmp_path).height == 30
    elsewhere = made_up_crossings(40, 8).with_columns(GIVEN["record_id"])
    assert take(elsewhere, holder='"Service of borders"').kept == 40


def test_numbers_that_begin_anew_are_said_to(take: Take, tmp_path: Path) -> None:
    """Next year's records under this year's numbers are refused as a whole, and taken in with a series of their own."""
    take(GIVEN)
    next_year = made_up_crossings(40, 9).with_columns(GIVEN["record_id"])
    with pytest.raises(DeliveryRefused, match="numbering"):
        take(next_year)
    assert take(next_year, 'numbering = "2025"').kept == 40
    assert take(next_year, 'numbering = "2025"').is_new is False
    assert _records(tmp_path)["record_id"].n_unique() == 80


def test_after_a_rotation_the_same_bytes_get_pseudonyms_of_the_new_key(take: Take, tmp_path: Path) -> None:
    """Each record is counted once, under the number that it had; what is not delivered again keeps its old pseudonym."""
    take(GIVEN.head(30))
    take(GIVEN.tail(10))
    before = _records(tmp_path)
    rotate_keyring(tmp_path / "k", made_on="2026-12-01", entropy=b"r" * 32)
    again = take(GIVEN.head(30))
    assert (again.is_new, again.kept, again.replaced) == (True, 30, 30)
    assert take(GIVEN.head(30)).is_new is False
    held = _records(tmp_path)
    assert (held.height, held["record_id"].n_unique()) == (70, 40)
    assert set(held["person_token"].drop_nulls()) > set(before["person_token"].drop_nulls())
    assert _persons_crossings(tmp_path).height == 40


def test_with_another_key_file_nothing_is_added(take: Take, tmp_path: Path) -> None:
    """Its records could not be known again: the key that is missing is named."""
    take(GIVEN)
    new_keyring(tmp_path / "other", made_on="2026-12-01", entropy=b"o" * 32)
    with pytest.raises(SettingsInvalid, match=open_keyring(tmp_path / "k").key_id):
        take(GIVEN, keys="other")
    assert _records(tmp_path).height == 40


def test_a_newer_receipt_says_until_when_names_are_held(take: Take, tmp_path: Path) -> None:
    """The same bytes: no record is added; header and receipt have the later day."""
    take(GIVEN)
    later = take(GIVEN, retention_until="2029-06-30")
    assert (later.is_new, later.held_until, later.sealed_again) == (False, "2029-06-30", 0)
    assert {entry.retention_until for entry in zone_entries(tmp_path / "w")} == {"2029-06-30"}
    [receipt] = (tmp_path / "w").rglob("data/**/receipt.json")
    assert json.loads(receipt.read_text(encoding="utf-8"))["retention_until"] == "2029-06-30"
    assert read_identities(tmp_path / "w", open_keyring(tmp_path / "k"), on="2029-06-30").height == 40
    assert take(GIVEN, retention_until="2029-06-30").held_until == ""
    assert open_workspace(tmp_path / "w").damages() == []


def test_a_year_after_the_purge_all_deliveries_again_make_linkage_possible(
    take: Take, tmp_path: Path
) -> None:
    """The yearly line: take in, link, purge; next year the new delivery and the earlier ones; no record is doubled."""
    take(GIVEN.head(25))
    take(_corrected(4).head(26), "corrects = true")
    first = purge(tmp_path / "w", on=RECEIVED, by="tester")
    require_purged(tmp_path / "w")
    take(GIVEN.tail(14))
    linked = link_identities_of(tmp_path / "w", tmp_path / "k", on=RECEIVED).clusters
    with pytest.raises(TableInvalid, match="again"):
        write_person_crossings(tmp_path / "w", linked, tmp_path / "c.parquet")
    again = take(GIVEN.head(25))
    assert (again.is_new, again.sealed_again) == (False, 24)  # the 25th was corrected since
    corrected = take(_corrected(4).head(26), "corrects = true")
    assert (corrected.is_new, corrected.sealed_again) == (False, 26)
    assert take(GIVEN.head(25)).sealed_again == 0
    held = _records(tmp_path)
    assert (held.height, held["record_id"].n_unique()) == (41, 40)
    crossings = _persons_crossings(tmp_path)
    assert (crossings.height, crossings["port"].to_list().count("P77")) == (40, 1)
    second = purge(tmp_path / "w", on="2026-11-23", by="tester")
    require_purged(tmp_path / "w")
    assert purge_receipts(tmp_path / "w") == [first, second]
