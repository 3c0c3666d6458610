"""How often intervals of flows from stocks hold what both countries reported, in regions that told them nothing.

Run by developers: python tools/measure_flow_intervals.py ../shared/data
For each region of Europe the weight, the spread of corridors and the ratio of reports to transitions are estimated from corridors
with neither end in it; then intervals of reported flows to its countries are made from draws of inputs, weight, ratio and
departure, and compared with the reports. Exits with 1 only where a region was not tested or shipped numbers are not those found.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from estimate_blend_weight import print_estimates
from markdown_tables import as_table
from two_sided_flows import REGIONS, Period, TwoSided, plain_moves, read_periods

from guzar.analyse.fitting.dense_rescale import make_rescaler
from guzar.analyse.stock_flows.accounts import close_account
from guzar.analyse.stock_flows.blend_weight import WeightEvidence, spreads_by_size, weigh_reports
from guzar.analyse.stock_flows.closed_forms import BLEND, move_independently, move_least
from guzar.analyse.stock_flows.errors_of_input import MODELLED, REGISTER, DataTypes, draw_inputs

DRAWS, SEED = 200, 20261123
LEVELS = (0.5, 0.8, 0.95)
# Countries that keep a register of inhabitants, from which their foreigners are counted; the others had no census in the years of
# the stocks. Expert judgement.
REGISTERS = [
    "AUT",
    "BEL",
    "DEU",
    "DNK",
    "ESP",
    "EST",
    "FIN",
    "ITA",
    "LTU",
    "LUX",
    "LVA",
    "NLD",
    "SVN",
    "SWE",
    "NOR",
    "CHE",
    "ISL",
    "LIE",
]
FULL, NO_DEPARTURE, INPUTS = "all that is drawn", "without departures of corridors", "errors of inputs only"
VARIANTS = (FULL, NO_DEPARTURE, INPUTS)
SIZES = ("smallest third", "middle third", "largest third")
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Tested:
    """Which intervals (levels × corridors) hold what was reported, by variant; ln reported less ln median, all that is drawn."""

    holds: dict[str, NDArray[np.bool_]]
    gap: Numbers
    regions: list[str]


def main(data: Path) -> int:
    periods = read_periods(data)
    flows = plain_moves(periods)
    least, independent = (
        np.concatenate(parts, axis=1) for parts in zip(*map(draw_moves, periods), strict=True)
    )
    tested = test_regions(flows, least, independent)
    print_coverage(flows, tested)
    failed = print_estimates(flows)
    return int(failed or set(tested.regions) != set(REGIONS))


def draw_moves(period: Period) -> tuple[Numbers, Numbers]:
    """Draws × corridors: minimum and independence from inputs as they may truly be."""
    kinds = np.array([REGISTER if name in REGISTERS else MODELLED for name in period.stocks.countries])
    fits, at = (make_rescaler(), make_rescaler()), (period.row, period.column)
    least, independent = [], []
    for draw in range(DRAWS):
        random = np.random.default_rng((SEED, period.start, draw))
        account = close_account(draw_inputs(period.stocks, DataTypes(kinds, kinds), random), fits=fits)
        least.append(move_least(account).all[at])
        independent.append(move_independently(account).all[at])
    return np.array(least), np.array(independent)


def test_regions(flows: TwoSided, least: Numbers, independent: Numbers) -> Tested:
    """Every corridor once, in the region where it ends, with nothing known of that region."""
    holds = {name: np.zeros((len(LEVELS), len(flows.reported)), bool) for name in VARIANTS}
    gap, regions = np.full(len(flows.reported), np.nan), []
    for number, region in enumerate(REGIONS):
        known, asked = flows.without(region), flows.region == region
        if not asked.any():
            continue
        evidence = weigh_reports(flows.reported[known], flows.least[known], flows.independent[known])
        random = np.random.default_rng((SEED, 1, number))
        drawn = predict(evidence, least[:, asked], independent[:, asked], flows.independent[asked], random)
        reported = np.log(flows.reported[asked])
        for name, values in drawn.items():
            holds[name][:, asked] = [_held(values, reported, level) for level in LEVELS]
        gap[asked] = reported - np.median(drawn[FULL], axis=0)
        regions.append(region)
    return Tested(holds, gap, regions)


def predict(
    evidence: WeightEvidence, least: Numbers, independent: Numbers, size: Numbers, random: np.random.Generator
) -> dict[str, Numbers]:
    """Draws of ln reported (draws × corridors), by what is drawn."""
    weight, ratio, spread, power = (each[:, None] for each in evidence.draw(len(least), random))
    blended = np.log(weight * least + (1 - weight) * independent) + ratio
    departure = spreads_by_size(size, spread, power) * random.standard_normal(least.shape)
    fixed, centre = evidence.prior().mean, float((evidence.probability * evidence.ratio).sum())
    inputs = np.log(fixed * least + (1 - fixed) * independent) + centre
    return {FULL: blended + departure, NO_DEPARTURE: blended, INPUTS: inputs}


def _held(drawn: Numbers, reported: Numbers, level: float) -> NDArray[np.bool_]:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray((low <= reported) & (reported <= high))


def print_coverage(flows: TwoSided, tested: Tested) -> None:
    """Coverage of all corridors, by what is drawn, by region held out, and by size."""
    headings = ("intervals of", *(f"{level:.0%}" for level in LEVELS))
    everything = np.ones(len(flows.reported), bool)
    print("## How many reported flows the intervals hold\n")
    print(
        f"{len(flows.reported)} flows of five years, {DRAWS} draws; every flow is tested in the region where it ends, by estimates to "
        "which no flow from or to that region came. Passed means that this was measured so, not that it is near the nominal level.\n"
    )
    rows = [(name, *_shares(tested.holds[name], everything)) for name in VARIANTS]
    print(as_table(headings, rows, numbers=headings[1:]))
    print("\n## By region held out\n")
    of_group = ("", "flows", *headings[1:], "median factor of reported over median of draws")
    regions = [_group(region, flows.region == region, tested) for region in tested.regions]
    print(as_table(of_group, regions, numbers=of_group[1:]))
    print("\n## By size of the flow, as estimated with the published weight\n")
    plain = BLEND * flows.least + (1 - BLEND) * flows.independent
    third = np.searchsorted(np.quantile(plain, [1 / 3, 2 / 3]), plain)
    sizes = [_group(name, third == at, tested) for at, name in enumerate(SIZES)]
    print(as_table(of_group, sizes, numbers=of_group[1:]))
    print()


def _group(name: str, chosen: NDArray[np.bool_], tested: Tested) -> tuple[str, ...]:
    factor = float(np.exp(np.median(tested.gap[chosen])))
    return (name, str(int(chosen.sum())), *_shares(tested.holds[FULL], chosen), f"{factor:.2f}")


def _shares(holds: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(f"{share:.1%}" for share in holds[:, chosen].mean(axis=1))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
