"""What outside counts said, in one sentence: narrowed from what to what, or nothing."""

from types import SimpleNamespace

import pytest

from guzar.commands.outside_told import tell_outside
from guzar.commands.speaker import Speaker


def test_a_count_below_what_is_recorded_is_its_own_trouble(capsys: pytest.CaptureFixture[str]) -> None:
    """The numbers are told, and that the count is the one to look at."""
    drawn = [{"delta": delta, "exits": 1300} for delta in (0.0, 0.6931)]
    days = {"counted_from": "2019-01-01", "counted_to": "2019-12-31"}
    count = {"counted_by": "Made-up office", "exits": 900.0, "exits_recorded": 1200, "exits_estimated": drawn}
    said = {"agree": False, "counts": [days | count]}
    tell_outside(Speaker("en"), SimpleNamespace(outside=said))  # type: ignore[arg-type]
    told = capsys.readouterr().err
    assert "recorded 1,200, counted 900." in told
    assert "logarithm" in told


@pytest.mark.parametrize(
    ("ends", "percent", "language", "words"),
    [
        (
            (-0.2, 0.4),
            41.3,
            "en",
            "narrow δ from -0.69 … 1.39 to -0.20 … 0.40; the ranges of net migration are 41 %",
        ),
        ((-0.2, 0.4), 41.3, "ru", "сужают δ с -0,69 … 1,39 до -0,20 … 0,40"),
        ((-0.6931, 1.3863), 100.0, "en", "Verdict: the outside counts say nothing."),
        ((-0.6931, 1.3863), None, "ru", "Вывод: внешние подсчёты ничего не говорят."),
    ],
)
def test_one_sentence_is_the_verdict(
    ends: tuple[float, float],
    percent: float | None,
    language: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With the δ before and after, and how wide the ranges are beside those without counts."""
    drawn = [{"delta": delta, "exits": 100.0} for delta in (-0.6931, 0.0, 0.6931, 1.3863)]
    said = {
        "agree": True,
        "delta_lower": ends[0],
        "delta_upper": ends[1],
        "net_range_percent": percent,
        "counts": [{"counted_by": "Made-up office", "exits_estimated": drawn}],
    }
    tell_outside(Speaker(language), SimpleNamespace(outside=said))  # type: ignore[arg-type]
    assert words in capsys.readouterr().out
