"""Dataflows → themes, and which dataflow stands under which."""

from collections.abc import Iterable

from guzar.define.structures import AGENCY, SUBJECTS, VERSION
from guzar.share.sdmx.artefacts import Artefact, Item, Reference
from guzar.share.sdmx.bodies import CategorisationBody
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.made_structures import flow_reference
from guzar.share.sdmx.structure_names import THEMES, THEMES_NAME, in_both

SCHEME = "THEMES"
THEME_OF_SUBJECT = {
    "MIGRANT_STOCKS": "PEOPLE_ELSEWHERE",
    "FLOW_ESTIMATES": "FLOWS",
    "REMITTANCE_PRICES": "MONEY",
    "REMITTANCES": "MONEY",
    "REFUGEES": "PROTECTION",
    "POPULATION": "POPULATION",
    "ECONOMY": "MONEY",
}


def make_themes() -> Artefact:
    """The themes, as a scheme of categories."""
    items = tuple(Item(id_, in_both(words)) for id_, words in THEMES.items())
    return Artefact("categoryscheme", AGENCY, SCHEME, VERSION, in_both(THEMES_NAME), items=items)


def make_categorisations(flows: Iterable[Dataflow]) -> list[Artefact]:
    """Each dataflow under its theme; protected tables under that of records."""
    return [_categorisation(one) for one in flows]


def theme_of(flow: Dataflow) -> str:
    """The theme of a dataflow."""
    is_subject = flow.id in {one.id for one in SUBJECTS}
    return THEME_OF_SUBJECT.get(flow.id, "OTHER") if is_subject else "RECORDS"


def _categorisation(flow: Dataflow) -> Artefact:
    return Artefact(
        "categorisation",
        AGENCY,
        f"CAT_{flow.id}",
        VERSION,
        flow.names,
        body=CategorisationBody(
            flow_reference(flow), Reference("categoryscheme", AGENCY, SCHEME, VERSION, theme_of(flow))
        ),
        references=(flow_reference(flow), Reference("categoryscheme", AGENCY, SCHEME, VERSION)),
    )
