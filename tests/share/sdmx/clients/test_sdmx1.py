"""sdmx1 against the running service, with SDMX 2.1 and with SDMX 3.0: what it reads is what was released."""

import pytest
from tests.share.sdmx.clients.expected import (
    TWO,
    codes_wanted,
    counts_wanted,
    flows_declared,
    names_declared,
    parts_declared,
    rows_read,
    rows_wanted,
)

V1, V2 = "by_sdmx1_v1", "by_sdmx1_v2"
BOTH = pytest.mark.parametrize("script", [V1, V2])
# What sdmx1 2.28 cannot read; a version that can should be written into docs/methods/sdmx-clients.md.
CANNOT = {
    V1: {"structureset": "XMLParseError", "organisationunitscheme": "NotImplementedError"},
    V2: {
        "dataproviderscheme": "XMLParseError",
        "dataconsumerscheme": "XMLParseError",
        "metadataflow": "XMLParseError",
        "provisionagreement": "RuntimeError",
        "dataconstraint": "XMLParseError",
        "metadataproviderscheme": "XMLParseError",
        "metadataprovisionagreement": "XMLParseError",
    },
}


@BOTH
def test_it_finds_every_dataflow_with_its_names(read_with, released, script):
    found = read_with(script)["dataflows"]
    assert {id_: names["en"] for id_, names in found.items()} == flows_declared(released)
    assert found["MIGRANT_STOCKS"]["ru"] == "Численность мигрантов"


@BOTH
def test_it_reads_the_data_structure_and_names_of_codes_in_both_languages(read_with, script):
    told = read_with(script)
    assert {name: told[name] for name in parts_declared()} == parts_declared()
    assert told["areas"] == names_declared()


@BOTH
def test_which_kinds_of_structures_it_reads(read_with, script):
    kinds = read_with(script)["kinds"]
    assert {kind: how for kind, how in kinds.items() if how != "read"} == CANNOT[script]
    assert len(kinds) == 16


@pytest.mark.parametrize("format_", ["generic", "specific"])
def test_2_1_gives_the_rows_that_were_released(read_with, released, format_):
    wanted = rows_wanted(released, codes={"REF_AREA": TWO, "SEX": ("_T",)}, start="2010")
    assert len(wanted) > 100
    assert rows_read(read_with(V1)[format_]) == wanted


def test_2_1_gives_every_edition_and_the_last_observations(read_with, released):
    wanted = rows_wanted(released, codes={"REF_AREA": ("KGZ",), "SEX": ("_T",)}, history=True)
    assert rows_read(read_with(V1)["history"]) == wanted
    last = rows_wanted(released, codes={"REF_AREA": TWO, "SEX": ("_T",)}, last=1)
    assert rows_read(read_with(V1)["last"]) == last
    assert len(wanted) > len(last) > 10


def test_2_1_tells_what_is_held_and_what_is_available(read_with, released):
    told = read_with(V1)
    assert told["held"] == codes_wanted(rows_wanted(released, history=True))
    available = rows_wanted(released, codes={"REF_AREA": TWO})
    assert told["available"] == codes_wanted(available)
    series, observations = counts_wanted(available)
    assert told["counts"] == {"series_count": str(series), "obs_count": str(observations)}


def test_3_0_gives_the_rows_that_were_released(read_with, released):
    told = read_with(V2)
    wanted = rows_wanted(released, codes={"REF_AREA": TWO})
    assert len(wanted) > 100
    assert rows_read(told["rows"]) == wanted
    assert rows_read(told["last"]) == rows_wanted(released, codes={"REF_AREA": TWO}, last=1)


def test_3_0_tells_what_is_available_of_one_dimension(read_with, released):
    codes = codes_wanted(rows_wanted(released, codes={"REF_AREA": ("KGZ",)}))
    assert read_with(V2)["available"] == {"SEX": codes["SEX"]}


def test_3_0_reads_no_other_format_of_data(read_with):
    assert read_with(V2)["other formats"] == {"csv": "AttributeError", "json": "TypeError"}
