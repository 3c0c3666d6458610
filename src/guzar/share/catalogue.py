"""Sources and subjects of a release → its catalogue for harvesters: DCAT-AP and schema.org, both as JSON-LD.

Addresses are relative to the folder of the release, so that the catalogue is true wherever the folder lies.
References: DCAT 3 (W3C, 2024), DCAT-AP 3.0 (SEMIC), schema.org Dataset as search engines read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from guzar.define.publishers import Publisher
from guzar.define.sources import Source
from guzar.define.sources import sources as known_sources
from guzar.define.structures import Subject, code_names, subject_of
from guzar.languages import translate
from guzar.share.citation import write_title
from guzar.share.labels import ENDING, LANGUAGES
from guzar.share.packages import KEYWORDS, LICENCES

Node = dict[str, Any]
DCAT_FILE = "catalogue.jsonld"
SCHEMA_FILE = "dataset.jsonld"
FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
LANGUAGE_CODES = {
    "en": "http://publications.europa.eu/resource/authority/language/ENG",
    "ru": "http://publications.europa.eu/resource/authority/language/RUS",
}
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
IANA = "http://www.iana.org/assignments/media-types/"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
NOT_STATED = "publisher not stated"
DESCRIPTION = (
    "Published figures with source, definition, edition and the year of the last observation of every value; a later"
    " edition adds rows and overwrites none."
)


@dataclass(frozen=True)
class Form:
    """One form in which figures can be taken away: media type, file type of the EU list, name."""

    media: str
    file_type: str
    name: str


FORMS = {
    "csv": Form("text/csv", "CSV", "SDMX-CSV 2.0"),
    "csv.gz": Form("application/gzip", "GZIP", "CSV, packed"),
    "xlsx": Form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", "XLSX"),
    "zip": Form("application/zip", "ZIP", "Zip"),
    "parquet": Form("application/vnd.apache.parquet", "PARQUET", "Parquet"),
}


@dataclass(frozen=True)
class Entry:
    """One dataset of the catalogue: a subject, its files, its sources, its areas and years."""

    subject: Subject
    files: Sequence[str]
    sources: Sequence[Source]
    areas: Sequence[str]
    first_year: int
    last_year: int


def describe_entries(figures: pl.DataFrame) -> list[Entry]:
    """One entry per subject that has figures, by name of its file."""
    entries: dict[Subject, list[str]] = {}
    for indicator in figures["indicator"].unique().sort():
        entries.setdefault(subject_of(indicator), []).append(indicator)
    return [
        _entry(subject, figures.filter(pl.col("indicator").is_in(indicators)))
        for subject, indicators in sorted(entries.items(), key=lambda held: held[0].file)
    ]


def _entry(subject: Subject, rows: pl.DataFrame) -> Entry:
    files = [
        f"data/{subject.file}.csv",
        *(f"csv/{subject.file}.{one}.{ENDING}" for one in LANGUAGES),
        *(f"xlsx/{subject.file}.{one}.xlsx" for one in LANGUAGES),
        f"packs/{subject.file}.zip",
    ]
    sources = [known_sources()[one] for one in rows["source"].unique().sort()]
    areas = rows["area"].unique().sort().to_list()
    years = rows["year"]
    return Entry(subject, files, sources, areas, int(str(years.min())), int(str(years.max())))


def write_dcat(figures: pl.DataFrame, *, release: str, date: str, publisher: Publisher | None) -> Node:
    """The catalogue of a release as DCAT-AP: a catalogue, a dataset per subject, a distribution per file."""
    named = {"dct:publisher": {"@id": "#publisher"}} if publisher else {}
    return {
        "@context": CONTEXT,
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _both(write_title(True, ())),
        "dct:description": _both(DESCRIPTION),
        "dct:publisher": _agent(publisher),
        "dct:issued": _day(date),
        "dct:language": [{"@id": code} for code in LANGUAGE_CODES.values()],
        "dcat:dataset": [_dcat_dataset(one, release, date, named) for one in describe_entries(figures)],
    }


def _dcat_dataset(entry: Entry, release: str, date: str, publisher: Node) -> Node:
    return {
        "@id": f"#{entry.subject.file}",
        "@type": "dcat:Dataset",
        "dct:title": _both(entry.subject.name_en),
        "dct:description": _both(DESCRIPTION),
        "dct:identifier": f"{release}/{entry.subject.file}",
        **publisher,
        "dct:issued": _day(date),
        "dcat:version": release,
        "dct:accessRights": {"@id": PUBLIC},
        "dcat:keyword": [*_keywords("en"), *_keywords("ru")],
        "dct:spatial": [_place(code) for code in entry.areas],
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": f"{entry.first_year}", "@type": "xsd:gYear"},
            "dcat:endDate": {"@value": f"{entry.last_year}", "@type": "xsd:gYear"},
        },
        "dct:source": [{"@id": one.address} for one in entry.sources if one.address],
        "dcat:landingPage": {"@id": "README.md"},
        "dcat:distribution": [_distribution(path) for path in entry.files],
    }


def _agent(publisher: Publisher | None) -> Node:
    """Who publishes, with page and mailbox where they are declared: DCAT-AP asks for somebody in every catalogue."""
    if publisher is None:
        return {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": _both(NOT_STATED)}
    names = [{"@value": publisher.name(one), "@language": one} for one in LANGUAGES]
    page = {"foaf:homepage": {"@id": publisher.address}} if publisher.address else {}
    mailbox = {"foaf:mbox": {"@id": f"mailto:{publisher.contact}"}} if publisher.contact else {}
    return {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": names, **page, **mailbox}


def _place(code: str) -> Node:
    names = [{"@value": code_names("CL_AREA", one).get(code, code), "@language": one} for one in LANGUAGES]
    prefix = "http://www.w3.org/2004/02/skos/core#prefLabel"
    return {"@type": "dct:Location", "dct:identifier": code, prefix: names}


def _distribution(path: str) -> Node:
    form = form_of(path)
    spoken = [code for one, code in LANGUAGE_CODES.items() if f".{one}." in path]
    return {
        "@id": path,
        "@type": "dcat:Distribution",
        "dct:title": form.name,
        "dcat:accessURL": {"@id": path},
        "dcat:downloadURL": {"@id": path},
        "dcat:mediaType": {"@id": f"{IANA}{form.media}"},
        "dct:format": {"@id": f"{FILE_TYPES}{form.file_type}"},
        "dct:license": {"@id": "LICENCE.md"},
        **({"dct:language": [{"@id": code} for code in spoken]} if spoken else {}),
    }


def form_of(path: str) -> Form:
    """The form of a file by its ending."""
    return next(
        FORMS[ending] for ending in sorted(FORMS, key=len, reverse=True) if path.endswith(f".{ending}")
    )


def write_schema_org(figures: pl.DataFrame, *, release: str, date: str, publisher: Publisher | None) -> Node:
    """The release as a schema.org DataCatalog with a Dataset per subject, as search engines for data read it."""
    whose = _organization(publisher) if publisher else None
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "name": write_title(True, ()),
        "alternateName": write_title(True, (), "ru"),
        "description": DESCRIPTION,
        "inLanguage": list(LANGUAGES),
        "datePublished": date,
        "version": release,
        **({"publisher": whose} if whose else {}),
        "dataset": [_schema_dataset(one, release, date, whose) for one in describe_entries(figures)],
    }


def _schema_dataset(entry: Entry, release: str, date: str, whose: Node | None) -> Node:
    name = entry.subject.name_en
    return {
        "@type": "Dataset",
        "identifier": f"{release}/{entry.subject.file}",
        "name": f"{name}: {write_title(True, ())}",
        "alternateName": f"{translate(name, 'ru')}: {write_title(True, (), 'ru')}",
        "description": DESCRIPTION,
        "version": release,
        "datePublished": date,
        "isAccessibleForFree": True,
        "license": sorted({LICENCES[s.licence]["path"] for s in entry.sources if s.licence in LICENCES})
        or ["LICENCE.md"],
        **({"creator": whose} if whose else {}),
        "isBasedOn": [one.address for one in entry.sources if one.address],
        "keywords": _keywords_plain(),
        "temporalCoverage": f"{entry.first_year}/{entry.last_year}",
        "spatialCoverage": [code_names("CL_AREA", "en").get(code, code) for code in entry.areas],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": form_of(path).media, "contentUrl": path}
            for path in entry.files
        ],
    }


def _organization(publisher: Publisher) -> Node:
    about = {"url": publisher.address, "email": publisher.contact}
    told = {name: value for name, value in about.items() if value}
    return {"@type": "Organization", "name": publisher.name_en, "alternateName": publisher.name_ru, **told}


def write_catalogues(
    figures: pl.DataFrame, *, release: str, date: str, publisher: Publisher | None
) -> dict[str, Node]:
    """Both catalogues by the name of their file."""
    return {
        DCAT_FILE: write_dcat(figures, release=release, date=date, publisher=publisher),
        SCHEMA_FILE: write_schema_org(figures, release=release, date=date, publisher=publisher),
    }


def _both(text: str) -> list[Node]:
    return [{"@value": translate(text, one), "@language": one} for one in LANGUAGES]


def _keywords(language: str) -> list[Node]:
    return [{"@value": translate(word, language), "@language": language} for word in KEYWORDS]


def _keywords_plain() -> list[str]:
    return [translate(word, one) for one in LANGUAGES for word in KEYWORDS]


def _day(date: str) -> Node:
    return {"@value": date, "@type": "xsd:date"}
