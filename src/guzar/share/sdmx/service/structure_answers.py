"""Structures: `/structure`, `/availability` and `/schema` of v2, and what v1 calls them."""

from collections.abc import Callable, Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from guzar.define.structures import TIME
from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.availability import make_availability
from guzar.share.sdmx.available import Available, find_available
from guzar.share.sdmx.data_paths import read_v2_data
from guzar.share.sdmx.data_query import DataQuery
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.formats import STRUCTURES_V1, STRUCTURES_V2, Format
from guzar.share.sdmx.kinds import BY_NAME
from guzar.share.sdmx.partial_codelists import partial_codelists
from guzar.share.sdmx.refusals import BAD_REQUEST, NOT_BUILT, NOT_FOUND, QueryRefused
from guzar.share.sdmx.schema_json import write_schema_json
from guzar.share.sdmx.schema_xsd import write_schema_xsd_21, write_schema_xsd_30
from guzar.share.sdmx.selection import select_artefacts
from guzar.share.sdmx.series import ALL_DIMENSIONS
from guzar.share.sdmx.service.chosen_format import choose_format
from guzar.share.sdmx.service.data_answers import (
    CONTEXTS,
    flow_of_agreement,
    one_flow,
    parts_of,
    query_of_v1,
    query_of_v2,
)
from guzar.share.sdmx.service.publication import Publication
from guzar.share.sdmx.service.responses import (
    CACHED,
    VARY,
    http_date,
    is_held,
    is_packed,
    languages_of,
    not_modified,
    path_of,
    query_of,
    tag_of,
    whole,
)
from guzar.share.sdmx.structure_json import write_structure_json_10, write_structure_json_20
from guzar.share.sdmx.structure_ml import write_structure_ml_21, write_structure_ml_30
from guzar.share.sdmx.structure_queries import new_structure_query, old_structure_query

Given = Mapping[str, str]
Make = Callable[[], bytes]
WRITERS = {
    "structure-ml-2.1": write_structure_ml_21,
    "structure-ml-3.0": write_structure_ml_30,
    "structure-json-1.0": write_structure_json_10,
    "structure-json-2.0": write_structure_json_20,
}
OF_STRUCTURES = frozenset({"detail", "references", "format"})
OF_AVAILABILITY = frozenset({"mode", "references", "format"})
NOT_OF_AVAILABILITY = frozenset(
    {"offset", "limit", "sort", "labels"}
)  # they cut and dress rows; none are sent
MODES = ("exact", "available")
REFERRED = ("none", "all", "descendants")  # or kinds of structures, with commas
SCHEMA_21 = Format("schema-2.1", "application/vnd.sdmx.schema+xml", "2.1", "xsd")
SCHEMA_30 = Format("schema-3.0", "application/vnd.sdmx.schema+xml", "3.0.0", "xsd")
SCHEMA_JSON = Format("schema-json", "application/vnd.sdmx.schema+json", "2.0.0", "json")
SCHEMAS_V1 = (SCHEMA_21, *STRUCTURES_V1, SCHEMA_30)
SCHEMAS_V2 = (*STRUCTURES_V2, SCHEMA_30, SCHEMA_JSON, SCHEMA_21)
MOST_CACHED = 256


async def structures(
    request: Request, publication: Publication, kind: str, rest: str, given: Given, *, is_v1: bool
) -> Response:
    """The artefacts of a query, in the format asked for."""
    _require_known(given, OF_STRUCTURES)
    chosen = choose_format(request.headers.get("accept"), given, STRUCTURES_V1 if is_v1 else STRUCTURES_V2)
    told = [part for part in parts_of(rest, 4) if part]
    detail, references = given.get("detail", "full"), given.get("references", "none")
    ask = old_structure_query if is_v1 else new_structure_query

    def make() -> bytes:
        query = ask(kind, *told, detail=detail, references=references)
        found = select_artefacts(publication.artefacts, query)
        return _written(found, chosen, request, publication)

    return await _answered(request, publication, chosen, make)


async def availability(
    request: Request, publication: Publication, rest: str, given: Given, *, is_v1: bool
) -> Response:
    """What is there for a query of data, as a data constraint; with `references`, what it refers to as well."""
    _refuse_parts_of_rows(given)
    query, component = (_v1_available if is_v1 else _v2_available)(publication, rest, given)
    mode, references = given.get("mode", "exact"), given.get("references", "none")
    if mode not in MODES:
        raise QueryRefused(BAD_REQUEST, "mode is {mode}; expected: exact or available.", mode=mode)
    _require_references(references)
    chosen = choose_format(request.headers.get("accept"), given, STRUCTURES_V1 if is_v1 else STRUCTURES_V2)

    def make() -> bytes:
        found = find_available(publication.index, query, of_other_choices=mode == "available")
        constraint = _constraint(query.flow, found, component)
        others = _referred(publication, query.flow, found, references)
        return _written([constraint, *others], chosen, request, publication)

    return await _answered(request, publication, chosen, make)


def _refuse_parts_of_rows(given: Given) -> None:
    for name in sorted(NOT_OF_AVAILABILITY & given.keys()):
        raise QueryRefused(BAD_REQUEST, "Availability has no parameter {name}: it sends no rows.", name=name)


def _require_references(references: str) -> None:
    """Refuse a word that adds nothing, which would be taken for nothing to add."""
    unknown = [] if references in REFERRED else sorted(set(references.split(",")) - BY_NAME.keys())
    if unknown:
        raise QueryRefused(
            BAD_REQUEST,
            "references may not be {found}: one of {known}, or kinds of structures with commas.",
            found=", ".join(unknown),
            known=", ".join(REFERRED),
        )


def _v1_available(publication: Publication, rest: str, given: Given) -> tuple[DataQuery, str]:
    flow, key, provider, component = parts_of(rest, 4)
    asked = {name: value for name, value in given.items() if name not in OF_AVAILABILITY}
    return query_of_v1(publication, "/".join((flow, key or "all", provider or "all")), asked), component


def _v2_available(publication: Publication, rest: str, given: Given) -> tuple[DataQuery, str]:
    *path, component = (part or "*" for part in parts_of(rest, 6))
    asked = {name: value for name, value in given.items() if name not in OF_AVAILABILITY}
    return query_of_v2(publication, "/".join(path), asked), component


def _constraint(flow: Dataflow, found: Available, component: str) -> Artefact:
    """The data constraint, of all dimensions or of those that are asked for."""
    known = [one.id for one in flow.dimensions] + [TIME]
    wanted = known if component in ("", "*", "all") else component.replace("+", ",").split(",")
    unknown = [one for one in wanted if one not in known]
    if unknown:
        raise QueryRefused(
            NOT_FOUND,
            "{flow} has no dimension {component}. It has: {known}.",
            flow=flow.id,
            component=", ".join(unknown),
            known=", ".join(known),
        )
    has_time = TIME in wanted
    codes = {one: codes for one, codes in found.codes.items() if one in wanted}
    return make_availability(
        flow,
        codes,
        found.first if has_time else None,
        found.last if has_time else None,
        found.observations,
        found.series,
    )


def _referred(publication: Publication, flow: Dataflow, found: Available, references: str) -> list[Artefact]:
    """What the constraint refers to: dataflow, data structure, concepts, and the codelists with the codes that are there."""
    if references == "none":
        return []
    every = described(publication, flow, found.codes)
    kinds = references.split(",")
    return every if references in REFERRED else [one for one in every if one.kind in kinds]


def described(publication: Publication, flow: Dataflow, codes: Mapping[str, Sequence[str]]) -> list[Artefact]:
    """A dataflow with everything that describes its data, codelists with the codes that occur only."""
    query = new_structure_query("dataflow", flow.agency, flow.id, flow.version, references="descendants")
    every = select_artefacts(publication.artefacts, query)
    lists = [one for one in every if one.kind == "codelist"]
    partial = partial_codelists(lists, codes, flow.components)
    return [*(one for one in every if one.kind != "codelist"), *partial]


async def schema(
    request: Request, publication: Publication, rest: str, given: Given, *, is_v1: bool
) -> Response:
    """The schema of the data of a dataflow: for machines that check, or as structures with the codes that occur."""
    _require_known(given, frozenset({"dimensionAtObservation", "explicitMeasure", "format"}))
    context, agency, id_, version = parts_of(rest, 4)
    query = _described_by(publication, context, agency or "*", id_ or "*", version or "latest")
    flow = query.flow
    at = given.get("dimensionAtObservation", TIME if flow.time else ALL_DIMENSIONS)
    if at not in (TIME, ALL_DIMENSIONS, *(one.id for one in flow.dimensions)):
        raise QueryRefused(BAD_REQUEST, "{flow} has no dimension {component}.", flow=flow.id, component=at)
    chosen = choose_format(request.headers.get("accept"), given, SCHEMAS_V1 if is_v1 else SCHEMAS_V2)

    def make() -> bytes:
        codes = find_available(publication.index, query).codes
        names = publication.words.codelists
        if chosen.id in WRITERS:
            return _written(described(publication, flow, codes), chosen, request, publication)
        writers = {
            "schema-2.1": write_schema_xsd_21,
            "schema-3.0": write_schema_xsd_30,
            "schema-json": write_schema_json,
        }
        return writers[chosen.id](flow, at, codes, names)

    return await _answered(request, publication, chosen, make)


def _described_by(publication: Publication, context: str, agency: str, id_: str, version: str) -> DataQuery:
    """The rows that a schema describes; a data structure stands for the first dataflow that has it."""
    if context not in CONTEXTS:
        status = NOT_BUILT if context in ("metadataflow", "metadatastructure") else BAD_REQUEST
        raise QueryRefused(
            status,
            "Schemas are there for dataflow, datastructure and provisionagreement, not for {context}.",
            context=context,
        )
    if context == "dataflow":
        return DataQuery(one_flow(publication, agency, id_, version))
    if context == "provisionagreement":
        flow, providers = flow_of_agreement(publication, agency, id_, version)
        return read_v2_data(flow, "", {}, providers)
    found = [one.flow for one in publication.index.flows.values() if one.flow.structure == id_]
    if not found:
        raise QueryRefused(NOT_FOUND, "There is no data structure {id}.", id=id_)
    return DataQuery(found[0])


def _require_known(given: Given, known: frozenset[str]) -> None:
    for name in given:
        if name not in known:
            raise QueryRefused(
                BAD_REQUEST,
                "There is no parameter {name} here. There are: {known}.",
                name=name,
                known=", ".join(sorted(known)),
            )


def _written(found: Sequence[Artefact], chosen: Format, request: Request, publication: Publication) -> bytes:
    return WRITERS[chosen.id](
        found, languages_of(request), prepared=publication.published_at, message="GUZAR"
    )


async def _answered(request: Request, publication: Publication, chosen: Format, make: Make) -> Response:
    """The bytes that `make` gives, made once for a publication and the same question."""
    languages, packed = languages_of(request), is_packed(request)
    asked = (path_of(request).rstrip("/"), query_of(request), chosen.id, ",".join(languages))
    tag = tag_of(publication.release, publication.published_at, *asked, "gzip" if packed else "")
    headers = {
        "etag": tag,
        "vary": VARY,
        "cache-control": CACHED,
        "content-language": languages[0],
        "last-modified": http_date(publication.published_at),
    }
    body = publication.cache.get(asked)
    if body is not None and is_held(request, tag):
        return not_modified(headers)
    if body is None:
        body = publication.cache[asked] = await run_in_threadpool(make)
        if len(publication.cache) > MOST_CACHED:
            publication.cache.pop(next(iter(publication.cache)))
    return whole(body, chosen.content_type, headers, packed=packed)
