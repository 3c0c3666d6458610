"""Requests to a service: address, query, and what of both may be shown.

An address is https, or http on this machine; user names, passwords and secret query fields are never shown.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from guzar.errors import SettingsInvalid


@dataclass(frozen=True)
class Request:
    """What to ask a service for. `secret` names query fields (keys, tokens) that are never shown."""

    source: str
    address: str
    query: Mapping[str, str] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    is_data: Callable[[bytes], bool] = bool  # whether a whole answer is data, and not a page that says sorry


def require_safe_address(address: str) -> None:
    """Raise SettingsInvalid unless the address is https, or http on this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return
    raise SettingsInvalid(
        "guzar does not fetch data from {address}.",
        where="{address}",
        expected="an https address; http only on this machine (127.0.0.1)",
        do="Correct the address in guzar.toml, [services].",
        address=without_query(address),
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or number means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shown_address(request: Request) -> str:
    """The address of a request without user names, passwords and secret query fields."""
    open_fields = {name: text for name, text in request.query.items() if name not in request.secret}
    return str(httpx.URL(without_query(request.address), params=open_fields or None))


def without_query(address: str) -> str:
    """An address without user name, password, query and fragment."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
