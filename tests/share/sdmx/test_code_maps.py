"""Code maps: every country has its codes, checked against CLDR; every pair is known from somewhere and starts in a list."""

from pathlib import Path

import pytest
from babel import Locale
from babel.core import get_global

from guzar.define import structures
from guzar.define.areas import areas
from guzar.define.codelist import read_codelist
from guzar.define.definitions import definitions
from guzar.share.sdmx.code_maps import code_maps, map_reference, structure_maps

MAPS = {one.id: one for one in code_maps()}
PAIRS = list(read_codelist("sdmx_code_pairs").fill_null("").iter_rows(named=True))
COUNTRIES = areas().filter(areas()["kind"] == "country")["code"].to_list()
# Countries that have no code in a list: the reason stands beside the code in the declarations.
WITHOUT = {"CM_AREA_M49": {"TWN"}}


@pytest.mark.parametrize("id_", ["CM_AREA_ISO2", "CM_AREA_M49", "CM_AREA_ESTAT", "CM_AREA_OECD"])
def test_every_country_has_its_code_or_a_reason_why_not(id_):
    mapped = dict(MAPS[id_].pairs)
    assert len(COUNTRIES) == 249
    missing = {code for code in COUNTRIES if code not in mapped}
    assert missing == WITHOUT.get(id_, set())
    reasons = {row["source"] for row in PAIRS if row["map"] == id_ and row["match"] == "none" and row["note"]}
    assert missing <= reasons


@pytest.mark.parametrize("id_", ["CM_AREA_ISO2", "CM_AREA_M49", "CM_AREA_ESTAT", "CM_AREA_OECD"])
def test_no_two_areas_share_a_code(id_):
    targets = [target for _, target in MAPS[id_].pairs]
    assert len(targets) == len(set(targets))


def test_codes_of_countries_are_those_of_cldr():
    """CLDR knows alpha-3 codes and M49 numbers as other names of alpha-2 codes."""
    other_names = get_global("territory_aliases")
    two_letters, numbers = dict(MAPS["CM_AREA_ISO2"].pairs), dict(MAPS["CM_AREA_M49"].pairs)
    checked = 0
    for code in COUNTRIES:
        assert two_letters[code] in Locale("en").territories
        assert other_names[code] == [two_letters[code]]
        if code in numbers and f"{numbers[code]:0>3}" in other_names:
            assert other_names[f"{numbers[code]:0>3}"] == [two_letters[code]]
            checked += 1
    assert checked > 240


@pytest.mark.parametrize(
    ("id_", "code", "target"),
    [
        ("CM_AREA_ISO2", "KAZ", "KZ"),
        ("CM_AREA_ISO2", "NAM", "NA"),
        ("CM_AREA_M49", "AFG", "4"),
        ("CM_AREA_M49", "WLD", "1"),
        ("CM_AREA_ESTAT", "GRC", "EL"),
        ("CM_AREA_ESTAT", "GBR", "UK"),
        ("CM_AREA_ESTAT", "XKX", "XK"),
        ("CM_AREA_OECD", "_T", "W"),
        ("CM_SEX_ESTAT", "_T", "T"),
        ("CM_UNIT_OECD", "persons", "PS"),
        ("CM_UNIT_ESTAT", "persons", "NR"),
        ("CM_DEFINITION_OECD", "un_stock_hosted_citizenship", "B15"),
    ],
)
def test_codes_lead_where_they_should(id_, code, target):
    assert dict(MAPS[id_].pairs)[code] == target


def test_every_code_of_a_map_stands_in_its_codelist():
    for one in MAPS.values():
        known = structures.code_names(one.source.id, "en")
        assert [code for code, _ in one.pairs if code not in known] == [], one.id
        assert len({code for code, _ in one.pairs}) == len(one.pairs) > 0


def test_every_declared_pair_says_where_it_is_known_from_and_how_near_it_is():
    assert len({(row["map"], row["source"]) for row in PAIRS}) == len(PAIRS)
    for row in PAIRS:
        assert row["map"] in MAPS
        assert row["known_from"]
        assert (row["match"] == "none") == (not row["target"]), row
        assert row["match"] in ("same", "near", "none")
        assert row["match"] == "same" or row["note"], row


def test_a_definition_that_is_the_same_as_a_series_is_taken_from_it():
    same = [row for row in PAIRS if row["map"] == "CM_DEFINITION_SDG" and row["match"] == "same"]
    assert len(same) > 5
    for row in same:
        about = definitions()[row["source"]]
        assert (about.source, about.series.split(".")[0]) == ("sdg", row["target"])


def test_a_near_definition_counts_the_same_kind_of_thing():
    """Measures B13 to B15 and the datasets of Eurostat count persons; none is a transition, a balance or a share."""
    for row in PAIRS:
        if row["map"] in ("CM_DEFINITION_OECD", "CM_DEFINITION_ESTAT") and row["target"]:
            about = definitions()[row["source"]]
            assert about.unit == "persons"
            assert about.measure == ("flow" if row["target"] in ("B13", "migr_asyappctza") else "stock")
            assert about.concept == ("birth" if row["target"] in ("B14", "migr_pop3ctb") else "citizenship")


def test_every_map_is_named_and_described_in_both_languages():
    for one in (*code_maps(), *structure_maps()):
        assert one.names["en"] != one.names["ru"]
        assert set(one.descriptions) in (set(), {"en", "ru"})


def test_structure_maps_start_in_the_declared_components_and_name_known_code_maps():
    held = {one.id: one for one in structures.components()}
    assert [one.id for one in structure_maps()] == [
        "SM_OECD_MIG",
        "SM_SDG",
        "SM_ESTAT_BIRTH",
        "SM_ESTAT_CITIZENSHIP",
    ]
    for one in structure_maps():
        assert one.target.startswith("urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=")
        assert len({part.target for part in one.components}) == len(one.components)
        for part in one.components:
            assert bool(part.source) != bool(part.fixed)
            assert not part.source or part.source in held
            if part.code_map:
                assert MAPS[part.code_map].source.id == held[part.source].codelist


def test_maps_are_referred_to_by_their_kind():
    assert map_reference("SM_SDG").kind == "structuremap"
    assert map_reference("CM_AREA_M49").kind == "representationmap"


def test_the_page_shows_every_declared_pair():
    page = (Path(__file__).parents[3] / "docs" / "methods" / "sdmx-maps.md").read_text(encoding="utf-8")
    sections = {part.split(":")[0]: part for part in page.split("\n### ")[1:]}
    for row in PAIRS:
        there = f"`{row['target']}`" if row["target"] else "–"
        line = f"| `{row['source']}` | {there} | {row['match']} | {row['known_from']} | {row['note']} |"
        assert line.replace("|  |", "| |") in sections[row["map"]], line
        assert MAPS[row["map"]].names["en"] in sections[row["map"]]
    for one in structure_maps():
        for part in one.components:
            source = f"`{part.source}`" if part.source else "–"
            by = part.code_map or (f"always `{part.fixed}`" if part.fixed else "as it is")
            assert f"| {source} | `{part.target}` | {by} |" in sections[one.id]
