"""What search engines for data read in a page: the release's own schema.org record, with addresses seen from the page.

The page of data carries the whole catalogue, the page of an indicator the dataset of its subject. It is a block of
data, which no browser runs.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from guzar.define.structures import subject_of
from guzar.use.observatory.content import Page
from guzar.use.observatory.figures.holdings import held_indicators, page_of
from guzar.use.observatory.published import Published
from guzar.use.observatory.release_files import LATEST, offered_name
from guzar.use.observatory.svg import Html

FILE = "dataset.jsonld"
WHOLE = "data/index.html"


def structured_data(published: Published, page: Page) -> Html:
    """The record for one page as a block of JSON-LD; empty where a page has none."""
    if (
        published.folder is None
        or not page.path.startswith("data/")
        or not (published.folder / FILE).is_file()
    ):
        return Html("")
    record = _read(published.folder / FILE)
    base = f"{page.to_root}../data/{LATEST}/"
    if page.path == WHOLE:
        told = {**record, "dataset": [_seen_from(one, base) for one in record["dataset"]]}
    else:
        found = _of_indicator(published, page, record)
        if found is None:
            return Html("")
        told = {"@context": record["@context"], **_seen_from(found, base)}
    # A closing tag within a text would end the block.
    text = json.dumps(told, ensure_ascii=False).replace("</", "<\\/")
    return Html(f'<script type="application/ld+json">{text}</script>\n')


@cache
def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _of_indicator(published: Published, page: Page, record: dict[str, Any]) -> dict[str, Any] | None:
    """The dataset of the subject that the page's indicator belongs to."""
    indicator = next((one for one in _indicators(published) if page_of(one) == page.path), None)
    if indicator is None:
        return None
    ending = f"/{subject_of(indicator).file}"
    found: dict[str, Any] = next(one for one in record["dataset"] if one["identifier"].endswith(ending))
    return found


def _indicators(published: Published) -> list[str]:
    return list(held_indicators(published))


def _seen_from(dataset: dict[str, Any], base: str) -> dict[str, Any]:
    """The dataset with the addresses of its files, as they are offered, seen from a page."""
    files = [
        {**one, "contentUrl": base + offered_name(str(one["contentUrl"]))} for one in dataset["distribution"]
    ]
    licences = [one if ":" in one else base + one for one in dataset["license"]]
    return {**dataset, "license": licences, "distribution": files}
