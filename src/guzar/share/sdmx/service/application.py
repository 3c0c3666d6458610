"""The application: which path is answered by what, with the limits, headers and log that every answer shares."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guzar.share.sdmx.data_paths import read_parameters
from guzar.share.sdmx.refusals import NOT_BUILT, NOT_FOUND, TOO_LONG, QueryRefused
from guzar.share.sdmx.service.chosen_language import ask_in_language
from guzar.share.sdmx.service.data_answers import data
from guzar.share.sdmx.service.files import FOR_A_MINUTE, file_of_release, file_of_site
from guzar.share.sdmx.service.limits import Limits, Rates
from guzar.share.sdmx.service.metadata_answers import metadata
from guzar.share.sdmx.service.openapi import write_openapi
from guzar.share.sdmx.service.publication import OTHER_SITE, Served
from guzar.share.sdmx.service.responses import VARY, Busy, TooSlow, languages_of, query_of, refuse, whole
from guzar.share.sdmx.service.start_page import write_start
from guzar.share.sdmx.service.structure_answers import availability, schema, structures

LOG = logging.getLogger("guzar.access")
LOOK_EVERY = 1.0  # seconds between two looks at what is published
THREADS = 8  # each holds a connection to the index, with its pages
METHODS = ["GET", "HEAD", "OPTIONS"]
V1, V2 = "/sdmx/v1/", "/sdmx/v2/"
START = [
    f"{one}{slash}"
    for one in ("/sdmx", "/sdmx/v1", "/sdmx/v2", "/releases", "/releases/latest")
    for slash in ("", "/")
]
# What a browser is told where it asks before it asks.
PREFLIGHT_HEADERS = {
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "Accept, Accept-Language, If-None-Match",
}
Answer = Callable[[Request], Awaitable[Response]]


def make_application(served: Served, limits: Limits) -> ASGIApp:
    """The service over what is published; `limits` say how much it gives."""
    busy = Busy()

    async def v1(request: Request) -> Response:
        return await _v1(request, served, limits, busy)

    async def v2(request: Request) -> Response:
        return await _v2(request, served, limits, busy)

    async def health(_: Request) -> Response:
        return _health(served)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        looking = asyncio.create_task(_keep_looking(served))
        try:
            yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    async def start(request: Request) -> Response:
        return _start(request, served)

    async def files(request: Request) -> Response:
        return await _file(request, served)

    async def openapi(_: Request) -> Response:
        return Response(described, media_type="application/json", headers={"cache-control": FOR_A_MINUTE})

    described = write_openapi()
    routes = [
        *(Route(one, start, methods=METHODS) for one in START),
        Route("/sdmx/v2/{rest:path}", v2, methods=METHODS),
        Route("/sdmx/v1/{rest:path}", v1, methods=METHODS),
        Route("/health", health, methods=METHODS),
        Route("/openapi.json", openapi, methods=METHODS),
        Route("/releases/{release}/{path:path}", files, methods=METHODS),
        Route("/{path:path}", files, methods=METHODS),
    ]
    return Door(Starlette(routes=routes, lifespan=lifespan), {V1: v1, V2: v2}, limits)


async def _keep_looking(served: Served) -> None:
    told, told_fault = served.release_of_other_site(), ""  # the command has told of another site
    while True:
        await asyncio.sleep(LOOK_EVERY)
        await run_in_threadpool(served.look)
        other = await run_in_threadpool(served.release_of_other_site)
        if other and other != told:
            LOG.warning(OTHER_SITE.format(site=other, release=served.now.release))
        told = other
        fault = served.told_fault()
        if fault and fault != told_fault:
            LOG.warning(fault)
        told_fault = fault


def _health(served: Served) -> Response:
    """Which release is served; 200 as long as one is. Said beside it: a newer one that could not be opened, a site of another one."""
    now = served.now
    told = {"status": "ok", "release": now.release, "date": now.date, "published_at": now.published_at}
    other = served.release_of_other_site()
    if other:
        told |= {"site": OTHER_SITE.format(site=other, release=now.release)}
    if served.fault:
        told |= {"status": "degraded", "fault": served.told_fault()}
    return JSONResponse(told, headers={"cache-control": "no-store"})


def _start(request: Request, served: Served) -> Response:
    """The page that says what is here and how to ask for it."""
    page = write_start(served.now, languages_of(request)[0])
    return whole(page, "text/html; charset=utf-8", {"vary": VARY}, packed=False)


async def _file(request: Request, served: Served) -> Response:
    """A file of a release, a page of the site, or the page that says what is here."""
    now = served.now
    try:
        if "release" in request.path_params:
            return await file_of_release(request, now)
        if now.site is not None:
            return await file_of_site(request, now.site)
        if request.path_params["path"]:
            raise QueryRefused(NOT_FOUND, "There is no file {path} here.", path=request.path_params["path"])
        return _start(request, served)
    except QueryRefused as error:
        return refuse(error, request, is_v1=False)


async def _v1(request: Request, served: Served, limits: Limits, busy: Busy) -> Response:
    """SDMX REST 1.x: `data`, `availableconstraint`, `schema`; every other resource is a kind of structure."""
    try:
        resource, _, rest = request.path_params["rest"].partition("/")
        if resource == "data":
            return await data(request, served.now, rest, limits, busy, is_v1=True)
        given = read_parameters(query_of(request))
        if resource == "availableconstraint":
            return await availability(request, served.now, rest, given, is_v1=True)
        if resource == "schema":
            return await schema(request, served.now, rest, given, is_v1=True)
        if resource == "metadata":
            return await metadata(request, served.now, rest, given, is_v1=True)
        return await structures(request, served.now, resource, rest, given, is_v1=True)
    except QueryRefused as error:
        return refuse(error, request, is_v1=True)


async def _v2(request: Request, served: Served, limits: Limits, busy: Busy) -> Response:
    """SDMX REST 2.x: `structure`, `data`, `availability`, `schema`, `metadata`; `registration` is not built."""
    try:
        resource, _, rest = request.path_params["rest"].partition("/")
        if resource == "data":
            return await data(request, served.now, rest, limits, busy, is_v1=False)
        given = read_parameters(query_of(request))
        if resource == "structure":
            kind, _, below = rest.partition("/")
            return await structures(request, served.now, kind or "*", below, given, is_v1=False)
        if resource == "availability":
            return await availability(request, served.now, rest, given, is_v1=False)
        if resource == "schema":
            return await schema(request, served.now, rest, given, is_v1=False)
        if resource == "metadata":
            return await metadata(request, served.now, rest, given, is_v1=False)
        if resource == "registration":
            raise QueryRefused(NOT_BUILT, "{resource} is not built.", resource=resource)
        raise QueryRefused(
            NOT_FOUND,
            "There is no resource {resource}. There are: structure, data, availability, schema, metadata.",
            resource=resource,
        )
    except QueryRefused as error:
        return refuse(error, request, is_v1=False)


class Door:
    """What every request passes: length and rate, and in the end a line in the log.

    A line tells when, what and how long; never who: no address, no agent, no cookie, and of a query only the names of its
    parameters.
    """

    def __init__(self, inner: ASGIApp, direct: Mapping[str, Answer], limits: Limits) -> None:
        """The application inside, what answers questions below a path without it, as most are, and what all give."""
        self._inner = inner
        self._direct = direct
        self._limits = limits
        self._rates = Rates(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        began, told = time.monotonic(), {"status": 0, "bytes": 0}

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
            elif message["type"] == "http.response.body":
                told["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            answer = self._refused(scope) or await self._answer(scope, receive)
            await (answer or self._inner)(scope, receive, send_on)
        except TooSlow:
            pass  # the server cuts the connection, as what was promised has not been sent; the log tells the bytes
        finally:
            _log(scope, told, time.monotonic() - began)

    async def _answer(self, scope: Scope, receive: Receive) -> ASGIApp | None:
        """The answer to a question of the interface; None to all else."""
        path = scope["path"]
        for begin, answer in self._direct.items():
            if path.startswith(begin) and path != begin and scope["method"] in ("GET", "HEAD"):
                scope["path_params"] = {"rest": path[len(begin) :]}
                return await answer(Request(scope, receive))
        return None

    def _refused(self, scope: Scope) -> ASGIApp | None:
        """The refusal of a request that is too long, comes too often or would change something; None where it may pass."""
        is_v1 = scope["path"].startswith(V1)
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT_HEADERS)
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > self._limits.address_length:
            return refuse(QueryRefused(TOO_LONG, "The address is too long."), Request(scope), is_v1=is_v1)
        client = scope.get("client")
        wait = self._rates.wait(client[0] if client else "")
        if wait:
            error = QueryRefused(
                429, "Too many requests from one address. Wait {seconds} s.", seconds=max(1, round(wait))
            )
            answer = refuse(error, Request(scope), is_v1=is_v1)
            answer.headers["retry-after"] = str(max(1, round(wait)))
            return answer
        try:
            ask_in_language(scope)
        except QueryRefused as error:
            return refuse(error, Request(scope), is_v1=is_v1)
        return None


NAMES = re.compile(r"(?:^|&)([A-Za-z0-9_.\[\]%]{1,60})")


def _log(scope: Scope, told: dict[str, int], seconds: float) -> None:
    if not LOG.isEnabledFor(logging.INFO):
        return
    names = ",".join(NAMES.findall(scope["query_string"].decode("latin-1")))
    LOG.info(
        "%s %s%s %s %s bytes %.1f ms",
        scope["method"],
        # As it came: a line break that it encodes breaks no line, and no byte is a sign that a terminal obeys.
        ascii(scope["raw_path"].decode("latin-1"))[1:-1][:200],
        f"?{names}" if names else "",
        told["status"],
        told["bytes"],
        seconds * 1000,
    )
