"""A made-up publisher on 127.0.0.1: answers by a script, counts the bytes that it sends, and misbehaves on
demand.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from guzar.collect.live import Policy

Act = Callable[["Asked"], None]


@dataclass
class Asked:
    """One request as the publisher sees it."""

    handler: BaseHTTPRequestHandler
    publisher: "Publisher"

    @property
    def path(self) -> str:
        return self.handler.path

    def header(self, name: str) -> str:
        return self.handler.headers.get(name, "")

    def answer(self, body: bytes = b"", status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send status, headers and body; `length` lies about the length."""
        self.handler.send_response(status)
        for name, text in headers.items():
            self.handler.send_header(name.replace("_", "-"), text)
        self.handler.send_header("Content-Length", str(len(body) if length is None else length))
        self.handler.end_headers()
        self.send(body)

    def send(self, body: bytes) -> None:
        self.handler.wfile.write(body)
        self.handler.wfile.flush()
        self.publisher.bytes_sent += len(body)


@dataclass
class Publisher:
    """The server: `acts` are played in turn, the last one for ever."""

    acts: list[Act]
    address: str = ""
    asked: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    bytes_sent: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    def play(self, asked: Asked) -> None:
        turn = min(len(self.asked), len(self.acts) - 1)
        self.asked.append(asked.path)
        self.ranges.append(asked.header("Range"))
        self.acts[turn](asked)


@contextmanager
def publisher(*acts: Act) -> Iterator[Publisher]:
    """A publisher at work; stalled answers end when the block does."""
    made = Publisher(list(acts))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                made.play(Asked(self, made))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the reader had enough

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.released.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def data(body: bytes, **headers: str) -> Act:
    """Answer with the whole body."""
    return lambda asked: asked.answer(body, **headers)


def status(code: int, **headers: str) -> Act:
    """Answer with a status and an apology."""
    return lambda asked: asked.answer(b"sorry", code, **headers)


def stall(first: bytes = b"", length: int = 1_000_000, **headers: str) -> Act:
    """Send the beginning, then nothing more."""

    def act(asked: Asked) -> None:
        asked.answer(first, length=length, **headers)
        asked.publisher.released.wait(20)

    return act


def drip(body: bytes, pause: float) -> Act:
    """Send one byte at a time, never long enough apart for a read time-out."""

    def act(asked: Asked) -> None:
        asked.answer(b"", length=len(body))
        for byte in body:
            asked.send(bytes([byte]))
            if asked.publisher.released.wait(pause):
                return

    return act


def ranged(body: bytes, tag: str, cut_after: int | None = None) -> Act:
    """Serve ranges of a body; `cut_after` hangs up after so many bytes of each answer."""

    def act(asked: Asked) -> None:
        told = asked.header("Range").removeprefix("bytes=").removesuffix("-")
        resumes = bool(told) and asked.header("If-Range") == tag
        start = int(told) if resumes else 0
        rest = body[start:]
        sent = rest if cut_after is None else rest[:cut_after]
        headers = {"ETag": tag}
        if resumes:
            headers["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        asked.answer(sent, 206 if resumes else 200, length=len(rest), **headers)
        if len(sent) < len(rest):
            asked.handler.close_connection = True

    return act


def patient(**changes: object) -> Policy:
    """A policy in real time for tests of anything but time-outs: on a machine so busy that an answer takes
    half a minute, it still asks once. Only its pauses between attempts are short.
    """
    usual: dict[str, object] = {
        "connect_seconds": 60.0,
        "read_seconds": 60.0,
        "total_seconds": 300.0,
        "attempts": 3,
        "first_pause_seconds": 0.01,
        "longest_pause_seconds": 0.05,
    }
    return Policy(
        clock=time.monotonic,
        sleep=time.sleep,
        jitter=lambda: 0.5,
        now=lambda: datetime.now(UTC),
        **{**usual, **changes},
    )  # type: ignore[arg-type]


def hurried(**changes: object) -> Policy:
    """A policy for tests of time-outs, short enough to wait for: a busy machine may run into them as well."""
    short: dict[str, object] = {"connect_seconds": 0.5, "read_seconds": 0.3, "total_seconds": 3.0}
    return patient(**{**short, **changes})


def quickest(run: Callable[[], object], within: float, tries: int = 3) -> float:
    """Seconds that `run` took, the first time that it kept `within`, else the least of all tries.

    What is too slow by itself is so every time; a machine that was busy for a moment is not.
    """
    took = []
    for _ in range(tries):
        began = time.monotonic()
        run()
        took.append(time.monotonic() - began)
        if took[-1] < within:
            break
    return min(took)
