"""What changed since the last release, the feed, the calendar, the record for search engines: pages and files."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from lxml import etree
from tests.use.observatory.sites import MakePages, made_up_release

from guzar.define.tables.releases import ReleasedFigures
from guzar.share.changes import compare_releases
from guzar.use.observatory.feeds import make_calendar, make_feed, span_of
from guzar.use.observatory.history import History, PastRelease, offer_past_releases
from guzar.use.observatory.pages import releases
from guzar.use.observatory.published import Published
from guzar.use.observatory.release_files import offer_permanently
from guzar.use.observatory.structured_data import structured_data
from guzar.use.observatory.words import Words

EN, RU = Words("en"), Words("ru")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def followed(shipped: Published, tmp_path: Path) -> Published:
    """The shipped release after one that lacked an edition and had another value and another definition."""
    figures = ReleasedFigures.validate(shipped.figures)
    first = figures.filter(pl.col("edition") != "2024").with_row_index("row")
    before = first.with_columns(
        value=pl.when(pl.col("row") == 0).then(pl.col("value") + 1).otherwise(pl.col("value"))
    )
    changes = compare_releases(ReleasedFigures.validate(before.drop("row")), figures)
    (tmp_path / "release.json").write_text("{}", encoding="utf-8")
    (tmp_path / "guzar-2026-01-01-0.zip").write_bytes(b"PK")
    past = PastRelease("guzar-2026-01-01-0", "2026-01-01", before.height, tmp_path)
    return replace(shipped, history=History([past], changes))


def page_of(published: Published, say: Words):
    [page] = releases.make_pages(published, say)
    return page


def test_a_first_release_says_so_and_still_has_its_addresses(shipped: Published) -> None:
    page = page_of(shipped, EN)
    assert page.finding == "No earlier release is held here: nothing to compare with"
    assert [figure.id for figure in page.figures] == ["releases", "feed"]
    assert f"../data/{shipped.release}/{shipped.release}.zip" in page.figures[0].body


@pytest.mark.parametrize("say", [EN, RU], ids=["en", "ru"])
def test_every_change_is_told_with_its_label(followed: Published, say: Words) -> None:
    page = page_of(followed, say)
    assert say.number(followed.history.changes.height) in page.finding
    by_indicator, widest = page.figures[:2]
    assert by_indicator.rows.height == followed.history.changes.height
    labels = set(by_indicator.rows["change"])
    assert labels <= {say(label) for label in releases.LABELS.values()}
    assert say("Revision") in labels
    assert widest.body.count("<tr") > 1
    if say is RU:
        assert not re.search(r">[A-Z][a-z]+ [a-z]+ [a-z]+<", by_indicator.body)


def test_the_feed_has_an_entry_for_each_release(followed: Published) -> None:
    for say in (EN, RU):
        root = etree.fromstring(make_feed(followed, say).encode("utf-8"))
        assert root.tag == f"{ATOM}feed"
        for needed in ("id", "title", "updated", "author"):
            assert root.find(f"{ATOM}{needed}") is not None
        ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
        assert ids == [f"urn:guzar:release:{followed.release}", "urn:guzar:release:guzar-2026-01-01-0"]
        assert all(entry.findtext(f"{ATOM}updated") for entry in root.findall(f"{ATOM}entry"))


@pytest.mark.parametrize("say", [EN, RU], ids=["en", "ru"])
def test_the_calendar_keeps_the_form_and_makes_no_day_up(followed: Published, say: Words) -> None:
    written = make_calendar(followed, say)
    assert written.endswith("END:VCALENDAR\r\n")
    lines = written.split("\r\n")
    assert all(len(line.encode("utf-8")) <= 75 for line in lines)
    unfolded = written.replace("\r\n ", "").split("\r\n")
    starts = [line.removeprefix("DTSTART;VALUE=DATE:") for line in unfolded if line.startswith("DTSTART")]
    editions = followed.figures.select("source", "edition").n_unique()
    assert len(starts) == unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") == editions + 2
    known = {*followed.figures["edition"], followed.date, "2026-01-01"}
    assert set(starts) == {f"{span_of(day)[0]:%Y%m%d}" for day in known}
    uids = [line for line in unfolded if line.startswith("UID:")]
    assert len(set(uids)) == len(uids)


@pytest.mark.parametrize(
    ("day", "first", "after"),
    [
        ("2026-02-28", date(2026, 2, 28), date(2026, 3, 1)),
        ("2019-12", date(2019, 12, 1), date(2020, 1, 1)),
        ("2020-08", date(2020, 8, 1), date(2020, 9, 1)),
        ("2022", date(2022, 1, 1), date(2023, 1, 1)),
    ],
)
def test_a_date_spans_what_is_known_of_it(day: str, first: date, after: date) -> None:
    assert span_of(day) == (first, after)


def test_earlier_releases_keep_their_archive_and_record(followed: Published, tmp_path: Path) -> None:
    out = tmp_path / "site"
    offer_past_releases(followed.history, out)
    held = {path.name for path in (out / "guzar-2026-01-01-0").iterdir()}
    assert held == {"guzar-2026-01-01-0.zip", "release.json"}


def test_a_release_lies_under_latest_and_under_its_id(shipped: Published, tmp_path: Path) -> None:
    offer_permanently(shipped, tmp_path)
    latest, own = tmp_path / "latest", tmp_path / shipped.release
    files = {path.relative_to(latest) for path in latest.rglob("*") if path.is_file()}
    assert files == {path.relative_to(own) for path in own.rglob("*") if path.is_file()}
    assert all((latest / file).read_bytes() == (own / file).read_bytes() for file in files)


def test_pages_of_data_carry_the_record_for_search_engines(
    shipped: Published, shipped_site: Path, shipped_pages: MakePages
) -> None:
    html = (shipped_site / "ru" / "data" / "index.html").read_text(encoding="utf-8")
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    told = json.loads(block)
    assert told["@type"] == "DataCatalog"
    for dataset in told["dataset"]:
        for one in dataset["distribution"]:
            assert (shipped_site / "ru" / "data" / one["contentUrl"]).resolve().is_file()
    page = next(page for page in shipped_pages("en") if page.path == "data/migrant_stock.html")
    subject = json.loads(structured_data(shipped, page).partition(">")[2].rpartition("</script>")[0])
    assert subject["@type"] == "Dataset"
    assert subject["identifier"] == f"{shipped.release}/migrant_stocks"
    other = next(page for page in shipped_pages("en") if page.path == "areas/KGZ.html")
    assert structured_data(shipped, other) == ""
    assert structured_data(made_up_release(), page) == ""


def test_catalogues_on_the_site_name_files_that_are_there(shipped_site: Path) -> None:
    folder = shipped_site / "data" / "latest"
    found = re.findall(r'"((?:data|csv|xlsx|packs)/[^"]+)"', (folder / "catalogue.jsonld").read_text("utf-8"))
    assert found
    assert all((folder / path).is_file() for path in found)
