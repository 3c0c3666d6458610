"""`guzar residence --missing impute --deaths`: a table of rates read, refused where it is none, and told in the file of assumptions."""

import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.house.canaries import say
from tests.process.missing_exits.made_worlds import RULE, World, make_world

from guzar.errors import TableInvalid
from guzar.journey.deaths_told import read_death_rates, require_known_citizenship

OBSERVED = ("--observed-from", "2016-01-01", "--observed-to", "2021-12-31")
HEAD = "year,deaths_per_1000,rate_source\n"
GOOD = HEAD + "".join(f"{year},8.5,Made-up office\n" for year in range(2015, 2023))


def test_deaths_are_told_in_totals(tmp_path: Path) -> None:
    """By year with an interval, with the checksum of the table; a known day that cannot be is warned of; nobody is named."""
    log = make_world(7, World(persons=250)).log
    frame = pl.DataFrame(
        {
            "person_id": [f"p{number:05d}" for number in log.person],
            "crossing_date": pl.Series(log.day, dtype=pl.Int32).cast(pl.Date),
            "direction": np.where(log.is_entry == 1, "entry", "exit"),
            "port": [log.ports[place] for place in log.port],
            "resident_at_start_given": (log.given == 1)[log.person],
        }
    )
    dead = pl.when(pl.col("person_id") == frame["person_id"][-1]).then(pl.lit(date(2021, 12, 31)))
    ghost = dead.when(pl.col("person_id") == frame["person_id"][0]).then(pl.lit(date(2016, 1, 1)))
    source, rates, out = tmp_path / "c.parquet", tmp_path / "deaths.csv", tmp_path / "report.csv"
    frame.with_columns(died_on=ghost).write_parquet(source)
    rates.write_text(GOOD, encoding="utf-8")
    asked = ("--missing", "impute", "--draws", "5", "--report", out, "--deaths", rates)
    said = say("residence", source, *OBSERVED, *asked)
    assert said[0] == 0, said[1]
    assert re.search(
        r"Deaths among residents, persons, with 90 % intervals: 2016: \d+ \(\d+ to \d+\)", said[1]
    )
    assert "Days of death left aside" in said[1]
    told = json.loads((tmp_path / "report.csv.assumptions.json").read_text(encoding="utf-8"))["deaths"]
    assert [each["year"] for each in told["by_year"]] == list(range(2016, 2022))
    assert sum(each["residents_died"] for each in told["by_year"]) > 1
    assert (told["known"], told["known_left_aside"], told["persons_without_rate"]) == (1, 1, 0)
    assert told["sources"] == ["Made-up office"]
    assert len(told["sha256"]) == 64
    assert "p000" not in json.dumps(told)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("year,rate\n2016,5\n", "lacks columns that rates of deaths need: deaths_per_1000, rate_source"),
        (HEAD, "no row below the heading"),
        (GOOD.replace("2018,8.5", "2018,-1"), "by these columns: deaths_per_1000"),
        (GOOD.replace("2018,8.5", "2018,850"), "likely they are per 100,000"),
        (GOOD.replace("2018,8.5", "2018,"), "by these columns: deaths_per_1000"),
        (GOOD.replace("2018,8.5", "2018,nan"), "by these columns: deaths_per_1000"),
        (GOOD.replace("2018,8.5,Made-up office", "2018,8.5,"), "by these columns: rate_source"),
        (GOOD.replace("2018,", "2017,"), "by these columns: year"),
        (GOOD.replace("2018,8.5,Made-up office\n", ""), "missing: everybody else: 2018\n"),
        (HEAD + "2030,8.5,X\n", "missing: everybody else: 2016, 2017, 2018, 2019, 2020, 2021\n"),
        ("citizenship," + HEAD + "Uzbek,2016,8,X\n", "by these columns: citizenship"),
        ("citizenship," + HEAD + "UZB,2016,8,X\n", "missing: UZB: 2017, 2018"),
    ],
)
def test_tables_that_are_no_rates_are_refused(tmp_path: Path, text: str, words: str) -> None:
    """One message that names the column."""
    file = tmp_path / "deaths.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TableInvalid, match=words):
        read_death_rates(file, RULE)


def test_rates_by_citizenship_need_it_in_the_crossings(tmp_path: Path) -> None:
    """Years outside the observed ones are left aside; one rate for everybody needs no citizenship."""
    file = tmp_path / "deaths.csv"
    file.write_text(GOOD.replace(",", ";").replace("8.5", "8,5"), encoding="utf-8")
    as_excel = read_death_rates(file, RULE).rates  # of a Russian office
    file.write_text(GOOD, encoding="utf-8")
    rates = read_death_rates(file, RULE).rates
    assert as_excel.per_day[""].tolist() == rates.per_day[""].tolist()
    assert len(rates.begins) == len(rates.per_day[""]) == 6
    require_known_citizenship(False, rates)
    rows = GOOD.replace(HEAD, "").splitlines()
    file.write_text("citizenship," + HEAD + "".join(f"UZB,{row}\n" for row in rows), encoding="utf-8")
    with pytest.raises(TableInvalid, match="whose rate"):
        require_known_citizenship(False, read_death_rates(file, RULE).rates)
