"""Claims files: the reader's table → Claims, and back with the verdicts beside every row.

Required columns: id, area, indicator, year, value, unit. Optional: qualifier, cited_source, and any free columns,
which are kept as they are, in their order.
"""

import json
from collections.abc import Collection, Mapping

import dataframely as dy
import polars as pl

from guzar.define.areas import Region, areas
from guzar.define.tables.claims import ADDED, FILE_NAMES, REQUIRED, Claims, ClaimVerdicts
from guzar.errors import TableInvalid
from guzar.use.claims.reading import CORRIDOR_SIGN, area_code

OPTIONAL = ("qualifier", "cited_source")
REGION_REQUIRED = ("members",)
REGION_COLUMNS = ("id", "region", "members", "name_en", "name_ru", "publisher", "as_of", "address")


def take_claims(table: pl.DataFrame, name: str) -> dy.DataFrame[Claims]:
    """The claims of a reader's table, every cell as text; raises TableInvalid where a required column is missing."""
    missing = [column for column in REQUIRED if column not in table.columns]
    if missing:
        raise TableInvalid(
            "The claims have no column {missing}.",
            where="{name}, columns: {columns}",
            expected="the columns {required}; optional: {optional}; any others are kept",
            do="Add the column, or name it so; an empty cell is allowed.",
            missing=", ".join(missing),
            name=name,
            columns=", ".join(table.columns[:20]),
            required=", ".join(REQUIRED),
            optional=", ".join(OPTIONAL),
        )
    text = table.select(_as_text(column, table.schema[column]) for column in table.columns)
    text = text.with_columns(pl.lit(None, pl.String).alias(c) for c in OPTIONAL if c not in text.columns)
    ours = {
        theirs: own for own, theirs in FILE_NAMES.items() if theirs in text.columns and theirs not in ADDED
    }
    free = [column for column in text.columns if column not in {*REQUIRED, *OPTIONAL, *ADDED}]
    claims = text.rename(ours).with_row_index("claim_row").with_columns(free_columns=_as_json(free))
    return Claims.validate(claims.select(Claims.column_names()), cast=True)


def _as_text(column: str, kind: pl.DataType) -> pl.Expr:
    if kind.is_nested():
        return pl.lit(None, pl.String).alias(column)
    return pl.col(column).cast(pl.String, strict=False).alias(column)


def _as_json(free: list[str]) -> pl.Expr:
    return pl.struct(free).struct.json_encode() if free else pl.lit(None, pl.String)


def free_cells(text: str | None) -> dict[str, str | None]:
    """The reader's own columns of one row."""
    loaded: dict[str, str | None] = json.loads(text) if text else {}
    return loaded


def add_verdicts(table: pl.DataFrame, verdicts: dy.DataFrame[ClaimVerdicts]) -> pl.DataFrame:
    """The reader's table as it was, with the verdicts beside each row; answers already filled in are kept.

    Columns of the reader that are called like ours stay as `<name>_given`; those of an earlier check are replaced.
    """
    answered = table["publisher_response"] if "publisher_response" in table.columns else None
    is_checked_before = set(ADDED) <= set(table.columns)
    own = [c for c in ADDED if c in table.columns and c != "publisher_response"]
    kept = table.drop(own) if is_checked_before else table.rename({c: _given(c, table.columns) for c in own})
    kept = kept.drop("publisher_response", strict=False)
    found = verdicts.sort("claim_row").rename(FILE_NAMES, strict=False).select(ADDED)
    out = pl.concat([kept, found], how="horizontal")
    return out if answered is None else out.with_columns(publisher_response=answered.cast(pl.String))


def _given(column: str, taken: Collection[str]) -> str:
    """A free name for a reader's column that is called like one of ours."""
    name = f"{column}_given"
    while name in taken:
        name += "_given"
    return name


def regions_asked(
    claims: dy.DataFrame[Claims], named: Mapping[str, Region]
) -> tuple[list[Region], set[tuple[str, str]]]:
    """The regions whose totals the claims need, and the corridors (from, to) that have a region at an end."""
    places = {area for area in claims["claimed_area"].unique() if area}
    ends = [
        tuple(area_code(end, frozenset(named)) or "" for end in CORRIDOR_SIGN.split(place))
        for place in places
    ]
    asked = {end for pair in ends for end in pair if end in named}
    countries = {end for pair in ends for end in pair if end and end not in named}
    wider = {region.id for region in named.values() if countries & set(region.members)}
    corridors = {(pair[0], pair[1]) for pair in ends if len(pair) == 2 and asked & set(pair) and all(pair)}
    return [named[region] for region in sorted(asked | wider)], corridors


def take_regions(table: pl.DataFrame, name: str, known: Mapping[str, Region]) -> dict[str, Region]:
    """The known regions and those of the reader's table: `id, members` (codes apart by blanks), optional names.

    Raises TableInvalid where a member is not an area, or an id is given twice, can be read as an area or a corridor,
    or is that of a known region with other members: a verdict on NCA9 must mean the NCA9 that everybody knows.
    """
    id_column = next((c for c in ("id", "region") if c in table.columns), None)
    if id_column is None or "members" not in table.columns:
        raise TableInvalid(
            "The regions have no column id or no column members.",
            where="{name}, columns: {columns}",
            expected="the columns id and members; optional: name_en, name_ru, publisher, as_of",
            do="Write one row per region, its members as ISO 3166 alpha-3 codes apart by blanks.",
            name=name,
            columns=", ".join(table.columns[:20]),
        )
    added: dict[str, Region] = {}
    for row in table.iter_rows(named=True):
        region = _region(row, id_column, name)
        _refuse_taken_id(region, added, known, name)
        added[region.id] = known.get(region.id, region)
    return dict(known) | added


def _refuse_taken_id(
    region: Region, added: Mapping[str, Region], known: Mapping[str, Region], name: str
) -> None:
    """One id, one meaning: raises TableInvalid, with the reason, where the id already has another."""
    reason = ""
    if region.id in added:
        reason = "the id stands in the table twice"
    elif CORRIDOR_SIGN.search(region.id) or len(region.id.split()) != 1:
        reason = "the id holds a blank or the sign of a corridor"
    elif region.id in known:
        reason = (
            ""
            if set(known[region.id].members) == set(region.members)
            else "guzar has a region of this id with other members"
        )
    elif region.id in {"_T", "_Z"} or area_code(region.id, frozenset()) is not None:
        reason = "the id is the code or the name of an area"
    if reason:
        raise TableInvalid(
            "The region {region} cannot be used.",
            where="{name}: {reason}",
            expected="an id of its own for every region, without blanks and >",
            do="Choose another id, or correct the row.",
            region=region.id,
            name=name,
            reason=(reason,),
        )


def _region(row: Mapping[str, str | None], id_column: str, name: str) -> Region:
    label = (row[id_column] or "").strip().upper()
    members = tuple(dict.fromkeys((row["members"] or "").upper().replace(",", " ").replace(";", " ").split()))
    unknown = [member for member in members if member not in set(areas()["code"])]
    if not label or not members or unknown:
        raise TableInvalid(
            "The region {region} cannot be used.",
            where="{name}: {unknown}",
            expected="an id, and members that are ISO 3166 alpha-3 codes",
            do="Correct the row.",
            region=label or "?",
            name=name,
            unknown=", ".join(unknown) or "no members",
        )
    get = {key: row.get(key) or "" for key in ("name_en", "name_ru", "publisher", "as_of", "address")}
    return Region(
        label,
        get["name_en"] or label,
        get["name_ru"] or label,
        get["publisher"],
        get["as_of"],
        members,
        get["address"],
    )
