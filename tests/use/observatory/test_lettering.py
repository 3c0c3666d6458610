"""Labels: measured, wrapped without loss, and never on top of each other."""

from hypothesis import given
from hypothesis import strategies as st

from guzar.use.observatory.lettering import SEMIBOLD, balance, overlaps, spread, text_width, wrap
from guzar.use.observatory.scales import Scale, nice_ticks, year_ticks

WORDS = st.lists(st.text(alphabet="абвгabcdef", min_size=1, max_size=12), min_size=1, max_size=12)


@given(WORDS, st.floats(20, 400))
def test_wrapping_loses_no_word_and_cuts_none(words: list[str], width: float) -> None:
    for lines in (wrap(" ".join(words), width, 13), balance(" ".join(words), width, 13)):
        assert " ".join(lines).split(" ") == words
        assert all(text_width(line, 13) <= width or " " not in line for line in lines)


def test_balancing_adds_no_line() -> None:
    said = "Born in Uzbekistan, living in the Russian Federation"
    assert len(balance(said, 226, 13)) == len(wrap(said, 226, 13))


def test_bold_is_wider_and_figures_are_equally_wide() -> None:
    assert text_width("Женщины", 13, SEMIBOLD) > text_width("Женщины", 13)
    assert len({round(text_width(figure, 10), 6) for figure in "0123456789"}) == 1


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(10, 40)), max_size=6))
def test_spread_labels_never_overlap_and_stay_inside(labels: list[tuple[float, float]]) -> None:
    centres, heights = [c for c, _ in labels], [h for _, h in labels]
    moved = spread(centres, heights, 0, 400)
    assert not overlaps(moved, heights)
    assert all(c - h / 2 >= -1e-6 and c + h / 2 <= 400 + 1e-6 for c, h in zip(moved, heights, strict=True))


def test_spread_leaves_free_labels_alone() -> None:
    assert spread([20, 100, 200], [20, 20, 20], 0, 300) == [20, 100, 200]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(3, 6), st.booleans())
def test_ticks_are_at_least_two_and_hold_zero_when_asked(
    values: list[float], at_most: int, from_zero: bool
) -> None:
    ticks = nice_ticks(values, at_most, from_zero)
    assert len(ticks) >= 2
    assert len(ticks) <= at_most + 2
    assert not from_zero or 0 in ticks
    assert ticks == sorted(set(ticks))


def test_years_are_round() -> None:
    assert year_ticks(1990, 2023) == [1990, 2000, 2010, 2020]
    assert year_ticks(2020, 2020) == [2020]


def test_a_scale_of_one_value_draws_in_the_middle() -> None:
    assert Scale(5, 5, 0, 10)(5) == 5
