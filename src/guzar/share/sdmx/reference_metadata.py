"""Facts of a dataflow → its reference metadata by the concepts of SIMS 2.0, in English and Russian.

A report is made from the declarations (definitions, sources, editions) and the facts of the rows; a concept of which
nothing is known is left out, since reference metadata that say nothing mislead. Concepts and their order are those of
`define/codelists/sims.csv`, through `share/quality_report.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from guzar.define.areas import area_name
from guzar.define.codelist import read_codelist
from guzar.define.definitions import Definition, definitions
from guzar.define.sources import edition_label, sources
from guzar.define.structures import AGENCY, EVIDENCE, code_names
from guzar.errors import Phrase
from guzar.languages import LANGUAGES, translate
from guzar.languages.dates import write_date
from guzar.share.protected_words import write_count
from guzar.share.quality_report import lines_of, make_quality_report
from guzar.share.sdmx.artefacts import Reference
from guzar.share.sdmx.dataflows import Dataflow, Names
from guzar.share.sdmx.flow_facts import FlowFacts

METADATAFLOW, METADATA_STRUCTURE, METADATA_VERSION = "SIMS", "SIMS_STRUCTURE", "1.0.0"
AREAS_NAMED = 25  # of more areas only the number is told
REPORT_NAME = "Reference metadata: {dataflow}"
INDICATORS = Phrase("Indicators: {indicators}.")
CODES = Phrase(
    "Areas: ISO 3166-1 alpha-3, with codes of the publishers for what it does not list; sex, frequency and statuses:"
    " code lists of SDMX."
)
RULE, NOTE, COVERAGE = Phrase("{name}: {rule}."), Phrase("{name}: {note}"), Phrase("{name}: {coverage}.")
AREA_COUNT = Phrase("Areas and regions: {count}.")
PERIODS = Phrase("Periods: {first_period} to {last_period}.")
LENGTHS = Phrase("Lengths of the reference periods: {frequencies}.")
OF_SOURCE = Phrase("{source}: {told}.")
PUBLIC = Phrase(
    "Every value was published by its source or computed from published figures; none was made from records about persons."
)
WITHHELD = Phrase("Values withheld by their sources: {count}; they stand as rows without a value.")
NEWEST = Phrase("Newest edition of {source}: {edition}; its last period ends in {last_period}.")
REVISIONS = Phrase(
    "An edition is never overwritten: a value that a later edition changed is another row, and every edition stays served."
)
EDITION = Phrase("{source}, {edition}; values: {count}.")
FILES = Phrase(
    "Files that the release {release} was taken from: {count}; its record holds their names and checksums."
)
COMPUTED = Phrase("Computed from published figures: {names}.")
CARRIED = Phrase("{source}: came through {told}.")
WORDS = Phrase("{words}")


@dataclass(frozen=True)
class MetadataAttribute:
    """What is told under one concept, by language; none where it only stands above others."""

    id: str  # as S_13_3_1: the code of the concept, as an XML name
    code: str  # as S.13.3.1
    names: Names
    texts: Names
    attributes: tuple["MetadataAttribute", ...] = ()


@dataclass(frozen=True)
class MetadataReport:
    """The reference metadata of one dataflow: in SDMX 3.0 a metadata set, in 2.1 a report."""

    agency: str
    id: str
    version: str
    names: Names
    metadataflow: Reference
    target: Reference
    attributes: tuple[MetadataAttribute, ...]


def make_metadata_report(
    flow: Dataflow, facts: FlowFacts, languages: Sequence[str] = LANGUAGES
) -> MetadataReport:
    """What is known of a dataflow, by the concepts of SIMS, in the languages asked for."""
    told = {language: dict(_texts_by_code(facts, language)) for language in languages}
    codes = [code for code, *_ in read_codelist("sims").iter_rows()]
    names = {language: _say(language, REPORT_NAME, dataflow=flow.names[language]) for language in languages}
    return MetadataReport(
        agency=flow.agency,
        id=f"{flow.id}_SIMS",
        version=METADATA_VERSION,
        names=names,
        metadataflow=Reference("metadataflow", AGENCY, METADATAFLOW, METADATA_VERSION),
        target=Reference("dataflow", flow.agency, flow.id, flow.version),
        attributes=_tree(codes, told),
    )


def sims_tree() -> tuple[MetadataAttribute, ...]:
    """Every concept of SIMS that tables of guzar may fill, as a tree without texts: what the metadata structure declares."""
    codes = [code for code, *_ in read_codelist("sims").iter_rows()]
    return _tree(codes, {}, keeps_empty=True)


def attribute_id(code: str) -> str:
    """The id of a concept of SIMS as SDMX allows it: S.13.3.1 is S_13_3_1."""
    return code.replace(".", "_")


def _tree(
    codes: Sequence[str],
    told: Mapping[str, Mapping[str, str]],
    above: str = "S",
    *,
    keeps_empty: bool = False,
) -> tuple[MetadataAttribute, ...]:
    """The concepts directly below one, each with what is below it; without those of which nothing is told."""
    made = []
    for code in (one for one in codes if one.rpartition(".")[0] == above):
        below = _tree(codes, told, code, keeps_empty=keeps_empty)
        texts = {language: words[code] for language, words in told.items() if words.get(code)}
        if below or texts or keeps_empty:
            made.append(MetadataAttribute(attribute_id(code), code, _concept_names()[code], texts, below))
    return tuple(made)


def _concept_names() -> dict[str, dict[str, str]]:
    rows = read_codelist("sims").iter_rows()
    return {code: {"en": name_en, "ru": name_ru} for code, name_en, name_ru in rows}


def _texts_by_code(facts: FlowFacts, language: str) -> Iterator[tuple[str, str]]:
    """What is told under each code, in one language; nothing where nothing is known."""
    more: dict[str, list[Phrase]] = {}
    for code, phrase in _phrases(facts, language):
        more.setdefault(code, []).append(phrase)
    report = make_quality_report(_plain_facts(facts, language), {}, language, more)
    say = partial(translate, language=language)
    for line, (code, _, _, text) in zip(report, lines_of(report, say), strict=True):
        if line.texts:
            yield code, text


def _plain_facts(facts: FlowFacts, language: str) -> dict[str, object]:
    """Facts under the names by which the quality report knows them."""
    kinds = {status: translate(EVIDENCE[status][0], language) for status in facts.statuses}
    held: dict[str, object] = {
        "unit": _listed(code_names("CL_UNIT", language), facts.units),
        "rows_without_value": write_count(facts.rows_without_value, language),
        "rows": write_count(facts.rows, language),
        "statuses": {kinds[status]: write_count(count, language) for status, count in facts.statuses.items()},
    }
    if len(facts.areas) <= AREAS_NAMED:
        held["areas"] = [area_name(code, language) for code in facts.areas]
    return held


def _phrases(facts: FlowFacts, language: str) -> Iterator[tuple[str, Phrase]]:
    """Texts by the code that they stand under, with values in words of the language."""
    period = {"first_period": facts.first_year, "last_period": facts.last_year}
    if facts.publisher is not None:
        yield "S.1.1", _with(WORDS, words=facts.publisher.name(language))
    if facts.publisher is not None and facts.publisher.contact:
        yield "S.1.6", _with(WORDS, words=facts.publisher.contact)
    yield "S.2.3", _with(WORDS, words=write_date(facts.date, language))
    yield (
        "S.3.1",
        _with(INDICATORS, indicators=_listed(code_names("CL_INDICATOR", language), facts.indicators)),
    )
    yield "S.3.2", CODES
    if len(facts.areas) > AREAS_NAMED:
        yield "S.3.7", _with(AREA_COUNT, count=len(facts.areas))
    yield "S.3.8", _with(PERIODS, **period)
    yield "S.5", _with(LENGTHS, frequencies=_listed(code_names("CL_FREQ", language), facts.frequencies))
    if facts.is_public_already:
        yield "S.7.1", PUBLIC
    if facts.withheld:
        yield "S.7.2", _with(WITHHELD, count=write_count(facts.withheld, language))
    yield "S.17.1", REVISIONS
    if facts.files:
        yield "S.18.3", _with(FILES, release=facts.release, count=facts.files)
    yield from _phrases_of_definitions(facts, language)
    yield from _phrases_of_sources(facts, language)


def _phrases_of_definitions(facts: FlowFacts, language: str) -> Iterator[tuple[str, Phrase]]:
    """What each definition counts, whom it covers, what its reader must know; and which ones guzar computed."""
    known = [definitions()[id_] for id_ in facts.definitions if id_ in definitions()]
    for one in known:
        rule = translate(one.rule, language)
        yield "S.3.4", _with(RULE, name=_in(language, one.name_en, one.name_ru), rule=rule)
    for note, names in _by_text(known, language, lambda one: _in(language, one.note_en, one.note_ru)):
        yield "S.3.4", _with(NOTE, name=names, note=note)
    for coverage, names in _by_text(known, language, lambda one: translate(one.coverage, language)):
        yield "S.3.6", _with(COVERAGE, name=names, coverage=coverage)
    computed = [_in(language, one.name_en, one.name_ru) for one in known if _is_computed(one)]
    if computed:
        yield "S.18.5", _with(COMPUTED, names="; ".join(computed))


def _by_text(
    known: Sequence[Definition], language: str, text_of: Callable[[Definition], str]
) -> list[tuple[str, str]]:
    """Each text once, with the names of the definitions that share it; without those that have none."""
    names: dict[str, list[str]] = {}
    for one in known:
        names.setdefault(text_of(one), []).append(_in(language, one.name_en, one.name_ru))
    return [(text, "; ".join(of)) for text, of in names.items() if text]


def _phrases_of_sources(facts: FlowFacts, language: str) -> Iterator[tuple[str, Phrase]]:
    """Whose the figures are, under which licence, where they are described, and which editions are held."""
    newest = {held.source: held for held in facts.editions}
    for address in dict.fromkeys(sources()[id_].address for id_ in newest):
        yield "S.10.6", _with(WORDS, words=address)
    for id_, latest in newest.items():
        about = sources()[id_]
        named = partial(_with, source=_in(language, about.name_en, about.name_ru))
        yield "S.6.2", named(OF_SOURCE, told=translate(about.licence, language))
        label = edition_label(id_, latest.edition, language)
        yield "S.14.1", named(NEWEST, edition=label, last_period=latest.last_year)
        yield "S.18.1", named(OF_SOURCE, told=f"{about.publisher}. {about.title}")
        if about.origin:
            yield "S.19", named(CARRIED, told=about.origin)
    for held in facts.editions:
        about, label = sources()[held.source], edition_label(held.source, held.edition, language)
        source, count = _in(language, about.name_en, about.name_ru), write_count(held.values, language)
        yield "S.17.2", _with(EDITION, source=source, edition=label, count=count)


def _is_computed(definition: Definition) -> bool:
    """A definition that describes no publisher's series is guzar's own."""
    return not definition.series


def _with(phrase: Phrase, **values: object) -> Phrase:
    return Phrase(phrase.text, values)


def _say(language: str, text: str, **values: object) -> str:
    return translate(text, language).format(**values)


def _in(language: str, english: str, russian: str) -> str:
    return russian if language == "ru" and russian else english


def _listed(names: Mapping[str, str], codes: Sequence[str]) -> str:
    return "; ".join(names.get(code, code) for code in codes)
