"""Estimates from surveys: by hand, beside a jackknife, in 300 made-up samples, and what is refused."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import t as student

from guzar.analyse.survey_design import SampleDesign, estimate_ratio, estimate_total, make_design
from guzar.analyse.survey_estimates import GRAND_MEAN, SurveyQuestion, estimate_survey
from guzar.errors import SettingsInvalid, TableInvalid


def _any(**asked: Any) -> SurveyQuestion:
    """A question without limits, to look at numbers of a few made-up answers."""
    return SurveyQuestion(**{"minimum_answers": 1, "minimum_clusters": 1, "largest_share": 1.0, **asked})


ANY = _any()


def _answers(**columns: list[Any]) -> pl.DataFrame:
    """Two strata of two clusters with two answers each, weight 10."""
    base: dict[str, list[Any]] = {
        "record_id": [f"r{number}" for number in range(8)],
        "household_id": [f"h{number // 2}" for number in range(8)],
        "survey_weight": [10.0] * 8,
        "stratum": ["A"] * 4 + ["B"] * 4,
        "cluster": ["1", "1", "2", "2", "1", "1", "2", "2"],
        "interview_date": [date(2022, 4, 1)] * 8,
        "sex": ["F", "M"] * 4,
        "age": [30, 40, 50, 60, 20, 20, 30, 30],
        "citizenship": ["KGZ"] * 8,
        "is_absent": [True, False, True, True, False, False, False, True],
        "months_absent": [2, None, 4, 13, None, None, None, 7],
    }
    return pl.DataFrame(base | columns)


def _row(measure: str, asked: SurveyQuestion = ANY, **columns: list[Any]) -> dict[str, Any]:
    table = estimate_survey(_answers(**columns), measure, asked).table
    assert table.height == 1
    return table.row(0, named=True)


def test_a_total_by_hand() -> None:
    """Absent by cluster 10, 20 | 0, 10: in each stratum 2/1 × (5² + 5²) = 100; the error is √200."""
    row = _row("absent")
    assert row["persons"] == 40
    assert row["standard_error"] == round(200**0.5)  # whole persons
    reach = student.ppf(0.95, 2) * 200**0.5 / 40  # four clusters less two strata
    assert (row["lower"], row["upper"]) == (round(40 * np.exp(-reach)), round(40 * np.exp(reach)))
    assert 0 < row["lower"] < 40 < row["upper"]
    assert (row["contributors"], row["clusters"], row["reason"]) == (4, 3, None)


def test_design_effect_by_hand() -> None:
    """A simple sample of eight: 80² / 8 × ½ × ½ × 8/7 = 1600/7; 200 of it is 0.875, as precise as 9.14 answers."""
    row = _row("absent")
    assert row["design_effect"] == pytest.approx(200 / (1600 / 7), abs=0.0051)
    assert row["effective_sample_size"] == round(8 / 0.875)


def test_a_mean_by_hand() -> None:
    """Mean age 35; residuals of clusters in all 10 × (0, 40, -30, -10) / 80: variance 2 × (2.5² + 2.5²) + 2 × 1.25² × 2."""
    row = _row("mean_age")
    assert row["years"] == pytest.approx(35)
    assert row["standard_error"] == round((2 * 2 * 2.5**2 + 2 * 2 * 1.25**2) ** 0.5, 2)


def test_clusters_without_an_answer_of_the_group_count() -> None:
    """Women abroad: 10, 10 | 0, 0. Stratum B is of no spread, and both its clusters are still in the sample."""
    table = estimate_survey(_answers(), "absent", _any(by=("sex",)))
    women = table.table.filter(pl.col("sex") == "F").row(0, named=True)
    assert (women["persons"], women["standard_error"]) == (20, 0)
    men = _row("absent", _any(where={"sex": "M"}))
    assert (men["persons"], men["standard_error"]) == (20, round(200**0.5))
    assert table.clusters == 4


@pytest.mark.parametrize(
    ("measure", "column", "value"),
    [("persons", "persons", 80), ("present", "persons", 40), ("absent_share", "percent", None)],
)
def test_other_measures(measure: str, column: str, value: float | None) -> None:
    """Everybody, those at home; a share of so few is not told."""
    assert _row(measure)[column] == value


def test_shares_of_groups_add_up_to_a_hundred() -> None:
    """The base of a share is everybody, not the group."""
    asked = _any(by=("age_group",))
    table = estimate_survey(_answers(), "share", asked).table
    assert dict(zip(table["age_group"], table["percent"], strict=True)) == {
        "15-24": 25,
        "25-44": 50,
        "45-64": 25,
    }
    assert table["percent"].sum() == pytest.approx(100)
    assert (table["lower"] > 0).all()
    assert (table["upper"] < 100).all()


def test_durations_of_absence() -> None:
    """Completed months abroad, in groups."""
    asked = _any(by=("duration",))
    table = estimate_survey(_answers(), "absent", asked).table
    assert dict(zip(table["duration"], table["contributors"], strict=True)) == {
        "under_3_months": 1,
        "3_to_6_months": 1,
        "6_to_12_months": 1,
        "12_months_or_more": 1,
    }
    assert _row("mean_months_absent")["months"] == pytest.approx(6.5)


def test_thin_cells_stay_empty_and_say_why() -> None:
    """Neither the estimate is told nor how few answers are behind it."""
    few = _row("absent", _any(minimum_answers=5))
    assert (few["persons"], few["standard_error"], few["lower"]) == (None, None, None)
    assert (few["contributors"], few["clusters"], few["reason"]) == (None, None, "too_few_answers")
    assert _row("absent", _any(minimum_clusters=4))["reason"] == "too_few_clusters"


def _two_rounds(days: int = 183) -> pl.DataFrame:
    """The same answers twice, by other numbers; the second so many days later."""
    later = [date(2022, 4, 1) + timedelta(days)] * 8
    return pl.concat([_answers(), _answers(interview_date=later, record_id=[f"s{at}" for at in range(8)])])


def test_rounds_together_give_their_mean() -> None:
    """The same round twice is the same estimate, on half of the weights."""
    again = _two_rounds()
    asked = _any(rounds=2)
    assert estimate_survey(again, "absent", asked).table["persons"].to_list() == [40]
    with pytest.raises(TableInvalid, match=r"2 periods.*\n.*2022-04-01, 2022-10-01"):
        estimate_survey(again, "absent", ANY)
    one = _any(last=date(2022, 9, 1))
    done = estimate_survey(again, "absent", one)
    assert (done.answers, done.interviews.days) == (8, (date(2022, 4, 1),))


def test_strata_of_one_cluster() -> None:
    """Refused; or centred at the mean of all clusters: 10, 20 | 10 around 40/3 in the second."""
    alone = {"cluster": ["1", "1", "2", "2", "1", "1", "1", "1"]}
    with pytest.raises(TableInvalid, match="1 of 2"):
        _row("absent", ANY, **alone)
    asked = _any(single_cluster=GRAND_MEAN)
    found = _row("absent", asked, **alone)
    assert found["standard_error"] == round((2 * 2 * 5**2 + (10 - 40 / 3) ** 2) ** 0.5)
    every_one = estimate_survey(_answers(cluster=["1"] * 8), "absent", asked)
    assert (every_one.strata, every_one.strata_of_one_cluster, every_one.degrees_of_freedom) == (2, 2, 1)
    assert every_one.table["standard_error"].item() == round((2 * (10**2 + 10**2)) ** 0.5)  # 30 and 10
    one = _row("absent", asked, cluster=["1"] * 8, stratum=["A"] * 8)
    assert (one["persons"], one["reason"]) == (None, "as_many_strata_as_clusters")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"survey_weight": [None] + [10.0] * 7}, "cannot be used: 1"),
        ({"survey_weight": [-1.0] + [10.0] * 7}, "cannot be used: 1"),
        ({"survey_weight": [float("nan")] + [10.0] * 7}, "cannot be used: 1"),
        ({"survey_weight": [0.0] * 8}, "cannot be used: 0"),
        ({"stratum": [None] * 8}, "cannot be used: 8"),
        ({"stratum": ["", " ", *"ABABAB"]}, "cannot be used: 2"),
        ({"cluster": [""] * 8}, "cannot be used: 8"),
        ({"survey_weight": [1e17] + [10.0] * 7}, "a thousand million: 1"),
        ({"survey_weight": [1e308] * 8}, "a thousand million: 8"),
        (
            {"record_id": ["r1", "r1", "r1", "r2", "r2", "r3", "r4", "r5"]},
            "repeat the number of another: 3 of 8",
        ),
        ({"is_absent": [None] * 8}, "cannot be used: 8"),
    ],
)
def test_answers_that_no_estimate_can_use_are_refused(columns: dict[str, list[Any]], words: str) -> None:
    """They would fall out of it without a word."""
    with pytest.raises(TableInvalid, match=words):
        _row("absent", ANY, **columns)


@pytest.mark.parametrize("name", ["household_id", "record_id", "cluster", "interview_date", "survey_weight"])
def test_lists_of_persons_are_refused(name: str) -> None:
    """Nor is a column that is nowhere one to estimate by."""
    with pytest.raises(SettingsInvalid, match="list of persons"):
        estimate_survey(_answers(), "persons", SurveyQuestion(by=(name,)))
    with pytest.raises(SettingsInvalid, match="no column"):
        estimate_survey(_answers(), "persons", SurveyQuestion(by=("colour",)))


def test_the_same_rows_twice_are_refused_without_a_day_too() -> None:
    """Else the population is doubled, and a minimum reached by repetition."""
    undated = _answers().drop("interview_date")
    with pytest.raises(TableInvalid, match="repeat the number of another: 8 of 16"):
        estimate_survey(pl.concat([undated, undated]), "persons", ANY)
    assert estimate_survey(undated, "persons", ANY).interviews.without_day == 8


def test_other_households_in_every_round_are_several_rounds() -> None:
    """A repeated cross-section: no household is asked twice, and the weights are added all the same."""
    rounds = _two_rounds().with_columns(household_id=pl.col("record_id"))
    with pytest.raises(TableInvalid, match="2 periods"):
        estimate_survey(rounds, "persons", ANY)
    assert estimate_survey(rounds, "persons", _any(rounds=2)).table["persons"].to_list() == [80]
    said = estimate_survey(rounds, "persons", _any(rounds=1))  # the weights of both make up the population
    assert (said.table["persons"].to_list(), len(said.interviews.periods)) == ([160], 2)
    with pytest.raises(SettingsInvalid, match="cannot be 4 rounds: interviews were held on 2 days"):
        estimate_survey(rounds, "persons", _any(rounds=4))


@pytest.mark.parametrize(("days", "periods"), [(30, 1), (31, 2)])
def test_a_period_has_no_long_gap(days: int, periods: int) -> None:
    """Interviews of a month, and those of a month later."""
    done = estimate_survey(_two_rounds(days), "persons", _any(rounds=2))
    assert len(done.interviews.periods) == periods


def test_days_without_answers_are_refused_with_those_that_have_some() -> None:
    """The message names the days on which somebody was asked."""
    with pytest.raises(TableInvalid, match=r"2022-04-01, 2022-10-01"):
        estimate_survey(_two_rounds(), "absent", _any(first=date(2030, 1, 1)))


def test_rounding_is_no_spread() -> None:
    """Equal weights of 100/3, thirds of three rounds: nothing varies but the last digit."""
    whole = _row("persons", survey_weight=[100 / 3] * 8)
    assert (whole["standard_error"], whole["lower"], whole["reason"]) == (0, None, "all_answers_alike")
    assert (whole["design_effect"], whole["effective_sample_size"]) == (None, None)
    many = 600
    answers = pl.DataFrame(
        {
            "survey_weight": [100 / 3] * many,
            "stratum": [f"S{at % 3}" for at in range(many)],
            "cluster": [f"C{at // 3 % 20}" for at in range(many)],
            "age": [33] * many,
        }
    )
    for rounds, measure in ((3, "persons"), (1, "mean_age"), (7, "mean_age")):
        row = estimate_survey(answers, measure, SurveyQuestion(rounds=rounds)).table.row(0, named=True)
        assert (row["standard_error"], row["reason"]) == (0, "all_answers_alike"), measure
        assert (row["lower"], row["design_effect"], row["effective_sample_size"]) == (None, None, None)


def _draw(seed: int, clusters: int = 12) -> tuple[SampleDesign, np.ndarray, np.ndarray]:
    """A sample of a made-up population: five strata, clusters with an effect of their own, unequal sizes."""
    chance = np.random.default_rng(seed)
    parts = []
    for stratum in range(5):
        drawn = chance.integers(0, 60, clusters)  # of 60 clusters, with replacement
        for place, number in enumerate(drawn):
            of_cluster = np.random.default_rng((7, stratum, int(number)))
            size = int(of_cluster.integers(6, 15))
            amount = of_cluster.binomial(1, of_cluster.beta(2, 6), size)
            age = of_cluster.normal(35 + 3 * stratum + of_cluster.normal(0, 4), 10, size).clip(0)
            parts.append((np.full(size, stratum), np.full(size, place), amount, age))
    stratum, cluster, amount, age = (np.concatenate(each) for each in zip(*parts, strict=True))
    design = make_design(np.full(len(stratum), 60 / clusters), stratum, cluster)
    return design, amount.astype(np.float64), age


def _truth() -> tuple[float, float, float]:
    """The total, the share and the mean of the population from which `_draw` draws."""
    amounts, ages, people = 0.0, 0.0, 0
    for stratum in range(5):
        for number in range(60):
            of_cluster = np.random.default_rng((7, stratum, number))
            size = int(of_cluster.integers(6, 15))
            amounts += of_cluster.binomial(1, of_cluster.beta(2, 6), size).sum()
            ages += of_cluster.normal(35 + 3 * stratum + of_cluster.normal(0, 4), 10, size).clip(0).sum()
            people += size
    return amounts, amounts / people, ages / people


def _jackknife(design: SampleDesign, statistic: Any) -> float:
    """The variance when each cluster is left out in its turn and its stratum weighted up: another way to the same."""
    whole, variance = statistic(design.weight), 0.0
    for cluster, stratum in enumerate(design.stratum):
        size = int((design.stratum == stratum).sum())
        weight = design.weight.copy()
        weight[design.stratum[design.cluster] == stratum] *= size / (size - 1)
        weight[design.cluster == cluster] = 0
        variance += (size - 1) / size * (statistic(weight) - whole) ** 2
    return float(variance)


@pytest.mark.parametrize("seed", range(5))
def test_the_error_is_that_of_a_jackknife(seed: int) -> None:
    """Of a total exactly, of a ratio nearly: it is linearised."""
    design, amount, age = _draw(seed)
    total = estimate_total(design, amount)
    assert total.standard_error**2 == pytest.approx(_jackknife(design, lambda weight: weight @ amount))
    mean = estimate_ratio(design, age, np.ones(len(age)))
    assert mean is not None
    expected = _jackknife(design, lambda weight: weight @ age / weight.sum())
    assert mean.standard_error**2 == pytest.approx(expected, rel=0.02)


def test_intervals_cover_the_truth_in_nine_of_ten_surveys() -> None:
    """300 samples; 86 to 94 % of the 90 % intervals of a total, a share and a mean hold what they estimate."""
    truth, hits = _truth(), np.zeros(3)
    for seed in range(300):
        design, amount, age = _draw(1_000 + seed)
        everybody = np.ones(len(age))
        found = (
            estimate_total(design, amount),
            estimate_ratio(design, amount, everybody, is_share=True),
            estimate_ratio(design, age, everybody),
        )
        for place, estimate in enumerate(found):
            assert estimate is not None
            assert estimate.lower is not None
            assert estimate.upper is not None
            hits[place] += estimate.lower <= truth[place] <= estimate.upper
    assert ((hits / 300 >= 0.86) & (hits / 300 <= 0.94)).all(), hits / 300
