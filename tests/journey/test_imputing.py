"""`guzar residence --missing impute`: from a file to a report of totals, with its assumptions; nothing about a person."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.house.canaries import say
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.define.tables.missing_exits import ImputedMeasures
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey import ResidenceRule, impute, reside
from guzar.process.missing_exits.crossing_log import NO_LIMIT

OBSERVED = ("--observed-from", "2016-01-01", "--observed-to", "2021-12-31")


@pytest.fixture(scope="module")
def crossings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world in a file, as an office would hand it over."""
    log = make_world(7, World(persons=900)).log
    days = pl.Series(log.permitted_until, dtype=pl.Int64)
    frame = pl.DataFrame(
        {
            "person_id": [f"p{number:05d}" for number in log.person],
            "crossing_date": pl.Series(log.day, dtype=pl.Int32).cast(pl.Date),
            "direction": np.where(log.is_entry == 1, "entry", "exit"),
            "port": [log.ports[place] for place in log.port],
            "permitted_until": days.set(days == NO_LIMIT, None).cast(pl.Int32).cast(pl.Date),
            "resident_at_start_given": (log.given == 1)[log.person],
        }
    )
    path = tmp_path_factory.mktemp("crossings") / "crossings.parquet"
    frame.sample(fraction=1, shuffle=True, seed=1).write_parquet(path)
    return path


@pytest.fixture(scope="module")
def table(crossings: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """What is estimated from them."""
    return impute(crossings, tmp_path_factory.mktemp("estimated") / "report.csv", RULE, draws=5).table


def test_the_report_is_a_table_of_totals(crossings: Path, tmp_path: Path) -> None:
    """Every measure and year once, by the declared schema; no column and no value of a person."""
    out = tmp_path / "report.csv"
    said = say("residence", crossings, *OBSERVED, "--missing", "impute", "--draws", "5", "--report", out)
    assert said[0] == 0, said[1]
    report = pl.read_csv(out)
    assert report.columns == ImputedMeasures.column_names()
    assert report.height == 5 * 6
    values = ("lower", "median", "upper", "range_lower", "range_upper", "as_recorded", "left_out")
    assert {report.schema[name] for name in values} == {pl.Int64}  # whole persons
    assert report.filter(pl.col("status") == "identified_under_A1").height > 10
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "p000" not in written
    assert {path.name for path in tmp_path.iterdir()} == {"report.csv", "report.csv.assumptions.json"}
    told = json.loads((tmp_path / "report.csv.assumptions.json").read_text(encoding="utf-8"))
    assert [text[:2] for text in told["assumptions"]] == ["A1", "A2", "A3", "A4", "A5"]
    assert 0.8 < told["exits_recorded_share"] < 0.95
    assert told["entries_recorded_share"] > 0.99
    assert "AIR" not in written  # coverage by port stays inside
    assert "A1:" in said[1]
    shown = [" ".join(line.split()) for line in said[1].splitlines()]
    rows = report.filter(pl.col("measure") == "immigrations", pl.col("year") == 2018).to_dicts()
    assert "what is counted year low end value high end status" in shown
    ends = " ".join(str(rows[0][name]) for name in ("lower", "median", "upper"))
    assert f"2018 {ends} known if A1 holds" in shown
    begin = shown.index("what is counted year low end value high end status")
    assert max(map(len, said[1].splitlines()[begin : begin + 25])) <= 80
    assert told["false_crossings"]["wrong_directions"] == {"number": 0, "lower": 0, "upper": 0}
    assert "How many entries were refused cannot be told" in said[1]


def test_the_result_does_not_depend_on_form_order_or_numbers(
    crossings: Path, table: pl.DataFrame, tmp_path: Path
) -> None:
    """Shuffled Parquet, and CSV in the order of other numbers of persons: the same report, to the last digit."""
    other = tmp_path / "other.csv"
    number = pl.col("person_id").str.slice(1).cast(pl.Int64)
    renumbered = pl.read_parquet(crossings).with_columns(person_id=(number * 7919) % 10007)
    renumbered.sort("person_id", "crossing_date").write_csv(other)
    assert impute(other, tmp_path / "out.parquet", RULE, draws=5).table.equals(table)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(table)


def test_an_open_border_leaves_no_number(crossings: Path, tmp_path: Path) -> None:
    """A border without records is not seen in the log: named, it takes every number away."""
    out = tmp_path / "report.csv"
    said = say(
        "residence", crossings, *OBSERVED, "--missing", "impute", "--open-borders", "OPEN1", "--report", out
    )
    assert said[0] == 0, said[1]
    report = pl.read_csv(out)
    assert report["status"].unique().to_list() == ["not_observed"]
    assert report["upper"].null_count() == report.height
    assert report["as_recorded"].null_count() == report["left_out"].null_count() == report.height
    assert "Borders that keep no records, as you say: OPEN1." in said[1]
    assert "not observed (a border that keeps no records is in use): 30 rows" in said[1]
    assert "Every number rests" not in said[1]
    with pytest.raises(SettingsInvalid, match="exits are recorded in the crossings: AIR"):
        impute(crossings, out, RULE, draws=5, open_borders=["OPEN1", "air"])


def test_one_port_name_for_all_is_enough_for_one_coverage(crossings: Path, tmp_path: Path) -> None:
    """Without ports there is one unknown: still identified, with a wider belief in one port."""
    source = tmp_path / "no_ports.parquet"
    pl.read_parquet(crossings).drop("port", "permitted_until").write_parquet(source)
    found = impute(source, tmp_path / "report.csv", RULE, draws=5)
    assert found.ports_told_apart
    beyond = found.table.filter(pl.col("measure") == "stays_beyond_recorded_permission")
    assert beyond["status"].unique().to_list() == ["not_observed"]


def test_ports_that_cannot_be_told_apart_give_bounds_only(crossings: Path, tmp_path: Path) -> None:
    """Ports dealt out by chance, the same for everybody: no point value anywhere, and the reason."""
    source, frame = tmp_path / "mixed.parquet", pl.read_parquet(crossings)
    codes = np.random.default_rng(3).choice(["N", "S"], frame.height)
    frame.with_columns(port=pl.Series(codes)).write_parquet(source)
    found = impute(source, tmp_path / "report.csv", RULE, draws=5)
    assert not found.ports_told_apart
    assert found.table["median"].null_count() == found.table.height
    bounded = found.table.filter(pl.col("status") == "bounded")
    assert bounded.height == found.table.height
    assert bounded["status_reason"].str.contains("ports_not_told_apart").all()


def test_a_stock_needs_its_base(crossings: Path, tmp_path: Path) -> None:
    """With a base the stock stands in the place of residents seen in crossings."""
    base = tmp_path / "base.csv"
    years = "2016,,10,5\n2017,,10,5\n2018,,,\n2019,,10,5\n"
    base.write_text("year,population,births,deaths\n2015,50000,7,7\n" + years, encoding="utf-8")
    table = impute(crossings, tmp_path / "report.csv", RULE, draws=5, base_stock=base).table
    stock = table.filter(pl.col("measure") == "stock_end_of_year")
    assert stock["year"].to_list() == list(range(2016, 2022))
    net = table.filter(pl.col("measure") == "net_migration")
    assert stock["median"][0] == pytest.approx(50000 + 5 + net["median"][0], abs=1)
    assert table.filter(pl.col("measure") == "residents_seen_in_crossings").is_empty()
    known = stock.filter(pl.col("status") != "not_observed")
    assert known["year"].to_list() == [2016, 2017]  # births and deaths of later years are empty, or not given
    later = stock.filter(pl.col("year") > 2017)
    assert later["status_reason"].unique().to_list() == ["births_or_deaths_not_given"]
    assert later.select("lower", "upper", "range_lower", "as_recorded").null_count().row(0) == (4, 4, 4, 4)


BASE = "year,population,births,deaths\n"
HEAD = "kind,counted_from,counted_to,exits,standard_error,counted_by\n"


def test_outside_counts_that_cannot_be_true_narrow_nothing(crossings: Path, tmp_path: Path) -> None:
    """Twice the exits: a failed diagnostic in words, in every row and in the file; the range is that of all δ."""
    outside, out = tmp_path / "outside.csv", tmp_path / "report.csv"
    outside.write_text(f"{HEAD}other,2016-01-01,2021-12-31,9999,10,Made-up count\n", encoding="utf-8")
    asked = ("--missing", "impute", "--draws", "5", "--report", out, "--outside-counts", outside)
    said = say("residence", crossings, *OBSERVED, *asked)
    assert said[0] == 0, said[1]
    assert "outside counts agree with the estimate under no δ" in said[1]
    assert "2016-01-01 to 2021-12-31: counted by Made-up count 9,999; recorded " in said[1]
    assert pl.read_csv(out)["status_reason"].str.contains("diagnostic_failed_outside_counts").all()
    told = json.loads((tmp_path / "report.csv.assumptions.json").read_text(encoding="utf-8"))
    assert told["failed"][-1] == "outside_counts"
    assert told["outside"]["delta_lower"] == pytest.approx(-np.log(2))
    assert told["outside"]["counts"][0]["counted_by"] == "Made-up count"
    exits = [each["exits"] for each in told["outside"]["counts"][0]["exits_estimated"]]
    assert told["outside"]["counts"][0]["exits_recorded"] < exits[0] < exits[-1] < 9999


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind,exits\nother,5\n", "counted_from, counted_to, counted_by"),
        (HEAD, "no outside counts"),
        (f"{HEAD}guess,2016-01-01,2016-12-31,100,5,X\n", "used: kind"),
        (f"{HEAD}other,2015-01-01,2016-12-31,100,5,X\n", "used: counted_from"),
        (f"{HEAD}other,2017-01-01,2016-12-31,100,5,X\n", "used: counted_to"),
        (f"{HEAD}other,2017-01-01,2022-01-01,100,5,X\n", "used: counted_to"),
        (f"{HEAD}other,2017-01-01,soon,100,5,X\n", "used: counted_to"),
        (f"{HEAD}other,2016-01-01,2016-12-31,0,5,X\n", "used: exits"),
        (f"{HEAD}other,2016-01-01,2016-12-31,100,0,X\n", "used: standard_error"),
        (f"{HEAD}other,2016-01-01,2016-12-31,100,inf,X\n", "used: standard_error"),
        (f"{HEAD}other,2016-01-01,2016-12-31,100,5,\n", "used: counted_by"),
        (
            f"{HEAD}other,2016-01-01,2016-12-31,100,5,X\nother,2016-12-31,2017-12-31,100,5,X\n",
            "share days",
        ),
        (f"port,{HEAD}AIR,other,2016-01-01,2016-12-31,100,5,X\n", "by port"),
    ],
)
def test_outside_counts_that_make_no_sense_are_refused(
    crossings: Path, tmp_path: Path, text: str, words: str
) -> None:
    """One message that names the column, before anything is estimated."""
    outside = tmp_path / "outside.csv"
    outside.write_text(text, encoding="utf-8")
    with pytest.raises(TableInvalid, match=words):
        impute(crossings, tmp_path / "report.csv", RULE, draws=5, outside_counts=outside)


def test_outside_counts_go_with_no_other_correction(crossings: Path, tmp_path: Path) -> None:
    """With an open border no exits of the country are estimated to hold them against."""
    outside = tmp_path / "outside.csv"
    outside.write_text(f"{HEAD}other,2016-01-01,2016-12-31,100,5,X\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="all exits of the log"):
        impute(
            crossings, tmp_path / "report.csv", RULE, draws=5, outside_counts=outside, open_borders=["OPEN1"]
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("year,population\n2015,5\n", "no column births, deaths"),
        (f"{BASE}2015,5,,\n2017,,1,1\n", "missing between 2015 and 2017"),
        (f"{BASE}2015,,,\n2016,,1,1\n", "column population, year 2015"),
        (f"{BASE}2015,5,,\n2016,,,1\n", "column births, year 2016"),
        (f"{BASE}2015,NaN,,\n2016,,1,1\n", "column population, year 2015"),
        (f"{BASE}2015,5,,\n2016,,inf,1\n", "column births, year 2016"),
        (f"{BASE}2015,5,,\n2016,,1,-10\n", "column deaths, year 2016"),
        (f"{BASE}15,5,,\n", "no year"),
        (f"{BASE}2015,5,,\n", "births and deaths of 2016 are not given"),
        (f"{BASE}2014,5,,\n2015,,1,1\n2016,,1,1\n", "from 2015 to 2020"),  # migration of 2015 is not observed
        (f"{BASE}2021,5,,\n2022,,1,1\n", "from 2015 to 2020"),
        (BASE, "no row below"),
        ("", "cannot be read"),
    ],
)
def test_a_base_with_holes_is_refused(crossings: Path, tmp_path: Path, text: str, words: str) -> None:
    """A column, a year, the population or a birth missing, or no count; a year that is none, or not joined to the log."""
    base = tmp_path / "base.csv"
    base.write_text(text, encoding="utf-8")
    with pytest.raises(TableInvalid, match=words):
        impute(crossings, tmp_path / "report.csv", RULE, draws=5, base_stock=base)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--missing impute", "--report is not given"),
        ("--missing impute --report r.csv --out o.csv", "there is nothing for --out"),
        ("--missing impute --out o.csv --deaths d.csv --self-test", "lost exits: --out, --deaths.\n"),
        ("--missing impute --report r.csv --open-borders OPEN1 --self-test", "lost exits: --open-borders.\n"),
        ("--missing impute --report r.csv --own-citizens QMA", "only where --self-test is asked for"),
        ("--missing impute --report r.csv --permission-rules UZB", "rules ship: KAZ, RUS"),
        ("--missing impute --report r.csv --observed-to 2015-12-31", "holds no day"),
        ("--missing impute --report r.txt", "guzar cannot write a table to r.txt"),
        ("--report r.csv --draws 7 --out o.csv", "go with --missing impute only: --report, --draws."),
        ("", "--out is not given"),
    ],
)
def test_imputation_writes_a_report_and_nothing_else_does(crossings: Path, words: str, told: str) -> None:
    """No table of persons with imputation, no report without it; each mistake has a message of its own."""
    done, said = say("residence", crossings, *OBSERVED, *words.split())[:2]
    assert (done, told in said) == (SettingsInvalid.exit_code, True), said


def test_crossings_that_tell_nothing_are_refused(tmp_path: Path) -> None:
    """One entry and one exit: no cycle closes. No file is left."""
    rows = [("a", "2016-03-01", "entry"), ("a", "2018-04-01", "exit")]
    pl.DataFrame(rows, schema=["person_id", "crossing_date", "direction"], orient="row").write_csv(
        tmp_path / "in.csv"
    )
    rule = ResidenceRule(365, 487, date(2016, 1, 1), date(2019, 12, 31))
    with pytest.raises(MethodNotApplicable, match="No exit is recorded between two entries"):
        impute(tmp_path / "in.csv", tmp_path / "report.csv", rule)
    pl.DataFrame(rows[:0], schema=["person_id", "crossing_date", "direction"], orient="row").write_csv(
        tmp_path / "none.csv"
    )
    short = [("a", "2016-03-01", "entry"), ("a", "2016-04-01", "exit"), ("a", "2016-05-01", "entry")]
    pl.DataFrame(short, schema=["person_id", "crossing_date", "direction"], orient="row").write_csv(
        tmp_path / "short.csv"
    )
    with pytest.raises(MethodNotApplicable, match="span"):
        impute(tmp_path / "short.csv", tmp_path / "report.csv", rule)
    with pytest.raises(MethodNotApplicable, match="hold no row"):
        impute(tmp_path / "none.csv", tmp_path / "report.csv", rule)
    (tmp_path / "nothing.csv").write_text("", encoding="utf-8")
    with pytest.raises(TableInvalid, match="is empty: nothing"):
        impute(tmp_path / "nothing.csv", tmp_path / "report.csv", rule)
    assert not (tmp_path / "report.csv").exists()


def test_what_is_counted_without_estimating_stands_beside_the_estimate(
    crossings: Path, table: pl.DataFrame, tmp_path: Path
) -> None:
    """as_recorded and left_out are what --missing midpoint and drop find, year by year."""
    for column, missing in (("as_recorded", "midpoint"), ("left_out", "drop")):
        found = tmp_path / f"{missing}.parquet"
        reside(crossings, found, replace(RULE, missing=missing))
        migrations = pl.read_parquet(found).filter("is_migration")
        for measure, direction in (("immigrations", "entry"), ("emigrations", "exit")):
            years = migrations.filter(pl.col("direction") == direction)["crossing_date"].dt.year()
            rows = table.filter(pl.col("measure") == measure)
            assert rows[column].to_list() == [years.eq(year).sum() for year in rows["year"]]
    net = table.filter(pl.col("measure") == "net_migration")
    came, left = (table.filter(pl.col("measure") == name) for name in ("immigrations", "emigrations"))
    assert net["as_recorded"].to_list() == (came["as_recorded"] - left["as_recorded"]).to_list()
    assert table["as_recorded"].sum() > table["left_out"].sum() > 1000


@pytest.fixture(scope="module")
def citizens(crossings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same crossings with citizenship: a third of the persons come as KAZ, and some of them leave as RUS later."""
    frame = pl.read_parquet(crossings).sort("person_id", "crossing_date")
    number = pl.col("person_id").str.slice(1).cast(pl.Int64)
    turn = pl.int_range(pl.len()).over("person_id")
    code = (
        pl.when(number % 3 != 0).then(pl.lit("UZB")).when((number % 2 == 0) & (turn > 1)).then(pl.lit("RUS"))
    )
    path = tmp_path_factory.mktemp("citizens") / "citizens.parquet"
    frame.with_columns(citizenship=code.otherwise(pl.lit("KAZ"))).write_parquet(path)
    return path


def test_persons_are_chosen_by_the_document_of_their_first_crossing(citizens: Path, tmp_path: Path) -> None:
    """Whole persons, with crossings on later documents too: the same as if the others stood in no file."""
    alone, frame = tmp_path / "alone.parquet", pl.read_parquet(citizens)
    frame.filter((pl.col("citizenship") != "UZB").all().over("person_id")).write_parquet(alone)
    out = tmp_path / "report.csv"
    words = ("--missing", "impute", "--draws", "5", "--citizenship", "KAZ, RUS", "--report", out)
    said = say("residence", citizens, *OBSERVED, *words)
    assert said[0] == 0, said[1]
    expected = impute(alone, tmp_path / "alone.csv", RULE, draws=5)
    given, everybody = pl.read_csv(out), pl.read_csv(tmp_path / "alone.csv")
    assert given.drop("citizens_counted").equals(everybody.drop("citizens_counted"))
    assert [set(each["citizens_counted"]) for each in (given, everybody)] == [{"KAZ RUS"}, {"_T"}]
    told = json.loads((tmp_path / "report.csv.assumptions.json").read_text(encoding="utf-8"))
    others = frame["person_id"].n_unique() - expected.persons
    assert (told["citizenship"], told["others"], told["persons"]) == (
        ["KAZ", "RUS"],
        others,
        expected.persons,
    )
    assert f"documents of KAZ, RUS; other persons, left out: {others}" in " ".join(said[1].split())


def test_who_is_counted_must_be_told(crossings: Path, citizens: Path, tmp_path: Path) -> None:
    """No column citizenship, or nobody of these countries: refused, and no file is left. Nor is it left out of sight."""
    with pytest.raises(TableInvalid, match="do not tell citizenship"):
        impute(crossings, tmp_path / "report.csv", RULE, draws=5, citizenships=["KAZ"])
    with pytest.raises(TableInvalid, match="first crossing is on documents of RUS"):
        impute(citizens, tmp_path / "report.csv", RULE, draws=5, citizenships=["RUS"])
    with pytest.raises(SettingsInvalid, match="The code TJK stands nowhere"):
        impute(citizens, tmp_path / "report.csv", RULE, draws=5, citizenships=["KAZ", "TJK"])
    assert not list(tmp_path.iterdir())
    words = ("--citizenship", "KAZ", "--out", tmp_path / "out.csv")
    assert say("residence", citizens, *OBSERVED, *words)[0] == SettingsInvalid.exit_code
