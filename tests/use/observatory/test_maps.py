"""Shapes put places where the rules named put them; half-discs and arcs are in proportion; the projection is
equal-area."""

import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.use.observatory.arcs import Arc, arc_map, is_on_map, thickness
from guzar.use.observatory.land import area_at, area_codes, hatched_places
from guzar.use.observatory.map import PLACES, DiscWords, HalfDisc, half_disc_map, radius_of
from guzar.use.observatory.projection import CENTRAL_ASIA_AND_EUROPE, REGION, Albers
from guzar.use.observatory.svg import Caption

CAPTION = Caption("map-1", "Finding", "Description")
LEGEND = DiscWords(("Born here,", "living elsewhere"), ("Living here,", "born elsewhere"), ("5 million", 5e6))


@pytest.mark.parametrize(
    ("place", "at", "area"),
    [
        ("Simferopol", (34.10, 44.95), "UKR"),
        ("Sukhumi", (41.02, 43.02), "GEO"),
        ("Tskhinvali", (43.97, 42.23), "GEO"),
        ("Stepanakert", (46.75, 39.82), "AZE"),
        ("Laayoune", (-13.18, 27.13), "ESH"),
        ("Pristina", (21.17, 42.66), "XKX"),
        ("Osh", (72.8, 40.53), "KGZ"),
        ("Khujand", (69.63, 40.28), "TJK"),
        ("Nakhchivan", (45.41, 39.21), "AZE"),
        ("Kaliningrad", (20.9, 54.7), "RUS"),
        ("Anadyr", (177.0, 64.9), "RUS"),
    ],
)
def test_places_lie_where_the_united_nations_put_them(place: str, at: tuple[float, float], area: str) -> None:
    assert area_at(at) == area, place


def test_the_sea_belongs_to_nobody() -> None:
    assert area_at((51, 42)) is None


def test_every_hatched_place_names_its_rule() -> None:
    assert {place.name for place in hatched_places()} >= {"Crimea", "Kosovo"}
    assert all(place.rule and all(len(ring) > 2 for ring in place.rings) for place in hatched_places())


def test_all_twelve_areas_have_a_shape_and_a_place() -> None:
    assert set(PLACES) <= set(area_codes())


@given(
    st.sampled_from([REGION, CENTRAL_ASIA_AND_EUROPE]),
    st.floats(20, 120),
    st.floats(30, 70),
    st.floats(0.1, 1),
)
def test_the_projection_keeps_areas(projection: Albers, x: float, y: float, size: float) -> None:
    corners = [projection(p) for p in ((x, y), (x + size, y), (x + size, y + size), (x, y + size))]
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    drawn = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2
    band = math.sin(math.radians(y + size)) - math.sin(math.radians(y))
    # Straight edges instead of arcs of the parallels: a little less than exact.
    assert drawn == pytest.approx(math.radians(size) * band, rel=2e-3)


@given(st.floats(1, 1e8), st.floats(1, 1e8))
def test_half_discs_are_in_proportion_by_area(first: float, second: float) -> None:
    assert radius_of(first, 1e-4) ** 2 / radius_of(second, 1e-4) ** 2 == pytest.approx(first / second)


def _discs() -> list[HalfDisc]:
    return [HalfDisc(area, area.title(), 1e6 * (i + 1), 2e6) for i, area in enumerate(PLACES)]


def test_the_map_is_well_formed_clipped_and_repeatable() -> None:
    drawing = half_disc_map(CAPTION, _discs(), LEGEND)
    assert drawing == half_disc_map(CAPTION, _discs(), LEGEND)
    for _, svg in drawing.pictures:
        root = ET.fromstring(svg)
        inner = root.find("{http://www.w3.org/2000/svg}svg")
        assert inner is not None
        assert inner.get("overflow") == "hidden"
        assert "style=" not in svg
        assert "nan" not in svg


def test_every_hatching_refers_to_its_own_pattern() -> None:
    html = str(half_disc_map(CAPTION, _discs(), LEGEND))
    used, made = re.findall(r"url\(#([^)]+)\)", html), re.findall(r'<pattern [^>]*id="([^"]+)"', html)
    assert sorted(used) == sorted(made)
    assert len(set(made)) == 3


def test_a_missing_half_is_dots_not_a_disc() -> None:
    known = half_disc_map(CAPTION, [HalfDisc("KAZ", "Kazakhstan", 1e6, 0)], LEGEND).wide
    missing = half_disc_map(CAPTION, [HalfDisc("KAZ", "Kazakhstan", 1e6, None)], LEGEND).wide
    assert missing.count("<circle") == known.count("<circle") + 2


def test_a_map_without_values_is_two_dots() -> None:
    assert half_disc_map(CAPTION, [], LEGEND).wide.count("<circle") == 2
    assert arc_map(CAPTION, "KGZ", "Kyrgyzstan", []).wide.count("<circle") == 2


def _arcs() -> list[Arc]:
    return [
        Arc("RUS", "Russia", 591025, "591"),
        Arc("DEU", "Germany", 92834, "93"),
        Arc("TJK", "Tajikistan", 9, "0"),
    ]


def test_arcs_are_thick_in_proportion_and_bars_when_narrow() -> None:
    assert thickness(50, 100) == pytest.approx(thickness(100, 100) / 2)
    drawing = arc_map(CAPTION, "KGZ", "Kyrgyzstan", _arcs())
    assert "<rect" in drawing.narrow
    assert "<pattern" not in drawing.narrow
    assert "<pattern" in drawing.wide
    for _, svg in drawing.pictures:
        ET.fromstring(svg)


def test_arcs_are_refused_beyond_six_or_off_the_map() -> None:
    with pytest.raises(ValueError, match="at most 6"):
        arc_map(CAPTION, "KGZ", "Kyrgyzstan", _arcs() * 3)
    assert not is_on_map("USA")
    with pytest.raises(ValueError, match="USA"):
        arc_map(CAPTION, "KGZ", "Kyrgyzstan", [Arc("USA", "United States", 5, "5")])
