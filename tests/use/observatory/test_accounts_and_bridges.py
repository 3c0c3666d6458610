"""The account on area pages and the bridge on corridor pages, from the released tables and nothing else."""

from functools import cache

import polars as pl
import pytest
from tests.use.observatory.sites import made_up_release

from guzar.define.areas import THE_TWELVE
from guzar.journey.balancing import balance_twelve
from guzar.journey.bridging_held import bridge_held
from guzar.use.observatory.figures.accounts import population_account
from guzar.use.observatory.figures.bridges import bridge_of_publishers
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

LANGUAGES: tuple[Language, ...] = ("en", "ru")


@cache
def _tables() -> dict[str, pl.DataFrame]:
    return {"population_accounts": balance_twelve(None), "definition_bridges": bridge_held(None)}


def _published(tables: dict[str, pl.DataFrame]) -> Published:
    return Published("tables", "2026-01-02", made_up_release().figures, tables)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_area_has_an_account(lang: Language) -> None:
    """Registered migration is not held, so that the heading says that nobody can tell; nothing is drawn as zero."""
    say = Words(lang)
    for area in THE_TWELVE:
        figure = population_account(_published(_tables()), area, say)
        assert figure is not None
        assert figure.heading == say(
            "How much migration the registers miss cannot be told: no registered figure is held"
        )
        assert figure.warning is not None
        assert "··" in figure.body
        assert figure.rows is not None
        assert set(figure.rows["area"]) == {area}


def test_an_account_with_a_register_says_how_much_is_missed() -> None:
    """30,000 persons in ten years on a population of five million."""
    held = _tables()["population_accounts"].filter(
        (pl.col("area") == "KGZ") & (pl.col("period_start") == "1999-07-02")
    )
    told = {
        "error_of_closure": -30_000.0,
        "error_of_closure_per_year": -3000.0,
        "error_of_closure_percent": -0.6,
    }
    judged = held.with_columns(
        value=pl.col("component").replace_strict(told, default=pl.col("value"), return_dtype=pl.Float64),
        account_status=pl.col("account_status").replace("estimated", "counted"),
    )
    figure = population_account(_published({"population_accounts": judged}), "KGZ", Words("en"))
    assert figure is not None
    assert "3,000 persons a year unexplained, 0.60% of the population" in figure.heading
    assert figure.warning is not None
    assert "enumerations" in figure.warning[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bridge_names_what_differs(lang: Language) -> None:
    """Definitions of both, a hatched number that is modelled from modelled, and no factor that nobody knows."""
    say = Words(lang)
    figure = bridge_of_publishers(_published(_tables()), "UZB", "RUS", say)
    assert figure is not None
    assert figure.body.count('class="modelled"') == 2
    assert "<svg" in figure.body
    assert figure.body.index("<svg") < figure.body.index("<table")
    assert say("no factor known") in figure.body
    assert (
        say(
            "foreign-born residents at 1 July, by country of birth; by citizenship where the country of birth is not collected"
        )
        in figure.body
    )
    assert figure.rows is not None
    assert figure.rows["bridge_step"].to_list()[-1] == "unexplained"


def test_held_bridges_multiply_to_the_ratio() -> None:
    """In every corridor the factors are the second number over the first."""
    key = ["area", "counterpart", "year", "source_from", "source_to"]
    found = (
        bridge_held(None)
        .group_by(key)
        .agg(pl.col("bridge_factor").product(), pl.col("number_from").first(), pl.col("number_to").first())
    )
    assert found.height > 100
    gap = found["bridge_factor"] - found["number_to"] / found["number_from"]
    assert gap.abs().max() < 1e-9  # type: ignore[operator]


def test_nothing_is_shown_of_what_is_not_released() -> None:
    """No table, no section; an area or corridor that the table does not hold has none either."""
    say = Words("en")
    assert population_account(_published({}), "KGZ", say) is None
    assert bridge_of_publishers(_published({}), "UZB", "RUS", say) is None
    assert population_account(_published(_tables()), "FRA", say) is None
    assert bridge_of_publishers(_published(_tables()), "RUS", "RUS", say) is None
