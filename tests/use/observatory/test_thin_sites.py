"""Sites of workspaces that hold little: whole, without a broken link, and silent on what is not held."""

import re
from pathlib import Path

import pytest
from tests.use.observatory.sites import broken_links, pages_of

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.collect.mapping import read_mapping
from guzar.reference import shipped_files
from guzar.store import Workspace, open_workspace
from guzar.use.observatory.published import Published, load_release
from guzar.use.observatory.site import write_site

DATE = "2026-01-02"
HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "own-table.md"
PUBLISHED = {
    "knomad": ("knomad", "remittances/knomad-2023-06-inflows.xlsx"),
    "un_desa": ("un_migrant_stock", "stocks/un-desa-2020-stock-by-destination-sex.xlsx"),
    "prices": ("remittance_prices", "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv"),
}
KNOWN_INDICATOR = """
[source]
id = "example_bank"
publisher = "A made-up bank"
title = "Receipts and product"
licence = "see publisher"
address = "https://example.org/receipts"
edition = "2024-02"
[columns]
area = "country"
values = "others"
[headers]
period = 1
[definition]
id = "example_bank_share"
indicator = "remittances_received_percent_gdp"
unit = "percent"
scale = 1
concept = "none"
measure = "amount"
direction = "in"
rule = "made up"
coverage = "all"
unknown_origins = "inside"
"""
SHARES = b"country;2020;2021\nKyrgyzstan;31.1;32.6\nTajikistan;27.0;33.4\n"


def _of_the_how_to(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found.group(1)


def _collect_own(workspace: Workspace, name: str, table: bytes, mapping: str) -> None:
    described = read_mapping(mapping.encode(), f"{name}.toml")
    journey.collect_described(
        workspace, "own_table", Delivery(f"{name}.csv", table), described, received=DATE
    )


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> dict[str, Workspace]:
    """Five workspaces, each with one table: two of the reader's own, three as published."""
    folder = tmp_path_factory.mktemp("thin")
    made = {
        name: open_workspace(folder / name, create=True) for name in ("own_permits", "own_shares", *PUBLISHED)
    }
    permits = _of_the_how_to("csv").encode("cp1251")
    _collect_own(made["own_permits"], "permits", permits, _of_the_how_to("toml"))
    _collect_own(made["own_shares"], "shares", SHARES, KNOWN_INDICATOR)
    for name, (source, file) in PUBLISHED.items():
        path = shared / "data" / file
        journey.collect_delivery(made[name], source, Delivery(path.name, path.read_bytes()), received=DATE)
    return made


WHOLE = pytest.param("prices", marks=pytest.mark.full)  # every corridor of the world


@pytest.fixture(scope="module", params=["own_permits", "own_shares", "knomad", "un_desa", WHOLE])
def thin(
    request: pytest.FixtureRequest,
    workspaces: dict[str, Workspace],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Published, Path]:
    """The release of one of these workspaces, and its site."""
    workspace, folder = workspaces[request.param], tmp_path_factory.mktemp(request.param)
    journey.publish_release(
        workspace,
        folder / "release",
        date=DATE,
        extra=journey.load_release_tables(workspace, as_of=DATE),
    )
    published = load_release(folder / "release")
    write_site(published, folder / "site")
    return published, folder / "site"


def test_no_link_leads_to_a_page_that_was_not_made(thin: tuple[Published, Path]) -> None:
    """Navigation, paths, texts and downloads."""
    broken = broken_links(thin[1])
    assert not broken, "\n".join(sorted(set(broken))[:20])


def test_a_start_page_says_what_is_held(thin: tuple[Published, Path]) -> None:
    """In both languages, with key numbers, and nothing about documents or treaties that nobody collected."""
    for lang in ("en", "ru"):
        text = (thin[1] / lang / "index.html").read_text(encoding="utf-8")
        assert re.search(r"<h1>[^<]*\d[^<]*</h1>", text)
        assert text.count('class="key-value"') >= 1
        assert "claims" not in text
        assert "treaties" not in text


def test_every_indicator_has_a_page_with_a_table(thin: tuple[Published, Path]) -> None:
    """Whether guzar knows the indicator or not."""
    published, site = thin
    for indicator in published.figures["indicator"].unique():
        page = (site / "en" / "data" / f"{indicator}.html").read_text(encoding="utf-8")
        assert "<table>" in page
        assert f'href="{indicator}.html"' in (site / "en" / "data" / "index.html").read_text(encoding="utf-8")


def test_a_page_without_figures_is_not_made(thin: tuple[Published, Path]) -> None:
    """Areas and themes have a page where something is known about them."""
    for page in pages_of(thin[1]):
        if page.parent.name in ("areas", "themes", "corridors"):
            assert "<figure" in page.read_text(encoding="utf-8"), page.name


def test_a_release_carries_only_what_its_workspace_holds(thin: tuple[Published, Path]) -> None:
    """No claims of documents, no treaties, no averages of quotes that came from elsewhere."""
    assert not {"checked_claims", "treaty_standings", "corridor_prices"} & set(thin[0].tables)
    sources = set(thin[0].figures["source"])
    for table in thin[0].tables.values():
        assert "source" not in table.columns or set(table["source"].drop_nulls()) <= sources


def test_the_shipped_figures_bring_what_ships_beside_them(tmp_path: Path) -> None:
    """A workspace as the demonstration makes it has claims and treaties; an empty one has neither."""
    workspace = open_workspace(tmp_path / "work", create=True)
    assert not journey.holds_shipped_figures(workspace)
    assert "checked_claims" not in journey.load_release_tables(workspace, as_of=DATE)
    name, content = next(iter(shipped_files().items()))
    journey.collect_delivery(workspace, "shipped_figures", Delivery(name, content), received=DATE)
    assert journey.holds_shipped_figures(workspace)
    assert {"checked_claims", "treaty_standings"} <= set(journey.load_release_tables(workspace, as_of=DATE))
