"""`guzar link` as it is typed: files in, files out, refusals in one message without a name."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.process.people_in_two_alphabets import make_people

from guzar.cli import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("link")
    records = make_people(1500, seed=11).drop("person_id", "script")
    records.write_csv(folder / "records.csv")
    records.head(1500).write_parquet(folder / "left.parquet")
    records.tail(records.height - 1500).write_parquet(folder / "right.parquet")
    wrong = records.head(3).with_columns(birth_date=pl.lit("31.12.1990"))
    wrong.write_csv(folder / "wrong.csv")
    records.head(3).drop("record_id").write_csv(folder / "unnumbered.csv")
    (folder / "no-number.csv").write_text("record_id,person\nr1,0\n", encoding="utf-8")
    (folder / "unknown.csv").write_text("record_id,person_id\nr1,0\n", encoding="utf-8")
    (folder / "two-persons.csv").write_text("record_id,person_id\nr1,0\nr1,1\n", encoding="utf-8")
    return folder


def _run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


def test_pairs_persons_and_a_sample_are_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, clusters, review = (folder / name for name in ("pairs.csv", "persons.parquet", "review.csv"))
    words = ("--out", out, "--clusters", clusters, "--review", review)
    assert _run("link", folder / "records.csv", *words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    pairs, persons = pl.read_csv(out), pl.read_parquet(clusters)
    assert pairs.columns == ["record_id_left", "record_id_right", "match_probability"]
    assert pairs["match_probability"].min() >= 0.9
    assert told["pairs"] == pairs.height > 500
    assert told["persons"] == persons["person_id"].n_unique()
    assert persons.height == told["records"]
    assert pl.read_csv(review).width == 5


def test_two_files_give_pairs_between_them(folder: Path) -> None:
    out = folder / "between.csv.gz"
    assert _run("link", folder / "left.parquet", folder / "right.parquet", "--out", out, "--quiet") == 0
    left = set(pl.read_parquet(folder / "left.parquet")["record_id"])
    assert set(pl.read_csv(out)["record_id_left"]) <= left


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["wrong.csv", "--out", "x.csv"], 3, "column birth_date: 3 rows"),
        (["unnumbered.csv", "--out", "x.csv"], 3, "no column record_id"),
        (["none.csv", "--out", "x.csv"], 2, "no file of records"),
        (["records.csv"], 2, "Nothing is to be written"),
        (["records.csv", "--out", "x.csv", "--engine", "abacus"], 2, "no engine"),
        (["records.csv", "--out", "x.csv", "--threshold", "2"], 2, "no threshold"),
        (["records.csv", "--out", "x.csv", "--memory", "much"], 2, "amount of memory"),
        (["left.parquet", "left.parquet", "--out", "x.csv", "--clusters", "y.csv"], 3, "both files"),
        (["records.csv", "--clusters", "x.csv", "--earlier", "none.csv"], 2, "no file of clusters none.csv"),
        (["records.csv", "--clusters", "x.csv", "--earlier", "no-number.csv"], 3, "no column person_id"),
        (["records.csv", "--clusters", "x.csv", "--earlier", "two-persons.csv"], 3, "several persons"),
        (["records.csv", "--clusters", "x.csv", "--earlier", "unknown.csv"], 2, "--highest-number"),
        (["records.csv", "--clusters", "x.csv", "--highest-number", "5"], 2, "belongs to --earlier"),
        (["records.csv", "--clusters", "x.csv", "--new-only"], 2, "--new-only belongs to --earlier"),
        (
            ["records.csv", "--clusters", "x.csv", "--earlier", "unknown.csv", "--new-only"],
            2,
            "--new-only belongs to --crossings",
        ),
        (["records.csv", "--out", "x.csv", "--review", "review.txt"], 2, "cannot write a table"),
        (
            ["records.csv", "--out", "x.csv", "--earlier", "two-persons.csv"],
            2,
            "new clusters are written too",
        ),
        (["records.csv", "--out", "x.csv", "--changes", "y.csv"], 2, "--changes belongs to --earlier"),
        (
            ["left.parquet", "right.parquet", "--clusters", "x.csv", "--earlier", "two-persons.csv"],
            2,
            "belongs to one table of records",
        ),
        (["records.csv", "--clusters", "two-persons.csv", "--earlier", "two-persons.csv"], 2, "written over"),
    ],
)
def test_refusals(
    folder: Path,
    words: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    assert _run("link", *words) == code
    told = capsys.readouterr().err
    assert said in told
    assert "31.12" not in told
    assert not (folder / "x.csv").exists()


def test_numbers_stay_from_linkage_to_linkage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half of the records, then all: who was seen before has the number of before, who is new one above all."""
    first, second, changes = (folder / name for name in ("first.csv", "second.csv", "changes.csv"))
    assert _run("link", folder / "right.parquet", "--clusters", first, "--quiet") == 0
    before = pl.read_csv(first)
    torn = before.filter(pl.len().over("person_id") > 1).row(
        0, named=True
    )  # one record of a person stands apart
    is_torn = pl.col("record_id") == torn["record_id"]
    before = before.with_columns(person_id=pl.when(is_torn).then(10**6).otherwise("person_id"))
    before.write_csv(first)
    words = ("--earlier", first, "--clusters", second, "--changes", changes)
    assert _run("link", folder / "records.csv", *words, "--lang", "en") == 0
    told, after, changed = capsys.readouterr(), pl.read_csv(second), pl.read_csv(changes)
    assert f"With the earlier linkage: {after.height} records" in told.out
    assert "Seen as one with another person now" in told.out + told.err
    both = before.join(after, on="record_id", suffix="_now")
    assert both.height == before.height
    assert changed["records"].sum() == (both["person_id"] != both["person_id_now"]).sum()
    assert (10**6, torn["person_id"], 1) in changed.rows()
    new = after.join(before, on="record_id", how="anti")["person_id"].unique()
    assert new.filter(new > 10**6).len() > 100
    assert new.filter(new <= 10**6).is_in(before["person_id"].implode()).all()


def test_numbers_of_a_table_numbered_anew_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same record ids, other records: the clusters of before are of nobody here, and nothing is written."""
    records, first = folder / "records.csv", folder / "numbered.csv"
    assert _run("link", records, "--clusters", first, "--quiet") == 0
    held = pl.read_csv(records, infer_schema=False)
    rows = held.drop("record_id").sample(fraction=1, shuffle=True, seed=4)
    rows.insert_column(0, held["record_id"]).write_csv(folder / "anew.csv")
    words = ("--earlier", first, "--clusters", folder / "after.csv", "--quiet")
    assert _run("link", folder / "anew.csv", *words) == 3
    assert "Under the numbers of the earlier records stand other records" in capsys.readouterr().err
    assert not (folder / "after.csv").exists()
    assert not (folder / "after.csv.about.json").exists()


def test_how_much_of_an_earlier_table_is_found_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing but the number of a record binds a table to earlier clusters: the share is told, and what contradicts."""
    first, part = folder / "whole.csv", folder / "part.csv"
    assert _run("link", folder / "records.csv", "--clusters", first, "--quiet") == 0
    held = pl.read_csv(folder / "records.csv", infer_schema=False)
    held.head(held.height // 2).write_csv(part)
    assert _run("link", part, "--earlier", first, "--clusters", folder / "c.csv", "--lang", "en") == 0
    told = capsys.readouterr().err
    assert f"{held.height // 2} of {held.height} earlier records (50.0 %)" in told
    about = json.loads((folder / "c.csv.about.json").read_text(encoding="utf-8"))
    assert about["earlier_records_found"] == held.height // 2
    assert about["records"] == held.height


def test_first_guesses_tell_how_to_look_at_pairs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = folder / "few.csv"
    pl.read_csv(folder / "records.csv", infer_schema=False).head(30).write_csv(few)
    assert _run("link", few, "--out", folder / "o.csv", "--lang", "en") == 0
    assert "link again with --review F" in capsys.readouterr().err
    review = folder / "few-review.csv"
    assert _run("link", few, "--out", folder / "o.csv", "--review", review, "--lang", "en") == 0
    assert f"Look at the sample in {review}" in capsys.readouterr().err
