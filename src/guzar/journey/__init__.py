"""The order of things: the only package that knows which room follows which.

collect → process → analyse → protect → share → use
"""

from guzar.collect.sources import layouts
from guzar.journey.asking import (
    allocate_receipts,
    check_shipped_claims,
    check_sources,
    decompose_share,
    find_edition,
    judge_claims,
    load_corridor_prices,
    load_figures,
    load_price_quotes,
    load_price_targets,
    load_quoted_prices,
    load_share_decompositions,
    load_source_doubts,
    load_treaty_standings,
    measure_allocated_stock,
    read_claimed_regions,
    read_claims,
)
from guzar.journey.collecting import (
    DESCRIBED,
    Collected,
    CollectedLive,
    ask_described_service,
    collect_delivery,
    collect_described,
    collect_live,
    live_series_count,
    open_file_delivery,
)
from guzar.journey.processing import (
    PROCESSED,
    analyse_observations,
    held_definitions,
    learn_definitions,
    load_destination_evidence,
    load_observations,
    process_collected,
)
from guzar.journey.publication import Published, ReleaseTables
from guzar.journey.releasing import (
    holds_shipped_figures,
    load_release_tables,
    publish_release,
)

__all__ = [
    "DESCRIBED",
    "PROCESSED",
    "Collected",
    "CollectedLive",
    "Published",
    "ReleaseTables",
    "allocate_receipts",
    "analyse_observations",
    "ask_described_service",
    "check_shipped_claims",
    "check_sources",
    "collect_delivery",
    "collect_described",
    "collect_live",
    "decompose_share",
    "find_edition",
    "held_definitions",
    "holds_shipped_figures",
    "judge_claims",
    "layouts",
    "learn_definitions",
    "live_series_count",
    "load_corridor_prices",
    "load_destination_evidence",
    "load_figures",
    "load_observations",
    "load_price_quotes",
    "load_price_targets",
    "load_quoted_prices",
    "load_release_tables",
    "load_share_decompositions",
    "load_source_doubts",
    "load_treaty_standings",
    "measure_allocated_stock",
    "open_file_delivery",
    "process_collected",
    "publish_release",
    "read_claimed_regions",
    "read_claims",
]
