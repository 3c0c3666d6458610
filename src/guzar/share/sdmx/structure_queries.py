"""A query for structures, in the words of SDMX REST 2.0; what the words of 1.0 mean in those.

The path is `/structure/{kind}/{agency}/{id}/{version}/{item}` in 2.0 and `/{kind}/{agency}/{id}/{version}/{item}` in
1.0. Lists have commas in 2.0; in 1.0 a plus joins as well, `all` is a star, and `latest` is a tilde.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from guzar.share.sdmx.kinds import BY_NAME, KINDS, OLD_KINDS, ORGANISATION_SCHEMES, OTHER_KINDS
from guzar.share.sdmx.refusals import QueryRefused
from guzar.share.sdmx.versions import ALL, require_version

DETAILS = (
    "full",
    "allstubs",
    "referencestubs",
    "allcompletestubs",
    "referencecompletestubs",
    "referencepartial",
    "raw",
)
OLD_DETAILS = DETAILS[:-1]
REFERENCES = ("none", "parents", "parentsandsiblings", "ancestors", "children", "descendants", "all")
OLD_REFERENCES = ("none", "parents", "parentsandsiblings", "children", "descendants", "all")


@dataclass(frozen=True)
class StructureQuery:
    """Kinds, lists of ids with commas or a star, how much of each is told, and what comes with it."""

    kinds: frozenset[str]
    agencies: str = ALL
    ids: str = ALL
    versions: str = "~"
    items: str = ALL
    detail: str = "full"
    references: str = "none"
    kinds_of_references: frozenset[str] = frozenset()  # where `references` names a kind


def new_structure_query(
    kind: str,
    agencies: str = ALL,
    ids: str = ALL,
    versions: str = "~",
    items: str = ALL,
    *,
    detail: str = "full",
    references: str = "none",
) -> StructureQuery:
    """A query of SDMX REST 2.0; QueryRefused (400) where a word is wrong."""
    kinds = frozenset(BY_NAME) if kind == ALL else frozenset(BY_NAME) & {kind}
    if kind != ALL and kind not in BY_NAME and kind not in OTHER_KINDS:
        raise _refuse_kind(kind, BY_NAME)
    return _query(kinds, agencies, ids, versions, items, detail, references, DETAILS, REFERENCES)


def old_structure_query(
    kind: str,
    agencies: str = "all",
    ids: str = "all",
    versions: str = "latest",
    items: str = "all",
    *,
    detail: str = "full",
    references: str = "none",
) -> StructureQuery:
    """A query of SDMX REST 1.0; QueryRefused (400) where a word is wrong."""
    kinds = _old_kinds(kind)
    listed = [_old_list(one) for one in (agencies, ids, versions, items)]
    listed[2] = ",".join("~" if one == "latest" else one for one in listed[2].split(","))
    agency, id_, version, item = listed
    return _query(kinds, agency, id_, version, item, detail, references, OLD_DETAILS, OLD_REFERENCES)


def _old_list(asked: str) -> str:
    return ",".join(ALL if one == "all" else one for one in asked.replace("+", ",").split(","))


def _old_kinds(kind: str) -> frozenset[str]:
    if kind in {"structure", ALL}:
        return OLD_KINDS
    if kind == "organisationscheme":
        return ORGANISATION_SCHEMES & OLD_KINDS
    if kind in {"actualconstraint", "allowedconstraint"}:
        return frozenset({"dataconstraint"}) if kind == "actualconstraint" else frozenset()
    found = frozenset(one.name for one in KINDS if kind in one.old_names)
    if not found and kind not in OTHER_KINDS:
        raise _refuse_kind(kind, (name for one in KINDS for name in one.old_names))
    return found


def _refuse_kind(kind: str, known: Iterable[str]) -> QueryRefused:
    return QueryRefused(
        400,
        "There is no kind of structure called {kind}. There are: {known}.",
        kind=kind,
        known=", ".join(sorted(known)),
    )


def _query(
    kinds: frozenset[str],
    agencies: str,
    ids: str,
    versions: str,
    items: str,
    detail: str,
    references: str,
    details: tuple[str, ...],
    known: tuple[str, ...],
) -> StructureQuery:
    if detail not in details:
        raise QueryRefused(
            400, "detail may not be {found}: one of {known}.", found=detail, known=", ".join(details)
        )
    named = _named(references)
    if references not in known and named is None:
        raise QueryRefused(
            400,
            "references may not be {found}: one of {known}, or a kind of structure.",
            found=references,
            known=", ".join(known),
        )
    require_version(versions)
    return StructureQuery(kinds, agencies, ids, versions, items, detail, references, named or frozenset())


def _named(references: str) -> frozenset[str] | None:
    """The kinds that `references` names in the words of either version; None where it names none."""
    if references in BY_NAME:
        return frozenset({references})
    try:
        return _old_kinds(references) if references not in {"structure", ALL} else None
    except QueryRefused:
        return None
