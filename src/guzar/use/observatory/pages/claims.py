"""Claims: what documents print, held against every edition of the figures. Grouped by verdict; one anchor per claim."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from guzar.define.areas import area_name, areas, regions
from guzar.define.codelist import read_codelist
from guzar.define.sources import edition_label, sources
from guzar.define.tables.claims import FILE_NAMES
from guzar.use.observatory import numbers
from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.published import Published
from guzar.use.observatory.reader_tables import unit_words
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import link, plain_table, with_note
from guzar.use.observatory.words import Words

NAV = "themes/index.html"
TABLE = "checked_claims"
# In this order: what holds first, what cannot be checked last. Each with its meaning in one sentence.
VERDICTS = {
    "agrees": (
        "Agrees",
        "The best figure held agrees with the printed number, to its last printed digit and as far as “about”, “over” or “almost” allow.",
    ),
    "agrees_with_edition": (
        "Agrees with another edition",
        "Another edition or source held prints this value; the best figure held is not that one.",
    ),
    "swapped_with": ("Looks exchanged", "Two values of the same document seem to have changed places."),
    "cited_source_differs": (
        "The cited source differs",
        "The source that the document cites holds another value.",
    ),
    "different_definition": (
        "Another definition",
        "The value, or the source that it cites, belongs to a series of another unit, concept, scope or direction. Different concepts are not a contradiction.",
    ),
    "forecast_not_outcome": (
        "A forecast, not an outcome",
        "The value was expected at the time; the outcome, where one is held, stands beside it.",
    ),
    "contradicted": (
        "No edition held prints it",
        "Same definition, period and unit, and outside every edition held. An edition that is not held may print it.",
    ),
    "inconsistent": (
        "The document gives two values",
        "The document prints two values for one thing, or its own list, counted again, gives another number. No figure is needed to see it.",
    ),
    "unit_unclear": ("Unit unclear", "The value can be read in more than one unit."),
    "not_checkable": (
        "Not checkable here",
        "No figure of this release can decide it; the reason stands beside the claim. That says nothing against the claim.",
    ),
}
QUALIFIERS = {
    "about": "about {value}",
    "over": "over {value}",
    "almost": "almost {value}",
    "forecast": "{value} (forecast)",
}
UNMARKED = {"year", "date"}
AROUND = {
    "rank": "rank {number}",
    "usd_million": "US$ {number} million",
    "million USD": "US$ {number} million",
}


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of claims, where their verdicts are released."""
    claims = published.tables.get(TABLE)
    if claims is not None and claims.height:
        yield _page(_in_file_names(claims, say), say)


def _in_file_names(claims: pl.DataFrame, say: Words) -> pl.DataFrame:
    """The claims under the names that files use, explained in the page's language, the reader's own columns unpacked."""
    own = [json.loads(text or "{}") for text in claims["free_columns"]]
    names = sorted({name for row in own for name in row} - {"id", "area", "year", "value", "unit"})
    unpacked = claims.with_columns(
        pl.Series(name, [row.get(name) for row in own], pl.String) for name in names
    )
    explained = "verdict_explanation_ru" if say.lang == "ru" else "verdict_explanation"
    plain = unpacked.with_columns(verdict_explanation=pl.col(explained)).drop(
        "verdict_explanation_ru", "free_columns"
    )
    return plain.rename(FILE_NAMES, strict=False)


def _page(claims: pl.DataFrame, say: Words) -> Page:
    title = say("Claims")
    held = set(claims["verdict"])
    sections = [
        _group(claims.filter(pl.col("verdict") == verdict), verdict, say)
        for verdict in VERDICTS
        if verdict in held
    ]
    return Page(
        path="themes/claims.html",
        nav=NAV,
        title=title,
        finding=_finding(claims, say),
        standfirst=say(
            "Each number that a document prints is compared with every edition held, on its own definition, period and unit. A verdict is about a number, never about its author; other editions, units and concepts are tried before a number is said to stand in no edition held."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), NAV), (title, "")],
        sections=[_overview(claims, say), *_documents(claims, say), *sections],
        explains_tail=False,
    )


def _finding(claims: pl.DataFrame, say: Words) -> str:
    held = claims["best_value"].is_not_null().sum()
    open_still = claims.filter(pl.col("verdict") == "not_checkable").height
    return say(
        "{count} printed numbers: {held} are held against figures, {own} are judged from the document alone, {other} cannot be checked here",
        count=claims.height,
        held=held,
        own=claims.height - held - open_still,
        other=open_still,
    )


def _overview(claims: pl.DataFrame, say: Words) -> Section:
    counts = dict(claims["verdict"].value_counts().iter_rows())
    rows = [
        [link(say(name), f"#{_anchor(verdict)}"), words(say(meaning)), words(say.number(counts[verdict]))]
        for verdict, (name, meaning) in VERDICTS.items()
        if verdict in counts
    ]
    heading = say("What the check says")
    table = plain_table(heading, [say("Verdict"), say("What it means"), say("Claims")], rows, numeric={2})
    source = say("Table checked_claims of this release.")
    rule = link(say("How claims are checked"), "../methods/claims.html")
    body = Html(table + tag("p", rule))
    return Section(
        say("Verdicts"), [Figure("verdicts", heading, "", body, source, rows=claims, shows_table=False)]
    )


def _documents(claims: pl.DataFrame, say: Words) -> list[Section]:
    """What the ids of documents stand for: title, publisher, date; only where the claims name documents."""
    known = {row["document"]: row for row in read_codelist("claim_documents").iter_rows(named=True)}
    ids = [i for i in known if i in _named_documents(claims)]
    if not ids:
        return []
    heading = say("Where the numbers are printed")
    rows = [
        [
            words(i),
            with_note(str(known[i][f"title_{say.lang}"]), str(known[i][f"kind_{say.lang}"])),
            words(str(known[i][f"publisher_{say.lang}"])),
            words(say.date(known[i]["date"]) if known[i]["date"] else say(known[i]["date_note"])),
        ]
        for i in ids
    ]
    source = say("Titles and dates as far as the documents print them.")
    head = [say("Document"), say("Title"), say("Publisher"), say("Date of the document")]
    table = plain_table(heading, head, rows, ids=[_document_anchor(i) for i in ids])
    return [Section(say("Documents"), [Figure("documents", heading, "", table, source, shows_table=False)])]


def _named_documents(claims: pl.DataFrame) -> set[str]:
    if "document" not in claims.columns:
        return set()
    return {i for text in claims["document"].drop_nulls() for i in _documents_of(text)}


def _documents_of(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _document_anchor(document: str) -> str:
    return f"document-{document}"


def _anchor(verdict: str) -> str:
    return "verdict-" + verdict.replace("_", "-")


def _group(claims: pl.DataFrame, verdict: str, say: Words) -> Section:
    name, meaning = VERDICTS[verdict]
    ordered = claims.sort("id")
    rows = [_row(row, say) for row in ordered.iter_rows(named=True)]
    head = [say("Claim"), say("Printed"), say("Best figure held"), say("Why")]
    table = plain_table(
        say(name),
        head,
        rows,
        numeric={1, 2},
        ids=[_claim_anchor(str(i)) for i in ordered["id"]],
        class_="claims",
    )
    heading = say.count("{count} claim", "{count} claims", claims.height)
    return Section(
        say(name),
        [Figure(f"claims-{verdict.replace('_', '-')}", heading, "", table, "", shows_table=False)],
        lead=say(meaning),
        id=_anchor(verdict),
    )


def _claim_anchor(claim: str) -> str:
    return f"claim-{claim}"


def _row(row: dict[str, Any], say: Words) -> list[Html]:
    return [_claim(row, say), _printed(row, say), _best(row, say), _why(row, say)]


def _claim(row: dict[str, Any], say: Words) -> Html:
    about = say(row["subject"]) if row.get("subject") else indicator_name(str(row["indicator"]), say)
    cited = say("cites {source}", source=row["cited_source"]) if row.get("cited_source") else ""
    notes = ", ".join(part for part in (_place(str(row["area"] or ""), say), row["year"], cited) if part)
    printed_in = [link(i, f"#{_document_anchor(i)}") for i in _documents_of(str(row.get("document") or ""))]
    return Html(
        link(str(row["id"]), f"#{_claim_anchor(str(row['id']))}")
        + " "
        + words(about)
        + tag("small", Html(", ".join([*([words(notes)] if notes else []), *printed_in])))
    )


def indicator_name(indicator: str, say: Words) -> str:
    """The name of an indicator in the list, or its id in words."""
    names = {row["id"]: row[f"name_{say.lang}"] for row in read_codelist("indicators").iter_rows(named=True)}
    return str(names.get(indicator) or indicator.replace("_", " "))


def _place(area: str, say: Words) -> str:
    """An area, a corridor or several areas by name; nothing for what no list knows, the subject tells it."""
    ends = [[code.strip() for code in end.split("/")] for end in area.split(">")]
    if not all(is_known_place(code) for codes in ends for code in codes):
        return ""
    return " → ".join(", ".join(area_name(code, say.lang) for code in codes) for codes in ends)


def is_known_place(code: str) -> bool:
    """Whether a code is an area or a region that guzar has a name for."""
    return code in regions() or code in set(areas()["code"])


def _printed(row: dict[str, Any], say: Words) -> Html:
    value, unit = str(row["value"] or ""), str(row["unit"] or "")
    # “Nearly half” is a share in words and takes no per cent sign.
    written = say(value) if value.isalpha() else _in_unit(_number(value, unit, say), unit, say)
    qualified = (
        say(QUALIFIERS[row["qualifier"]], value=written) if row["qualifier"] in QUALIFIERS else written
    )
    return tag("span", words(qualified))


def _number(text: str, unit: str, say: Words) -> str:
    """The printed number as the language writes it; years and dates carry no thousands mark."""
    try:
        return text if unit in UNMARKED else say.number(float(text))
    except ValueError:
        return say(text) if any(letter.isalpha() for letter in text) else text.replace("-", "–")


def _in_unit(number: str, unit: str, say: Words) -> str:
    """A number with its unit: before it, after it, or, for dates and years, none."""
    if unit in UNMARKED:
        return say(number)
    if unit == "percent":
        return f"{number}%" if say.lang == "en" else f"{number} %"
    if unit in AROUND:
        return say(AROUND[unit], number=number)
    counted = say.count(f"{{count}} {unit}", f"{{count}} {unit}", int(number)) if number.isdigit() else ""
    if counted and (say.lang == "en" or counted != f"{number} {unit}"):
        return counted
    return say.say("{number} {unit}", number=number, unit=unit_words(unit, say))


def _best(row: dict[str, Any], say: Words) -> Html:
    if row["best_value"] is None:
        return words("··")
    value = float(row["best_value"])
    unit = str(row["best_unit"])
    shown = (
        numbers.dollars(value, say.lang)
        if unit == "usd"
        else _in_unit(say.number(value, 2 if unit == "percent" else 0), unit, say)
    )
    source = sources().get(str(row["best_source"]))
    name = (source.name_ru if say.lang == "ru" else source.name_en) if source else str(row["best_source"])
    return with_note(
        shown, f"{name}, {edition_label(str(row['best_source']), str(row['best_edition']), say.lang)}"
    )


def _why(row: dict[str, Any], say: Words) -> Html:
    """Why the verdict is what it is, and a link to the other claim of a pair."""
    shown = tag("span", words(str(row.get("explanation") or "")))
    other = row.get("other_claim")
    return (
        Html(shown + " " + link(say("Claim {id}", id=other), f"#{_claim_anchor(str(other))}"))
        if other
        else shown
    )
