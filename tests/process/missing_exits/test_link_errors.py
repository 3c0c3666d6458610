"""Errors of linkage are made in known shares, and what they do to counts is taken away again."""

import numpy as np
import pytest
from tests.process.missing_exits.made_worlds import FIRST, LAST, RULE, World, make_world

from guzar.process.missing_exits.draws import draw_counts, find_recorded, fit_material, prepare
from guzar.process.missing_exits.link_errors import (
    LinkErrors,
    moved_by_errors,
    with_more_errors,
    without_errors,
)
from guzar.process.missing_exits.year_counts import RESIDENTS

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


def test_counts_are_corrected_for_errors_of_known_share() -> None:
    """With 6 % of persons split, residents come out too high; corrected, by less than a third of that."""
    off, left = [], []
    for seed in range(31, 34):
        made = make_world(seed, World(persons=3000, splits=0.06))
        seen = (made.log.day[made.log.starts[1:] - 1] - made.log.day[made.log.starts[:-1]]) / (LAST - FIRST)
        errors = LinkErrors(
            split=0.06 * float(seen.mean())
        )  # renewed between the first crossing and the last
        material = prepare(made.log, RULE)
        recorded = find_recorded(material)
        draws = draw_counts(material, fit_material(material, recorded), recorded, draws=6)
        mended = without_errors(draws, moved_by_errors(made.log, RULE, errors))
        true = made.truth.counted[RESIDENTS, :DECIDED]
        off.append((draws.counted[:, RESIDENTS, :DECIDED].mean(axis=0) - true) / true)
        left.append((mended.counted[:, RESIDENTS, :DECIDED].mean(axis=0) - true) / true)
    assert np.mean(off) > 0.02
    assert abs(np.mean(left)) < np.mean(off) / 3
