"""Observations → ShareDecompositions: why the share of remittances in gross domestic product changed.

The share is R / Y. With R in US dollars, e units of local currency per dollar, and gross domestic product in
local currency = real product × deflator,

    Δln(R/Y) = Δln R_usd + Δln e − Δln Y_real − Δln deflator.

Between years this is growth; between editions of one year it is a revision. Where the published share moves
by more than the parts held, the rest is shown as unexplained and never spread over the parts. Where the share
is not published for both ends it is recomputed from the same series, and a rest of zero is then an identity and
no finding.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.remittance_shares import AMOUNTS, OUTPUT, SHARES, yearly_numbers
from guzar.define.tables.figures import Observations
from guzar.define.tables.remittances import ShareDecompositions
from guzar.errors import MethodNotApplicable

EXCHANGE_RATE = "exchange_rate_local_currency_per_usd"
REAL_OUTPUT = "gdp_constant_2015_usd"
DEFLATOR = "gdp_deflator_index"

DENOMINATOR = {"exchange_rate": EXCHANGE_RATE, "real_output": REAL_OUTPUT, "deflator": DEFLATOR}

SMALLEST_REST = 1e-6  # below this a rest is rounding
OBSERVED = "observed"

# The parts of the change in the order of the formula, with the sign that each has in it.
PARTS = {"remittances_usd": 1, "exchange_rate": 1, "real_output": -1, "deflator": -1}


@dataclass(frozen=True)
class HeldValue:
    """One value with what it means, where it comes from and what kind of number it is."""

    value: float
    definition: str
    source: str
    edition: str
    observation_status: str


@dataclass(frozen=True)
class Endpoint:
    """One end of a change: the levels of the parts and of the share, None where no edition holds them.

    `recomputed_percent` is the amount over the latest product held, for changes whose share is not published at
    both ends.
    """

    year: int
    edition: str
    share: HeldValue | None
    recomputed_percent: float | None
    levels: Mapping[str, HeldValue | None]
    definition: str
    source: str


def decompose_growth(
    held: dy.DataFrame[Observations],
    *,
    area: str,
    from_year: int,
    to_year: int,
    edition: str | None = None,
    side: str = "received",
) -> dy.DataFrame[ShareDecompositions]:
    """The change of the share between two years of one edition, in four parts and an unexplained rest.

    `edition` is that of the remittances; without it, the latest that holds both years. The share is the
    published one where that edition prints it for both years, else numerator over denominator at both ends;
    denominators are the latest held. Raises MethodNotApplicable where a year is not held or the two years differ in definition.
    """
    amounts = _of_area(held, AMOUNTS[side], area)
    chosen = edition or _common_edition(amounts, from_year, to_year)
    ends = [_endpoint(held, area, year, chosen, side) for year in (from_year, to_year)]
    _require_one_definition(*ends)
    return _decomposition(ends[0], ends[1], area, side, "growth")


def decompose_yearly_growth(
    held: dy.DataFrame[Observations], areas: Iterable[str], *, first_year: int
) -> dy.DataFrame[ShareDecompositions]:
    """`decompose_growth` for every two neighbouring years since `first_year` that the newest edition of an area holds."""
    parts = [ShareDecompositions.create_empty()]
    wanted = list(areas)
    needed = [AMOUNTS["received"], SHARES["received"], OUTPUT, *DENOMINATOR.values()]
    # Each part is looked up for each year: not in millions of rows, but in the few thousand that can answer.
    held = Observations.cast(held.filter(pl.col("indicator").is_in(needed) & pl.col("area").is_in(wanted)))
    for area in wanted:
        amounts = _of_area(held, AMOUNTS["received"], area).filter(pl.col("year") >= first_year)
        newest = amounts.filter(pl.col("edition") == pl.col("edition").max())
        years = sorted(set(newest["year"]))
        for year in (y for y in years if y + 1 in years):
            try:
                parts.append(
                    decompose_growth(
                        held, area=area, from_year=year, to_year=year + 1, edition=newest["edition"][0]
                    )
                )
            except MethodNotApplicable:
                # Years that differ in definition are not compared: a pair that is not in the table says so.
                continue
    return ShareDecompositions.validate(pl.concat(parts))


def decompose_revision(
    held: dy.DataFrame[Observations],
    *,
    area: str,
    year: int,
    from_edition: str,
    to_edition: str,
    side: str = "received",
) -> dy.DataFrame[ShareDecompositions]:
    """The change of the share of one year between two editions: a revision, never growth.

    A part that is not held in both editions is said to be `not_held`, and what it did stays in the
    unexplained rest. Raises MethodNotApplicable where an edition holds neither the share nor the amount.
    """
    ends = [_revised_endpoint(held, area, year, edition, side) for edition in (from_edition, to_edition)]
    _require_one_definition(*ends)
    return _decomposition(ends[0], ends[1], area, side, "revision")


def _of_area(held: pl.DataFrame, indicator: str, area: str) -> pl.DataFrame:
    return yearly_numbers(held, indicator).filter(pl.col("area") == area)


def _common_edition(amounts: pl.DataFrame, from_year: int, to_year: int) -> str:
    both = (
        amounts.filter(pl.col("year").is_in([from_year, to_year]))
        .group_by("source", "edition")
        .agg(pl.col("year").n_unique())
        .filter(pl.col("year") == len({from_year, to_year}))
        .sort("edition", "source")
    )
    if both.height:
        return str(both["edition"][-1])
    raise MethodNotApplicable(
        "No edition holds remittances for both {from_year} and {to_year}.",
        where="editions held: {editions}",
        expected="one edition with both years",
        do="Choose other years, or collect an edition that covers both.",
        from_year=from_year,
        to_year=to_year,
        editions=", ".join(sorted(amounts["edition"].unique())) or "-",
    )


def _endpoint(held: pl.DataFrame, area: str, year: int, edition: str, side: str) -> Endpoint:
    """The remittances of one edition, and the latest denominator that is held."""
    amount = _one(_of_area(held, AMOUNTS[side], area), year, edition)
    if amount is None:
        raise MethodNotApplicable(
            "Remittances of {area} in {year} are not held in the edition {edition}.",
            where="{indicator}",
            expected="a year and edition that a source covers",
            do="See what is held with: guzar figures --indicator {indicator} --area {area} --edition all",
            area=area,
            year=year,
            edition=edition,
            indicator=AMOUNTS[side],
        )
    share = _one(_of_area(held, SHARES[side], area), year, edition)
    recomputed = _ratio(amount, _latest(held, OUTPUT, area, year))
    levels = {name: _latest(held, indicator, area, year) for name, indicator in DENOMINATOR.items()}
    levels["remittances_usd"] = amount
    return Endpoint(year, edition, share, recomputed, levels, amount.definition, amount.source)


def _revised_endpoint(held: pl.DataFrame, area: str, year: int, edition: str, side: str) -> Endpoint:
    """What the edition itself holds, and nothing from any other edition."""
    amount = _one(_of_area(held, AMOUNTS[side], area), year, edition)
    share = _one(_of_area(held, SHARES[side], area), year, edition)
    chosen = share or amount
    if chosen is None:
        raise MethodNotApplicable(
            "The edition {edition} holds neither the amount nor the share for {area}, {year}.",
            where="{indicator}",
            expected="an edition that prints at least one of them",
            do="See what is held with: guzar figures --indicator {indicator} --area {area} --edition all",
            edition=edition,
            area=area,
            year=year,
            indicator=SHARES[side],
        )
    levels = {
        name: _one(_of_area(held, indicator, area), year, edition) for name, indicator in DENOMINATOR.items()
    }
    levels["remittances_usd"] = amount
    return Endpoint(year, edition, share, None, levels, chosen.definition, chosen.source)


def _one(rows: pl.DataFrame, year: int, edition: str) -> HeldValue | None:
    """The value of one year in one edition; refused where two sources use the same edition date."""
    found = rows.filter((pl.col("year") == year) & (pl.col("edition") == edition))
    if found.height > 1:
        raise MethodNotApplicable(
            "Two series hold this value in the edition {edition}.",
            where="{definitions}",
            expected="one series",
            do="Name an edition that only one of them has.",
            edition=edition,
            definitions=", ".join(found["definition"]),
        )
    if not found.height:
        return None
    return _held_value(found.row(0, named=True))


def _held_value(row: Mapping[str, Any]) -> HeldValue:
    texts = (str(row[name]) for name in ("definition", "source", "edition", "observation_status"))
    return HeldValue(float(row["value"]), *texts)


def _latest(held: pl.DataFrame, indicator: str, area: str, year: int) -> HeldValue | None:
    found = _of_area(held, indicator, area).filter(pl.col("year") == year)
    found = found.sort("edition", "source", "definition")
    return _held_value(found.row(-1, named=True)) if found.height else None


def _ratio(amount: HeldValue, output: HeldValue | None) -> float | None:
    return 100 * amount.value / output.value if output and output.value else None


def _require_one_definition(first: Endpoint, second: Endpoint) -> None:
    if first.definition != second.definition:
        raise MethodNotApplicable(
            "The two ends are measured by different definitions, so that their difference is no change.",
            where="{first} and {second}",
            expected="the same definition at both ends",
            do="Choose editions of one source.",
            first=first.definition,
            second=second.definition,
        )


@dataclass(frozen=True)
class Part:
    """One row of a decomposition: levels, contribution, what it rests on, and where it comes from."""

    part: str
    from_value: float | None
    to_value: float | None
    log_change: float | None
    part_status: str
    source: str | None = None
    part_from_edition: str | None = None
    part_to_edition: str | None = None


def _decomposition(
    start: Endpoint, end: Endpoint, area: str, side: str, kind: str
) -> dy.DataFrame[ShareDecompositions]:
    share = _share_part(start, end)
    parts = [_level_part(name, sign, start.levels[name], end.levels[name]) for name, sign in PARTS.items()]
    explained = math.fsum(part.log_change or 0.0 for part in parts)
    # Between years the parts are all there is: one that is not held leaves the rest not known.
    is_whole = kind != "growth" or all(part.log_change is not None for part in parts)
    rows = [share, *parts, _rest_part(share, explained if is_whole else None)]
    schema = {field.name: ShareDecompositions.columns()[field.name].dtype for field in fields(Part)}
    frame = pl.DataFrame([vars(row) for row in rows], schema=schema)
    return ShareDecompositions.validate(
        frame.with_columns(
            area=pl.lit(area),
            transfer_side=pl.lit(side),
            change_kind=pl.lit(kind),
            from_year=pl.lit(start.year),
            to_year=pl.lit(end.year),
            from_edition=pl.lit(start.edition),
            to_edition=pl.lit(end.edition),
        ).select(ShareDecompositions.column_names()),
        cast=True,
    )


def _share_part(start: Endpoint, end: Endpoint) -> Part:
    """The change itself: published at both ends, or recomputed at both, never the one against the other."""
    is_recomputed = (start.share is None or end.share is None) and start.recomputed_percent is not None
    first, last = (
        at.recomputed_percent if is_recomputed else at.share.value if at.share else None
        for at in (start, end)
    )
    change = _log_ratio(first, last)
    status = "not_held" if change is None else "recomputed" if is_recomputed else "total"
    return Part("share", first, last, change, status, start.source, start.edition, end.edition)


def _level_part(name: str, sign: int, first: HeldValue | None, last: HeldValue | None) -> Part:
    """The contribution of one level, with the source and editions of its own two values."""
    start, end = (held.value if held else None for held in (first, last))
    start_edition, end_edition = (held.edition if held else None for held in (first, last))
    change = _log_ratio(start, end)
    known = first or last
    is_observed = all(held and held.observation_status == OBSERVED for held in (first, last))
    status = "not_held" if change is None else "measured" if is_observed else "estimated"
    contribution = None if change is None else sign * change
    source = known.source if known else None
    return Part(name, start, end, contribution, status, source, start_edition, end_edition)


def _rest_part(share: Part, explained: float | None) -> Part:
    """What the parts leave, not known without them; where the share was made from the same series, a rest of zero tells nothing."""
    if share.log_change is None or explained is None:
        return Part("unexplained", None, None, None, "not_held")
    rest = share.log_change - explained
    is_identity = share.part_status == "recomputed" and abs(rest) < SMALLEST_REST
    return Part("unexplained", None, None, rest, "identity" if is_identity else "unexplained")


def _log_ratio(start: float | None, end: float | None) -> float | None:
    """ln(end / start); None where either is missing or not positive, because a logarithm needs both."""
    return math.log(end / start) if start and end and start > 0 and end > 0 else None
