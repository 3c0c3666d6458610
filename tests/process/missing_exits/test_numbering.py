"""Groups, residences and kinds of permission have the same numbers in every log that one fit is read with."""

from dataclasses import replace

import numpy as np
from tests.process.missing_exits.made_worlds import PORTS, RULE, World, make_world

from guzar.process.missing_exits.crossing_log import keep_persons
from guzar.process.missing_exits.diagnostics import LEAST_PORT_MONTHS, Diagnostics
from guzar.process.missing_exits.material import prepare
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.residence_kernel import OPEN, YES


def test_a_cleaned_log_is_numbered_like_the_first() -> None:
    """Of the second, too few bring permissions of a length to tell it apart, one residence does not occur, and others are the largest group."""
    log = make_world(1, World(persons=3000, heeded=0.8)).log
    codes = tuple("ABCDEFGHIJ")
    log = replace(log, citizenships=codes, citizenship=(log.person % 10).astype(np.int32))
    first = prepare(log, RULE)
    assert first.histories.permits > 1
    kept = (log.given != YES) & (np.arange(log.persons) % 10 > 2) & (np.arange(log.persons) < 60)
    fewer = keep_persons(log, kept)
    anew = prepare(fewer, RULE).histories.group
    assert (anew != first.histories.group[kept]).any()
    second = prepare(fewer, RULE, first.numbering)
    rows = np.flatnonzero(kept[log.person])
    assert (second.histories.group == first.histories.group[kept]).all()
    assert (second.histories.status == first.histories.status[kept]).all()
    kinds = [
        each.histories.cell // len(PORTS) for each in (first, second)
    ]  # ports are numbered by log, as losses are
    assert (kinds[1] == kinds[0][rows]).all()
    assert second.histories.groups == first.histories.groups
    unlike = replace(fewer, given=np.full(fewer.persons, OPEN, np.int8))
    assert prepare(unlike, RULE, first.numbering).histories.status.max() < first.histories.statuses


class _Unlucky(np.random.Generator):
    """A bootstrap that draws no port-month at all the first time, or every time."""

    left = 1

    def poisson(self, lam: float, size: int) -> np.ndarray:  # type: ignore[override]
        self.left -= 1
        return np.zeros(size) if self.left >= -1 else super().poisson(lam, size)


def test_a_bootstrap_without_an_exit_is_drawn_again() -> None:
    """Twice it holds nothing (exits and entries each draw); the third one tells. Where none ever does, the whole stands."""
    material = prepare(make_world(2, World(persons=600)).log, RULE)
    whole = find_recorded(material)
    random = _Unlucky(np.random.PCG64(1))
    found = find_recorded(material, random, whole)
    assert random.left < -1
    assert not np.array_equal(found.exits.share, whole.exits.share)
    never = _Unlucky(np.random.PCG64(1))
    never.left = 10**6
    assert find_recorded(material, never, whole) is whole


def test_few_port_months_fail_a_diagnostic() -> None:
    assert not Diagnostics(1.0, 1.0, 1.0, 1.0, 1.0).failed
    assert Diagnostics(1.0, 1.0, 1.0, 1.0, 1.0, 0.0, LEAST_PORT_MONTHS - 1).failed == ("port_months",)
