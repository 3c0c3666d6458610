"""Answers on the wire: entity tags, compression, headers, and refusals in the language and format of the reader."""

import asyncio
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from guzar.languages import translate
from guzar.share.sdmx.refusals import NOT_FOUND, QueryRefused
from guzar.share.sdmx.service.pages import write_refusal

VARY = "Accept, Accept-Language, Accept-Encoding"
CACHED = "public, max-age=60"  # a new release is seen after a minute at most
LEVEL = 1  # of compression: three times quicker than 6, answers a tenth longer
LEAST_PACKED = 1_000  # bytes
ERROR_21 = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<mes:Error xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"'
    ' xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">'
    '<mes:ErrorMessage code="{code}"><com:Text xml:lang="{language}">{text}</com:Text></mes:ErrorMessage></mes:Error>\n'
)
NO_XML = re.compile(
    r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # characters that XML 1.0 cannot hold
# Codes of SDMX 2.1 (section 7, web services guidelines) for the statuses that it names.
SDMX_CODES = {404: 100, 400: 140, 422: 150, 413: 130, 406: 1000, 414: 140, 501: 501, 503: 503, 500: 500}


def path_of(request: Request) -> str:
    """The path asked for. (`request.url` puts a whole address together and takes it apart again.)"""
    return str(request.scope["path"])


def query_of(request: Request) -> str:
    """The query as it came, without the question mark."""
    return str(request.scope["query_string"].decode("latin-1"))


def header_of(request: Request, name: bytes) -> str | None:
    """A header by its name in small letters; several are one list (RFC 9110, 5.3). (`request.headers` makes more of them.)"""
    told = [value.decode("latin-1") for known, value in request.scope["headers"] if known == name]
    return ", ".join(told) if told else None


def languages_of(request: Request) -> tuple[str, ...]:
    """English and Russian in the order in which the reader would have them; English where nothing is said."""
    return _languages(header_of(request, b"accept-language") or "")


@lru_cache(maxsize=1024)
def _languages(asked: str) -> tuple[str, ...]:
    weights = {"en": 0.0, "ru": 0.0}
    for part in asked.split(","):
        tag, _, rest = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(rest))
    return tuple(sorted(weights, key=lambda one: (-weights[one], one)))


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def tag_of(*parts: str) -> str:
    """The entity tag of an answer: the same parts give the same bytes."""
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:24]}"'


def is_packed(request: Request) -> bool:
    """Whether the reader takes gzip."""
    return _takes_gzip(header_of(request, b"accept-encoding") or "")


@lru_cache(maxsize=1024)
def _takes_gzip(asked: str) -> bool:
    parts = (part.partition(";") for part in asked.lower().split(","))
    return any(name.strip() == "gzip" and _weight(rest) > 0 for name, _, rest in parts)


def is_held(request: Request, tag: str) -> bool:
    """Whether the reader holds this answer already; `*` names no answer, so it is answered like any other question."""
    asked = header_of(request, b"if-none-match")
    return asked is not None and any(part.strip().removeprefix("W/") == tag for part in asked.split(","))


@lru_cache(maxsize=16)
def http_date(moment: str) -> str:
    """A moment as HTTP writes it, of one in ISO 8601."""
    return format_datetime(datetime.fromisoformat(moment), usegmt=True)


def not_modified(headers: Mapping[str, str]) -> Response:
    """304: what the reader holds is what would be sent."""
    return Response(status_code=304, headers=dict(headers))


class Whole(Response):
    """A body with the headers that it is given and no others. (`Response` looks through them for what it would add.)"""

    def __init__(self, body: bytes, headers: Mapping[str, str]) -> None:
        """`headers` say the length too; their names are in small letters."""
        self.status_code, self.body, self.background = 200, body, None
        self.raw_headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        ]


def whole(body: bytes, content_type: str, headers: Mapping[str, str], *, packed: bool) -> Response:
    """An answer in one piece."""
    told = {**headers, "content-type": content_type}
    if packed and len(body) >= LEAST_PACKED:
        body = b"".join(pack((body,)))
        told["content-encoding"] = "gzip"
    told["content-length"] = str(len(body))
    return Whole(body, told)


@dataclass
class Busy:
    """How many long answers are being written; counted by the loop alone, so that no thread loses a count."""

    now: int = 0


class TooSlow(Exception):
    """An answer was not taken within its time: the connection is cut, so that nobody takes a part for the whole."""


class LongAnswer(StreamingResponse):
    """An answer sent while it is being written; cut off where it is not taken in time, so that a slow reader holds nothing.

    The time runs while the service waits for the reader as well as while it writes.
    """

    still = (
        60.0  # seconds for one part, as a weak line may need; who reads nothing holds one of few long answers
    )

    def __init__(
        self, parts: Iterable[bytes], headers: Mapping[str, str], *, seconds: float, busy: Busy
    ) -> None:
        """`busy` counts this answer from now until it is sent, cut off or given up."""
        super().__init__(parts, headers=dict(headers))
        self._seconds = seconds
        self._busy = busy
        busy.now += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; to HEAD, the headers alone."""
        try:
            async with asyncio.timeout(self._seconds):
                if scope["method"] == "HEAD":
                    await self._send_head(send)
                else:
                    await super().__call__(scope, receive, self._in_time(send))
        except TimeoutError:
            raise TooSlow from None
        finally:
            self._busy.now -= 1

    def _in_time(self, send: Send) -> Send:
        """The same, given up where the reader takes nothing of a part for long."""

        async def send_part(message: Message) -> None:
            try:
                async with asyncio.timeout(self.still):
                    await send(message)
            except TimeoutError:
                raise TooSlow from None

        return send_part

    async def _send_head(self, send: Send) -> None:
        """The head as GET gets it: no length is told, as none is known before all is written."""
        head = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(head)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def streamed(
    parts: Iterable[bytes],
    content_type: str,
    headers: Mapping[str, str],
    *,
    packed: bool,
    seconds: float,
    busy: Busy,
) -> LongAnswer:
    """An answer sent while it is being written, in at most so many seconds."""
    told = {**headers, "content-type": content_type}
    if packed:
        told["content-encoding"] = "gzip"
    return LongAnswer(pack(parts) if packed else parts, told, seconds=seconds, busy=busy)


def pack(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes as gzip, without a time, so that the same answer is the same bytes."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    for part in parts:
        ready = packer.compress(part)
        if ready:
            yield ready
    yield packer.flush()


def refuse(error: QueryRefused, request: Request, *, is_v1: bool) -> Response:
    """A refusal in the reader's language: a page for a browser, else an SDMX 2.1 error message for v1, a JSON one for v2."""
    language = languages_of(request)[0]
    text = error.tell(lambda words: translate(words, language))
    headers = {"vary": VARY, "cache-control": "no-store", "content-language": language}
    if error.status == 204:
        return Response(status_code=204, headers=headers)
    if "text/html" in (header_of(request, b"accept") or ""):
        return Response(
            write_refusal(error.status, text, language), error.status, headers, "text/html; charset=utf-8"
        )
    if is_v1:
        code = SDMX_CODES.get(error.status, error.status)
        body = ERROR_21.format(code=code, language=language, text=escape(NO_XML.sub("\ufffd", text)))
        return Response(body, error.status, headers, "application/xml; charset=utf-8")
    told = {"errors": [{"code": error.status, "title": text}]}
    return Response(
        json.dumps(told, ensure_ascii=False), error.status, headers, "application/json; charset=utf-8"
    )


def nothing_found() -> QueryRefused:
    """What v1 says where no row fits: the status 404 of SDMX 2.1."""
    return QueryRefused(NOT_FOUND, "No observation fits this query.")
