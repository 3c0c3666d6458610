"""Every page of the site, on a made-up release and on the shipped figures: whole, bilingual, linked, self-contained."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.use.observatory.sites import MADE_UP_MODELLED, MODELLED, MakePages, made_up_release, pages_of

from guzar.define.areas import THE_TWELVE
from guzar.languages import catalogue
from guzar.use.observatory.content import Page as Made
from guzar.use.observatory.figures.doubts import doubt_note
from guzar.use.observatory.published import Published, to_value
from guzar.use.observatory.site import LANGUAGES, write_site
from guzar.use.observatory.words import Words

VOID = {"meta", "link", "br", "img", "input", "hr", "source", "wbr"}


class Page(HTMLParser):
    """Tags with attributes, and the text that a reader sees, by element."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.tags, self.texts, self._open = path, [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.append((tag, held))
        if tag not in VOID:
            self._open.append((tag, held))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(
                (tuple(name for name, _ in self._open), [a for _, a in self._open], data.strip())
            )

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]

    def text_in(self, *names: str) -> Iterator[str]:
        """Texts inside any of these elements."""
        return (text for path, _, text in self.texts if set(names) & set(path))


@pytest.fixture(scope="module")
def made_up_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the made-up release."""
    out = tmp_path_factory.mktemp("made-up")
    write_site(made_up_release(), out)
    return out


@pytest.fixture(scope="module", params=["made_up_site", "shipped_site"])
def site(request: pytest.FixtureRequest) -> Path:
    """A whole site."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def pages(site: Path) -> list[Page]:
    """Its pages, parsed once."""
    parsed = [Page(path) for path in pages_of(site)]
    assert len(parsed) > 20  # every test below asks something of each page
    return parsed


def test_both_languages_have_the_same_pages(site: Path) -> None:
    """A reader who changes the language stays on the page."""
    english, russian = (
        {p.relative_to(site / lang).as_posix() for p in pages_of(site / lang)} for lang in LANGUAGES
    )
    assert english == russian
    assert {
        "index.html",
        "revisions.html",
        "data/index.html",
        "methods/index.html",
        "themes/index.html",
    } <= english


def test_every_theme_is_there_where_its_figures_are(shipped_pages: MakePages) -> None:
    """The themes of the shipped figures."""
    paths = {page.path for page in shipped_pages("en")}
    assert {
        f"themes/{name}.html"
        for name in ("remittances", "prices", "women", "refugees", "regions", "treaties", "claims")
    } <= paths


def test_links_lead_somewhere(site: Path, pages: list[Page]) -> None:
    """Every internal link and anchor resolves; nothing outside is loaded."""
    ids = {page.path: set(page.ids) for page in pages}
    broken = []
    for page in pages:
        for tag, attrs in page.tags:
            target = attrs.get("href") or attrs.get("src") or ""
            if target.startswith(("http:", "https:", "//")):
                assert tag == "a", f"{page.path.name} loads {target}"
            elif target and not target.startswith("data:"):
                place, _, anchor = unquote(target).partition("#")
                file = (page.path.parent / place).resolve() if place else page.path
                missing = not file.exists() or (anchor and file.suffix == ".html" and anchor not in ids[file])
                broken += [f"{page.path.relative_to(site)} → {target}"] if missing else []
    assert not broken, "\n".join(sorted(set(broken))[:20])


def test_ids_are_unique_and_labels_point_at_them(site: Path, pages: list[Page]) -> None:
    """Two figures with one id would share a permalink."""
    for page in pages:
        twice = [name for name, count in Counter(page.ids).items() if count > 1]
        assert not twice, f"{page.path.relative_to(site)}: {twice[:5]}"
        named = {name for _, attrs in page.tags for name in attrs.get("aria-labelledby", "").split()}
        assert named <= set(page.ids), page.path


def test_no_script_and_no_style_attribute(pages: list[Page]) -> None:
    """Pages work without JavaScript, and under a strict Content-Security-Policy."""
    for page in pages:
        # A record for search engines is a block of data, which no browser runs.
        kinds = [dict(attrs).get("type") for tag, attrs in page.tags if tag == "script"]
        assert set(kinds) <= {"application/ld+json"}
        assert not [
            attrs for _, attrs in page.tags if "style" in attrs or any(n.startswith("on") for n in attrs)
        ]


def test_nothing_english_is_left_on_russian_pages(site: Path, pages: list[Page]) -> None:
    """No text that has a Russian translation stands on a Russian page in English."""
    known = catalogue("ru")._catalog  # type: ignore[attr-defined]
    english = {
        key.strip()
        for key, value in known.items()
        if isinstance(key, str)
        and value != key
        and "{" not in key
        and re.search(r"[A-Za-z]{2}", key)
        and not re.search("[А-Яа-я]", key)
    }
    left = {
        (page.path.relative_to(site).as_posix(), text)
        for page in pages
        if page.path.relative_to(site).parts[0] == "ru"
        for _, attributes, text in page.texts
        if text in english and (attributes[-1].get("lang") or "ru") == "ru"
    }
    assert not left, sorted(left)[:10]


def test_russian_sentences_are_russian(site: Path, pages: list[Page]) -> None:
    """Headings and paragraphs of Russian pages hold Cyrillic letters wherever they hold words."""
    for page in pages:
        if page.path.relative_to(site).parts[0] == "ru":
            for text in page.text_in("h1", "h2", "h3", "p"):
                words = re.findall(r"[A-Za-z]{3,}", text)
                assert len(words) < 4 or re.search("[А-Яа-я]", text), f"{page.path.relative_to(site)}: {text}"


@pytest.mark.parametrize("released", ["made up", "shipped"])
def test_every_figure_names_its_source_and_offers_its_rows(
    released: str, request: pytest.FixtureRequest
) -> None:
    """A figure with rows has a source or a table that names one, its rows have editions."""
    make: MakePages = request.getfixturevalue("made_up_pages" if released == "made up" else "shipped_pages")
    for page in make("en"):
        assert len({figure.id for figure in page.figures}) == len(page.figures), page.path
        for figure in page.figures_with_rows:
            assert figure.source.strip(" ."), f"{page.path}#{figure.id}"
            assert figure.rows is not None
            assert figure.rows.height, f"{page.path}#{figure.id}"
            assert figure.rows["edition"].null_count() == 0


def test_rows_of_every_figure_are_beside_it(site: Path, pages: list[Page]) -> None:
    """The link CSV leads to a file with a head and rows, and the table opens on the page itself."""
    files = {
        (page.path.parent / attrs["href"]).resolve()
        for page in pages
        for _, attrs in page.tags
        if attrs.get("href", "").endswith(".csv") and "figures/" in attrs["href"]
    }
    assert len(files) > 20
    assert [f.name for f in files if f.read_text(encoding="utf-8-sig").count("\n") < 2] == []


def test_modelled_values_never_lead(made_up_site: Path) -> None:
    """A number that stands only in modelled cells is in no heading, key number, arc or list of largest pairs."""
    forms = {"en": ("987", "988 million"), "ru": ("987", "988 млн")}
    seen = 0
    for path in pages_of(made_up_site):
        page = Page(path)
        lang = path.relative_to(made_up_site).parts[0]
        text = path.read_text(encoding="utf-8")
        seen += "987" in text
        leading = [
            *page.text_in("h1", "h2", "h3"),
            *(
                t
                for _, attrs, t in page.texts
                if any("key-value" in a.get("class", "") or "pairs" in a.get("class", "") for a in attrs)
            ),
        ]
        for form in forms.get(lang, ()):
            assert not [t for t in leading if form in t], f"{path.relative_to(made_up_site)}: {form}"
    assert seen, f"{MADE_UP_MODELLED} should stand in some table, boxed"


def test_modelled_numbers_are_boxed(made_up_site: Path) -> None:
    """Wherever a modelled value is written in a table, it stands in its hatched box."""
    corridor = (made_up_site / "en" / "corridors" / "RUS-KGZ.html").read_text(encoding="utf-8")
    boxed = re.findall(r'class="modelled">.*?987,654,321', corridor)
    assert len(boxed) == corridor.count(">987,654,321<")
    assert boxed


def test_revisions_are_found_by_one_rule(shipped_pages: MakePages) -> None:
    """The share of Uzbekistan for 2022 and the net migration of Kyrgyzstan in 2020 stand on the page of revisions."""
    page = next(p for p in shipped_pages("en") if p.path == "revisions.html")
    bodies = " ".join(str(figure.body) for figure in page.figures)
    assert re.search(r"Uzbekistan, 2022</th>.*?20\.63%.*?17\.22%", bodies)
    assert re.search(r"Kyrgyzstan, 2020</th>.*?−14,307.*?\+54,704", bodies)


def test_a_zero_of_one_sender_stands_beside_the_reported_total(shipped_pages: MakePages) -> None:
    """2,801 million in the matrix, boxed, beside 7,610 million reported for Uzbekistan in 2018."""
    page = next(p for p in shipped_pages("en") if p.path == "themes/remittances.html")
    body = str(next(figure.body for figure in page.figures if figure.id == "one-sender"))
    assert re.search(r"Uzbekistan, 2018</th>.*?class=\"modelled\".*?2,801.*?7,610", body)


def test_release_files_lie_beside_the_pages(shipped_site: Path) -> None:
    """Downloads work without a network."""
    assert (shipped_site / "data" / "latest" / "release.json").is_file()
    assert "../../data/latest/structure.xml" in (shipped_site / "en" / "data" / "index.html").read_text(
        encoding="utf-8"
    )


def test_pages_are_light(site: Path, pages: list[Page]) -> None:
    """A first view, fonts and styles included, is at most 150 kB compressed."""
    import gzip

    assets = site / "assets"
    shared = len(gzip.compress((assets / "style.css").read_bytes())) + len(
        gzip.compress((assets / "fonts" / "fonts.css").read_bytes())
    )
    shared += len(gzip.compress((assets / "signs" / "signs.css").read_bytes()))
    fonts = sum(file.stat().st_size for file in (assets / "fonts").glob("*.woff2"))
    heaviest = max(pages, key=lambda page: len(gzip.compress(page.path.read_bytes())))
    weight = len(gzip.compress(heaviest.path.read_bytes()))
    assert weight + shared + fonts <= 150_000, (
        f"{heaviest.path.relative_to(site)}: {weight} + {shared} + {fonts}"
    )


def _page(pages: list[Made], path: str) -> Made:
    return next(page for page in pages if page.path == path)


def test_the_start_page_leads_with_printed_totals(shipped: Published, shipped_pages: MakePages) -> None:
    """Headline and first key number are the printed totals of the twelve; the repeated mixes are counted, not summed."""
    page = _page(shipped_pages("en"), "index.html")
    total = shipped.value("migrant_stock", "GUZAR12", sex="_T")
    assert total is not None
    assert total.definition == "guzar_region_hosted"
    assert total.observation_status == "estimated"
    assert page.finding.startswith(str(Words("en").amount(total.value)))
    assert page.key_numbers[0].number in page.finding
    assert f"for {page.key_numbers[1].number} of the twelve" in page.finding


def test_no_total_of_squares_adds_a_modelled_cell(made_up_pages: MakePages) -> None:
    """Kyrgyzstan repeats an older mix in the made-up release: its column and every other row have no total."""
    page = _page(made_up_pages("en"), "index.html")
    body = str(next(figure.body for figure in page.figures if figure.id == "squares"))
    rows = re.findall(r'<th scope="row">([^<]+)</th>.*?<td class="total">([^<]*)</td></tr>', body)
    assert {name for name, total in rows if total != "··"} == {"Kyrgyzstan"}
    foot = re.findall(r'<td class="total">([^<]*)</td>', body[body.index("<tfoot>") :])
    assert foot.count("··") == 1
    assert len(foot) == 12


def test_the_map_names_edition_and_reference_year(shipped_pages: MakePages) -> None:
    """An edition of 2020 shown for an older year says both."""
    figure = next(figure for figure in _page(shipped_pages("en"), "index.html").figures if figure.id == "map")
    assert figure.rows is not None
    assert MODELLED not in figure.rows["observation_status"].to_list()
    assert f"2020 revision; reference year {figure.rows['year'].max()}" in figure.source


def test_corridors_say_figure_and_count_apart(shipped_pages: MakePages) -> None:
    """The year of a figure is not the year of a count, and an unknown count is said to be unknown."""
    found = [
        page.finding
        for page in shipped_pages("en")
        if re.fullmatch(r"corridors/\w{3}-\w{3}\.html", page.path)
    ]
    headed = [finding for finding in found if "figure for" in finding]
    assert headed
    assert all(
        "last counted in" in finding or "when last counted is not known" in finding for finding in headed
    )
    assert not [finding for finding in found if "looked at for" in finding]


def test_shares_of_women_are_ranked_in_one_year_without_regions(shipped_pages: MakePages) -> None:
    """A bar chart holds one period and countries only; the headline names its year."""
    page = _page(shipped_pages("en"), "themes/women.html")
    for figure in page.figures:
        if figure.id in ("left", "came"):
            assert figure.rows is not None
            assert figure.rows["period"].n_unique() == 1
            assert set(figure.rows["area"]) <= set(THE_TWELVE)
            assert str(figure.rows["period"][0]) in figure.heading
    assert re.match(r"In \d{4}, ", page.finding)


def test_repeated_mixes_stand_after_the_others(shipped_pages: MakePages) -> None:
    """In a table of destinations the hatched cells come last before unknown ones, by name."""
    body = str(
        next(
            f.body
            for f in _page(shipped_pages("en"), "areas/BLR.html").figures
            if f.id == "destination-table"
        )
    )
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', body)
    hatched = [i for i, (_, cells) in enumerate(rows) if 'class="modelled"' in cells]
    assert hatched == list(range(hatched[0], hatched[0] + len(hatched)))
    names = [rows[i][0] for i in hatched]
    assert len(names) > 2
    assert names == sorted(names)


@pytest.mark.parametrize(("area", "noted"), [("BLR", True), ("ARM", False)])
def test_a_doubted_value_carries_its_doubt(shipped: Published, area: str, noted: bool) -> None:
    """The price of sending to Belarus in 2017 is questioned; that of Armenia is not."""
    rows = shipped.rows("remittance_cost_to_percent", area=area, year=2017, source="sdg")
    assert rows.height
    note = doubt_note(shipped, rows, Words("ru"))
    assert ("Беларусь, 2017: 18,3" in note) is noted
    assert bool(note) is noted


def test_doubts_in_russian_name_places_and_write_decimal_commas(shipped_pages: MakePages) -> None:
    """No code stands where a name belongs, no point where a comma does."""
    body = str(next(f.body for f in _page(shipped_pages("ru"), "revisions.html").figures if f.id == "doubts"))
    assert "Страны: Беларусь, Бенин;" in body
    assert "Беларусь 18,3" in body
    assert "BLR" not in body
    assert "По Беларусь" not in body


def test_an_evidence_tail_counts_what_is_not_known() -> None:
    """Two countries counted, one unknown: the tail says all three."""
    rows = made_up_release().rows("migrant_stock", definition="un_stock_by_origin", area="ARM", year=2015)
    known = to_value(rows.row(0, named=True))
    tail = str(Words("en").tail(known, known, replace(known, last_observed=None)))
    assert "and 1 not known" in tail
    assert "not known" not in str(Words("en").tail(known))
