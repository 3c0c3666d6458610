"""Noise tables: the printed digits of the package ptable, and the laws they keep."""

import numpy as np
import polars as pl
import pytest

from guzar.errors import MethodNotApplicable
from guzar.protect.noise_tables import make_noise_table


def results(table: pl.DataFrame, count: int) -> dict[int, float]:
    rows = table.filter(pl.col("count") == count).with_columns(result=pl.col("count") + pl.col("noise"))
    return dict(rows.select("result", "probability").iter_rows())


def test_golden_case_7() -> None:
    """D=2, V=1.05, js=1, not falling for a count of three."""
    table = make_noise_table(2, 1.05, never_up_to=1, falling=(True, True, False, True))
    assert results(table, 1) == pytest.approx({0: 0.5083333, 2: 0.475, 3: 0.0166667}, abs=5e-8)
    assert results(table, 2) == pytest.approx(
        {0: 0.1615583, 2: 0.5556504, 3: 0.2424662, 4: 0.0403252}, abs=5e-7
    )
    assert results(table, 3) == pytest.approx(
        {2: 0.4123130, 3: 0.2880610, 4: 0.1869390, 5: 0.1126870}, abs=5e-7
    )
    outer, near = 0.070125, 0.2445001
    assert results(table, 4) == pytest.approx({2: outer, 3: near, 4: 0.3707499, 5: near, 6: outer}, abs=5e-7)


def test_golden_case_8() -> None:
    """D=2, V=1, nothing forbidden but what is below zero."""
    table = make_noise_table(2, 1.0)
    assert results(table, 1) == pytest.approx(
        {0: 0.3664855, 1: 0.3664855, 2: 0.1675725, 3: 0.0994565}, abs=5e-7
    )
    two = {0: 0.0638271, 1: 0.2446914, 2: 0.3829628, 3: 0.2446915, 4: 0.0638271}
    assert results(table, 2) == pytest.approx(two, abs=5e-7)


def test_golden_case_9() -> None:
    """D=5, V=3, js=2, half of the cells stay: 66 rows, the last count eight."""
    table = make_noise_table(5, 3.0, never_up_to=2, stay=0.5)
    assert table.height == 66
    assert table["count"].max() == 8
    assert results(table, 1)[0] == pytest.approx(0.7344695, abs=5e-7)
    assert results(table, 3)[0] == pytest.approx(0.1873760, abs=5e-7)
    assert results(table, 3)[3] == pytest.approx(0.5, abs=5e-7)
    eight = results(table, 8)
    assert (eight[3], eight[8], eight[13]) == pytest.approx((0.0115849, 0.5, 0.0115849), abs=5e-7)


@pytest.mark.parametrize(
    ("greatest", "variance", "never"), [(2, 1.05, 1), (3, 2.0, 0), (5, 3.0, 2), (8, 9.0, 4)]
)
def test_noise_has_no_bias_and_leads_to_nothing_forbidden(greatest: int, variance: float, never: int) -> None:
    table = make_noise_table(greatest, variance, never_up_to=never)
    by_count = table.group_by("count").agg(
        whole=pl.col("probability").sum(),
        mean=(pl.col("probability") * pl.col("noise")).sum(),
        spread=(pl.col("probability") * pl.col("noise") ** 2).sum(),
    )
    assert np.allclose(by_count["whole"], 1.0)
    assert np.allclose(by_count["mean"], 0.0, atol=1e-6)
    assert by_count["spread"].max() <= variance + 1e-6  # type: ignore[operator]
    result = table["count"] + table["noise"]
    assert ((result == 0) | (result > never)).all()
    assert table.filter(pl.col("count") == 0)["noise"].to_list() == [0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"greatest": 0, "variance": 1.0}, "make no noise table"),
        ({"greatest": 2, "variance": -1.0}, "make no noise table"),
        ({"greatest": 5, "variance": 0.01, "never_up_to": 4}, "has this variance"),
    ],
)
def test_settings_without_sense_are_refused(settings: dict[str, float], message: str) -> None:
    greatest, variance = int(settings.pop("greatest")), settings.pop("variance")
    with pytest.raises(MethodNotApplicable, match=message):
        make_noise_table(greatest, variance, **settings)  # type: ignore[arg-type]
