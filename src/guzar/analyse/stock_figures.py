"""The stock journey inside this room: published stocks → frozen mixes marked → derived figures, in this order.

Marks come first, so that every sum knows how much of it is modelled from a model.
"""

import dataframely as dy
import polars as pl

from guzar.analyse.combine import MODELLED
from guzar.analyse.corridor_totals import sum_rest_of_world
from guzar.analyse.frozen_origins import judge_origin_mixes, mark_frozen_origins
from guzar.analyse.gender import women_among_emigrants, women_among_migrants
from guzar.analyse.regions import total_corridors_of_regions, total_regions
from guzar.analyse.stocks import (
    CELLS,
    HOSTED,
    count_emigrants,
    count_listed_origins,
    count_unlisted_origins,
)
from guzar.define.tables.figures import Observations


def derive_stock_figures(observations: dy.DataFrame[Observations]) -> dict[str, pl.DataFrame]:
    """What guzar adds to published stocks: `observations` (marked corridors, derived figures), `destination_evidence`.

    Corridors appear only where the mark changes them; they stand in for the same rows of the published stocks.
    """
    stocks = Observations.cast(observations.filter(pl.col("definition").is_in([CELLS, HOSTED])))
    evidence = judge_origin_mixes(stocks)
    marked = mark_frozen_origins(stocks, evidence)
    sums = [
        step(marked)
        for step in (count_emigrants, count_listed_origins, count_unlisted_origins, sum_rest_of_world)
    ]
    everything = Observations.cast(pl.concat([marked, *sums]))
    shares = [women_among_migrants(everything), women_among_emigrants(everything)]
    of_regions = [total_regions(everything), total_corridors_of_regions(everything)]
    totals = pl.concat(of_regions).select(Observations.column_names()).unique(Observations.primary_key())
    changed = marked.filter(pl.col("observation_status") == MODELLED)
    derived = Observations.validate(pl.concat([changed, *sums, *shares, totals]))
    return {"observations": derived, "destination_evidence": evidence}
