"""Which format a reader gets: from the header Accept, or from `format=` in the address.

Each face of the service offers formats in an order; where a reader leaves something open (no version, `*/*`,
`application/json`), the first that fits is taken, so the order of a face is its preference. Versions may be ranges
as SDMX 3.0 writes them (`2.0+.0`: minor version 0 or later), and `1.0`, `1.0.0` and `1.0.0-wd` are the same.
Browsers, which ask for text/html, get the default. Parameters: labels (id, name, both), keys (none, obs, series,
both), timeFormat (original; normalized is known, but periods of guzar have one form only).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from guzar.share.sdmx.series import DataAnswer

Writer = Callable[[DataAnswer], Iterator[bytes]]

GENERAL = {
    "application/xml": "xml",
    "text/xml": "xml",
    "application/json": "json",
    "text/json": "json",
    "text/csv": "csv",
    "application/csv": "csv",
}
PAGES = {"text/html", "application/xhtml+xml"}
ANYTHING = {"*/*", "application/*", "text/*"}
LABELS = {"id", "name", "both"}
KEYS: dict[str, tuple[str, ...]] = {"obs": ("obs",), "series": ("series",), "both": ("both",), "none": ()}
TIME_FORMATS = {"original", "normalized"}
PART = r"([0-9]{1,9})(\+)?"  # a part of a version; longer ones are no versions, and Python does not read them as numbers
VERSION = re.compile(rf"{PART}(?:\.{PART})?(?:\.{PART})?(?:-[A-Za-z0-9.-]+)?")


@dataclass(frozen=True)
class Format:
    """A format in one version, with what its reader asked about labels and keys (of CSV only)."""

    id: str
    media: str  # without parameters
    version: str
    ending: str  # of a file, without the dot
    write: Writer | None = None  # None: a format of structures
    labels: str = "id"
    keys: tuple[str, ...] = ()
    time_format: str = "original"

    @property
    def syntax(self) -> str:
        """xml, json or csv."""
        return self.media.rpartition("+")[2]

    @property
    def content_type(self) -> str:
        """As the header Content-Type tells it, with what was asked for and is given."""
        asked = f";labels={self.labels}" if self.labels != "id" else ""
        asked += f";keys={self.keys[0]}" if self.keys else ""
        return f"{self.media};version={self.version}{asked}"


@dataclass(frozen=True)
class Wish:
    """One media range of an Accept header."""

    media: str
    quality: float
    parameters: Mapping[str, str]


def negotiate(accept: str | None, offered: Sequence[Format], default: Format) -> Format | None:
    """The format that fits the header best; None where nothing does (406).

    The highest quality wins; among equals the more exact range, then the one named first. A range with quality 0
    is not wanted. Without a header, or with nothing but blanks in it, the default.
    """
    wishes = read_accept(accept or "")
    if not wishes:
        return default
    refused = [one.id for one in offered for wish in wishes if wish.quality == 0 and _is_exact(wish, one)]
    left = [one for one in offered if one.id not in refused]
    wanted = [wish for wish in wishes if wish.quality > 0]
    if any(wish.media in PAGES for wish in wanted):
        # A browser's other wishes say what it can show, not what its user would like to have.
        wanted = [wish for wish in wanted if _width(wish.media) == 0 and wish.media not in PAGES]
        return _first_fit(wanted, left, default) or default
    return _first_fit(wanted, left, default)


def _first_fit(wanted: Sequence[Wish], left: Sequence[Format], default: Format) -> Format | None:
    for wish in sorted(wanted, key=lambda one: (-one.quality, _width(one.media))):
        if wish.media in ANYTHING and default in left:
            return default
        for one in left:
            if _fits(wish, one):
                return _with_parameters(one, wish.parameters)
    return None


def read_accept(accept: str) -> list[Wish]:
    """The media ranges of a header, in its order. What cannot be read as one is passed over, as HTTP advises."""
    found = []
    for part in accept.split(","):
        media, *told = (one.strip() for one in part.split(";"))
        pairs = (one.partition("=") for one in told)
        parameters = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs if name}
        if "/" in media:
            quality = _quality(parameters.pop("q", "1"))
            found.append(Wish(media.lower().replace(" ", "+"), quality, parameters))
    return found


def _quality(told: str) -> float:
    return min(float(told), 1.0) if re.fullmatch(r"\d(\.\d{0,3})?|\.\d{1,3}", told) else 1.0


def _width(media: str) -> int:
    """0 for a media type of SDMX, 1 for a general one, 2 for anything: narrower ones come first."""
    return 2 if media in ANYTHING else 1 if media in GENERAL else 0


def _is_exact(wish: Wish, one: Format) -> bool:
    return wish.media == one.media and version_fits(wish.parameters.get("version"), one.version)


def _fits(wish: Wish, one: Format) -> bool:
    if wish.media in ANYTHING:
        return True
    if wish.media in GENERAL:
        return GENERAL[wish.media] == one.syntax
    return _is_exact(wish, one)


def version_fits(asked: str | None, version: str) -> bool:
    """True where a version, or a range of versions such as 2.0+.0, holds `version`; no version holds all."""
    if not asked or asked == "*":
        return True
    found = VERSION.fullmatch(asked.replace(" ", "+"))
    if found is None:
        return False
    told = [int(one) for one in version.split(".")] + [0]
    for place in range(3):
        number, is_open = found[2 * place + 1], found[2 * place + 2]
        wanted = int(number or 0)
        if is_open:
            return told[place] >= wanted
        if told[place] != wanted:
            return False
    return True


def _with_parameters(one: Format, parameters: Mapping[str, str]) -> Format:
    """The format with labels and keys as asked; what is not known, or not for this format, is passed over."""
    if one.syntax != "csv":
        return one
    labels = parameters.get("labels", "id").lower()
    time_format = parameters.get("timeformat", "original").lower()
    known = LABELS if one.version.startswith("2") else {"id", "both"}
    keys = KEYS.get(parameters.get("keys", parameters.get("key", "none")).lower(), ())
    return replace(
        one,
        labels=labels if labels in known else "id",
        keys=keys if one.version.startswith("2") else (),
        time_format=time_format if time_format in TIME_FORMATS else "original",
    )
