"""Time and number of connections, and answers that nobody takes."""

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from tests.share.sdmx.service.asking import Server

from guzar.share.sdmx.service.connections import Connection
from guzar.share.sdmx.service.responses import Busy, LongAnswer, TooSlow, streamed


class Impatient(Connection):
    head_seconds = 0.5
    most_connections = 3


@pytest.fixture
def port() -> Iterator[int]:
    """A server with little patience."""
    listening = socket.create_server(("127.0.0.1", 0))
    settings = uvicorn.Config(PlainTextResponse("yes"), http=Impatient, log_level="critical", lifespan="off")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost:"])
def test_a_request_that_does_not_come_is_not_waited_for(port: int, sent: bytes) -> None:
    with connect(port) as opened:
        opened.sendall(sent)
        began = time.monotonic()
        assert opened.recv(10) == b""
        assert time.monotonic() - began < 5


def test_a_head_that_comes_by_bytes_is_not_waited_for(port: int) -> None:
    with connect(port) as opened:
        assert ask(opened).startswith(b"HTTP/1.1 200")  # the second head on a connection has the same time
        assert bytes_taken(opened, b"GET /" + b"a" * 95) < 100


def bytes_taken(opened: socket.socket, sent: bytes) -> int:
    """How many bytes can be sent, twenty a second, before the connection is closed."""
    for place in range(len(sent)):
        try:
            opened.sendall(sent[place : place + 1])
        except OSError:
            return place
        time.sleep(0.05)
    return len(sent)


def ask(opened: socket.socket) -> bytes:
    opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return opened.recv(65_536)


def test_one_connection_too_many_is_refused_and_the_others_stay(port: int) -> None:
    held = [connect(port) for _ in range(3)]
    try:
        assert ask(held[0]).startswith(b"HTTP/1.1 200")
        with connect(port) as one_more:
            assert one_more.recv(100).startswith(b"HTTP/1.1 503")
        assert ask(held[1]).startswith(b"HTTP/1.1 200")
    finally:
        for one in held:
            one.close()


SCOPE: dict[str, Any] = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.3"}}


async def never() -> Any:
    await asyncio.Event().wait()


def test_an_answer_that_nobody_takes_is_given_up() -> None:
    busy = Busy()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await never()

    async def run() -> None:
        answer = streamed(iter([b"a", b"b"]), "text/csv", {}, packed=False, seconds=0.2, busy=busy)
        assert busy.now == 1
        await answer(SCOPE, never, send)

    with pytest.raises(TooSlow):
        asyncio.run(run())
    assert busy.now == 0


def test_a_reader_who_takes_nothing_holds_no_answer_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight who take nothing would keep everybody else from long answers until the time of an answer is over."""
    monkeypatch.setattr(LongAnswer, "still", 0.1)
    busy = Busy()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await never()

    async def run() -> None:
        answer = streamed(iter([b"a", b"b"]), "text/csv", {}, packed=False, seconds=60, busy=busy)
        async with asyncio.timeout(5):
            await answer(SCOPE, never, send)

    with pytest.raises(TooSlow):
        asyncio.run(run())
    assert busy.now == 0


def test_a_long_answer_to_head_is_not_written() -> None:
    busy, sent = Busy(), []

    def parts() -> Iterator[bytes]:
        yield b"a"
        raise AssertionError("it was written")

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        answer = streamed(parts(), "text/csv", {"etag": '"x"'}, packed=False, seconds=5, busy=busy)
        await answer({**SCOPE, "method": "HEAD"}, never, send)

    asyncio.run(run())
    assert [message.get("body", b"") for message in sent] == [b"", b""]
    names = {name for name, _ in sent[0]["headers"]}
    assert b"etag" in names
    assert b"content-length" not in names  # none is known: 0 would say that GET gives nothing
    assert busy.now == 0


def test_answers_on_a_kept_connection_do_not_wait_for_receipts(shared_server: Server) -> None:
    """Without TCP_NODELAY the body of each answer but the first came 40 ms after its head."""
    kept, taken = http.client.HTTPConnection("127.0.0.1", shared_server.port, timeout=10), []
    try:
        for _ in range(12):
            began = time.monotonic()
            kept.request("GET", "/health")
            kept.getresponse().read()
            taken.append(time.monotonic() - began)
    finally:
        kept.close()
    assert min(taken[2:]) < 0.03
