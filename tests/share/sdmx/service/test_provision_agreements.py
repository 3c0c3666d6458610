"""Data and schemas of a provision agreement: which dataflow, and whose rows."""

from types import SimpleNamespace

import pytest

from guzar.share.sdmx.made_dataflows import subject_dataflows
from guzar.share.sdmx.made_organisations import sources_of
from guzar.share.sdmx.refusals import QueryRefused
from guzar.share.sdmx.service.data_answers import flow_of_agreement


@pytest.fixture
def publication(artefacts, table_flow):
    flows = {one.id: SimpleNamespace(flow=one) for one in (*subject_dataflows(), table_flow.flow)}
    return SimpleNamespace(artefacts=artefacts, index=SimpleNamespace(flows=flows, asked={}))


def test_an_agreement_about_figures_has_its_provider(publication):
    flow, providers = flow_of_agreement(publication, "GUZAR", "PA_WORLD_BANK_REMITTANCES", "1.0.0")
    assert (flow.id, providers) == ("REMITTANCES", ("WORLD_BANK",))
    assert "world_bank" in sources_of("WORLD_BANK")
    assert sources_of("un_migrant_stock") == ("un_migrant_stock",)


def test_rows_of_a_protected_table_do_not_tell_their_provider(publication, table_flow):
    [agreement] = [
        one
        for one in publication.artefacts
        if one.kind == "provisionagreement" and one.body.flow.id == table_flow.flow.id
    ]
    assert flow_of_agreement(publication, "*", agreement.id, "+") == (table_flow.flow, ())


@pytest.mark.parametrize(
    ("agency", "agreement", "version"),
    [
        ("SDMX", "PA_WORLD_BANK_REMITTANCES", "1.0.0"),
        ("GUZAR", "PA_NOBODY", "+"),
        ("GUZAR", "PA_WORLD_BANK_REMITTANCES", "2.0.0"),
    ],
)
def test_what_is_no_agreement_is_not_found(publication, agency, agreement, version):
    with pytest.raises(QueryRefused) as refused:
        flow_of_agreement(publication, agency, agreement, version)
    assert refused.value.status == 404
