"""`guzar serve`: the released evidence as an SDMX service, with its files and pages."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guzar import journey
from guzar.commands.speaker import Speaker, command
from guzar.errors import SettingsInvalid
from guzar.store import Workspace, open_release, open_workspace
from guzar.store.publications import CURRENT, publications_folder

if TYPE_CHECKING:
    from guzar.share.sdmx.service.publication import Served

GRACE = 10  # seconds that answers have to end when the service is stopped
IDLE = 30  # seconds after which an idle connection is closed
BACKLOG = 2_048


def add_commands(app: typer.Typer) -> None:
    """Add the service."""
    command(app, "serve", "Share")(serve)


def serve(
    speak: Speaker,
    workspace: Annotated[Path, typer.Option(help="Workspace whose published release is served.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    site: Annotated[
        Path | None, typer.Option(help="Folder of a site made by guzar site, to be served too.")
    ] = None,
    most: Annotated[int, typer.Option(help="Observations in one answer, at most.", min=1)] = 5_000_000,
    rate: Annotated[
        float,
        typer.Option(
            help="Requests a second from one address, on average; ten times as many at once, at least 20. 0: no limit.",
            min=0,
        ),
    ] = 100.0,
) -> None:
    """Serve the published release: SDMX 2.1 at /sdmx/v1, SDMX 3.0 at /sdmx/v2, files and pages.

    A release published later (guzar publish) is served as soon as it is whole; no restart is needed.

    Example: guzar serve --workspace work --port 8000
    """
    place = open_workspace(workspace)
    _publish_where_nothing_is(speak, place)
    served = journey.open_served(place, site)
    listening = _listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    speak.say("Release {release} at {address}", release=served.now.release, address=address)
    speak.say("{line}", line=f"  {address}/sdmx/v1/dataflow/GUZAR")
    speak.say("{line}", line=f"  {address}/sdmx/v2/structure/dataflow/GUZAR")
    _tell_of_other_site(speak, served)
    speak.say("Stop it with Ctrl+C.")
    speak.summary({"release": served.now.release, "address": address})
    sys.stdout.flush()
    _tell_accesses(speak)
    _run(served, listening, most, rate)


def _tell_of_other_site(speak: Speaker, served: Served) -> None:
    from guzar.share.sdmx.service.publication import OTHER_SITE  # noqa: PLC0415 - the other commands need no server

    other = served.release_of_other_site()
    if other:
        speak.warn(OTHER_SITE, site=other, release=served.now.release)


def _publish_where_nothing_is(speak: Speaker, place: Workspace) -> None:
    """A workspace from which nothing has been published yet is published as it is today."""
    if (publications_folder(place) / CURRENT).exists():
        return
    _require_writable(place)
    today = datetime.now(UTC)
    with speak.progress("Publishing", 2) as step:
        date = today.date().isoformat()
        tables = journey.load_release_tables(place, as_of=date)
        done = journey.publish_release(place, None, date=date, extra=tables)
        step()
        journey.publish_for_service(place, open_release(place.release_folder(done.release)), at=today)
        step()


def _require_writable(place: Workspace) -> None:
    """Refuse a workspace that would have to be published first and may not be written to."""
    if not os.access(place.path, os.W_OK):
        raise SettingsInvalid(
            "Nothing has been published from {path} yet, and the service may not write there to publish it.",
            expected="a workspace from which something is published, or one that may be written to",
            do="Publish first, with the right to write: guzar publish --workspace {path}",
            path=place.path,
        )


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; refused where the address is not ours or is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small pieces at once (TCP_NODELAY) only where a socket names its protocol; without it, an answer on a
    # connection that is kept open waits 40 ms for the receipt of its head.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        raise _refuse_address(host, port, error) from None
    return opened


def _refuse_address(host: str, port: int, error: OSError) -> SettingsInvalid:
    """Why the service cannot listen there: a port that is taken or not for everybody, an address of another machine."""
    expected, do = {
        errno.EADDRINUSE: (
            "a port that no other program uses",
            "Stop the other program, or choose another port with --port.",
        ),
        errno.EACCES: (
            "a port from 1024 on: those below are for administrators",
            "Choose another port with --port, and put a proxy in front (deploy/nginx.conf).",
        ),
    }.get(
        error.errno or 0,
        (
            "an address of this machine: 127.0.0.1 for itself alone, 0.0.0.0 for all that can reach it",
            "Choose another address with --host.",
        ),
    )
    return SettingsInvalid(
        "The service cannot listen on {host}, port {port}.", expected=expected, do=do, host=host, port=port
    )


def _tell_accesses(speak: Speaker) -> None:
    """One line per request on stderr, without address or agent; none with --quiet."""
    log = logging.getLogger("guzar.access")
    log.handlers.clear()
    log.propagate = False
    if speak.quiet:
        log.setLevel(logging.CRITICAL)
        return
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(lines)
    log.setLevel(logging.INFO)


def _allow_files(wanted: int) -> None:
    """As many open files and connections as are wanted, where the system lets this process have them."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    least = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < least:
        resource.setrlimit(resource.RLIMIT_NOFILE, (least, hard))


def _run(served: Served, listening: socket.socket, most: int, rate: float) -> None:
    """Run until the process is told to stop; answers that are being written are given time to end."""
    import uvicorn  # noqa: PLC0415 - the other commands need no server

    from guzar.share.sdmx.service.application import make_application  # noqa: PLC0415
    from guzar.share.sdmx.service.connections import MOST_CONNECTIONS, Connection  # noqa: PLC0415
    from guzar.share.sdmx.service.limits import Limits  # noqa: PLC0415

    _allow_files(MOST_CONNECTIONS + 256)
    limits = Limits(observations=most, requests_per_second=rate)
    settings = uvicorn.Config(
        make_application(served, limits),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # what a reader writes into X-Forwarded-For would be a new address, with a limit of its own
        date_header=True,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=GRACE,
        http=Connection,
    )
    uvicorn.Server(settings).run(sockets=[listening])
