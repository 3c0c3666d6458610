"""UNHCR population API, version 1: pages of JSON by country of origin and asylum, live or saved from a
browser.

In: a page `{page, maxPages, items: [...]}`, or a list of such pages. Out: PublishedFigures, one row per
status. The codes `coo_iso` and `coa_iso` are ISO; the publisher's own codes beside them are not and are
never read. Cells with 0, `-` or nothing also fill columns that do not apply: they are counted in the receipt
and not taken. The service names no date of publication, and its last year may hold mid-year figures: it is
marked so. Source: UNHCR, https://www.unhcr.org/refugee-statistics/insights/explainers/forcibly-displaced-
api.html.
"""

from typing import Any

import polars as pl

from guzar.collect.addresses import Request
from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.json_pages import PagedService, read_pages
from guzar.errors import DeliveryRefused

SOURCE = "refugees"
STATUSES = (
    "refugees",
    "asylum_seekers",
    "returned_refugees",
    "idps",
    "returned_idps",
    "stateless",
    "ooc",
    "oip",
    "hst",
)
ENDS = {"year", "coo_iso", "coa_iso"}
SPANS = ("1951-2000", "2001-2010", "2011-2020", "2021-2100")  # asked for one after the other
ROWS_PER_PAGE = 1000
LATEST = "latest year"  # the mark of the last year of a delivery, as in files of this source
FILLERS = ("", "0", "-")
NOT_TAKEN = "cells with 0, - or empty, not taken because they also fill columns that do not apply: {}"


def is_page(document: Any) -> bool:
    """Whether a JSON document is one page of the API."""
    return isinstance(document, dict) and isinstance(document.get("items"), list) and "maxPages" in document


def _is_delivery(delivery: Delivery) -> bool:
    return bool(read_pages(delivery, is_page))


def read_api(delivery: Delivery) -> Reading:
    """Pages of the API as candidate rows: one per origin, asylum country, year and status with a number."""
    pages = read_pages(delivery, is_page)
    items = [
        (f"page {page.get('page')}, item {i}", item)
        for page in pages
        for i, item in enumerate(page["items"], 1)
    ]
    _require_items(items, delivery)
    latest = max(str(item["year"]) for _, item in items)
    cells = [
        _cell(place, item, status, latest) for place, item in items for status in STATUSES if status in item
    ]
    taken = [cell for cell in cells if cell["reported_value"] not in FILLERS]
    notes = (NOT_TAKEN.format(len(cells) - len(taken)),)
    schema = dict.fromkeys(_cell("", {"year": ""}, "", ""), pl.String)
    return Reading(None, {"published_figures": pl.DataFrame(taken, schema=schema)}, notes)


def _require_items(items: list[tuple[str, Any]], delivery: Delivery) -> None:
    lacking = next(
        (place for place, item in items if not isinstance(item, dict) or not item.keys() >= ENDS), None
    )
    if not items or lacking:
        raise DeliveryRefused(
            "{name} holds no figures of the UNHCR population service.",
            where="{name}, {place}",
            expected="items with year, coo_iso and coa_iso",
            do="Fetch the pages again with coo_all and coa_all.",
            name=delivery.name,
            place=lacking or "no item",
        )


def _cell(place: str, item: dict[str, Any], status: str, latest: str) -> dict[str, str | None]:
    year, origin = str(item["year"]), item.get("coo_iso")
    value = item.get(status)
    return {
        "series": status,
        "reported_area": str(item.get("coa_iso") or ""),
        "reported_counterpart": None if origin in (None, "-") else str(origin),  # a total over all origins
        "reported_sex": None,
        "reported_period": year,
        "reported_status": LATEST if year == latest else None,
        "reported_value": "" if value is None else str(value).strip(),
        "place": f"{place}, {status}",
    }


def ask(address: str, span: str, page: int) -> Request:
    """The request for one page of the years of a span, every origin and country of asylum apart."""
    first, _, last = span.partition("-")
    query = {
        "limit": str(ROWS_PER_PAGE),
        "page": str(page),
        "yearFrom": first,
        "yearTo": last,
        "coo_all": "true",
        "coa_all": "true",
        "cf_type": "ISO",
    }
    return Request(SOURCE, f"{address}/population/", query)


LAYOUTS = (
    Layout("api_json", SOURCE, "JSON pages of the UNHCR population API, version 1", _is_delivery, read_api),
)

LIVE = PagedService(
    SOURCE,
    lambda: SPANS,
    ask,
    pages=lambda page: int(page["maxPages"]),
    edition=lambda page: None,
    trouble=lambda page: "" if is_page(page) else "no page of the UNHCR population API",
)
