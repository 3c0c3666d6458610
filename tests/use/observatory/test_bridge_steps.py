"""The drawing of a bridge: bars that meet, a rest of its own, and nothing drawn for what nobody knows."""

import re

import polars as pl
import pytest
from tests.use.observatory.test_accounts_and_bridges import _published, _tables

from guzar.use.observatory.charts.bridge_steps import Bar, bridge_steps
from guzar.use.observatory.drawing import MAIN
from guzar.use.observatory.figures.bridges import bridge_of_publishers
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import Words

CAPTION = Caption("bridge", "title", "description")
FIRST = Bar("Register", 0, 61000, "61,000", "observed", True)
STAY = Bar("Minimum stay", 61000, 48800, "× 0.800", "known")
DATE = Bar("Date", 48800, 48800, "not said", "known")
REST = Bar("Unexplained", 48800, 33000, "× 0.676", "rest", True)
SECOND = Bar("Survey", 0, 33000, "33,000", "estimated", True)


def _bars_of(svg: Html) -> list[tuple[float, float]]:
    """Where each rectangle begins and how wide it is."""
    return [
        (float(x), float(wide))
        for x, wide in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    ]


def _widest(body: Html) -> str:
    """The last drawing before the table, whose hatched numbers are drawings too."""
    drawn = body.split("<table")[0]
    return drawn[drawn.rindex("<svg") :].split("</svg>")[0]


def test_bars_are_in_proportion_and_meet() -> None:
    """A step that says nothing has no bar; the rest ends where the second number ends, and is dashed."""
    svg = bridge_steps(CAPTION, [FIRST, STAY, DATE, REST, SECOND]).wide
    first, stay, rest, second = _bars_of(svg)
    assert stay[1] / first[1] == pytest.approx(12200 / 61000, abs=0.005)
    assert second[1] / first[1] == pytest.approx(33000 / 61000, abs=0.005)
    assert stay[0] + stay[1] == pytest.approx(first[0] + first[1], abs=0.2)
    assert rest[0] == pytest.approx(second[0] + second[1], abs=0.2)
    assert svg.count("stroke-dasharray") == 1
    assert "not said" in svg


def test_nothing_leaves_the_drawing_at_any_width() -> None:
    for width, svg in bridge_steps(CAPTION, [FIRST, STAY, DATE, REST, SECOND], width=MAIN).pictures:
        assert all(x >= 0 and x + wide <= width for x, wide in _bars_of(svg))


def test_steps_that_do_not_meet_are_refused() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        bridge_steps(CAPTION, [FIRST, REST, SECOND])
    with pytest.raises(ValueError, match="second number"):
        bridge_steps(CAPTION, [FIRST, STAY, SECOND])
    with pytest.raises(ValueError, match="below 0"):
        bridge_steps(CAPTION, [Bar("Register", 0, -1, "-1", "observed")])


def test_two_numbers_of_0_have_no_axis() -> None:
    nothing = Bar("Register", 0, 0, "0", "observed")
    assert "<rect" not in bridge_steps(CAPTION, [nothing, nothing]).wide


def test_a_held_bridge_has_the_rest_as_a_bar_of_its_own() -> None:
    """Hollow, dashed, hatched; the description says for who hears it what the bars show."""
    figure = bridge_of_publishers(_published(_tables()), "UZB", "RUS", Words("en"))
    assert figure is not None
    wide = _widest(figure.body)
    assert len(_bars_of(Html(wide))) == 3
    assert wide.count("stroke-dasharray") == 1
    assert re.search(r"<desc[^>]*>[^<]*Unexplained: × \d", wide)


def test_a_known_factor_is_a_bar_and_the_rest_takes_what_is_left() -> None:
    """Half by the coverage, so that the rest is twice what it was; it still ends at the second number."""
    held = _tables()["definition_bridges"].filter(
        (pl.col("counterpart") == "UZB") & (pl.col("area") == "RUS")
    )
    is_step = pl.col("bridge_step") == "coverage"
    factor = (
        pl.when(is_step)
        .then(0.5)
        .when(pl.col("bridge_step") == "unexplained")
        .then(pl.col("bridge_factor") * 2)
    )
    told = held.with_columns(
        bridge_factor=factor,
        factor_status=pl.when(is_step).then(pl.lit("given")).otherwise(pl.col("factor_status")),
    )
    figure = bridge_of_publishers(_published({"definition_bridges": told}), "UZB", "RUS", Words("en"))
    assert figure is not None
    wide = _widest(figure.body)
    first, known, rest, second = _bars_of(Html(wide))
    assert known[1] == pytest.approx(first[1] / 2, rel=0.01)
    assert "× 0.500" in wide
    assert max(rest[0], rest[0] + rest[1]) == pytest.approx(second[0] + second[1], abs=0.2)
