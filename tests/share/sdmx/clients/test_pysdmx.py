"""pysdmx against the running service: registry client, REST client and connector read what was released."""

import pytest
from tests.share.sdmx.clients.expected import (
    TWO,
    Rows,
    codes_wanted,
    counts_wanted,
    flows_declared,
    names_declared,
    parts_declared,
    rows_read,
    rows_wanted,
)

REGISTRY, REST, CONNECTOR = "by_pysdmx_registry", "by_pysdmx_rest", "by_pysdmx_connector"
LISTED = ("FREQ", "INDICATOR", "REF_AREA", "COUNTERPART_AREA", "SEX", "DEFINITION", "SOURCE")


def lists_wanted(rows: Rows) -> dict[str, list[str]]:
    """The codes of each dimension as a schema lists them: areas and counterparts share one list."""
    codes = codes_wanted(rows)
    areas = sorted({*codes["REF_AREA"], *codes["COUNTERPART_AREA"]})
    return {one: codes[one] for one in LISTED} | {"REF_AREA": areas, "COUNTERPART_AREA": areas}


def test_every_call_of_the_registry_client_is_answered_but_that_for_vtl(read_with):
    calls = read_with(REGISTRY)["calls"]
    assert {name: how for name, how in calls.items() if how != "read"} == {"VTL transformations": "NotFound"}
    assert len(calls) == 24


@pytest.mark.parametrize("script", [REGISTRY, CONNECTOR])
def test_it_finds_every_dataflow(read_with, released, script):
    assert read_with(script)["dataflows"] == flows_declared(released)


def test_the_registry_client_reads_the_structure_and_the_names_of_codes(read_with):
    told = read_with(REGISTRY)
    assert {name: told[name] for name in parts_declared()} == parts_declared()
    assert told["areas"] == {code: names["en"] for code, names in names_declared().items()}


def test_a_schema_holds_the_codes_that_occur_and_those_of_an_agreement_only_its_providers(
    read_with, released
):
    told = read_with(REGISTRY)
    assert {one: sorted(told["schema"][one]) for one in LISTED} == lists_wanted(rows_wanted(released))
    agreed = rows_wanted(released, codes={"SOURCE": ("world_bank", "world_bank_stock")})
    assert {one: sorted(told["agreed"][one]) for one in LISTED} == lists_wanted(agreed)
    assert told["agreed"]["SOURCE"] != told["schema"]["SOURCE"]


def test_the_registry_client_is_told_what_is_held(read_with, released):
    told = read_with(REGISTRY)
    rows = rows_wanted(released, history=True)
    assert told["held"] == codes_wanted(rows)
    assert told["counts"] == [*counts_wanted(rows), *counts_wanted(rows)]


def test_the_registry_client_reads_maps_regions_providers_and_reports(read_with):
    told = read_with(REGISTRY)
    assert told["iso2"] == {"KGZ": "KG", "TJK": "TJ"}
    assert "UZB" in told["regions"]["CA5"]
    assert told["mapped"][0].endswith("DataStructure=GUZAR:FIGURES(1.0.0)")
    assert told["mapped"][2] > 3
    assert "WORLD_BANK" in told["providers"]
    assert told["metadata provider"] == [["GUZAR", ["SIMS"]]]
    assert told["report"][0] == "Reference metadata: Migrant stocks"
    assert told["report"][1][:3] == ["S_2", "S_3", "S_6"]  # nobody is declared who publishes


@pytest.mark.parametrize("format_", ["csv-1.0", "csv-2.0", "generic-2.1", "specific-2.1", "ml-3.0"])
def test_the_rest_client_reads_every_format_of_both_versions(read_with, released, format_):
    told = read_with(REST)
    two = rows_wanted(released, codes={"REF_AREA": TWO, "SEX": ("_T",)})
    one = rows_wanted(released, codes={"REF_AREA": ("KGZ",), "SEX": ("_T",)})
    assert rows_read(told["v1"][format_]) == two
    assert rows_read(told["v2"][format_]) == one
    assert len(two) > len(one) > 100


def test_the_rest_client_gets_structures_availability_schema_and_metadata(read_with, released):
    told = read_with(REST)
    rows = rows_wanted(released, codes={"REF_AREA": ("KGZ",)})
    series, observations = counts_wanted(rows)
    assert told["available"] == codes_wanted(rows)
    assert told["counts"] == {"series_count": str(series), "obs_count": str(observations)}
    assert sorted(told["schema"]["CL_SEX"]) == codes_wanted(rows_wanted(released))["SEX"]
    assert {"Codelist", "ConceptScheme", "DataStructureDefinition", "Dataflow"} <= set(told["described"])
    assert told["reports"] == [
        {"en": "Reference metadata: Migrant stocks", "ru": "Справочные метаданные: Численность мигрантов"}
    ]


def test_the_connector_finds_by_words_and_counts_what_a_filter_leaves(read_with, released):
    told = read_with(CONNECTOR)
    assert told["found"] == ["REMITTANCES", "REMITTANCE_PRICES"]
    part = rows_wanted(released, codes={"REF_AREA": ("KGZ",)})
    assert told["counts"] == [*counts_wanted(rows_wanted(released)), *counts_wanted(part)]
    assert {one: sorted(told["codes"][one]) for one in LISTED} == lists_wanted(part)


def test_the_connector_gives_the_rows_that_its_sql_asks_for(read_with, released):
    told = {name: rows_read(rows) for name, rows in read_with(CONNECTOR)["rows"].items()}
    of = released.rows.execute('SELECT DISTINCT "SEX" FROM rows WHERE "SEX" <> \'_T\'').fetchall()
    others = tuple(sorted(sex for (sex,) in of))
    assert told == {
        "equal": rows_wanted(released, codes={"REF_AREA": ("KGZ",), "SEX": ("_T",)}),
        "listed": rows_wanted(released, codes={"REF_AREA": TWO, "SEX": others}, start="2015"),
        "between": rows_wanted(released, codes={"REF_AREA": ("UZB",)}, start="1995", end="2010"),
        "of evidence": rows_wanted(released, codes={"REF_AREA": ("KAZ",)}, evidence="modelled_from_modelled"),
    }
    assert min(len(rows) for rows in told.values()) > 10
