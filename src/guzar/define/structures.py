"""SDMX structures as plain declarations: components from the table SdmxFigures, codes from the codelists.

One data structure serves every dataflow; a dataflow is a subject (migrant stocks, remittances, …). Nothing
here knows a library or a file format: `share/sdmx` turns these declarations into messages.
"""

from dataclasses import dataclass
from functools import cache

import dataframely as dy

from guzar.define.areas import areas, regions
from guzar.define.codelist import read_codelist
from guzar.define.definitions import Definition, definitions
from guzar.define.sources import Source, sources
from guzar.define.tables.releases import SdmxFigures
from guzar.define.units import UNITS
from guzar.languages import translate

AGENCY = "GUZAR"
VERSION = "1.0.0"
CONCEPT_SCHEME = "CS_GUZAR"
DATA_STRUCTURE = "FIGURES"
TIME = "TIME_PERIOD"

DIMENSION, MEASURE, ATTRIBUTE = "dimension", "measure", "attribute"

# Attributes that follow from one dimension; all others belong to the single observation.
ATTACHED_TO = {"UNIT_MEASURE": "DEFINITION", "DECIMALS": "DEFINITION", "LICENCE": "SOURCE"}
# Of components without codes; what is not named is text.
TEXT_TYPES = {
    "TIME_PERIOD": "ObservationalTimePeriod",
    "OBS_VALUE": "Double",
    "DECIMALS": "Integer",
    "LAST_OBSERVED": "Integer",
}

# What kind of number a row holds: its words, its SDMX code, and whether the source withholds the value.
EVIDENCE: dict[str, tuple[str, str, str]] = {
    "observed": ("Observed", "A", "F"),
    "estimated": ("Estimated", "E", "F"),
    "modelled_from_modelled": ("Modelled from modelled", "E", "F"),
    "forecast": ("Forecast", "F", "F"),
    "provisional": ("Provisional", "P", "F"),
    "withheld": ("Withheld by the source", "Q", "C"),
    "not_known": ("Not known", "O", "F"),
}
OBSERVATION_STATUSES = {  # SDMX:CL_OBS_STATUS, the codes used here
    "A": "Normal value",
    "E": "Estimated value",
    "F": "Forecast value",
    "P": "Provisional value",
    "Q": "Missing value; suppressed",
    "O": "Missing value",
}
CONFIDENTIALITY_STATUSES = {  # SDMX:CL_CONF_STATUS, the codes used here
    "F": "Free for publication",
    "C": "Confidential statistical information",
}
SEXES = {
    "F": "Female",
    "M": "Male",
    "_T": "Both sexes",
    "_Z": "Not applicable",
    "U": "Unknown",
    "N": "Not stated",
}
FREQUENCIES = {  # SDMX:CL_FREQ; spans of years that it has a code for
    "A": "Annual",
    "Q": "Quarterly",
    "A2": "Two years",
    "A3": "Three years",
    "A4": "Four years",
    "A5": "Five years",
    "A10": "Ten years",
    "A20": "Twenty years",
    "A30": "Thirty years",
    "_O": "Other length",
}
DECIMALS = {  # shown; values of other units are shown without
    "percent": 1,
    "per_1000": 1,
    "per_100000": 1,
    "usd_million": 1,
    "local_currency_per_usd": 3,
    "index": 2,
}


@dataclass(frozen=True)
class Component:
    """One dimension, measure or attribute, and the column that it comes from."""

    id: str
    column: str
    role: str
    codelist: str | None
    meaning: str
    is_required: bool
    attached_to: str | None


@dataclass(frozen=True)
class CodeName:
    """One code with its names."""

    id: str
    name_en: str
    name_ru: str


@dataclass(frozen=True)
class Codes:
    """One list of codes."""

    id: str
    name_en: str
    codes: tuple[CodeName, ...]


@dataclass(frozen=True)
class Subject:
    """One dataflow: the indicators whose ids begin in one of these ways."""

    id: str
    name_en: str
    begins: tuple[str, ...]

    @property
    def file(self) -> str:
        """The name, without ending, of this dataflow's files."""
        return self.id.lower()


# The first subject that fits an indicator takes it; the last takes what no other does: nothing is left out.
SUBJECTS = (
    Subject("MIGRANT_STOCKS", "Migrant stocks", ("migrant_stock", "emigrant_stock")),
    Subject("FLOW_ESTIMATES", "Estimates of migration flows", ("migration_flow",)),
    Subject("REMITTANCE_PRICES", "Prices of remittances", ("remittance_cost", "remittance_price")),
    Subject("REMITTANCES", "Remittances", ("remittance",)),
    Subject(
        "REFUGEES",
        "Refugees and displaced people",
        (
            "refugee",
            "asylum",
            "stateless",
            "internally_displaced",
            "displace",
            "returned",
            "others_of_concern",
            "other_people_in_need",
            "host_community",
            "new_",
        ),
    ),
    Subject(
        "POPULATION",
        "Population",
        ("population", "births", "deaths", "net_migration", "natural_change", "fertility", "life_"),
    ),
    Subject("ECONOMY", "Economy", ("gdp", "exchange_rate", "consumer_price")),
    Subject("INDICATORS", "Other indicators", ("",)),
)


def subject_of(indicator: str) -> Subject:
    """The dataflow that an indicator belongs to."""
    return next(subject for subject in SUBJECTS if indicator.startswith(subject.begins))


@cache
def components() -> tuple[Component, ...]:
    """Dimensions, measure and attributes, in this order, as the table SdmxFigures declares them."""
    return tuple(_component(name, column) for name, column in SdmxFigures.columns().items())


def _component(name: str, column: dy.Column) -> Component:
    declared = column.metadata or {}
    concept = str(declared["concept"])
    role = DIMENSION if column.primary_key else MEASURE if concept == "OBS_VALUE" else ATTRIBUTE
    return Component(
        concept,
        name,
        role,
        declared["codelist"],
        str(column.description),
        not column.nullable,
        ATTACHED_TO.get(concept),
    )


def codelists() -> dict[str, Codes]:
    """Every codelist that a component names, by id, with names in English and Russian.

    A workspace may make sources and definitions of its own known at any time: the lists follow.
    """
    return _codelists(tuple(definitions().values()), tuple(sources().values()))


@cache
def _codelists(defined: tuple[Definition, ...], published: tuple[Source, ...]) -> dict[str, Codes]:
    lists = (
        Codes("CL_AREA", "Areas and regions", _area_codes()),
        Codes("CL_INDICATOR", "Indicators", _indicator_codes(defined)),
        Codes(
            "CL_DEFINITION",
            "Definitions",
            tuple(CodeName(d.id, d.name_en, d.name_ru) for d in defined),
        ),
        Codes("CL_SOURCE", "Sources", tuple(CodeName(s.id, s.name_en, s.name_ru) for s in published)),
        Codes("CL_UNIT", "Units", _translated(UNITS)),
        Codes("CL_SEX", "Sex", _translated(SEXES)),
        Codes("CL_FREQ", "Frequency", _translated(FREQUENCIES)),
        Codes(
            "CL_EVIDENCE",
            "Kind of number",
            _translated({id_: words for id_, (words, _, _) in EVIDENCE.items()}),
        ),
        Codes("CL_OBS_STATUS", "Observation status", _translated(OBSERVATION_STATUSES)),
        Codes("CL_CONF_STATUS", "Confidentiality status", _translated(CONFIDENTIALITY_STATUSES)),
    )
    return {one.id: one for one in lists}


def code_names(codelist: str, language: str) -> dict[str, str]:
    """Names of a codelist's codes in one language."""
    return {
        code.id: code.name_ru if language == "ru" else code.name_en for code in codelists()[codelist].codes
    }


def _translated(words: dict[str, str]) -> tuple[CodeName, ...]:
    return tuple(CodeName(id_, name, translate(name, "ru")) for id_, name in words.items())


def _area_codes() -> tuple[CodeName, ...]:
    listed = [
        CodeName(a["code"], a["name_en"], a["name_ru"] or a["name_en"]) for a in areas().iter_rows(named=True)
    ]
    grouped = [CodeName(r.id, r.name_en, r.name_ru) for r in regions().values()]
    every = {
        code.id: code for code in (*listed, *grouped, *_translated({"_T": "All", "_Z": "Not applicable"}))
    }
    return tuple(every.values())


def _indicator_codes(defined: tuple[Definition, ...]) -> tuple[CodeName, ...]:
    """Listed names; an indicator that is not listed has the name of its first definition."""
    first = {d.indicator: CodeName(d.indicator, d.name_en, d.name_ru) for d in reversed(defined)}
    listed = {row["id"]: CodeName(**row) for row in read_codelist("indicators").iter_rows(named=True)}
    return tuple((first | listed)[id_] for id_ in sorted(first | listed))
