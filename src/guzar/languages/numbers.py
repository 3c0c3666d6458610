"""Numbers as a reader writes them: 1,146,175.5; 1 146 175,5 with narrow no-break spaces."""

from decimal import ROUND_HALF_UP, Decimal

THOUSANDS = {"en": ",", "ru": "\u202f"}
DECIMAL = {"en": ".", "ru": ","}
NOT_KNOWN = "··"


def write_number(
    value: float | None, language: str, decimals: int | None = None, *, signed: bool = False
) -> str:
    """A number with its thousands grouped and never with an exponent; two dots where it is not known.

    Without `decimals` all its digits are written. Halves are rounded away from zero. `signed` writes a plus before
    positive numbers; zero has no sign.
    """
    if value is None:
        return NOT_KNOWN
    exact = Decimal(str(value))
    if decimals is None:
        exact = exact.to_integral_value() if exact == exact.to_integral_value() else exact
    else:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, fraction = f"{abs(exact):,f}".partition(".")
    sign = "-" if exact < 0 else "+" if signed and exact > 0 else ""
    tail = DECIMAL[language] + fraction if fraction else ""
    return sign + whole.replace(",", THOUSANDS[language]) + tail
