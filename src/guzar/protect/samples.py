"""Records about persons or households, for researchers → the same records, none alone in its combination.

A record is known by what others can see of it: sex, age, country of birth (quasi-identifiers). In a protected sample
every combination of these is shared by at least k records (k-anonymity), whose sensitive values differ (l-diversity).
The least important quasi-identifiers of risky records are blanked first; what stays risky is left out and counted.

What this does not protect against:
- background knowledge: who knows that a person is in the sample, and which sensitive values are not theirs, may be
  left with one value; who knows everybody's quasi-identifiers and the rule may argue back from what was blanked;
- skewed sensitive values: nine of ten in a group alike satisfy l = 2, and are still a near certain guess; so are
  different values that mean the same;
- linked releases: two samples of the same persons, each safe alone, can be joined; release one, or protect both as
  one. So can the records of one household: where members are listed apart, each is protected as a person only;
- a sensitive value that is known elsewhere, or belongs to one person only: it is then a quasi-identifier, and has to
  be declared as one.

Sources: L. Sweeney (2002), k-anonymity: a model for protecting privacy, International Journal of Uncertainty,
Fuzziness and Knowledge-Based Systems 10(5): 557-570; A. Machanavajjhala and others (2007), l-diversity: privacy beyond
k-anonymity, ACM Transactions on Knowledge Discovery from Data 1(1), article 3.
"""

import io
import math
from dataclasses import dataclass

import polars as pl

from guzar.define.columns import DECLARED, Secrecy
from guzar.errors import MethodNotApplicable, ReleaseRefused, SettingsInvalid, TableInvalid
from guzar.protect.formulas import is_formula


@dataclass(frozen=True)
class SampleRules:
    """Rules for a sample of records, as declared for it in `guzar.toml`.

    `quasi_identifiers`: columns that others may know of a person, the most important for research first; the last is
    blanked first. `k`: the fewest records that share a combination. `sensitive`: columns that nobody may learn of a
    person. `l`: the fewest different values of each sensitive column in a combination. `most_left_out`: the greatest
    share (0 to 1) of the records that may be left out.
    """

    quasi_identifiers: tuple[str, ...]
    k: int = 3
    sensitive: tuple[str, ...] = ()
    l: int = 1  # noqa: E741 - the literature's name, as k is
    most_left_out: float = 0.05

    def __post_init__(self) -> None:
        problems = self._problems()
        if problems:
            raise SettingsInvalid(
                "These rules cannot protect a sample: {problems}.",
                where="k {k}, l {l}, share left out {share}, quasi-identifiers ({quasi}), sensitive columns ({sensitive})",
                expected="quasi-identifiers in order of importance; k of 2 or more; l of 1 or more; each column named once",
                do="Correct the rules in guzar.toml or on the command line.",
                problems=problems,
                k=self.k,
                l=self.l,
                share=self.most_left_out,
                quasi=", ".join(self.quasi_identifiers),
                sensitive=", ".join(self.sensitive),
            )

    def _problems(self) -> tuple[str, ...]:
        named = self.columns()
        found = {
            "no quasi-identifier is named": not self.quasi_identifiers,
            "k is below 2": self.k < 2,
            "l is below 1": self.l < 1,
            "l is above 1, but no sensitive column is named": self.l > 1 and not self.sensitive,
            "a column is named twice": len(set(named)) < len(named),
            "the share left out is not between 0 and 1": not 0 <= self.most_left_out <= 1,
        }
        return tuple(text for text, is_wrong in found.items() if is_wrong)

    def told_apart(self) -> tuple[str, ...]:
        """The sensitive columns of which a group needs different values; none where l is 1, which asks for nothing."""
        return self.sensitive if self.l > 1 else ()

    def columns(self) -> tuple[str, ...]:
        """All columns that a sample under these rules may hold."""
        return (*self.quasi_identifiers, *self.sensitive)


@dataclass(frozen=True)
class ProtectedSample:
    """Records that keep the rules, and what it cost.

    `records`: the columns of the input, in an order that follows from the values alone. `blanked`: how many values of
    each quasi-identifier were blanked in these records. `left_out`: how many records are missing. `risky_before`: how
    many records were risky. `smallest_group`: the fewest records that share a combination now.
    """

    records: pl.DataFrame
    blanked: dict[str, int]
    left_out: int
    risky_before: int
    smallest_group: int


def find_risky_records(records: pl.DataFrame, rules: SampleRules) -> pl.Series:
    """Whether each record is risky: true or false per record, in their order.

    Risky is a record whose combination of quasi-identifiers is shared by fewer than k records, or whose group holds
    fewer than l different values of a sensitive column. A missing quasi-identifier counts as a value of its own. That
    is the careful reading: were it taken to match every value, groups would look larger than a reader finds them who
    knows why it is missing. A missing sensitive value is not counted as a different one: it hides no other. With
    l = 1 nothing is asked of sensitive columns.

    Refused (TableInvalid): a column of the rules is missing, a column holds lists or structures, no records.
    """
    _require_columns(records, rules)
    group = list(rules.quasi_identifiers)
    is_alone = pl.len().over(group) < rules.k
    is_alike = [_count_different(records, name).over(group) < rules.l for name in rules.told_apart()]
    return records.select(is_risky=pl.any_horizontal(is_alone, *is_alike))["is_risky"]


def protect_sample(records: pl.DataFrame, rules: SampleRules) -> ProtectedSample:
    """The sample with the least important quasi-identifiers of risky records blanked, and without what stays risky.

    Round m of as many rounds as there are quasi-identifiers blanks the m least important ones in all records that
    are still risky, then looks again. A record that is not risky is never changed. Columns of categories leave as
    text.

    Refused: a column is missing, or there are no records (TableInvalid); a column is not named in the rules, or
    identifies directly, or a text that a spreadsheet would run (ReleaseRefused); a sensitive column with fewer than
    l values, or too many records would be left out (MethodNotApplicable).
    """
    _require_columns(records, rules)
    _require_named_columns(records, rules)
    _require_no_formulas(records)
    _require_enough_values(records, rules)
    was_risky = find_risky_records(records, rules)
    blanked = _blank_risky_records(records, rules)
    is_kept = ~find_risky_records(blanked, rules)
    left_out = records.height - int(is_kept.sum())
    _require_few_left_out(left_out, records.height, rules)
    sample = _make_anew(blanked.filter(is_kept), rules)
    return ProtectedSample(
        records=sample,
        blanked=_count_blanked(records.filter(is_kept), sample, rules),
        left_out=left_out,
        risky_before=int(was_risky.sum()),
        smallest_group=_require_protected(sample, rules),
    )


def _require_columns(records: pl.DataFrame, rules: SampleRules) -> None:
    missing = [name for name in rules.columns() if name not in records.columns]
    if missing:
        raise TableInvalid(
            "The sample lacks columns that its rules name.",
            where="columns: {columns}",
            expected="one row per record, with every quasi-identifier and sensitive column",
            do="Correct the file, or the names in the rules of the sample.",
            columns=", ".join(missing),
        )
    if not records.height:
        raise TableInvalid(
            "The sample has no records.",
            where="columns: {columns}",
            expected="one row per record, with every quasi-identifier and sensitive column",
            do="Correct the file: it holds only a header.",
            columns=", ".join(records.columns),
        )
    nested = [name for name, kind in records.schema.items() if kind.is_nested() or kind == pl.Object]
    if nested:
        raise TableInvalid(
            "The sample has columns with more than one value per record.",
            where="columns: {columns}",
            expected="one number, date or text per record and column",
            do="Give each value a column of its own, and name it in the rules of the sample.",
            columns=", ".join(nested),
        )


def _require_named_columns(records: pl.DataFrame, rules: SampleRules) -> None:
    """Every column is named in the rules, and none identifies directly: an unknown column could identify."""
    unknown = [name for name in records.columns if name not in rules.columns()]
    if unknown:
        raise ReleaseRefused(
            "The sample has columns that its rules do not name; they could identify a person.",
            where="columns: {columns}",
            expected="only quasi-identifiers and sensitive columns of the rules",
            do="Leave these columns out, or name them in the rules of the sample.",
            columns=", ".join(unknown),
        )
    direct = [name for name in records.columns if _identifies_directly(name)]
    if direct:
        raise ReleaseRefused(
            "The sample has columns that identify a person directly.",
            where="columns: {columns}",
            expected="no names, document numbers or keys of persons, whatever the rules say",
            do="Leave these columns out.",
            columns=", ".join(direct),
        )


def _require_no_formulas(records: pl.DataFrame) -> None:
    """Refuse columns with texts that a spreadsheet would run; columns are named, never what a record holds."""
    texts = records.select(pl.selectors.by_dtype(pl.String, pl.Categorical, pl.Enum).cast(pl.String))
    found = [
        name
        for name in [*records.columns, *texts.columns]
        if is_formula(name) or (name in texts.columns and any(map(is_formula, _different(texts[name]))))
    ]
    if found:
        raise ReleaseRefused(
            "The sample has names or texts that a spreadsheet would run as formulas.",
            where="columns: {columns}",
            expected="names and texts that do not begin with =, +, - or @; plain numbers, as -1 or +992, may",
            do="Replace these texts by codes.",
            columns=", ".join(dict.fromkeys(found)),
        )


def _different(texts: pl.Series) -> list[str]:
    return texts.drop_nulls().unique().to_list()


def _identifies_directly(name: str) -> bool:
    return name in DECLARED and (DECLARED[name]().metadata or {}).get("secrecy") == Secrecy.DIRECT


def _count_different(records: pl.DataFrame, name: str) -> pl.Expr:
    """How many different values a column has; "not a number" is a missing value."""
    values = pl.col(name).fill_nan(None) if records.schema[name].is_float() else pl.col(name)
    return values.drop_nulls().n_unique()


def _require_enough_values(records: pl.DataFrame, rules: SampleRules) -> None:
    """Refuse where all records together hold fewer than l values of a sensitive column: no group can hold more."""
    found = {name: int(records.select(_count_different(records, name)).item()) for name in rules.told_apart()}
    few = {name: number for name, number in found.items() if number < rules.l}
    if few:
        raise MethodNotApplicable(
            "No group can hold {l} different values of a sensitive column that has fewer in all records together.",
            where="different values by column: {few}",
            expected="at least {l} different values in every sensitive column",
            do="Ask for a smaller --l (l in guzar.toml), or name this column as no sensitive one.",
            l=rules.l,
            few=", ".join(f"{name}: {number}" for name, number in few.items()),
        )


def _blank_risky_records(records: pl.DataFrame, rules: SampleRules) -> pl.DataFrame:
    """Blank one quasi-identifier more per round, the least important first, where a record is still risky."""
    for name in reversed(rules.quasi_identifiers):
        is_risky = pl.lit(find_risky_records(records, rules))
        records = records.with_columns(pl.when(is_risky).then(None).otherwise(pl.col(name)).alias(name))
    return records


def _require_few_left_out(left_out: int, total: int, rules: SampleRules) -> None:
    # A share, not a product: 29 of 100 must not exceed 0.29 by a rounding error.
    if left_out == total or left_out / total > rules.most_left_out:
        raise MethodNotApplicable(
            "Too many records of the sample stay risky when all their quasi-identifiers are blank.",
            where="{left_out} of {records} records would be left out",
            expected="at most {most} of them (most_left_out), and not all",
            do="Use broader groups (of age, area or year), or name fewer quasi-identifiers or sensitive columns.",
            left_out=left_out,
            records=total,
            most=math.floor(round(rules.most_left_out * total, 6)),
        )


def _make_anew(sample: pl.DataFrame, rules: SampleRules) -> pl.DataFrame:
    """The same values, sorted by themselves, in memory that has never held others.

    The order of the input could tell who is who. A blanked text, or that of a record left out, stays in the memory
    of its column and in the list of its categories, and would leave in Arrow files; Parquet writes only what is there.
    """
    categories = pl.selectors.by_dtype(pl.Categorical, pl.Enum).cast(pl.String)
    written = io.BytesIO()
    sample.with_columns(categories).sort(rules.columns()).write_parquet(written)
    written.seek(0)
    return pl.read_parquet(written)


def _count_blanked(before: pl.DataFrame, after: pl.DataFrame, rules: SampleRules) -> dict[str, int]:
    return {name: after[name].null_count() - before[name].null_count() for name in rules.quasi_identifiers}


def _require_protected(sample: pl.DataFrame, rules: SampleRules) -> int:
    """The size of the smallest group, counted once more from what leaves, by another way than the blanking took."""
    group = [pl.col(name).alias(f"key {place}") for place, name in enumerate(rules.quasi_identifiers)]
    different = [_count_different(sample, name).alias(f"different {name}") for name in rules.told_apart()]
    groups = sample.group_by(group).agg(pl.len().alias("size"), *different)
    is_unsafe = [
        pl.col("size") < rules.k,
        *(pl.col(f"different {name}") < rules.l for name in rules.told_apart()),
    ]
    unsafe = groups.filter(pl.any_horizontal(is_unsafe))
    if unsafe.height or not groups.height:
        raise ReleaseRefused(
            "{unsafe} of {groups} groups of the protected sample break its rules.",
            where="the last check before the sample leaves",
            expected="at least {k} records in every group, and {l} different values of every sensitive column",
            do="Do not release this sample; report it as an error of guzar.",
            unsafe=unsafe.height,
            groups=groups.height,
            k=rules.k,
            l=rules.l,
        )
    return int(groups["size"].min())  # type: ignore[arg-type]
