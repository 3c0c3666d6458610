"""The report as a page: every fact in both languages, safe markup, and a finding that does not promise too much."""

import copy
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from lxml import etree, html

from guzar.languages import catalogue
from guzar.protect import report_words
from guzar.protect.release_blurred import NoiseRules, perturb_counts, round_counts
from guzar.protect.release_counts import suppress_small_cells
from guzar.protect.released_cells import read_release
from guzar.protect.report import WIDTHS, Report
from guzar.protect.report_page import write_report_page
from guzar.protect.report_sections import MOST_ROWS
from guzar.protect.rules import CountRules

LANGUAGES = ("en", "ru")
MADE = {"release": "made-up-1", "date": "2 January 2026", "who": "A. Officer", "input": "counts.csv 0f1e2d"}
BROKEN = "<script>alert(1)</script>"
CLASSES = [*WIDTHS, None]

FACTS: dict[str, Any] = {
    "method": "suppress",
    "rules": {
        "minimum": 5,
        "zeros": True,
        "full_cells": True,
        "sensitive": True,
        "insiders": True,
        "protection": 5.0,
        "a_later_rule": 7,
    },
    "unit": "persons",
    "lone_persons": 61,
    "tables": [{"name": "region by age", "dimensions": ["region", "age"], "cells": 4321}],
    "hidden": {
        "too_few_persons": 31,
        "nobody": 32,
        "all_of_a_total": 33,
        "contributors": 0,
        "changed_little": 35,
        "hidden_earlier": 36,
        "to_protect_others": 37,
    },
    "limited_by_earlier_releases": 41,
    "public_already": 42,
    "cost": {
        "cells": 4321,
        "cells_hidden": 204,
        "share_of_cells": 0.047,
        "inner_cells_hidden": 151,
        "margins_hidden": 53,
        "share_of_amount_in_hidden_inner_cells": 0.0123,
    },
    "attack": {
        "cells_attacked": 204,
        "known_exactly": 0,
        "tighter_than_protection": 0,
        "narrowest": 6.0,
        "median": 18.5,
        "without_upper_bound": 71,
        "widths": [
            {"from": low, "below": high, "cells": 80 + place}
            for place, (low, high) in enumerate(pairwise(CLASSES))
        ],
        "linear_programmes": 2345,
    },
    "naive": {"cells_hidden": 131, "tighter_than_protection": 117, "known_exactly": 59},
}
AMOUNTS = {"dominance": [2, 75.0], "p_percent": 10.0, "few_contributors": 3, "protection": 0.1}
NOISE = {
    "greatest": 5,
    "variance": 3.0,
    "never_up_to": 2,
    "cells_moved": 33,
    "mean": -0.0417,
    "variance_seen": 2.9,
}


def hidden_cells(count: int = 3, code: str = "B1") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "region": [code] * count,
            "age": ["_T"] * count,
            "hidden_because": ["too_few_persons"] * count,
            "lower": [float(place) for place in range(count)],
            "upper": [None, *[float(2 * place + 9) for place in range(1, count)]],
            "table": ["region by age"] * count,
        }
    )


def facts_with(**changed: Any) -> dict[str, Any]:
    facts = copy.deepcopy(FACTS)
    for name, value in changed.items():
        facts[name] = {**facts[name], **value} if isinstance(value, Mapping) else value
    return facts


def page_of(
    facts: Mapping[str, Any], language: str = "en", cells: pl.DataFrame | None = None
) -> html.HtmlElement:
    report = Report(facts, hidden_cells() if cells is None else cells)
    return html.document_fromstring(write_report_page(report, language=language, made=MADE))


def words_of(page: html.HtmlElement) -> str:
    return re.sub(r"[ \n\u00a0]+", " ", " ".join(page.xpath("//body//text()")))


def finding(facts: Mapping[str, Any], language: str = "en") -> str:
    return str(page_of(facts, language).findtext(".//h1")).replace("\u00a0", " ")


def amount_facts() -> dict[str, Any]:
    facts = facts_with(unit="usd", hidden={"contributors": 9})
    return {**facts, "rules": AMOUNTS}


def blurred_facts() -> list[dict[str, Any]]:
    attack = {"cells_attacked": 90, "known_exactly": 0, "narrowest": 3.0, "median": 7.0}
    common = {"tables": FACTS["tables"], "attack": attack, "unit": "persons"}
    return [
        {"method": "perturb", "noise": NOISE, **common},
        {"method": "round", "base": 3, "gone_further": 1, **common},
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_stands_on_the_page(language: str) -> None:
    """What the officer is not told may as well not have been found out."""
    text = words_of(page_of(FACTS, language))
    for thousands, whole in (
        ("4,321", "4321"),
        ("2,345", "2345"),
        ("4\u202f321", "4321"),
        ("2\u202f345", "2345"),
    ):
        text = text.replace(thousands, whole)
    text = text.replace(",", ".")
    numbers = set(re.findall(r"\d+(?:\.\d+)?", text))
    wanted = [*range(31, 34), 35, 36, 37, 41, 42, 61, 71, 204, 151, 53, 131, 117, 59, 4321, 2345, 6]
    wanted += ["4.7", "1.2", "18.5", *range(80, 80 + len(WIDTHS))]
    assert not {str(number) for number in wanted} - numbers
    for told in (*MADE.values(), "region by age", "a_later_rule: 7"):
        assert told.replace(",", ".") in text


LITTLE = {
    "en": ("by fewer than {minimum} up or down, is refused", "Changed little since an earlier release"),
    "ru": ("меньше чем на {minimum} в любую сторону", "Мало изменилась после прежнего выпуска"),
}


@pytest.mark.parametrize(("is_sensitive", "least"), [(False, 5), (True, 10)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rule_of_small_changes_is_named_where_it_hid_a_cell(
    language: str, is_sensitive: bool, least: int
) -> None:
    """After a correction: east rose by thirty and is shown, west by four and is hidden with what holds it."""
    counts = pl.DataFrame({"area": ["east", "west", "west"], "sex": ["F", "F", "M"], "persons": [60, 50, 40]})
    given: dict[str, Any] = {
        "dimensions": ["sex"] if is_sensitive else ["area", "sex"],
        "count": "persons",
        "rules": CountRules(sensitive=is_sensitive),
    }
    first = suppress_small_cells({"t": _summed(counts, given)}, **given)
    [table] = first.tables
    earlier = read_release(table.frame, dimensions=table.dimensions, count="persons")
    more = counts.with_columns(persons=pl.Series([90, 50, 44]))
    later = suppress_small_cells({"t": _summed(more, given)}, **given, earlier=earlier)
    rule, reason = LITTLE[language]
    assert later.report.facts["hidden"]["changed_little"]
    text = words_of(page_of(later.report.facts, language, later.report.hidden_cells))
    assert rule.format(minimum=least) in text
    assert reason in text
    unchanged = words_of(page_of(first.report.facts, language, first.report.hidden_cells))
    assert rule.format(minimum=least) not in unchanged
    assert reason not in unchanged


def _summed(counts: pl.DataFrame, given: Mapping[str, Any]) -> pl.DataFrame:
    """The counts by the dimensions that are given."""
    return counts.group_by(given["dimensions"]).agg(pl.col("persons").sum()).sort(given["dimensions"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_and_complete_in_itself(language: str) -> None:
    """One heading, one language, heads of tables with scope, a drawing with a title, nothing loaded or run."""
    written = write_report_page(Report(FACTS, hidden_cells()), language=language, made=MADE)
    body = written.replace("<!DOCTYPE html>", "")
    body = re.sub(r"<meta ([^>]*)>", r"<meta \1/>", body)
    page = etree.fromstring(body.encode("utf-8"))
    assert page.get("lang") == language
    assert len(page.findall(".//h1")) == 1
    heads = page.findall(".//th")
    assert heads
    assert all(head.get("scope") in ("col", "row") for head in heads)
    assert all(table.findtext("caption") for table in page.iter("table"))
    drawing = page.find(".//{http://www.w3.org/2000/svg}svg")
    assert drawing is not None
    assert drawing.findtext("{http://www.w3.org/2000/svg}title")
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert not re.search(r"<script|<link|<img|@import|url\(|src=|href=", written)


def every_kind() -> list[dict[str, Any]]:
    told = facts_with(attack={"narrowest": 2.0})
    return [
        FACTS,
        amount_facts(),
        *blurred_facts(),
        {**blurred_facts()[0], "attack": {"cells_attacked": 9, "known_exactly": 2}},
        {"method": "perturb"},
        told,
        facts_with(attack={"tighter_than_protection": 2}),
        facts_with(naive={"tighter_than_protection": 0}),
        facts_with(unit="permits", rules={"zeros": False}),
        facts_with(cost={"cells_hidden": 0, "share_of_cells": 0.0001}),
        {**FACTS, "rules": {}},
    ]


@pytest.mark.parametrize("facts", every_kind())
def test_no_text_of_a_page_is_without_translation(
    facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted phrases and words from tables as well, which no search of the source finds."""
    known = catalogue("ru")._catalog  # type: ignore[attr-defined]
    asked: set[str] = set()

    def translate(text: str, language: str) -> str:
        asked.add(text)
        return str(known.get(text, text))

    def translate_count(one: str, many: str, count: int, language: str) -> str:
        asked.add(one)
        return one

    monkeypatch.setattr(report_words, "translate", translate)
    monkeypatch.setattr(report_words, "translate_count", translate_count)
    cells = pl.concat([hidden_cells(), hidden_cells(1).with_columns(lower=None)], how="vertical_relaxed")
    write_report_page(Report(facts, pl.concat([cells] * 80)), language="ru", made=MADE)
    assert len(asked) > 10
    assert not {text for text in asked if text not in known and (text, 0) not in known}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("facts", [{}, {"method": "suppress"}, *blurred_facts()])
def test_a_page_does_without_facts(facts: dict[str, Any], language: str) -> None:
    """Other methods have other facts: what is missing is left out, and the page still has its finding."""
    written = write_report_page(Report(facts, pl.DataFrame()), language=language, made={})
    page = html.document_fromstring(written)
    assert page.findtext(".//h1")
    assert "None" not in words_of(page)


@pytest.mark.parametrize("name", sorted(FACTS))
def test_any_one_fact_may_be_missing(name: str) -> None:
    """A report of an older or newer guzar can be read."""
    assert page_of({key: value for key, value in FACTS.items() if key != name}).findtext(".//h1")


def test_the_finding_says_what_holds() -> None:
    """Safe only where it is safe: too close, earlier releases and rules for amounts each have their own words."""
    assert finding(FACTS) == (
        "204 of 4,321 cells are hidden; no hidden cell can be derived more closely than 5 persons"
    )
    one = facts_with(cost={"cells_hidden": 1}, attack={"tighter_than_protection": 1})
    assert finding(one) == "1 of 4,321 cells is hidden; 1 hidden cell can be derived too closely"
    told = finding(facts_with(attack={"narrowest": 2.0}))
    assert "earlier releases already tell" in told
    assert "5 persons" not in told
    assert "than its rule allows" in finding(amount_facts())
    assert (
        finding(facts_with(cost={"cells_hidden": 0}, attack={"cells_attacked": 0}))
        == "None of 4,321 cells is hidden"
    )


@pytest.mark.parametrize(
    ("hidden", "protection", "words"),
    [
        (21, 1, ("Скрыта 21 ячейка из", "в пределах 1 человека")),
        (22, 2, ("Скрыты 22 ячейки из", "в пределах 2 человек")),
        (25, 5, ("Скрыто 25 ячеек из", "в пределах 5 человек")),
    ],
)
def test_the_finding_counts_in_russian(hidden: int, protection: int, words: tuple[str, str]) -> None:
    """Three forms of the verb, and the genitive of persons."""
    said = finding(facts_with(cost={"cells_hidden": hidden}, rules={"protection": float(protection)}), "ru")
    assert all(part in said for part in words)


def test_numbers_are_written_as_the_language_does() -> None:
    """1.2% and 4,321 in English; 1,2 % and 4 321 with no-break spaces in Russian."""
    english, russian = (page_of(FACTS, language).text_content() for language in LANGUAGES)
    assert "1.2%" in english
    assert "4,321" in english
    assert "1,2\u00a0%" in russian
    assert "4\u202f321" in russian
    assert "under 0.1%" in page_of(facts_with(cost={"share_of_cells": 0.0001})).text_content()


def test_rules_are_told_as_they_work() -> None:
    """The minimum of a sensitive class is ten, whatever was declared; shares stand as they were given."""
    counts = words_of(page_of(FACTS))
    assert "A count below 10 is refused." in counts
    assert "A count below 5 is refused." not in counts
    amounts = words_of(page_of(amount_facts()))
    assert "(2 at most) make more than 75% of it" in amounts
    assert "estimate the largest to within 10%" in amounts
    assert "fewer contributors than 3" in amounts


def test_hostile_codes_are_shown_as_text() -> None:
    """A region code is data of the holder, whatever it looks like."""
    written = write_report_page(
        Report(
            facts_with(tables=[{"name": BROKEN, "dimensions": [BROKEN], "cells": 1}]), hidden_cells(2, BROKEN)
        ),
        language="en",
        made=dict.fromkeys(MADE, BROKEN),
    )
    assert "<script" not in written
    assert written.count("&lt;script&gt;") >= 6


def test_a_long_list_is_cut_to_the_narrowest_intervals() -> None:
    """The most exposed cells are shown, and how many more stand elsewhere."""
    page = page_of(FACTS, cells=hidden_cells(MOST_ROWS + 31))
    rows = page.xpath("//table[starts-with(caption, 'Hidden cells of')]/tbody/tr")
    intervals = [str(row[-1].text) for row in rows]
    assert len(intervals) == MOST_ROWS
    assert "between 1 and 11" in intervals
    assert not [each for each in intervals if "upper" in each]
    assert "31 more stand in the JSON report" in words_of(page)


def test_linked_tables_are_listed_apart() -> None:
    """Each with its own dimensions; a cell without upper bound says so in words; the total code is explained."""
    other = pl.DataFrame(
        {
            "sex": ["F"],
            "hidden_because": ["to_protect_others"],
            "lower": [1.0],
            "upper": [8.0],
            "table": ["by sex"],
        }
    )
    page = page_of(FACTS, cells=pl.concat([hidden_cells(), other], how="diagonal"))
    heads = {each.findtext("caption"): each.xpath("thead/tr/th/text()") for each in page.iter("table")}
    assert heads["Hidden cells of the table by sex"][0] == "sex"
    assert heads["Hidden cells of the table region by age"][:2] == ["region", "age"]
    assert "0 or more, no upper bound" in words_of(page)
    assert "The code _T is the total." in words_of(page)


def test_made_reports_can_be_written() -> None:
    """The facts as the methods make them, not only as this file imagines them."""
    counts = {
        "t": pl.DataFrame({"a": ["x", "x", "y", "y"], "b": ["1", "2", "1", "2"], "persons": [2, 30, 40, 50]})
    }
    common: dict[str, Any] = {"dimensions": ["a", "b"], "count": "persons"}
    hidden = suppress_small_cells(counts, rules=CountRules(), **common).report
    noisy = perturb_counts(counts, noise=NoiseRules(), secret=b"0" * 32, **common).report
    rounded = round_counts(counts, base=5, **common).report
    for language in LANGUAGES:
        pages = [
            words_of(html.document_fromstring(write_report_page(each, language=language, made=MADE)))
            for each in (hidden, noisy, rounded)
        ]
        assert len(set(pages)) == 3
    page = page_of(hidden.facts, cells=hidden.hidden_cells)
    assert str(hidden.facts["cost"]["cells_hidden"]) in words_of(page)
    assert {"a", "b"} <= {head.text for head in page.iter("th")}
    assert "protection" not in {head.text for head in page.iter("th")}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium; skips where it is missing."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield started
        started.close()


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_accessible_narrow_and_printable(browser: Any, language: str) -> None:
    """No violation that axe finds, no sideways scrolling from 320 px, a few sheets of paper."""
    from axe_playwright_python.sync_playwright import Axe

    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.set_content(write_report_page(Report(FACTS, hidden_cells()), language=language, made=MADE))
    for width in (1280, 360, 320):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        if width != 360:
            found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
            assert not [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    sheets = tab.pdf(prefer_css_page_size=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 6
    tab.close()


def test_the_list_of_cells_stands_before_the_chart_and_no_table_repeats_it() -> None:
    page = page_of(FACTS)
    drawings = page.xpath("//*[local-name()='svg']")
    assert len(drawings) == 1
    headings = [" ".join(each.itertext()) for each in page.iter("h2")]
    assert headings.index("The hidden cells") < headings.index("What an attacker could still learn")
    captions = [" ".join(each.itertext()) for each in page.iter("caption")]
    assert not [each for each in captions if each.startswith("Width of the derived intervals")]


def test_small_cells_and_those_that_changed_little_are_told_apart() -> None:
    text = words_of(page_of(facts_with(hidden={"too_few_persons": 7, "changed_little": 5, "nobody": 0})))
    assert "small cells: 7; changed little: 5" in text
    assert "Hidden to protect other cells" in text
    assert "Hidden to protect them" not in text
