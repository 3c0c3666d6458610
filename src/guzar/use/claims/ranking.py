"""Which of several figures for one cell is the reference, and which of them are editions of one series.

Later or earlier has a meaning inside one family of sources only: a research model of 2025 is no later edition of a
United Nations series of 2024. Between families `define/codelists/source_ranks.csv` decides: publishers' own series
first, then compilations and copies, then models; a workspace's own tables last, unless the claim cites them.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from guzar.define.codelist import read_codelist
from guzar.define.definitions import definitions, differences, shipped_definitions
from guzar.use.claims.holdings import Figure

OWN = 1_000  # the rank of what a workspace brought itself


@cache
def source_ranks() -> dict[str, tuple[int, str]]:
    """Rank and family of every source that ships; the smaller rank comes first."""
    rows = read_codelist("source_ranks").iter_rows(named=True)
    return {row["source"]: (int(row["rank"]), row["family"]) for row in rows}


def _is_own(figure: Figure) -> bool:
    """Whether a workspace brought the figure: by its source, or by a definition under a known source's name."""
    return figure.source not in source_ranks() or figure.definition not in shipped_definitions()


def rank_of(figure: Figure) -> int:
    """The rank of a figure's source; the smaller comes first."""
    return OWN if _is_own(figure) else source_ranks()[figure.source][0]


def family_of(figure: Figure) -> str:
    """The family of a figure's source: editions are compared by date inside it only."""
    return f"own {figure.source}" if _is_own(figure) else source_ranks()[figure.source][1]


def reference_figures(figures: Iterable[Figure]) -> list[Figure]:
    """The latest edition of the families that come first; several figures where methods or sources share its date."""
    held = list(figures)
    first = min((rank_of(f) for f in held), default=OWN)
    ranked = [f for f in held if rank_of(f) == first]
    newest = max((f.edition for f in ranked), default="")
    return [f for f in ranked if f.edition == newest]


def editions_of_series(figures: Sequence[Figure], best: Figure) -> list[Figure]:
    """The figures that are editions of the series of `best`: same family and definition, or carried copies of it."""
    return [
        f
        for f in figures
        if family_of(f) == family_of(best)
        and f.quarters == best.quarters
        and (f.definition == best.definition or (f.source != best.source and are_comparable(f, best)))
    ]


def other_families(figures: Iterable[Figure], best: Figure) -> list[Figure]:
    """The latest figure of every other family, in the order of their ranks."""
    latest: dict[str, Figure] = {}
    for figure in sorted(figures, key=lambda f: f.edition):
        if family_of(figure) != family_of(best):
            latest[family_of(figure)] = figure
    return sorted(latest.values(), key=lambda f: (rank_of(f), f.source))


def are_comparable(one: Figure, other: Figure) -> bool:
    """Whether two figures of one indicator count the same thing, as far as their definitions are known."""
    return not difference_of(one, other)


def difference_of(one: Figure, other: Figure) -> str:
    """The first property in which the definitions of two figures differ; empty where they are comparable."""
    first, second = definitions().get(one.definition), definitions().get(other.definition)
    found = differences(first, second) if first and second else []
    return found[0].split(":")[0] if found else ""
