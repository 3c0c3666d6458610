"""Dataflows of a release: of subjects, and of protected tables with codelists of their own."""

import dataclasses

import polars as pl
import pytest

from guzar.define.structures import SUBJECTS, components
from guzar.define.tables.releases import ProtectedTable
from guzar.languages import translate
from guzar.protect.release import release_public_figures
from guzar.protect.release_counts import suppress_small_cells
from guzar.protect.rules import CountRules
from guzar.share.editions import name_release, write_release
from guzar.share.sdmx.made_dataflows import dataflows_of, subject_dataflows, table_dataflows
from guzar.store import open_release

DATE = "2026-11-21"


def test_every_subject_is_a_dataflow_of_one_structure():
    flows = subject_dataflows()
    assert [one.id for one in flows] == [one.id for one in SUBJECTS]
    assert {one.structure for one in flows} == {"FIGURES"}
    assert flows[0].components == components()
    assert flows[0].names["en"] == "Migrant stocks"
    assert flows[0].names["ru"] == translate("Migrant stocks", "ru") != "Migrant stocks"
    assert flows[0].time is not None


def test_a_protected_table_has_a_structure_of_its_own(table_flow):
    flow = table_flow.flow
    assert (flow.id, flow.structure) == ("ARRIVALS", "ARRIVALS")
    assert [one.column for one in flow.dimensions] == ["citizenship", "sex", "mode"]
    assert flow.time is not None
    assert flow.time.column == "year"
    assert flow.measure.column == "persons"
    assert [one.id for one in flow.observation_attributes] == ["UNIT_MEASURE", "CONF_STATUS"]
    assert len({one.id for one in flow.components}) == len(flow.components)


def test_declared_codes_are_used_and_others_make_a_list(table_flow):
    lists = {one.column: one.codelist for one in table_flow.flow.components}
    made = {one.id: one for one in table_flow.codelists}
    assert lists["sex"] == "CL_SEX"
    assert lists["mode"] == "CL_ARRIVALS_MODE"
    assert [one.id for one in made["CL_ARRIVALS_MODE"].items] == ["_T", "rail", "air"]
    assert made["CL_ARRIVALS_MODE"].items[0].names == {"en": "All", "ru": translate("All", "ru")}


def test_a_code_that_no_list_knows_stands_in_a_list_with_the_names_that_are_known(table_flow):
    listed = next(one for one in table_flow.codelists if one.id == "CL_ARRIVALS_CITIZENSHIP")
    assert {item.id for item in listed.items} == {"_T", "KGZ", "XQZ"}


def test_a_column_of_years_with_a_total_is_a_dimension_like_others(arrivals):
    total = arrivals.frame.with_columns(year=pl.lit("_T"))
    flow = table_dataflows([dataclasses.replace(arrivals, frame=total)])[0].flow
    assert flow.time is None
    assert "YEAR" in {one.id for one in flow.dimensions}


def test_a_table_named_like_a_subject_is_told_apart(arrivals):
    flow = table_dataflows([dataclasses.replace(arrivals, name="remittances")])[0].flow
    assert flow.id == "PROTECTED_REMITTANCES"


def test_a_blurred_table_says_how(arrivals):
    frame = arrivals.frame.drop("confidentiality_status").with_columns(disclosure_method=pl.lit("cell_key"))
    about = {**arrivals.about, "method": "perturb"}
    made = table_dataflows([dataclasses.replace(arrivals, frame=frame, about=about)])[0]
    assert made.flow.observation_attributes[-1].id == "DISCLOSURE_METHOD"
    methods = next(one for one in made.codelists if one.id == "CL_DISCLOSURE_METHOD")
    assert [one.id for one in methods.items] == ["cell_key", "rounded"]


@pytest.fixture(scope="module")
def table() -> ProtectedTable:
    counts = pl.DataFrame(
        {"region": ["north", "north", "south", "south"], "sex": ["F", "M"] * 2, "persons": [3, 41, 62, 58]}
    )
    made = suppress_small_cells(
        {"by_sex": counts}, dimensions=["region", "sex"], count="persons", rules=CountRules()
    ).tables[0]
    return dataclasses.replace(made, about={**made.about, "population": "residents of Everland"})


def test_a_release_of_protected_tables_alone_has_no_subjects(table, observations, tmp_path):
    figures = release_public_figures(observations.clear())
    given = {"date": DATE, "made_from": [], "protected": [table]}
    write_release(tmp_path, figures, {}, release=name_release(figures, {}, **given), **given)
    flows, tables = dataflows_of(open_release(tmp_path))
    assert flows == []
    assert [one.flow.id for one in tables] == ["BY_SEX"]
    assert tables[0].table.frame.equals(table.frame)
    assert tables[0].unit == table.unit
    assert tables[0].flow.names["en"] == "residents of Everland (by sex)"


def test_a_release_of_figures_has_every_subject(release):
    flows, tables = dataflows_of(open_release(release))
    assert [one.id for one in flows] == [one.id for one in SUBJECTS]
    assert tables == []
