"""Table of the standing of treaties: what is known of each treaty and area on a date."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class TreatyStandings(dy.Schema):
    """One row per treaty and area: what is known of it on a date, from which extract, and how old that is.

    `unknown` says that no source held covers the cell, `no_action_seen` that an extract of a date shows nothing;
    neither is a no.
    """

    treaty = columns.treaty(primary_key=True)
    area = columns.area(primary_key=True)
    treaty_standing = columns.treaty_standing()
    standing_since = columns.standing_since(nullable=True)
    source = columns.source(nullable=True)
    evidence_as_of = columns.evidence_as_of(nullable=True)
    evidence_age_years = columns.evidence_age_years(nullable=True)
    is_old = columns.is_old(nullable=True)
    conflict = columns.conflict(nullable=True)

    @dy.rule()
    def unknown_has_no_evidence(cls) -> pl.Expr:
        """What no source covers has no source; what has a standing has one."""
        return (pl.col("treaty_standing") == "unknown") == pl.col("source").is_null()
