"""Which structures answer a query, in the words of SDMX REST 2.0 and of 1.0."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.languages import translate
from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.kinds import OLD_KINDS
from guzar.share.sdmx.refusals import QueryRefused
from guzar.share.sdmx.selection import select_artefacts
from guzar.share.sdmx.structure_queries import new_structure_query, old_structure_query
from guzar.share.sdmx.stubs import is_stub, whole_of
from guzar.share.sdmx.versions import choose_versions, require_version

VERSIONS = ["1.0.0", "1.2.0", "1.2.3", "1.3.0", "1.10.0", "2.0.0", "2.1.0-draft"]


def ids(artefacts: list[Artefact]) -> set[tuple[str, str]]:
    return {(one.kind, one.id) for one in artefacts}


def kinds(artefacts: list[Artefact]) -> set[str]:
    return {one.kind for one in artefacts}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("*", set(VERSIONS)),
        ("+", {"2.0.0"}),
        ("~", {"2.1.0-draft"}),
        ("1.0.0", {"1.0.0"}),
        ("1.0", {"1.0.0"}),
        ("9.9.9", set()),
        ("1.0.0,2.0.0", {"1.0.0", "2.0.0"}),
        ("1+.0", {"2.0.0"}),
        ("1.2+", {"1.10.0"}),
        ("1.2+.0", {"1.10.0"}),
        ("1.2.0+", {"1.2.3"}),
        ("2.0~", {"2.1.0-draft"}),
        ("2.~", {"2.1.0-draft"}),
        ("3+.0.0", set()),
        ("1.2.*", {"1.2.0", "1.2.3"}),
    ],
)
def test_versions(asked, found):
    require_version(asked)
    assert choose_versions(asked, VERSIONS) == found


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), min_size=1, max_size=8, unique=True))
def test_the_latest_is_the_greatest_by_number(versions):
    written = [".".join(map(str, one)) for one in versions]
    assert choose_versions("+", written) == {".".join(map(str, max(versions)))}


@pytest.mark.parametrize("asked", ["", "one", "1..0", "1.+.+", "latest", "1.0.0;drop", "+~"])
def test_what_is_no_version_is_refused(asked):
    with pytest.raises(QueryRefused) as refused:
        require_version(asked)
    assert refused.value.status == 400


def test_a_kind_and_lists_of_ids(artefacts):
    found = select_artefacts(artefacts, new_structure_query("codelist", "GUZAR", "CL_SEX,CL_FREQ"))
    assert ids(found) == {("codelist", "CL_SEX"), ("codelist", "CL_FREQ")}
    assert kinds(select_artefacts(artefacts, new_structure_query("*"))) == kinds(artefacts)


def test_the_words_of_the_old_interface(artefacts):
    found = select_artefacts(artefacts, old_structure_query("codelist", "all", "CL_SEX+CL_FREQ", "latest"))
    assert ids(found) == {("codelist", "CL_SEX"), ("codelist", "CL_FREQ")}
    assert kinds(select_artefacts(artefacts, old_structure_query("contentconstraint"))) == {"dataconstraint"}
    assert kinds(select_artefacts(artefacts, old_structure_query("hierarchicalcodelist"))) == {"hierarchy"}
    assert kinds(select_artefacts(artefacts, old_structure_query("structureset"))) == {
        "representationmap",
        "structuremap",
    }
    assert kinds(select_artefacts(artefacts, old_structure_query("structure"))) == OLD_KINDS
    assert len(select_artefacts(artefacts, old_structure_query("organisationscheme"))) == 4
    with pytest.raises(QueryRefused):
        old_structure_query("metadataproviderscheme")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: new_structure_query("nothing"),
        lambda: new_structure_query("hierarchicalcodelist"),
        lambda: old_structure_query("nothing"),
        lambda: new_structure_query("codelist", detail="some"),
        lambda: old_structure_query("codelist", detail="raw"),
        lambda: new_structure_query("codelist", references="friends"),
        lambda: new_structure_query("codelist", "*", "*", "x"),
    ],
)
def test_wrong_words_are_refused_in_both_languages(ask):
    with pytest.raises(QueryRefused) as refused:
        ask()
    assert refused.value.status == 400
    russian = refused.value.tell(lambda text: translate(text, "ru"))
    assert russian != refused.value.message
    assert "{" not in russian


@pytest.mark.parametrize("query", [("codelist", "GUZAR", "CL_NONE"), ("process",), ("codelist", "ECB")])
def test_what_is_not_there_is_not_found(query, artefacts):
    with pytest.raises(QueryRefused) as refused:
        select_artefacts(artefacts, new_structure_query(*query))
    assert refused.value.status == 404


def test_items_make_a_scheme_partial(artefacts):
    query = new_structure_query("codelist", "GUZAR", "CL_AREA", "+", "KGZ,TJK")
    found = select_artefacts(artefacts, query)
    assert [[item.id for item in one.items] for one in found] == [["KGZ", "TJK"]]
    assert found[0].is_partial
    whole = select_artefacts(artefacts, new_structure_query("codelist", "GUZAR", "CL_AREA"))
    assert not whole[0].is_partial


def test_an_item_below_another_keeps_what_is_above_it(artefacts):
    for item in ("S_13_3_1", "S_13.S_13_3.S_13_3_1"):
        found = select_artefacts(artefacts, new_structure_query("conceptscheme", "*", "CS_SIMS", "~", item))
        path = []
        items = found[0].items
        while items:
            assert len(items) == 1
            path.append(items[0].id)
            items = items[0].items
        assert path == ["S_13", "S_13_3", "S_13_3_1"]


def test_items_of_what_has_none_are_refused(artefacts):
    with pytest.raises(QueryRefused) as refused:
        select_artefacts(artefacts, new_structure_query("dataflow", "*", "*", "~", "KGZ"))
    assert refused.value.status == 400


def ask(artefacts, kind, id_, references, **more):
    return select_artefacts(artefacts, new_structure_query(kind, "GUZAR", id_, references=references, **more))


def test_references_of_a_dataflow(artefacts):
    children = ids(ask(artefacts, "dataflow", "REMITTANCES", "children"))
    assert children == {("dataflow", "REMITTANCES"), ("datastructure", "FIGURES")}
    assert kinds(ask(artefacts, "dataflow", "REMITTANCES", "descendants")) == {
        "dataflow",
        "datastructure",
        "codelist",
        "conceptscheme",
    }
    assert kinds(ask(artefacts, "dataflow", "REMITTANCES", "parents")) == {
        "dataflow",
        "categorisation",
        "dataconstraint",
        "provisionagreement",
    }
    siblings = kinds(ask(artefacts, "dataflow", "REMITTANCES", "parentsandsiblings"))
    assert {"categoryscheme", "dataproviderscheme"} <= siblings
    everything = ids(ask(artefacts, "dataflow", "REMITTANCES", "all"))
    assert everything >= children | ids(ask(artefacts, "dataflow", "REMITTANCES", "descendants"))
    assert ("dataflow", "REFUGEES") not in everything


def test_ancestors_of_a_codelist(artefacts):
    assert {"datastructure", "dataflow", "conceptscheme", "categorisation"} <= kinds(
        ask(artefacts, "codelist", "CL_EVIDENCE", "ancestors")
    )


def test_references_may_name_a_kind(artefacts):
    assert kinds(ask(artefacts, "dataflow", "REMITTANCES", "codelist")) == {"dataflow", "codelist"}
    assert ("structuremap", "SM_OECD_MIG") in ids(ask(artefacts, "datastructure", "FIGURES", "structuremap"))
    old = old_structure_query("dataflow", "GUZAR", "REMITTANCES", references="contentconstraint")
    assert kinds(select_artefacts(artefacts, old)) == {"dataflow", "dataconstraint"}


def test_a_structure_map_comes_only_by_name_since_sdmx1_cannot_read_one(artefacts):
    assert "structuremap" not in kinds(ask(artefacts, "datastructure", "FIGURES", "all"))


@pytest.mark.parametrize(
    ("detail", "asked_is_stub", "added_are_stubs"),
    [
        ("full", False, False),
        ("raw", False, False),
        ("allstubs", True, True),
        ("allcompletestubs", True, True),
        ("referencestubs", False, True),
        ("referencecompletestubs", False, True),
    ],
)
def test_detail(detail, asked_is_stub, added_are_stubs, artefacts):
    query = new_structure_query("dataflow", "GUZAR", "REFUGEES", detail=detail, references="children")
    asked, added = select_artefacts(artefacts, query, address=lambda one: f"https://example.org/{one.id}")
    assert is_stub(asked) == asked_is_stub
    assert is_stub(added) == added_are_stubs
    assert whole_of(added) == ("https://example.org/FIGURES" if added_are_stubs else "")


def test_complete_stubs_keep_descriptions(artefacts):
    described = dataclasses.replace(artefacts[0], descriptions={"en": "Long"})
    for detail, kept in (("allstubs", {}), ("allcompletestubs", {"en": "Long"})):
        found = select_artefacts([described], new_structure_query(described.kind, detail=detail))
        assert found[0].descriptions == kept


def test_partial_references_hold_what_occurs(artefacts):
    query = new_structure_query(
        "dataflow", "GUZAR", "REMITTANCES", detail="referencepartial", references="all"
    )
    found = {one.id: one for one in select_artefacts(artefacts, query)}
    assert [one.id for one in found["CL_FREQ"].items] == ["A"]
    assert {one.id for one in found["CL_AREA"].items} == {"KGZ", "TJK"}
    assert found["CL_AREA"].is_partial
    assert [one.id for one in found["THEMES"].items] == ["MONEY"]
    assert not found["CL_SEX"].is_partial
    assert not found["CS_GUZAR"].is_partial
