"""Sources and their editions: who published what, when, under which licence."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from guzar.define.codelist import read_codelist
from guzar.define.nearest import did_you_mean
from guzar.errors import SettingsInvalid
from guzar.languages import translate
from guzar.languages.dates import write_date

DATED_EDITION = "edition of {date}"
UNDATED_EDITION = "edition: {date}"


@dataclass(frozen=True)
class Source:
    """One publication that figures are taken from.

    `licence` is the publisher's, or says what is known where the publisher's was not found; `licence_basis` says
    where it is stated. `origin` names the carriers through which the figures that ship came, each with the licence
    that the carrier states.
    """

    id: str
    name_en: str
    name_ru: str
    publisher: str
    title: str
    licence: str
    address: str
    attribution: str
    licence_basis: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Edition:
    """One edition of a source: its date of publication, as precisely as it is known, and its label."""

    source: str
    edition: str
    label_en: str
    label_ru: str


@cache
def sources() -> dict[str, Source]:
    """All sources, by id: those that ship with guzar, and those of a workspace once they are registered."""
    return dict(shipped_sources())


def register_source(own: Source) -> None:
    """Make a workspace's own source known for the rest of this run; a shipped one cannot be changed."""
    if shipped_sources().get(own.id, own) != own:
        raise SettingsInvalid(
            "guzar has another source called {id}.",
            where="source {id}",
            expected="an id of its own for every source",
            do="Choose another id in the mapping file.",
            id=own.id,
        )
    sources()[own.id] = own


@cache
def shipped_sources() -> dict[str, Source]:
    """The sources that ship with guzar, by id."""
    return {row["id"]: Source(**row) for row in read_codelist("sources").fill_null("").iter_rows(named=True)}


@cache
def editions() -> dict[tuple[str, str], Edition]:
    """Named editions, by source and date. An edition that is not named here is called by its date."""
    rows = read_codelist("editions").fill_null("").iter_rows(named=True)
    return {(row["source"], row["edition"]): Edition(**row) for row in rows}


def edition_label(source: str, edition: str, language: str = "en") -> str:
    """How to call an edition in a text: its label where one is held, else its date in words."""
    known = editions().get((source, edition))
    if known is None:
        told = DATED_EDITION if len(edition) == len("2020-12-31") else UNDATED_EDITION
        return translate(told, language).format(date=write_date(edition, language))
    return known.label_ru if language == "ru" else known.label_en


def find_source(source: str, others: Collection[str] = ()) -> Source:
    """The source with this id; raises SettingsInvalid, naming the known ids and `others`, where there is none."""
    if source in sources():
        return sources()[source]
    known = sorted({*sources(), *others})
    near = did_you_mean(source, known)
    raise SettingsInvalid(
        "There is no source called {source}. Did you mean {near}?"
        if near
        else "There is no source called {source}.",
        expected="one of: {known}",
        do="List the sources with: guzar collect --list",
        source=source,
        near=near,
        known=", ".join(known),
    )
