"""`guzar table` and `guzar trace`: read from declarations and signatures, so that they cannot go stale."""

import json

import pytest
from typer.testing import CliRunner

from guzar.cli import application
from guzar.define.dictionary import declared_tables, describe_table, find_table
from guzar.define.tables.figures import Observations
from guzar.define.tables.releases import ReleasedFigures
from guzar.errors import SettingsInvalid
from guzar.languages import translate
from guzar.trace import steps, trace_back, trace_forth

MINE = ("PublishedFigures", "RefusedRows", "Observations", "ReleasedFigures", "SdmxFigures")


def run(*arguments: str) -> str:
    return CliRunner().invoke(application(), list(arguments)).stdout


def test_every_table_says_what_one_row_is():
    assert {"Observations", "PublishedFigures", "ReleasedFigures"} <= set(declared_tables())
    for name, table in declared_tables().items():
        assert describe_table(table).row.startswith("One row per "), name


def test_a_table_tells_what_is_declared_and_nothing_else():
    entry = describe_table(Observations)
    assert entry.key == tuple(Observations.primary_key())
    assert [column.name for column in entry.columns] == Observations.column_names()
    area = entry.columns[1]
    assert (area.concept, area.codelist, area.secrecy, area.is_key) == ("REF_AREA", "CL_AREA", "open", True)
    assert entry.rules[0].startswith("A row without a number says why")
    assert describe_table(ReleasedFigures).rules == entry.rules


@pytest.mark.parametrize("wrong", ["Observation", "observatons", "Obs"])
def test_a_wrong_name_gets_the_nearest_one(wrong):
    with pytest.raises(SettingsInvalid, match="Did you mean Observations") as refused:
        find_table(wrong)
    assert refused.value.exit_code == 2
    assert find_table("observations") is Observations


def test_the_figures_journey_can_be_followed_by_its_signatures():
    assert [one.step.name for one in trace_back("PublishedFigures").steps] == ["collect.quarantine.sift"]
    [door] = trace_back("ReleasedFigures").steps
    assert (door.step.name, door.step.takes) == ("protect.release.release_public_figures", ("Observations",))
    assert "process.harmonise.harmonise" in [one.step.name for one in door.beyond[0].steps]
    forth = {one.step.name for one in trace_forth("ReleasedFigures").steps}
    assert {"share.sdmx.writers.make_sdmx_figures", "share.workbook.write_workbook"} <= forth


def test_only_the_door_makes_released_figures():
    assert [step.name for step in steps() if "ReleasedFigures" in step.makes] == [
        "protect.release.release_public_figures"
    ]


def test_nothing_in_share_takes_figures_that_were_not_released():
    assert [step.name for step in steps() if step.room == "share" and "Observations" in step.takes] == []


def test_every_name_in_a_signature_is_a_declared_table():
    named = {table for step in steps() for table in (*step.takes, *step.makes)}
    assert named <= set(declared_tables()) | {"S"}


def test_the_commands_print_text_and_json():
    assert "  area: text · key · concept REF_AREA · codelist CL_AREA · open" in run("table", "Observations")
    assert json.loads(run("table", "Observations", "--json"))["name"] == "Observations"
    assert "ReleasedFigures\n" in run("table", "--list")
    assert "process.harmonise.harmonise ← PublishedFigures" in run("trace", "Observations")
    assert json.loads(run("trace", "Observations", "--json"))["goes_to"]


def test_the_tables_of_the_figures_journey_are_described_in_russian_too():
    for name in MINE[2:]:
        entry = describe_table(declared_tables()[name])
        texts = [entry.row, entry.note, *entry.rules, *(column.meaning for column in entry.columns)]
        assert [text for text in texts if text and translate(text, "ru") == text] == [], name
