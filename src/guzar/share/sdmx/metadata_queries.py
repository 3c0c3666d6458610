"""The path of a metadata query (SDMX REST 2) → the reports that answer it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from guzar.errors import SettingsInvalid
from guzar.share.sdmx.artefacts import Reference
from guzar.share.sdmx.reference_metadata import MetadataReport

ALL = "*"
RESOURCES = ("metadataset", "metadataflow", "structure")
PARTS = {"metadataset": 3, "metadataflow": 4, "structure": 4}  # after the resource
VersionFits = Callable[
    [str, str, Iterable[str]], bool
]  # what is asked for, a version, all versions of the artefact


@dataclass(frozen=True)
class _Asked:
    """An artefact that is asked for: each part a list with commas, a wildcard, or left out."""

    agency: str = ALL
    id: str = ALL
    version: str = "~"


def select_reports(
    parts: Sequence[str], reports: Sequence[MetadataReport], version_fits: VersionFits
) -> tuple[MetadataReport, ...]:
    """The reports that a query below `/metadata` asks for; none where nothing fits.

    `parts` are the parts of the path, as ("metadataset", "GUZAR", "MIGRANT_STOCKS_SIMS", "1.0.0"), ("metadataflow",
    "GUZAR", "SIMS", "+", "GUZAR") with the provider last, or ("structure", "dataflow", "GUZAR", "*", "~"). Those at the
    end may be left out, and empty ones of a slash at the end are. Refused (SettingsInvalid): another resource, or more
    parts than it has.
    """
    resource, *told = [part for part in parts if part] or [""]
    _require_resource(resource, told)
    if resource == "metadataset":
        asked = _Asked(*told)
        return _that_fit(reports, asked, version_fits, lambda one: (one.agency, one.id, one.version))
    if resource == "metadataflow":
        asked, provider = _Asked(*told[:3]), (told[3:] or [ALL])[0]
        of_flow = _that_fit(reports, asked, version_fits, lambda one: _parts_of(one.metadataflow))
        return tuple(one for one in of_flow if _fits(provider, one.agency))
    kind, asked = (told[:1] or [ALL])[0], _Asked(*told[1:])
    of_kind = [one for one in reports if _fits(kind, one.target.kind)]
    return _that_fit(of_kind, asked, version_fits, lambda one: _parts_of(one.target))


def _require_resource(resource: str, told: Sequence[str]) -> None:
    if resource not in RESOURCES or len(told) > PARTS[resource]:
        raise SettingsInvalid(
            "There are no metadata at {path}.",
            expected="metadataset, metadataflow or structure, and at most {parts} parts after it",
            do="Ask for metadata/metadataset, metadata/metadataflow or metadata/structure.",
            path="/".join((resource, *told)),
            parts=PARTS.get(resource, 4),
        )


def _that_fit(
    reports: Iterable[MetadataReport],
    asked: _Asked,
    version_fits: VersionFits,
    named: Callable[[MetadataReport], tuple[str, str, str]],
) -> tuple[MetadataReport, ...]:
    """Reports of which the artefact that `named` tells fits; the newest version is sought for each artefact alone."""
    found = [one for one in reports if _fits(asked.agency, named(one)[0]) and _fits(asked.id, named(one)[1])]
    held: dict[tuple[str, str], set[str]] = {}
    for one in found:
        agency, id_, version = named(one)
        held.setdefault((agency, id_), set()).add(version)
    return tuple(one for one in found if version_fits(asked.version, named(one)[2], held[named(one)[:2]]))


def _parts_of(reference: Reference) -> tuple[str, str, str]:
    return reference.agency, reference.id, reference.version


def _fits(asked: str, code: str) -> bool:
    return any(one in (ALL, "all", code) for one in asked.split(","))
