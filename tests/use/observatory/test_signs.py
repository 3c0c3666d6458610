"""Signs, and the law of the evidence tail: 2.6 px per year everywhere."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.use.observatory.signs import (
    PX_PER_YEAR,
    Status,
    evidence_tail,
    modelled_number,
    sign,
    sign_with_word,
    tail_picture,
)

SVG = "{http://www.w3.org/2000/svg}"


def _circles(markup: str) -> list[ET.Element]:
    return ET.fromstring(markup).findall(f"{SVG}circle")


def _is_ring(circle: ET.Element) -> bool:
    return circle.get("stroke") is not None


@pytest.mark.parametrize("status", list(Status))
def test_every_sign_is_14_px_and_silent(status: Status) -> None:
    drawn = ET.fromstring(sign(status))
    assert (drawn.get("width"), drawn.get("height"), drawn.get("aria-hidden")) == ("14", "14", "true")


def test_signs_differ_in_shape() -> None:
    assert len({sign(status).split(">", 1)[1] for status in Status}) == len(Status)


@given(st.integers(1900, 2030), st.integers(1, 120))
def test_dot_and_ring_are_2_6_px_apart_per_year(observed: int, age: int) -> None:
    circles = _circles(tail_picture([observed], observed + age))
    dot = next(c for c in circles if not _is_ring(c))
    ring = next(c for c in circles if _is_ring(c))
    assert float(ring.get("cx", "")) - float(dot.get("cx", "")) == pytest.approx(PX_PER_YEAR * age, abs=0.011)


def test_same_year_is_a_dot_in_a_ring() -> None:
    ring, dot = _circles(tail_picture([2020], 2020))
    assert ring.get("cx") == dot.get("cx")
    assert _is_ring(ring)
    assert not _is_ring(dot)


def test_an_aggregate_has_one_dot_per_year_seen() -> None:
    circles = _circles(tail_picture([1989, 2002, 2010, 2010], 2020))
    assert len([c for c in circles if not _is_ring(c)]) == 3


@pytest.mark.parametrize(("observed", "reference"), [(None, 2020), ([], 2020), ([2010], None)])
def test_not_known_is_two_dots_never_a_guess(observed: list[float] | None, reference: float | None) -> None:
    assert tail_picture(observed, reference) == sign(Status.NOT_KNOWN)


def test_words_are_escaped() -> None:
    assert "&lt;b&gt;" in evidence_tail([2010], 2020, "<b>")
    assert "&amp;" in sign_with_word(Status.OBSERVED, "A & B")
    assert "2,801" in modelled_number("2,801")
    for markup in (evidence_tail([2010], 2020, "x"), sign_with_word(Status.ZERO, "x"), modelled_number("1")):
        ET.fromstring(markup)
