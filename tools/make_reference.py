"""Make the figures that ship: read the published files with guzar's own readers, keep the twelve areas, write CSVs.

Run by developers: python tools/make_reference.py ../shared/data
Out: src/guzar/reference/observations/<source>_<edition>.csv, one file per source and edition, and treaties.csv.

Verdicts and sums are made from the full tables, then the rows are chosen: the shipped figures are exactly the
observations of a workspace that holds the same deliveries.
"""

import sys
import tempfile
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from region_flows import make_region_flows

from guzar import journey
from guzar.analyse.combine import MODELLED
from guzar.analyse.prices import average_corridor_prices
from guzar.analyse.stock_flows.evidence import ESTIMATED
from guzar.define.areas import ALL, NOT_APPLICABLE, REST_OF_WORLD, THE_TWELVE, WORLD, areas, regions
from guzar.define.sources import find_source
from guzar.reference import SHIPPED_COLUMNS
from guzar.store import Workspace, open_workspace, write_bytes

REFERENCE = Path(__file__).parents[1] / "src" / "guzar" / "reference"
LIMIT_BYTES = 5_500_000

# Deliveries by source: file below the data folder, and the edition where the file does not tell it.
DELIVERIES: dict[str, dict[str, str | None]] = {
    "un_migrant_stock": {
        "stocks/un-desa-2019-stock-by-origin-destination-sex.parquet": None,
        "stocks/un-desa-2019-stock-by-destination-sex.xlsx": None,
        "stocks/un-desa-2020-stock-by-origin-destination-sex.parquet": None,
        "stocks/un-desa-2020-stock-by-destination-sex.xlsx": None,
    },
    "world_bank_stock": {
        "stocks/world-bank-2000-bilateral-migrant-stocks.csv": None,
        "stocks/world-bank-2017-bilateral-migrant-stocks.xlsx": None,
    },
    "world_bank": {
        "remittances/wdi-2021-09-paid-usd.csv": None,
        "remittances/wdi-2023-05-paid-usd.xls": None,
        "remittances/wdi-2023-05-received-usd.xls": None,
        "remittances/wdi-2023-05-received-percent-gdp.xls": None,
        "remittance-prices/wdi-2023-05-cost-from-country-percent.xls": None,
        "remittance-prices/wdi-2023-05-cost-to-country-percent.xls": None,
    },
    "knomad": {
        "remittances/knomad-2014-04-inflows.xls": None,
        "remittances/knomad-2023-06-inflows.xlsx": None,
        "remittances/knomad-2023-06-outflows.xlsx": None,
    },
    "bilateral_remittances": {
        "remittances/world-bank-2011-bilateral-remittances-latin1.csv": None,
        "remittances/world-bank-2017-bilateral-remittances.xlsx": None,
        "remittances/world-bank-2018-bilateral-remittances.csv": None,
    },
    "world_bank_as_carried": {
        "remittances/received-percent-gdp-vintages.csv": None,
        "remittances/panel-kgz-tjk-uzb-2009-2024.csv": None,
    },
    "gdp": {"macro/gdp-and-exchange-rate-1960-2023.csv": None},
    "world_population": {
        "population/wpp-2019-net-migration-5-year.txt": None,
        "population/wpp-2019-population-male-5-year-age.txt": None,
        "population/wpp-2019-population-female-5-year-age.txt": None,
        "population/wpp-2022-births.txt": None,
        "population/wpp-2022-deaths.txt": None,
        "population/wpp-2022-net-migration.txt": None,
        "population/wpp-2024-births.txt": None,
        "population/wpp-2024-deaths.txt": None,
        "population/wpp-2024-net-migration.txt": None,
        "population/wpp-2022-2024-rates-and-derived-population.parquet": None,
    },
    "net_migration_model": {
        "population/gaskin-abel-net-migration-1990-2023.csv": "2025",
        "population/net-migration-national-offices-1990-2023.csv": "2025",
    },
    "migration_flows": {"flows-published/abel-cohen-1990-2020-flows-by-method-sex-type.parquet": None},
    "remittance_prices": {
        "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv": None,
        "remittance-prices/rpw-quotes-2011q1-2014q2.parquet": None,
    },
    "treaties": {
        "treaties/central-asia-treaty-status-2015-and-2022.csv": None,
        "treaties/human-rights-treaty-status-2022.csv": None,
    },
    "sdg": {"sdg/sdg-migration-series-2020.csv": None},
    "refugees": {
        "refugees/unhcr-population-stock.parquet": "2025-12",
        "refugees/unhcr-conflict-displaced-idmc.parquet": "2025-12",
    },
}
EVERY_YEAR = "un_stock_by_origin"
LARGEST = 6  # counterparts outside the twelve that are kept by name, in the last year of a table
LARGE_CORRIDORS = ("un_stock_by_origin", "unhcr_refugees")
INCOME = "gdp_per_capita"  # of the destinations that are kept by name: receipts are shared out by it
FIRST_YEAR, LAST_YEAR = 1990, 2030  # forecasts beyond are of no use to a reader of today

# Series that can be worked out from others that ship, or that no page or claim needs.
LEFT_OUT = (
    r"^guzar_stock_female_percent$|_per_1000$|^wpp_(growth_percent|population_change|net_migration_rounded)$"
    r"|^abel_cohen_.*_(outward|return|transit)$|^sdg_8_8|^gdp_per_capita_"
    r"|^unhcr_(ooc|oip|hst|returned|resettlement|naturalisation|new_)|^unhcr_asylum_applications"
)


def collect_everything(workspace: Workspace, data: Path) -> None:
    """Collect every delivery into the workspace, as a user would."""
    for source, files in DELIVERIES.items():
        for file, edition in files.items():
            delivery = journey.open_file_delivery(data / file)
            done = journey.collect_delivery(
                workspace, source, delivery, received="2026-11-21", edition=edition
            )
            print(f"{source} {done.edition} {file}: {done.kept} kept, {done.refused} refused")


def choose_rows(held: pl.DataFrame) -> pl.DataFrame:
    """The rows that ship: the twelve, the rest of the world, the world, regions, and large corridors by name."""
    unnamed = areas().filter(pl.col("kind") == "unknown")["code"].to_list()  # stateless, unknown, "other"
    ends = [*THE_TWELVE, REST_OF_WORLD, *regions()]
    among = pl.col("area").is_in([*ends, WORLD]) & pl.col("counterpart").is_in(
        [*ends, *unnamed, ALL, NOT_APPLICABLE]
    )
    is_price = pl.col("definition").str.starts_with(
        "rpw_"
    )  # most corridors of that table have no number at all
    prices = (
        is_price
        & pl.col("value").is_not_null()
        & pl.any_horizontal(pl.col("area", "counterpart").is_in(THE_TWELVE))
    )
    years = pl.col("year").is_between(FIRST_YEAR, LAST_YEAR)
    flows_by_sex = (pl.col("source") == "migration_flows") & (pl.col("sex") != "_T")
    kept = held.filter(years & ~pl.col("definition").str.contains(LEFT_OUT) & ~flows_by_sex)
    large = pl.concat([_large_corridors(kept, definition) for definition in LARGE_CORRIDORS])
    named = large.filter(pl.col("counterpart").is_in(THE_TWELVE))["area"].unique()
    incomes = kept.filter((pl.col("definition") == INCOME) & pl.col("area").is_in(named.implode()))
    chosen = kept.filter((among & ~is_price) | prices)
    return pl.concat([chosen, large, incomes]).unique(maintain_order=True)


def _large_corridors(held: pl.DataFrame, definition: str) -> pl.DataFrame:
    """The largest corridors with countries outside the twelve, by the last whole year of each edition.

    Of a stock every year is kept: the last year may be the one whose origins nobody looked at.
    """
    cells = held.filter(
        (pl.col("definition") == definition)
        & (pl.col("observation_status") != "provisional")
        & (pl.col("area") != pl.col("counterpart"))
    )
    last = cells.filter(pl.col("year") == pl.col("year").max().over("edition"))
    totals = last.filter(pl.col("sex").is_in([ALL, NOT_APPLICABLE]))
    named = []
    for near, far in (("area", "counterpart"), ("counterpart", "area")):
        out = totals.filter(pl.col(near).is_in(THE_TWELVE) & ~pl.col(far).is_in(THE_TWELVE))
        order = pl.struct("value", far).rank("ordinal", descending=True).over(near, "edition")
        named.append(out.filter(order <= LARGEST).select("area", "counterpart", "edition"))
    kept = cells if definition == EVERY_YEAR else last
    return kept.join(pl.concat(named).unique(), on=["area", "counterpart", "edition"], how="semi")


def add_flows(rows: pl.DataFrame, data: Path) -> pl.DataFrame:
    """The rows with guzar's own flows of the twelve areas; the account behind these is written beside."""
    newest = rows.filter((pl.col("definition") == EVERY_YEAR) & (pl.col("sex") == ALL))
    newest = newest.filter(pl.col("edition") == pl.col("edition").max())
    made = make_region_flows(data, stock_evidence(newest))
    _write_table("flow_accounts", made.accounts)
    return pl.concat([rows, made.observations.select(rows.columns)])


def stock_evidence(stocks: pl.DataFrame) -> pl.DataFrame:
    """By residence_country and year the oldest evidence of its stocks, and modelled_from_modelled where one of them is.

    The same where nothing is known of when they were observed: of the twelve areas censuses are listed, so there was none.
    """
    modelled = (pl.col("observation_status") == MODELLED).any() | pl.col("last_observed").is_null().all()
    return stocks.group_by(residence_country="area", year=pl.col("year").cast(pl.Int64)).agg(
        last_observed=pl.col("last_observed").min().cast(pl.Float64),
        observation_status=pl.when(modelled).then(pl.lit(MODELLED)).otherwise(pl.lit(ESTIMATED)),
    )


def write_reference(rows: pl.DataFrame, folder: Path) -> int:
    """Write one file per source and edition, in a fixed order; returns the bytes written."""
    folder.mkdir(parents=True, exist_ok=True)
    licences = {source: find_source(source).licence for source in rows["source"].unique()}
    rows = rows.with_columns(licence=pl.col("source").replace_strict(licences), value=_compact("value"))
    rows = rows.sort("definition", "area", "counterpart", "sex", "period")
    written = {}
    for (source, edition), part in sorted(rows.partition_by("source", "edition", as_dict=True).items()):
        written[f"{source}_{edition}.csv"] = part.select(SHIPPED_COLUMNS).write_csv().encode("utf-8")
    for stale in set(folder.glob("*.csv")) - {folder / name for name in written}:
        stale.unlink()
    for name, content in written.items():
        write_bytes(folder / name, content)
        print(f"{name}: {len(content):,} bytes")
    return sum(map(len, written.values()))


def _compact(column: str) -> pl.Expr:
    """A number at full precision, whole numbers without a decimal point."""
    whole = (
        pl.col(column).is_not_null()
        & (pl.col(column) == pl.col(column).round(0))
        & (pl.col(column).abs() < 1e15)
    )
    return (
        pl.when(whole)
        .then(pl.col(column).cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(pl.col(column).map_elements(repr, return_dtype=pl.String))
    )


def write_tables(workspace: Workspace) -> int:
    """Write the tables beside the observations, for the twelve areas; returns the bytes written."""
    quotes = journey.load_price_quotes(workspace)
    held = workspace.read("process", "treaty_actions")
    tables = {
        "treaties": None if held is None else held.collect(),
        "corridor_prices": average_corridor_prices(quotes),
        "price_targets": journey.load_price_targets(workspace),
        "destination_evidence": journey.load_destination_evidence(workspace),
        "source_doubts": journey.check_sources(workspace),
    }
    return sum(_write_table(name, table) for name, table in tables.items() if table is not None)


def _write_table(name: str, table: pl.DataFrame) -> int:
    ends = [column for column in ("area", "counterpart") if column in table.columns]
    # A doubt is of use whatever the area: it tells how far an edition can be trusted.
    of_the_twelve = (
        pl.any_horizontal(pl.col(ends).is_in([*THE_TWELVE, NOT_APPLICABLE])) if ends else pl.lit(True)
    )
    rows = table.filter(of_the_twelve)
    licences = {source: find_source(source).licence for source in rows["source"].unique()}
    rows = rows.with_columns(licence=pl.col("source").replace_strict(licences, return_dtype=pl.String))
    content = rows.sort([*ends, *[c for c in rows.columns if c not in ends]]).write_csv().encode("utf-8")
    write_bytes(REFERENCE / f"{name}.csv", content)
    print(f"{name}.csv: {rows.height:,} rows, {len(content):,} bytes")
    return len(content)


def main(data: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        workspace = open_workspace(Path(place) / "workspace", create=True)
        collect_everything(workspace, data)
        rows = choose_rows(journey.load_observations(workspace))
        beside = write_tables(workspace)
    rows = add_flows(rows, data)
    beside += (REFERENCE / "flow_accounts.csv").stat().st_size
    size = beside + write_reference(rows, REFERENCE / "observations")
    print(f"{rows.height:,} observations, {size:,} bytes")
    if size > LIMIT_BYTES:
        sys.exit(f"The shipped figures are larger than {LIMIT_BYTES:,} bytes.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
