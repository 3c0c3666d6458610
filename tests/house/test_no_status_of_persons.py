"""No person-level status or score: no declared table, and no table that a command writes, says of a person what is a guess.

On lost exits a column «overstayed» beside a person would be a list of people to punish for a missed scan. So words of
presence, permission, probability, risk and score stand beside nobody; nor do the permission and the stays of one linked
person stand in one table, from which anybody could make such a list.
"""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from tests.house.canaries import RECEIPT, persons_of, say
from tests.house.test_declarations import TABLES

from guzar.define.columns import DECLARED

# What a person is told apart by.
PERSON = {
    "person_id",
    "true_person_id",
    "record_id",
    "person_token",
    "household_id",
    "personal_number",
    "document_number",
}
STATUS = re.compile(
    r"overst|over_st|permission|presen(t|ce)|probab|likel|score|illegal|irregular|unlawful|undocument|expired|suspec"
    r"|risk|threat|danger|flag|alert|violat|offen[cd]|deport|wanted|ban(ned)?$|still_|is_inside|is_here|whereabouts"
)
PERMISSION = {"permit_type", "permitted_until", "valid_from", "valid_to", "cancelled_on", "issued_on"}
STAYS = {"entered_on", "left_on", "returned_on", "residence_before", "residence_after", "is_migration"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_no_declared_table_holds_a_status_of_a_person(table: type[dy.Schema]) -> None:
    """Nor do the permission and the stays of a linked person stand in one table."""
    _require_no_status(list(table.columns()))


def _require_no_status(columns: list[str]) -> None:
    held = {name.lower() for name in columns}
    if held & PERSON:
        assert not [name for name in held if STATUS.search(name)]
    if "person_id" in held:
        assert not (held & STAYS and held & PERMISSION)


CAUGHT = """
is_overstaying overstay_days presence_probability permission_status risk_score is_present irregular_since
suspected alert_level deportable still_inside entry_ban RISK
"""


@pytest.mark.parametrize("column", CAUGHT.split())
def test_the_words_catch_what_such_columns_would_be_called(column: str) -> None:
    """In a table of the register one of them fails the test above."""
    with pytest.raises(AssertionError):
        _require_no_status(["person_id", column])
    with pytest.raises(AssertionError):
        _require_no_status(["person_token", "sex", column])


def test_permission_and_stays_of_one_person_are_caught() -> None:
    """The two columns that make an overstay, and the persons whose it would be."""
    with pytest.raises(AssertionError):
        _require_no_status(["person_id", "left_on", "permitted_until"])
    _require_no_status(["person_token", "permitted_until"])


def test_the_tables_of_persons_are_among_those_looked_at() -> None:
    """Every table of the records journey; every column beside a person is declared."""
    with_persons = [table for table in TABLES if set(table.columns()) & PERSON]
    assert {"Stays", "ResidenceChanges", "Crossings", "Permits"} <= {table.__name__ for table in with_persons}
    assert {name for table in with_persons for name in table.columns()} <= set(DECLARED)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands of records write: permits and crossings of persons, taken through every command."""
    place = tmp_path_factory.mktemp("written")
    out = place / "out"
    for folder in ("crossings", "permits", "out"):
        (place / folder).mkdir()
    persons, start = persons_of(12), datetime(2022, 1, 5, 8)
    both = [
        persons.with_columns(
            pl.col("record_id") + direction,
            crossing_date=pl.lit(start + timedelta(days=days)),
            direction=pl.lit(direction),
            port=pl.lit("P1"),
            mode=pl.lit("road"),
            permitted_until=pl.lit(date(2022, 4, 1)),
        )
        for direction, days in (("entry", 0), ("exit", 200))
    ]
    pl.concat(both).write_parquet(place / "crossings" / "crossings.parquet")
    days = {"permit_type": "work", "valid_from": date(2022, 1, 1), "valid_to": date(2022, 12, 31)}
    permits = persons.with_columns(pl.lit(value).alias(name) for name, value in days.items())
    permits.write_parquet(place / "permits" / "permits.parquet")
    _write_everything(place, out)
    return out


def _write_everything(place: Path, out: Path) -> None:
    assert say("keys", "new", place / "guzar.key")[0] == 0
    until = date.today() + timedelta(days=99)
    for kind in ("crossings", "permits"):
        (place / kind / "receipt.toml").write_text(RECEIPT.format(until=until), encoding="utf-8")
        assert say("pseudonymise", place / kind, "--keys", place / "guzar.key", "--out", out / kind)[0] == 0
    sent = place / "crossings" / "crossings.parquet"
    tables = [out / f"{name}.csv" for name in ("pairs", "clusters", "review")]
    said = say("link", sent, "--out", tables[0], "--clusters", tables[1], "--review", tables[2])
    assert said[0] == 0, said[1]
    whose = pl.read_csv(tables[1]).select("record_id", "person_id")
    kept = ["person_id", "crossing_date", "direction", "sex"]
    of_persons = pl.read_parquet(sent).join(whose, on="record_id").select(kept)
    of_persons.write_parquet(place / "of_persons.parquet")
    observed = ("--observed-from", "2022-01-01", "--observed-to", "2023-12-31")
    for words in (
        ("stays", place / "of_persons.parquet", "--out", out / "stays.csv"),
        ("stays", place / "of_persons.parquet", "--out", out / "absences.csv", "--view", "origin"),
        ("residence", place / "of_persons.parquet", *observed, "--out", out / "residence.csv"),
    ):
        assert say(*words)[0] == 0


def test_no_command_writes_a_status_of_a_person(written: Path) -> None:
    """Every table that the commands leave, as it is on disk, whatever is declared."""
    tables = [path for path in written.rglob("*") if path.suffix in (".csv", ".parquet")]
    assert {path.stem for path in tables} >= {"pairs", "clusters", "review", "stays", "absences", "residence"}
    for path in tables:
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
        _require_no_status(frame.columns)
