"""A register that grows by months holds what `guzar residence` makes of all months together, row for row."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
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
from guzar.store.person_parts import MANIFEST, parts_of, seal_of

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
    last one; many on one day. No row of one file stands in another."""
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
        for before in tables:
            table = table.join(before, on=table.columns, how="anti", nulls_equal=True)
        tables.append(table)
    return tables


def union_of(tables: list[pl.DataFrame]) -> pl.DataFrame:
    """Every row as often as in the file that has it most often."""
    names = tables[0].columns
    counted = [table.group_by(names).len().with_columns(pl.col("len").cast(pl.Int64)) for table in tables]
    most = pl.concat(counted).group_by(names).max()
    return most.select(pl.exclude("len").repeat_by("len")).explode(names)


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


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "asked", [{}, {"missing": "drop"}, {"double_scan_minutes": 15}, {"own_citizens": "UZB"}]
)
def test_files_that_overlap_are_their_union(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, asked: Mapping[str, Any]
) -> None:
    """Rows of earlier files come again, in another order, some of them twice in one file: none counts twice that does not
    within a file."""
    monkeypatch.setattr(register_parts, "ROWS", 50)
    made = made_months(seed, text=seed % 2 == 0, sequence=seed == 1, moments=seed < 2)
    tables: list[pl.DataFrame] = []
    for number, table in enumerate(made):
        twice = table.head(5)
        again = pl.concat([*tables, table.clear()]).sample(min(20, 20 * number), seed=seed)
        tables.append(pl.concat([table, twice, again]).sample(fraction=1, shuffle=True, seed=seed))
    into, left_out = tmp_path / "register", 0
    for number, (table, last) in enumerate(zip(tables, MONTHS, strict=True)):
        table.write_parquet(tmp_path / f"{number}.parquet")
        told = {**ASKED, **asked} if number == 0 else {}
        done = register_crossings(tmp_path / f"{number}.parquet", into, last, told)
        rule = rule_as_asked({**ASKED, **asked, "last_day": last})
        expected, tally = expected_of([union_of(tables[: number + 1])], tmp_path, rule)
        assert_frame_equal(held_in(into), expected, categorical_as_str=True)
        assert vars(done.tally) == vars(tally)
        assert done.rows_added + done.rows_held_already == table.height
        left_out += done.rows_held_already
    assert left_out == sum(table.height for table in tables) - union_of(tables).height > 50


def test_the_same_rows_in_another_form_or_order_are_refused(tmp_path: Path) -> None:
    """A month once as CSV, once as Parquet, and once from its end to its beginning; the register stays as it was."""
    rows = [
        f"{person},2019-01-0{person} 10:00:00,{way},A{person},\n"
        for person in range(1, 10)
        for way in ("entry", "exit")
    ]
    heading = "person_id,crossing_date,direction,port,note\n"
    (tmp_path / "one.csv").write_text(heading + "".join(rows))
    register_crossings(tmp_path / "one.csv", tmp_path / "into", date(2019, 12, 31), {"first_day": FIRST})
    before = content(tmp_path / "into")
    (tmp_path / "other.csv").write_text(heading + "".join(reversed(rows)))
    typed = pl.read_csv(tmp_path / "one.csv", try_parse_dates=True, schema_overrides={"note": pl.String})
    typed.write_parquet(tmp_path / "typed.parquet")
    for name in ("other.csv", "typed.parquet"):
        with pytest.raises(TableInvalid, match=r"already: 18 of 18\."):
            register_crossings(tmp_path / name, tmp_path / "into", date(2020, 1, 31), {})
    assert content(tmp_path / "into") == before
    (tmp_path / "half.csv").write_text(
        heading + "".join(rows[:2]) + "1,2019-01-01 10:00:00,exit,B,\n1,2019-01-02,exit,A1,\n"
    )
    done = register_crossings(tmp_path / "half.csv", tmp_path / "into", date(2019, 12, 31), {})
    assert (done.rows_added, done.rows_held_already, done.persons_touched) == (2, 2, 1)


def test_a_second_scan_in_a_later_file_is_held_once(tmp_path: Path) -> None:
    """Twice in one file is two crossings, as for `guzar residence`; the same two again add nothing."""
    add(
        tmp_path,
        "one.csv",
        "1,2019-05-01,entry\n2,2019-05-01,entry\n2,2019-05-01,entry\n",
        "2019-12-31",
        first_day=FIRST,
    )
    twice = "1,2019-05-01,entry\n" * 2
    done = add(tmp_path, "two.csv", twice + "2,2019-05-01,entry\n3,2019-05-01,entry\n", "2019-12-31")
    assert (done.rows_added, done.rows_held_already, done.tally.crossings) == (2, 2, 5)


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


@pytest.fixture(scope="module")
def made_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of three parts, each with crossings that the rule leaves out."""
    place = tmp_path_factory.mktemp("parts")
    days = [(person, day) for person in range(1, 10) for day in ("2018-05-01", f"2019-01-0{person}")]
    rows = "".join(f"{person},{day},entry\n" for person, day in days)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register_parts, "ROWS", 3)
        add(place, "one.csv", rows, "2021-12-31", first_day=FIRST)
    assert len(parts_of(place / "into")) > 2
    return place / "into"


@pytest.fixture
def parts(made_parts: Path, tmp_path: Path) -> Path:
    """The same, to be damaged."""
    return shutil.copytree(made_parts, tmp_path / "into")


def _flip(file: Path, place: int) -> None:
    damaged = bytearray(file.read_bytes())
    damaged[place] ^= 1
    file.write_bytes(damaged)


def _replace(file: Path) -> None:
    """Other persons, as many rows."""
    table = pl.read_parquet(file)
    table.with_columns(pl.col("person_id") + 100).write_parquet(file)


@pytest.mark.parametrize("name", ["part-00001.parquet", "left-out-00001.parquet", "part-00000.parquet"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda file: _flip(file, 100),
        lambda file: _flip(file, file.stat().st_size // 2),
        _replace,
        lambda file: file.write_bytes(b""),
        lambda file: pl.read_parquet(file).drop("direction").write_parquet(file),
        lambda file: file.unlink(),
        lambda file: shutil.copyfile(file, file.with_name("part-00007.parquet")),
    ],
)
def test_a_damaged_part_is_refused_whether_read_or_linked(
    parts: Path, name: str, damage: Callable[[Path], Any]
) -> None:
    """By `guzar register`, of which the crossing touches the first part, and by whoever reads the register."""
    damage(parts / name)
    before = content(parts)
    with pytest.raises(TableInvalid, match="is damaged") as told:
        add(parts.parent, "two.csv", "1,2021-01-01,exit\n", "2021-12-31")
    assert ".parquet" in told.value.message()
    with pytest.raises(TableInvalid, match="is damaged"):
        count_file(parts, "crossings", [])
    with pytest.raises(TableInvalid, match="is damaged"):
        pair_stays(parts, parts.parent / "stays.csv")
    assert content(parts) == before


def _set(*way: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def edit(manifest: dict[str, Any]) -> None:
        inner: Any = manifest
        for step in way[:-1]:
            inner = inner[step]
        inner[way[-1]] = to

    return edit


EDITS: list[Callable[[dict[str, Any]], Any]] = [
    lambda manifest: manifest["parts"].pop(),
    lambda manifest: manifest["parts"].reverse(),
    lambda manifest: manifest["parts"].append(manifest["parts"][0]),
    lambda manifest: manifest.pop("rule"),
    lambda manifest: manifest["rule"].pop("readings"),
    lambda manifest: manifest["files"][0].pop("sha256"),
    _set("parts", 1, "first_person", to=None),
    _set("parts", 1, "first_person", to="4"),
    _set("parts", 1, "latest_crossing", to="May"),
    _set("parts", 1, "rows", to=7),
    _set("parts", 1, "rows", to="3"),
    _set("parts", to=[]),
    _set("parts", to={}),
    _set("rule", "last_day", to=5),
    _set("rule", "threshold_days", to=183),
    _set("rule", "window_days", to="487"),
    _set("rule", "missing", to="bogus"),
    _set("rule", "readings", "early_no", to="bogus"),
    _set("rule", to=[]),
    _set("tally", to={}),
    _set("tally", "unknown", to=1),
    _set("tally", "crossings", to=1),
    _set("columns", to=["person_id", "crossing_date", "direction"]),
    _set("columns", "port", to="FROM"),
    _set("columns", "port", to="VARCHAR) FROM nothing; SELECT (1"),
    _set("columns", "person_id", to="VARCHAR"),
    _set("columns", "crossing_date", to=7),
    _set("files", to="one.csv"),
    _set("files", 0, to="one.csv"),
    _set("format", to=1),
    _set("made_by", to=None),
]
ONLY_SEALED = [
    _set("parts", 0, "first_person", to=0),
    _set("parts", 1, "latest_crossing", to=None),
    _set("rule", "last_day", to="2022-11-30"),
]


@pytest.mark.parametrize("edit", [*EDITS, *ONLY_SEALED])
def test_an_edited_manifest_is_refused_by_its_seal(
    parts: Path, edit: Callable[[dict[str, Any]], Any]
) -> None:
    """Whatever was changed in it, even where it would fit."""
    manifest = json.loads((parts / MANIFEST).read_text())
    edit(manifest)
    (parts / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(TableInvalid, match="is damaged"):
        add(parts.parent, "two.csv", "1,2021-01-01,exit\n", "2022-12-31")


@pytest.mark.parametrize("edit", EDITS)
def test_a_manifest_of_another_shape_is_refused(parts: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Sealed, but not as this guzar writes it, or not adding up: one message, no fault."""
    manifest = json.loads((parts / MANIFEST).read_text())
    edit(manifest)
    manifest["seal"] = seal_of(
        {name: told for name, told in manifest.items() if name not in ("seal", "format")}
    )
    (parts / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(TableInvalid, match="is damaged"):
        add(parts.parent, "two.csv", "1,2021-01-01,exit\n", "2022-12-31")


@pytest.mark.parametrize(
    "text", ["", "[]", "5", "{}", '{"seal": 1, "format": 2, "parts": 3}', "[" * 100_000, "\udcff"]
)
def test_a_manifest_that_is_none_is_refused(register: Path, text: str) -> None:
    """One message, whatever stands there."""
    (register / MANIFEST).write_text(text, errors="surrogateescape")
    with pytest.raises(TableInvalid, match="is damaged"):
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
    """Killed at five moments; the same run again ends in the same bytes."""
    tables = made_months(3, text=True, sequence=False, moments=False, persons=1_500)
    for number, table in enumerate(tables[:2]):
        table.write_parquet(tmp_path / f"{number}.parquet")
    start = tmp_path / "start"
    register_crossings(tmp_path / "0.parquet", start / "into", MONTHS[0], ASKED)
    seconds = _add_in_process(tmp_path, start, "whole", None)
    old, new = content(start / "into"), content(tmp_path / "whole" / "into")
    assert old != new
    for moment in range(5):
        _add_in_process(tmp_path, start, "killed", seconds * moment / 4)
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
