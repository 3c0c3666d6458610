"""The page of claims: documents by title, indicators and places by name, years as years, verdicts explained."""

import re

import pytest

from guzar import journey
from guzar.define.codelist import read_codelist
from guzar.reference import shipped_claims
from guzar.use.observatory.content import Page
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.pages import claims
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

LANGUAGES: tuple[Language, ...] = ("en", "ru")


@pytest.fixture(scope="module")
def published() -> Published:
    """The shipped claims, checked against the shipped figures, as a release holds them."""
    return Published(
        "made-up",
        "2026-01-02",
        journey.load_observations(None).clear(),
        {"checked_claims": journey.check_shipped_claims(None)},
    )


def _page(published: Published, lang: Language) -> Page:
    [page] = claims.make_pages(published, Words(lang))
    return page


def _text(page: Page) -> str:
    html = " ".join(figure.body for figure in page.figures)
    return re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ")


def test_every_document_has_title_publisher_and_date_in_both_languages() -> None:
    """A claim names its document by an id; the id leads to what a reader can look for."""
    known = {row["document"]: row for row in read_codelist("claim_documents").iter_rows(named=True)}
    named = {i.strip() for text in shipped_claims()["document"].drop_nulls() for i in text.split(",")}
    assert named == set(known)
    for row in known.values():
        assert all(row[f"{part}_{lang}"] for part in ("kind", "title", "publisher") for lang in LANGUAGES), (
            row
        )
        assert row["date"] or row["date_note"], row


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_names_the_documents(published: Published, lang: Language) -> None:
    """Title and publisher stand on the page, and every id is a link to them."""
    page = _page(published, lang)
    html = "".join(figure.body for figure in page.figures)
    for row in read_codelist("claim_documents").iter_rows(named=True):
        assert row[f"title_{lang}"].split("“")[0].split("«")[0].strip() in _text(page)
        assert f'id="document-{row["document"]}"' in html
        assert f'href="#document-{row["document"]}"' in html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_code_stands_where_a_name_belongs(published: Published, lang: Language) -> None:
    """No id of an indicator, no list of country codes; what the document wrote is quoted."""
    unquoted = re.sub(r"[“«][^”»]*[”»]", "", _text(_page(published, lang)))
    assert not re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", unquoted)
    assert not re.findall(r"\b(?:KAZ|KGZ|TJK|TKM|UZB|RUS)\b", unquoted)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_years_ranks_and_dates_are_not_counted(published: Published, lang: Language) -> None:
    """2021 is a year and not 2,021 years; a rank stands before or after its number as the language has it."""
    text = _text(_page(published, lang))
    assert not re.findall(r"\b2[,\u202f]02\d\b", text)
    assert "2 rank" not in text
    assert "Jan 2020 date" not in text
    assert ("rank 2" if lang == "en" else "2-е место") in text


def test_russian_counts_what_the_document_counts(published: Published) -> None:
    """73 соглашения, 18 документов: the noun follows the number."""
    text = _text(_page(published, "ru"))
    for written in ("73 соглашения", "18 документов", "5 государств", "11 стран", "7 отделений"):
        assert written in text


def test_the_heading_counts_what_it_says(published: Published) -> None:
    """Only claims beside a figure are held against figures."""
    checked = published.tables["checked_claims"]
    with_figure = checked["best_value"].is_not_null().sum()
    open_still = (checked["verdict"] == "not_checkable").sum()
    numbers = [int(n) for n in re.findall(r"\d+", _page(published, "en").finding)]
    assert numbers == [checked.height, with_figure, checked.height - with_figure - open_still, open_still]


def test_every_verdict_is_explained_and_linked(published: Published) -> None:
    """The overview leads to the group of each verdict, and the group opens with what the verdict means."""
    page = _page(published, "en")
    overview = page.figures[0].body
    for verdict in set(published.tables["checked_claims"]["verdict"]):
        anchor = f"verdict-{verdict.replace('_', '-')}"
        [section] = [section for section in page.sections if section.id == anchor]
        assert f'href="#{anchor}"' in overview
        assert section.lead == claims.VERDICTS[verdict][1]
    assert "../methods/claims.html" in overview
