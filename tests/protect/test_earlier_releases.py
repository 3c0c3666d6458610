"""Two releases of the same persons: nothing comes out of both that does not come out of one."""

import numpy as np
import polars as pl
import pytest
from tests.protect.persons import count_persons, make_persons

from guzar.errors import ReleaseRefused
from guzar.protect.attack_release import Attacked, attack_release
from guzar.protect.release_counts import Protected, suppress_small_cells
from guzar.protect.released_cells import ReleasedTable, read_release
from guzar.protect.rules import CountRules

SEEDS = range(8)


def persons(seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    return make_persons(
        seed,
        int(random.integers(80, 500)),
        region=int(random.integers(2, 6)),
        status=int(random.integers(2, 6)),
        sex=2,
    )


def protect(
    people: pl.DataFrame,
    by: list[str],
    earlier: dict[str, ReleasedTable] | None = None,
    rules: CountRules = CountRules(),  # noqa: B008 - frozen
) -> Protected:
    return suppress_small_cells(
        {"t": count_persons(people, by)}, dimensions=by, count="persons", rules=rules, earlier=earlier
    )


def as_read(done: Protected) -> dict[str, ReleasedTable]:
    [table] = done.tables
    return read_release(table.frame, dimensions=table.dimensions, count="persons")


def leaks(found: Attacked) -> int:
    return found.small_changes + sum(found.closer_than(5, inner=inner) for inner in (True, False))


@pytest.mark.parametrize("minimum", [2, 3, 8, 12])
@pytest.mark.parametrize("seed", SEEDS)
def test_another_threshold(seed: int, minimum: int) -> None:
    """Cells shown before stay shown, cells hidden before stay hidden: both together tell what one told."""
    people = persons(seed)
    first = as_read(protect(people, ["region", "status"]))
    second = protect(people, ["region", "status"], first, CountRules(minimum=minimum))
    assert leaks(attack_release(as_read(second), first, minimum=5)) == 0


def test_another_threshold_without_heed_gives_cells_away() -> None:
    """What the attack is for: the same two releases made one by one."""
    found = 0
    for seed in SEEDS:
        people = persons(seed)
        first = as_read(protect(people, ["region", "status"]))
        second = as_read(protect(people, ["region", "status"], rules=CountRules(minimum=2)))
        found += leaks(attack_release(first, second, minimum=5)) > 0
    assert found >= len(SEEDS) / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_another_breakdown(seed: int) -> None:
    people = persons(seed)
    first = as_read(protect(people, ["region", "status"]))
    second = protect(people, ["region", "sex"], first)
    assert leaks(attack_release(as_read(second), first, minimum=5)) == 0


@pytest.mark.parametrize("by", [["region", "status"], ["region", "sex"]])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_correction_is_safe_or_refused(seed: int, by: list[str]) -> None:
    people = persons(seed)
    first = as_read(protect(people, ["region", "status"]))
    changed = pl.concat([people[seed % 3 :], make_persons(seed + 100, 1 + seed, region=2, status=2, sex=2)])
    refusal, second = None, None
    try:
        second = protect(changed, by, first)
    except ReleaseRefused as refused:
        refusal = str(refused)
    if second is None:
        assert refusal is not None
        assert "can be differenced" in refusal
    else:
        assert leaks(attack_release(as_read(second), first, minimum=5)) == 0


def test_a_small_change_is_seen_by_the_attack_and_hidden_by_protection() -> None:
    """Two persons more in the largest cell: made one by one, four differences of 2 are seen."""
    counts = pl.DataFrame(
        {"region": ["A", "A", "B", "B"], "sex": ["F", "M"] * 2, "persons": [100, 90, 80, 70]}
    )
    given = {"dimensions": ["region", "sex"], "count": "persons", "rules": CountRules()}
    first = as_read(suppress_small_cells({"t": counts}, **given))
    more = {"t": counts.with_columns(persons=pl.Series([102, 90, 80, 70]))}
    careless = attack_release(as_read(suppress_small_cells(more, **given)), first, minimum=5)
    assert (careless.is_correction, careless.small_changes) == (True, 4)
    heeded = suppress_small_cells(more, **given, earlier=first)
    assert heeded.report.facts["hidden"]["changed_little"] == 4
    assert leaks(attack_release(as_read(heeded), first, minimum=5)) == 0


def test_a_large_change_is_published() -> None:
    counts = pl.DataFrame({"region": ["A", "B"], "persons": [100, 80]})
    given = {"dimensions": ["region"], "count": "persons", "rules": CountRules()}
    first = as_read(suppress_small_cells({"t": counts}, **given))
    later = suppress_small_cells(
        {"t": counts.with_columns(persons=pl.Series([107, 80]))}, **given, earlier=first
    )
    assert later.tables[0].frame["persons"].to_list() == [187, 107, 80]
    found = attack_release(as_read(later), first, minimum=5)
    assert (found.is_correction, found.small_changes) == (True, 0)
