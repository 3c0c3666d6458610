"""Mirror methods find known factors again, keep both reports, and claim no level without an anchor."""

import numpy as np
import polars as pl
import pytest
from tests.analyse.reported_flows.made_up_reports import World, make_world

from guzar.analyse.reported_flows.tables import read_reports
from guzar.errors import GuzarError, MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey.reconciling import Reconciled, ReconcileQuestion, reconcile_reports

METHODS = ("log-least-squares", "poulain")
ANCHOR = "C00:destination"
FLOW = ["origin", "destination", "year"]


def _reconcile(reports: pl.DataFrame, method: str, *anchors: str, durations: str = "imem") -> Reconciled:
    asked = ReconcileQuestion(method, anchors, durations)
    return reconcile_reports(read_reports(reports, anchors), asked)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


def _shares(world: World) -> pl.DataFrame:
    sides = (("origin", world.as_origin), ("destination", world.as_destination))
    return pl.concat(
        pl.DataFrame({"reporter": world.countries, "reported_by": side, "share": shares})
        for side, shares in sides
    )


@pytest.mark.parametrize("method", METHODS)
def test_without_noise_factors_and_flows_are_exact(world: World, method: str) -> None:
    """Every reporter's share is found again, and the truth of every flow."""
    done = _reconcile(world.reports, method, ANCHOR)
    found = done.reporters.join(_shares(world), on=["reporter", "reported_by"])
    np.testing.assert_allclose(found["factor"] * found["share"], 1.0, rtol=1e-9)
    both = done.flows.join(world.truth, on=FLOW)
    np.testing.assert_allclose(both["persons"], both["truth"], rtol=1e-9)
    assert (both["lower"] < both["truth"]).all()
    assert (both["upper"] > both["truth"]).all()
    assert set(done.flows["status"]) == {"both_reports"}


@pytest.mark.parametrize("method", METHODS)
def test_both_reports_stand_beside_the_value_as_they_came(world: World, method: str) -> None:
    """Also where the minimum stay makes another number of them."""
    reports = world.reports.with_columns(minimum_stay_months=pl.lit(3.0))
    flows = _reconcile(reports, method, ANCHOR).flows
    for side in ("origin", "destination"):
        told = reports.filter(pl.col("reported_by") == side).join(flows, on=FLOW, suffix="_reconciled")
        assert (told["persons"] == told[f"persons_reported_by_{side}"]).all()
        assert (told[f"minimum_stay_months_{side}"] == 3).all()
    both = flows.join(world.truth, on=FLOW)
    np.testing.assert_allclose(both["persons"], 0.63 * both["truth"], rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_rows_changes_nothing(method: str) -> None:
    """Rows in another order, the same factors and flows in the same order."""
    reports = make_world(spread=0.2, poisson=True).reports
    one, other = (
        _reconcile(each, method, ANCHOR)
        for each in (reports, reports.sample(fraction=1.0, shuffle=True, seed=3))
    )
    for name in ("persons", "lower", "upper"):
        np.testing.assert_allclose(one.flows[name], other.flows[name], rtol=1e-9)
    assert one.flows.select(FLOW).equals(other.flows.select(FLOW))


def test_a_scale_of_all_reports_is_a_scale_of_all_flows() -> None:
    """Factors by Poulain stay what they are; so do those by logarithms where every count is above the limit of weights."""
    reports = make_world(spread=0.2, mean=9.0).reports
    tenfold = reports.with_columns(pl.col("persons") * 10)
    for method in METHODS:
        one, other = (_reconcile(each, method, ANCHOR).flows for each in (reports, tenfold))
        np.testing.assert_allclose(10 * one["persons"], other["persons"], rtol=1e-2)
        if method == "poulain":
            np.testing.assert_allclose(one["factor_origin"], other["factor_origin"], rtol=1e-9)


def test_poulain_is_the_least_sum_and_never_below_zero() -> None:
    """No small change of a factor makes the published sum smaller."""
    reports = make_world(4, 2, spread=0.5).reports
    done = _reconcile(reports, "poulain", ANCHOR)
    factors = {
        (one, two): value
        for one, two, value in done.reporters.select("reporter", "reported_by", "factor").iter_rows()
    }
    pairs = done.flows.select(*FLOW, "persons_reported_by_origin", "persons_reported_by_destination").rows()

    def least(of: dict[tuple[str, str], float]) -> float:
        return sum((of[j, "destination"] * b - of[i, "origin"] * a) ** 2 / (a + b) for i, j, _, a, b in pairs)

    assert min(factors.values()) > 0
    for key, factor in factors.items():
        for step in (-1e-3, 1e-3):
            if key != ("C00", "destination"):
                assert least(factors | {key: factor + step}) > least(factors)


def test_one_gross_error_moves_factors_little() -> None:
    """A report that is wrong a hundredfold weighs no more than its limit."""
    world = make_world(8, 4, spread=0.1)
    reports = world.reports.with_columns(
        pl.when(pl.int_range(pl.len()) == 40).then(pl.col("persons") * 100).otherwise(pl.col("persons"))
    )
    good, bad = (
        _reconcile(each, METHODS[0], ANCHOR).reporters["factor"] for each in (world.reports, reports)
    )
    assert float((bad / good - 1).abs().max()) < 0.05  # type: ignore[arg-type]


def test_standard_errors_are_those_of_repeated_worlds() -> None:
    """Over 30 worlds the 90 % intervals of factors hold the truth in 80 to 97 of 100; so do those of flows."""
    held, flows = [], []
    for seed in range(30):
        world = make_world(7, 3, seed=seed, spread=0.25, poisson=True)
        done = _reconcile(world.reports, METHODS[0], ANCHOR)
        found = done.reporters.filter(pl.col("status") == "identified").join(
            _shares(world), on=["reporter", "reported_by"]
        )
        held += found.select((1 / pl.col("share")).is_between("lower", "upper")).to_series().to_list()
        both = done.flows.join(world.truth, on=FLOW)
        flows += both.select(pl.col("truth").is_between("lower", "upper")).to_series().to_list()
    assert 0.80 < np.mean(held) < 0.97
    assert 0.80 < np.mean(flows) < 0.97


def test_a_group_without_anchor_has_no_level(world: World) -> None:
    """Two groups that are never compared: one has the anchor, the other factors about its mean and no values."""
    other = world.reports.with_columns(
        pl.concat_str(pl.lit("X"), pl.col(name)).alias(name) for name in FLOW[:2]
    )
    done = _reconcile(pl.concat([world.reports, other]), METHODS[0], ANCHOR)
    adrift = done.reporters.filter(pl.col("reporter").str.starts_with("X"))
    assert set(adrift["status"]) == {"unidentified"}
    assert adrift["component"].n_unique() == 1
    assert float(adrift["factor"].log().sum()) == pytest.approx(0.0, abs=1e-9)
    without = done.flows.filter(pl.col("origin").str.starts_with("X"))
    assert without["persons"].null_count() == without.height
    assert without["persons_reported_by_origin"].null_count() == 0
    assert set(without["status"]) == {"unidentified"}


def test_who_counts_nobody_stands_with_what_may_be_hidden(world: World) -> None:
    """Both say 0: the value is 0, and its upper end what chance hides in 5 of 100."""
    first = (pl.col("origin") == "C01") & (pl.col("destination") == "C00") & (pl.col("year") == 2010)
    reports = world.reports.with_columns(
        pl.when(first).then(0.0).otherwise(pl.col("persons")).alias("persons")
    )
    row = _reconcile(reports, METHODS[0], ANCHOR).flows.filter(first).row(0, named=True)
    assert (row["persons"], row["lower"]) == (0.0, 0.0)
    assert row["upper"] == pytest.approx(-np.log(0.05) / (1 + world.as_origin[1]), rel=1e-6)


def test_one_report_is_scaled_and_further_ones_are_kept(world: World) -> None:
    """A flow that one side counts; and a second source of the same side."""
    lone = (pl.col("origin") == "C02") & (pl.col("destination") == "C03")
    census = world.reports.filter(lone & (pl.col("reported_by") == "origin")).with_columns(
        source=pl.lit("census")
    )
    reports = pl.concat([world.reports.filter(~(lone & (pl.col("reported_by") == "destination"))), census])
    rows = _reconcile(reports, METHODS[0], ANCHOR).flows.filter(lone)
    assert set(rows["status"]) == {"one_report"}
    both = rows.join(world.truth, on=FLOW)
    np.testing.assert_allclose(both["persons"], both["truth"], rtol=1e-9)
    assert rows["further_reports"].str.starts_with("origin census ").all()


@pytest.mark.parametrize("method", METHODS)
def test_one_pair_tells_a_factor_and_no_interval(method: str) -> None:
    """As many pairs as factors fit anything: a value without ends, a factor without standard error."""
    reports = make_world(2, 1, poisson=True).reports.filter(pl.col("destination") == "C00")
    done = _reconcile(reports, method, ANCHOR)
    row = done.flows.row(0, named=True)
    assert row["persons"] == pytest.approx(row["persons_reported_by_destination"])
    assert (row["lower"], row["upper"], done.spread) == (None, None, None)
    assert done.reporters.filter(pl.col("status") == "identified")["standard_error"].to_list() == [None]


@pytest.mark.parametrize(
    ("change", "anchors", "error", "exit_code", "said"),
    [
        ({"persons": -1.0}, [ANCHOR], TableInvalid, 3, "C00 C01 2010 origin register"),
        ({"reported_by": "both"}, [ANCHOR], TableInvalid, 3, "the first says both"),
        ({"destination": "C00"}, [ANCHOR], TableInvalid, 3, "the first is of C00"),
        ({"reported_by": "destination"}, [ANCHOR], TableInvalid, 3, "stand more than once"),
        ({"minimum_stay_months": None}, [ANCHOR], TableInvalid, 3, "minimum_stay_months"),
        ({}, ["SWE"], SettingsInvalid, 2, "The anchor SWE reports nothing"),
        ({}, [], MethodNotApplicable, 6, "factors of all 12 reporters"),
    ],
    ids=["negative", "side", "itself", "twice", "no stay", "unknown anchor", "no anchor"],
)
def test_what_is_wrong_is_named(
    world: World,
    change: dict[str, object],
    anchors: list[str],
    error: type[GuzarError],
    exit_code: int,
    said: str,
) -> None:
    """Bad rows and anchors, with the exit that the contract gives them."""
    first = pl.int_range(pl.len()) == 0
    reports = world.reports.with_columns(
        pl.when(first).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in change.items()
    )
    with pytest.raises(error, match=said) as refused:
        _reconcile(reports, "poulain", *anchors)
    assert refused.value.exit_code == exit_code
