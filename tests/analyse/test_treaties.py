"""Standing of treaties: unknown and old never look like no."""

from datetime import date
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import pytest

from guzar.analyse.treaties import judge_treaty_standings
from guzar.collect.delivery import choose_layout, take_delivery
from guzar.collect.sources import layouts
from guzar.define.codelist import read_codelist
from guzar.define.tables.treaties import TreatyActions
from guzar.process.harmonise_treaties import carried_treaty_actions, harmonise_treaties

CA5 = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
TODAY = date(2024, 6, 1)


def _actions(*rows: tuple[str, str | None, str | None]) -> dy.DataFrame[TreatyActions]:
    schema = {name: column.dtype for name, column in TreatyActions.columns().items()}
    made = [
        {"treaty": "CRPD", "area": "TJK", "treaty_action": action, "action_date": acted, "source": "made_up",
         "edition": as_of, "as_of": as_of, "place": "row 1"} for action, acted, as_of in rows
    ]  # fmt: skip
    return TreatyActions.validate(pl.DataFrame(made, schema=schema))


def _standing(*rows: tuple[str, str | None, str | None], on: date = TODAY) -> dict[str, Any]:
    return judge_treaty_standings(_actions(*rows), treaties=["CRPD"], areas=["TJK"], as_of=on).row(
        0, named=True
    )


def test_nothing_held_is_unknown_and_not_no() -> None:
    """A cell that no source covers has no date, no age and no no."""
    found = _standing()
    assert found["treaty_standing"] == "unknown"
    assert found["evidence_as_of"] is found["evidence_age_years"] is found["is_old"] is None


def test_nothing_seen_carries_the_age_of_the_extract() -> None:
    """An old extract that shows nothing is marked old; a fresh one is not."""
    old = _standing(("no_action_seen", None, "2015-03-14"))
    assert (old["treaty_standing"], old["evidence_age_years"], old["is_old"]) == ("no_action_seen", 9, True)
    fresh = _standing(("no_action_seen", None, "2022-08-25"))
    assert (fresh["evidence_age_years"], fresh["is_old"]) == (1, False)


def test_a_later_accession_is_a_change_and_no_conflict() -> None:
    """Nothing seen in 2015, a party by 2022: both extracts are right."""
    found = _standing(("no_action_seen", None, "2015-03-14"), ("became_party", "2021", "2022-08-25"))
    assert (found["treaty_standing"], found["standing_since"], found["conflict"]) == ("party", "2021", None)


def test_a_year_and_a_day_of_it_agree_and_the_day_is_shown() -> None:
    """The more precise date of one and the same year stands."""
    found = _standing(("acceded", "2008-09-04", "2015-03-14"), ("became_party", "2008", "2022-08-25"))
    assert (found["standing_since"], found["conflict"], found["evidence_as_of"]) == (
        "2008-09-04",
        None,
        "2022-08-25",
    )


def test_conflicts_between_extracts_are_reported() -> None:
    """Two dates for one step, and a party that a later extract no longer shows."""
    dates = _standing(("acceded", "2008-09-04", "2015-03-14"), ("became_party", "2011", "2022-08-25"))
    assert "2008-09-04" in dates["conflict"]
    assert "2011" in dates["conflict"]
    vanished = _standing(("acceded", "2008-09-04", "2015-03-14"), ("no_action_seen", None, "2022-08-25"))
    assert vanished["conflict"] == "2015-03-14 shows a party, 2022-08-25 does not"


def test_as_of_a_date_leaves_out_what_came_later() -> None:
    """In 2016 nobody knew of an accession of 2021."""
    rows = (("no_action_seen", None, "2015-03-14"), ("became_party", "2021", "2022-08-25"))
    assert _standing(*rows, on=date(2016, 1, 1))["treaty_standing"] == "no_action_seen"


@pytest.fixture(scope="module")
def real(shared: Path) -> pl.DataFrame:
    """The standing of every treaty in Central Asia on 21 November 2026."""
    parts = [carried_treaty_actions()]
    for file in sorted((shared / "data" / "treaties").glob("*.csv")):
        delivery = take_delivery(file)
        reading = choose_layout(layouts()["treaties"], delivery, "treaties").read(delivery)
        parts.append(
            harmonise_treaties(
                reading.tables["published_treaty_status"], source="treaties", edition=str(reading.edition)
            )
        )
    actions = TreatyActions.validate(pl.concat(parts))
    return judge_treaty_standings(
        actions, treaties=read_codelist("treaties")["treaty"], areas=CA5, as_of=date(2026, 11, 21)
    )


def test_t8_seventeen_rows_and_no_unknown_as_no(real: pl.DataFrame) -> None:
    """One row per instrument; ILO C97 and C143 mostly unknown; every other cell with its age."""
    assert (real["treaty"].n_unique(), real.height) == (17, 85)
    unknown = real.filter(treaty_standing="unknown")
    assert set(unknown["treaty"]) == {"ILO_C97", "ILO_C143"}
    assert unknown.height == 7
    assert real.filter(pl.col("treaty_standing") != "unknown")["evidence_age_years"].null_count() == 0
    assert "no" not in set(real["treaty_standing"])


@pytest.mark.parametrize(
    ("treaty", "area", "standing", "since"),
    [
        ("ICRMW", "KGZ", "party", "2003-09-29"), ("ICRMW", "TJK", "party", "2002-01-08"),
        ("ICRMW", "KAZ", "no_action_seen", None), ("CRPD", "TJK", "signed_only", None), ("CRPD", "UZB", "party", "2021"),
        ("SMUGGLING_2000", "UZB", "signed_only", "2001-06-28"), ("REFUGEES_1951", "UZB", "no_action_seen", None),
        ("STATELESS_1961", "TKM", "party", "2012-08-29"), ("ILO_C97", "KGZ", "party", "2008"),
    ],
)  # fmt: skip
def test_t8_known_cells(real: pl.DataFrame, treaty: str, area: str, standing: str, since: str | None) -> None:
    """Cells of the table in the project's reference document."""
    cell = real.row(by_predicate=(pl.col("treaty") == treaty) & (pl.col("area") == area), named=True)
    assert (cell["treaty_standing"], cell["standing_since"]) == (standing, since)


def test_cross_check_16_the_two_extracts_never_contradict_each_other(real: pl.DataFrame) -> None:
    """Dates of 2015 agree with years of 2022 in every shared cell."""
    assert real["conflict"].drop_nulls().to_list() == []
