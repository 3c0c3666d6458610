"""Who takes gzip: a weight of nought says no, however many noughts it is written with."""

import pytest
from starlette.requests import Request

from guzar.share.sdmx.service.responses import is_packed


@pytest.mark.parametrize(
    ("asked", "takes"),
    [
        ("gzip", True),
        ("br, GZIP ;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0", False),
        ("br, gzip; q=0.000", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(asked: str, takes: bool) -> None:
    """RFC 9110, 12.4.2: a weight of 0 means not acceptable."""
    assert is_packed(Request({"type": "http", "headers": [(b"accept-encoding", asked.encode())]})) is takes


def test_several_lines_of_a_header_are_one_list() -> None:
    """RFC 9110, 5.3: their order tells nothing here."""
    lines = [(b"accept-encoding", b"br"), (b"host", b"x"), (b"accept-encoding", b"gzip")]
    assert is_packed(Request({"type": "http", "headers": lines}))
