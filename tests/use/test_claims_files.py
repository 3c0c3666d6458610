"""Claims files: columns, rows that cannot be checked, the command."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar import journey
from guzar.cli import main
from guzar.define.areas import regions
from guzar.define.tables.claims import ADDED
from guzar.define.tables.figures import Observations
from guzar.errors import TableInvalid
from guzar.store import open_workspace
from guzar.use.claims import check_claims
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
    given = _write(
        tmp_path / "c.csv",
        "007,p. 3,TJK,remittances_received_percent_gdp,2022,50.9,percent,x",
        header="id,page,area,indicator,year,value,unit,note",
    )
    assert _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--quiet")[0] == 0
    out = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert out.columns == ["id", "page", "area", "indicator", "year", "value", "unit", "note", *ADDED]
    assert out.row(0)[:8] == (
        "007",
        "p. 3",
        "TJK",
        "remittances_received_percent_gdp",
        "2022",
        "50.9",
        "percent",
        "x",
    )


def test_a_missing_column_is_one_message_and_exit_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the column that is missing."""
    given = _write(tmp_path / "c.csv", "1,TJK,migrant_stock,5,persons", header="id,area,indicator,value,unit")
    code, _, said = _run(capsys, given, "--out", str(tmp_path / "o.csv"))
    assert code == 3
    assert "no column year" in said
    assert not (tmp_path / "o.csv").exists()


def test_an_empty_file_is_refused_and_a_file_without_rows_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing at all is damaged; no claims is a valid list of none."""
    (tmp_path / "nothing.csv").write_bytes(b"")
    assert _run(capsys, str(tmp_path / "nothing.csv"), "--out", str(tmp_path / "o.csv"))[0] == 3
    given = _write(tmp_path / "none.csv")
    code, said, _ = _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--json")
    assert code == 0
    told = json.loads(said)
    assert (told["claims"], told["verdicts"], told["rows"]) == (0, {}, 0)


BAD_ROWS = [
    ",,,,,",
    "1,,,,,",
    "2,TJK,migrant_stock,2020,,persons",
    "3,,migrant_stock,2020,5,persons",
    "4,TJK,,2020,5,persons",
    "5,TJK,migrant_stock,,5,persons",
    "6,ZZZZ,migrant_stock,2020,5,persons",
    "7,A>B>C,migrant_stock,2020,5,persons",
    "8,TJK,no_such_thing,2020,5,persons",
    "9,TJK,migrant_stock,2099,5,persons",
    "10,TJK,migrant_stock,soon,5,persons",
    "11,TJK,migrant_stock,2020,many,persons",
    "12,TJK,migrant_stock,2020,1e999,persons",
    '13,TJK,migrant_stock,2020,"1,2,3",persons',
    "14,>,migrant_stock,2020,5,persons",
    "15,TJK,migrant_stock,2020,5,bananas",
    "16,TJK>,migrant_stock,2020,5,persons",
    "17,{x},{y},{z},{0},{1}",
    "18,TJK,remittances_received_growth_percent,2022,5,percent",
    "19,TJK,nothing_growth_percent,2022,5,percent",
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


def test_numbers_in_a_parquet_file_are_read_like_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Integers and floats in a typed file mean what they say."""
    pl.DataFrame(
        {
            "id": [1],
            "area": ["NCA9"],
            "indicator": ["migrant_stock"],
            "year": [2020],
            "value": [18_000_000.0],
            "unit": ["persons"],
            "qualifier": ["almost"],
        }
    ).write_parquet(tmp_path / "c.parquet")
    assert _run(capsys, str(tmp_path / "c.parquet"), "--out", str(tmp_path / "o.parquet"), "--quiet")[0] == 0
    assert pl.read_parquet(tmp_path / "o.parquet")["verdict"].to_list() == ["agrees"]


def test_a_region_of_one_s_own_is_added_up_from_its_members(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user's region works at either end of a corridor, and its total is the sum of its members."""
    held = journey.load_observations(None)
    cells = held.filter(
        (pl.col("indicator") == "migrant_stock")
        & (pl.col("area") == "RUS")
        & (pl.col("year") == 2020)
        & pl.col("counterpart").is_in(["KAZ", "KGZ"])
        & (pl.col("sex") == "_T")
        & (pl.col("edition") == "2020-12")
    )
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
    table = pl.DataFrame(
        {
            "id": ["1"],
            "area": ["TJK"],
            "indicator": ["migrant_stock"],
            "year": ["2020"],
            "value": ["5"],
            "unit": ["persons"],
            "verdict": ["agrees"],
            "publisher_response": ["we shall correct it"],
        }
    )
    again = journey.judge_claims(table, "claims", None)
    assert again["publisher_response"].to_list() == ["we shall correct it"]
    assert again["verdict"].to_list() == ["contradicted"]


def test_regions_need_their_columns() -> None:
    """A regions file without members is refused with its name."""
    with pytest.raises(TableInvalid, match=r"r\.csv"):
        take_regions(pl.DataFrame({"id": ["X"]}), "r.csv", regions())


def test_claims_are_kept_as_written() -> None:
    """Reading changes no cell."""
    table = pl.DataFrame(
        {
            "id": ["1"],
            "area": ["TJK"],
            "indicator": ["x"],
            "year": ["2020"],
            "value": ["6,6 млн"],
            "unit": ["persons"],
            "my note": ["a"],
        }
    )
    claims = take_claims(table, "claims")
    assert claims["claimed_value"].to_list() == ["6,6 млн"]
    assert json.loads(claims["free_columns"][0]) == {"my note": "a"}


@pytest.mark.parametrize(
    "rows",
    [
        ["NCA9,KAZ KGZ"],
        ["nca9,KAZ KGZ"],
        ["KAZ,KGZ TJK"],
        ["Russia,KAZ KGZ"],
        ["_T,KAZ KGZ"],
        ["MINE,KAZ KGZ", "mine,KAZ TJK"],
        ["A>B,KAZ KGZ"],
        ["A→B,KAZ KGZ"],
        ["MY REGION,KAZ KGZ"],
    ],
)
def test_a_region_under_an_id_with_another_meaning_is_refused(
    rows: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Known regions, areas, repeated ids and what reads as a corridor: exit 3, and nothing is written."""
    own = _write(tmp_path / "r.csv", *rows, header="id,members")
    given = _write(tmp_path / "c.csv", "1,NCA9,migrant_stock,2020,17707038,persons")
    code, _, said = _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--regions", own)
    assert code == 3
    assert rows[-1].split(",")[0].upper() in said
    assert not (tmp_path / "o.csv").exists()


def test_a_known_region_given_again_with_its_members_is_no_error() -> None:
    """In whatever order; its names stay."""
    members = " ".join(reversed(regions()["NCA9"].members))
    taken = take_regions(pl.DataFrame({"id": ["NCA9"], "members": [members]}), "r.csv", regions())
    assert taken["NCA9"] == regions()["NCA9"]


def test_the_output_never_replaces_the_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even by another way of writing its name: exit 2, and the file stays as it was."""
    given = _write(tmp_path / "c.csv", "1,TJK,migrant_stock,2020,5,persons")
    before = Path(given).read_bytes()
    (tmp_path / "sub").mkdir()
    for same in (given, str(tmp_path / "sub" / ".." / "c.csv")):
        code, _, said = _run(capsys, given, "--out", same)
        assert code == 2
        assert "overwrite the input" in said
    assert Path(given).read_bytes() == before


def test_repeated_ids_are_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr and in the summary; nothing where every row has its own."""
    given = _write(
        tmp_path / "c.csv", *["7,TJK,migrant_stock,2020,5,persons"] * 3, "8,TJK,migrant_stock,2020,6,persons"
    )
    code, said, errors = _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--json")
    assert code == 0
    assert json.loads(said)["repeated_ids"] == ["7"]
    assert errors.count("several rows: 7.") == 1
    single = _write(tmp_path / "s.csv", "7,TJK,migrant_stock,2020,5,persons")
    assert "several rows" not in _run(capsys, single, "--out", str(tmp_path / "o.csv"))[2]


def test_columns_of_the_reader_that_are_called_like_ours_are_kept() -> None:
    """Under another name; the columns of an earlier check are replaced, not piled up."""
    table = pl.DataFrame(
        {
            "id": ["1"],
            "area": ["TJK"],
            "indicator": ["migrant_stock"],
            "year": ["2020"],
            "value": ["5"],
            "unit": ["persons"],
            "verdict": ["doubtful"],
            "explanation": ["the editor's own words"],
        }
    )
    once = journey.judge_claims(table, "claims", None)
    assert once.select("verdict_given", "explanation_given", "verdict").row(0) == (
        "doubtful",
        "the editor's own words",
        "contradicted",
    )
    assert once.columns == [*table.columns[:6], "verdict_given", "explanation_given", *ADDED]
    again = journey.judge_claims(once, "claims", None)
    assert again.equals(once)


MAPPING = """
[source]
id = "my_office"
name_en = "My office"
name_ru = "Моё ведомство"
publisher = "My office"
title = "Population"
licence = "none"
address = "https://example.org"
edition = "2025-06-01"
[table]
decimal = "."
[columns]
area = "area"
period = "year"
values = "persons"
[definition]
id = "my_population"
indicator = "population"
unit = "persons"
concept = "residence"
measure = "stock"
direction = "none"
rule = "counted by hand"
coverage = "five persons"
unknown_origins = "not applicable"
"""


def test_an_own_table_in_a_workspace_does_not_change_the_verdicts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way: collected beside a publisher's figures, it is another source and not the latest edition."""
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    table = _write(tmp_path / "t.csv", "KGZ,2020,5", header="area,year,persons")
    with pytest.raises(SystemExit) as stopped:
        main(
            [
                "collect",
                "own_table",
                table,
                "--mapping",
                str(tmp_path / "m.toml"),
                "--workspace",
                str(tmp_path / "w"),
                "--quiet",
            ]
        )
    assert stopped.value.code == 0, capsys.readouterr().err
    mine = journey.load_observations(open_workspace(tmp_path / "w")).filter(pl.col("source") == "my_office")
    official = journey.load_observations(None).filter(
        (pl.col("indicator") == "population") & (pl.col("area") == "KGZ")
    )
    claims = take_claims(
        pl.DataFrame(
            {
                "id": ["1"],
                "area": ["KGZ"],
                "indicator": ["population"],
                "year": ["2020"],
                "value": ["5"],
                "unit": ["persons"],
            }
        ),
        "claims",
    )
    found = check_claims(claims, Observations.validate(pl.concat([official, mine]))).row(0, named=True)
    assert mine["value"].to_list() == [5]
    assert (found["verdict"], found["best_source"]) == ("agrees_with_edition", "world_population")
    assert "My office" in found["verdict_explanation"]


RUSSIAN = (
    "id;area;indicator;year;value;unit\n"
    "1;Узбекистан;remittances_received_percent_gdp;2022;17,2;percent\n"
    "2;Узбекистан > россия;migrant_stock;2020;1 146 175;человек\n"
    "3;UZB;remittances_received_usd;2022;1,234;usd_million\n"
    "4;UZB-RUS;migrant_stock;2020;5,5;persons\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
def test_a_russian_list_is_read_as_an_own_table_is(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Semicolons, decimal commas, any encoding; a comma that may mean two things is not read, with the reason."""
    given = tmp_path / "c.csv"
    given.write_bytes(RUSSIAN.encode(encoding))
    assert _run(capsys, str(given), "--out", str(tmp_path / "o.csv"), "--quiet")[0] == 0
    out = pl.read_csv(tmp_path / "o.csv", infer_schema=False)
    assert out["verdict"].to_list() == ["agrees", "agrees", "not_checkable", "not_checkable"]
    assert "decimal commas" in out["explanation"][2]
    assert "perhaps UZB>RUS is meant" in out["explanation"][3]


def test_commas_between_thousands_are_read_where_no_decimal_comma_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An English list keeps its meaning."""
    given = _write(
        tmp_path / "c.csv",
        '1,UZB>RUS,migrant_stock,2020,"1,146,175",persons',
        '2,UZB,births,2020,"841,814",persons',
    )
    assert _run(capsys, given, "--out", str(tmp_path / "o.csv"), "--quiet")[0] == 0
    assert "not_checkable" not in pl.read_csv(tmp_path / "o.csv")["verdict"].to_list()


def test_regions_are_read_in_the_same_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A list of regions from the same spreadsheet program."""
    regions_file = tmp_path / "r.csv"
    regions_file.write_bytes("ID;Members;Название\nTWO;KGZ TJK;две страны\n".encode("windows-1251"))
    given = _write(tmp_path / "c.csv", "1,TWO,migrant_stock,2020,475000,persons")
    arguments = (given, "--regions", str(regions_file), "--out", str(tmp_path / "o.csv"), "--quiet")
    assert _run(capsys, *arguments)[0] == 0
    assert "not an area" not in pl.read_csv(tmp_path / "o.csv")["explanation"][0]


def test_no_word_of_a_parser_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken list is refused in guzar's own words, in the reader's language."""
    (tmp_path / "c.csv").write_text('id,area\n1,"open', encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", "ru", "claims", "check", str(tmp_path / "c.csv")])
    said = capsys.readouterr().err
    assert stopped.value.code == 3
    assert "нарушены кавычки" in said
    assert "Error" not in said
