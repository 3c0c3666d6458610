"""Rules of permitted stay: read from a table and as they ship, refused with one message, and used by one command."""

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.house.canaries import say
from tests.process.missing_exits.made_worlds import World, make_world

from guzar.define.codelist import read_codelist
from guzar.define.tables.permission_rules import PermissionRules
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.imputable import read_log
from guzar.journey.permission_rules import (
    Permitted,
    read_permission_rules,
    read_permits,
    read_permitted,
    shipped_rules,
)
from guzar.journey.residing import Residing
from guzar.process.missing_exits.draws import count_as_recorded
from guzar.process.missing_exits.material import prepare
from guzar.process.missing_exits.permission_rules import KINDS
from guzar.process.missing_exits.year_counts import BEYOND
from guzar.process.residence_rule import ResidenceRule

HEADING = (
    "citizenship,in_force_from,in_force_to,permission_kind,permitted_days,permitted_period_days,longest_stay_days,"
    "permit_type,legal_source"
)
GOOD = ("KGZ,,,unlimited,,,,,own", "UZB,2015-01-01,2020-12-31,days_in_period,90,180,,,law 1")
OBSERVED = (
    "--observed-from",
    "2016-01-01",
    "--observed-to",
    "2017-12-31",
    "--missing",
    "impute",
    "--draws",
    "5",
)

RULE = ResidenceRule(365, 487, date(2016, 1, 1), date(2017, 12, 31))


def _write(place: Path, *rows: str) -> Path:
    file = place / "rules.csv"
    file.write_text("\n".join([HEADING, *rows]), encoding="utf-8")
    return file


def test_a_table_is_read_with_its_checksum(tmp_path: Path) -> None:
    """Days as numbers since 1970, empty dates as always; what is told names the file and its dates."""
    file = _write(tmp_path, *GOOD, "UZB,2016-01-01,,prolonged_by,,,,patent,law 2")
    read = read_permission_rules(file)
    assert [KINDS[rule.kind] for rule in read.rules] == ["unlimited", "days_in_period", "prolonged_by"]
    assert (read.rules[1].first_day, read.rules[1].days, read.rules[1].period) == (16436, 90, 180)
    assert read.told() == {
        "file": "rules.csv",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "rules": 3,
        "dates": ["2015-01-01", "2020-12-31"],
    }


@pytest.mark.parametrize("code", shipped_rules())
def test_rules_that_ship_are_rules(code: str) -> None:
    """By the declared table, every row with its source, and readable by the code of their country."""
    table = read_codelist(f"permission_rules/{code.lower()}")
    days = [name for name in table.columns if name.endswith("_days")]
    dates = [name for name in table.columns if name.startswith("in_force")]
    typed = table.with_columns(pl.col(days).cast(pl.Int32), pl.col(dates).str.to_date())
    assert PermissionRules.validate(typed).height == len(read_permission_rules(Path(code)).rules) > 5


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("UZB,,,days_in_fortnight,90,,,,law", "row 3: no known permission_kind"),
        ("TJK,,,days_per_stay,,,,,law", "row 3: permitted_days missing"),
        ("TJK,,,days_per_stay,0,,,,law", "row 3: permitted_days missing, less than 1"),
        ("TJK,,,unlimited,90,,,,law", "or where nothing is limited"),
        ("TJK,,,days_in_period,90,,,,law", "row 3: permitted_days are not fewer"),
        ("TJK,,,days_in_calendar_year,365,,,,law", "row 3: permitted_days are not fewer"),
        ("TJK,,,unlimited,,180,,,law", "row 3: permitted_days are not fewer"),
        ("TJK,,,prolonged_by,,180,,patent,law", "row 3: permitted_days are not fewer"),
        ("TJK,,,days_per_stay,90,30,,,law", "or no period is meant"),
        ("TJK,,,unlimited,,,30,,law", "or where nothing is limited"),
        ("TJK,,,days_per_stay,90,,0,,law", "row 3: permitted_days missing, less than 1"),
        ("TJK,,,days_per_stay,2147483647,,,,law", "row 3: more days than a hundred years"),
        ("TJK,,,days_in_period,90,99999999999,,,law", "row 3: more days than a hundred years"),
        ("TJK,,,prolonged_by,,,,,law", "row 3: permit_type missing"),
        ("TJK,2021-01-01,2020-01-01,unlimited,,,,,law", "row 3: a date is none"),
        ("TJK,31.01.2020,,unlimited,,,,,law", "row 3: a date is none"),
        ("Tajik,,,unlimited,,,,,law", "row 3: the citizenship is no code"),
        ("TJK,,,unlimited,,,,,", "row 3: no legal_source"),
        ("UZB,2020-12-31,,days_per_stay,30,,,,law", "rows 2 and 3 hold for one citizenship at once"),
    ],
)
def test_a_row_that_is_no_rule_is_refused(tmp_path: Path, row: str, said: str) -> None:
    """One message that names the row."""
    with pytest.raises(TableInvalid) as refused:
        read_permission_rules(_write(tmp_path, *GOOD, row))
    assert said in refused.value.message()
    assert refused.value.message().count("row 3:") <= 1


def test_all_wrong_rows_stand_in_one_message(tmp_path: Path) -> None:
    """The first of them, and how many more; other refusals: no column, own citizens forgotten, no such table."""
    with pytest.raises(TableInvalid, match=r"row 6: no known permission_kind; and 1 more"):
        read_permission_rules(_write(tmp_path, *GOOD, *["TJK,,,none,,,,,law"] * 5))
    with pytest.raises(TableInvalid, match="would limit them too"):
        read_permission_rules(_write(tmp_path, ",,,days_per_stay,30,,,,law"))
    (tmp_path / "rules.csv").write_text("citizenship,permitted_days\nUZB,30\n", encoding="utf-8")
    with pytest.raises(TableInvalid, match="in_force_from, in_force_to, permission_kind, legal_source"):
        read_permission_rules(tmp_path / "rules.csv")
    (tmp_path / "rules.csv").write_text(
        "citizenship,in_force_from,in_force_to,permission_kind,permitted_days,legal_source\n",
        encoding="utf-8",
    )
    with pytest.raises(TableInvalid, match="no row below the heading"):
        read_permission_rules(tmp_path / "rules.csv")
    with pytest.raises(SettingsInvalid, match="no table"):
        read_permission_rules(Path("XYZ.csv"))
    with pytest.raises(SettingsInvalid, match="rules ship: KAZ, RUS"):
        read_permission_rules(Path("XYZ"))


def test_permits_need_a_rule_and_their_columns(tmp_path: Path) -> None:
    """Without prolonged_by, with a column missing or a day that is none: one message and no person in it."""
    file = tmp_path / "permits.csv"
    file.write_text(
        "person_id,permit_type,valid_from,valid_to\np1,patent,2020-01-01,2020-13-01\n", encoding="utf-8"
    )
    plain = read_permission_rules(_write(tmp_path, *GOOD)).rules
    with pytest.raises(SettingsInvalid, match="which permits prolong"):
        read_permits(file, plain, RULE)
    rules = read_permission_rules(_write(tmp_path, *GOOD, "UZB,,,prolonged_by,,,,patent,law")).rules
    with pytest.raises(TableInvalid, match="gives no permits: valid_to") as refused:
        read_permits(file, rules, RULE)
    assert "p1" not in refused.value.message()
    file.write_text("person_id,valid_from\np1,2020-01-01\n", encoding="utf-8")
    with pytest.raises(TableInvalid, match="gives no permits: permit_type, valid_to"):
        read_permits(file, rules, RULE)
    file.write_text(
        "person_id,permit_type,valid_from,valid_to,cancelled_on\np2,patent,2020-01-01,2020-12-31,2020-06-01\n"
        "p1,patent,2020-01-01,,\n",
        encoding="utf-8",
    )
    held = read_permits(file, rules, RULE)
    assert held.person.tolist() == [1, 0]
    assert held.last_day[0] == (date(2020, 5, 31) - date(1970, 1, 1)).days
    assert held.last_day[1] > held.year_ends[-1]


@pytest.fixture(scope="module")
def crossings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world in a file, in which no permission is recorded; every third person is an own citizen."""
    log = make_world(7, World(persons=300)).log
    frame = pl.DataFrame(
        {
            "person_id": [f"p{number:05d}" for number in log.person],
            "crossing_date": pl.Series(log.day, dtype=pl.Int32).cast(pl.Date),
            "direction": np.where(log.is_entry == 1, "entry", "exit"),
            "port": [log.ports[place] for place in log.port],
            "resident_at_start_given": (log.given == 1)[log.person],
            "citizenship": np.where(log.person % 3 == 0, "KGZ", "UZB"),
        }
    )
    path = tmp_path_factory.mktemp("crossings") / "crossings.parquet"
    frame.write_parquet(path)
    return path


def test_one_command_by_rules_and_permits(crossings: Path, tmp_path: Path) -> None:
    """Numbers where there were none, fewer with permits, the rules beside them; and no word about a person."""
    rules = _write(
        tmp_path,
        "KGZ,,,unlimited,,,,,own",
        "UZB,,,days_per_stay,30,,,,law",
        "UZB,,,prolonged_by,,,,patent,law",
    )
    permits = tmp_path / "permits.csv"
    number = [f"p{each:05d},patent,2015-01-01,2030-01-01" for each in range(0, 300, 2)]
    permits.write_text("\n".join(["person_id,permit_type,valid_from,valid_to", *number]), encoding="utf-8")
    out = tmp_path / "report.csv"
    given = ("--report", out, "--permission-rules", rules, "--permits", permits)
    done, said = say("residence", crossings, *OBSERVED, *given)[:2]
    assert done == 0, said
    assert "by 3 rules of rules.csv (SHA-256 " in said
    crossed = pl.read_parquet(crossings)["person_id"].unique().is_in([each[:6] for each in number]).sum()
    assert f"Permits in permits.csv: 150; of persons in the crossings: {crossed};" in said
    told = json.loads((tmp_path / "report.csv.assumptions.json").read_text(encoding="utf-8"))[
        "permission_rules"
    ]
    assert told["sha256"] == hashlib.sha256(rules.read_bytes()).hexdigest()
    assert told["persons_without_rule"] == 0
    assert "p000" not in out.read_text(encoding="utf-8") + said
    beyond = pl.read_csv(out).filter(pl.col("measure") == "stays_beyond_recorded_permission")
    assert (beyond["range_lower"] < beyond["range_upper"]).all()
    without = _as_recorded(crossings, tmp_path, read_permitted(rules, None, RULE))
    with_permits = _as_recorded(crossings, tmp_path, read_permitted(rules, permits, RULE))
    assert beyond["as_recorded"].to_list() == with_permits.tolist()
    assert (with_permits[1:] < 0.7 * without[1:]).all()
    assert (with_permits[1:] > 5).all()


def _as_recorded(crossings: Path, place: Path, permitted: Permitted) -> np.ndarray:
    log, _ = read_log(crossings, place, RULE, Residing(), frozenset(), permitted)
    counts: np.ndarray = count_as_recorded(prepare(log, RULE)).counted[BEYOND]
    return counts


def test_years_without_a_rule_are_told_and_not_published(crossings: Path, tmp_path: Path) -> None:
    """A rule that ends in 2016: the entries after it by year, and no number for 2017; permits of nobody are refused."""
    file, out = tmp_path / "rules.csv", tmp_path / "report.csv"
    rows = [HEADING, "KGZ,,,unlimited,,,,,own", "UZB,,2016-12-31,days_per_stay,30,,,,law"]
    file.write_text(
        "\n".join([*rows, "UZB,,,prolonged_by,,,,patent,law"]).replace(",", ";"), encoding="utf-8"
    )
    given = ("--report", out, "--permission-rules", file)
    done, said = say("residence", crossings, *OBSERVED, *given)[:2]
    assert done == 0, said
    told = json.loads((tmp_path / "report.csv.assumptions.json").read_text(encoding="utf-8"))[
        "permission_rules"
    ]
    entries = pl.read_parquet(crossings).filter(
        pl.col("crossing_date").dt.year() == 2017, direction="entry", citizenship="UZB"
    )
    assert told["entries_without_rule"] == {"2017": entries.height}
    assert told["years_not_published"] == [2017]
    assert "the end of 2017 would be far too few" in said
    beyond = pl.read_csv(out).filter(pl.col("measure") == "stays_beyond_recorded_permission")
    assert beyond["status_reason"].fill_null("").str.contains("no_rule_in_force").to_list() == [False, True]
    assert beyond["range_upper"].is_null().to_list() == [False, True]
    permits = tmp_path / "permits.csv"
    permits.write_text("person_id,permit_type,valid_from,valid_to\nX1,patent,2015-01-01,\n", encoding="utf-8")
    done, said = say("residence", crossings, *OBSERVED, *given, "--permits", permits)[:2]
    assert (done, "No permit of permits.csv is of a person" in said) == (3, True)


def test_rules_need_citizenship_and_permits_need_rules(crossings: Path, tmp_path: Path) -> None:
    """Refused with one message each, and nothing written."""
    source, out = tmp_path / "no_citizenship.parquet", tmp_path / "report.csv"
    pl.read_parquet(crossings).drop("citizenship").write_parquet(source)
    done, said = say("residence", source, *OBSERVED, "--report", out, "--permission-rules", "RUS")[:2]
    assert done == 3
    assert "which rule of stay holds for whom" in said
    done, said = say("residence", crossings, *OBSERVED, "--report", out, "--permits", source)[:2]
    assert done == 2
    assert "which permits prolong one" in said
    assert not out.exists()
