"""`guzar pseudonymise` and `guzar keys`: what is taken, what is refused, and that a second run leaves the same tree."""

import gzip
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

HEADING = "record_id,surname,given_name,sex,birth_date,birth_place,citizenship,document_number,"
CROSSINGS = f"""{HEADING}crossing_date,direction,port,mode
1,Vvorkhan,Ubbo,M,1931-03-12,QMB,QMB,АА 1234567,2024-03-01 14:30:00,entry,P1,road
2,VVORKHAN,UBBO,M,1931-03-12,Kzan,QMB,AA1234567,2024-06-01,exit,P1,road
3,Zzif,Ubbo,F,,QMB,QMB,,2024-06-01T10:00:00,exit,P1,air
"""
REGISTER = (
    f"{HEADING}personal_number,resident_from\n7,Vvorkhan,Ubbo,M,1931-03-12,QMB,QMB,AA1234567,77,2020-01-01\n"
)
SURVEY = (
    "record_id,household_id,survey_weight,stratum,cluster,interview_date,sex,age,is_absent\n"
    "1,h1,812.5,s,c,2024-05-01,F,40,true\n"
)
UNTIL = (date.today() + timedelta(days=365)).isoformat()
RECEIPT = (
    f'holder = "Made-up office"\nlegal_basis = "Law 1"\npurpose = "statistics"\nretention_until = {UNTIL}\n'
)


def _say(*words: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A delivery of crossings with its receipt, and a key file."""
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "crossings.csv").write_text(CROSSINGS, encoding="utf-8")
    (tmp_path / "sent" / "receipt.toml").write_text(RECEIPT, encoding="utf-8")
    assert _say("keys", "new", tmp_path / "guzar.key")[0] == 0
    return tmp_path


def _split(place: Path, *more: object, out: str = "out") -> tuple[int, str, str]:
    return _say("pseudonymise", place / "sent", "--keys", place / "guzar.key", "--out", place / out, *more)


def _tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_delivery_is_split(place: Path) -> None:
    """Two spellings of one document are one person; who has none is counted; the summary says all of it."""
    code, said, err = _split(place, "--json")
    assert (code, err) == (0, "")
    told = json.loads(said)
    assert (told["rows"], told["identity_rows"], told["without_document"]) == ({"crossings": 3}, 3, 1)
    assert told["retention_until"] == UNTIL
    kept = pl.read_parquet(place / "out" / "records" / "crossings" / "*.parquet")
    tokens = kept.filter(pl.col("birth_year") == 1931)["person_token"]
    assert (len(tokens), tokens.n_unique(), tokens.null_count()) == (2, 1, 0)
    assert "surname" not in kept.columns
    header = json.loads(next((place / "out").rglob("header.json")).read_text(encoding="utf-8"))
    assert (header["rows"], header["retention_until"]) == (3, UNTIL)


def _renumbered(before: str) -> str:
    heading, *rows = CROSSINGS.splitlines()
    return "\n".join([heading, *(before + row for row in rows)]) + "\n"


def test_every_form_and_kind_is_read(place: Path) -> None:
    """Packed text and Parquet beside plain text; register and survey beside crossings; a survey seals nothing."""
    (place / "sent" / "more.csv.gz").write_bytes(gzip.compress(_renumbered("2").encode()))
    pl.read_csv(_renumbered("3").encode(), infer_schema=False).write_parquet(place / "sent" / "third.parquet")
    (place / "sent" / "register.csv").write_text(REGISTER, encoding="utf-8")
    (place / "sent" / "survey.csv").write_text(SURVEY, encoding="utf-8")
    code, said, _ = _split(place, "--json")
    told = json.loads(said)
    assert code == 0
    assert told["rows"] == {"crossings": 9, "registered_residents": 1, "survey_answers": 1}
    assert told["identity_rows"] == 10
    tables = {
        path.parent.name: pl.read_parquet(path) for path in (place / "out" / "records").rglob("*.parquet")
    }
    assert tables["survey_answers"]["is_absent"].to_list() == [True]
    assert tables["registered_residents"]["person_token"][0] in set(tables["crossings"]["person_token"])


def test_a_second_run_leaves_the_same_tree(place: Path) -> None:
    """Byte for byte, also over what the first one left."""
    assert _split(place)[0] == 0
    before = _tree(place / "out")
    assert _split(place)[0] == 0
    assert _tree(place / "out") == before
    assert _split(place, out="again")[0] == 0
    assert _tree(place / "again") == before


def test_a_rotated_key_makes_other_tokens(place: Path) -> None:
    """As the message of the rotation says; the older names still open for a purge and for linking."""
    assert _split(place)[0] == 0
    code, said, _ = _say("keys", "rotate", place / "guzar.key")
    assert (code, "other pseudonyms" in said) == (0, True)
    assert _split(place, out="later")[0] == 0
    first, second = (
        set(
            pl.read_parquet(place / name / "records" / "crossings" / "*.parquet")["person_token"].drop_nulls()
        )
        for name in ("out", "later")
    )
    assert first.isdisjoint(second)


def test_bad_rows_are_left_out_and_counted(place: Path) -> None:
    """By column, never by content; a delivery of nothing but bad rows is refused."""
    heading, *rows = CROSSINGS.splitlines()
    bad = [row.replace("road", "Zeppelin").replace(",entry,", ",hither,") for row in rows[:1]]
    (place / "sent" / "crossings.csv").write_text("\n".join([heading, *rows, *bad]) + "\n", encoding="utf-8")
    code, _, err = _split(place)
    assert code == 0
    assert "column direction: 1" in err
    assert "Zeppelin" not in err
    (place / "sent" / "crossings.csv").write_text("\n".join([heading, *bad]) + "\n", encoding="utf-8")
    code, _, err = _split(place, out="none")
    assert code == 3
    assert not (place / "none").exists()


def _spoil(place: Path, change: str) -> None:
    """Make one thing wrong."""
    sent, key = place / "sent", place / "guzar.key"
    table = io.BytesIO()
    pl.read_csv(CROSSINGS.encode()).write_parquet(table)
    written = {
        "purpose": (sent / "receipt.toml", RECEIPT.replace('"statistics"', '"control"')),
        "retention": (sent / "receipt.toml", RECEIPT.replace(UNTIL, "2020-01-01")),
        "no legal basis": (sent / "receipt.toml", RECEIPT.replace('"Law 1"', '""')),
        "key inside": (place / "guzar.toml", "format = 1\n"),
        "damaged key": (key, "x"),
        "other columns": (sent / "crossings.csv", "surname,x\nVvorkhan,1\n"),
        "cut": (sent / "crossings.parquet", table.getvalue()[:-40]),
    }
    removed = {"no receipt": sent / "receipt.toml", "no key": key, "no delivery": sent / "crossings.csv"}
    if change in removed:
        removed[change].unlink()
    elif change in written:
        path, content = written[change]
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    else:
        key.chmod(0o644)


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ("no receipt", 3, "without a receipt"),
        ("purpose", 3, "purpose"),
        ("retention", 3, "past"),
        ("no legal basis", 3, "legal_basis"),
        ("readable key", 2, "chmod 600"),
        ("key inside", 2, "outside every workspace"),
        ("no key", 2, "guzar keys new"),
        ("damaged key", 2, "damaged"),
        ("no delivery", 2, "no delivery"),
        ("other columns", 3, "no table of records"),
        ("cut", 3, "cut short"),
    ],
)
def test_what_may_not_be_is_refused(place: Path, change: str, code: int, says: str) -> None:
    """One message, the exit code of the one who must act, nothing left behind."""
    _spoil(place, change)
    found, _, err = _split(place)
    assert (found, says in err) == (code, True), err
    assert err.count("guzar: ") == 1
    assert "Vvorkhan" not in err
    assert not (place / "out").exists()


def test_names_are_purged_with_a_receipt(place: Path) -> None:
    """What, how many, when and who; the folder is not filled again over its receipt."""
    assert _split(place)[0] == 0
    code, said, _ = _say("keys", "purge-links", "--workspace", place / "out", "--by", "A. Clerk", "--json")
    receipt = json.loads(said)
    assert code == 0
    assert (receipt["rows"], receipt["purged_by"], len(receipt["entries"])) == (3, "A. Clerk", 1)
    assert not list((place / "out").rglob("*.sealed"))
    assert _split(place)[0] == 2
    assert _say("keys", "purge-links", "--workspace", place)[0] == 2
    assert not (place / "linking").exists()


def test_a_scan_that_compares_nothing_is_refused(place: Path) -> None:
    """An empty folder, or a delivery that names nobody, is no proof."""
    (place / "run").mkdir()
    assert _say("keys", "check-leaks", place / "sent", "--run", place / "run")[0] == 2
    (place / "run" / "log").write_text("Vvorkhan", encoding="utf-8")
    assert _say("keys", "check-leaks", place / "sent", "--run", place / "run")[0] == 4
    (place / "sent" / "crossings.csv").write_text(SURVEY, encoding="utf-8")
    assert _say("keys", "check-leaks", place / "sent", "--run", place / "run")[0] == 2


def test_a_record_that_comes_again_is_kept_once(place: Path) -> None:
    """In the same file and in another one, however the number of its document is stored; it is counted as left out."""
    heading, *rows = CROSSINGS.splitlines()
    twice = "\n".join([heading, *rows, rows[0]]) + "\n"
    (place / "sent" / "crossings.csv").write_text(twice, encoding="utf-8")
    pl.read_csv(CROSSINGS.encode(), infer_schema=False).write_parquet(place / "sent" / "again.parquet")
    code, said, _ = _split(place, "--json")
    assert code == 0
    assert json.loads(said)["rows"] == {"crossings": 3}
    assert json.loads(said)["identity_rows"] == 3
    assert json.loads(said)["left_out"] == {"record_id": 4}


def test_a_number_that_was_stored_as_a_fraction_is_the_same_document(place: Path) -> None:
    """9000001.0, as pandas writes a column with gaps, is 9000001; whole numbers and dates may be typed."""
    frame = pl.read_csv(CROSSINGS.replace("АА 1234567", "9000001").replace("AA1234567", "9000001").encode())
    typed = frame.with_columns(
        pl.col("document_number").cast(pl.Int64).cast(pl.Float64), pl.col("birth_date").str.to_date()
    )
    frame.write_csv(place / "sent" / "crossings.csv")
    assert _split(place, out="as-text")[0] == 0
    (place / "sent" / "crossings.csv").unlink()
    typed.write_parquet(place / "sent" / "crossings.parquet")
    assert _split(place, out="as-number")[0] == 0
    one, other = (
        pl.read_parquet(place / out / "records" / "crossings" / "*.parquet")
        for out in ("as-text", "as-number")
    )
    assert one.equals(other)
    assert one["person_token"].null_count() == 1


@pytest.mark.parametrize(
    ("column", "spoilt", "says"),
    [
        ("crossing_date", pl.datetime(2024, 3, 1, 23, 30, time_zone="Asia/Dushanbe"), "time zone"),
        ("crossing_date", pl.datetime(2024, 3, 1, 18, 30, time_zone="UTC"), "time zone"),
        ("surname", pl.concat_list(pl.lit("Vvorkhan"), pl.lit("Zzif")), "surname"),
        ("document_number", pl.lit(b"AA1234567"), "document_number"),
        ("port", pl.struct(pl.lit("P1").alias("a")), "port"),
    ],
)
def test_columns_of_other_kinds_are_refused_by_both_doors(
    place: Path, column: str, spoilt: pl.Expr, says: str
) -> None:
    """A moment with a zone is not the time of the post; a list is no cell. The column is named, nothing is shifted."""
    frame = pl.read_csv(CROSSINGS.encode(), infer_schema=False).with_columns(
        pl.col("birth_date").str.to_date(), spoilt.alias(column)
    )
    (place / "sent" / "crossings.csv").unlink()
    frame.write_parquet(place / "sent" / "crossings.parquet")
    given = ["--keys", place / "guzar.key", "--receipt", place / "sent" / "receipt.toml"]
    for code, _, err in (
        _split(place),
        _say("collect", "borders", place / "sent" / "crossings.parquet", *given, "--workspace", place / "w"),
    ):
        assert code == 3, err
        assert says in err
        assert column in err
        assert "Vvorkhan" not in err


def test_a_name_in_the_column_of_ports_costs_its_row_and_many_cost_the_delivery(place: Path) -> None:
    """By both doors: one slip is set aside, exchanged columns are refused; a formula is no port."""
    heading, row, *_ = CROSSINGS.splitlines()
    rows = [row.replace("1,Vvorkhan", f"{number},Vvorkhan", 1) for number in range(1, 1501)]
    rows[3] = rows[3].replace(",P1,", ",VVORKHAN UBBO,")
    rows[5] = rows[5].replace(",P1,", ",\"=cmd|'/c calc'!A1\",")
    given = ["--keys", place / "guzar.key", "--receipt", place / "sent" / "receipt.toml"]
    file = place / "sent" / "crossings.csv"
    for slips, expected in ((4, 0), (20, 3)):
        spoilt = [
            one.replace(",P1,", ",12.03.1931,") if at % 1500 < slips - 1 else one
            for at, one in enumerate(rows)
        ]
        file.write_text("\n".join([heading, *spoilt]) + "\n", encoding="utf-8")
        split = _split(place, "--json", out=f"out-{slips}")
        taken = _say("collect", "borders", file, *given, "--workspace", place / f"w-{slips}", "--json")
        assert (split[0], taken[0]) == (expected, expected), (split, taken)
        for _, said, err in (split, taken):
            assert not any(name in (said + err).casefold() for name in ("vvorkhan", "cmd|"))
            assert expected == 0 or "port" in err
        if expected == 0:
            assert json.loads(split[1])["left_out"] == {"port": 5}
            [done] = json.loads(taken[1])["collected"]
            assert (done["kept"], done["refused"]) == (1495, 5)
