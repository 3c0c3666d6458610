"""Fetch bytes from a publisher's service: data, or `SourceUnavailable` within the time-out.

One function, `fetch`. It retries what may pass (no answer, a broken answer, 429, 500, 502, 503, 504) with
growing pauses, waits as long as `Retry-After` asks, and goes on from where an answer broke off when the
service allows it (`Range` with `If-Range`, RFC 9110). What has been received stands in a partial folder
until the answer is whole, so that a later run can go on too. Clock, sleep and jitter are handed in; nothing
here draws a random number.
"""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from guzar import __version__
from guzar.collect.addresses import Request, require_safe_address, shown_address, without_query
from guzar.errors import SourceUnavailable

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # answers after which trying again makes sense
MOVED = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 3
LONGEST_WAIT_SHARE = 3  # connecting, waiting for the answer and reading on: none may take more than a third

NO_ANSWER = "The service of {source} does not answer."
BROKEN_OFF = "The service of {source} broke off in the middle of its answer."
BAD_STATUS = "The service of {source} answered with the status {status}."
NOT_DATA = "The service of {source} answered, but not with data."
OFF_SITE = "The service of {source} sends on to another site, {host}."
TOO_LARGE = "The answer of the service of {source} is larger than {largest} MB."
TOO_SLOW = "The service of {source} did not finish its answer in time."
TRY_LATER = (
    "Try again later, or fetch the file with a browser and collect it: guzar collect {source} FILE. "
    "A proxy is set with HTTPS_PROXY, another address in guzar.toml, [services]."
)
TRY_AFTER = "Try again in {wait} seconds: the service asks for this pause."


Moved = Callable[[int, int | None], None]  # told bytes received and bytes expected, where the service says


def ignore_progress(received: int, whole: int | None) -> None:
    """For callers without a progress bar."""


@dataclass(frozen=True)
class Policy:
    """How patient to be, and the clock to be patient by. Times in seconds."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]  # between 0 and 1
    now: Callable[[], datetime]  # with a time zone; only to read Retry-After dates
    connect_seconds: float = 10
    read_seconds: float = 60
    total_seconds: float = 900
    attempts: int = 6  # in a row without a single new byte
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 60
    largest_bytes: int = 1_000_000_000
    ends_at: float | None = None  # on `clock`, where several requests share one time-out

    def deadline(self) -> float:
        """When to give up, on `clock`."""
        return self.clock() + self.total_seconds if self.ends_at is None else self.ends_at


@dataclass(frozen=True)
class Fetched:
    """A whole answer, the address to show for it, and how many times the service was asked."""

    content: bytes
    address: str
    attempts: int


class _Fault(Exception):
    """One attempt that did not end in data."""

    def __init__(self, what: str, *, passing: bool = True, wait_seconds: float = 0, **values: object) -> None:
        self.what, self.passing, self.wait_seconds, self.values = what, passing, wait_seconds, values
        super().__init__(what)


class _Moved(Exception):
    """The service sends on to another address of the same site."""


@dataclass(frozen=True)
class _Partial:
    """What has been received of one answer, and the validator to ask for the rest of the same version."""

    folder: Path

    def size(self) -> int:
        body = self.folder / "body"
        return body.stat().st_size if body.exists() else 0

    def validator(self) -> str:
        known = self.folder / "validator.json"
        return str(json.loads(known.read_text(encoding="utf-8"))["validator"]) if known.exists() else ""

    def restart(self, validator: str = "") -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "body").write_bytes(b"")
        (self.folder / "validator.json").write_text(json.dumps({"validator": validator}), encoding="utf-8")

    def forget(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def open_client() -> httpx.Client:
    """A client that names guzar, asks for bytes as they are, and talks to loopback without a proxy."""
    logging.getLogger("httpx").addFilter(_hide_query)
    headers = {"User-Agent": f"guzar/{__version__}", "Accept-Encoding": "identity"}
    direct = dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]"), None)
    return httpx.Client(headers=headers, follow_redirects=False, mounts=direct)


def fetch(
    request: Request, client: httpx.Client, policy: Policy, partial: Path, *, moved: Moved = ignore_progress
) -> Fetched:
    """The whole answer to `request`, or SourceUnavailable before the policy's time is over.

    `partial` is a folder of this request alone; it is gone when the answer is whole. `moved` is told the
    bytes received and expected, for a progress bar. Raises SettingsInvalid for an address that is not https.
    """
    kept = _Partial(partial)
    began, deadline = policy.clock(), policy.deadline()
    asked = redirects = failures = 0
    most = kept.size()
    while True:
        require_safe_address(request.address)
        asked += 1
        try:
            content = _attempt(request, client, policy, kept, deadline=deadline, moved=moved)
        except _Moved as to:
            redirects += 1
            request = replace(request, address=str(to), query={})
            fault = None if redirects <= MOST_REDIRECTS else _Fault(NOT_DATA, passing=False)
        except _Fault as found:
            fault = found
        else:
            kept.forget()
            return Fetched(content, shown_address(request), asked)
        if fault is None:
            continue
        failures = 1 if kept.size() > most else failures + 1
        most = max(most, kept.size())
        pause = _pause(policy, failures, fault.wait_seconds)
        if not fault.passing or failures >= policy.attempts or policy.clock() + pause >= deadline:
            raise _unavailable(
                request, fault, policy, asked=asked, seconds=policy.clock() - began, held=kept.size()
            ) from None
        policy.sleep(pause)


def _attempt(
    request: Request, client: httpx.Client, policy: Policy, kept: _Partial, *, deadline: float, moved: Moved
) -> bytes:
    """Ask once, from where the last answer broke off; the whole content, or a fault."""
    wait = max(min(policy.read_seconds, (deadline - policy.clock()) / LONGEST_WAIT_SHARE), 0.001)
    patience = httpx.Timeout(wait, connect=min(policy.connect_seconds, wait))
    headers = {**request.headers, **_resume_headers(kept)}
    try:
        with client.stream(
            "GET", request.address, params=request.query or None, headers=headers, timeout=patience
        ) as response:
            whole = _begin(request, response, kept, policy.now())
            _receive(response, policy, kept, last_moment=deadline - wait, whole=whole, moved=moved)
    except httpx.ConnectError:
        raise _Fault(NO_ANSWER) from None
    except httpx.TimeoutException:
        raise _Fault(NO_ANSWER if not kept.size() else BROKEN_OFF) from None
    except httpx.TransportError:
        raise _Fault(BROKEN_OFF) from None
    content = (kept.folder / "body").read_bytes()
    if whole is not None and len(content) != whole:
        raise _Fault(BROKEN_OFF)
    if not request.is_data(content):
        kept.restart()
        raise _Fault(NOT_DATA)
    return content


def _resume_headers(kept: _Partial) -> dict[str, str]:
    if not kept.size() or not kept.validator():
        return {}
    return {"Range": f"bytes={kept.size()}-", "If-Range": kept.validator()}


def _begin(request: Request, response: httpx.Response, kept: _Partial, now: datetime) -> int | None:
    """Judge status and headers, make the partial file fit; returns the whole length where it is told."""
    if response.status_code in MOVED:
        raise _follow(request, response)
    if response.status_code == 206:
        return _go_on(response, kept)
    if response.status_code == 200:
        kept.restart(_validator(response))
        length = response.headers.get("Content-Length", "")
        return int(length) if length.isdigit() and _is_plain(response) else None
    if response.status_code == 416:  # the partial file is longer than the answer: begin anew
        kept.restart()
        raise _Fault(BROKEN_OFF)
    asked = response.headers.get("Retry-After", "") if response.status_code in (429, 503) else ""
    raise _Fault(
        BAD_STATUS,
        passing=response.status_code in PASSING,
        status=response.status_code,
        wait_seconds=seconds_asked(asked, now),
    )


def _go_on(response: httpx.Response, kept: _Partial) -> int | None:
    """The rest of an answer must begin where the held part ends, and be of the same version."""
    _, _, told = response.headers.get("Content-Range", "").partition("bytes ")
    span, _, whole = told.partition("/")
    same = _validator(response) in ("", kept.validator())
    if not same or span.partition("-")[0] != str(kept.size()):
        kept.restart()
        raise _Fault(BROKEN_OFF)
    return int(whole) if whole.isdigit() else None


def _validator(response: httpx.Response) -> str:
    """A strong ETag, else the date of the last change; nothing where bytes are packed on the way."""
    tag = str(response.headers.get("ETag", ""))
    if not _is_plain(response) or tag.startswith("W/"):
        return ""
    return tag or str(response.headers.get("Last-Modified", ""))


def _is_plain(response: httpx.Response) -> bool:
    return str(response.headers.get("Content-Encoding", "identity")).lower() == "identity"


def _follow(request: Request, response: httpx.Response) -> Exception:
    to = httpx.URL(request.address).join(response.headers.get("Location", ""))
    if to.host != httpx.URL(request.address).host:
        return _Fault(OFF_SITE, passing=False, host=to.host)
    return _Moved(str(to))


def _receive(
    response: httpx.Response,
    policy: Policy,
    kept: _Partial,
    *,
    last_moment: float,
    whole: int | None,
    moved: Moved,
) -> None:
    """Append the answer to the partial file, chunk by chunk, within size and time."""
    received = kept.size()
    chunks = response.iter_raw() if _is_plain(response) else response.iter_bytes()
    with (kept.folder / "body").open("ab") as body:
        for chunk in chunks:
            received += body.write(chunk)
            body.flush()
            if received > policy.largest_bytes:
                raise _Fault(TOO_LARGE, passing=False, largest=policy.largest_bytes // 1_000_000)
            if received != whole and policy.clock() > last_moment:
                raise _Fault(TOO_SLOW, passing=False)
            moved(received, whole)


def _pause(policy: Policy, failures: int, asked_seconds: float) -> float:
    """Doubling pauses, spread by the jitter, never shorter than the service asks for."""
    doubled: float = min(policy.first_pause_seconds * 2.0 ** (failures - 1), policy.longest_pause_seconds)
    return max(asked_seconds, doubled * (0.5 + policy.jitter() / 2))


def seconds_asked(retry_after: str, now: datetime) -> float:
    """The pause that a `Retry-After` header asks for, in seconds or as an HTTP date.

    0 where it says nothing.
    """
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max((parsedate_to_datetime(retry_after) - now).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0


def _unavailable(
    request: Request, fault: _Fault, policy: Policy, *, asked: int, seconds: float, held: int
) -> SourceUnavailable:
    return SourceUnavailable(
        fault.what,
        where="{address}; asked {asked} times in {seconds} s; {held} bytes are held",
        expected="data within {total} s",
        do=TRY_AFTER if fault.wait_seconds else TRY_LATER,
        source=request.source,
        address=shown_address(request),
        asked=asked,
        seconds=round(seconds, 1),
        held=held,
        total=round(policy.total_seconds),
        wait=round(fault.wait_seconds),
        **fault.values,
    )


def _hide_query(record: logging.LogRecord) -> bool:
    """A log filter: httpx logs whole addresses, and a query may hold a key."""
    if isinstance(record.args, tuple):
        record.args = tuple(without_query(str(a)) if isinstance(a, httpx.URL) else a for a in record.args)
    return True
