"""Treaty status: unknown, old and no stay apart."""

import polars as pl
import pytest
from tests.collect.sources.people_files import CENTRAL_ASIA_TREATIES, MEMBER_TREATIES, read, read_file

from guzar.collect.delivery import Delivery
from guzar.define.areas import THE_TWELVE
from guzar.define.codelist import read_codelist
from guzar.define.tables.treaties import PublishedTreatyStatus
from guzar.process.harmonise_treaties import carried_treaty_actions, harmonise_treaties

MADE_UP = """treaty,iso3,signature_untc_2015,action_date_untc_2015,status_untc_2022
ICCPR,KAZ,2 Dec 2003,24 Jan 2006,2006
ICCPR,UZB,,28 Sep 1995 a,no action
Smuggling Protocol,KAZ,,,
Smuggling Protocol,UZB,28 Jun 2001,,
"""


def _actions(text: str = MADE_UP) -> pl.DataFrame:
    reading = read(Delivery("treaties.csv", text.encode()), "treaties")
    return harmonise_treaties(
        reading.tables["published_treaty_status"], source="treaties", edition="2022-08-25"
    )


def _of(actions: pl.DataFrame, treaty: str, area: str) -> list[tuple[str, str | None, str]]:
    chosen = actions.filter((pl.col("treaty") == treaty) & (pl.col("area") == area))
    return chosen.select("treaty_action", "action_date", "as_of").rows()


def test_dates_become_actions_of_their_extract() -> None:
    assert _of(_actions(), "ICCPR", "KAZ") == [
        ("ratified", "2006-01-24", "2015-03-14"),
        ("signed", "2003-12-02", "2015-03-14"),
        ("became_party", "2006", "2022-08-25"),
    ]


def test_two_extracts_that_disagree_are_both_kept() -> None:
    assert _of(_actions(), "ICCPR", "UZB") == [
        ("acceded", "1995-09-28", "2015-03-14"),
        ("no_action_seen", None, "2022-08-25"),
    ]


def test_empty_is_no_action_seen_then_and_nothing_is_said_of_later() -> None:
    assert _of(_actions(), "SMUGGLING_2000", "KAZ") == [("no_action_seen", None, "2015-03-14")]
    assert _of(_actions(), "SMUGGLING_2000", "UZB") == [("signed", "2001-06-28", "2015-03-14")]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("28 September 1995", "neither a date"),
        ("1995-09-28 a", "neither a date"),
    ],
)
def test_an_entry_that_is_no_date_sets_its_whole_row_aside(wrong: str, reason: str) -> None:
    reading = read(Delivery("treaties.csv", MADE_UP.replace("28 Sep 1995 a", wrong).encode()), "treaties")
    refused = reading.tables["refused_rows"]
    assert refused["reason"].str.contains(reason).all()
    assert refused.height == 3
    assert "row 3" not in "".join(reading.tables["published_treaty_status"]["place"])


def test_seventeen_instruments_and_the_unknown_ones_make_no_row(shared: object) -> None:
    held = [
        read_file(shared, file).tables["published_treaty_status"]
        for file in (CENTRAL_ASIA_TREATIES, MEMBER_TREATIES)
    ]  # type: ignore[arg-type]
    actions = pl.concat(
        [harmonise_treaties(status, source="treaties", edition="2022-08-25") for status in held]
    )
    everything = pl.concat([actions, carried_treaty_actions()])
    assert set(everything["treaty"]) == set(read_codelist("treaties")["treaty"])
    assert read_codelist("treaties").height == 17
    twelve = everything.filter(pl.col("area").is_in(THE_TWELVE))
    assert _of(twelve, "ILO_C97", "KAZ") == []
    assert _of(twelve, "ILO_C97", "KGZ") == [("ratified", "2008", None)]
    assert {row[2] for row in _of(twelve, "STATELESS_1954", "UZB")} == {"2015-03-14"}
    assert twelve.filter(pl.col("treaty") == "ICRMW")["area"].n_unique() == 12


def test_an_empty_status_is_no_party() -> None:
    """A cell without an entry says nothing was seen, in whatever column it stands."""
    cell = {"reported_treaty": "ICCPR", "reported_area": "KAZ", "reported_column": "status",
            "reported_entry": None, "as_of": "2022-08-25", "place": "row 2"}  # fmt: skip
    status = PublishedTreatyStatus.validate(
        pl.DataFrame([cell], schema_overrides={"reported_entry": pl.String})
    )
    actions = harmonise_treaties(status, source="treaties", edition="2022-08-25")
    assert _of(actions, "ICCPR", "KAZ") == [("no_action_seen", None, "2022-08-25")]
