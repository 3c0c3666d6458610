"""Errors of linkage are made in known shares, and what they do to counts is taken away again."""

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import FIRST, LAST, RULE, Made, World, make_world

from guzar.process.missing_exits.draws import count_as_recorded, draw_counts, fit_material
from guzar.process.missing_exits.link_errors import (
    LinkErrors,
    moved_by_errors,
    with_more_errors,
    without_errors,
)
from guzar.process.missing_exits.material import prepare
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.year_counts import RESIDENTS, YearCounts

DECIDED = 4


def test_errors_are_made_in_the_shares_asked_for() -> None:
    """No crossing is lost; a tenth of persons is split where they can be, none joined; then the other way round."""
    log = make_world(3, World(persons=3000)).log
    split = with_more_errors(log, LinkErrors(split=0.1), np.random.default_rng(1))
    assert split.persons - log.persons == pytest.approx(0.1 * (np.diff(log.starts) > 1).sum(), rel=0.2)
    joined = with_more_errors(log, LinkErrors(joined=0.1), np.random.default_rng(1))
    assert log.persons - joined.persons == pytest.approx(0.1 * log.persons, rel=0.2)
    for made in (split, joined):
        assert sorted(zip(made.day, made.is_entry, made.port, strict=True)) == sorted(
            zip(log.day, log.is_entry, log.port, strict=True)
        )
        inner = np.ones(len(made.day), bool)
        inner[made.starts[:-1]] = False
        assert (np.diff(made.day)[inner[1:]] >= 0).all()
    same = with_more_errors(log, LinkErrors(), np.random.default_rng(1))
    assert (same.starts == log.starts).all()
    assert (same.given == log.given).all()


def residents(draws: YearCounts) -> np.ndarray:
    return draws.counted[:, RESIDENTS, :DECIDED].mean(axis=0)


def estimate(made: Made) -> YearCounts:
    material = prepare(made.log, RULE)
    recorded = find_recorded(material)
    return draw_counts(material, fit_material(material, recorded), recorded, draws=6)


def test_the_chance_of_whose_records_are_split_is_in_the_correction() -> None:
    """Where nothing is lost nothing is drawn: pairs differ by the persons whom errors meet, as logs with such errors do."""
    made = make_world(5, World(persons=700, coverage=(1.0,) * 4))
    errors = LinkErrors(split=0.04)
    as_is = count_as_recorded(prepare(made.log, RULE)).counted[RESIDENTS, :DECIDED]
    logs = [with_more_errors(made.log, errors, np.random.default_rng(each)) for each in range(12)]
    moved = [count_as_recorded(prepare(log, RULE)).counted[RESIDENTS, :DECIDED] - as_is for log in logs]
    pairs = moved_by_errors(made.log, RULE, errors).counted[:, RESIDENTS, :DECIDED]
    spread, expected = (np.std(each, axis=0, ddof=1).mean() for each in (pairs, moved))
    assert 0.4 * expected < spread < 2.5 * expected
    assert np.abs(pairs.mean() - np.mean(moved)) < 3 * expected / np.sqrt(6)


@pytest.mark.full  # six estimates
def test_counts_are_corrected_for_errors_of_known_share() -> None:
    """With 4 % of persons split residents come out higher than without; corrected, by less than half of that."""
    off, left = [], []
    for seed in (31, 32):
        made = make_world(seed, World(persons=4000, splits=0.04))
        seen = (made.log.day[made.log.starts[1:] - 1] - made.log.day[made.log.starts[:-1]]) / (LAST - FIRST)
        errors = LinkErrors(
            split=0.04 * float(seen.mean())
        )  # renewed between the first crossing and the last
        whole = residents(estimate(make_world(seed, World(persons=4000))))
        split = estimate(made)
        mended = without_errors(split, moved_by_errors(made.log, RULE, errors))
        off.append((residents(split) - whole) / whole)
        left.append((residents(mended) - whole) / whole)
    assert np.mean(off) > 0.01
    assert abs(np.mean(left)) < np.mean(off) / 2
