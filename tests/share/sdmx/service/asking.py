"""A running service as a reader sees it."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FLOW = "/sdmx/v2/data/dataflow/GUZAR/MIGRANT_STOCKS/+/*"
SHORT = f"{FLOW}?c[REF_AREA]=KAZ&format=csv"
LONG = f"{FLOW}?format=csv"
LONGEST = "/sdmx/v1/data/MIGRANT_STOCKS?includeHistory=true&dimensionAtObservation=AllDimensions"


@dataclass(frozen=True)
class Server:
    """The service, its process and its folders."""

    port: int
    process: subprocess.Popen[bytes]
    workspace: Path
    log: Path

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in small letters) and body of one answer; an error where it is not whole."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=told)
            answer = connection.getresponse()
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read(),
            )
        finally:
            connection.close()

    def body(self, path: str) -> bytes:
        """The body of an answer with status 200."""
        status, _, body = self.get(path)
        assert status == 200, body
        return body

    def health(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body("/health"))
        return told

    def raw(self, sent: bytes) -> bytes:
        """What comes back for these bytes, until the service closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as opened:
            opened.sendall(sent)
            got = []
            while part := opened.recv(65_536):
                got.append(part)
        return b"".join(got)

    def slowly(self, path: str) -> socket.socket:
        """A connection that has asked for a path and takes in little at a time."""
        opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        opened.settimeout(30)
        opened.connect(("127.0.0.1", self.port))
        opened.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return opened


def wait_until(holds: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether something comes true within a time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False
