"""Claims + Observations → ClaimVerdicts: which claims the figures held bear out, and what is wrong with the rest.

The rule in one sentence: a claim is held against every edition of its own series first; only where none bears it
out is it asked whether it was exchanged with another claim, contradicted inside its document, cited to a source
that holds something else, or true of another series. Different concepts are never called a contradiction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import dataframely as dy
import polars as pl

from guzar.define.areas import Region, regions
from guzar.define.tables.claims import FILE_NAMES, Claims, ClaimVerdicts
from guzar.define.tables.figures import Observations
from guzar.use.claims.case import Case, Finding
from guzar.use.claims.contradictions import inconsistent, swapped
from guzar.use.claims.files import free_cells
from guzar.use.claims.findings import judge_alone, judge_unborne
from guzar.use.claims.holdings import Holdings
from guzar.use.claims.reading import Claim, read_claims
from guzar.use.claims.repeats import find_repeats
from guzar.use.claims.swaps import Unborne, find_swaps
from guzar.use.claims.wording import Wording

BORNE_OUT = frozenset({"agrees", "agrees_with_edition"})
BY_DIGITS = BORNE_OUT | {"contradicted", "cited_source_differs"}  # what the printed digits decided


@dataclass(slots=True)
class _Judged:
    """One statement, however many rows repeat it: its first row, its case and what was found."""

    claim: Claim
    case: Case
    finding: Finding | None = None
    rows: list[int] = field(default_factory=list)


def check_claims(
    claims: dy.DataFrame[Claims],
    observations: dy.DataFrame[Observations],
    named_regions: Mapping[str, Region] | None = None,
    *,
    language: str = "en",
    step_done: Callable[[], None] | None = None,
) -> dy.DataFrame[ClaimVerdicts]:
    """One verdict per claim, in the order of the claims.

    `observations` hold every edition, and the totals of regions where claims are about regions. Verdicts do not
    depend on the language; explanations do. Nothing raises: what cannot be checked says why.
    """
    named = dict(regions() if named_regions is None else named_regions)
    read = read_claims(_rows(claims), frozenset(named))
    holdings = Holdings(_of_interest(observations, read, named))
    words = Wording(language, tuple(named.values()))
    judged = _judge_each(read, holdings, named, words, step_done or (lambda: None))
    _settle_swaps(judged)
    _settle_repeats(judged, read)
    _settle_rest(judged)
    return _as_table(judged, len(read))


def _rows(claims: pl.DataFrame) -> list[dict[str, str | None]]:
    """Each claim by the names of the contract, its free columns beside the rest."""
    named = claims.select(
        pl.col(ours).alias(theirs) for ours, theirs in FILE_NAMES.items() if ours in claims.columns
    )
    free = claims["free_columns"].to_list()
    return [free_cells(cells) | row for row, cells in zip(named.iter_rows(named=True), free, strict=True)]


def _of_interest(
    observations: pl.DataFrame, read: Sequence[Claim], named: Mapping[str, Region]
) -> pl.DataFrame:
    """Only what some claim may be held against: a full workspace has millions of rows, a document a few areas."""
    ends = {end for claim in read for end in (claim.area, claim.counterpart)}
    wider = {r.id for r in named.values() if ends & set(r.members)}
    members = {member for end in ends if end in named for member in named[end].members}
    wanted = list(ends | wider | members)
    other = pl.col("counterpart").is_in(["_T", "_Z", *wanted])
    return observations.filter(pl.col("area").is_in(wanted) & other)


def _judge_each(
    read: Sequence[Claim],
    holdings: Holdings,
    named: Mapping[str, Region],
    words: Wording,
    done: Callable[[], None],
) -> list[_Judged]:
    """Judge every different statement once by itself; rows that only repeat it share the result."""
    statements: dict[tuple[object, ...], _Judged] = {}
    for claim in read:
        key = (tuple(sorted((k, v) for k, v in claim.as_written.items() if k != "id")),)
        if key not in statements:
            case = Case(claim, holdings, named, words)
            statements[key] = _Judged(claim, case, judge_alone(case))
        statements[key].rows.append(claim.row)
        done()
    return list(statements.values())


def _settle_swaps(judged: Sequence[_Judged]) -> None:
    """Pairs of claims that no edition bears out and that were exchanged."""
    pending = {one.claim.row: one for one in judged if one.finding is None and one.case.figures}
    unborne = [
        Unborne(
            row,
            (one.claim.indicator, one.claim.year, one.claim.period, one.claim.sex),
            one.claim.place,
            one.case.claimed,
            one.case.figures,
        )
        for row, one in pending.items()
    ]
    for row, swap in find_swaps(unborne).items():
        one, other = pending[row], pending[swap.other]
        one.finding = swapped(one.case, other.case, is_full=swap.is_full, fits_other=swap.fits_other_place)


def _settle_repeats(judged: Sequence[_Judged], read: Sequence[Claim]) -> None:
    """Claims that their own document contradicts, unless the figures held say more about them."""
    of_row = {row: one for one in judged for row in one.rows}
    borne_out = {
        row for row, one in of_row.items() if one.finding is not None and one.finding.verdict in BORNE_OUT
    }
    for row, repeat in find_repeats(read, borne_out).items():
        one = of_row[row]
        open_still = one.finding is None or one.finding.verdict == "not_checkable"
        if open_still and not (repeat.is_duplicate and one.case.figures):
            one.finding = inconsistent(one.case, read[repeat.other], is_duplicate=repeat.is_duplicate)


def _settle_rest(judged: Sequence[_Judged]) -> None:
    for one in judged:
        found = one.finding or judge_unborne(one.case)
        said = one.case.with_readings(found.explanation)
        if found.best is not None:
            said = one.case.with_members(one.case.with_range(said) if found.verdict in BY_DIGITS else said)
        one.finding = replace(found, explanation=said)


def _as_table(judged: Sequence[_Judged], count: int) -> dy.DataFrame[ClaimVerdicts]:
    rows: list[dict[str, object]] = [{}] * count
    for one in judged:
        assert one.finding is not None  # every statement was settled above
        for row in one.rows:
            rows[row] = one.finding.as_row(row)
    schema = {name: column.dtype for name, column in ClaimVerdicts.columns().items()}
    return ClaimVerdicts.validate(pl.DataFrame(rows, schema=schema), cast=True)
