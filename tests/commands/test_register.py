"""`guzar register` as a user types it: what is told of a month that is added, and what is refused."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from guzar.cli import main


def run(line: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(line.split())
    return int(stopped.value.code or 0)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Persons who came in 2019 to stay, and a month in which one of them leaves and another comes."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{person},2019-03-0{person},entry\n" for person in range(1, 9))
    Path("2021.csv").write_text("person_id,crossing_date,direction\n" + rows)
    Path("january.csv").write_text(
        "person_id,crossing_date,direction\n3,2022-01-05,exit\n9,2022-01-06,entry\n"
    )
    assert (
        run("register 2021.csv --into held --observed-from 2019-01-01 --observed-to 2021-12-31 --quiet") == 0
    )
    return tmp_path


def test_a_month_is_added_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows added, persons decided again, parts; the whole as a file; then the same month once more."""
    line = "register january.csv --into held --observed-to 2022-01-31 --out all.csv"
    assert run(f"{line} --json") == 0
    told = json.loads(capsys.readouterr().out)
    expected = {"rows_added": 2, "persons": 9, "persons_touched": 2, "rows_passed_on": 7, "crossings": 10}
    assert {name: told[name] for name in expected} == expected
    assert len(Path("all.csv").read_text().splitlines()) == 11
    assert run(line) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_rows_held_already_are_told_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An overlap of one row does no harm; the same month in another order is refused, in both languages."""
    heading, first, second = Path("january.csv").read_text().splitlines()
    Path("overlap.csv").write_text("\n".join([heading, "8,2019-03-08,entry", first, second]) + "\n")
    assert run("register overlap.csv --into held --observed-to 2022-01-31") == 0
    assert "Rows held already, left out: 1." in capsys.readouterr().out
    Path("january.csv").write_text("\n".join([heading, second, first]) + "\n")
    assert run("register january.csv --into held --observed-to 2022-01-31") == 3
    told = capsys.readouterr().err
    assert "already: 2 of 2" in told
    assert "january.csv" in told
    assert run("register january.csv --into held --observed-to 2022-01-31 --lang ru") == 3
    assert "2 из 2" in capsys.readouterr().err


def test_a_changed_manifest_is_refused_by_whoever_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    """One message that names the file, exit 3."""
    manifest = Path("held/register.json")
    manifest.write_text(manifest.read_text().replace("2021-12-31", "2022-12-31"))
    lines = (
        "register january.csv --into held --observed-to 2023-01-31",
        "count held --measure stock --out stock.csv",
        "stays held --out stays.csv",
    )
    for line in lines:
        assert run(line) == 3
        told = capsys.readouterr()
        assert "is damaged" in told.err
        assert "register.json" in told.err
        assert not told.out


def test_the_register_goes_on_to_count(capsys: pytest.CaptureFixture[str]) -> None:
    """Rule and days come from the folder; `guzar residence` has nothing to make of it."""
    assert run("register january.csv --into held --observed-to 2022-01-31") == 0
    assert "persons decided again: 2 of 9 (22.2 %)" in capsys.readouterr().out
    assert run("count held --measure stock --out stock.csv") == 0
    assert "2019,8" in Path("stock.csv").read_text()
    assert json.loads(Path("stock.csv.about.json").read_text())["from"]["observed_to"] == "2022-01-31"
    assert run("residence held --observed-from 2019-01-01 --observed-to 2022-01-31 --out r.csv") == 3
    assert "columns already" in capsys.readouterr().err


def test_rule_readings_and_view_are_those_of_guzar_residence(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a new register they are asked for as there, with the same rows; later months keep them, said again or not."""
    days = [date(2019, 1, 1) + timedelta(days=14 * number) for number in range(60)]
    rows = [
        f"{number % 7},{day},{'exit' if number % 3 else 'entry'},{'UZB' if number % 7 < 4 else 'TJK'}\n"
        for number, day in enumerate(days)
    ]
    for name, part in (("first.csv", rows[:50]), ("later.csv", rows[50:]), ("whole.csv", rows)):
        Path(name).write_text("person_id,crossing_date,direction,citizenship\n" + "".join(part))
    asked = "--rule 6/12 --readings migrbc --early-no reached --view origin --own-citizens UZB"
    first = (
        f"register first.csv --into own --observed-from 2019-01-01 --observed-to 2020-12-31 {asked} --quiet"
    )
    assert run(first) == 0
    assert run("register later.csv --into own --observed-to 2021-12-31 --between 2(W-V) --out own.csv") == 0
    assert "Own citizens by the rule 6/12" in capsys.readouterr().out
    whole = (
        f"residence whole.csv --observed-from 2019-01-01 --observed-to 2021-12-31 {asked} --out whole-own.csv"
    )
    assert run(whole) == 0
    assert Path("own.csv").read_text() == Path("whole-own.csv").read_text()
    assert len(Path("own.csv").read_text().splitlines()) < len(rows)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("january.csv --into new --observed-to 2022-01-31", "first day"),
        ("january.csv --into held --observed-to 2021-06-30", "earlier"),
        ("january.csv --into held --observed-to 2022-01-31 --window-days 365", "--window-days"),
        ("january.csv --into held --observed-to 2022-01-31 --rule 6/12", "--threshold-days 365"),
        ("january.csv --into held --observed-to 2022-01-31 --readings migrbc", "--between 2V-W"),
        ("january.csv --into held --observed-to 2022-01-31 --early-no reached", "--early-no above"),
        (
            "january.csv --into held --observed-to 2022-01-31 --view origin --own-citizens UZB",
            "--view destination",
        ),
        ("january.csv --into held --observed-to 2022-01-31 --own-citizens UZB", "not clear"),
        ("january.csv --into held --observed-to 2022-01-31 --missing impute", "midpoint, drop or refuse"),
        ("january.csv --into held --observed-to 2022-01-31 --out held/all.csv", "in the register"),
        ("none.csv --into held --observed-to 2022-01-31", "none.csv"),
        ("january.csv --into . --observed-from 2019-01-01 --observed-to 2022-01-31", "something else"),
    ],
)
def test_what_cannot_be_is_refused_in_one_message(
    capsys: pytest.CaptureFixture[str], line: str, word: str
) -> None:
    """One message, exit 2, and the files as they were."""
    before = sorted(Path().rglob("*"))
    assert run(f"register {line}") == 2
    told = capsys.readouterr()
    assert word in told.err
    assert not told.out
    assert sorted(Path().rglob("*")) == before
