"""The known words nearest to one that was mistyped: what a refusal can suggest."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """The known word nearest to `word`; empty where none is as like it as `likeness` (0 to 1) asks."""
    spelled = {one.casefold(): one for one in known if one}
    near = get_close_matches(word.casefold(), spelled, n=1, cutoff=likeness)
    return spelled[near[0]] if near else ""


def nearest(word: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Up to `most` known words that are spelled nearly like `word`, the nearest first.

    A word that the mistyped one is a part of (`remittances` of `remittances_received_usd`) is near as well.
    """
    spelled = {one.casefold(): one for one in known if one}
    folded = word.strip().casefold()
    near = get_close_matches(folded, spelled, n=most, cutoff=0.6)
    holds = [one for one in spelled if len(folded) > 2 and folded in one and one not in near]
    return [spelled[one] for one in [*near, *holds][:most]]
