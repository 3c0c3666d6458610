"""`guzar collect` as people use it: files, --live, --mapping, --list, refusals in both languages."""

import json
from pathlib import Path

import pytest
from tests.collect.loopback import hurried, publisher, stall
from tests.collect.test_own_table import LONG, block
from tests.collect.test_world_bank_api import replay, workspace_for

from guzar import cli
from guzar.collect.delivery import Delivery
from guzar.commands import collect as command
from guzar.errors import TableInvalid
from guzar.journey.collecting import _agreed_edition

TABLE = "Страна;Год;Число\nРоссия;2023;1 234,5\n".encode("windows-1251")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)


def files(tmp_path: Path, table: bytes = TABLE, mapping: str = LONG) -> list[str]:
    (tmp_path / "t.csv").write_bytes(table)
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    return [
        "collect",
        "own_table",
        str(tmp_path / "t.csv"),
        "--mapping",
        str(tmp_path / "m.toml"),
        "--workspace",
        str(tmp_path / "work"),
    ]


def test_own_table_then_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*files(tmp_path, block("csv").encode("windows-1251"), block("toml"))) == 0
    assert "12 rows kept, 4 refused; source example_permits, edition 2024-02" in capsys.readouterr().out
    out = tmp_path / "f.csv"
    assert (
        run(
            "figures",
            "--indicator",
            "work_permits_in_force",
            "--area",
            "UZB>RUS",
            "--year",
            "2023",
            "--workspace",
            str(tmp_path / "work"),
            "--out",
            str(out),
        )
        == 0
    )
    lines = out.read_text(encoding="utf-8").splitlines()
    row = next(
        dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:] if ",M," in line
    )
    assert (row["value"], row["unit"], row["definition"], row["source"], row["edition"]) == (
        "1201000.0",
        "permits",
        "example_permits_in_force",
        "example_permits",
        "2024-02",
    )


def test_a_mistake_is_told_in_russian(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = files(tmp_path, mapping=LONG.replace('area = "Страна"', 'area = "Странна"'))
    assert run(*arguments, "--lang", "ru") == 2
    told = capsys.readouterr().err
    assert "В таблице нет столбца «Странна»" in told
    assert "Возможно, имелось в виду «Страна»" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["collect"],
        ["collect", "world_bank"],
        ["collect", "world_bank", "x.csv", "--live", "--workspace", "w"],
        ["collect", "own_table", "x.csv", "--workspace", "w"],
        ["collect", "own_table", "x.csv", "--mapping", "no.toml", "--workspace", "w"],
        ["collect", "world_bank", "x.csv", "--mapping", "m.toml", "--workspace", "w"],
        ["collect", "nobody", "--live", "--workspace", "w"],
        ["collect", "knomad", "--live", "--workspace", "w"],
    ],
)
def test_wrong_usage_is_one_message_and_makes_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    assert "What to do" in capsys.readouterr().err
    assert not (tmp_path / "w" / "data").exists()


def test_live_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with publisher(replay) as server:
        place = workspace_for(tmp_path, server.address)
        assert run("collect", "world_bank", "--live", "--workspace", str(place.path), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["collected"][0]["edition"] == "2026-03-04"
    assert told["refused_series"] == {}


def test_a_service_that_fails_ends_with_exit_5(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "patient_policy", lambda: hurried(total_seconds=0.5))
    with publisher(stall()) as server:
        place = workspace_for(tmp_path, server.address)
        assert run("collect", "world_bank", "--live", "--workspace", str(place.path), "--lang", "ru") == 5
    told = capsys.readouterr().err
    assert told.count("Что делать") == 1
    assert "не отвечает" in told or "не успела" in told


def test_the_list_names_publisher_licence_and_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("collect", "--list", "--json") == 0
    listed = {row["source"]: row for row in json.loads(capsys.readouterr().out)["sources"]}
    assert listed["world_bank"]["live"]
    assert listed["world_bank"]["licence"] == "CC BY 4.0"
    assert not listed["knomad"]["live"]
    assert {"own_table", "sdmx_services"} <= listed.keys()
    assert all(row["accepts"] and row["publisher"] for row in listed.values())


@pytest.mark.parametrize(
    ("named", "told", "taken"),
    [
        (None, "2023-05-10", "2023-05-10"),
        ("2023", "2023-05-10", "2023"),
        ("2023-05-10", "2023", "2023-05-10"),
        ("2020", None, "2020"),
        ("2020", "2023-05-10", None),
    ],
)
def test_an_edition_that_the_file_contradicts_is_refused(
    named: str | None, told: str | None, taken: str | None
) -> None:
    """A shorter or longer form is the same date; another date is refused, and both are named."""
    if taken is not None:
        assert _agreed_edition(named, told, Delivery("wdi.xls", b"")) == taken
        return
    with pytest.raises(TableInvalid) as refused:
        _agreed_edition(named, told, Delivery("wdi.xls", b""))
    assert refused.value.exit_code == 3
    assert "2020" in str(refused.value.message())
    assert "2023-05-10" in str(refused.value.message())
