"""`/metadata` of SDMX REST 2.x: the reference metadata (SIMS) of each dataflow, in the languages asked for."""

from collections.abc import Sequence

from guzar.errors import SettingsInvalid
from guzar.share.sdmx.metadata_queries import select_reports
from guzar.share.sdmx.reference_metadata import MetadataReport
from guzar.share.sdmx.refusals import BAD_REQUEST, NOT_FOUND, QueryRefused
from guzar.share.sdmx.versions import version_fits


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
