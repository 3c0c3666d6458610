"""Claims files: columns, rows that cannot be checked, the command."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar import journey
from guzar.cli import main
from guzar.define.areas import regions
from guzar.define.tables.claims import ADDED
from guzar.errors import TableInvalid
from guzar.use.claims.files import take_claims, take_regions

HEADER = "id,area,indicator,year,value,unit"


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["claims", "check", *arguments, "--lang", "en"])
    said = capsys.readouterr()
    return int(str(stopped.value.code)), said.out, said.err


def _write(path: Path, *rows: str, header: str = HEADER) -> str:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_the_reader_s_columns_stay_as_they_were(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids are text, free columns keep their order, the verdict's columns follow."""
    given = _write(tmp_path / "c.csv", "007,p. 3,TJK,remittances_received_percent_gdp,2022,50.9,percent,x",
                   header="id,page,area,indicator,year,value,unit,note")
    assert _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--quiet")[0] == 0
    out = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert out.columns == ["id", "page", "area", "indicator", "year", "value", "unit", "note", *ADDED]
    assert out.row(0)[:8] == ("007", "p. 3", "TJK", "remittances_received_percent_gdp", "2022", "50.9", "percent", "x")


def test_a_missing_column_is_one_message_and_exit_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the column that is missing."""
    given = _write(tmp_path / "c.csv", "1,TJK,migrant_stock,5,persons", header="id,area,indicator,value,unit")
    code, _, said = _run(capsys, given, "--out", str(tmp_path / "o.csv"))
    assert code == 3
    assert "no column year" in said
    assert not (tmp_path / "o.csv").exists()


def test_an_empty_file_is_refused_and_a_file_without_rows_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing at all is damaged; no claims is a valid list of none."""
    (tmp_path / "nothing.csv").write_bytes(b"")
    assert _run(capsys, str(tmp_path / "nothing.csv"), "--out", str(tmp_path / "o.csv"))[0] == 3
    given = _write(tmp_path / "none.csv")
    code, said, _ = _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--json")
    assert code == 0
    assert json.loads(said) == {"claims": 0, "verdicts": {}}


BAD_ROWS = [
    ",,,,,", "1,,,,,", "2,TJK,migrant_stock,2020,,persons", "3,,migrant_stock,2020,5,persons", "4,TJK,,2020,5,persons",
    "5,TJK,migrant_stock,,5,persons", "6,ZZZZ,migrant_stock,2020,5,persons", "7,A>B>C,migrant_stock,2020,5,persons",
    "8,TJK,no_such_thing,2020,5,persons", "9,TJK,migrant_stock,2099,5,persons", "10,TJK,migrant_stock,soon,5,persons",
    "11,TJK,migrant_stock,2020,many,persons", "12,TJK,migrant_stock,2020,1e999,persons", '13,TJK,migrant_stock,2020,"1,2,3",persons',
    "14,>,migrant_stock,2020,5,persons", "15,TJK,migrant_stock,2020,5,bananas", "16,TJK>,migrant_stock,2020,5,persons",
    "17,{x},{y},{z},{0},{1}", "18,TJK,remittances_received_growth_percent,2022,5,percent", "19,TJK,nothing_growth_percent,2022,5,percent",
]


def test_bad_rows_get_a_reason_and_never_a_crash(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every row comes back, in order, with a verdict that blames the row and not the figures."""
    given = _write(tmp_path / "c.csv", *BAD_ROWS)
    assert _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--quiet")[0] == 0
    out = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert out["id"].to_list() == [row.split(",")[0] or None for row in BAD_ROWS]
    assert set(out["verdict"]) <= {"not_checkable", "unit_unclear", "contradicted"}
    assert out.filter(pl.col("verdict") == "contradicted")["id"].to_list() in ([], ["18"])
    assert out["explanation"].null_count() == 0


def test_numbers_in_a_parquet_file_are_read_like_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Integers and floats in a typed file mean what they say."""
    pl.DataFrame({"id": [1], "area": ["NCA9"], "indicator": ["migrant_stock"], "year": [2020], "value": [18_000_000.0],
                  "unit": ["persons"], "qualifier": ["almost"]}).write_parquet(tmp_path / "c.parquet")
    assert _run(capsys, str(tmp_path / "c.parquet"), "--out", str(tmp_path / "o.parquet"), "--quiet")[0] == 0
    assert pl.read_parquet(tmp_path / "o.parquet")["verdict"].to_list() == ["agrees"]


def test_a_region_of_one_s_own_is_added_up_from_its_members(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A user's region works at either end of a corridor, and its total is the sum of its members."""
    held = journey.load_observations(None)
    cells = held.filter((pl.col("indicator") == "migrant_stock") & (pl.col("area") == "RUS") & (pl.col("year") == 2020)
                        & pl.col("counterpart").is_in(["KAZ", "KGZ"]) & (pl.col("sex") == "_T") & (pl.col("edition") == "2020-12"))
    total = int(cells.unique(["counterpart"])["value"].sum())
    own = _write(tmp_path / "r.csv", "PAIR,KAZ KGZ", header="id,members")
    given = _write(tmp_path / "c.csv", f"1,PAIR>RUS,migrant_stock,2020,{total},persons")
    assert _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--regions", own, "--quiet")[0] == 0
    out = pl.read_csv(tmp_path / "o.csv")
    assert out.select("verdict", "best_value").row(0) == ("agrees", total)
    wrong = _write(tmp_path / "w.csv", "PAIR,KAZ QQQ", header="id,members")
    code, _, said = _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--regions", wrong)
    assert code == 3
    assert "QQQ" in said


def test_answers_already_filled_in_are_kept() -> None:
    """Checking the output again replaces the verdicts and keeps what the reader wrote."""
    table = pl.DataFrame({"id": ["1"], "area": ["TJK"], "indicator": ["migrant_stock"], "year": ["2020"], "value": ["5"],
                          "unit": ["persons"], "verdict": ["agrees"], "publisher_response": ["we shall correct it"]})
    again = journey.judge_claims(table, "claims", None)
    assert again["publisher_response"].to_list() == ["we shall correct it"]
    assert again["verdict"].to_list() == ["contradicted"]


def test_regions_need_their_columns() -> None:
    """A regions file without members is refused with its name."""
    with pytest.raises(TableInvalid, match=r"r\.csv"):
        take_regions(pl.DataFrame({"id": ["X"]}), "r.csv", regions())


def test_claims_are_kept_as_written() -> None:
    """Reading changes no cell."""
    table = pl.DataFrame({"id": ["1"], "area": ["TJK"], "indicator": ["x"], "year": ["2020"], "value": ["6,6 млн"], "unit": ["persons"], "my note": ["a"]})
    claims = take_claims(table, "claims")
    assert claims["claimed_value"].to_list() == ["6,6 млн"]
    assert json.loads(claims["free_columns"][0]) == {"my note": "a"}
