"""The observatory: a folder of plain HTML in two languages, made from one release and nothing else.

It opens from any web server, a memory stick or a file share: links are relative, fonts and styles lie beside the
pages, nothing is fetched from elsewhere, and every page works without JavaScript.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

import jinja2

from guzar.use.observatory import pages as page_modules
from guzar.use.observatory.content import Page
from guzar.use.observatory.feeds import write_feeds
from guzar.use.observatory.figure_csv import write_figure_files
from guzar.use.observatory.figure_workbook import write_figure_workbooks
from guzar.use.observatory.figures.doubts import doubt_note
from guzar.use.observatory.history import offer_past_releases
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.pages.made_up_people import OFFERED
from guzar.use.observatory.provenance import provenance
from guzar.use.observatory.published import Published
from guzar.use.observatory.reader_tables import reader_table
from guzar.use.observatory.release_files import offer_permanently, offer_release
from guzar.use.observatory.shared_pictures import share_repeated_pictures
from guzar.use.observatory.signs import Status, sign, tail_picture
from guzar.use.observatory.structured_data import structured_data
from guzar.use.observatory.svg import Html
from guzar.use.observatory.table_signs import write_table_signs
from guzar.use.observatory.words import Words

LANGUAGES: tuple[Language, ...] = ("en", "ru")
PACKAGE = "guzar.use.observatory"
START = "index.html"
NAVIGATION = (
    ("index.html", "Region"),
    ("areas/index.html", "Areas"),
    ("corridors/index.html", "Corridors"),
    ("themes/index.html", "Themes"),
    ("data/index.html", "Data"),
    ("methods/index.html", "Methods"),
    ("revisions.html", "Revisions"),
)


@dataclass
class Written:
    """Files of figures that stand in the folder already, by their content: figures that are alike share them."""

    tables: dict[bytes, str] = field(default_factory=dict)
    workbooks: dict[str, str] = field(default_factory=dict)


def write_site(published: Published, out: Path, step: Callable[[], None] = lambda: None) -> list[str]:
    """Write every page of the observatory under `out`; returns their paths. `step` is called after each page."""
    written = []
    environment = _environment()
    for lang in LANGUAGES:
        say, held = Words(lang), Written()
        pages = all_pages(published, say)
        made = {page.path for page in pages}
        navigation = [step for step in NAVIGATION if step[0] in made]
        for page in pages:
            _write_page(environment, page, published, say, out, held, navigation)
            written.append(f"{lang}/{page.path}")
            step()
        write_feeds(published, out / lang, say)
    _write_assets(out)
    write_table_signs(published, out / "assets" / "signs")
    offer_permanently(published, out / "data")
    offer_past_releases(published.history, out / "data")
    if published.made_up is not None:
        offer_release(published.made_up, out / OFFERED)
    (out / "index.html").write_text(environment.get_template("choose.html").render(), encoding="utf-8")
    return written


def all_pages(published: Published, say: Words) -> list[Page]:
    """Every page in one language that has something to show; each names on its path only pages that are made.

    A module in `pages` offers `make_pages(published, say)`; adding one adds pages.
    """
    modules = sorted(pkgutil.iter_modules(page_modules.__path__), key=lambda module: module.name)
    makers = [importlib.import_module(f"{PACKAGE}.pages.{module.name}").make_pages for module in modules]
    found = [page for make_pages in makers for page in make_pages(published, say)]
    pages = [page for page in found if page.path == START or not page.is_empty]
    made = {page.path for page in pages}
    return [replace(page, crumbs=[step for step in page.crumbs if step[1] in made | {""}]) for page in pages]


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _write_page(
    environment: jinja2.Environment,
    page: Page,
    published: Published,
    say: Words,
    out: Path,
    held: Written,
    navigation: Sequence[tuple[str, str]],
) -> None:
    other = "ru" if say.lang == "en" else "en"
    target = out / say.lang / page.path
    target.parent.mkdir(parents=True, exist_ok=True)
    files = write_figure_files(page, say.lang, out / say.lang / "figures", held.tables)
    books = write_figure_workbooks(
        page, page.release or published, say, out / say.lang / "figures", held.workbooks
    )
    html = environment.get_template("page.html").render(
        page=page,
        say=say,
        navigation=navigation,
        other=other,
        published=page.release or published,
        to_assets=page.to_root + "../assets/",
        to_other=page.to_root + f"../{other}/",
        table_of=lambda figure: reader_table(figure.rows, say),
        csv_of=lambda figure: f"{page.to_root}figures/{files[figure.id]}",
        workbook_of=lambda figure: f"{page.to_root}figures/{books[figure.id]}",
        signs=_key_of_signs(say),
        tail_example=tail_picture([2010], 2020),
        doubt_of=lambda figure: doubt_note(published, figure.rows, say),
        data_page=page.to_root + "data/index.html",
        structured_data=structured_data(published, page) if page.release is None else "",
        provenance_of=lambda figure: provenance(published, page, figure, say),
    )
    target.write_text(share_repeated_pictures(html), encoding="utf-8")


def _write_assets(out: Path) -> None:
    assets = out / "assets"
    (assets / "fonts").mkdir(parents=True, exist_ok=True)
    package = resources.files(PACKAGE)
    for name in ("style.css",):
        (assets / name).write_bytes(package.joinpath(name).read_bytes())
    for font in package.joinpath("fonts").iterdir():
        if font.name.endswith((".woff2", ".css", ".txt")):
            (assets / "fonts" / font.name).write_bytes(font.read_bytes())


def _key_of_signs(say: Words) -> list[tuple[Html, str, str]]:
    explained = (
        (Status.OBSERVED, "Observed", "Counted or reported for that very date: solid dot, solid line"),
        (
            Status.ESTIMATED,
            "Estimated",
            "Computed by the source: ring, dashed line, interval if one is published",
        ),
        (
            Status.MODELLED,
            "Modelled from modelled",
            "Input is itself an estimate: grey hatch, never in a headline",
        ),
        (Status.ZERO, "True zero", "The source says none"),
        (Status.WITHHELD, "Withheld", "Known to the source, protected"),
        (Status.NOT_KNOWN, "Not known", "Not collected or not listed; never drawn as zero"),
        (Status.REVISION, "Revision", "Same date, new edition: the world did not move"),
        (Status.BREAK, "Break", "Definition or basis changed: the line stops"),
    )
    return [(sign(status), say.say(word), say.say(meaning)) for status, word, meaning in explained]
