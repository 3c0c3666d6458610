"""40 countries × 20 years of reports to flows with intervals: seconds, memory, and the ratio to one sparse factorisation.

Run: python benches/integrate_flows.py
In: a made-up world, 1,560 corridors, two reports of every flow and year, net migration of every country. Timed: all of
`--method bayes` after the file is read: variances by EM, the mode, the deviation of every flow. Limits: 60 s of processor
time, all threads together, and 1,500 MB after import; the clock stands beside it, as other work on the machine counts there.
The floor, in the same run: SciPy factorises the precision of the same field once, without any bias (splu, sparse, as it is).
Exits with 1 where a limit is passed.
"""

import resource
import sys
import time

import numpy as np
import polars as pl
from scipy.sparse import block_diag, csc_array
from scipy.sparse.linalg import splu

from guzar.analyse.reported_flows.evidence import gather_evidence
from guzar.analyse.reported_flows.latent_field import Fit, linear_parts, prior_precision, pull_of_counts
from guzar.analyse.reported_flows.posterior import flows_of_field
from guzar.analyse.reported_flows.spreads import fit_field
from guzar.analyse.reported_flows.tables import read_reports

COUNTRIES, YEARS, SEED = 40, 20, 20261123
LIMIT_SECONDS, LIMIT_MEGABYTES = 60.0, 1500.0
SHARES = (0.5, 1.0)  # of migrations that a country counts


def main() -> int:
    reports, nets = make_world()
    imported = megabytes()
    begin, at_work = time.perf_counter(), time.process_time()
    checked = read_reports(reports, ["C00:destination"])
    fit = fit_field(gather_evidence(checked, net=nets))
    flows = flows_of_field(checked, fit)
    elapsed, seconds, memory = time.perf_counter() - begin, time.process_time() - at_work, megabytes()
    at_work = time.process_time()
    factorise_once(fit)
    floor = time.process_time() - at_work
    print("| what | measured here | limit |\n| --- | ---: | ---: |")
    print(
        f"| {flows.height:,} flows from {len(reports):,} reports and {len(nets)} net totals | {seconds:.1f} s | {LIMIT_SECONDS:.0f} s |"
    )
    print(f"| memory above what was held before | {memory - imported:.0f} MB | {LIMIT_MEGABYTES:.0f} MB |")
    print(f"| the same by the clock, beside what the machine did else | {elapsed:.1f} s | |")
    print(f"| rounds of EM | {fit.rounds} | |")
    print(f"| one sparse factorisation of the flows' precision | {floor:.2f} s | |")
    print(f"| ratio | {seconds / floor:.0f} | |")
    return int(seconds > LIMIT_SECONDS or memory - imported > LIMIT_MEGABYTES)


def make_world() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Reports and net totals of flows that wander from year to year."""
    random = np.random.default_rng(SEED)
    names = np.array([f"C{at:02}" for at in range(COUNTRIES)])
    i, j = np.nonzero(~np.eye(COUNTRIES, dtype=bool))
    steps = random.normal(0, 0.1, (len(i), YEARS))
    flows = np.exp(random.normal(5, 1.2, (len(i), 1)) + steps.cumsum(axis=1))
    shares = random.uniform(*SHARES, (2, COUNTRIES))
    shares[1, 0] = 1.0
    years = np.tile(np.arange(2000, 2000 + YEARS), len(i))
    tables = []
    for side, place, own in (("origin", i, shares[0][i]), ("destination", j, shares[1][j])):
        seen = random.poisson(flows * own[:, None] * np.exp(random.normal(0, 0.2, flows.shape)))
        tables.append(
            pl.DataFrame(
                {
                    "origin": np.repeat(names[i], YEARS),
                    "destination": np.repeat(names[j], YEARS),
                    "year": years,
                    "reported_by": [side] * len(years),
                    "source": ["register"] * len(years),
                    "minimum_stay_months": np.full(len(years), 12.0),
                    "persons": seen.ravel().astype(np.float64),
                    "at": np.repeat(place, YEARS),
                }
            )
        )
    net = np.stack([flows[j == at].sum(axis=0) - flows[i == at].sum(axis=0) for at in range(COUNTRIES)])
    nets = pl.DataFrame(
        {
            "area": np.repeat(names, YEARS),
            "year": np.tile(np.arange(2000, 2000 + YEARS), COUNTRIES),
            "net": net.ravel() + random.normal(0, 300, net.size),
            "standard_error": np.full(net.size, 300.0),
        }
    )
    return pl.concat(tables).drop("at"), nets


def factorise_once(fit: Fit) -> None:
    """The floor: the precision of all flows and kept errors as one sparse matrix, factorised."""
    mean, toward = linear_parts(fit.evidence, fit.flows, fit.shared)
    _, weight = pull_of_counts(fit.evidence.counts, fit.evidence.seen, mean, fit.spreads)
    prior = prior_precision(fit.evidence, fit.spreads)
    order = [np.flatnonzero(fit.evidence.counts.corridor == at) for at in range(len(fit.flows))]
    blocks = [prior + toward[at].T @ (weight[at, None] * toward[at]) for at in order]
    splu(csc_array(block_diag(blocks)))


def megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
