"""Definitions: what exactly a series counts. Adding or comparing across definitions raises, and says why.

A definition fixes the indicator, the unit counted, the concept (birth, citizenship, residence), whether it is a
stock or a flow, the rule, the coverage, and whether people of unknown origin are inside. The list is
`codelists/definitions.csv`; each line also names the publisher's series that it describes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache

from guzar.define.codelist import read_codelist
from guzar.define.nearest import did_you_mean, nearest
from guzar.errors import MethodNotApplicable, SettingsInvalid


@dataclass(frozen=True)
class Definition:
    """One way of measuring one indicator."""

    id: str
    indicator: str
    source: str
    series: str
    unit: str
    scale: str  # factor from the printed value to `unit`, e.g. 1000 where a file prints thousands
    concept: str  # birth, citizenship, residence, none
    measure: str  # stock, flow, transition, rate, price, amount
    direction: str  # in, out, net, none
    rule: str
    coverage: str
    unknown_origins: str  # inside, outside, not applicable
    status: str  # observation status of a printed number unless the file says otherwise
    evidence: str  # how last_observed is known: reference_year, balance_of_payments, census, publisher, none
    name_en: str
    name_ru: str
    note_en: str
    note_ru: str


# What two series must share before their values may be added or compared.
COMPARABLE = ("unit", "concept", "measure", "direction")


@cache
def definitions() -> dict[str, Definition]:
    """All definitions, by id: those that ship with guzar, and those of a workspace once they are registered."""
    return dict(shipped_definitions())


@cache
def shipped_definitions() -> dict[str, Definition]:
    """The definitions that ship with guzar, by id."""
    rows = read_codelist("definitions").fill_null("").iter_rows(named=True)
    return {row["id"]: Definition(**row) for row in rows}


def register_definitions(own: Iterable[Definition]) -> None:
    """Make a workspace's own definitions known for the rest of this run; a shipped one cannot be changed."""
    for definition in own:
        if shipped_definitions().get(definition.id, definition) != definition:
            raise SettingsInvalid(
                "guzar has another definition called {id}.",
                where="{source}, definition {id}",
                expected="an id of its own for every definition",
                do="Choose another id in the mapping file.",
                id=definition.id,
                source=definition.source,
            )
        definitions()[definition.id] = definition
    indicators.cache_clear()


def find_definition(definition: str) -> Definition:
    """The definition with this id."""
    if definition in definitions():
        return definitions()[definition]
    near = did_you_mean(definition, definitions())
    raise SettingsInvalid(
        "There is no definition called {definition}. Did you mean {near}?"
        if near
        else "There is no definition called {definition}.",
        expected="an id of the data dictionary",
        do="List the indicators with: guzar figures --list",
        definition=definition,
        near=near,
    )


def require_indicator(indicator: str) -> str:
    """The id of an indicator, whatever its capitals; raises SettingsInvalid, with the nearest ids, for another."""
    folded = indicator.strip().casefold()
    if folded in indicators():
        return folded
    near = ", ".join(nearest(folded, indicators()))
    raise SettingsInvalid(
        "There is no indicator called {indicator}. Did you mean {near}?"
        if near
        else "There is no indicator called {indicator}.",
        expected="an id from the list",
        do="List the indicators with: guzar figures --list",
        indicator=indicator,
        near=near,
    )


def differences(first: Definition, second: Definition, over: Iterable[str] = COMPARABLE) -> list[str]:
    """In which of the named properties two definitions differ, as `unit: persons / entries`."""
    return [
        f"{name}: {getattr(first, name)} / {getattr(second, name)}"
        for name in over
        if getattr(first, name) != getattr(second, name)
    ]


def require_addable(ids: Iterable[str]) -> None:
    """Raise MethodNotApplicable, naming what differs, unless the definitions measure the same thing."""
    chosen = [find_definition(one) for one in dict.fromkeys(ids)]
    for other in chosen[1:]:
        different = differences(chosen[0], other)
        if different:
            raise MethodNotApplicable(
                "These values count different things and cannot be added or compared.",
                where="{first} and {second}",
                expected="the same unit, concept, measure and direction",
                do="Compare each with its own kind. They differ in {different}.",
                first=chosen[0].id,
                second=other.id,
                different="; ".join(different),
            )


@cache
def indicators() -> dict[str, str]:
    """Indicator ids with the unit that their values have."""
    return {definition.indicator: definition.unit for definition in definitions().values()}


@cache
def shipped_indicators() -> dict[str, str]:
    """Indicator ids of the definitions that ship, with their unit."""
    return {definition.indicator: definition.unit for definition in shipped_definitions().values()}


def indicator_name(indicator: str, language: str = "en") -> str:
    """What an indicator is called: from the list of indicators, else the name of the definition that measures it."""
    for row in read_codelist("indicators").iter_rows(named=True):
        if row["id"] == indicator:
            return str(row[f"name_{language}"])
    measured = (one for one in definitions().values() if one.indicator == indicator)
    names = [one.name_ru if language == "ru" else one.name_en for one in measured]
    return names[0] if names else indicator


FIELDS = tuple(field.name for field in fields(Definition))
