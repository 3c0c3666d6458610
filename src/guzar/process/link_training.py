"""How much each agreement says, learnt from the records themselves: u on a sample of pairs, m by expectation maximisation.

The pairs are counted by the way in which they agree, in the engine of the linkage; m are fitted on those counts, with
the first guesses as a prior worth a few pairs: a level that no true pair of the sample shows stays rare instead of
impossible. Everything is counted in whole numbers and in a fixed order, so that two runs agree to the last digit.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import polars as pl
from splink.internals.database_api import DatabaseAPI

from guzar.process.link_model import Comparison, training_rules

SAMPLED_PAIRS = 4_000_000  # pairs of a sample, for what two different persons share by chance
TRAINING_PAIRS = 3_000_000  # pairs in the blocks from which the m are learnt
PRIOR_PAIRS = 20.0  # what the first guesses are worth
ROUNDS, SETTLED = 200, 1e-6
NOT_COMPARED = -1
SCATTER = 2_654_435_761  # Knuth's multiplier: spreads consecutive numbers over the whole range
RANGE = 2**32


def learn_chance_agreement(
    comparisons: Sequence[Comparison], identities: pl.DataFrame, backend: DatabaseAPI[Any], *, is_link: bool
) -> list[Comparison]:
    """The comparisons with u filled in: how often two different persons reach each level.

    A level that no sampled pair reaches gets the u of half a pair.
    """
    learnt = deepcopy(list(comparisons))
    sample = _scattered(identities, is_link=is_link)
    patterns = _count_patterns(learnt, "TRUE", sample, backend, is_link=is_link)
    for comparison in learnt:
        levels = true_levels(comparison)
        free = [level for level in levels if "u_probability" not in level]
        counted = _count_levels(comparison, patterns, len(levels))[::-1]
        total = max(float(counted.sum()), 1.0)
        for level, pairs in zip(levels, counted, strict=True):
            if level in free:
                level["u_probability"] = max(float(pairs), 0.5) / max(total, 1.0)
    return learnt


def learn_true_agreement(
    comparisons: Sequence[Comparison], identities: pl.DataFrame, backend: DatabaseAPI[Any], *, is_link: bool
) -> list[Comparison]:
    """The comparisons with m filled in: how often two records of one person reach each level."""
    learnt = deepcopy(list(comparisons))
    for rule, outputs in training_rules(identities.columns):
        chosen = [each for each in learnt if each["output_column_name"] in outputs]
        sample = _whole_blocks(identities, list(rule))
        equal = " AND ".join(f"l.{column} = r.{column}" for column in rule)
        patterns = _count_patterns(chosen, equal, sample, backend, is_link=is_link)
        if chosen and patterns.height:
            _fit(chosen, patterns)
    return learnt


def true_levels(comparison: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The levels of a comparison but for the first, which stands for a missing value."""
    return [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]


def register_sides(identities: pl.DataFrame, backend: DatabaseAPI[Any], *, is_link: bool) -> Any:
    """The identities as Splink takes them: one table, or two that are linked."""
    if not is_link:
        return backend.register(identities.drop("side", "copies").to_arrow())
    sides = [identities.filter(pl.col("side") == side).drop("side", "copies") for side in (0, 1)]
    return [backend.register(side.to_arrow()) for side in sides]


def possible_pairs(identities: pl.DataFrame, *, is_link: bool) -> float:
    """How many pairs could be compared."""
    count = identities.height
    if not is_link:
        return max(count * (count - 1) / 2, 2.0)
    left = int((identities["side"] == 0).sum())
    return float(max(left * (count - left), 2))


def _count_patterns(
    comparisons: Sequence[Comparison],
    condition: str,
    sample: pl.DataFrame,
    backend: DatabaseAPI[Any],
    *,
    is_link: bool,
) -> pl.DataFrame:
    """How many pairs agree in which way: a column per comparison, with the number of its level, and `pairs`."""
    sides = register_sides(sample, backend, is_link=is_link)
    left, right = sides if is_link else (sides, sides)
    once = "" if is_link else " AND l.identity < r.identity"
    columns = [column for column in sample.columns if column not in ("side", "copies", "identity")]
    both = ", ".join(f"l.{column} AS {column}_l, r.{column} AS {column}_r" for column in columns)
    cases = ", ".join(f"{_case(each)} AS {each['output_column_name']}" for each in comparisons)
    names = ", ".join(each["output_column_name"] for each in comparisons)
    # The text is made of the names of columns that this package declares, never of data.
    counted = backend.query_sql(
        f"WITH beside AS (SELECT {both} FROM {left.physical_name} AS l INNER JOIN {right.physical_name} AS r "  # noqa: S608
        f"ON {condition}{once}), agreed AS (SELECT {cases} FROM beside) "
        f"SELECT {names}, count(*) AS pairs FROM agreed GROUP BY {names}",
        output_type="splink_df",
    )
    table = pl.DataFrame(counted.as_pyarrow_table())
    return table.sort(table.columns)


def _case(comparison: Mapping[str, Any]) -> str:
    """The number of the level that a pair reaches: as Splink numbers them, the last 0, a missing value -1."""
    levels = comparison["comparison_levels"]
    cases = [f"WHEN {levels[0]['sql_condition']} THEN {NOT_COMPARED}"]
    rest = levels[1:-1]
    cases += [f"WHEN {level['sql_condition']} THEN {len(rest) - place}" for place, level in enumerate(rest)]
    return f"CASE {' '.join(cases)} ELSE 0 END"


def _scattered(identities: pl.DataFrame, *, is_link: bool) -> pl.DataFrame:
    """A sample of identities that gives the pairs wanted: the same for the same records, in no pattern of their order."""
    wanted = int((SAMPLED_PAIRS if is_link else 2 * SAMPLED_PAIRS) ** 0.5)
    order = (pl.col("identity").cast(pl.UInt64) * SCATTER) % RANGE
    return (
        identities.sort(order).group_by("side", maintain_order=True).head(wanted).select(identities.columns)
    )


def _whole_blocks(identities: pl.DataFrame, rule: list[str]) -> pl.DataFrame:
    """Identities of as many whole blocks as hold the pairs to learn from, spread evenly over all blocks."""
    blocks = identities.drop_nulls(rule).group_by(rule).agg(size=pl.len().cast(pl.Float64)).sort(rule)
    blocks = blocks.filter(pl.col("size") > 1)
    total = blocks.select((pl.col("size") * (pl.col("size") - 1) / 2).sum()).item() or 0.0
    every = max(int(np.ceil(total / TRAINING_PAIRS)), 1)
    return identities.join(blocks.gather_every(every).select(rule), on=rule, how="semi").sort("identity")


def _count_levels(comparison: Comparison, patterns: pl.DataFrame, levels: int) -> np.ndarray:
    reached = patterns[comparison["output_column_name"]].to_numpy()
    known = reached != NOT_COMPARED
    return np.bincount(reached[known], weights=patterns["pairs"].to_numpy()[known], minlength=levels)


def _fit(comparisons: Sequence[Comparison], patterns: pl.DataFrame) -> None:
    """Fit m, and the share of true pairs in the blocks, to the counted patterns; m is written into the comparisons."""
    pairs = patterns["pairs"].to_numpy().astype(float)
    reached = [patterns[each["output_column_name"]].to_numpy() for each in comparisons]
    chance = [_by_gamma(each, "u_probability") for each in comparisons]
    guess = [_by_gamma(each, "m_probability") for each in comparisons]
    fitted, share = [m.copy() for m in guess], 0.05
    for _ in range(ROUNDS):
        true = _probability(reached, fitted, chance, share) * pairs
        before = np.concatenate(fitted)
        fitted = [_share_of_levels(g, true, m) for g, m in zip(reached, guess, strict=True)]
        share = float(np.clip(true.sum() / pairs.sum(), 1e-9, 1 - 1e-9))
        if np.abs(np.concatenate(fitted) - before).max() < SETTLED:
            break
    for comparison, m in zip(comparisons, fitted, strict=True):
        for level, value in zip(true_levels(comparison), m[::-1], strict=True):
            level["m_probability"] = float(value)


def _probability(
    reached: Sequence[np.ndarray], m: Sequence[np.ndarray], u: Sequence[np.ndarray], share: float
) -> np.ndarray:
    weight = np.full(reached[0].shape, np.log(share / (1 - share)))
    for gamma, one, other in zip(reached, m, u, strict=True):
        weight += np.where(gamma == NOT_COMPARED, 0.0, np.log(one[gamma] / other[gamma]))
    return np.asarray(1 / (1 + np.exp(-np.clip(weight, -700, 700))))


def _share_of_levels(gamma: np.ndarray, true: np.ndarray, guess: np.ndarray) -> np.ndarray:
    known = gamma != NOT_COMPARED
    counted = np.bincount(gamma[known], weights=true[known], minlength=len(guess)) + PRIOR_PAIRS * guess
    return np.asarray(counted / counted.sum())


def _by_gamma(comparison: Mapping[str, Any], what: str) -> np.ndarray:
    """m or u by Splink's number of the level: 0 is the last of the list."""
    return np.array([level[what] for level in true_levels(comparison)[::-1]])
