"""One connection: closed where no request comes in time or its head is too long; every refusal has the security headers.

The server below (uvicorn) counts time only after the first answer and takes heads of any length: both are set right here.
"""

from asyncio import TimerHandle, Transport
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from guzar.share.sdmx.service.application import HEADERS

MOST_CONNECTIONS = 4_000
MOST_OF_HEAD = 65_536  # bytes of a request's line and headers
HEAD_SECONDS = 30.0  # from the first byte of a head (of the connection, for the first request) to its last


class Connection(HttpToolsProtocol):
    """HTTP/1.1 on one connection."""

    head_seconds = HEAD_SECONDS
    most_connections = MOST_CONNECTIONS
    _timer: TimerHandle | None = None
    _in_head = True
    _of_head = 0  # bytes so far, but for the piece that brought the end of the request before

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take it, or refuse it where there are too many."""
        super().connection_made(transport)
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
        head = [(b"content-type", b"text/plain; charset=utf-8"), length, (b"connection", b"close"), *HEADERS]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in head)
        self.transport.write(b"HTTP/1.1 %d %s\r\n" % (status, told) + lines + b"\r\n" + told)
        self.transport.close()
