"""Partial codelists: only what constraints leave, whole where they leave all, and still trees."""

from guzar.share.sdmx.artefacts import Artefact, Item
from guzar.share.sdmx.partial_codelists import partial_codelists

WORLD = Item(
    "WLD", {"en": "World"}, items=(Item("KAZ", {"en": "Kazakhstan"}), Item("KGZ", {"en": "Kyrgyzstan"}))
)
AREAS = Artefact(
    "codelist", "GUZAR", "CL_AREA", "1.0.0", {"en": "Areas"}, items=(WORLD, Item("_T", {"en": "All"}))
)
SEXES = Artefact("codelist", "GUZAR", "CL_SEX", "1.0.0", {"en": "Sex"}, items=(Item("F", {}), Item("M", {})))
UNUSED = Artefact("codelist", "GUZAR", "CL_COLOUR", "1.0.0", {"en": "Colours"})


def ids(items) -> list[str]:
    return [one for item in items for one in (item.id, *ids(item.items))]


def test_two_dimensions_on_one_list_keep_the_codes_of_both_and_what_stands_above(flow):
    allowed = {"REF_AREA": ["KGZ"], "COUNTERPART_AREA": ["_T"], "SEX": ["M", "F"]}
    found = {one.id: one for one in partial_codelists([AREAS, SEXES, UNUSED], allowed, flow.components)}
    assert ids(found["CL_AREA"].items) == ["WLD", "KGZ", "_T"]
    assert found["CL_AREA"].is_partial
    assert found["CL_SEX"] == SEXES  # every code is allowed: the list is whole, and not called partial
    assert "CL_COLOUR" not in found


def test_a_list_stays_whole_where_one_of_its_dimensions_is_free(flow):
    assert partial_codelists([AREAS], {"REF_AREA": ["KGZ"]}, flow.components) == (AREAS,)


def test_a_code_above_its_allowed_ones_is_told_without_the_others(flow):
    allowed = {"REF_AREA": ["WLD"], "COUNTERPART_AREA": []}
    assert ids(partial_codelists([AREAS], allowed, flow.components)[0].items) == ["WLD"]
