"""Generate docs/data-dictionary.md, docs/glossary.md and docs/sources.md from the declarations in `define`."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dataframely as dy

from guzar.define import tables
from guzar.define.areas import regions
from guzar.define.codelist import read_codelist
from guzar.define.columns import DECLARED, NARROWED
from guzar.define.definitions import definitions, indicators
from guzar.define.sources import editions, sources
from guzar.define.units import UNITS

DOCS = Path(__file__).resolve().parents[1] / "docs"
LICENCES_NOTE = (
    "The licence is the publisher's where it was found. The files behind the figures that ship came through public\n"
    "repositories; the licence that each states stands in brackets and may ask for more than the publisher's.\n"
)
MADE = "<!-- Generated from `define` by `make docs`. Do not edit. -->\n\n"


def main() -> None:
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    return {"data-dictionary.md": data_dictionary(), "glossary.md": glossary(), "sources.md": source_list()}


def data_dictionary() -> str:
    """Tables with their columns, columns with their meaning, indicators, definitions, units, regions."""
    sections = {
        "Tables": "\n".join(map(_table, declared_tables())),
        "Columns": _columns(),
        "Indicators": grid(
            ("indicator", "unit"), [(f"`{name}`", unit) for name, unit in sorted(indicators().items())]
        ),
        "Definitions": _definitions(),
        "Units": grid(("unit", "meaning"), UNITS.items()),
        "Regions": _regions(),
    }
    parts = [f"## {title}\n\n{text}" for title, text in sections.items()]
    return "\n".join([f"{MADE}# Data dictionary\n", *parts])


def _table(table: type[dy.Schema]) -> str:
    rows = [
        (
            f"`{n}`",
            c.description or "",
            _told_of(c)["unit"],
            "yes" if c.primary_key else "",
            "yes" if c.nullable else "",
        )
        for n, c in table.columns().items()
    ]
    listed = grid(("column", "meaning", "unit", "key", "may be empty"), rows)
    return f"### {table.__name__}\n\n{(table.__doc__ or '').strip()}\n\n{listed}"


def _told_of(column: dy.Column) -> Mapping[str, Any]:
    return column.metadata or {}


def _meaning_of(name: str) -> str:
    """The meaning of a column, and that where fewer codes can stand."""
    made = [columns[name]().description or "" for columns in (DECLARED, NARROWED) if name in columns]
    return " In records about persons: ".join(made)


def _columns() -> str:
    told = ("unit", "concept", "codelist", "secrecy")
    made = ((name, make()) for name, make in sorted(DECLARED.items()))
    rows = [(f"`{n}`", _meaning_of(n), *(_told_of(c)[key] or "" for key in told)) for n, c in made]
    return grid(("column", "meaning", "unit", "SDMX concept", "codelist", "secrecy"), rows)


def _definitions() -> str:
    told = ("unit", "concept", "measure", "direction", "rule", "coverage", "unknown_origins")
    rows = [
        (f"`{d.id}`", f"`{d.indicator}`", *(getattr(d, name) for name in told))
        for d in sorted(definitions().values(), key=lambda d: d.id)
    ]
    return grid(("definition", "indicator", *(name.replace("_", " ") for name in told)), rows)


def _regions() -> str:
    rows = [(f"`{r.id}`", r.name_en, r.publisher, r.as_of, " ".join(r.members)) for r in regions().values()]
    return grid(("region", "name", "publisher", "as of", "members"), rows)


def glossary() -> str:
    """Terms in English and Russian with their meaning, column and SDMX concept."""
    rows = [
        (
            f"**{r['term_en']}** · {r['term_ru']}",
            f"{r['meaning_en']} · {r['meaning_ru']}",
            r["column"] or "",
            r["concept"] or "",
        )
        for r in read_codelist("glossary").iter_rows(named=True)
    ]
    return f"{MADE}# Glossary · Словарь\n\n" + grid(("term", "means", "column", "SDMX concept"), rows)


def source_list() -> str:
    """Sources with publisher, licence, attribution and the editions that have a name."""
    parts = [
        f"{MADE}# Sources and licences\n",
        grid(
            ("source", "publisher", "title", "licence", "attribution"),
            [
                (
                    f"`{s.id}`",
                    s.publisher,
                    f"[{s.title}]({s.address})" if s.address else s.title,
                    s.licence,
                    s.attribution,
                )
                for s in sources().values()
            ],
        ),
        "## Where licences are stated\n",
        LICENCES_NOTE,
        grid(
            ("source", "licence is stated", "figures that ship came through"),
            [(f"`{s.id}`", s.licence_basis, s.origin) for s in sources().values()],
        ),
        "## Editions\n",
        grid(
            ("source", "edition", "called"),
            [(f"`{e.source}`", e.edition, e.label_en) for e in editions().values()],
        ),
    ]
    return "\n".join(parts)


def declared_tables() -> list[type[dy.Schema]]:
    """Every table declared in `define/tables`, by name."""
    found = {
        table.__name__: table
        for module in pkgutil.iter_modules(tables.__path__)
        for table in vars(importlib.import_module(f"guzar.define.tables.{module.name}")).values()
        if isinstance(table, type) and issubclass(table, dy.Schema) and table is not dy.Schema
    }
    return [found[name] for name in sorted(found)]


def grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return (
        "\n".join(
            "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
            for line in lines
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
