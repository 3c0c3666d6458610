"""Claims: numbers that documents print, held against the figures held.

In: claims as written, observations of every edition. Out: a verdict for each claim, with what it rests on.
"""

from guzar.use.claims.verdicts import check_claims

__all__ = ["check_claims"]
