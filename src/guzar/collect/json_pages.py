"""Services that answer in pages of JSON: fetch every page, bundle them unchanged, one delivery per edition.

A bundle is the JSON list of the publisher's own pages, byte for byte. Numbers are kept as the text that the
service prints (`12.50` stays `12.50`).
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from guzar.collect.addresses import Request, shown_address, without_query
from guzar.collect.delivery import Delivery
from guzar.collect.live import Policy, fetch
from guzar.errors import DeliveryRefused, SourceUnavailable

MOST_PAGES = 500  # of one series: ten times what any service declared here needs


@dataclass(frozen=True)
class PagedService:
    """How to ask one service for a series, page by page, and what its pages say about themselves."""

    source: str
    series: Callable[[], Sequence[str]]  # what to ask for, one after the other
    ask: Callable[[str, str, int], Request]  # base address, series, page counted from 1
    pages: Callable[[Any], int]  # how many pages there are, from any page
    edition: Callable[[Any], str | None]  # when the publisher updated the figures, where a page says so
    trouble: Callable[[Any], str]  # the service's own words where a page is no data, else empty


def read_json(content: bytes) -> Any:
    """A JSON document, numbers as text; ValueError where the bytes are none."""
    return json.loads(content.decode("utf-8-sig"), parse_float=str, parse_int=str)


def is_json(content: bytes) -> bool:
    """Whether bytes are one whole JSON list or object."""
    try:
        return isinstance(read_json(content), list | dict)
    except ValueError:
        return False


def read_pages(delivery: Delivery, is_page: Callable[[Any], bool]) -> list[Any]:
    """The pages of a delivery that is a single page or a list of pages; an empty list where it is neither."""
    if delivery.content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in (b"[", b"{"):
        return []
    try:
        document = read_json(delivery.content)
    except ValueError:
        return []
    if is_page(document):
        return [document]
    pages = document if isinstance(document, list) else []
    return pages if pages and all(is_page(page) for page in pages) else []


def ignore_pages(series: str, page: int, pages: int) -> None:
    """For callers without a progress bar."""


@dataclass(frozen=True)
class LiveDeliveries:
    """What a service gave: one delivery per edition, and the series that it refused, with its own words."""

    deliveries: list[Delivery]
    refused: dict[str, str]


def fetch_deliveries(
    service: PagedService,
    address: str,
    client: httpx.Client,
    policy: Policy,
    *,
    partial: Callable[[str], Path],
    moved: Callable[[str, int, int], None] = ignore_pages,
) -> LiveDeliveries:
    """Every page of every series of a service, as one delivery per edition, within one time-out.

    `partial` gives the folder of an unfinished download by its address; `moved` is told series, page and
    pages as they come in. Raises SourceUnavailable when the service fails, or refuses every series.
    """
    shared = replace(policy, ends_at=policy.deadline())
    bundles: dict[str, list[bytes]] = {}
    refused: dict[str, str] = {}
    for series in service.series():
        try:
            edition, pages = _fetch_series(
                service, address, series, client, shared, partial=partial, moved=moved
            )
        except _SeriesRefused as refusal:
            refused[series] = str(refusal)
        else:
            bundles.setdefault(edition, []).extend(pages)
    if not bundles:
        raise SourceUnavailable(
            "The service of {source} answered, but not with data: {trouble}",
            where="{address}",
            expected="pages of figures",
            do="Compare the address with the publisher's description of its service.",
            source=service.source,
            address=without_query(address),
            trouble=next(iter(refused.values()), "no series is defined for this source"),
        )
    return LiveDeliveries(
        [_bundle(service.source, edition, pages, address) for edition, pages in bundles.items()], refused
    )


class _SeriesRefused(Exception):
    """The service's own words about a series that it does not give."""


def _bundle(source: str, edition: str, pages: list[bytes], address: str) -> Delivery:
    content = b"[" + b",\n".join(pages) + b"]\n"
    return Delivery(f"{source}-{edition or 'live'}.json", content, without_query(address))


def _fetch_series(
    service: PagedService,
    address: str,
    series: str,
    client: httpx.Client,
    policy: Policy,
    *,
    partial: Callable[[str], Path],
    moved: Callable[[str, int, int], None],
) -> tuple[str, list[bytes]]:
    """All pages of one series and the one edition that they are of."""
    contents: list[bytes] = []
    editions: set[str] = set()
    last = 1
    while len(contents) < last:
        request = replace(service.ask(address, series, len(contents) + 1), is_data=is_json)
        fetched = fetch(request, client, policy, partial(shown_address(request)))
        page = read_json(fetched.content)
        last = _count_pages(service, page)
        editions.add(service.edition(page) or "")
        contents.append(fetched.content.strip())
        moved(series, len(contents), last)
    if len(editions) > 1:
        raise SourceUnavailable(
            "The service of {source} brought out a new edition while it was being read.",
            where="{series}: {editions}",
            expected="one edition on every page",
            do="Collect it again.",
            source=service.source,
            series=series,
            editions=", ".join(sorted(editions)),
        )
    return editions.pop(), contents


def _count_pages(service: PagedService, page: Any) -> int:
    """How many pages there are; the series is refused where the page is no data or counts beyond reason."""
    trouble = service.trouble(page)
    if trouble:
        raise _SeriesRefused(trouble)
    try:
        last = service.pages(page)
    except (KeyError, TypeError, ValueError):
        raise _SeriesRefused("the page does not say how many pages there are") from None
    if not 0 < last <= MOST_PAGES:
        raise _SeriesRefused(f"{last} pages")
    return last


def require_one_edition(editions: Iterable[str], delivery: Delivery) -> str | None:
    """The one edition that all pages of a delivery are of; refused where they differ."""
    found = sorted(set(editions) - {""})
    if len(found) > 1:
        raise DeliveryRefused(
            "{name} mixes pages of several editions.",
            where="{name}: {editions}",
            expected="pages of one edition",
            do="Collect each edition for itself.",
            name=delivery.name,
            editions=", ".join(found),
        )
    return found[0] if found else None
