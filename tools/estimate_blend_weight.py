"""The weight of the minimum and the spread of corridors about the blend, as flows that both countries report have them.

Run by developers: python tools/estimate_blend_weight.py ../shared/data
Prints the prior that src/guzar/analyse/stock_flows/blend_weight.py ships, from all regions of Europe and leaving each out, and
exits with 1 where the shipped numbers are not those found.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table
from two_sided_flows import REGIONS, TwoSided, plain_moves, read_periods

from guzar.analyse.stock_flows.blend_weight import EUROPE, BlendPrior, weigh_reports

HEADINGS = ("left out", "corridors", "weight", "± of it", "spread", "power")


def main(data: Path) -> int:
    return print_estimates(plain_moves(read_periods(data)))


def print_estimates(flows: TwoSided) -> int:
    """The table of estimates; 1 where what ships is not what is found."""
    found = prior_of_europe(flows)
    rows = [
        _row(region, flows.without(region).sum(), _prior(flows, flows.without(region))) for region in REGIONS
    ]
    rows.append(_row("none", len(flows.reported), _prior(flows, np.ones(len(flows.reported), bool))))
    rows.append(_row("none, with what regions differ by", len(flows.reported), found))
    print("## The weight of the minimum, leaving a region out\n")
    print(as_table(HEADINGS, rows, numbers=HEADINGS[1:]))
    print(
        f"\nBoth reports of a flow disagree by a factor: the error of their geometric mean is {flows.report_error:.2f} of ln flow, and "
        "is taken out of the spread. The spread is that of a corridor with 5,000 moves by independence, and goes as the power of their "
        "number. What regions differ by is a jackknife over the regions left out."
    )
    agrees = all(
        abs(one - other) <= 0.0051
        for one, other in zip(vars(found).values(), vars(EUROPE).values(), strict=True)
    )
    print(f"\nWhat guzar ships: {_told(EUROPE)}; {'as found' if agrees else 'NOT as found'}.")
    return int(not agrees)


def prior_of_europe(flows: TwoSided) -> BlendPrior:
    """From all corridors; to the deviation of the weight is added what estimates without one region after another differ by."""
    left_out = np.array([_prior(flows, flows.without(region)).mean for region in REGIONS])
    between = np.sqrt((len(left_out) - 1) / len(left_out) * ((left_out - left_out.mean()) ** 2).sum())
    evidence = weigh_reports(flows.reported, flows.least, flows.independent)
    return evidence.prior(flows.report_error, float(between))


def _prior(flows: TwoSided, used: np.ndarray) -> BlendPrior:
    evidence = weigh_reports(flows.reported[used], flows.least[used], flows.independent[used])
    return evidence.prior(flows.report_error)


def _row(name: str, corridors: int, prior: BlendPrior) -> tuple[str, ...]:
    return (name, str(corridors), *(f"{value:.2f}" for value in vars(prior).values()))


def _told(prior: BlendPrior) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in vars(prior).items())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
