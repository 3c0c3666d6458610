"""A number as it was meant, without what binary arithmetic leaves in its last digits."""

import polars as pl

MEANT, HELD = (
    13,
    15,
)  # digits: of a number that somebody wrote, at most; of a number that a double holds whatever it is
LEAST, MOST = 1e-6, 1e15  # between them, powers of ten are exact in a double, and so is the rounding


def without_noise(value: pl.Expr) -> pl.Expr:
    """65,350,000 in place of 65,349,999.99999999: the number of at most 13 digits that a sum or a product missed.

    A double holds every number of 15 digits; what stands beyond is noise where the last two of the fifteen are zeros.
    Numbers with more digits than that stay as they are, to the last one.
    """
    meant = value.round_sig_figs(MEANT)
    is_noise = (value.round_sig_figs(HELD) == meant) & value.abs().is_between(LEAST, MOST)
    return pl.when(is_noise).then(meant).otherwise(value)
