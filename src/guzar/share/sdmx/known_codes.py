"""A query that no row answered → the code in it that the dataflow has nowhere, and the codes that may have been meant.

An empty answer tells a reader that the figures are not there. Where a code is misspelt, that is not what was found out:
such a query is refused with the code, its dimension and what stands near it. It is looked at after nothing was found
only, so that no answer with rows waits for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from urllib.parse import quote

from guzar.share.sdmx.data_query import Condition, DataQuery
from guzar.share.sdmx.dataflows import Dataflow, Names
from guzar.share.sdmx.refusals import QueryRefused

Codes = Mapping[str, Sequence[str]]  # by dimension: those that occur in the dataflow, whatever the edition
Codelists = Mapping[str, Mapping[str, Names]]
MOST_NEAR = 3
MOST_TOLD = 3  # unknown codes that are named
LONGEST = 40  # letters of a code that are told and compared
OTHER = (
    "{flow} has no rows with {codes} as {dimension}: this is a code of {other}. The order of a key: {order}"
)
NEAR = "{flow} has no rows with {codes} as {dimension}. Perhaps you mean: {near}. All codes that it has: {address}"
FAR = "{flow} has no rows with {codes} as {dimension}. The codes that it has: {address}"
LIKE = 0.6  # likeness from which a code counts as near, as difflib measures it


def refuse_unknown_codes(
    query: DataQuery, in_use: Codes, codelists: Codelists, languages: Sequence[str], *, status: int
) -> QueryRefused | None:
    """The refusal of a query that no row answered, where a dimension has none of the codes that are asked of it.

    None where every dimension has one of them: then the query is right, and nothing fits it. Near codes are found by
    their letters, and by their names in `codelists`.
    """
    for dimension, asked in _asked(query):
        if dimension not in in_use or not asked.isdisjoint(in_use[dimension]):
            continue
        return _refuse(query.flow, dimension, sorted(asked), in_use, codelists, languages, status)
    return None


def _refuse(
    flow: Dataflow,
    dimension: str,
    unknown: Sequence[str],
    in_use: Codes,
    codelists: Codelists,
    languages: Sequence[str],
    status: int,
) -> QueryRefused:
    """The codes, and what helps most: the dimension that they belong to, else near codes, else where all are listed."""
    codes = ", ".join(one[:LONGEST] for one in unknown[:MOST_TOLD])
    more = f" (+{len(unknown) - MOST_TOLD})" if len(unknown) > MOST_TOLD else ""
    told = {"flow": flow.id, "dimension": dimension, "codes": codes + more}
    others = [one for one, held in in_use.items() if unknown[0] in held]
    if others:
        order = ".".join(one.id for one in flow.dimensions)
        return QueryRefused(status, OTHER, **told, other=", ".join(others), order=order)
    told["address"] = f"/sdmx/v2/availability/dataflow/{quote(flow.agency)}/{quote(flow.id)}/+/*/{dimension}"
    near = _near(unknown[0], _by_name(flow, dimension, in_use[dimension], codelists))
    if not near:
        return QueryRefused(status, FAR, **told)
    names = _names(flow, dimension, codelists)
    return QueryRefused(status, NEAR, **told, near=", ".join(_told(one, names, languages) for one in near))


def _asked(query: DataQuery) -> Iterator[tuple[str, frozenset[str]]]:
    """Each dimension with the codes of which a row must have one, once for the keys and once for every filter."""
    first = query.keys[0] if query.keys else {}
    for dimension in first:
        if all(dimension in key for key in query.keys):
            yield dimension, frozenset().union(*(key[dimension] for key in query.keys))
    for one in query.conditions:
        codes = _required(one)
        if codes:
            yield one.component, codes


def _required(condition: Condition) -> frozenset[str]:
    """The codes of a filter all of whose alternatives name one; none where a row may fit it without them."""
    named = [{value for operator, value in terms if operator == "eq"} for terms in condition.alternatives]
    return frozenset().union(*named) if all(named) else frozenset()


def _names(flow: Dataflow, dimension: str, codelists: Codelists) -> Mapping[str, Names]:
    listed = next(one.codelist for one in flow.dimensions if one.id == dimension)
    return codelists.get(listed or "", {})


def _by_name(
    flow: Dataflow, dimension: str, codes: Sequence[str], codelists: Codelists
) -> dict[str, list[str]]:
    """The codes in use by what they may be called: themselves, and their names in all languages, in small letters."""
    names, found = _names(flow, dimension, codelists), dict[str, list[str]]()
    for code in codes:
        for called in (code, *names.get(code, {}).values()):
            found.setdefault(called.lower(), []).append(code)
    return found


def _near(asked: str, called: Mapping[str, Sequence[str]]) -> list[str]:
    """The codes that are called nearly so, the nearest first."""
    alike = get_close_matches(asked[:LONGEST].lower(), list(called), MOST_NEAR, LIKE)
    return list(dict.fromkeys(code for one in alike for code in called[one]))[:MOST_NEAR]


def _told(code: str, names: Mapping[str, Names], languages: Sequence[str]) -> str:
    """A code with its name in the reader's language, where it has one."""
    name = names.get(code, {}).get(languages[0], "")
    return f"{code} ({name})" if name and name != code else code
