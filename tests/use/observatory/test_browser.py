"""Every kind of page in headless Chromium, both languages: quiet, self-contained, accessible, narrow, printable."""

import functools
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from guzar.use.observatory.site import LANGUAGES

pytestmark = pytest.mark.browser

KINDS = (
    "index.html",
    "areas/index.html",
    "areas/KGZ.html",
    "corridors/index.html",
    "corridors/UZB-RUS.html",
    "themes/index.html",
    "themes/remittances.html",
    "themes/prices.html",
    "themes/women.html",
    "themes/refugees.html",
    "themes/regions.html",
    "themes/treaties.html",
    "themes/claims.html",
    "data/index.html",
    "data/migrant_stock.html",
    "methods/index.html",
    "methods/frozen-mix.html",
    "revisions.html",
)
WIDTHS = (1280, 360)
NARROWEST = 320
OPEN_SHORTEST = """() => {
  const rows = table => table.querySelectorAll("tr").length;
  const shortest = [...document.querySelectorAll("details")].sort((a, b) => rows(a) - rows(b))[0];
  if (shortest) shortest.open = true;
}"""
INSTALL = Path(__file__).parents[3] / "tools" / "install_system_packages.py"


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line per request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(shipped_site: Path) -> Iterator[str]:
    """The shipped figures as a site, served from this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(shipped_site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Debian's Chromium; skips, with the line that installs it, where it is missing."""
    program = shutil.which("chromium")
    if program is None:
        line = re.search(r"apt-get install[a-z -]*", INSTALL.read_text(encoding="utf-8"))
        pytest.skip(f"no chromium: sudo {line.group().strip() if line else 'apt-get install'} chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield started
        started.close()


class Visit:
    """One open tab that remembers what went wrong and what was asked of the network."""

    def __init__(self, browser: object, address: str, width: int, *, script: bool = True) -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)  # type: ignore[attr-defined]
        self.context, self.page, self.address = context, context.new_page(), address
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: str) -> None:
        """Load a page of the site and wait for its fonts."""
        self.page.goto(f"{self.address}/{path}", wait_until="load")

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture(scope="module", params=WIDTHS)
def visit(request: pytest.FixtureRequest, browser: object, address: str) -> Iterator[Visit]:
    """A tab of one width."""
    opened = Visit(browser, address, request.param)
    yield opened
    opened.context.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_are_quiet_accessible_and_fit(visit: Visit, lang: str, kind: str) -> None:
    """No console error, no request off the site, no violation that axe finds, no sideways scrolling down to 320 px."""
    from axe_playwright_python.sync_playwright import Axe

    visit.errors.clear()
    visit.asked.clear()
    visit.open(f"{lang}/{kind}")
    assert visit.page.title()
    assert not visit.errors
    assert not [url for url in visit.asked if not url.startswith((visit.address, "data:"))]
    # Closed tables are read by nobody: open the shortest, so that axe sees what all of them are made of.
    visit.page.evaluate(OPEN_SHORTEST)
    found = Axe().run(visit.page, options={"resultTypes": ["violations"]}).response["violations"]
    told = [f"{v['id']}: {v['help']} ({len(v['nodes'])}×) {v['nodes'][0]['html'][:160]}" for v in found]
    assert not told, "\n".join(told)
    assert visit.overflow() <= 0
    if visit.page.viewport_size["width"] == min(WIDTHS):
        visit.page.set_viewport_size({"width": NARROWEST, "height": 900})
        wider = visit.overflow()
        visit.page.set_viewport_size({"width": min(WIDTHS), "height": 900})
        assert wider <= 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_work_without_javascript(browser: object, address: str, lang: str) -> None:
    """Tables open, anchors lead to them, the language changes: all without a script."""
    visit = Visit(browser, address, 1280, script=False)
    visit.open(f"{lang}/areas/KGZ.html")
    table = visit.page.locator("details.figure-table").first
    table.locator("summary").click()
    assert table.locator("table").is_visible()
    other = "ru" if lang == "en" else "en"
    visit.page.locator(f".languages a[hreflang={other}]").click()
    assert visit.page.url == f"{address}/{other}/areas/KGZ.html"
    assert visit.page.locator("h1").is_visible()
    assert not visit.errors
    visit.context.close()


@pytest.mark.parametrize("kind", ["index.html", "corridors/UZB-RUS.html", "themes/treaties.html"])
def test_pages_print(browser: object, address: str, kind: str) -> None:
    """A page becomes sheets of paper, none of them empty of bytes."""
    visit = Visit(browser, address, 1280)
    visit.open(f"ru/{kind}")
    made = visit.page.pdf(prefer_css_page_size=True)
    visit.context.close()
    assert made.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", made)) <= 20


@pytest.mark.parametrize("lang", LANGUAGES)
def test_paper_has_open_tables_and_no_navigation(browser: object, address: str, lang: str) -> None:
    """On paper every table is open, and what only a screen can use is gone."""
    visit = Visit(browser, address, 680)
    visit.open(f"{lang}/corridors/UZB-RUS.html")
    table = visit.page.locator("details.figure-table table").first
    assert not table.is_visible()
    visit.page.emulate_media(media="print")
    heights = visit.page.evaluate(
        "[...document.querySelectorAll('details.figure-table table')].map(t => t.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) > 40
    for gone in (".site-nav", ".languages", ".figure-links", ".skip"):
        assert not visit.page.locator(gone).first.is_visible()
    visit.context.close()


def test_the_link_to_a_table_opens_it(browser: object, address: str) -> None:
    """“Table” under a figure leads to the table of that figure, open, and “Cite” names that figure; no script."""
    visit = Visit(browser, address, 1280, script=False)
    visit.open("en/corridors/UZB-RUS.html")
    figure = visit.page.locator("figure#moves")
    figure.locator("a[href='#moves-table']").click()
    assert visit.page.locator("#moves-table table").is_visible()
    figure.locator(".figure-cite summary").click()
    assert figure.locator("h3").inner_text() in figure.locator(".figure-cite p").first.inner_text()
    visit.context.close()


@pytest.mark.parametrize("kind", ["index.html", "corridors/UZB-RUS.html", "data/index.html"])
def test_targets_are_large_enough(browser: object, address: str, kind: str) -> None:
    """At 400% zoom (320 px) no link that stands alone is lower or narrower than 24 px."""
    visit = Visit(browser, address, NARROWEST)
    visit.open(f"en/{kind}")
    small = visit.page.evaluate(
        """() => [...document.querySelectorAll("a:not(.skip), summary")]
          .filter(e => getComputedStyle(e).display !== "inline" && !e.closest(".hidden"))
          .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
          .filter(([_, box]) => box.width && (box.height < 23.5 || box.width < 23.5))
          .map(([text, box]) => `${text}: ${box.width} × ${box.height}`)"""
    )
    visit.context.close()
    assert small == []
