"""Claims: what documents print, held against every edition of the figures. Grouped by verdict; one anchor per claim."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from guzar.define.areas import area_name
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
    "agrees": ("Agrees", "The best figure held is the one that the document prints."),
    "agrees_with_edition": (
        "Agrees with an edition",
        "An edition held prints this value; a later one revised it since. The document was right when it was written.",
    ),
    "swapped_with": ("Looks exchanged", "Two values of the same document seem to have changed places."),
    "cited_source_differs": (
        "The cited source differs",
        "The source that the document cites holds another value.",
    ),
    "different_definition": (
        "Another definition",
        "The value fits a series of another unit, concept, scope or direction. Different concepts are not a contradiction.",
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
        "The document contradicts itself; no publisher is needed to see it.",
    ),
    "unit_unclear": ("Unit unclear", "The value can be read in more than one unit."),
    "not_checkable": (
        "Not checkable here",
        "No figure of this release measures this. That says nothing against the claim.",
    ),
}
QUALIFIERS = {
    "about": "about {value}",
    "over": "over {value}",
    "almost": "almost {value}",
    "forecast": "{value} (forecast)",
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
            "Each number that a document prints is compared with every edition held, on its own definition, period and unit. A verdict is about a number, never about its author; editions, units and concepts explain most differences."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), NAV), (title, "")],
        sections=[_overview(claims, say), *sections],
        explains_tail=False,
    )


def _finding(claims: pl.DataFrame, say: Words) -> str:
    checkable = claims.filter(pl.col("verdict") != "not_checkable").height
    return say(
        "{count} printed numbers: {checkable} can be held against figures, {other} cannot yet",
        count=claims.height,
        checkable=checkable,
        other=claims.height - checkable,
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
    return Section(
        say("Verdicts"), [Figure("verdicts", heading, "", table, "", rows=claims, shows_table=False)]
    )


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
    notes = [
        part
        for part in (_place(str(row["area"] or ""), say), row["year"], row.get("document"), cited)
        if part
    ]
    return Html(
        link(str(row["id"]), f"#{_claim_anchor(str(row['id']))}") + " " + with_note(about, ", ".join(notes))
    )


def indicator_name(indicator: str, say: Words) -> str:
    """The name of an indicator in the list, or its id in words."""
    names = {row["id"]: row[f"name_{say.lang}"] for row in read_codelist("indicators").iter_rows(named=True)}
    return str(names.get(indicator) or indicator.replace("_", " "))


def _place(area: str, say: Words) -> str:
    return " → ".join(area_name(end.strip(), say.lang) for end in area.split(">"))


def _printed(row: dict[str, Any], say: Words) -> Html:
    value, unit = str(row["value"] or ""), str(row["unit"] or "")
    # “Nearly half” is a share in words and takes no per cent sign.
    written = say(value) if value.isalpha() else _in_unit(_number(value, say), unit, say)
    qualified = (
        say(QUALIFIERS[row["qualifier"]], value=written) if row["qualifier"] in QUALIFIERS else written
    )
    return tag("span", words(qualified))


def _number(text: str, say: Words) -> str:
    try:
        return say.number(float(text))
    except ValueError:
        return say(text) if any(letter.isalpha() for letter in text) else text.replace("-", "–")


def _in_unit(number: str, unit: str, say: Words) -> str:
    if unit == "percent":
        return f"{number}%" if say.lang == "en" else f"{number} %"
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
