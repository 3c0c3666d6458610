"""A claim with everything that it is held against, and the form of what is found about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from guzar.define.areas import Region
from guzar.use.claims.citations import Citation, read_citation
from guzar.use.claims.fitting import Claimed, agrees, bounds, distance, tolerance
from guzar.use.claims.holdings import Cell, Figure, Holdings, unit_of
from guzar.use.claims.kin import own_cell
from guzar.use.claims.ranking import reference_figures
from guzar.use.claims.reading import Claim
from guzar.use.claims.wording import Wording

WIDE = 0.05  # from what share of its value on the last printed digit of a claim is worth a word
NEAR_YEARS = 2  # how far from the claim's year a cited edition may have its nearest figure


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with what it rests on."""

    verdict: str
    explanation: str
    best: Figure | None = None
    strength: str = ""
    other_claim: str = ""

    def as_row(self, row: int) -> dict[str, object]:
        """The finding as a row of ClaimVerdicts."""
        best = self.best
        return {
            "claim_row": row,
            "verdict": self.verdict,
            "strength": self.strength or None,
            "best_value": best.value if best else None,
            "best_unit": best.unit if best else None,
            "best_source": best.source if best else None,
            "best_edition": best.edition if best else None,
            "other_claim": self.other_claim or None,
            "verdict_explanation": self.explanation,
            "publisher_response": None,
        }


@dataclass(slots=True)
class Case:
    """A claim with everything that it is held against."""

    claim: Claim
    holdings: Holdings
    regions: Mapping[str, Region]
    words: Wording
    citation: Citation = field(init=False)
    figures: Sequence[Figure] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Read the citation; take the year from the cited edition where the claim names none."""
        self.citation = read_citation(self.claim.cited)
        claim = self.claim
        if claim.unit == "" and not claim.unclear_unit and claim.as_written.get("unit"):
            claim.unit = unit_of(claim.indicator) or ""  # «million» alone: of what the indicator counts
        if claim.is_forecast and claim.unit == "percent" and unit_of(claim.indicator) in {"usd", "persons"}:
            claim.indicator = f"{claim.indicator.removesuffix('_usd')}_growth_percent"
        if claim.year is None and claim.unreadable is None:
            claim.year = self._year_of_cited_edition()
            if claim.year is not None:
                claim.readings.append(
                    ("No year is given; {year} is the latest one of the edition cited.", {"year": claim.year})
                )
        if claim.year is not None and claim.unreadable is None:
            self.figures = self.holdings.figures(self.cell, claim.year, claim.period)

    @property
    def cell(self) -> Cell:
        """The cell that the claim is about."""
        return own_cell(self.claim)

    @property
    def claimed(self) -> Claimed:
        """The claimed value in the unit of the figures."""
        return self.claim.claimed(unit_of(self.claim.indicator) or "")

    @property
    def cited_figures(self) -> list[Figure]:
        """The figures of the very edition that the claim cites."""
        return [f for f in self.figures if self.citation.names_edition_of(f)]

    @property
    def best(self) -> Figure | None:
        """The figure of the edition cited, else of the source cited, else of the reference; of each the latest edition."""
        pool = self.cited_figures or [f for f in self.figures if self.citation.is_of(f)] or list(self.figures)
        newest = reference_figures(pool)
        claimed = self.claimed if newest else None
        return (
            None
            if claimed is None
            else min(newest, key=lambda f: (not agrees(claimed, f.value), distance(claimed, f.value)))
        )

    def fitting(self) -> list[Figure]:
        """The figures, of whatever edition, that the claim agrees with."""
        claimed = self.claimed
        return [f for f in self.figures if agrees(claimed, f.value)]

    def cited_in_near_year(self) -> list[Figure]:
        """The cited edition's figures for the year nearest to the claim's, where it has none for that year."""
        year = self.claim.year
        if year is None or not self.citation.dates:
            return []
        for near in sorted(self.holdings.years(self.cell), key=lambda y: abs(y - year)):
            found = [f for f in self.holdings.figures(self.cell, near) if self.citation.names_edition_of(f)]
            if found and abs(near - year) <= NEAR_YEARS:
                return found
        return []

    def with_readings(self, explanation: str) -> str:
        """The explanation with how unusual cells were read."""
        return " ".join(
            [explanation, *(self.words.text(template, **values) for template, values in self.claim.readings)]
        )

    def with_range(self, explanation: str) -> str:
        """The explanation with the values that a claim of few digits agrees with, where they lie far apart."""
        claimed, unit, w = self.claimed, unit_of(self.claim.indicator) or "", self.words
        if (
            claimed.qualifier in {"over", "almost"}
            or tolerance(claimed) > claimed.step
            or claimed.step < WIDE * abs(claimed.value)
        ):
            return explanation
        low, high = bounds(claimed)
        low = max(low, 0.0) if claimed.value >= 0 else low
        said = w.text(
            "Printed to {step}: any value between {low} and {high} would agree.",
            step=w.step(claimed.step, unit),
            low=w.rounded(low, claimed.step, unit),
            high=w.rounded(high, claimed.step, unit),
        )
        return f"{explanation} {said}"

    def with_members(self, explanation: str) -> str:
        """The explanation with the members of the claim's regions: one name can mean several lists."""
        w = self.words
        ends = dict.fromkeys(end for end in (self.claim.counterpart, self.claim.area) if end in self.regions)
        said = [
            w.text(
                "{region} here: {members}.",
                region=w.place(end),
                members=", ".join(sorted(w.place(member) for member in self.regions[end].members)),
            )
            for end in ends
        ]
        return " ".join([explanation, *said])

    def _year_of_cited_edition(self) -> int | None:
        for year in reversed(self.holdings.years(self.cell)):
            if any(self.citation.names_edition_of(f) for f in self.holdings.figures(self.cell, year)):
                return year
        return None
