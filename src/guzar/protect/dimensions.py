"""Dimensions of a table of counts: codes, totals and hierarchies as sums.

A dimension's codes begin with its total. Every sum says which code is the total of which others; a dimension with
two hierarchies over the same leaves (regions by county and by size) simply has the sums of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.errors import TableInvalid

TOTAL = "_T"


@dataclass(frozen=True)
class Sum:
    """One code that is the total of others, as positions in the dimension's codes."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Dimension:
    """A dimension with all its codes: the total first, then the inner codes, then the codes between."""

    name: str
    codes: tuple[str, ...]
    inner: int  # codes[1 : 1 + inner] are the inner codes
    sums: tuple[Sum, ...]

    @property
    def total(self) -> str:
        """The code of the total: `_T`, or the top of the hierarchy."""
        return self.codes[0]

    def inner_codes(self) -> tuple[str, ...]:
        """The codes that are not a sum of others."""
        return self.codes[1 : 1 + self.inner]

    def membership(self) -> NDArray[np.int64]:
        """A matrix of codes by inner codes: 1 where the inner code belongs to the code."""
        members = np.zeros((len(self.codes), self.inner), dtype=np.int64)
        members[1 : 1 + self.inner] = np.eye(self.inner, dtype=np.int64)
        for each in _from_the_bottom(self.sums):
            members[each.total] = members[list(each.parts)].sum(axis=0)
        return members


def make_dimension(name: str, found: Sequence[str], hierarchies: Sequence[pl.DataFrame] = ()) -> Dimension:
    """The dimension of the codes found in counts, with its hierarchies (columns `code, parent`).

    Without a hierarchy every code but `_T` is an inner code and belongs to the total `_T`. Inner codes of a hierarchy
    that no row of the counts names are kept: their counts are zero. Refused (TableInvalid): a code with two parents
    in one hierarchy, a circle, a code in the counts that a hierarchy does not hold.
    """
    if not hierarchies:
        inner = sorted(set(found) - {TOTAL})
        return Dimension(name, (TOTAL, *inner), len(inner), (Sum(0, tuple(range(1, len(inner) + 1))),))
    trees = [_read_tree(name, hierarchy) for hierarchy in hierarchies]
    top = _common_top(name, trees)
    leaves = sorted(set(trees[0]) - {parent for parent in trees[0].values()})
    _require_same_leaves(name, trees, leaves)
    between = sorted({parent for tree in trees for parent in tree.values()} - {top})
    codes = (top, *leaves, *between)
    _require_known(name, set(found), set(codes))
    place = {code: position for position, code in enumerate(codes)}
    sums = [
        Sum(place[parent], tuple(sorted(place[code] for code, above in tree.items() if above == parent)))
        for tree in trees
        for parent in sorted(set(tree.values()))
    ]
    return Dimension(name, codes, len(leaves), tuple(dict.fromkeys(sums)))


def _from_the_bottom(sums: tuple[Sum, ...]) -> list[Sum]:
    """The sums in an order in which every part is known before its total; the first way to a total is enough."""
    waiting, done, ordered = list(sums), set[int](), list[Sum]()
    totals = {each.total for each in sums}
    while waiting:
        ready = [each for each in waiting if all(part in done or part not in totals for part in each.parts)]
        ordered += ready
        done |= {each.total for each in ready}
        waiting = [each for each in waiting if each not in ready]
    return ordered


def _read_tree(name: str, hierarchy: pl.DataFrame) -> dict[str, str]:
    """Parent by code; a code with no parent named belongs to the total, unless it is the only one: then it is it."""
    _require_columns(name, hierarchy)
    pairs = hierarchy.select(pl.col("code", "parent").cast(pl.String)).unique(maintain_order=True)
    doubled = pairs.filter(pl.col("code").is_duplicated())
    if pairs["code"].null_count() or doubled.height:
        raise TableInvalid(
            "{count} codes of the hierarchy of {dimension} have more than one parent, or no name.",
            where="dimension {dimension}",
            expected="each code once, with one parent",
            do="Give a second grouping of the same codes as a second hierarchy file.",
            count=max(doubled["code"].n_unique(), pairs["code"].null_count()),
            dimension=name,
        )
    tree = dict(pairs.iter_rows())
    tops = [code for code, parent in tree.items() if parent is None]
    tops += [parent for parent in tree.values() if parent is not None and parent not in tree]
    tops = list(dict.fromkeys(tops))
    if TOTAL in tops and len(tops) > 1:
        raise TableInvalid(
            "Parents in the hierarchy of {dimension} stand nowhere as codes: {codes}.",
            where="dimension {dimension}",
            expected="a row for every group, with its own parent; groups at the top with the parent {total}",
            do="Correct the spelling, or add the rows of these groups.",
            dimension=name,
            codes=", ".join(top for top in tops if top != TOTAL),
            total=TOTAL,
        )
    whole = tops[0] if len(tops) == 1 and tops[0] in set(tree.values()) else TOTAL
    linked = {code: parent if parent is not None else whole for code, parent in tree.items() if code != whole}
    linked |= {top: whole for top in tops if top not in (whole, TOTAL)}
    _require_no_circle(name, linked, whole)
    return linked


def _require_columns(name: str, hierarchy: pl.DataFrame) -> None:
    if not {"code", "parent"} <= set(hierarchy.columns):
        raise TableInvalid(
            "The hierarchy of {dimension} lacks a column.",
            where="columns found: {found}",
            expected="the columns code and parent",
            do="Give each code with its parent; an empty parent is the top.",
            dimension=name,
            found=", ".join(hierarchy.columns),
        )


def _require_no_circle(name: str, tree: dict[str, str], top: str) -> None:
    for code in tree:
        above, steps = code, 0
        while above != top and steps <= len(tree):
            above, steps = tree.get(above, top), steps + 1
        if above != top:
            raise TableInvalid(
                "The hierarchy of {dimension} runs in a circle.",
                where="at the code {code}",
                expected="every code below one top",
                do="Correct the parents in the hierarchy file.",
                dimension=name,
                code=code,
            )


def _common_top(name: str, trees: list[dict[str, str]]) -> str:
    tops = {top for tree in trees for top in set(tree.values()) - set(tree)}
    if len(tops) != 1:
        raise TableInvalid(
            "The hierarchies of {dimension} have different tops.",
            where="tops: {tops}",
            expected="one total for all hierarchies of a dimension",
            do="Name the same top in each hierarchy file, or leave its parent empty.",
            dimension=name,
            tops=", ".join(sorted(tops)),
        )
    return tops.pop()


def _require_same_leaves(name: str, trees: list[dict[str, str]], leaves: list[str]) -> None:
    for tree in trees[1:]:
        if sorted(set(tree) - set(tree.values())) != leaves:
            raise TableInvalid(
                "The hierarchies of {dimension} do not hold the same inner codes.",
                where="dimension {dimension}",
                expected="each hierarchy of a dimension groups the same inner codes",
                do="Add the missing codes to the hierarchy file that lacks them.",
                dimension=name,
            )


def _require_known(name: str, found: set[str], known: set[str]) -> None:
    unknown = found - known
    if unknown:
        raise TableInvalid(
            "{count} codes of {dimension} in the counts do not stand in its hierarchy.",
            where="codes: {codes}",
            expected="codes of the hierarchy file, or the code of its total",
            do="Correct the codes, or add them to the hierarchy file.",
            count=len(unknown),
            dimension=name,
            codes=", ".join(sorted(unknown)[:5]),
        )
