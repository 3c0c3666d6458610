"""Noise from cell keys and controlled rounding: what is promised of the numbers that leave."""

import duckdb
import numpy as np
import polars as pl
import pytest
from tests.protect.persons import count_persons, make_persons

from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.protect.cell_keys import CELL_KEY_SQL, count_with_keys, make_record_keys, noise_of_cells
from guzar.protect.noise_tables import make_noise_table
from guzar.protect.release_blurred import NoiseRules, perturb_counts, require_enough_noise, round_counts

SECRET = bytes(range(32))
PERSONS = make_persons(5, 3000, region=12, status=6, sex=2)
KEYED = PERSONS.with_columns(
    record_key=pl.Series(make_record_keys([f"person {number}" for number in range(PERSONS.height)], SECRET))
)


def keyed(by: list[str]) -> pl.DataFrame:
    return count_with_keys(KEYED, by=by, record_key="record_key")


def test_the_same_persons_get_the_same_noise_in_every_table() -> None:
    """Regions stand in two tables, protected apart: the same counts come out."""
    given = {"count": "persons", "noise": NoiseRules()}
    one = perturb_counts({"t": keyed(["region", "status"])}, dimensions=["region", "status"], **given).tables[
        0
    ]
    two = perturb_counts({"t": keyed(["region", "sex"])}, dimensions=["region", "sex"], **given).tables[0]
    regions = [frame.frame.filter(pl.col(other) == "_T").select("region", "persons").sort("region") for frame, other in ((one, "status"), (two, "sex"))]  # fmt: skip
    assert regions[0].equals(regions[1])
    truth = count_persons(PERSONS, ["region"]).sort("region")
    assert not regions[0].filter(pl.col("region") != "_T")["persons"].equals(truth["persons"].cast(pl.Int64))


def test_promises_of_noise() -> None:
    """Empty stays empty, no result of 1 or 2, at most 5 away, and no column of keys leaves."""
    counts = keyed(["region", "status", "sex"])
    [table] = perturb_counts(
        {"t": counts}, dimensions=["region", "status", "sex"], count="persons", noise=NoiseRules(5, 3.0, 2)
    ).tables
    joined = table.frame.join(counts.rename({"persons": "truth"}), on=["region", "status", "sex"], how="left")
    inner = joined.filter(pl.all_horizontal(pl.col("region", "status", "sex") != "_T"))
    empty = inner.filter(pl.col("truth").is_null())
    assert empty.height > 0
    assert empty["persons"].unique().to_list() == [0]
    assert not table.frame["persons"].is_in([1, 2]).any()
    moved = (inner["persons"] - inner["truth"]).drop_nulls()
    assert moved.abs().max() <= 5
    assert table.frame.columns == ["region", "status", "sex", "persons", "disclosure_method"]
    assert set(table.about["noise"]) == {"greatest", "variance", "never_up_to"}


@pytest.mark.parametrize("threads", [1, 2])
def test_another_order_and_another_engine_give_the_same_noise_to_the_bit(threads: int) -> None:
    noise_table = make_noise_table(5, 3.0, never_up_to=2)
    expected = keyed(["region", "status"])
    shuffled = KEYED.sample(fraction=1.0, shuffle=True, seed=threads)
    engine = duckdb.connect(config={"threads": threads})
    engine.register("records", shuffled.to_arrow())
    counted = engine.sql(
        f"select region, status, count(*) as persons, {CELL_KEY_SQL.format(record_key='record_key')} as cell_key "
        "from records group by all order by region, status"
    ).pl()
    again = count_with_keys(shuffled, by=["region", "status"], record_key="record_key")
    noises = [
        noise_of_cells(
            each["persons"].cast(pl.Int64).to_numpy(),
            each["cell_key"].cast(pl.UInt64).to_numpy(),
            noise_table,
        )
        for each in (expected, again, counted)
    ]
    assert np.array_equal(noises[0], noises[1])
    assert np.array_equal(noises[0], noises[2])
    assert counted["cell_key"].cast(pl.UInt64).to_list() == expected["cell_key"].to_list()


def test_noise_needs_keys_or_a_secret() -> None:
    bare = {"t": count_persons(PERSONS, ["region"])}
    given = {"dimensions": ["region"], "count": "persons", "noise": NoiseRules()}
    with pytest.raises(SettingsInvalid, match="Noise needs keys"):
        perturb_counts(bare, **given)
    once = perturb_counts(bare, **given, secret=SECRET).tables[0].frame
    assert once.equals(perturb_counts(bare, **given, secret=SECRET).tables[0].frame)
    assert not once.equals(perturb_counts(bare, **given, secret=SECRET[::-1]).tables[0].frame)


def test_one_cell_has_one_key() -> None:
    """Tables counted with other keys would give two noisy counts of one region, and their mean."""
    other = keyed(["region", "sex"]).with_columns(pl.col("cell_key") + 1)
    with pytest.raises(TableInvalid, match="different keys"):
        perturb_counts(
            {"a": keyed(["region", "status"]), "b": other},
            dimensions=["region", "status", "sex"],
            count="persons",
            noise=NoiseRules(),
        )


@pytest.mark.parametrize("base", [3, 5, 10])
def test_rounded_counts_add_up_and_stay_near(base: int) -> None:
    counts = count_persons(PERSONS, ["region", "status"])
    [table] = round_counts({"t": counts}, dimensions=["region", "status"], count="persons", base=base).tables
    frame = table.frame
    assert (frame["persons"] % base).sum() == 0
    by_region = frame.filter((pl.col("region") != "_T") & (pl.col("status") != "_T"))
    sums = by_region.group_by("region").agg(pl.col("persons").sum())
    margins = frame.filter((pl.col("region") != "_T") & (pl.col("status") == "_T")).select(
        "region", margin="persons"
    )
    joined = sums.join(margins, on="region")
    assert (joined["persons"] == joined["margin"]).all()
    near = by_region.join(counts.rename({"persons": "truth"}), on=["region", "status"], how="left").fill_null(
        0
    )
    assert ((near["persons"] - near["truth"]).abs() < base).all()


@pytest.mark.parametrize(("key", "told"), [(0, "all are zero"), (7, "all are the same")])
def test_keys_that_anybody_can_guess_are_refused(key: int, told: str) -> None:
    """One key for every cell is no secret: whoever guesses it takes the noise off."""
    counts = keyed(["region", "status"]).with_columns(cell_key=pl.lit(key))
    given = {"dimensions": ["region", "status"], "count": "persons", "noise": NoiseRules()}
    with pytest.raises(TableInvalid, match=told):
        perturb_counts({"t": counts}, **given)
    # Rows of empty cells and of totals do not make constant keys a secret.
    empty = pl.DataFrame({"region": ["nowhere"], "status": ["0"], "persons": [0], "cell_key": [99]})
    total = pl.DataFrame(
        {"region": ["_T"], "status": ["_T"], "persons": [counts["persons"].sum()], "cell_key": [5]}
    )
    hiding = pl.concat([counts, empty, total], how="vertical_relaxed")
    with pytest.raises(TableInvalid, match=told):
        perturb_counts({"t": hiding}, **given)


def test_keys_of_which_two_are_equal_and_one_cell_alone_are_no_fault() -> None:
    given = {"dimensions": ["region"], "count": "persons", "noise": NoiseRules()}
    keys = pl.Series([5, 5, 1 << 60], dtype=pl.UInt64)
    some = pl.DataFrame({"region": ["a", "b", "c"], "persons": [10, 20, 30], "cell_key": keys})
    assert perturb_counts({"t": some}, **given).tables[0].frame.height == 4
    assert perturb_counts({"t": some.head(1)}, **given).tables[0].frame.height == 2
    empty = some.with_columns(persons=pl.lit(0), cell_key=pl.lit(0))
    assert perturb_counts({"t": empty}, **given).tables[0].frame["persons"].sum() == 0


@pytest.mark.parametrize(
    "noise",
    [(1, 0.0001, 0), (5, 0.5, 0), (1, 1.0, 0), (99999, 3.0, 2), (5, float("inf"), 2), (5, float("nan"), 2)],
)
def test_noise_that_leaves_counts_as_they_are_or_has_no_end_is_refused(noise: tuple[int, float, int]) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be used for a release"):
        NoiseRules(*noise)


@pytest.mark.parametrize("noise", [(5, 3.0, 2), (2, 1.05, 1), (2, 1.0, 0), (3, 2.0, 0), (8, 9.0, 4)])
def test_usual_noise_is_enough(noise: tuple[int, float, int]) -> None:
    """The default, and the settings of the printed tables."""
    rules = NoiseRules(*noise)
    assert (rules.greatest, rules.variance, rules.never_up_to) == noise
    require_enough_noise(make_noise_table(rules.greatest, rules.variance, never_up_to=rules.never_up_to))


def test_a_noise_table_that_keeps_small_counts_is_refused() -> None:
    with pytest.raises(MethodNotApplicable, match="too often: 3, 4"):
        require_enough_noise(make_noise_table(5, 3.0, never_up_to=2, stay=0.65))
