"""On real reports of both sides, factors are near the published undercount ratios in order and size."""

from pathlib import Path

import numpy as np
import pytest
from tests.analyse.reported_flows.on_eurostat import (
    ANCHORS,
    beside_published,
    published_ratios,
    rank_correlation,
    read_two_sided,
)

from guzar.analyse.reported_flows.tables import read_reports
from guzar.journey.reconciling import ReconcileQuestion, reconcile_reports


@pytest.mark.parametrize("method", ["log-least-squares", "poulain"])
def test_factors_are_near_published_ratios(shared: Path, method: str) -> None:
    """Other weights, durations and references: the order agrees, and half of them agree within a factor of 1.5."""
    data = shared / "data"
    reports = read_reports(read_two_sided(data)[0], ANCHORS)
    assert len(reports.flow) == 7144
    done = reconcile_reports(reports, ReconcileQuestion(method, ANCHORS))
    assert done.flows.height == 5352
    beside = beside_published(done.reporters, published_ratios(data))
    assert beside.height == 22
    assert rank_correlation(beside) > 0.65
    assert np.median(np.abs(np.log(beside["share"] / beside["ratio"]))) < np.log(1.5)
