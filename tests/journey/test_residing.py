"""Files of crossings in, residence and stays out: any order, any form, whole or not at all."""

import gzip
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from guzar.errors import GuzarError, MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey import ResidenceRule, pair_stays, reside

RULE = ResidenceRule(365, 487, date(2014, 1, 1), date(2019, 12, 31))
ROWS = [
    # person, day, direction
    ("b", "2015-01-01", "entry"),
    ("a", "2015-03-01", "exit"),
    ("b", "2016-05-01", "exit"),
    ("a", "2015-03-10", "entry"),
    ("c", "2013-12-31", "entry"),
    ("c", "2016-01-01", "exit"),
    ("d", "2019-12-01", "entry"),
    ("d", "2020-02-01", "exit"),
]


def crossings(rows: Sequence[tuple[str, str, str]] = ROWS) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["person_id", "crossing_date", "direction"], orient="row")


def classified(source: Path, rule: ResidenceRule = RULE) -> pl.DataFrame:
    out = source.with_name("out.parquet")
    reside(source, out, rule)
    return pl.read_parquet(out)


def test_twelve_months_and_no_more_are_a_migration(tmp_path: Path) -> None:
    """By hand: b came for 486 days and left for good, a went abroad for nine days, d is not decided yet."""
    crossings().write_csv(tmp_path / "in.csv")
    tally = reside(tmp_path / "in.csv", tmp_path / "out.csv", RULE)
    found = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    told = found.select("person_id", "residence_before", "residence_after", "is_migration").rows()
    assert told == [
        ("a", "resident", "resident", "false"),
        ("a", "resident", "resident", "false"),
        ("b", "non_resident", "resident", "true"),
        ("b", "resident", "non_resident", "true"),
        ("c", "resident", "non_resident", "true"),
        ("d", "non_resident", None, None),
        ("d", None, None, None),
    ]
    assert (tally.persons, tally.crossings, tally.before_first_day, tally.after_last_day) == (4, 7, 1, 1)
    assert (tally.immigrations, tally.emigrations, tally.undecided) == (1, 2, 1)


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet", "timestamps", "enum"])
def test_every_form_of_a_file_gives_the_same(tmp_path: Path, form: str) -> None:
    """CSV, packed CSV, Parquet with dates as dates or moments, text or dictionaries."""
    expected = tmp_path / "expected.csv"
    crossings().write_csv(expected)
    table = crossings().with_columns(pl.col("crossing_date").str.to_date())
    place = tmp_path / f"in.{form if form.startswith('csv') else 'parquet'}"
    if form.startswith("csv"):
        table.write_csv(place, compression="gzip" if form.endswith("gz") else "uncompressed")
    elif form == "timestamps":
        table.cast({"crossing_date": pl.Datetime("ms")}).write_parquet(place)
    elif form == "enum":
        table.cast({"direction": pl.Categorical}).write_parquet(place)
    else:
        table.write_parquet(place)
    chosen = ["person_id", "days_in_country", "residence_after", "is_migration"]
    first, second = classified(expected), classified(place)
    assert first.select(chosen).rows() == second.select(chosen).rows()


def test_the_order_of_the_file_changes_nothing(tmp_path: Path) -> None:
    """Crossings of one moment without a sequence are put in turn, whatever their order in the file."""
    rows = [*ROWS, ("e", "2016-06-01", "entry"), ("e", "2016-06-01", "exit"), ("e", "2018-06-01", "entry")]
    crossings(rows).write_csv(tmp_path / "one.csv")
    crossings(rows[::-1]).write_csv(tmp_path / "two.csv")
    first, second = classified(tmp_path / "one.csv"), classified(tmp_path / "two.csv")
    assert first.equals(second)
    assert first.filter(pl.col("person_id") == "e")["direction"].to_list() == ["entry", "exit", "entry"]


def test_numbers_sort_as_numbers_and_are_kept(tmp_path: Path) -> None:
    """Persons 9 and 10 stand in this order, and stay whole numbers; other columns are carried along."""
    table = pl.DataFrame(
        {
            "port": ["x", "y"],
            "person_id": [10, 9],
            "crossing_date": ["2015-01-01", "2016-01-01"],
            "direction": ["exit", "exit"],
        }
    )
    table.write_csv(tmp_path / "in.csv")
    found = classified(tmp_path / "in.csv")
    assert found["person_id"].to_list() == [9, 10]
    assert found.columns[:4] == table.columns


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"direction": pl.lit("in")}, TableInvalid),
        ({"crossing_date": pl.lit("2015-02-30")}, TableInvalid),
        ({"crossing_date": pl.lit("01.02.2015")}, TableInvalid),
        ({"crossing_date": pl.lit("2015-02-03 10:00:00+05")}, TableInvalid),
        ({"person_id": pl.lit(None, pl.String)}, TableInvalid),
        ({"sequence": pl.lit("first")}, TableInvalid),
        ({"resident_at_start_given": pl.lit("perhaps")}, TableInvalid),
        ({"is_migration": pl.lit("true")}, TableInvalid),
    ],
)
def test_bad_crossings_are_refused_whole(
    tmp_path: Path, change: dict[str, pl.Expr], error: type[GuzarError]
) -> None:
    """One message that quotes no person, and no file under the final name."""
    crossings().with_columns(**change).write_csv(tmp_path / "in.csv")
    with pytest.raises(error) as refused:
        reside(tmp_path / "in.csv", tmp_path / "out.csv", RULE)
    assert "2015-0" not in str(refused.value).replace("2025", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


@pytest.mark.parametrize("form", ["csv", "csv.gz", "semicolon"])
def test_a_column_that_stands_there_twice_is_refused(tmp_path: Path, form: str) -> None:
    """Nobody knows which of two directions is meant; the engine would take the first without a word."""
    text = "person_id,crossing_date,direction,Direction\na,2015-01-01,entry,exit\na,2016-01-01,exit,entry\n"
    for heading in ("direction,direction", "direction, Direction"):
        content = text.replace("direction,Direction", heading).encode()
        place = tmp_path / ("in.csv.gz" if form == "csv.gz" else "in.csv")
        content = content.replace(b",", b";") if form == "semicolon" else content
        place.write_bytes(gzip.compress(content) if form == "csv.gz" else content)
        with pytest.raises(TableInvalid, match="direction"):
            reside(place, tmp_path / "out.csv", RULE)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("person", ["=cmd|'/c calc'!A1", "+SUM(A1)", "@x", " =1+1", "-a"])
def test_a_person_that_a_spreadsheet_would_run_is_refused(tmp_path: Path, form: str, person: str) -> None:
    """The row is told, its content is not; a number with a sign, or a dash inside, is text."""
    rows = [("b-1", "2015-01-01", "entry"), (person, "2015-02-01", "entry"), ("-12", "2015-02-01", "entry")]
    place = tmp_path / f"in.{form}"
    for table, is_good in ((crossings(rows), False), (crossings([rows[0], rows[2]]), True)):
        dated = table.with_columns(pl.col("crossing_date").str.to_date())
        dated.write_csv(place) if form == "csv" else dated.write_parquet(place)
        if is_good:
            assert classified(place).height == 2
            continue
        with pytest.raises(TableInvalid, match="formulas") as refused:
            reside(place, tmp_path / "out.csv", RULE)
        assert "person_id: 3" in refused.value.message()
        assert "calc" not in refused.value.message()


def test_damaged_and_missing_files_are_refused(tmp_path: Path) -> None:
    """No table, a table cut short, no columns, no file, its own place."""
    whole = tmp_path / "whole.parquet"
    crossings().with_columns(pl.col("crossing_date").str.to_date()).write_parquet(whole)
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole.read_bytes()[:-20])
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    for name in ("cut.parquet", "empty.csv", "other.csv"):
        with pytest.raises(TableInvalid):
            reside(tmp_path / name, tmp_path / "out.csv", RULE)
    for source, out in (
        ("none.csv", "out.csv"),
        ("whole.parquet", "whole.parquet"),
        ("whole.parquet", "out.txt"),
    ):
        with pytest.raises(SettingsInvalid):
            reside(tmp_path / source, tmp_path / out, RULE)
    assert not (tmp_path / "out.csv").exists()


def test_a_file_without_crossings_has_a_header(tmp_path: Path) -> None:
    """Nothing in, nothing out, but a table all the same."""
    crossings([]).write_csv(tmp_path / "in.csv")
    assert reside(tmp_path / "in.csv", tmp_path / "out.csv", RULE).crossings == 0
    assert (tmp_path / "out.csv").read_text().startswith("person_id,crossing_date,direction,in_window,")


@pytest.mark.parametrize(("threshold", "window"), [(366, 365), (180, 360), (0, 1), (-1, 5)])
def test_rules_that_do_not_decide_are_refused(tmp_path: Path, threshold: int, window: int) -> None:
    """V above W, or W of 2 V or more."""
    crossings().write_csv(tmp_path / "in.csv")
    with pytest.raises(MethodNotApplicable):
        reside(
            tmp_path / "in.csv",
            tmp_path / "out.csv",
            ResidenceRule(threshold, window, RULE.first_day, RULE.last_day),
        )


def test_gaps_are_split_dropped_or_refused(tmp_path: Path) -> None:
    """Two entries in a row: 731 days apart the first half makes a resident; or the person is left out, or all refused."""
    rows = [("g", "2015-01-01", "entry"), ("g", "2017-01-01", "entry"), ("h", "2015-01-01", "entry")]
    crossings(rows).write_csv(tmp_path / "in.csv")
    split = classified(tmp_path / "in.csv")
    assert split.filter(pl.col("person_id") == "g")["is_migration"].to_list()[0] is True
    dropping = ResidenceRule(365, 487, RULE.first_day, RULE.last_day, missing="drop")
    tally = reside(tmp_path / "in.csv", tmp_path / "drop.csv", dropping)
    assert (tally.persons, tally.persons_with_gaps_left_out) == (1, 1)
    refusing = ResidenceRule(365, 487, RULE.first_day, RULE.last_day, missing="refuse")
    with pytest.raises(TableInvalid, match="--missing impute"):
        reside(tmp_path / "in.csv", tmp_path / "refuse.csv", refusing)


def test_the_self_test_compares_with_the_plain_rule(tmp_path: Path) -> None:
    """Every person of a small file is classified twice."""
    crossings().write_csv(tmp_path / "in.csv")
    assert reside(tmp_path / "in.csv", tmp_path / "out.csv", RULE, self_test=True).checked_again == 4


def test_stays_say_how_each_end_is_known(tmp_path: Path) -> None:
    """Recorded, lost before the next entry, lost after the last exit, not seen."""
    rows = [
        ("a", "2015-01-01", "entry"), ("a", "2015-02-01", "exit"),
        ("b", "2015-01-01", "entry"), ("b", "2015-06-01", "entry"),
        ("c", "2015-01-01", "exit"), ("c", "2015-06-01", "exit"),
    ]  # fmt: skip
    crossings(rows).write_csv(tmp_path / "in.csv")
    paired = pair_stays(tmp_path / "in.csv", tmp_path / "stays.csv")
    assert vars(paired) == {"rows": 5, "beginnings_not_recorded": 2, "ends_not_recorded": 1, "not_ended": 1}
    assert pl.read_csv(tmp_path / "stays.csv", infer_schema=False).rows() == [
        ("a", "2015-01-01", "2015-02-01", "crossing", "crossing"),
        ("b", "2015-01-01", None, "crossing", "next_entry"),
        ("b", "2015-06-01", None, "crossing", "not_seen"),
        ("c", None, "2015-01-01", "not_seen", "crossing"),
        ("c", None, "2015-06-01", "previous_exit", "crossing"),
    ]


def test_a_code_of_own_citizens_that_no_crossing_has_is_refused(tmp_path: Path) -> None:
    """An empty table would look like a country without citizens; the codes found are named."""
    rows = [("a", "2015-01-01", "entry"), ("b", "2015-06-01", "exit")]
    crossings(rows).with_columns(citizenship=pl.Series(["UZB", "KGZ"])).write_csv(tmp_path / "in.csv")
    rule = ResidenceRule(365, 487, date(2015, 1, 1), date(2018, 12, 31), own_citizens="uzb")
    with pytest.raises(SettingsInvalid, match="UZB, KGZ"):
        reside(tmp_path / "in.csv", tmp_path / "out.csv", rule)
    assert not (tmp_path / "out.csv").exists()
    assert reside(tmp_path / "in.csv", tmp_path / "out.csv", replace(rule, own_citizens="UZB")).persons == 1


def test_the_origin_sees_absences(tmp_path: Path) -> None:
    """The same crossings from the other side: who left, who came back, which return was not recorded."""
    rows = [
        ("a", "2015-01-01", "exit"), ("a", "2015-09-01", "entry"),
        ("b", "2015-01-01", "entry"), ("b", "2016-01-01", "exit"), ("b", "2017-01-01", "exit"),
    ]  # fmt: skip
    crossings(rows).write_csv(tmp_path / "in.csv")
    assert pair_stays(tmp_path / "in.csv", tmp_path / "absences.csv", view="origin").rows == 4
    found = pl.read_csv(tmp_path / "absences.csv", infer_schema=False)
    assert found.columns == ["person_id", "left_on", "returned_on", "exit_known_by", "return_known_by"]
    assert found.rows() == [
        ("a", "2015-01-01", "2015-09-01", "crossing", "crossing"),
        ("b", None, "2015-01-01", "not_seen", "crossing"),
        ("b", "2016-01-01", None, "crossing", "next_exit"),
        ("b", "2017-01-01", None, "crossing", "not_seen"),
    ]
    with pytest.raises(SettingsInvalid):
        pair_stays(tmp_path / "in.csv", tmp_path / "other.csv", view="sideways")
