"""A register that grows by months holds what `guzar residence` makes of all months together, row for row."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from guzar.errors import GuzarError, SettingsInvalid, TableInvalid
from guzar.journey import Registered, count_file, pair_stays, register_crossings, register_parts, reside
from guzar.process.residence import Tally
from guzar.process.residence_rule import ResidenceRule, rule_as_asked
from guzar.store import read_about, write_about
from guzar.store.beside import held
from guzar.store.person_parts import parts_of

FIRST = date(2019, 1, 1)
ASKED = {"first_day": FIRST, "threshold_days": 183, "window_days": 365}
MONTHS = [date(2019, 12, 31), date(2020, 1, 31), date(2020, 3, 31), date(2020, 3, 31), date(2020, 6, 30)]
ADD = """
import sys
from datetime import date
from pathlib import Path
from guzar.journey import registering
print(".", flush=True)
registering.register_crossings(Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3]), {})
"""


def made_months(
    seed: int, *, text: bool, sequence: bool, moments: bool, persons: int = 60
) -> list[pl.DataFrame]:
    """Files that hold crossings of their month, late ones of months before, some before the first day, some after the
    last one; many on one day."""
    chance = random.Random(seed)
    tables = []
    for number, end in enumerate(MONTHS):
        begin = FIRST - timedelta(days=20) if number == 0 else MONTHS[number - 1]
        rows = []
        for _ in range(persons * 6 if number == 0 else persons):
            low, high = begin, end
            if number and chance.random() < 0.3:  # a late record
                low = FIRST
            if chance.random() < 0.15:  # it comes inside later
                high = end + timedelta(days=40)
            day = low + timedelta(days=chance.randrange(max(1, (high - low).days // 3)) * 3)
            person = chance.randrange(persons // 3) if chance.random() < 0.3 else chance.randrange(persons)
            crossed: Any = day if not moments else day.isoformat() + chance.choice([" 08:00:00", " 08:10:00"])
            rows.append(
                {
                    "port": chance.choice(["A", "B", None]),
                    "person_id": f"p{person}" if text else person,
                    "crossing_date": crossed,
                    "direction": chance.choice(["entry", "exit"]),
                    "citizenship": chance.choice(["UZB", "TJK"]),
                    **({"sequence": chance.randrange(5)} if sequence else {}),
                }
            )
        table = pl.DataFrame(rows)
        if moments:
            table = table.with_columns(pl.col("crossing_date").str.to_datetime())
        tables.append(table)
    return tables


def expected_of(tables: list[pl.DataFrame], place: Path, rule: ResidenceRule) -> tuple[pl.DataFrame, Tally]:
    """All files together through `guzar residence`."""
    pl.concat(tables).write_parquet(place / "every.parquet")
    tally = reside(place / "every.parquet", place / "residence.parquet", rule)
    return pl.read_parquet(place / "residence.parquet"), tally


def held_in(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(parts_of(folder))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"missing": "drop"},
        {"last_crossing": "goes_on", "double_scan_minutes": 15},
        {"own_citizens": "UZB"},
    ],
)
def test_months_added_one_by_one_are_all_months_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, asked: Mapping[str, Any]
) -> None:
    """After every month, row for row and column for column; small parts, so that they split."""
    monkeypatch.setattr(register_parts, "ROWS", 50)
    tables = made_months(seed, text=seed % 2 == 0, sequence=seed == 1, moments=seed < 2)
    into = tmp_path / "register"
    for number, (table, last) in enumerate(zip(tables, MONTHS, strict=True)):
        table.write_parquet(tmp_path / f"{number}.parquet")
        told = {**ASKED, **asked} if number == 0 else {}
        done = register_crossings(tmp_path / f"{number}.parquet", into, last, told)
        rule = rule_as_asked({**ASKED, **asked, "last_day": last})
        expected, tally = expected_of(tables[: number + 1], tmp_path, rule)
        assert_frame_equal(held_in(into), expected, categorical_as_str=True)
        assert vars(done.tally) == vars(tally)
        assert done.rows_added == table.height
    assert done.parts > 2 or asked


def add(place: Path, name: str, rows: str, last: str, **asked: Any) -> Registered:
    """A CSV file of a few crossings added to the register `into`."""
    (place / name).write_text("person_id,crossing_date,direction\n" + rows)
    return register_crossings(place / name, place / "into", date.fromisoformat(last), asked)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Persons 1 to 9, who came in January 2019 to stay; observed to the end of 2021."""
    rows = "".join(f"{person},2019-01-0{person},entry\n" for person in range(1, 10))
    add(tmp_path, "one.csv", rows, "2021-12-31", first_day=FIRST)
    return tmp_path / "into"


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_the_same_file_adds_nothing_again(register: Path) -> None:
    """With the same last day nothing is written; with a later one only the last day moves on."""
    before = content(register)
    again = register_crossings(register.parent / "one.csv", register, date(2021, 12, 31), {})
    assert again.changed_nothing
    assert content(register) == before
    later = register_crossings(register.parent / "one.csv", register, date(2022, 12, 31), {})
    assert (later.was_held, later.rows_added, later.persons_touched, later.tally.crossings) == (True, 0, 0, 9)
    assert read_about(register)["observed_to"] == "2022-12-31"


def test_parts_with_nobody_touched_are_linked(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of persons who have been decided for long only the part of those who cross again is written."""
    monkeypatch.setattr(register_parts, "ROWS", 3)
    add(tmp_path, "two.csv", "5,2021-01-01,exit\n", "2021-12-31")
    before = {file.name: file.stat().st_ino for file in parts_of(register)}
    done = add(tmp_path, "three.csv", "9,2021-02-01,exit\n", "2021-12-31")
    after = {file.name: file.stat().st_ino for file in parts_of(register)}
    assert (done.parts, done.parts_rewritten, done.persons, done.persons_touched) == (3, 1, 9, 1)
    assert [name for name in before if before[name] == after[name]] == sorted(before)[:2]


@pytest.mark.parametrize(
    ("rows", "last", "asked", "error"),
    [
        ("1,2022-01-01,exit\n", "2021-12-30", {}, SettingsInvalid),
        ("1,2022-01-01,exit\n", "2022-01-31", {"window_days": 365}, SettingsInvalid),
        ("1,2022-01-01,exit\n", "2022-01-31", {"first_day": date(2018, 1, 1)}, SettingsInvalid),
        ("a,2022-01-01,exit\n", "2022-01-31", {}, TableInvalid),
        ("1,2022-01-01 08:00:00,exit\n", "2022-01-31", {}, TableInvalid),
        ("1,2022-01-01,out\n", "2022-01-31", {}, TableInvalid),
        (",2022-01-01,exit\n", "2022-01-31", {}, TableInvalid),
    ],
)
def test_what_does_not_fit_is_refused_and_the_register_stays(
    register: Path, rows: str, last: str, asked: dict[str, Any], error: type[GuzarError]
) -> None:
    """Another rule, an earlier last day, values of another kind, crossings that say nothing."""
    before = content(register)
    with pytest.raises(error):
        add(register.parent, "two.csv", rows, last, **asked)
    assert content(register) == before
    assert sorted(path.name for path in register.parent.iterdir()) == ["into", "one.csv", "two.csv"]


@pytest.mark.parametrize("heading", ["person_id,crossing_date,direction,port", "person_id,direction"])
def test_new_and_missing_columns_are_refused(register: Path, heading: str) -> None:
    """A register has the columns of its first file."""
    (register.parent / "two.csv").write_text(heading + "\n" + "1," * heading.count(",") + "x\n")
    with pytest.raises(TableInvalid):
        register_crossings(register.parent / "two.csv", register, date(2022, 1, 31), {})


def test_kinds_that_keep_every_value_fit(tmp_path: Path) -> None:
    """Text from CSV into numbers, numbers into text persons, days into moments; codes with leading zeros into text."""
    first = pl.DataFrame(
        {
            "person_id": ["b", "7"],
            "crossing_date": [datetime(2019, 5, 1, 10), datetime(2019, 6, 1)],
            "direction": ["entry", "exit"],
            "visits": [3, None],
        }
    )
    first.write_parquet(tmp_path / "one.parquet")
    register_crossings(tmp_path / "one.parquet", tmp_path / "into", date(2019, 12, 31), {"first_day": FIRST})
    (tmp_path / "two.csv").write_text("direction,visits,person_id,crossing_date\nentry,12,7,2019-07-01\n")
    register_crossings(tmp_path / "two.csv", tmp_path / "into", date(2019, 12, 31), {})
    told = held_in(tmp_path / "into").select("person_id", "crossing_date", "visits").rows()
    assert told == [
        ("7", datetime(2019, 6, 1), None),
        ("7", datetime(2019, 7, 1), 12),
        ("b", datetime(2019, 5, 1, 10), 3),
    ]


def test_a_damaged_register_is_refused(register: Path) -> None:
    """A part that is gone costs the register, not its reader's trust."""
    parts_of(register)[0].unlink()
    with pytest.raises(TableInvalid):
        add(register.parent, "two.csv", "1,2022-01-01,exit\n", "2022-01-31")


def test_a_file_without_crossings_makes_a_register_that_grows(tmp_path: Path) -> None:
    """A header is enough to begin with."""
    add(tmp_path, "one.csv", "", "2019-12-31", first_day=FIRST)
    done = add(tmp_path, "two.csv", "b,2019-05-01,entry\n", "2020-12-31")
    assert (done.tally.crossings, held_in(tmp_path / "into").height) == (1, 1)


def test_another_run_is_waited_for(register: Path) -> None:
    """Two files at once would each drop what the other adds."""
    with held(register), pytest.raises(SettingsInvalid, match="Another run"):
        add(register.parent, "two.csv", "1,2022-01-01,exit\n", "2022-01-31")


@pytest.mark.skipif(os.name == "nt", reason="Windows knows neither fork nor SIGKILL")
def test_a_killed_run_leaves_the_old_or_the_new_register(tmp_path: Path) -> None:
    """Killed at ten moments; the same run again ends in the same bytes."""
    tables = made_months(3, text=True, sequence=False, moments=False, persons=3_000)
    for number, table in enumerate(tables[:2]):
        table.write_parquet(tmp_path / f"{number}.parquet")
    start = tmp_path / "start"
    register_crossings(tmp_path / "0.parquet", start / "into", MONTHS[0], ASKED)
    seconds = _add_in_process(tmp_path, start, "whole", None)
    old, new = content(start / "into"), content(tmp_path / "whole" / "into")
    assert old != new
    for moment in range(10):
        _add_in_process(tmp_path, start, "killed", seconds * moment / 9)
        left = tmp_path / "killed" / "into"
        assert not left.exists() or content(left) in (old, new)
        register_crossings(tmp_path / "1.parquet", left, MONTHS[1], {})
        assert content(left) == new
        assert [path.name for path in left.parent.iterdir()] == ["into"]


def _add_in_process(place: Path, start: Path, name: str, seconds: float | None) -> float:
    """Add the second month to a copy of the register in a process of its own, killed after so many seconds."""
    shutil.rmtree(place / name, ignore_errors=True)
    shutil.copytree(start, place / name)
    words = [sys.executable, "-c", ADD, str(place / "1.parquet"), str(place / name / "into"), str(MONTHS[1])]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        began = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
    return time.monotonic() - began


def test_count_and_stays_take_a_register_as_they_take_a_file(tmp_path: Path) -> None:
    """The same stocks, flows and stays; rule and workspace go on."""
    for number, table in enumerate(tables := made_months(5, text=True, sequence=False, moments=False)):
        table.write_parquet(tmp_path / f"{number}.parquet")
        asked = ASKED if number == 0 else {}
        register_crossings(
            tmp_path / f"{number}.parquet",
            tmp_path / "into",
            MONTHS[number],
            asked,
            out=tmp_path / "all.parquet",
        )
    expected, _ = expected_of(tables, tmp_path, ResidenceRule(**ASKED, last_day=MONTHS[-1]))
    assert_frame_equal(pl.read_parquet(tmp_path / "all.parquet"), expected)
    assert read_about(tmp_path / "into") == read_about(tmp_path / "residence.parquet")
    for measure in ("stock", "flow", "crossings"):
        one = count_file(tmp_path / "into", measure, ["citizenship"])
        other = count_file(tmp_path / "residence.parquet", measure, ["citizenship"])
        assert_frame_equal(one.table, other.table)
        assert one.not_decided == other.not_decided
    for name in ("into", "residence.parquet"):
        pair_stays(tmp_path / name, tmp_path / f"stays-{name}.csv")
    assert (tmp_path / "stays-into.csv").read_bytes() == (
        tmp_path / "stays-residence.parquet.csv"
    ).read_bytes()


def test_names_are_purged_before_a_register_is_counted(tmp_path: Path) -> None:
    """The workspace that stands beside the crossings goes on to the register and to what is counted from it."""
    (tmp_path / "one.csv").write_text("person_id,crossing_date,direction\n1,2019-05-01,entry\n")
    write_about(tmp_path / "one.csv", {"workspace": "gone"})
    register_crossings(tmp_path / "one.csv", tmp_path / "into", date(2019, 12, 31), {"first_day": FIRST})
    with pytest.raises(SettingsInvalid, match="workspace"):
        count_file(tmp_path / "into", "flow", [])
