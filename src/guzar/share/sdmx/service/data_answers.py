"""`/data` of both versions of the interface: request → query → rows → bytes in the format asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from guzar.share.sdmx.answers import Words, make_answer
from guzar.share.sdmx.data_paths import read_parameters, read_v1_data, read_v2_data
from guzar.share.sdmx.data_query import DataQuery
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.formats import DATA_V1, DATA_V2, Format
from guzar.share.sdmx.known_codes import refuse_unknown_codes
from guzar.share.sdmx.refusals import BAD_REQUEST, BUSY, NOT_BUILT, NOT_FOUND, NOT_PROCESSABLE, QueryRefused
from guzar.share.sdmx.rows import names_few
from guzar.share.sdmx.series import DataAnswer, Series
from guzar.share.sdmx.service.chosen_format import choose_format
from guzar.share.sdmx.service.limits import Limits
from guzar.share.sdmx.service.publication import Publication
from guzar.share.sdmx.service.responses import (
    CACHED,
    VARY,
    Busy,
    header_of,
    http_date,
    is_held,
    is_packed,
    languages_of,
    not_modified,
    nothing_found,
    path_of,
    query_of,
    streamed,
    tag_of,
    whole,
)
from guzar.share.sdmx.versions import version_fits

CONTEXTS = ("dataflow", "datastructure", "provisionagreement")
MOST_ASKED = 1_000  # names of dataflows, as they were asked for, that are kept
SHORT = 2_000  # observations that are written in one piece, without a thread of their own


async def answer_data(
    request: Request,
    publication: Publication,
    query: DataQuery,
    chosen: Format,
    limits: Limits,
    busy: Busy,
    *,
    is_v1: bool,
) -> Response:
    """The rows of a query; 204 (v2) or 404 (v1) where there are none, 304 where the reader holds the answer.

    Where there are none because a code occurs nowhere, the query is refused with that code (422, or 404 in v1).
    """
    languages, packed = languages_of(request), is_packed(request)
    tag = tag_of(
        publication.release,
        publication.published_at,
        path_of(request),
        query_of(request),
        chosen.content_type,
        ",".join(languages),
        "gzip" if packed else "",
    )
    headers = {
        "etag": tag,
        "vary": VARY,
        "cache-control": CACHED,
        "content-language": languages[0],
        "last-modified": http_date(publication.published_at),
    }
    if is_held(request, tag):
        return not_modified(headers)
    words = Words(publication.words.codelists, publication.words.concepts, languages)

    def make() -> DataAnswer | None:
        return make_answer(
            publication.index,
            query,
            words,
            most=limits.observations,
            prepared=publication.published_at,
            labels=chosen.labels,
            keys=chosen.keys,
        )

    answer = make() if names_few(publication.index, query) else await run_in_threadpool(make)
    if answer is None:
        raise _nothing_found(publication, query, languages, is_v1=is_v1)
    if chosen.write is None:
        raise ValueError(f"{chosen.id} is no format of data")
    short, rest = _begin(iter(answer.series))
    if rest is None:
        return whole(
            b"".join(chosen.write(answer.with_series(short))), chosen.content_type, headers, packed=packed
        )
    if busy.now >= limits.long_answers:
        raise QueryRefused(
            BUSY, "Too many long answers are being written. Try again in a minute, or ask for less."
        )
    parts = chosen.write(answer.with_series(_joined(short, rest)))
    return streamed(parts, chosen.content_type, headers, packed=packed, seconds=limits.seconds, busy=busy)


def _nothing_found(
    publication: Publication, query: DataQuery, languages: Sequence[str], *, is_v1: bool
) -> QueryRefused:
    """Why no row answers: a code that occurs nowhere (422; v1: 404), or a query that is right and fits nothing."""
    unknown = refuse_unknown_codes(
        query,
        publication.in_use.get(query.flow.id, {}),
        publication.words.codelists,
        languages,
        status=NOT_FOUND if is_v1 else NOT_PROCESSABLE,
    )
    if unknown is not None:
        return unknown
    return nothing_found() if is_v1 else QueryRefused(204, "No observation fits this query.")


def _begin(series: Iterator[Series]) -> tuple[list[Series], Iterator[Series] | None]:
    """The first series; and what comes after them, None where they are all."""
    taken, counted = [], 0
    for one in series:
        taken.append(one)
        counted += len(one.observations)
        if counted > SHORT:
            return taken, series
    return taken, None


def _joined(first: list[Series], rest: Iterator[Series]) -> Iterator[Series]:
    yield from first
    yield from rest


def query_of_v1(publication: Publication, rest: str, given: Mapping[str, str]) -> DataQuery:
    """The query of `data/FLOW/KEY/PROVIDER`."""
    parts = parts_of(rest, 3)
    agency, flow, version = flow_reference(parts[0])
    found = one_flow(publication, agency, flow, version)
    return read_v1_data(found, parts[1], parts[2], given)


def query_of_v2(publication: Publication, rest: str, given: Mapping[str, str]) -> DataQuery:
    """The query of `data/CONTEXT/AGENCY/ID/VERSION/KEY`."""
    context, agency, flow, version, key = (part or "*" for part in parts_of(rest, 5))
    if context not in (*CONTEXTS, "*"):
        raise QueryRefused(
            BAD_REQUEST,
            "The context {context} is unknown; expected: {known}.",
            context=context,
            known=", ".join(CONTEXTS),
        )
    keys = "" if key == "*" else key
    if context == "provisionagreement":
        agreed, providers = flow_of_agreement(publication, agency, flow, version)
        return read_v2_data(agreed, keys, given, providers)
    if context == "datastructure":
        flow = ",".join(
            one.flow.id for one in publication.index.flows.values() if flow in ("*", one.flow.structure)
        )
    return read_v2_data(one_flow(publication, agency, flow, version), keys, given)


def parts_of(rest: str, most: int) -> list[str]:
    """The parts of a path, empty at the end where they are left out; a slash at the end means nothing."""
    parts = rest.strip("/").split("/") if rest.strip("/") else []
    if len(parts) > most:
        raise QueryRefused(
            BAD_REQUEST,
            "The path has {found} parts; at most {most} are known here.",
            found=len(parts),
            most=most,
        )
    return parts + [""] * (most - len(parts))


def flow_reference(text: str) -> tuple[str, str, str]:
    """Agency, id and version of a reference as v1 writes it: ID, AGENCY,ID or AGENCY,ID,VERSION."""
    parts = text.split(",")
    if len(parts) > 3 or not parts[-1]:
        raise QueryRefused(BAD_REQUEST, "{text} names no dataflow; expected: AGENCY,ID,VERSION.", text=text)
    if len(parts) == 1:
        return "*", parts[0], "latest"
    return parts[0], parts[1], parts[2] if len(parts) == 3 else "latest"


def one_flow(publication: Publication, agency: str, flow: str, version: str) -> Dataflow:
    """The one dataflow that is meant; 404 where there is none, 501 where there are several."""
    asked, known = (agency, flow, version), publication.index.asked
    if asked not in known:
        if len(known) >= MOST_ASKED:
            known.clear()
        known[asked] = _find_flow(publication, agency, flow, version)
    return known[asked]


def _find_flow(publication: Publication, agency: str, flow: str, version: str) -> Dataflow:
    found = [
        one.flow
        for one in publication.index.flows.values()
        if (agency in ("*", "all") or one.flow.agency in agency.split(","))
        and (flow in ("*", "all") or one.flow.id in flow.split(","))
        and version_fits(version, one.flow.version, (one.flow.version,))
    ]
    if not found:
        raise QueryRefused(
            NOT_FOUND,
            "There is no dataflow {agency}:{flow}({version}). There are: {known}.",
            agency=agency,
            flow=flow,
            version=version,
            known=", ".join(
                f"{one.flow.agency}:{one.flow.id}({one.flow.version})"
                for one in publication.index.flows.values()
            ),
        )
    if len(found) > 1:
        raise QueryRefused(
            NOT_BUILT,
            "One answer holds one dataflow; this query asks for {count}: {found}. Ask for each by itself.",
            count=len(found),
            found=", ".join(one.id for one in found),
        )
    return found[0]


def flow_of_agreement(
    publication: Publication, agency: str, agreement: str, version: str
) -> tuple[Dataflow, tuple[str, ...]]:
    """The dataflow of a provision agreement, and its provider where the rows tell who provides them."""
    for one in publication.artefacts:
        if (
            one.kind == "provisionagreement"
            and one.id == agreement
            and agency in ("*", one.agency)
            and version_fits(version, one.version, (one.version,))
        ):
            to = one.body.flow
            flow = one_flow(publication, to.agency, to.id, to.version)
            has_source = any(dimension.id == "SOURCE" for dimension in flow.dimensions)
            return flow, (one.body.provider.item,) if has_source else ()
    raise QueryRefused(NOT_FOUND, "There is no provision agreement {agreement}.", agreement=agreement)


async def data(
    request: Request, publication: Publication, rest: str, limits: Limits, busy: Busy, *, is_v1: bool
) -> Response:
    """`/data` of one version of the interface."""
    given = read_parameters(query_of(request))
    chosen = choose_format(header_of(request, b"accept"), given, DATA_V1 if is_v1 else DATA_V2)
    read: Callable[[Publication, str, Mapping[str, str]], DataQuery] = query_of_v1 if is_v1 else query_of_v2
    query = read(publication, rest, given)
    return await answer_data(request, publication, query, chosen, limits, busy, is_v1=is_v1)
