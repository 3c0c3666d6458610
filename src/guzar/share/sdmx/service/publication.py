"""What a running service serves: one publication at a time, exchanged for the next one between two requests.

A publication is a folder that appeared whole: the serving index, the release it was made from, and `complete.json`, which
names the checksum of the index. A file `current` beside the folders names the one to serve. The service looks at it
about once a second; where the new one cannot be opened, the old one stays served and the fault is told in /health.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from guzar.errors import GuzarError, TableInvalid
from guzar.share.sdmx.answers import Words
from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.known_codes import Codes
from guzar.share.sdmx.reference_metadata import MetadataReport
from guzar.share.sdmx.serving_index import ServingIndex

CURRENT = "current"
OTHER_SITE = (
    "The site was made from release {site}, the service serves {release}. Make the site again: guzar site --workspace "
    "WORKSPACE --release {release} --out SITE"
)
NOT_OPENED = (
    "The newest release cannot be served ({fault}); {release} stays served. Publish it again; whether files are damaged is "
    "told by: guzar workspace check WORKSPACE"
)
RECORD_OF_SITE = Path(
    "data", "latest", "release.json"
)  # of the release that a site was made from, below the site


@dataclass
class Publication:
    """One release as it is served."""

    release: str
    date: str  # of the release, ISO 8601
    published_at: str  # ISO 8601 in UTC
    index: ServingIndex
    words: Words
    artefacts: Sequence[Artefact]
    reports: Sequence[MetadataReport]
    folder: Path  # of the release, with its files
    site: Path | None = None
    in_use: Mapping[str, Codes] = field(default_factory=dict)  # by dataflow
    cache: dict[tuple[str, ...], bytes] = field(default_factory=dict)  # structure messages


Open = Callable[[str], Publication]


class Served:
    """The publication being served; a new one takes its place once it has been opened whole."""

    def __init__(self, place: Path, open_publication: Open) -> None:
        """Open what `current` names, or the newest publication that can be opened; refused where there is none."""
        self._place = place
        self._open = open_publication
        self._name, self.fault = "", ""
        self._faulty: tuple[object, ...] = ()  # the one that could not be opened, as it was then
        self.now = self._first()

    def _first(self) -> Publication:
        wanted = read_current(self._place)
        others = sorted((one.name for one in self._place.iterdir() if one.is_dir()), reverse=True)
        for name in [wanted, *(one for one in others if one != wanted and not one.startswith("."))]:
            try:
                opened = self._open(name)
            except (GuzarError, OSError) as error:
                self.fault = self.fault or f"{name}: {type(error).__name__}"
                self._faulty = self._faulty or self._stamp(name)
                fault = error
                continue
            self._name = name
            return opened
        raise fault

    def look(self) -> None:
        """Serve what `current` names now, where it is another one and can be opened; else the old one stays.

        One that could not be opened is tried again when its files have changed.
        """
        stamp: tuple[object, ...] = ()
        try:
            name = read_current(self._place)
            stamp = self._stamp(name)
            if stamp == self._faulty:
                return
            if name != self._name:
                self.now = self._open(name)
                self._name = name
            self.fault, self._faulty = "", ()
        except Exception as error:  # whatever a new one is like, the old one stays and is not the last
            self.fault, self._faulty = type(error).__name__, stamp

    def told_fault(self) -> str:
        """What is to be said where the newest publication could not be opened; else empty."""
        return NOT_OPENED.format(fault=self.fault, release=self.now.release) if self.fault else ""

    def release_of_other_site(self) -> str:
        """The release that the site was made from, where it is not the one that is served; else empty."""
        made_from = release_of_site(self.now.site) if self.now.site is not None else ""
        return "" if made_from == self.now.release else made_from

    def _stamp(self, name: str) -> tuple[object, ...]:
        """A publication as it is on the disk: its name, and the size and time of its files."""
        folder = self._place / name
        seen = sorted((one.name, one.stat()) for one in folder.iterdir()) if folder.is_dir() else []
        return (name, *((file, told.st_size, told.st_mtime_ns) for file, told in seen))


def release_of_site(site: Path) -> str:
    """The release that a site was made from; empty where the site does not tell."""
    file = site / RECORD_OF_SITE
    try:
        stamp = file.stat()
        return _release_in(file, stamp.st_mtime_ns, stamp.st_size)
    except (OSError, ValueError):
        return ""


@lru_cache(maxsize=8)
def _release_in(file: Path, changed: int, size: int) -> str:
    """The release that a record names; read again only when the file is another one (its time and size say so)."""
    record = json.loads(file.read_text(encoding="utf-8"))
    return str(record.get("release", "")) if isinstance(record, dict) else ""


def read_current(place: Path) -> str:
    """The folder that is to be served, as `current` names it; refused where there is none."""
    try:
        name = (place / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        name = ""
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise TableInvalid(
            "Nothing is published for the service.",
            expected="a published release",
            do="Publish first: guzar publish --workspace WORKSPACE",
        )
    return name


def names_of(about: Mapping[str, object]) -> str:
    """What `complete.json` says, as text that is the same each time."""
    return json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
