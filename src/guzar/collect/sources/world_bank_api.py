"""World Bank Indicators API, version 2: pages of JSON, live or saved from a browser.

In: a page `[{page, pages, per_page, total, lastupdated, sourceid}, [rows]]`, or a list of such pages. Out:
PublishedFigures, edition = `lastupdated`. Source: World Bank,
https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structures.
"""

import re
from collections import Counter
from typing import Any

import polars as pl

from guzar.collect.addresses import Request
from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.json_pages import PagedService, read_pages, require_one_edition
from guzar.define.definitions import definitions
from guzar.errors import DeliveryRefused

SOURCE = "world_bank"
ROWS_PER_PAGE = 5000
COLUMNS = (
    "series",
    "reported_area",
    "reported_counterpart",
    "reported_sex",
    "reported_period",
    "reported_value",
    "place",
)
INDICATOR_CODE = r"[A-Z]{2}\.[A-Z0-9.]+"  # BX.TRF.PWKR.CD.DT


def is_page(document: Any) -> bool:
    """Whether a JSON document is one page of the API, or its message of refusal."""
    if not isinstance(document, list) or not document or not isinstance(document[0], dict):
        return False
    return "message" in document[0] or (
        {"page", "pages", "total"} <= document[0].keys() and len(document) == 2
    )


def _is_delivery(delivery: Delivery) -> bool:
    return bool(read_pages(delivery, is_page))


def read_api(delivery: Delivery) -> Reading:
    """Pages of the API as candidate rows: one per indicator, economy and period, blank where the value is
    null.
    """
    pages = read_pages(delivery, is_page)
    for page in pages:
        _require_figures(page, delivery)
    _require_all_pages(pages, delivery)
    edition = require_one_edition((str(page[0].get("lastupdated") or "") for page in pages), delivery)
    rows = [
        _row(row, f"page {page[0]['page']}, row {i}") for page in pages for i, row in enumerate(page[1], 1)
    ]
    marked = Counter(str(row.get("obs_status")) for page in pages for row in page[1] if row.get("obs_status"))
    notes = tuple(f"obs_status {mark}: {count} rows" for mark, count in sorted(marked.items()))
    candidates = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))
    return Reading(edition, {"published_figures": candidates}, notes)


def _row(row: dict[str, Any], place: str) -> dict[str, str | None]:
    value = row.get("value")
    return {
        "series": _series_of(row),
        "reported_area": str(row.get("countryiso3code") or (row.get("country") or {}).get("value") or ""),
        "reported_counterpart": None,
        "reported_sex": None,
        "reported_period": str(row.get("date") or ""),
        "reported_value": None if value is None else str(value),
        "place": place,
    }


def _series_of(row: dict[str, Any]) -> str:
    return str((row.get("indicator") or {}).get("id") or "")


def _require_figures(page: Any, delivery: Delivery) -> None:
    trouble = trouble_on(page)
    if trouble:
        raise DeliveryRefused(
            "{name} holds a message of the World Bank instead of figures: {trouble}",
            where="{name}",
            expected="pages of figures",
            do="Check the indicator and the address that the file was fetched from.",
            name=delivery.name,
            trouble=trouble,
        )
    if not isinstance(page[1], list) or not all(isinstance(row, dict) for row in page[1]):
        raise DeliveryRefused(
            "{name} has a page without rows.",
            where="{name}, page {page}",
            expected="a list of rows",
            do="Fetch the page again.",
            name=delivery.name,
            page=page[0].get("page"),
        )


def _require_all_pages(pages: list[Any], delivery: Delivery) -> None:
    """Every indicator must come with as many rows as its pages announce."""
    held: Counter[str] = Counter()
    announced: dict[str, int] = {}
    for page in pages:
        found = Counter(_series_of(row) for row in page[1])
        held += found
        announced |= dict.fromkeys(found, int(page[0]["total"]) if len(found) == 1 else 0)
    for series, count in announced.items():
        if held[series] < count:
            raise DeliveryRefused(
                "{name} does not hold all pages of {series}.",
                where="{name}: {held} rows",
                expected="{count} rows",
                do="Fetch every page, or collect it live: guzar collect world_bank --live",
                name=delivery.name,
                series=series,
                held=held[series],
                count=count,
            )


def trouble_on(page: Any) -> str:
    """The service's own words where a page is a refusal, else nothing."""
    if not is_page(page):
        return "no page of the World Bank API"
    messages = page[0].get("message") or []
    told = [f"{part.get('key', '')}: {part.get('value', '')}" for part in messages if isinstance(part, dict)]
    return "; ".join(told) or ("message without a text" if "message" in page[0] else "")


def series_to_fetch() -> list[str]:
    """The indicators that guzar has a definition for."""
    known = {d.series for d in definitions().values() if d.source == SOURCE}
    return sorted(series for series in known if re.fullmatch(INDICATOR_CODE, series))


def ask(address: str, series: str, page: int) -> Request:
    """The request for one page of one indicator, all economies and years."""
    query = {"format": "json", "per_page": str(ROWS_PER_PAGE), "page": str(page)}
    return Request(SOURCE, f"{address}/country/all/indicator/{series}", query)


LAYOUTS = (Layout("api_json", SOURCE, "JSON pages of the World Bank API, version 2", _is_delivery, read_api),)

LIVE = PagedService(
    SOURCE,
    series_to_fetch,
    ask,
    pages=lambda page: int(page[0]["pages"]),
    edition=lambda page: page[0].get("lastupdated"),
    trouble=trouble_on,
)
