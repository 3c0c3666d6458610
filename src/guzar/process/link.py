"""Records about persons → which records are one person: Splink on folded names, birth dates, documents.

In: records with `record_id` and any of surname, given_name, patronymic, sex, birth_date, citizenship, birth_place,
document_number. Out: pairs with the probability that they are one person, and PersonRecords (clusters).
The rule: names are folded (process/names), identities that fold to the same are compared once; a Fellegi–Sunter model is
trained on the records themselves by expectation maximisation; pairs at or above the threshold join, and what is joined
directly or through others is one person, unless too much hangs together. Names are seen nowhere else.
Reference: Fellegi and Sunter 1969; Splink 5 (moj-analytical-services/splink); docs/methods/linkage.md.
"""

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import polars as pl
from splink import Linker
from splink.internals.database_api import DatabaseAPI

from guzar.errors import MethodNotApplicable, SettingsInvalid
from guzar.process.link_clusters import LARGEST, cluster_identities, spread_over_records
from guzar.process.link_identities import find_identities, mark_common_dates, require_enough
from guzar.process.link_model import (
    blocking_rules,
    certain_columns,
    comparison_settings,
    highest_level,
)
from guzar.process.link_training import (
    learn_chance_agreement,
    learn_true_agreement,
    possible_pairs,
    register_sides,
)

LOWEST = 0.01  # pairs below this probability are not kept, not even for review
CERTAIN_SHARE = 0.8  # share of true pairs that agree on the columns of `certain_columns`; a first guess only
ENOUGH_TO_LEARN = 100  # fewer pairs than this teach nothing: the first guesses then stay


@dataclass(frozen=True)
class Linked:
    """Pairs and clusters of a linkage, and what is known about how it went.

    pairs: `record_id_left, record_id_right, match_probability`, at or above the threshold; identical records are paired
    with the first of them only. considered: the same from LOWEST on, for review. clusters: PersonRecords.
    """

    pairs: pl.DataFrame
    considered: pl.DataFrame
    clusters: pl.DataFrame
    identities: int
    is_trained: bool
    clusters_cut: int


def link_records(
    left: pl.DataFrame,
    right: pl.DataFrame | None = None,
    *,
    backend: DatabaseAPI[Any],
    threshold: float = 0.9,
    largest: int = LARGEST,
    step: Callable[[], None] = lambda: None,
) -> Linked:
    """Records of one table that are one person; or, with `right`, records of two tables.

    backend: where Splink computes (DuckDB or Spark). largest: most different identities that one person may have.
    The result does not depend on the order of rows, on the engine's threads, or on columns that are left out.
    Raises TableInvalid for record ids missing or repeated, MethodNotApplicable where too little is held.
    """
    _require_threshold(threshold)
    identities, members = _identities_of(left, right)
    require_enough(identities)
    identities = mark_common_dates(identities)
    step()
    with _silence():
        scored, alone, is_trained = _score(identities, backend, is_link=right is not None, step=step)
    clustered = cluster_identities(identities, scored, alone, threshold=threshold, largest=largest)
    step()
    considered, clusters = spread_over_records(clustered, scored, alone, members, is_link=right is not None)
    pairs = considered.filter(pl.col("match_probability") >= threshold)
    return Linked(pairs, considered, clusters, identities.height, is_trained, clustered.cut)


def _identities_of(left: pl.DataFrame, right: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    if right is None:
        return find_identities(left)
    one, members_one = find_identities(left, side=0)
    two, members_two = find_identities(right, side=1)
    shift = pl.col("identity") + one.height
    shared = [column for column in one.columns if column in two.columns]
    identities = pl.concat([one.select(shared), two.select(shared).with_columns(shift)])
    members = pl.concat([members_one, members_two.with_columns(shift)])
    return identities, members


def _score(
    identities: pl.DataFrame, backend: DatabaseAPI[Any], *, is_link: bool, step: Callable[[], None]
) -> tuple[pl.DataFrame, pl.DataFrame, bool]:
    """Pairs of identities with their probability, each identity's probability beside its copy, and whether trained."""
    held = set(identities.columns)
    comparisons = comparison_settings(held)
    comparisons = learn_chance_agreement(comparisons, identities, backend, is_link=is_link)
    expected = _expected_pairs(identities, is_link=is_link)
    is_trained = expected >= ENOUGH_TO_LEARN and "birth_date" in held
    if is_trained:
        comparisons = learn_true_agreement(comparisons, identities, backend, is_link=is_link)
    step()
    settings = {
        "link_type": "link_only" if is_link else "dedupe_only",
        "unique_id_column_name": "identity",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": blocking_rules(held),
        "probability_two_random_records_match": expected / possible_pairs(identities, is_link=is_link),
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }
    linker = Linker(register_sides(identities, backend, is_link=is_link), deepcopy(settings), log_level=None)
    scored = linker.inference.predict(threshold_match_probability=LOWEST, warning_mode="never")
    pairs = _as_pairs(scored.as_pyarrow_table())
    step()
    return pairs, _score_copies(identities, settings), is_trained


def _as_pairs(table: Any) -> pl.DataFrame:
    """Pairs in one order, probabilities to six decimals: sums made by several threads differ beyond that."""
    pairs = pl.DataFrame(table).select(
        first=pl.min_horizontal("identity_l", "identity_r"),
        second=pl.max_horizontal("identity_l", "identity_r"),
        match_probability=pl.col("match_probability").round(6),
    )
    return pairs.sort("first", "second")


def _score_copies(identities: pl.DataFrame, model: Mapping[str, Any]) -> pl.DataFrame:
    """`identity, match_probability` of two records that fold to the same identity: one person, or two of one name?"""
    chance = model["probability_two_random_records_match"]
    odds = pl.lit(chance / (1 - chance))
    for comparison in model["comparisons"]:
        odds = odds * _evidence(comparison)
    probability = (odds / (1 + odds)).round(6)
    return identities.select("identity", match_probability=probability)


def _evidence(comparison: Mapping[str, Any]) -> pl.Expr:
    """How much likelier the agreement of two copies is in one person; rare names say more."""
    levels = comparison["comparison_levels"]
    reached = highest_level(comparison)
    evidence = pl.lit(1.0)
    for place in (1, 2):
        level = levels[place]
        factor = pl.lit(level["m_probability"] / level["u_probability"])
        if column := level.get("tf_adjustment_column"):
            frequency = pl.len().over(column) / pl.col(column).count()
            factor = level["m_probability"] / pl.max_horizontal(frequency, level["tf_minimum_u_value"])
        evidence = pl.when(reached == place).then(factor).otherwise(evidence)
    return evidence


def _expected_pairs(identities: pl.DataFrame, *, is_link: bool) -> float:
    """How many pairs of one person to expect: those that agree on all that is strong, and a share more."""
    columns = certain_columns(identities.columns)
    blocks = identities.drop_nulls(columns).group_by(columns)
    if is_link:
        sides = blocks.agg(left=(pl.col("side") == 0).sum(), right=(pl.col("side") == 1).sum())
        found = sides.select((pl.col("left").cast(pl.Float64) * pl.col("right")).sum()).item()
    else:
        sizes = blocks.len()["len"].cast(pl.Float64)
        found = (sizes * (sizes - 1) / 2).sum()
    return float(max(found, 1.0)) / CERTAIN_SHARE


def _require_threshold(threshold: float) -> None:
    if not LOWEST <= threshold <= 1:
        raise SettingsInvalid(
            "{threshold} is no threshold for a linkage.",
            expected="a probability from 0.01 to 1, for example 0.9",
            do="Correct --threshold.",
            threshold=threshold,
        )


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing that Splink or its engine has to say gets out: it may quote names; an error is told without its text."""
    logger = logging.getLogger("splink")
    before = (logger.level, logger.disabled, logger.propagate)
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        if type(error).__name__ == "OutOfMemoryException":
            raise SettingsInvalid(
                "The memory allowed is too small for this linkage.",
                expected="about 4 GB for one million different identities",
                do="Allow more with --memory, or link in parts.",
            ) from None
        raise MethodNotApplicable(
            "The linkage could not be computed ({kind}).",
            expected="records of enough different persons, some of them seen more than once",
            do="Check that columns hold what their names say; with few records, link by hand.",
            kind=type(error).__name__,
        ) from None
    finally:
        logger.setLevel(before[0])
        logger.disabled, logger.propagate = before[1], before[2]
