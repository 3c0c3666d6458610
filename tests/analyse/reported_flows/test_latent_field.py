"""The latent field finds a made-up world, says how sure it is, and says nothing about a level that nobody knows."""

import numpy as np
import polars as pl
import pytest
from tests.analyse.reported_flows.made_up_reports import World, make_world

from guzar.analyse.reported_flows.blocks import shared_covariance, solve_arrow, solve_for
from guzar.analyse.reported_flows.checks import check_field, places_in_poisson
from guzar.analyse.reported_flows.evidence import gather_evidence
from guzar.analyse.reported_flows.latent_field import Fit, variance_of_flows
from guzar.analyse.reported_flows.posterior import biases_of_field, draw_flows, flows_of_field
from guzar.analyse.reported_flows.spreads import fit_field
from guzar.analyse.reported_flows.tables import FLOW, Reports, read_reports
from guzar.errors import MethodNotApplicable, TableInvalid

ANCHOR = ["C00:destination"]


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(8, 5, seed=4, spread=0.2, poisson=True, mean=5.0)


@pytest.fixture(scope="module")
def fitted(world: World) -> tuple[Reports, Fit]:
    reports = read_reports(world.reports, ANCHOR)
    return reports, fit_field(gather_evidence(reports))


def _error(flows: pl.DataFrame, world: World) -> float:
    """Root mean square error of ln of the flows."""
    both = flows.join(world.truth, on=FLOW)
    return float(((both["persons"] / both["truth"]).log() ** 2).mean() ** 0.5)  # type: ignore[operator]


def test_an_arrow_is_solved_as_the_whole_matrix() -> None:
    """Blocks and border put together give the same solution and the same inverse."""
    random = np.random.default_rng(3)
    number, size, shared = 4, 3, 5
    columns = np.array([[0, 1, 5], [0, 2, 3], [1, 2, 4], [0, 4, 5]])  # 5 stands for none
    border = random.normal(size=(number, size, 3)) * (columns < shared)[:, None, :]
    blocks = np.stack([np.eye(size) * 9 + np.ones((size, size)) for _ in range(number)])
    corner = np.eye(shared) * 20
    whole = np.zeros((number * size + shared,) * 2)
    whole[-shared:, -shared:] = corner
    for block in range(number):
        part = slice(block * size, (block + 1) * size)
        whole[part, part] = blocks[block]
        for at, column in enumerate(columns[block]):
            if column < shared:
                whole[part, number * size + column] = border[block, :, at]
    whole = np.triu(whole) + np.triu(whole, 1).T
    arrow = solve_arrow(blocks, border, columns, corner)
    right = random.normal(size=len(whole))
    within, ends = solve_for(arrow, right[:-shared].reshape(number, size), right[-shared:])
    np.testing.assert_allclose(np.append(within.ravel(), ends), np.linalg.solve(whole, right), rtol=1e-9)
    inverse = np.linalg.inv(whole)
    np.testing.assert_allclose(arrow.left, inverse[-shared:, -shared:], rtol=1e-9)
    own = arrow.inverse + arrow.lean @ shared_covariance(arrow) @ np.swapaxes(arrow.lean, 1, 2)
    np.testing.assert_allclose(own[1], inverse[size : 2 * size, size : 2 * size], rtol=1e-9)


def test_a_made_up_world_is_found_with_honest_intervals() -> None:
    """Over 6 worlds of small flows 90 % intervals hold 84 to 96 of 100 flows; flows are nearer than reports."""
    held, factors, errors, of_reports = [], [], [], []
    for seed in range(6):
        world = make_world(7, 4, seed=seed, spread=0.2, kept=0.25, poisson=True, mean=4.0)
        reports = read_reports(world.reports, ANCHOR)
        fit = fit_field(gather_evidence(reports))
        flows = flows_of_field(reports, fit).join(world.truth, on=FLOW)
        held += flows.select(pl.col("truth").is_between("lower", "upper")).to_series().to_list()
        errors.append(_error(flows.drop("truth"), world))
        scaled = flows["persons_reported_by_destination"] * flows["factor_destination"]
        of_reports.append(float(((scaled.clip(0.5) / flows["truth"]).log() ** 2).mean() ** 0.5))  # type: ignore[operator]
        shares = {"origin": world.as_origin, "destination": world.as_destination}
        known = biases_of_field(reports, fit).filter(pl.col("status") == "identified")
        for reporter, side, lower, upper in known.select(
            "reporter", "reported_by", "lower", "upper"
        ).iter_rows():
            factors.append(lower <= 1 / shares[side][int(reporter[1:])] <= upper)
    assert 0.84 < np.mean(held) < 0.96
    assert 0.80 < np.mean(factors) < 1.0
    assert np.mean(errors) < 0.8 * np.mean(of_reports)


def test_the_order_of_rows_changes_nothing(world: World, fitted: tuple[Reports, Fit]) -> None:
    """Rows in another order, the same posterior."""
    shuffled = read_reports(world.reports.sample(fraction=1.0, shuffle=True, seed=3), ANCHOR)
    again = flows_of_field(shuffled, fit_field(gather_evidence(shuffled)))
    first = flows_of_field(*fitted)
    for name in ("persons", "lower", "upper", "persons_reported_by_origin"):
        np.testing.assert_allclose(first[name], again[name], rtol=1e-6)


def test_draws_have_the_posterior_spread_and_repeat(fitted: tuple[Reports, Fit]) -> None:
    """Mean and standard deviation of ln of 400 draws; the same seed, the same draws."""
    _, fit = fitted
    made = np.log(draw_flows(fit, 400, 1))
    years = len(fit.evidence.years)
    deviation = np.sqrt(variance_of_flows(fit)[:, :years])
    assert np.median(made.std(axis=0) / deviation) == pytest.approx(1.0, abs=0.03)
    assert float(np.abs((made.mean(axis=0) - fit.flows[:, :years]) / deviation).max()) < 0.3
    np.testing.assert_array_equal(draw_flows(fit, 2, 7), draw_flows(fit, 2, 7))
    assert (draw_flows(fit, 2, 7) != draw_flows(fit, 2, 8)).all()


def _nets(world: World, error: float) -> pl.DataFrame:
    truth = world.truth.rename({"truth": "persons"})
    sides = [
        truth.group_by(pl.col(name).alias("area"), "year").agg(pl.col("persons").sum()) for name in FLOW[:2]
    ]
    both = sides[1].join(sides[0], on=["area", "year"], suffix="_out")
    return both.select(
        "area", "year", net=pl.col("persons") - pl.col("persons_out"), standard_error=pl.lit(error)
    )


def test_net_migration_draws_flows_to_it(world: World, fitted: tuple[Reports, Fit]) -> None:
    """With true net totals flows are nearer to the truth, their arrivals less departures are the totals, and draws agree."""
    reports, before = fitted
    nets = _nets(world, 20.0)
    fit = fit_field(gather_evidence(reports, net=nets))
    flows = flows_of_field(reports, fit)
    assert _error(flows, world) < _error(flows_of_field(reports, before), world)
    arrivals, departures = (
        flows.group_by(pl.col(name).alias("area"), "year").agg(pl.col("persons").sum())
        for name in ("destination", "origin")
    )
    found = arrivals.join(departures, on=["area", "year"], suffix="_out").join(nets, on=["area", "year"])
    apart = found["persons"] - found["persons_out"] - found["net"]
    assert float((apart**2).mean() ** 0.5) < 20.0  # type: ignore[operator]
    years = len(fit.evidence.years)
    made = np.log(draw_flows(fit, 400, 1))
    deviation = np.sqrt(variance_of_flows(fit)[:, :years])
    assert np.median(made.std(axis=0) / deviation) == pytest.approx(1.0, abs=0.04)


def test_transitions_tell_corridors_that_no_report_tells(world: World) -> None:
    """A corridor with one report of one year, and flows from stocks: nearer to the truth than without, the ratio is learned."""
    poor = (pl.col("origin") == "C05") & (pl.col("year") > 2010)
    reports = read_reports(world.reports.filter(~poor), ANCHOR)
    sums = (
        world.truth.group_by("origin", "destination").agg(pl.col("truth").sum()).sort("origin", "destination")
    )
    transitions = sums.select(
        "origin", "destination", persons=pl.col("truth") * 0.6, year_start=pl.lit(2010), year_end=pl.lit(2015)
    )
    without, beside = (
        fit_field(gather_evidence(reports, transitions=given)) for given in (None, transitions)
    )
    lone = [flows_of_field(reports, fit).filter(poor) for fit in (without, beside)]
    assert set(lone[0]["status"]) == {"no_report"}
    assert _error(lone[1], world) < _error(lone[0], world)
    ratio = biases_of_field(reports, beside).filter(pl.col("parameter") == "transitions").row(0, named=True)
    assert ratio["mean"] == pytest.approx(np.log(0.6), abs=3 * ratio["standard_error"])
    assert ratio["contraction"] > 0.3


def test_minimum_stay_is_learned_where_reports_say_so(world: World) -> None:
    """The anchor reports some years by three months, and counts 1.5 times as many: the factor goes to 1 / 1.5."""
    shorter = (
        (pl.col("destination") == "C00") & (pl.col("reported_by") == "destination") & (pl.col("year") > 2012)
    )
    rows = world.reports.with_columns(
        pl.when(shorter).then((pl.col("persons") * 1.5).round()).otherwise(pl.col("persons")),
        pl.when(shorter).then(3.0).otherwise(12.0).alias("minimum_stay_months"),
    )
    reports = read_reports(rows, ANCHOR)
    biases = biases_of_field(reports, fit_field(gather_evidence(reports)))
    row = biases.filter(pl.col("parameter") == "duration").row(0, named=True)
    assert row["lower"] < 1 / 1.5 < row["upper"]
    assert row["contraction"] > 0.3


def test_covariates_help_and_must_be_whole(world: World) -> None:
    """The mean of a corridor as covariate makes corridors differ less about it; a missing corridor is named."""
    reports = read_reports(world.reports, ANCHOR)
    table = (
        world.truth.group_by("origin", "destination")
        .agg(size=pl.col("truth").log().mean())
        .sort("origin", "destination")
    )
    with_size, without = (
        fit_field(gather_evidence(reports, covariates=given)).spreads for given in (table, None)
    )
    assert with_size.of_corridors < 0.5 * without.of_corridors
    with pytest.raises(TableInvalid, match="the first is C00 C01 2010"):
        gather_evidence(reports, covariates=table[1:])


def test_hidden_reports_lie_where_they_are_expected(fitted: tuple[Reports, Fit]) -> None:
    """In a world that is as the model says, intervals of 50, 80 and 95 % hold about so many hidden reports."""
    rows, coverage = check_field(*fitted, 1)
    whole = coverage.filter(pl.col("reporter").is_null() & (pl.col("check") == "leave_corridors_out")).row(
        0, named=True
    )
    for level in (50, 80, 95):
        assert whole[f"inside_{level}_percent"] == pytest.approx(level / 100, abs=0.08)
    hidden = rows.filter(pl.col("check") == "leave_one_source_out")
    assert hidden.height == fitted[0].table.height - 7 * 5, "all but the anchor's"


def test_places_in_a_poisson_distribution() -> None:
    """With a known expectation of 0.7 a count of 0 lies at half its probability, a count of 1 between its bounds."""
    places = places_in_poisson(np.array([0.0, 1.0]), np.log([0.7, 0.7]), np.zeros(2))
    zero, one = np.exp(-0.7), 0.7 * np.exp(-0.7)
    np.testing.assert_allclose(places, [zero / 2, zero + one / 2], rtol=1e-12)


def test_without_a_reference_of_twelve_months_there_is_no_posterior(world: World) -> None:
    """No anchor; and an anchor that counts stays of three months."""
    with pytest.raises(MethodNotApplicable, match="No reporter is named as right"):
        gather_evidence(read_reports(world.reports))
    shorter = world.reports.with_columns(minimum_stay_months=pl.lit(3.0))
    with pytest.raises(MethodNotApplicable, match="No anchor counts stays of 12 months; C00"):
        gather_evidence(read_reports(shorter, ANCHOR))


def test_grades_move_the_prior(world: World) -> None:
    """A reporter graded high is expected to count less; a grade that is none is refused."""
    reports = read_reports(world.reports, ANCHOR)
    grades = pl.DataFrame(
        {"reporter": ["C01", "C02"], "reported_by": ["origin"] * 2, "undercount": ["low", "high"]}
    )
    of = gather_evidence(reports, grades=grades).parameters
    prior = dict(zip(of.names.select("reporter", "reported_by").iter_rows(), np.exp(of.mean), strict=True))
    assert prior["C01", "origin"] == pytest.approx(44.95 / 61.91, rel=0.01)
    assert prior["C02", "origin"] == pytest.approx(32.14 / 70.66, rel=0.02)
    with pytest.raises(TableInvalid, match="table of grades"):
        gather_evidence(reports, grades=grades.with_columns(undercount=pl.lit("some")))


def test_years_that_stand_apart_and_covariates_without_numbers_are_refused(world: World) -> None:
    """A year with a digit too many; a table of names alone."""
    first = pl.int_range(pl.len()) == 0
    slip = world.reports.with_columns(pl.when(first).then(20100).otherwise(pl.col("year")).alias("year"))
    with pytest.raises(TableInvalid, match="from 2010 to 20100"):
        gather_evidence(read_reports(slip, ANCHOR))
    names = world.truth.select("origin", "destination").unique()
    with pytest.raises(TableInvalid, match="no column of numbers"):
        gather_evidence(read_reports(world.reports, ANCHOR), covariates=names)
