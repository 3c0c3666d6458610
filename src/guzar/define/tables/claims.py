"""Tables of the claims: numbers that documents print, and what the figures held say about them."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class Claims(dy.Schema):
    """One row per number that a document prints, as written: nothing is read, corrected or dropped here."""

    claim_row = columns.claim_row(primary_key=True)
    claim_id = columns.claim_id(nullable=True)
    claimed_area = columns.claimed_area(nullable=True)
    claimed_indicator = columns.claimed_indicator(nullable=True)
    claimed_year = columns.claimed_year(nullable=True)
    claimed_value = columns.claimed_value(nullable=True)
    claimed_unit = columns.claimed_unit(nullable=True)
    qualifier = columns.qualifier(nullable=True)
    cited_source = columns.cited_source(nullable=True)
    free_columns = columns.free_columns(nullable=True)


class _Verdicts(dy.Schema):
    """One row per verdict: what the figures held say about a claim, the figure that it rests on, and why."""

    verdict = columns.verdict()
    strength = columns.strength(nullable=True)
    best_value = columns.best_value(nullable=True)
    best_unit = columns.best_unit(nullable=True)
    best_source = columns.best_source(nullable=True)
    best_edition = columns.best_edition(nullable=True)
    other_claim = columns.other_claim(nullable=True)
    verdict_explanation = columns.verdict_explanation()

    @dy.rule()
    def strength_of_exchanges_only(cls) -> pl.Expr:
        """An exchange is full or half; nothing else has a strength."""
        return (pl.col("verdict") == "swapped_with") == pl.col("strength").is_not_null()

    @dy.rule()
    def a_figure_has_a_source(cls) -> pl.Expr:
        """A best value without unit, source and edition could not be looked up."""
        whole = pl.all_horizontal(pl.col("best_unit", "best_source", "best_edition").is_not_null())
        return pl.col("best_value").is_null() | whole


class ClaimVerdicts(_Verdicts):
    """One row per claim: the verdict, the figure that it rests on, and why."""

    claim_row = columns.claim_row(primary_key=True)
    publisher_response = columns.publisher_response(nullable=True)


class CheckedClaims(Claims, _Verdicts):
    """One row per claim of the documents that ship, as printed, with its verdict explained in both languages."""

    verdict_explanation_ru = columns.verdict_explanation_ru()


# The names that the contract gives these columns in files, by ours.
FILE_NAMES = {
    "claim_id": "id",
    "claimed_area": "area",
    "claimed_indicator": "indicator",
    "claimed_year": "year",
    "claimed_value": "value",
    "claimed_unit": "unit",
    "qualifier": "qualifier",
    "cited_source": "cited_source",
    "verdict_explanation": "explanation",
}
REQUIRED = ("id", "area", "indicator", "year", "value", "unit")
ADDED = (
    "verdict",
    "strength",
    "best_value",
    "best_unit",
    "best_source",
    "best_edition",
    "other_claim",
    "explanation",
    "publisher_response",
)
