"""One connection: closed where no request comes in time or its head is too long; every answer has the security headers.

The server below (uvicorn) counts time only after the first answer and takes heads of any length: both are set right here. It
also looks through every header of every answer, and sends head and body apart: the headers that are always the same are put in
here, and both go in one piece.
"""

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Pages may load nothing from elsewhere; pictures and styles stand in the pages themselves.
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "SAMEORIGIN",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-resource-policy": "cross-origin",
}
# Programs in a browser may read the service from any page: everything here is public, and nothing can be changed.
CORS_HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Content-Language, Last-Modified",
}
ALWAYS = "".join(
    f"{name}: {value}\r\n" for name, value in {**SECURITY_HEADERS, **CORS_HEADERS}.items()
).encode()
END, CONTINUE = b"\r\n", b"HTTP/1.1 100 "
MOST_CONNECTIONS = 4_000
MOST_OF_HEAD = 65_536  # bytes of a request's line and headers
HEAD_SECONDS = 30.0  # from the first byte of a head (of the connection, for the first request) to its last


class Joined:
    """A transport that sends the head of an answer together with what comes next, and adds what every head says."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._head = b""
        self._is_new = True  # the next bytes begin an answer

    def __getattr__(self, name: str) -> Any:
        """All else is the transport's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold the head of an answer; send all else at once, after it."""
        if self._is_new and not data.startswith(CONTINUE):
            self._head, self._is_new = data.removesuffix(END) + ALWAYS + END, False
        elif self._head:
            self._transport.write(self._head + data)
            self._head = b""
        else:
            self._transport.write(data)

    def end(self) -> None:
        """An answer is whole: send what is held, and expect another."""
        if self._head:
            self._transport.write(self._head)
        self._head, self._is_new = b"", True

    def close(self) -> None:
        """Send what is held and close."""
        self.end()
        self._transport.close()


class Connection(HttpToolsProtocol):
    """HTTP/1.1 on one connection."""

    head_seconds = HEAD_SECONDS
    most_connections = MOST_CONNECTIONS
    _timer: TimerHandle | None = None
    _in_head = True
    _of_head = 0  # bytes so far, but for the piece that brought the end of the request before

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take it, or refuse it where there are too many."""
        super().connection_made(cast(Transport, Joined(transport)))
        if len(self.connections) > self.most_connections:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time that was being taken."""
        self._forget_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a request, whose head may not be longer than MOST_OF_HEAD."""
        if self.transport.is_closing():
            return
        if self._in_head:
            self._of_head += len(data)
        super().data_received(data)
        if self._in_head and self._of_head > MOST_OF_HEAD and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_response_complete(self) -> None:
        """An answer is whole."""
        cast(Joined, self.transport).end()
        super().on_response_complete()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True
        if self._timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head, self._of_head = False, 0
        self._forget_timer()
        if sum(name == b"host" for name, _ in self.headers) != 1 and self.parser.get_http_version() != "1.0":
            self._refuse(HTTPStatus.BAD_REQUEST)  # RFC 9112, section 3.2: a proxy might take it for another's
            return
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request."""
        self._refuse(HTTPStatus.BAD_REQUEST)

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self.head_seconds, self.transport.close)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: HTTPStatus) -> None:
        told = status.phrase.encode()
        length = (b"content-length", str(len(told)).encode())
        head = [(b"content-type", b"text/plain; charset=utf-8"), length, (b"connection", b"close")]
        lines = b"".join(name + b": " + value + END for name, value in head)
        self.transport.write(b"HTTP/1.1 %d %s\r\n" % (status, told) + lines + END)
        self.transport.write(told)
        self.transport.close()
