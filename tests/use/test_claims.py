"""Verdicts on claims: the seed documents' own, and the same rules on made-up figures with other numbers."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from guzar import journey
from guzar.define.definitions import definitions
from guzar.define.sources import shipped_sources
from guzar.define.tables.claims import REQUIRED
from guzar.define.tables.figures import Observations
from guzar.reference import shipped_claims
from guzar.use.claims import check_claims
from guzar.use.claims.files import add_verdicts, take_claims
from guzar.use.claims.ranking import source_ranks

COLUMNS = [*REQUIRED, "qualifier", "cited_source", "document"]
SHARE = "remittances_received_percent_gdp"


@pytest.fixture(scope="module")
def seeds() -> dict[str, dict[str, object]]:
    """The verdicts on the shipped claims, by id."""
    checked = journey.judge_claims(shipped_claims(), "claims.csv", None)
    return {str(row["id"]): row for row in checked.to_dicts()}


def _figure(
    indicator: str,
    place: str,
    year: int,
    value: float,
    *,
    edition: str = "2024-04-04",
    unit: str = "percent",
    definition: str = "made_up",
    source: str = "world_bank_as_carried",
    status: str = "estimated",
) -> dict[str, object]:
    counterpart, _, area = place.rpartition(">")
    return {
        "indicator": indicator,
        "area": area,
        "counterpart": counterpart or "_T",
        "sex": "_T",
        "period": str(year),
        "year": year,
        "value": value,
        "unit": unit,
        "definition": definition,
        "source": source,
        "edition": edition,
        "observation_status": status,
        "last_observed": None,
        "missing_mark": None,
    }


def _check(
    claims: Sequence[Sequence[str]], figures: Sequence[dict[str, object]], language: str = "en"
) -> list[dict[str, object]]:
    filled = [dict(zip(COLUMNS, [*claim, *[""] * len(COLUMNS)], strict=False)) for claim in claims]
    table = pl.DataFrame(
        [{k: v or None for k, v in row.items()} for row in filled], schema=dict.fromkeys(COLUMNS, pl.String)
    )
    held = Observations.validate(
        pl.DataFrame(list(figures), schema_overrides={"last_observed": pl.Int32, "missing_mark": pl.String}),
        cast=True,
    )
    return add_verdicts(table, check_claims(take_claims(table, "claims"), held, language=language)).to_dicts()


def _verdicts(claims: Sequence[Sequence[str]], figures: Sequence[dict[str, object]]) -> list[object]:
    return [row["verdict"] for row in _check(claims, figures)]


# The seed documents -----------------------------------------------------------------------------------------------

EXPECTED = {
    "F01": "agrees",
    "F02": "agrees",
    "F03": "contradicted",
    "F04": "agrees_with_edition",
    "F05": "swapped_with",
    "F06": "swapped_with",
    "F07": "contradicted",
    "F08": "contradicted",
    "F10": "forecast_not_outcome",
    "F12": "forecast_not_outcome",
    "F14": "forecast_not_outcome",
    "F17": "different_definition",
    "F18": "cited_source_differs",
    "F20": "different_definition",
    "F21": "forecast_not_outcome",
    "F22": "different_definition",
    "F29": "unit_unclear",
    "F39": "inconsistent",
    "F40": "inconsistent",
    "F46": "inconsistent",
}


@pytest.mark.parametrize(("claim", "verdict"), EXPECTED.items())
def test_the_seed_documents_get_the_verdicts_of_the_contract(
    seeds: dict[str, dict[str, object]], claim: str, verdict: str
) -> None:
    """Each verdict that the contract of the first journey names."""
    assert seeds[claim]["verdict"] == verdict, seeds[claim]["explanation"]


def test_all_48_claims_get_a_verdict_and_a_reason(seeds: dict[str, dict[str, object]]) -> None:
    """No claim is lost, and none is left without an explanation."""
    assert len(seeds) == 48
    assert all(row["explanation"] for row in seeds.values())


def test_the_exchange_says_which_value_no_edition_explains(seeds: dict[str, dict[str, object]]) -> None:
    """20.8 is Uzbekistan's; 29.5 is in no edition; the two years' figures are revised, not falling."""
    said = str(seeds["F05"]["explanation"])
    assert seeds["F05"]["strength"] == seeds["F06"]["strength"] == "half"
    assert (seeds["F05"]["other_claim"], seeds["F06"]["other_claim"]) == ("F06", "F05")
    assert "29.5% is nearer to Kyrgyzstan" in said
    assert "no edition held explains it" in said
    assert "20.63% (25 July 2024) → 17.22% (22 January 2025)" in said
    assert "This is a revision" in said


def test_best_values_come_from_the_edition_cited_else_the_latest(seeds: dict[str, dict[str, object]]) -> None:
    """F18 cites the 2019 revision; F01 and F02 cite nothing and agree with both revisions."""
    assert (seeds["F18"]["best_value"], seeds["F18"]["best_edition"]) == (4_949_476, "2019-08")
    assert seeds["F01"]["best_edition"] == "2020-12"
    assert "17,707,038" in str(seeds["F01"]["explanation"])
    assert "21,064,101" in str(seeds["F02"]["explanation"])
    assert round(float(str(seeds["F03"]["best_value"])), 1) == 53.2
    assert (seeds["F07"]["best_value"], seeds["F08"]["best_value"]) == (43.77, 31.06)
    assert "no edition held" in str(seeds["F07"]["explanation"])


def test_forecasts_stand_beside_the_outcome(seeds: dict[str, dict[str, object]]) -> None:
    """Remittances paid by Russia fell by 39.7 per cent in 2015; a forecast of the year is no claim about it."""
    for claim in ("F10", "F12", "F14"):
        assert round(float(str(seeds[claim]["best_value"])), 1) == -39.7
        assert "39.68%" in str(seeds[claim]["explanation"])


def test_verdicts_do_not_depend_on_the_language() -> None:
    """The explanation is in the reader's language, everything else is not."""
    english, russian = (
        journey.judge_claims(shipped_claims(), "claims.csv", None, language=lang) for lang in ("en", "ru")
    )
    assert english.drop("explanation").equals(russian.drop("explanation"))
    said = dict(russian.select("id", "explanation").iter_rows())
    assert "4 949 476".replace(" ", "\u00a0") in said["F18"]
    assert "Кыргызстан" in said["F05"]
    assert "пересмотр" in said["F05"]


# The rules, on other numbers ----------------------------------------------------------------------------------------

TWO_AREAS = [
    _figure(SHARE, "ARM", 2018, 11.41),
    _figure(SHARE, "ARM", 2018, 12.63, edition="2025-01-22"),
    _figure(SHARE, "GEO", 2018, 34.27),
    _figure(SHARE, "GEO", 2018, 33.18, edition="2025-01-22"),
]


@pytest.mark.parametrize(
    ("printed", "qualifier", "verdict"),
    [
        ("12.6", "", "agrees"),
        ("12.63", "", "agrees"),
        ("12", "", "agrees"),
        ("13", "", "agrees"),
        ("11.4", "", "agrees_with_edition"),
        ("12.5", "", "contradicted"),
        ("12.2", "about", "agrees"),
        ("12.0", "over", "agrees"),
        ("13.0", "almost", "agrees"),
        ("13.0", "over", "contradicted"),
        ("18.4", "", "contradicted"),
        ("18.4", "forecast", "forecast_not_outcome"),
    ],
)
def test_a_claim_agrees_by_its_printed_digits_and_its_qualifier(
    printed: str, qualifier: str, verdict: str
) -> None:
    """One unit of the last printed digit, truncation included; qualifiers widen or turn the rule."""
    other = [
        "B",
        "KAZ",
        SHARE,
        "2018",
        "1",
        "percent",
    ]  # a whole number keeps the column from looking machine-made
    assert (
        _verdicts([["A", "ARM", SHARE, "2018", printed, "percent", qualifier], other], TWO_AREAS)[0]
        == verdict
    )


def test_an_exchange_is_full_where_both_values_then_agree() -> None:
    """Two values on each other's area, both to the printed digit."""
    rows = _check(
        [["A", "ARM", SHARE, "2018", "33.2", "percent"], ["B", "GEO", SHARE, "2018", "12.6", "percent"]],
        TWO_AREAS,
    )
    assert [(r["verdict"], r["strength"], r["other_claim"]) for r in rows] == [
        ("swapped_with", "full", "B"),
        ("swapped_with", "full", "A"),
    ]


def test_two_wrong_values_are_not_an_exchange_where_the_digits_say_nothing() -> None:
    """A value of one digit fits many areas: an exchange that chance explains is not alleged."""
    figures = [
        _figure(SHARE, area, 2018, value)
        for area, value in (("ARM", 11.4), ("GEO", 34.3), ("KGZ", 33.0), ("TJK", 29.0))
    ]
    rows = [["A", "ARM", SHARE, "2018", "30", "percent"], ["B", "GEO", SHARE, "2018", "9", "percent"]]
    assert "swapped_with" not in _verdicts(rows, figures)


def test_a_true_value_is_never_part_of_an_exchange() -> None:
    """The other claim must be wrong as well."""
    rows = [["A", "ARM", SHARE, "2018", "33.2", "percent"], ["B", "GEO", SHARE, "2018", "33.2", "percent"]]
    assert _verdicts(rows, TWO_AREAS) == ["contradicted", "agrees"]


@pytest.mark.parametrize(
    ("cited", "printed", "verdict"),
    [
        ("CIA World Factbook, 4 April 2024", "11.4", "agrees"),
        ("CIA World Factbook, 4 April 2024", "12.6", "cited_source_differs"),
        ("CIA World Factbook, January 2025", "11.4", "cited_source_differs"),
        ("World Bank 2023-2024 outlook", "18.4", "contradicted"),
        ("World Bank, 13 Apr 2015", "18.4", "contradicted"),
        ("World Bank, April 2024", "18.4", "cited_source_differs"),
        ("Всемирный банк, январь 2025", "11.4", "cited_source_differs"),
        ("somebody", "18.4", "contradicted"),
    ],
)
def test_the_edition_cited_decides_where_it_is_held(cited: str, printed: str, verdict: str) -> None:
    """A date that fits a held edition pins it down; a span of years or another date does not."""
    assert _verdicts([["A", "ARM", SHARE, "2018", printed, "percent", "", cited]], TWO_AREAS) == [verdict]


def test_what_a_cited_publisher_counts_is_no_contradiction() -> None:
    """Acts of registration are not persons; one country's outflow is not a region's receipts."""
    stock = [_figure("migrant_stock", "UZB>RUS", 2018, 1_000_000, unit="persons", source="un_migrant_stock")]
    money = [_figure("remittances_received_usd", "KGZ", 2018, 2.7e9, unit="usd", source="world_bank")]
    rows = _check(
        [["A", "UZB>RUS", "migrant_stock", "2018", "2.3 million", "persons", "", "МВД России"]], stock
    )
    rows += _check(
        [["B", "KGZ", "remittances_received_usd", "2018", "2100", "usd_million", "", "Bank of Russia"]], money
    )
    assert [row["verdict"] for row in rows] == ["different_definition"] * 2
    assert "unit counted" in str(rows[0]["explanation"])
    assert "direction" in str(rows[1]["explanation"])


@pytest.mark.parametrize(
    ("place", "printed", "what"),
    [
        ("KGZ", "612,345", "direction"),
        ("RUS>KGZ", "591,025", "direction"),
        ("KGZ>RUS", "612,345", "scope"),
    ],
)
def test_a_value_of_another_series_is_a_different_definition(place: str, printed: str, what: str) -> None:
    """People abroad given as people hosted; a corridor read backwards; a total given for a corridor."""
    figures = [
        _figure("migrant_stock", "KGZ", 2018, 199_011, unit="persons"),
        _figure("migrant_stock", "KGZ>RUS", 2018, 591_025, unit="persons"),
        _figure("migrant_stock", "RUS>KGZ", 2018, 83_000, unit="persons"),
        _figure("emigrant_stock", "KGZ", 2018, 612_345, unit="persons"),
    ]
    row = _check([["A", place, "migrant_stock", "2018", printed, "persons"]], figures)[0]
    assert row["verdict"] == "different_definition"
    assert f"Differs in: {what}." in str(row["explanation"])


def test_two_values_in_one_document_are_inconsistent_unless_the_editions_explain_them() -> None:
    """Both bounds of one thing; but two editions of one figure, or the same number rounded, are no contradiction."""
    bounds = [
        ["A", "MOON", "staff", "2020", "30", "persons", "over", "", "D"],
        ["B", "MOON", "staff", "2020", "35", "persons", "over", "", "D"],
    ]
    assert _verdicts(bounds, TWO_AREAS) == ["inconsistent"] * 2
    editions = [
        ["A", "ARM", SHARE, "2018", "12.6", "percent", "", "", "D"],
        ["B", "ARM", SHARE, "2018", "11.4", "percent", "", "", "D"],
    ]
    assert _verdicts(editions, TWO_AREAS) == ["agrees", "agrees_with_edition"]
    rounded = [
        ["A", "MOON", "staff", "2020", "10 million", "persons"],
        ["B", "MOON", "staff", "2020", "9.98 million", "persons"],
    ]
    assert _verdicts(rounded, TWO_AREAS) == ["not_checkable"] * 2
    elsewhere = [[*bounds[0][:8], "D"], [*bounds[1][:8], "E"]]
    assert _verdicts(elsewhere, TWO_AREAS) == ["not_checkable"] * 2


def test_one_thing_listed_twice_is_inconsistent() -> None:
    """The same line twice in a list; a true figure said twice is no contradiction."""
    twice = [
        ["A", "KAZ", "conventions", "2020", "1", "instruments"],
        ["B", "KAZ", "conventions", "2020", "1", "instruments"],
    ]
    assert _verdicts(twice, TWO_AREAS) == ["inconsistent"] * 2
    true = [["A", "ARM", SHARE, "2018", "12.6", "percent"], ["B", "ARM", SHARE, "2018", "12.6", "percent"]]
    assert _verdicts(true, TWO_AREAS) == ["agrees"] * 2
    assert _verdicts(
        [["A", "KAZ", "conventions", "2020", "12 rows (11 distinct)", "instruments"]], TWO_AREAS
    ) == ["inconsistent"]


@pytest.mark.parametrize(
    ("unit", "verdict"),
    [
        ("persons", "unit_unclear"),
        ("", "unit_unclear"),
        ("per_1000", "unit_unclear"),
        ("percent or share", "unit_unclear"),
        ("% of GDP", "agrees"),
        ("per cent", "agrees"),
        ("процентов", "agrees"),
    ],
)
def test_a_unit_that_the_indicator_cannot_have_is_unclear(unit: str, verdict: str) -> None:
    """Spellings of one unit are one unit; another unit, two units or none are not."""
    assert _verdicts([["A", "ARM", SHARE, "2018", "12.6", unit]], TWO_AREAS) == [verdict]


def test_dollars_and_millions_of_dollars_compare_after_conversion() -> None:
    """2,700 million is 2.7 billion; without the million it is not."""
    held = [_figure("remittances_received_usd", "KGZ", 2018, 2_688_570_122.39, unit="usd")]
    claims = [
        ["A", "KGZ", "remittances_received_usd", "2018", *pair]
        for pair in (
            ("2700", "usd_million"),
            ("2.69 billion", "usd"),
            ("2,69", "млрд долл. США"),
            ("2688.57", "usd_million"),
        )
    ]
    assert _verdicts(claims, held) == ["agrees"] * 4
    assert _verdicts([["A", "KGZ", "remittances_received_usd", "2018", "2688.57", "usd"]], held) == [
        "contradicted"
    ]


def test_what_is_known_only_as_a_forecast_is_one() -> None:
    """A projection of a coming year is no outcome, even where the number agrees."""
    held = [_figure("population", "KGZ", 2050, 9_000_000, unit="persons", status="forecast")]
    row = _check([["A", "KGZ", "population", "2050", "9 million", "persons"]], held)[0]
    assert (row["verdict"], row["best_value"]) == ("forecast_not_outcome", None)
    assert "No outcome is held" in str(row["explanation"])


def test_a_wrong_year_or_decimal_point_is_pointed_out() -> None:
    """The explanation says what may have happened; the verdict stays."""
    held = [*TWO_AREAS, _figure(SHARE, "ARM", 2017, 14.52)]
    year, scale = _check(
        [["A", "ARM", SHARE, "2018", "14.52", "percent"], ["B", "GEO", SHARE, "2018", "3.318", "percent"]],
        held,
    )
    assert (year["verdict"], scale["verdict"]) == ("contradicted", "contradicted")
    assert "It is the value for 2017" in str(year["explanation"])
    assert "10 times larger" in str(scale["explanation"])


def test_quarters_of_an_amount_are_no_yearly_figure() -> None:
    """The mean of four quarters is the price of a year; of money received it would be a quarter of the year."""
    quarters = [
        _figure("remittances_received_usd", "KGZ", 2015, value, unit="usd") | {"period": f"2015-Q{q}"}
        for q, value in enumerate([100.0, 200.0, 300.0, 400.0], 1)
    ]
    verdict = _verdicts([["A", "KGZ", "remittances_received_usd", "2015", "1000", "usd"]], quarters)
    assert verdict == ["not_checkable"]
    quarter = _verdicts([["A", "KGZ", "remittances_received_usd", "2015-Q2", "200", "usd"]], quarters)
    assert quarter == ["agrees"]


def test_a_price_of_a_year_says_how_many_quarters_it_rests_on() -> None:
    """The year is the mean of its quarters."""
    quarters = [
        _figure("remittance_cost_quarterly_percent", "RUS>TJK", 2015, value) | {"period": f"2015-Q{q}"}
        for q, value in ((1, 2.0), (2, 3.0), (4, 4.0))
    ]
    row = _check([["A", "RUS>TJK", "remittance_cost_percent", "2015", "3.0", "percent"]], quarters)[0]
    assert row["verdict"] == "agrees"
    assert "mean of 3 quarters" in str(row["explanation"])


def test_growth_is_worked_out_inside_one_edition_only() -> None:
    """A change between editions is a revision: it never makes a growth rate."""
    held = [
        _figure("remittances_paid_usd", "RUS", year, value, unit="usd", edition=edition)
        for year, value, edition in ((2014, 100.0, "2021"), (2015, 60.0, "2021"), (2016, 90.0, "2023"))
    ]
    claims = [
        ["A", "RUS", "remittances_paid_growth_percent", year, "-40", "percent"] for year in ("2015", "2016")
    ]
    assert _verdicts(claims, held) == ["agrees", "not_checkable"]


# Which source is the reference ----------------------------------------------------------------------------------------

WPP = {"definition": "wpp_population_derived", "source": "world_population", "unit": "persons"}


def _population(value: float, **told: str) -> dict[str, object]:
    return _figure("population", "KGZ", 2020, value, **({**WPP, "edition": "2024"} | told))


@pytest.mark.parametrize(
    "own",
    [
        {"source": "my_office", "definition": "my_population", "edition": "2099"},
        {"source": "my_office", "definition": "my_population", "edition": "2026-01-01"},
        {"definition": "my_population", "edition": "2099"},  # under the name of a source that ships
    ],
)
def test_an_own_table_never_takes_the_place_of_the_publisher(own: dict[str, str]) -> None:
    """However late it calls itself; a claim that agrees with it agrees with another source, not another edition."""
    held = [_population(6_500_000, edition="2022"), _population(6_579_900), _population(5, **own)]
    true, old, mine, wrong = _check(
        [
            ["A", "KGZ", "population", "2020", value, "persons", "", "", value]
            for value in ("6579900", "6500001", "5", "812345")
        ],
        held,
    )
    assert (true["verdict"], true["best_value"], true["best_edition"]) == ("agrees", 6_579_900, "2024")
    assert (old["verdict"], old["best_value"]) == ("contradicted", 6_579_900)
    assert (mine["verdict"], mine["best_value"]) == ("agrees_with_edition", 6_579_900)
    assert "another source held and not another edition" in str(mine["explanation"])
    assert (wrong["verdict"], wrong["best_value"]) == ("contradicted", 6_579_900)


def test_an_own_table_is_the_best_where_it_is_cited_or_alone() -> None:
    """The workspace's own figures count where nothing else is held."""
    rows = _check(
        [["A", "KGZ", "population", "2020", "5", "persons"]],
        [_population(5, source="my_office", definition="my_population")],
    )
    assert (rows[0]["verdict"], rows[0]["best_source"]) == ("agrees", "my_office")
    held = [
        _population(6_579_900),
        _population(7_000_001, source="un_migrant_stock", definition="my_population", edition="2019-08"),
    ]
    cited = _check(
        [["A", "KGZ", "population", "2020", "7000001", "persons", "", "un_migrant_stock 2019-08"]], held
    )[0]
    assert (cited["verdict"], cited["best_value"]) == ("agrees", 7_000_001)


def test_a_research_model_is_no_later_edition() -> None:
    """Net migration of Kyrgyzstan in 2020: the United Nations' latest edition, whatever a model of 2025 says."""
    claims = [
        {
            "id": str(n),
            "area": "KGZ",
            "indicator": "net_migration",
            "year": "2020",
            "value": value,
            "unit": "persons",
            "document": value,
        }
        for n, value in enumerate(("54704", "3326", "777777"))
    ]
    official, model, wrong = journey.judge_claims(pl.DataFrame(claims), "claims", None).to_dicts()
    assert [row["verdict"] for row in (official, model, wrong)] == [
        "agrees",
        "agrees_with_edition",
        "contradicted",
    ]
    assert {row["best_source"] for row in (official, model, wrong)} == {"world_population"}
    assert {row["best_edition"] for row in (official, model, wrong)} == {"2024"}
    assert "another source" in str(model["explanation"])


def test_carried_editions_of_one_series_rank_with_it() -> None:
    """The World Bank's shares for 2022 as carried in June 2026 are later editions of its own series."""
    claims = [
        {"id": area, "area": area, "indicator": SHARE, "year": "2022", "value": "1.234", "unit": "percent"}
        for area in ("UZB", "KGZ", "TJK")
    ]
    rows = journey.judge_claims(pl.DataFrame(claims), "claims", None).to_dicts()
    assert [(round(float(row["best_value"]), 2), row["best_edition"]) for row in rows] == [
        (17.22, "2026-06-11"),
        (26.58, "2026-06-11"),
        (49.9, "2026-06-11"),
    ]


def test_a_source_of_another_concept_is_another_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Citizens of other countries are not people born abroad, whatever indicator an own table puts them under."""
    citizens = replace(
        definitions()["un_stock_hosted"], id="my_foreigners", source="my_office", concept="citizenship"
    )
    monkeypatch.setitem(definitions(), citizens.id, citizens)
    held = [
        _figure(
            "migrant_stock",
            "KGZ",
            2020,
            199_011,
            unit="persons",
            definition="un_stock_hosted",
            source="un_migrant_stock",
        ),
        _figure(
            "migrant_stock", "KGZ", 2020, 11_345, unit="persons", definition=citizens.id, source="my_office"
        ),
    ]
    row = _check([["A", "KGZ", "migrant_stock", "2020", "11345", "persons"]], held)[0]
    assert (row["verdict"], row["best_value"]) == ("different_definition", 199_011)
    assert "Differs in: concept." in str(row["explanation"])


def test_every_source_that_ships_has_a_rank() -> None:
    """A source without a rank would count as somebody's own table."""
    assert set(source_ranks()) == set(shipped_sources())


def test_a_difference_between_two_sources_is_no_revision() -> None:
    """Two publishers' values for one year are not steps of one series; two editions of one are."""
    told = {"unit": "usd", "source": "world_bank", "definition": "wb_remittances_received"}
    held = [
        _figure("remittances_received_usd", "KGZ", 2022, value, **({**told, "edition": "2023-05-10"} | other))
        for value, other in (
            (3.2e9, {}),
            (5.35e9, {"source": "knomad", "definition": "knomad_received", "edition": "2023-06"}),
        )
    ]
    row = _check([["A", "KGZ", "remittances_received_usd", "2022", "5350", "usd_million"]], held)[0]
    assert "revision of one year" not in str(row["explanation"])
    assert "Sources differ for 2022" in str(row["explanation"])
    both = [held[0], held[0] | {"value": 3.9e9, "edition": "2024-05-10"}]
    row = _check([["A", "KGZ", "remittances_received_usd", "2022", "3900", "usd_million"]], both)[0]
    assert "3.20 billion (10 May 2023) → US$ 3.90 billion (10 May 2024)" in str(row["explanation"]).replace(
        "WDI, ", ""
    )
    assert "This is a revision" in str(row["explanation"])
    assert "Sources differ" not in str(row["explanation"])


# How a cell was read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "said"),
    [
        ("-2022", "is not a year"),
        ("−2022", "is not a year"),
        ("soon", "is not a year"),
        ("2018/19", "more than one way"),
        ("2018-19", "more than one way"),
        ("2018–19", "more than one way"),
        ("2005-10", "more than one way"),
    ],
)
def test_a_year_with_two_meanings_or_none_is_not_checkable(year: str, said: str) -> None:
    """A business year is no calendar year, and a sign before a year is an error of the file."""
    row = _check([["A", "ARM", SHARE, year, "12.6", "percent", "", "World Bank, January 2025"]], TWO_AREAS)[0]
    assert row["verdict"] == "not_checkable"
    assert f"“{year}”" in str(row["explanation"])
    assert said in str(row["explanation"])


@pytest.mark.parametrize(
    ("year", "read"),
    [("to Jan 2018", "2018"), ("2018-11", "2018"), ("2018-10-31", "2018"), ("2015-20", "2015-2020")],
)
def test_how_an_unusual_year_was_read_is_said(year: str, read: str) -> None:
    """A year inside a longer text is read, never silently."""
    row = _check([["A", "ARM", SHARE, year, "12.6", "percent"]], TWO_AREAS)[0]
    assert row["verdict"] == ("agrees" if read == "2018" else "not_checkable")
    assert f"The year “{year}” was read as {read}." in str(row["explanation"])
    assert "was read as" not in str(
        _check([["A", "ARM", SHARE, "2018", "12.6", "percent"]], TWO_AREAS)[0]["explanation"]
    )


def test_a_year_taken_from_the_edition_cited_is_said() -> None:
    """An empty year is filled by the citation only, and the explanation says so."""
    row = _check([["A", "ARM", SHARE, "", "12.6", "percent", "", "World Bank, January 2025"]], TWO_AREAS)[0]
    assert row["verdict"] == "agrees"
    assert "No year is given; 2018 is" in str(row["explanation"])


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("100", "Printed to the nearest hundred: any value between 0 and 200 would agree."),
        (
            "2 million",
            "Printed to the nearest million: any value between 1,000,000 and 3,000,000 would agree.",
        ),
        ("7", "Printed to the nearest unit: any value between 6 and 8 would agree."),
        ("148", ""),
        ("9.9 million", ""),
        ("about 121", ""),
        ("over 100", ""),
    ],
)
def test_a_round_number_says_how_little_it_says(printed: str, said: str) -> None:
    """Where the last printed digit is five per cent of the value or more, the explanation gives the range."""
    held = [_figure("refugees", "KGZ", 2018, value, unit="persons", source="refugees") for value in (148,)]
    explanation = str(_check([["A", "KGZ", "refugees", "2018", printed, "persons"]], held)[0]["explanation"])
    assert ("Printed to the nearest" in explanation) is bool(said)
    assert said in explanation


def test_the_range_of_a_share_and_of_an_amount_have_their_unit() -> None:
    """A whole per cent of twelve, a billion of two."""
    share = _check([["A", "ARM", SHARE, "2018", "12", "percent"]], TWO_AREAS)[0]
    assert "Printed to the nearest 1%: any value between 11 and 13 would agree." in str(share["explanation"])
    held = [_figure("remittances_received_usd", "KGZ", 2018, 2.4e9, unit="usd", source="world_bank")]
    money = _check([["A", "KGZ", "remittances_received_usd", "2018", "2 billion", "usd"]], held)[0]
    assert (
        "Printed to the nearest US$ 1.00 billion: any value between US$ 1.00 billion and US$ 3.00 billion"
        in str(money["explanation"])
    )


def test_a_claim_whose_id_is_shared_is_named_with_its_row() -> None:
    """An id that stands in several rows points nowhere; a row does."""
    rows = _check(
        [["A", "ARM", SHARE, "2018", "33.2", "percent"], ["A", "GEO", SHARE, "2018", "12.6", "percent"]],
        TWO_AREAS,
    )
    assert "claim A (row 2)" in str(rows[0]["explanation"])
    assert "claim A (row 1)" in str(rows[1]["explanation"])
    bounds = [
        ["", "MOON", "staff", "2020", "30", "persons", "over"],
        ["B", "MOON", "staff", "2020", "35", "persons", "over"],
    ]
    unnamed = _check(bounds, TWO_AREAS)
    assert "(row 1)" in str(unnamed[1]["explanation"])
    assert "claim B." in str(unnamed[0]["explanation"])


def test_a_round_number_is_not_explained_by_any_small_series() -> None:
    """100 refugees, known to the hundred, are not 18 stateless people; and a cell is quoted as it was written."""
    held = [
        _figure("refugees", "KGZ", 2020, 334, unit="persons"),
        _figure("stateless_persons", "KGZ", 2020, 18, unit="persons"),
    ]
    round_one, odd = _check(
        [
            ["A", "KGZ", "refugees", "2020", "100", "persons"],
            ["B", "KGZ", "refugees", "2020", "50..9", "persons"],
        ],
        held,
    )
    assert round_one["verdict"] == "contradicted"
    assert odd["verdict"] == "not_checkable"
    assert "“50..9”" in str(odd["explanation"])


STOCK = [
    _figure(
        "migrant_stock", "KGZ", 2020, 199_011, unit="persons", source="un_migrant_stock", edition="2020-12"
    )
]


@pytest.mark.parametrize("beside", [[], [("2", "TJK", SHARE, "2020", "26,6", "percent")]])
def test_a_point_in_a_count_may_stand_between_thousands(beside: list[tuple[str, ...]]) -> None:
    """199.011 persons are no fraction of a person; in a list with decimal commas neither."""
    row = _check([("1", "KGZ", "migrant_stock", "2020", "199.011", "persons"), *beside], STOCK)[0]
    assert row["verdict"] == "not_checkable"
    assert "the point of “199.011” may stand before decimals or between thousands" in str(
        row["explanation"]
    ).replace("The point", "the point")
    millions = _check([("1", "KGZ", "migrant_stock", "2020", "0.199", "million persons")], STOCK)[0]
    assert millions["verdict"] == "agrees"


def test_brackets_are_a_minus_sign_only_where_a_value_can_be_negative() -> None:
    """(16510) is −16,510 of a balance, and is not read as anything of a stock."""
    balance = _figure("net_migration", "KGZ", 2020, -16_510, unit="persons")
    stock = _figure("migrant_stock", "KGZ", 2020, 16_510, unit="persons")
    rows = _check(
        [
            ("1", "KGZ", "net_migration", "2020", "(16510)", "persons"),
            ("2", "KGZ", "migrant_stock", "2020", "(16510)", "persons"),
            ("3", "KGZ", "migrant_stock", "2020", "(16 510) persons", "persons"),
        ],
        [balance, stock],
    )
    assert [row["verdict"] for row in rows] == ["agrees", "not_checkable", "not_checkable"]
    assert "read as a minus sign" in str(rows[0]["explanation"])
    assert "brackets" in str(rows[1]["explanation"])


def test_a_range_of_persons_agrees_with_what_lies_inside_it_only() -> None:
    """190,000 to 200,000 says nothing about 90,000."""
    claims = [("1", "KGZ", "migrant_stock", "2020", "190000-200000", "persons")]
    row = _check(claims, STOCK)[0]
    assert row["verdict"] == "agrees"
    assert "would agree" not in str(row["explanation"])
    assert _verdicts(claims, [{**STOCK[0], "value": 250_000}]) == ["contradicted"]
    tilde = [("1", "KGZ", "migrant_stock", "2020", "~200000", "persons")]
    assert _verdicts(tilde, STOCK) == ["agrees"]


def test_an_indicator_may_be_written_by_its_name() -> None:
    """English or Russian; what is near a name is suggested by id."""
    for name in ("Migrant stock", "численность  мигрантов", "MIGRANT_STOCK"):
        assert _verdicts([("1", "KGZ", name, "2020", "199011", "persons")], STOCK) == ["agrees"]
    row = _check([("1", "KGZ", "Migrants stock", "2020", "199011", "persons")], STOCK)[0]
    assert row["verdict"] == "not_checkable"
    assert "perhaps migrant_stock is meant" in str(row["explanation"])
    unknown = _check([("1", "KGZ", "xyzzy", "2020", "5", "persons")], STOCK)[0]
    assert "holds no figures on this indicator" in str(unknown["explanation"])


def test_a_percentage_kept_as_a_share_of_one_is_unclear_and_no_contradiction() -> None:
    """A workbook keeps 0.266 where its cell shows 26.6 %; two such values are not the document's fault."""
    figures = [_figure(SHARE, "KGZ", 2020, 26.63)]
    claims = [
        ("1", "KGZ", SHARE, "2020", "0.266", "percent"),
        ("2", "KGZ", SHARE, "2020", "26.6", "percent"),
    ]
    rows = _check(claims, figures)
    assert [row["verdict"] for row in rows][:1] == ["unit_unclear"]
    assert "formatted as a percentage" in str(rows[0]["explanation"])
    assert rows[1]["verdict"] == "agrees"
    assert _verdicts([("1", "KGZ", SHARE, "2020", "0.266 %", "percent")], figures) == ["contradicted"]
