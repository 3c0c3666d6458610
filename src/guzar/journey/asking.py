"""Asking: figures, claims, prices, allocations, treaties and doubts, from a workspace or from what ships."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from guzar.analyse.allocations import allocate_remittances
from guzar.analyse.checks import find_source_doubts
from guzar.analyse.claimed_regions import total_claimed_regions
from guzar.analyse.prices import (
    average_corridor_prices,
    average_years,
    check_price_targets,
    prices_of_corridor,
    take_published_prices,
)
from guzar.analyse.regions import total_figures
from guzar.analyse.remittance_shares import AMOUNTS, SHARES
from guzar.analyse.share_decompositions import (
    decompose_growth,
    decompose_revision,
    decompose_yearly_growth,
)
from guzar.analyse.treaties import judge_treaty_standings
from guzar.collect.code_lists import read_code_lists
from guzar.define.areas import ALL, THE_TWELVE, Region, regions
from guzar.define.codelist import read_codelist
from guzar.define.nearest import did_you_mean
from guzar.define.tables.checks import DeliveredCodes, SourceDoubts
from guzar.define.tables.claims import REQUIRED, CheckedClaims, Claims
from guzar.define.tables.figures import Observations
from guzar.define.tables.prices import PriceQuotes
from guzar.define.tables.remittances import (
    CorridorPrices,
    PriceTargets,
    RemittanceAllocations,
    ShareDecompositions,
)
from guzar.define.tables.treaties import TreatyActions
from guzar.define.tables.treaty_standings import TreatyStandings
from guzar.errors import MethodNotApplicable, SettingsInvalid
from guzar.journey.collecting import open_file_delivery, originals_of, read_readers_table
from guzar.journey.processing import load_observations
from guzar.process.harmonise_treaties import carried_treaty_actions
from guzar.reference import shipped_claims, shipped_table
from guzar.store import Workspace
from guzar.use.claims import check_claims
from guzar.use.claims.files import (
    OPTIONAL,
    REGION_COLUMNS,
    REGION_REQUIRED,
    add_verdicts,
    regions_asked,
    take_claims,
    take_regions,
)

DECOMPOSED_SINCE = 2006


def load_figures(
    observations: dy.DataFrame[Observations], indicator: str, area: str, counterpart: str | None = None
) -> dy.DataFrame[Observations]:
    """All values of one indicator for an area, region or corridor; added up from members where no total is held.

    Raises MethodNotApplicable where the indicator of a region is no sum (shares, rates, prices).
    """
    held = observations.filter((pl.col("indicator") == indicator) & (pl.col("area") == area))
    held = held.filter(pl.col("counterpart") == counterpart) if counterpart else held
    has_region = area in regions() or counterpart in regions()
    if held.height or not has_region:
        return Observations.cast(held)
    return total_figures(observations, indicator, area, None if counterpart == ALL else counterpart)


def find_edition(rows: pl.DataFrame, asked: str) -> str:
    """The edition of these rows with this date, or the only one whose date begins so (`2024` for `2024-04-04`).

    Raises SettingsInvalid where several begin so, MethodNotApplicable where none does; both name what is held.
    """
    held = sorted(set(rows["edition"]))
    begun = [asked] if asked in held else [one for one in held if one.startswith(f"{asked}-")]
    if len(begun) == 1 or not held:
        return begun[0] if begun else asked
    if begun:
        raise SettingsInvalid(
            "Several editions begin with {edition}.",
            expected="one of: {known}",
            do="Write one of them out, or ask for all.",
            edition=asked,
            known=", ".join(begun),
        )
    near = did_you_mean(asked, [one for one in held if one[:4] == asked[:4]])
    raise MethodNotApplicable(
        "The edition {edition} is not held. Did you mean {near}?"
        if near
        else "The edition {edition} is not held.",
        where="editions held of these figures: {known}",
        expected="the date of an edition, or its beginning",
        do="Choose one of these, or collect the edition.",
        edition=asked,
        near=near,
        known=", ".join(held),
    )


def check_shipped_claims(workspace: Workspace | None) -> dy.DataFrame[CheckedClaims]:
    """The claims of the documents that ship, each with its verdict explained in English and in Russian."""
    claims = take_claims(shipped_claims(), "claims.csv")
    everything = _with_claimed_regions(claims, load_observations(workspace), regions())
    english, russian = (
        check_claims(claims, everything, regions(), language=language) for language in ("en", "ru")
    )
    explained = russian.select("claim_row", verdict_explanation_ru="verdict_explanation")
    checked = claims.join(english, on="claim_row").join(explained, on="claim_row")
    return CheckedClaims.validate(checked.select(CheckedClaims.column_names()))


def _with_claimed_regions(
    claims: dy.DataFrame[Claims], held: dy.DataFrame[Observations], named: Mapping[str, Region]
) -> dy.DataFrame[Observations]:
    """The observations, and totals of the regions that the claims name."""
    asked, corridors = regions_asked(claims, named)
    return Observations.cast(pl.concat([held, total_claimed_regions(held, asked, corridors)]))


def read_claims(path: Path) -> pl.DataFrame:
    """A reader's list of claims as a table, every cell as written; raises TableInvalid where the file is no table."""
    return read_readers_table(path, REQUIRED, [*REQUIRED, *OPTIONAL])


def read_claimed_regions(path: Path) -> pl.DataFrame:
    """A reader's own regions as a table; raises TableInvalid where the file is no table."""
    return read_readers_table(path, REGION_REQUIRED, REGION_COLUMNS)


def judge_claims(
    table: pl.DataFrame,
    name: str,
    workspace: Workspace | None,
    own_regions: pl.DataFrame | None = None,
    *,
    regions_name: str = "regions",
    language: str = "en",
    step_done: Callable[[], None] | None = None,
) -> pl.DataFrame:
    """A reader's table of claims with a verdict beside every row; regions are totalled where claims name them.

    Raises TableInvalid where a required column is missing or a region of the reader cannot be used.
    """
    named = regions() if own_regions is None else take_regions(own_regions, regions_name, regions())
    claims = take_claims(table, name)
    everything = _with_claimed_regions(claims, load_observations(workspace), named)
    return add_verdicts(
        table, check_claims(claims, everything, named, language=language, step_done=step_done)
    )


def check_sources(workspace: Workspace | None) -> dy.DataFrame[SourceDoubts]:
    """Doubts that the general tests raise about everything held: published figures and delivered code lists."""
    held = load_observations(workspace)
    if workspace is None:
        return find_source_doubts(held)
    lists = [
        read_code_lists(open_file_delivery(file), source=one.source, edition=one.edition)
        for one in workspace.editions("collect", "published")
        for file in originals_of(one)
        if file.suffix.lower() in (".xls", ".xlsx")
    ]
    codes = pl.concat([DeliveredCodes.create_empty(), *lists]).unique(
        DeliveredCodes.primary_key(), maintain_order=True
    )
    return find_source_doubts(held, DeliveredCodes.validate(codes))


def load_source_doubts(workspace: Workspace | None) -> dy.DataFrame[SourceDoubts]:
    """Doubts about everything held, and those that ship: found in whole published files of the editions held."""
    held = load_observations(workspace).select("source", "edition").unique()
    shipped = shipped_table("source_doubts", SourceDoubts).join(held, on=["source", "edition"], how="semi")
    # Found in the whole file comes first: a part of it shows less of the same slip.
    both = pl.concat([shipped, check_sources(workspace)]).unique(
        ["check", "source", "edition", "period", "indicator", "value_found"],
        keep="first",
        maintain_order=True,
    )
    return SourceDoubts.validate(both.sort(SourceDoubts.primary_key()))


def decompose_share(
    workspace: Workspace | None,
    *,
    area: str,
    from_year: int,
    to_year: int,
    side: str = "received",
    from_edition: str | None = None,
    to_edition: str | None = None,
) -> dy.DataFrame[ShareDecompositions]:
    """Why the share of remittances changed: between years of one edition, or between editions of one year."""
    held = load_observations(workspace)
    shares = held.filter(pl.col("area") == area, pl.col("indicator").is_in([AMOUNTS[side], SHARES[side]]))
    from_edition = from_edition and find_edition(shares.filter(pl.col("year") == from_year), from_edition)
    to_edition = to_edition and find_edition(shares.filter(pl.col("year") == to_year), to_edition)
    if from_edition and to_edition and from_edition != to_edition:
        if from_year != to_year:
            raise MethodNotApplicable(
                "A change of year and of edition at once is neither growth nor a revision.",
                where="{first} to {second}, editions {old} and {new}",
                expected="two years of one edition, or two editions of one year",
                do="Change one of the two.",
                first=from_year,
                second=to_year,
                old=from_edition,
                new=to_edition,
            )
        return decompose_revision(
            held, area=area, year=from_year, from_edition=from_edition, to_edition=to_edition, side=side
        )
    return decompose_growth(
        held, area=area, from_year=from_year, to_year=to_year, edition=from_edition or to_edition, side=side
    )


def load_share_decompositions(workspace: Workspace | None) -> dy.DataFrame[ShareDecompositions]:
    """Why the share of remittances received changed from year to year in each of the twelve areas.

    A change of which a part is not held is left out whole: it is not decomposed, and a row without a number has no
    place in a release.
    """
    parts = decompose_yearly_growth(load_observations(workspace), THE_TWELVE, first_year=DECOMPOSED_SINCE)
    change = [name for name in ShareDecompositions.primary_key() if name != "part"]
    is_whole = (pl.col("part_status") != "not_held").all().over(change)
    return ShareDecompositions.cast(parts.filter(is_whole))


def load_price_quotes(workspace: Workspace | None) -> dy.DataFrame[PriceQuotes]:
    """All price quotes held; none ship with guzar, but the averages made from them do."""
    held = workspace.read("process", "price_quotes") if workspace else None
    return PriceQuotes.create_empty() if held is None else PriceQuotes.validate(held.collect())


def load_quoted_prices(workspace: Workspace | None) -> dy.DataFrame[CorridorPrices]:
    """Averages worked out from quotes for every corridor and quarter; the shipped ones where no quotes are held."""
    quotes = load_price_quotes(workspace)
    return (
        average_corridor_prices(quotes) if quotes.height else shipped_table("corridor_prices", CorridorPrices)
    )


def load_corridor_prices(workspace: Workspace | None, corridor: str) -> dy.DataFrame[CorridorPrices]:
    """Prices of one corridor by quarter and year: worked out from quotes where held, and as published."""
    quarters = pl.concat([load_quoted_prices(workspace), take_published_prices(load_observations(workspace))])
    chosen = prices_of_corridor(CorridorPrices.validate(quarters), corridor)
    return CorridorPrices.validate(
        pl.concat([chosen, average_years(chosen)]).sort(CorridorPrices.primary_key())
    )


def load_price_targets(workspace: Workspace | None) -> dy.DataFrame[PriceTargets]:
    """SDG 10.c.1 for every corridor and quarter with quotes, and for all services together."""
    quotes = load_price_quotes(workspace)
    return check_price_targets(quotes) if quotes.height else shipped_table("price_targets", PriceTargets)


def allocate_receipts(
    workspace: Workspace | None, *, area: str, year: int, without: tuple[str, ...] = ()
) -> dy.DataFrame[RemittanceAllocations]:
    """What an area receives, shared out over countries of residence by the three rules of Ratha and Shaw."""
    return allocate_remittances(load_observations(workspace), area=area, year=year, without=without)


def measure_allocated_stock(
    workspace: Workspace | None, allocations: dy.DataFrame[RemittanceAllocations]
) -> float | None:
    """Per cent of the people from the area who live abroad that the named destinations hold; None where not known.

    The stock is the one that the receipts were shared out by: latest year not after theirs, latest edition.
    """
    area, year = allocations["area"][0], allocations["year"][0]
    held = load_observations(workspace).filter(pl.col("sex") == ALL, pl.col("value") > 0)
    abroad = held.filter(
        pl.col("indicator") == "migrant_stock", pl.col("counterpart") == area, pl.col("year") <= year
    )
    newest = abroad.filter(
        pl.col("year") == pl.col("year").max(), pl.col("edition") == pl.col("edition").max()
    ).unique("area")
    named = newest.filter(pl.col("area").is_in(allocations["counterpart"].unique().implode()))
    everywhere = held.filter(pl.col("indicator") == "emigrant_stock", pl.col("area") == area).join(
        newest.select("year", "edition").unique(), on=["year", "edition"]
    )
    if everywhere.height != 1:
        return None
    return 100 * float(named["value"].sum()) / float(everywhere["value"][0])


def load_treaty_standings(
    workspace: Workspace | None, areas: Sequence[str], *, as_of: date
) -> dy.DataFrame[TreatyStandings]:
    """The standing of every treaty for the areas named, as of a date, with the age of what is known."""
    held = workspace.read("process", "treaty_actions") if workspace else None
    extracts = shipped_table("treaties", TreatyActions) if held is None else held.collect()
    actions = [extracts, carried_treaty_actions()]
    listed = read_codelist("treaties")["treaty"]
    return judge_treaty_standings(
        TreatyActions.validate(pl.concat(actions)), treaties=listed, areas=areas, as_of=as_of
    )
