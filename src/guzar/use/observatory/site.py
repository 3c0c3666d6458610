"""The observatory: a folder of plain HTML in two languages, made from one release and nothing else.

It opens from any web server, a memory stick or a file share: links are relative, fonts and styles lie beside the
pages, nothing is fetched from elsewhere, and every page works without JavaScript.
"""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path

import jinja2
import polars as pl

from guzar.use.observatory import pages as page_modules
from guzar.use.observatory.content import Figure, Page
from guzar.use.observatory.figures.doubts import doubt_note
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.published import Published
from guzar.use.observatory.reader_tables import reader_table
from guzar.use.observatory.signs import Status, sign, tail_picture
from guzar.use.observatory.svg import Html
from guzar.use.observatory.words import Words

LANGUAGES: tuple[Language, ...] = ("en", "ru")
PACKAGE = "guzar.use.observatory"
NAVIGATION = (
    ("index.html", "Region"),
    ("areas/index.html", "Areas"),
    ("corridors/index.html", "Corridors"),
    ("themes/index.html", "Themes"),
    ("data/index.html", "Data"),
    ("methods/index.html", "Methods"),
    ("revisions.html", "Revisions"),
)


def write_site(published: Published, out: Path, step: Callable[[], None] = lambda: None) -> list[str]:
    """Write every page of the observatory under `out`; returns their paths. `step` is called after each page."""
    written = []
    environment = _environment()
    for lang in LANGUAGES:
        say = Words(lang)
        for page in all_pages(published, say):
            _write_page(environment, page, published, say, out)
            written.append(f"{lang}/{page.path}")
            step()
    _write_assets(out)
    _offer_release(published, out)
    (out / "index.html").write_text(environment.get_template("choose.html").render(), encoding="utf-8")
    return written


def all_pages(published: Published, say: Words) -> Iterable[Page]:
    """Every page in one language. A module in `pages` offers `make_pages(published, say)`; adding one adds pages."""
    for module in sorted(pkgutil.iter_modules(page_modules.__path__), key=lambda m: m.name):
        yield from importlib.import_module(f"{PACKAGE}.pages.{module.name}").make_pages(published, say)


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _write_page(
    environment: jinja2.Environment, page: Page, published: Published, say: Words, out: Path
) -> None:
    other = "ru" if say.lang == "en" else "en"
    target = out / say.lang / page.path
    target.parent.mkdir(parents=True, exist_ok=True)
    html = environment.get_template("page.html").render(
        page=page,
        say=say,
        navigation=NAVIGATION,
        other=other,
        published=published,
        to_assets=page.to_root + "../assets/",
        to_other=page.to_root + f"../{other}/",
        table_of=lambda figure: reader_table(figure.rows, say),
        csv_of=lambda figure: f"{page.to_root}figures/{_csv_path(page, figure)}",
        signs=_key_of_signs(say),
        tail_example=tail_picture([2010], 2020),
        doubt_of=lambda figure: doubt_note(published, figure.rows, say),
        data_page=page.to_root + "data/index.html",
    )
    target.write_text(html, encoding="utf-8")
    for figure in page.figures:
        if figure.rows is not None:
            _write_rows(figure.rows, out / say.lang / "figures" / _csv_path(page, figure))


def _csv_path(page: Page, figure: Figure) -> str:
    return f"{page.path.removesuffix('.html').replace('/', '-')}-{figure.id}.csv"


def _write_rows(rows: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Excel reads UTF-8 only when the file opens with a byte-order mark.
    path.write_bytes(b"\xef\xbb\xbf" + rows.write_csv().encode("utf-8"))


def _write_assets(out: Path) -> None:
    assets = out / "assets"
    (assets / "fonts").mkdir(parents=True, exist_ok=True)
    package = resources.files(PACKAGE)
    for name in ("style.css",):
        (assets / name).write_bytes(package.joinpath(name).read_bytes())
    for font in package.joinpath("fonts").iterdir():
        if font.name.endswith((".woff2", ".css", ".txt")):
            (assets / "fonts" / font.name).write_bytes(font.read_bytes())


def _offer_release(published: Published, out: Path) -> None:
    """The release itself beside the pages, so that every download works from a memory stick."""
    if published.folder is not None:
        shutil.copytree(published.folder, out / "data" / "release", dirs_exist_ok=True)


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
