"""Services: where a publisher answers requests for data, and how an operator says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from guzar.define.codelist import read_codelist
from guzar.errors import SettingsInvalid


@dataclass(frozen=True)
class Service:
    """The service of one source: kind of interface, base address, and where the publisher describes it."""

    source: str
    kind: str
    address: str
    documentation: str


@cache
def services() -> dict[str, Service]:
    """All services that guzar can ask, by source."""
    return {
        row["source"]: Service(**row) for row in read_codelist("services").fill_null("").iter_rows(named=True)
    }


def service_address(source: str, settings: Mapping[str, Any]) -> str:
    """The base address of a source's service: `[services]` in guzar.toml goes before the declared one."""
    declared = services().get(source)
    own = settings.get("services", {}).get(source)
    if own is not None and not isinstance(own, str):
        raise SettingsInvalid(
            "The address of the service {source} is not a text.",
            where="guzar.toml, [services]",
            expected='a line such as {source} = "https://…"',
            do="Put the address in quotation marks.",
            source=source,
        )
    if own or declared:
        return (own or (declared.address if declared else "")).rstrip("/")
    raise SettingsInvalid(
        "guzar knows no service of the source {source}.",
        expected="one of: {known}",
        do="Fetch the file with a browser and collect it: guzar collect {source} FILE.",
        source=source,
        known=", ".join(sorted(services())),
    )
