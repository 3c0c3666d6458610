"""`guzar count` as a user types it: what is written down beside a table, what is refused, and what leaves with it."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

DAYS = "--observed-from 2019-01-01 --observed-to 2023-12-31"
PEOPLE = 40


def run(line: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(line.split())
    return int(stopped.value.code or 0)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty people who come in 2020 to stay, ten of whom leave in 2022; classified by the rule of 12 of 16 months."""
    monkeypatch.chdir(tmp_path)
    rows = ["person_id,crossing_date,direction,resident_at_start_given"]
    rows += [f"{person},2020-03-0{1 + person % 9},entry,false" for person in range(PEOPLE)]
    rows += [f"{person},2022-05-0{1 + person % 9},exit,false" for person in range(10)]
    Path("crossings.csv").write_text("\n".join(rows) + "\n")
    persons = [f"{person},{'FM'[person % 2]},{1980 + person % 20}" for person in range(PEOPLE)]
    Path("persons.csv").write_text("person_id,sex,birth_year\n" + "\n".join(persons) + "\n")
    assert run(f"residence crossings.csv {DAYS} --out residence.csv --quiet") == 0
    return tmp_path


def test_what_was_counted_is_written_down_and_leaves_with_the_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Rule, days observed, years that are not complete: from residence to count to a release's words."""
    assert run("count residence.csv --measure flow --by sex --persons persons.csv --out flows.csv") == 0
    told = capsys.readouterr()
    assert "Not complete: 2022, 2023." in told.err + told.out
    assert "guzar protect flows.csv --dimensions year,flow,sex --count migrations" in told.out
    about = json.loads(Path("flows.csv.about.json").read_text())
    assert about["from"]["threshold_days"] == 365
    assert about["not_complete"] == ["2022", "2023"]
    Path("work").mkdir()
    Path("work/guzar.toml").write_text(
        'format = 1\n[protect.flows]\npopulation = "made up"\ndimensions = ["year", "flow", "sex"]\ncount = "migrations"\n'
    )
    assert run("protect flows.csv --workspace work --edition 2024-01-01 --quiet") == 0
    assert run("publish --workspace work --out release --quiet") == 0
    words = Path("release/README.md").read_text(encoding="utf-8")
    assert "365 of 487 days, from border crossings of 2019-01-01 to 2023-12-31" in words
    assert "Not complete yet: 2022, 2023" in words
    assert "not_decidable" not in Path("release/release.json").read_text()


def test_stocks_of_years_have_no_total(capsys: pytest.CaptureFixture[str]) -> None:
    """A person stands in the stock of every year: their sum is of nobody."""
    assert run("count residence.csv --measure stock --out stock.csv --quiet") == 0
    assert pl.read_csv("stock.csv").rows() == [(2020, 40), (2021, 40), (2022, 30)]
    assert run("protect stock.csv --dimensions year --count persons --out out.csv") == 2
    assert "no total over year" in capsys.readouterr().err
    assert not Path("out.csv").exists()


def test_two_days_of_a_year_are_two_stocks() -> None:
    assert run("count residence.csv --measure stock --on 2022-01-01 --on 2022-12-31 --out s.csv --quiet") == 0
    assert pl.read_csv("s.csv").rows() == [("2022-01-01", PEOPLE), ("2022-12-31", PEOPLE - 10)]
    assert run("count residence.csv --measure stock --on 2018-06-30 --out t.csv") == 2


def test_persons_of_another_kind_of_file_are_joined(capsys: pytest.CaptureFixture[str]) -> None:
    """Text in one file and numbers in the other are the same persons; a person twice is refused."""
    pl.read_csv("persons.csv").write_parquet("persons.parquet")
    assert (
        run("count residence.csv --measure flow --by sex --persons persons.parquet --out f.csv --quiet") == 0
    )
    assert pl.read_csv("f.csv")["migrations"].sum() == PEOPLE + 10
    twice = pl.concat([pl.read_csv("persons.csv")] * 2)
    twice.write_csv("twice.csv")
    assert run("count residence.csv --measure stock --by sex --persons twice.csv --out g.csv") == 3
    assert "Persons stand more than once in twice.csv: 40 rows too many." in capsys.readouterr().err


def test_answers_as_a_spreadsheet_writes_them() -> None:
    table = pl.read_csv("residence.csv", infer_schema=False)
    table.with_columns(pl.col("in_window").str.to_uppercase()).write_csv("upper.csv")
    assert run("count upper.csv --measure stock --out s.csv --quiet") == 0
    table.with_columns(in_window=pl.lit("perhaps")).write_csv("wrong.csv")
    assert run("count wrong.csv --measure stock --out s2.csv") == 3
    table.clear().write_csv("empty.csv")
    assert run("count empty.csv --measure stock --out s3.csv --quiet") == 0
    assert pl.read_csv("s3.csv").height == 0


def test_names_that_stand_in_the_workspace_of_a_register_stop_the_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The way to the workspace is written down beside the register: nobody has to think of it."""
    about = json.loads(Path("residence.csv.about.json").read_text())
    Path("residence.csv.about.json").write_text(json.dumps({**about, "workspace": "gone"}))
    assert run("count residence.csv --measure stock --out s.csv") == 2
    assert "is not there any more" in capsys.readouterr().err
    Path("gone").mkdir()
    assert run("count residence.csv --measure stock --out s.csv") == 4
    assert not Path("s.csv").exists()


def test_concept_and_rule_leave_with_the_table_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, in columns, beside the table, and in the words of a release in both languages; no dimension of it."""
    line = "count residence.csv --measure movements --concept un_2021 --out moved.csv"
    assert run(line) == 0
    told = capsys.readouterr().out
    assert "Concept un_2021: migration (the country of usual residence changes)" in told
    assert "decision 52/109" in told
    assert "Rule of residence: stats_nz_outcome (the 12/16-month outcome rule of Stats NZ)." in told
    assert "guzar protect moved.csv --dimensions year,movement,direction --count movements" in told
    table = pl.read_csv("moved.csv")
    assert table["movements"].sum() == PEOPLE + 10
    assert table["migration_concept"].unique().to_list() == ["un_2021"]
    about = json.loads(Path("moved.csv.about.json").read_text())
    assert (about["concept"], about["migration_concept"], about["residence_rule"]) == (
        "outcome",
        "un_2021",
        "stats_nz_outcome",
    )
    Path("work").mkdir()
    Path("work/guzar.toml").write_text(
        'format = 1\n[protect.moved]\npopulation = "made up"\ndimensions = ["year", "movement", "direction"]\n'
        'count = "movements"\nunit = "movements"\n'
    )
    assert run("protect moved.csv --workspace work --edition 2024-01-01 --quiet") == 0
    assert run("publish --workspace work --out release --quiet") == 0
    words = Path("release/README.md").read_text(encoding="utf-8")
    assert "Concept of migration: `un_2021`: migration (the country of usual residence changes)" in words
    assert "Rule of residence, apart from the concept: `stats_nz_outcome`" in words
    assert "Концепция миграции: `un_2021`" in Path("release/README.ru.md").read_text(encoding="utf-8")
    assert "migration_concept" not in Path("release/protected/moved.csv").read_text().splitlines()[0]
    assert '"migration_concept": "un_2021"' in Path("release/release.json").read_text()


def test_a_concept_needs_a_rule_that_fits(capsys: pytest.CaptureFixture[str]) -> None:
    """Six months and a day may be read under 2021, not under 1998; a table whose rule nobody wrote down under neither."""
    census = "residence crossings.csv --threshold-days 184 --window-days 365"
    assert run(f"{census} {DAYS} --out census.csv --quiet") == 0
    assert run("count census.csv --measure movements --concept un_2021 --quiet") == 0
    capsys.readouterr()
    assert run("count census.csv --measure movements --concept un_1998") == 6
    assert "The concept un_1998 cannot be read from residence by 184 of 365 days." in capsys.readouterr().err
    assert run("count residence.csv --measure movements") == 2
    assert "concept that is named" in capsys.readouterr().err
    Path("residence.csv.about.json").unlink()
    assert run("count residence.csv --measure movements --concept un_2021") == 3
    assert "By which rule" in capsys.readouterr().err


@pytest.fixture
def absences(place: Path) -> Path:
    """Thirty Kyrgyz citizens away since 2020 or 2022 for ever longer, ten of Tajikistan; persons with citizenship."""
    rows = ["person_id,crossing_date,direction"]
    rows += [f"{person},{2020 + 2 * (person % 2)}-0{1 + person % 9}-01,exit" for person in range(PEOPLE)]
    rows += [f"{person},2022-12-0{1 + person % 9},entry" for person in range(8)]
    Path("out.csv").write_text("\n".join(rows) + "\n")
    citizens = [f"{person},{'TJK' if person >= 30 else 'KGZ'}" for person in range(PEOPLE)]
    Path("citizens.csv").write_text("person_id,citizenship\n" + "\n".join(citizens) + "\n")
    assert run("stays out.csv --view origin --out absences.csv --quiet") == 0
    return place


def test_own_citizens_away_at_least_so_long(absences: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said in one line; in a table of groups that exclude each other, with a hierarchy that a release may show."""
    view = "--view origin --own-citizens KGZ --persons citizens.csv"
    line = (
        f"count absences.csv {view} --measure absences --on 2022-11-15 --out away.csv --groups durations.csv"
    )
    assert run(line) == 0
    told = capsys.readouterr().out
    assert "2022-11-15: 30 go on; for at least 3 months: 29, 6 months: 24, 12 months: 15." in told
    assert "--dimensions duration --hierarchy duration=durations.csv --count absences" in told
    assert json.loads(Path("away.csv.about.json").read_text())["own_citizens"] == "KGZ"
    protect = "protect away.csv --dimensions duration --hierarchy duration=durations.csv --count absences"
    assert run(f"{protect} --minimum 1 --protection 1 --out let-out.csv --quiet") == 0
    shown = dict(pl.read_csv("let-out.csv").select("duration", "absences").iter_rows())
    nested = ("_T", "at_least_3_months", "at_least_6_months", "12_months_or_more")
    assert [shown[name] for name in nested] == [30, 29, 24, 15]
    assert run(f"count absences.csv {view} --measure returns --out back.csv --quiet") == 0
    assert pl.read_csv("back.csv")["returns"].sum() == 8
    assert run(f"count absences.csv {view} --measure circular --out circular.csv --quiet") == 0
    assert pl.read_csv("circular.csv")["persons"].sum() == 30


def test_the_view_of_the_origin_is_of_own_citizens(
    absences: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whose absences, is said; stays belong to the other view, and returns only to this one."""
    start = "count absences.csv --persons citizens.csv"
    for line, said in (
        (f"{start} --view origin --measure absences", "Whose absences are meant is not clear."),
        (
            f"{start} --view origin --own-citizens KGZ --where citizenship=TJK --measure absences",
            "Whose absences",
        ),
        (f"{start} --view origin --own-citizens KGZ --measure stays", "does not belong to the view origin"),
        (f"{start} --measure circular", "does not belong to the view destination"),
        (f"{start} --view transit --measure absences", "transit is no view of crossings."),
    ):
        assert run(line) == 2
        assert said in capsys.readouterr().err


def let_out(name: str, dimensions: str, count: str = "persons") -> dict[str, str]:
    """The README of a release with one table, by language."""
    Path(f"of-{name}").mkdir()
    asked = ", ".join(f'"{one}"' for one in dimensions.split(","))
    Path(f"of-{name}/guzar.toml").write_text(
        f'format = 1\n[protect.{name}]\npopulation = "made up"\ndimensions = [{asked}]\ncount = "{count}"\n'
    )
    assert run(f"protect {name}.csv --workspace of-{name} --edition 2024-01-01 --quiet") == 0
    assert run(f"publish --workspace of-{name} --out release-{name} --quiet") == 0
    return {
        language: Path(f"release-{name}", file).read_text(encoding="utf-8")
        for language, file in (("en", "README.md"), ("ru", "README.ru.md"))
    }


def test_what_a_stock_does_not_know_of_births_and_deaths_leaves_with_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A warning, a mark beside the table, and words in the release; with both known, how many were left out."""
    assert run("count residence.csv --measure stock --on 2021-12-31 --out plain.csv") == 0
    assert "Births and deaths are not known: persons are counted" in capsys.readouterr().err
    about = json.loads(Path("plain.csv.about.json").read_text())
    assert about["births_and_deaths_known"] is False
    words = let_out("plain", "day")
    assert "Births and deaths were not known" in words["en"]
    assert "Рождения и смерти не были известны" in words["ru"]
    known = pl.read_csv("persons.csv").with_columns(
        birth_year=pl.when(pl.col("person_id") == 0).then(2022).otherwise("birth_year"),
        died_on=pl.when(pl.col("person_id") == 1).then(pl.lit("2021-06-01")),
    )
    known.write_csv("known.csv")
    assert run("count residence.csv --measure stock --on 2021-12-31 --persons known.csv --out both.csv") == 0
    told = capsys.readouterr()
    assert "Left out, because not born yet or dead: 2021-12-31: 2." in told.out
    assert "not known" not in told.err
    about = json.loads(Path("both.csv.about.json").read_text())
    assert about["births_and_deaths_known"] is True
    assert about["not_born_or_dead"] == {"2021-12-31": 2}
    assert pl.read_csv("both.csv")["persons"].sum() == PEOPLE - 2
    words = let_out("both", "day")
    assert "Left out as not born yet or dead: at most 5 % (2021-12-31) of those" in words["en"]
    assert "were not known" not in words["en"]
    assert '"not_born_or_dead"' not in Path("release-both/release.json").read_text()


def test_one_number_keeps_its_day_and_the_next_line_works(capsys: pytest.CaptureFixture[str]) -> None:
    """The line that is printed ends well; of several days none is printed that would not."""
    assert run("count residence.csv --measure stock --on 2021-12-31 --out one.csv") == 0
    told = capsys.readouterr().out
    assert "guzar protect one.csv --dimensions day --count persons" in told
    assert run("protect one.csv --dimensions day --count persons --out out.csv --quiet") == 0
    assert pl.read_csv("out.csv").filter(pl.col("day") != "_T")["persons"].to_list() == [PEOPLE]
    for several in ("", "--on 2021-06-30 --on 2021-12-31"):
        assert run(f"count residence.csv --measure stock {several} --out several.csv") == 0
        told = capsys.readouterr().out
        assert "Next: guzar protect" not in told
        assert "guzar count with one day (--on)" in told
    assert (
        run(
            "count residence.csv --measure stock --on 2021-12-31 --by sex --persons persons.csv --out sex.csv"
        )
        == 0
    )
    assert "--dimensions sex --count" in capsys.readouterr().out
    assert "Counted at the end of: 2021-12-31" in let_out("sex", "sex")["en"]


def test_a_late_day_of_a_stock_is_refused_or_marked(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten of forty left in 2022 and are undecided at the end of a shorter observation: no fraction passes for a stock."""
    short = "--observed-from 2019-01-01 --observed-to 2022-06-30"
    assert run(f"residence crossings.csv {short} --out short.csv --quiet") == 0
    assert run("count short.csv --measure stock --on 2022-06-30 --out late.csv") == 6
    said = capsys.readouterr().err
    assert "2022-06-30 (10: 25 %)" in said
    assert "--on 2021-02-28 or before" in said
    assert not Path("late.csv").exists()
    assert run("count short.csv --measure stock --on 2021-02-28 --out early.csv --quiet") == 0
    assert json.loads(Path("early.csv.about.json").read_text())["not_complete"] == []
    late = "count residence.csv --measure stock --on 2023-12-31 --out marked.csv"
    assert run(late) == 0
    assert "Not complete: 2023-12-31." in capsys.readouterr().err
    assert "Not complete yet: 2023-12-31" in let_out("marked", "day")["en"]


def test_readings_are_named_and_what_they_assume(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the state after a last crossing goes on, nothing is undecided: it was decided by an assumption."""
    assert run(f"residence crossings.csv {DAYS} --readings migrbc --out other.csv --quiet") == 0
    assert run("count other.csv --measure flow --by sex --persons persons.csv --out flows.csv") == 0
    told = capsys.readouterr()
    assert "Readings of edge cases: migrbc (between 2(W-V), last_crossing goes_on)." in told.out
    assert "By an assumption: 2022, 2023." in told.err
    assert "is not counted" not in told.err
    about = json.loads(Path("flows.csv.about.json").read_text())
    assert (about["not_complete"], about["by_assumption"]) == ([], ["2022", "2023"])
    words = let_out("flows", "year,flow,sex", "migrations")
    assert (
        "Decided by the assumption that everybody stays where they went, and may change: 2022, 2023"
        in words["en"]
    )
    assert "Readings of edge cases, not the usual ones: migrbc" in words["en"]
    assert "Not complete yet" not in words["en"]
    assert "midpoint" not in words["ru"]
    assert "время между ними разделено пополам" in words["ru"]


def test_movements_tell_what_is_not_decided(capsys: pytest.CaptureFixture[str]) -> None:
    """In the class not_decided, beside the table by year, and marked for a release as of a flow."""
    short = "--observed-from 2019-01-01 --observed-to 2022-06-30"
    assert run(f"residence crossings.csv {short} --out short.csv --quiet") == 0
    assert run("count short.csv --measure movements --concept un_2021 --out moved.csv") == 0
    told = capsys.readouterr()
    assert "Not decidable (yet), in the class not_decided: 2022: 10." in told.out
    about = json.loads(Path("moved.csv.about.json").read_text())
    assert about["not_decidable"] == {"2022": 10}
    assert about["not_complete"] == ["2021", "2022"]


def test_codes_that_stand_nowhere_and_columns_of_single_persons_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An empty table would look like a zero, and a count by passports is a list."""
    table = pl.read_csv("residence.csv", infer_schema=False)
    table.with_columns(citizenship=pl.lit("KGZ"), passport=pl.col("person_id")).write_csv("more.csv")
    start = "count more.csv --measure flow --out f.csv"
    for asked, said in (
        ("--where citizenship=kgz", "The code kgz stands nowhere in the column citizenship."),
        ("--view origin --own-citizens UZB", "a code that was found, written alike: KGZ"),
        ("--by passport", "list of persons or moments: passport"),
        ("--where passport=7", "list of persons or moments: passport"),
        ("--by days_in_country", "list of persons or moments: days_in_country"),
    ):
        assert run(f"{start} {asked}") == 2
        assert said in capsys.readouterr().err
    assert not Path("f.csv").exists()


def test_both_ways_to_own_citizens_give_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """Chosen by guzar residence or by guzar count: persons who crossed on the country's documents once."""
    table = pl.read_csv("crossings.csv", infer_schema=False)
    other = (pl.col("person_id").cast(pl.Int64) < 20) & (pl.col("direction") == "entry")
    table.with_columns(citizenship=pl.when(other).then(pl.lit("RUS")).otherwise(pl.lit("KGZ"))).write_csv(
        "c.csv"
    )
    assert run(f"residence c.csv {DAYS} --out all.csv --quiet") == 0
    assert run(f"residence c.csv {DAYS} --view origin --own-citizens KGZ --out own.csv --quiet") == 0
    asked = "--view origin --own-citizens KGZ --measure flow"
    assert run(f"count all.csv {asked} --out a.csv --quiet") == 0
    assert run(f"count own.csv {asked} --out b.csv --quiet") == 0
    assert run("count own.csv --measure flow --out d.csv --quiet") == 0
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes() == Path("d.csv").read_bytes()
    assert pl.read_csv("a.csv")["migrations"].sum() == 40  # 30 persons came, ten of them left
    assert run("count own.csv --measure flow --view origin --own-citizens RUS") == 2
    assert "holds the own citizens of KGZ alone" in capsys.readouterr().err


def test_columns_are_named_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("count residence.csv --measure stock --on 2021-12-31 --lang ru") == 0
    assert "Подсчитано по дням, строк: 1" in capsys.readouterr().out
