"""`/metadata` of both versions of the interface: the reference metadata (SIMS) of each dataflow, in the languages asked for."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from guzar.errors import SettingsInvalid
from guzar.share.sdmx.formats import Format
from guzar.share.sdmx.metadata_queries import select_reports
from guzar.share.sdmx.metadata_writers import write_metadata_json, write_metadata_xml_30
from guzar.share.sdmx.metadata_xml_21 import write_metadata_xml_21
from guzar.share.sdmx.reference_metadata import MetadataReport
from guzar.share.sdmx.refusals import BAD_REQUEST, NOT_FOUND, QueryRefused
from guzar.share.sdmx.service.chosen_format import choose_format
from guzar.share.sdmx.service.data_answers import flow_reference, parts_of
from guzar.share.sdmx.service.publication import Publication
from guzar.share.sdmx.service.responses import (
    CACHED,
    VARY,
    is_held,
    is_packed,
    languages_of,
    not_modified,
    path_of,
    query_of,
    tag_of,
    whole,
)
from guzar.share.sdmx.versions import version_fits

JSON = Format("metadata-json-2.0", "application/vnd.sdmx.metadata+json", "2.0.0", "json")
ML_30 = Format("metadata-ml-3.0", "application/vnd.sdmx.metadata+xml", "3.0.0", "xml")
ML_21 = Format("metadata-ml-2.1", "application/vnd.sdmx.genericmetadata+xml", "2.1", "xml")
DETAILS = ("full", "allstubs")


async def metadata(
    request: Request, publication: Publication, rest: str, given: Mapping[str, str], *, is_v1: bool
) -> Response:
    """The reports of a query, in the format asked for; texts in the language asked for, or in all."""
    reports = (reports_of_v1 if is_v1 else chosen_reports)(publication.reports, rest)
    chosen = choose_format(request.headers.get("accept"), {}, (ML_21,) if is_v1 else (JSON, ML_30))
    detail = given.get("detail", "full")
    unknown = [name for name in given if name != "detail"]
    if unknown or detail not in DETAILS:
        raise QueryRefused(
            BAD_REQUEST,
            "There is no parameter {name} here. There are: {known}.",
            name=", ".join(unknown) or f"detail={detail}",
            known="detail=full, detail=allstubs",
        )
    languages, packed = languages_of(request), is_packed(request)
    wanted = languages[:1] if "accept-language" in request.headers else languages
    tag = tag_of(
        publication.release,
        publication.published_at,
        path_of(request),
        query_of(request),
        chosen.id,
        ",".join(wanted),
        str(packed),
    )
    headers = {"etag": tag, "vary": VARY, "cache-control": CACHED, "content-language": ", ".join(wanted)}
    if is_held(request, tag):
        return not_modified(headers)
    write = {JSON: write_metadata_json, ML_30: write_metadata_xml_30, ML_21: write_metadata_xml_21}[chosen]
    body = write(reports, prepared=publication.published_at, languages=wanted, is_stub=detail == "allstubs")
    return whole(body, chosen.content_type, headers, packed=packed)


def chosen_reports(reports: Sequence[MetadataReport], rest: str) -> tuple[MetadataReport, ...]:
    """The reports that a path below `/metadata` asks for; 404 where there is none."""
    parts = [part for part in rest.strip("/").split("/") if part]
    try:
        found = select_reports(parts, reports, version_fits)
    except SettingsInvalid as error:
        raise QueryRefused(BAD_REQUEST, error.what, **error.values) from None
    if not found:
        raise QueryRefused(NOT_FOUND, "There are no metadata at {path}.", path=rest)
    return found


def reports_of_v1(reports: Sequence[MetadataReport], rest: str) -> tuple[MetadataReport, ...]:
    """The reports of `metadata/FLOW/KEY/PROVIDER` of SDMX REST 1.x: of a metadataflow, or of the dataflow they are about.

    A report is about a whole dataflow, so a key that names less is refused (400).
    """
    flow, key, provider = parts_of(rest, 3)
    agency, id_, version = flow_reference(flow)
    if key not in ("", "all"):
        raise QueryRefused(
            BAD_REQUEST, "Reference metadata are about whole dataflows: the key {key} must be all.", key=key
        )
    asked = [agency.replace("+", ","), id_.replace("+", ","), version]
    who = [provider.rpartition(",")[2]] if provider not in ("", "all") else []
    for path in (["metadataflow", *asked, *who], ["structure", "dataflow", *asked]):
        found = select_reports(path, reports, version_fits)
        if found:
            return found
    raise QueryRefused(NOT_FOUND, "There are no metadata at {path}.", path=rest)
