"""Rules of permitted stay from a table, or as they ship, and the permits that persons hold, from a file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from guzar.define.codelist import read_codelist
from guzar.define.tables.permission_rules import LEAST_YEAR, PermissionRules
from guzar.errors import Phrase, SettingsInvalid, TableInvalid
from guzar.journey.purged_names import require_names_purged
from guzar.journey.tables_of_numbers import read_numbers
from guzar.process.histories import EPOCH
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.permission_gaps import NO_RULE, RuleGaps
from guzar.process.missing_exits.permission_rules import (
    ALWAYS,
    KINDS,
    MOST_YEARS,
    OTHERS,
    PROLONGED,
    UNLIMITED,
    HeldPermits,
    PermissionRule,
)
from guzar.process.missing_exits.shortened_crossings import Shortened
from guzar.process.missing_exits.statuses import KINDS as KINDS_OF_MEASURES
from guzar.process.missing_exits.statuses import NOT_OBSERVED
from guzar.process.missing_exits.year_counts import BEYOND, year_ends
from guzar.process.residence_rule import ResidenceRule
from guzar.store import checksum_of

DAYS = ("permitted_days", "permitted_period_days", "longest_stay_days")
DATES = ("in_force_from", "in_force_to")
NEEDED = ("citizenship", *DATES, "permission_kind", "permitted_days", "legal_source")
PERMIT_COLUMNS = ("person_id", "permit_type", "valid_from", "valid_to")
SHIPPED = "permission_rules"
MOST_DAYS = 36_525  # of a permission: a last day that is later might not fit into the numbers that hold days
TOLD = 4  # wrong rows that a message names


@dataclass(frozen=True)
class Permitted:
    """What is known of permissions beyond the crossings: rules, permits where they are given, and what to tell of both."""

    rules: tuple[PermissionRule, ...] = ()
    permits: HeldPermits | None = None
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RulesRead:
    """Rules of one table: its name, its checksum, and the rules."""

    name: str
    checksum: str
    rules: tuple[PermissionRule, ...]

    def told(self) -> dict[str, Any]:
        """What to write down beside numbers that rest on these rules."""
        known = [day for rule in self.rules for day in (rule.first_day, rule.last_day) if day not in ALWAYS]
        ends = [min(known), max(known)] if known else []
        days = [str(date.fromordinal(EPOCH.toordinal() + day)) for day in ends]
        return {"file": self.name, "sha256": self.checksum, "rules": len(self.rules), "dates": days}


def read_permitted(rules: Path | None, permits: Path | None, rule: ResidenceRule) -> Permitted:
    """Rules of permitted stay and permits held, from their tables; nothing where none is given."""
    if rules is None:
        if permits is not None:
            raise SettingsInvalid(
                "Without rules of stay nothing says which permits prolong one.",
                expected="--permits with --permission-rules",
                do="Give the rules as well, or leave out --permits.",
            )
        return Permitted()
    read = read_permission_rules(rules)
    if permits is None:
        return Permitted(read.rules, None, read.told())
    held = read_permits(permits, read.rules, rule)
    told = {"permits_file": permits.name, "permits_sha256": checksum_of(permits.read_bytes())}
    return Permitted(read.rules, held, {**read.told(), **told, "permits": len(held.person)})


def require_citizenship(has_column: bool, rules: tuple[PermissionRule, ...]) -> None:
    """Refuse crossings that do not tell citizenship where rules of stay are asked for (TableInvalid)."""
    if rules and not has_column:
        raise TableInvalid(
            "The crossings do not tell citizenship: which rule of stay holds for whom cannot be seen.",
            expected="a column citizenship, for --permission-rules",
            do="Add the column, or leave out --permission-rules.",
        )


def require_permits_of_persons(permitted: Permitted, met: Shortened) -> None:
    """Refuse permits of which none is of a person who crossed (TableInvalid)."""
    if permitted.permits is not None and not met.permits_matched:
        raise TableInvalid(
            "No permit of {file} is of a person in the crossings.",
            expected="person_id as in the crossings: guzar link writes permits so, with --permits beside --crossings",
            do="Give the permits of the same linkage, or leave out --permits.",
            file=permitted.told["permits_file"],
        )


def tell_rules(
    permitted: Permitted, log: CrossingLog, met: Shortened, gaps: RuleGaps
) -> dict[str, Any] | None:
    """Which rules of stay were used, of how many persons none is known, which entries none covers, whose permits matched."""
    if log.permissions is None:
        return None
    matched = (
        {"permits_matched": met.permits_matched, "permits_prolonging": met.permits_prolonging}
        if permitted.permits is not None
        else {}
    )
    return {
        **permitted.told,
        **matched,
        "persons_without_rule": log.permissions.without_rule,
        "limits_somebody": log.permissions.has_limits,
        "entries_without_rule": {str(year): number for year, number in gaps.entries.items()},
        "years_not_published": list(gaps.years_too_low),
    }


def leave_out_years(rows: list[dict[str, Any]], gaps: RuleGaps) -> list[dict[str, Any]]:
    """The rows of a report without numbers of stays beyond permission that entries without a rule make too low."""
    kept = ("measure", "year", "unit")
    return [
        {
            **dict.fromkeys(row),
            **{name: row[name] for name in kept},
            "status": NOT_OBSERVED,
            "status_reason": NO_RULE,
        }
        if row["year"] in gaps.years_too_low and KINDS_OF_MEASURES.get(row["measure"]) == BEYOND
        else row
        for row in rows
    ]


def shipped_rules() -> tuple[str, ...]:
    """Codes of the countries whose rules ship."""
    place = resources.files("guzar.define").joinpath("codelists", SHIPPED)
    return tuple(sorted(Path(one.name).stem.upper() for one in place.iterdir()))


def read_permission_rules(given: Path) -> RulesRead:
    """Rules of a table (.csv, .csv.gz, .parquet), or those that ship of a country, by its code.

    Raises SettingsInvalid where there is no such table, TableInvalid where a row is no rule, with all such rows.
    """
    code = str(given).upper()
    if not given.is_file() and code in shipped_rules():
        place = f"{SHIPPED}/{code.lower()}"
        content = resources.files("guzar.define").joinpath("codelists", f"{place}.csv").read_bytes()
        whole = (pl.col(name).cast(pl.Int64) for name in DAYS)
        table, name = read_codelist(place).with_columns(*whole), code
    elif not given.is_file() and not given.suffix:
        raise SettingsInvalid(
            "No rules of permitted stay ship for {code}, and there is no file of this name.",
            expected="a table .csv, .csv.gz or .parquet, or one of the codes whose rules ship: {shipped}",
            do="Write the rules as a table: docs/methods/missing-exits.md says how.",
            code=given,
            shipped=", ".join(shipped_rules()),
        )
    else:
        table, name = read_numbers(given, (), whole=DAYS), given.name
        content = given.read_bytes()
    return RulesRead(name, checksum_of(content), _rules_of(table, name))


def _rules_of(table: pl.DataFrame, name: str) -> tuple[PermissionRule, ...]:
    lacking = [column for column in NEEDED if column not in table.columns]
    if lacking:
        raise _refused(name, (Phrase("no column {names}", {"names": ", ".join(lacking)}),))
    if not table.height:
        raise _refused(name, (Phrase("no row below the heading"),))
    blank = {column: None for column in PermissionRules.columns() if column not in table.columns}
    rows = table.with_columns(**{column: pl.lit(value) for column, value in blank.items()}).to_dicts()
    wrong = [Phrase(text, {"row": at}) for at, row in enumerate(rows, 1) for text in _wrong_with(row)]
    if not wrong:
        rules = tuple(_rule_of(row) for row in rows)
        wrong = [*_overlaps(rules), *_without_own(rules)]
        if not wrong:
            return rules
    more = [Phrase("and {count} more", {"count": len(wrong) - TOLD})] if len(wrong) > TOLD else []
    raise _refused(name, tuple([*wrong[:TOLD], *more]))


def _wrong_with(row: dict[str, Any]) -> Iterator[str]:
    """What keeps a row from being a rule."""
    kind, (days, period, longest) = row["permission_kind"], (row[name] for name in DAYS)
    first, last = (_day_of(row[name], empty) for name, empty in zip(DATES, ALWAYS, strict=True))
    code = row["citizenship"]
    if code is not None and not (len(code) == 3 and code.isascii() and code.isupper()):
        yield "row {row}: the citizenship is no code of three capital letters"
    if first is None or last is None or first > last:
        yield "row {row}: a date is none, as 2025-01-31, or the last is before the first"
    if not row["legal_source"]:
        yield "row {row}: no legal_source"
    if kind not in KINDS:
        yield "row {row}: no known permission_kind"
        return
    is_limit = kind.startswith("days_")
    given = [number for number in (days, longest) if number is not None]
    if (days is not None) != is_limit or (longest is not None and not is_limit) or min(given, default=1) < 1:
        yield "row {row}: permitted_days missing, less than 1, or where nothing is limited"
    elif (kind == "days_in_calendar_year" and days >= LEAST_YEAR) or not _is_period(kind, days, period):
        yield "row {row}: permitted_days are not fewer than the days of the period or year, or no period is meant"
    elif max(each or 0 for each in (days, period, longest)) > MOST_DAYS:
        yield "row {row}: more days than a hundred years have; for no limit there is the kind unlimited"
    if (kind == "prolonged_by") != bool(row["permit_type"]):
        yield "row {row}: permit_type missing, or where nothing is prolonged"


def _is_period(kind: str, days: int | None, period: int | None) -> bool:
    """Whether a period is given where one is meant, and nowhere else."""
    if kind != "days_in_period":
        return period is None
    return period is not None and days is not None and period > days


def _day_of(cell: date | str | None, empty: int) -> int | None:
    """Days since 1970 of a date, also as text; None where it is none."""
    if cell is None:
        return empty
    try:
        return ((cell if isinstance(cell, date) else date.fromisoformat(cell)) - EPOCH).days
    except ValueError:
        return None


def _rule_of(row: dict[str, Any]) -> PermissionRule:
    first, last = (_day_of(row[name], empty) for name, empty in zip(DATES, ALWAYS, strict=True))
    days, period, longest = (int(row[name] or 0) for name in DAYS)
    return PermissionRule(
        row["citizenship"] or OTHERS,
        first or 0,
        last or 0,
        KINDS.index(row["permission_kind"]),
        days,
        period,
        longest,
        row["permit_type"] or "",
    )


def _overlaps(rules: tuple[PermissionRule, ...]) -> Iterator[Phrase]:
    for (at, one), (then, other) in combinations(enumerate(rules, 1), 2):
        is_same = (one.citizenship, one.permit_type) == (other.citizenship, other.permit_type)
        if is_same and max(one.first_day, other.first_day) <= min(one.last_day, other.last_day):
            yield Phrase(
                "rows {row} and {other} hold for one citizenship at once", {"row": at, "other": then}
            )


def _without_own(rules: tuple[PermissionRule, ...]) -> Iterator[Phrase]:
    """A rule for all others would limit own citizens too."""
    has_others = any(rule.citizenship == OTHERS and rule.kind not in (UNLIMITED, PROLONGED) for rule in rules)
    if has_others and not any(rule.citizenship != OTHERS and rule.kind == UNLIMITED for rule in rules):
        yield Phrase("a rule for all others, and no row unlimited for own citizens: it would limit them too")


def _refused(name: str, wrong: tuple[Phrase, ...]) -> TableInvalid:
    return TableInvalid(
        "{file} gives no rules of permitted stay.",
        where="{wrong}",
        expected="the columns citizenship, in_force_from, in_force_to, permission_kind, permitted_days, legal_source, and where "
        "needed permitted_period_days, longest_stay_days, permit_type: docs/methods/missing-exits.md",
        do="Correct the table.",
        file=name,
        wrong=wrong,
    )


def read_permits(file: Path, rules: tuple[PermissionRule, ...], rule: ResidenceRule) -> HeldPermits:
    """Permits by person, from a table with person_id, permit_type, valid_from, valid_to and, where known, cancelled_on.

    A permit without a last day goes on. Refused: rules of which none says what prolongs a stay, rows without a person, a
    kind or a first day.
    """
    prolonging = tuple(one for one in rules if one.kind == PROLONGED)
    if not prolonging:
        raise SettingsInvalid(
            "No rule says which permits prolong a stay.",
            expected="with --permits a row of the kind prolonged_by in --permission-rules",
            do="Add such a row, or leave out --permits.",
        )
    require_names_purged(file)
    table = read_numbers(file, ())
    lacking = [name for name in PERMIT_COLUMNS if name not in table.columns]
    if lacking:
        raise _permits_refused(file, ", ".join(lacking))
    if "cancelled_on" not in table.columns:
        table = table.with_columns(cancelled_on=pl.lit(None, pl.String))
    return _held(table, file, prolonging, rule)


def _held(
    table: pl.DataFrame, file: Path, rules: tuple[PermissionRule, ...], rule: ResidenceRule
) -> HeldPermits:
    if len(year_ends(rule)) > MOST_YEARS:
        raise SettingsInvalid(
            "Permits cannot be held against so many years.",
            expected="{most} years observed or fewer",
            do="Correct --observed-from, or leave out --permits.",
            most=MOST_YEARS,
        )
    names = ("valid_from", "valid_to", "cancelled_on")
    days = table.select(pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in names)
    unread = [name for name in names if (days[name].is_null() & table[name].is_not_null()).any()]
    empty = [name for name in ("person_id", "permit_type", "valid_from") if table[name].null_count()]
    if unread or empty:
        raise _permits_refused(file, ", ".join(dict.fromkeys([*unread, *empty])))
    ends = pl.min_horizontal(days["valid_to"], days["cancelled_on"] - pl.duration(days=1))
    ends_on = days.select(ends.to_physical().fill_null(ALWAYS[1]).cast(pl.Int64)).to_series()
    persons = table["person_id"].unique().sort()
    return HeldPermits(
        pa.array(persons.to_list(), pa.string()),
        table["person_id"].replace_strict(persons, range(len(persons)), return_dtype=pl.Int64).to_numpy(),
        table["permit_type"].to_numpy().astype(np.str_),
        days["valid_from"].to_physical().cast(pl.Int64).to_numpy(),
        ends_on.to_numpy(),
        rules,
        year_ends(rule),
    )


def _permits_refused(file: Path, names: str) -> TableInvalid:
    return TableInvalid(
        "{file} gives no permits: {names}.",
        expected="person_id (as in the crossings), permit_type, valid_from, valid_to, and cancelled_on where known; days as "
        "2025-12-31; only valid_to and cancelled_on may be empty",
        do="Correct these columns.",
        file=file.name,
        names=names,
    )
