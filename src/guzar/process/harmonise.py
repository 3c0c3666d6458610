"""PublishedFigures → Observations: codes, unit, definition, edition and evidence age, nothing counted.

A printed value becomes an observation when its series has a definition, its area a code, and its unit one scale
(`thousands scaled once, visibly`: the factor stands in the definition). Blank cells stay in the collected table;
a printed missing mark becomes a row that says why there is no number. Aggregates of areas other than the world
stay in the collected table: guzar makes its own from membership lists.
"""

import dataframely as dy
import polars as pl

from guzar.define.areas import ALL, NOT_APPLICABLE, areas, fold_spelling, spellings
from guzar.define.codelist import read_codelist
from guzar.define.definitions import Definition, definitions
from guzar.define.exact_numbers import without_noise
from guzar.define.tables.figures import Observations, PublishedFigures
from guzar.errors import TableInvalid
from guzar.process.doubtful_zeros import mark_doubtful_zeros
from guzar.process.totals_of_parts import add_up_parts

WITHHELD_MARKS = ("~", "*")  # the source knows the value and protects it
BLANK = "blank"
SETTLED_AFTER_YEARS = 2
CHANNEL_ISLANDS, CHILE, NEIGHBOURS_OF_CHILE = "CHI", "CHL", {"ARG", "BOL", "PER"}
CENSUS_OUT_AFTER_YEARS = 2


def harmonise(
    figures: dy.DataFrame[PublishedFigures], *, source: str, edition: str
) -> dy.DataFrame[Observations]:
    """Observations made from one delivery's figures: same values, one code system, one unit per indicator."""
    rows = figures.lazy().filter(pl.col("missing_mark").is_null() | (pl.col("missing_mark") != BLANK))
    rows = rows.join(_definition_table(source).lazy(), on="series", how="inner")
    rows = _code_areas(rows, figures)
    rows = rows.with_columns(
        sex=_sex_code(),
        **_periods(),
        status=pl.coalesce(_printed_status(source), "status"),
        is_marked=_printed_status(source).is_not_null(),
        # A value that needs no scale stays as it was printed, to the last digit.
        value=pl.when(pl.col("scale") == 1)
        .then("value")
        .otherwise(without_noise(pl.col("value") * pl.col("scale"))),
        source=pl.lit(source),
        edition=pl.coalesce("reported_edition", pl.lit(edition)),
    ).with_columns(observation_status=_status())
    rows = _last_observed(_accept_reported(mark_doubtful_zeros(rows, source)), source)
    return Observations.validate(add_up_parts(rows).collect(), cast=True)


def accept_observations(rows: pl.DataFrame, *, source: str, edition: str) -> dy.DataFrame[Observations]:
    """Rows that are observations already (the reference figures), checked; each keeps its own source and edition.

    `source` and `edition` name the delivery that carried them.
    """
    if not rows.height:
        raise TableInvalid(
            "The delivery {source}, edition {edition}, holds no observation.",
            where="{source}, {edition}",
            expected="at least one row",
            do="Install guzar again.",
            source=source,
            edition=edition,
        )
    return Observations.validate(rows)


def _definition_table(source: str) -> pl.DataFrame:
    chosen = [d for d in definitions().values() if d.source == source and d.series]
    columns = ("id", "series", "indicator", "unit", "scale", "status", "evidence")
    table = pl.DataFrame(
        [{name: getattr(d, name) for name in columns} for d in chosen],
        schema=dict.fromkeys(columns, pl.String),
    )
    has_counterpart = [d.id for d in chosen if _is_total_over_counterparts(d)]
    return table.rename({"id": "definition"}).with_columns(
        pl.col("scale").cast(pl.Float64),
        default_counterpart=pl.when(pl.col("definition").is_in(has_counterpart))
        .then(pl.lit(ALL))
        .otherwise(pl.lit(NOT_APPLICABLE)),
    )


def _is_total_over_counterparts(definition: Definition) -> bool:
    """Whether a value without a counterpart is a total over all of them, or has none by its nature."""
    return definition.unknown_origins != "not applicable"


def _code_areas(rows: pl.LazyFrame, figures: pl.DataFrame) -> pl.LazyFrame:
    is_chile = _calls_chile_chi(figures)
    for name in ("area", "counterpart"):
        codes = _codes_of(figures[f"reported_{name}"]).rename({"code": name})
        if is_chile:
            codes = codes.with_columns(pl.col(name).replace(CHANNEL_ISLANDS, CHILE))
        rows = rows.join(codes.lazy(), left_on=f"reported_{name}", right_on="label", how="left")
    rows = rows.with_columns(
        counterpart=pl.when(pl.col("reported_counterpart").is_null())
        .then("default_counterpart")
        .otherwise("counterpart")
    )
    aggregates = areas().filter((pl.col("kind") == "aggregate") & (pl.col("code") != "WLD"))["code"].implode()
    return rows.filter(~pl.col("area").is_in(aggregates) & ~pl.col("counterpart").is_in(aggregates))


def _calls_chile_chi(figures: pl.DataFrame) -> bool:
    """Whether a list of countries by three letters has CHI where Chile should be.

    CHI is the Channel Islands in the lists of the World Bank, which have CHL beside it. A list without CHL, in which other countries
    of America stand by their three letters, has no place for Chile but this: so the tidy table of the 2020 stocks.
    """
    labels = set(figures["reported_area"].unique()) | set(figures["reported_counterpart"].unique())
    return CHANNEL_ISLANDS in labels and CHILE not in labels and labels >= NEIGHBOURS_OF_CHILE


def _codes_of(labels: pl.Series) -> pl.DataFrame:
    """The code of each distinct label, so that a label is folded once and not once per row."""
    distinct = (
        labels.unique().drop_nulls().to_frame("label").with_columns(spelling=fold_spelling(pl.col("label")))
    )
    own = pl.col("label").is_in([ALL, NOT_APPLICABLE])
    coded = distinct.join(spellings(), on="spelling", how="left")
    return coded.select("label", code=pl.when(own).then("label").otherwise("code"))


def _sex_code() -> pl.Expr:
    codes = {
        "total": "_T",
        "both": "_T",
        "both sexes": "_T",
        "t": "_T",
        "_t": "_T",
        "male": "M",
        "m": "M",
        "female": "F",
        "f": "F",
        "u": "U",
        "unknown": "U",
        "_z": "_Z",
    }
    return (
        pl.col("reported_sex")
        .str.to_lowercase()
        .replace_strict(codes, default=None, return_dtype=pl.String)
        .fill_null("_Z")
    )


def _periods() -> dict[str, pl.Expr]:
    printed = pl.col("reported_period").str.strip_chars()
    span = printed.str.extract(r"^(\d{4})\s*[-–]\s*(\d{4})$", 2)
    quarter = pl.coalesce(
        printed.str.extract(r"^\d{4}[-_ ]?Q([1-4])$"), printed.str.extract(r"^\d{4}_([1-4])Q$")
    )
    start = printed.str.slice(0, 4)
    period = (
        pl.when(span.is_not_null())
        .then(start + "-" + span)
        .when(quarter.is_not_null())
        .then(start + "-Q" + quarter)
        .otherwise(start)
    )
    return {"period": period, "year": start.cast(pl.Int32)}


def _status() -> pl.Expr:
    return (
        pl.when(pl.col("missing_mark").is_in(WITHHELD_MARKS))
        .then(pl.lit("withheld"))
        .when(pl.col("missing_mark").is_not_null())
        .then(pl.lit("not_known"))
        .when(pl.col("reported_period").str.ends_with("e"))
        .then(pl.lit("estimated"))
        .otherwise("status")
    )


def _printed_status(source: str) -> pl.Expr:
    """The publisher's own mark of what kind of number it is, where it prints a known one."""
    marks = read_codelist("status_marks").filter(pl.col("source").is_in([source, "sdmx"]))
    known = dict(marks.select("mark", "status").iter_rows())
    printed = pl.col("reported_status").str.to_lowercase()
    return printed.replace_strict(known, default=None, return_dtype=pl.String)


def _accept_reported(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Balance of payments: a year is reported once the edition is from the second year after it, or later.

    Publishers fill the years before that with staff estimates and do not say which cells they are; so the rule is
    guzar's own, on the careful side, and stands in the definition. A cell that they do mark as an estimate stays one.
    """
    settled = pl.col("year") <= pl.col("edition").str.slice(0, 4).cast(pl.Int32) - SETTLED_AFTER_YEARS
    is_reported = (pl.col("evidence") == "balance_of_payments") & settled & pl.col("value").is_not_null()
    is_marked = pl.col("is_marked") | pl.col("reported_period").str.ends_with("e")
    unmarked = (pl.col("observation_status") == "estimated") & ~is_marked
    return rows.with_columns(
        observation_status=pl.when(is_reported & unmarked)
        .then(pl.lit("observed"))
        .otherwise("observation_status")
    )


def _last_observed(rows: pl.LazyFrame, source: str) -> pl.LazyFrame:
    """Evidence age by the definition's rule: the reference year itself, the last census held, or not known.

    A census counts from the year after it on: in its own year it may lie behind the reference date. It counts in
    editions from the second year after it: before that its results can hardly have been out. A census whose
    results were never published is no evidence that anybody can check.
    """
    rows = _last_census(rows, source)
    has_number = pl.col("value").is_not_null()
    return rows.with_columns(
        last_observed=pl.when(has_number & (pl.col("evidence") == "reference_year"))
        .then("year")
        .when(
            has_number
            & (pl.col("evidence") == "balance_of_payments")
            & (pl.col("observation_status") == "observed")
        )
        .then("year")
        .when(has_number & (pl.col("evidence") == "census"))
        .then("last_census")
        .when(
            has_number
            & (pl.col("evidence") == "publisher")
            & (pl.col("reported_last_observed") <= pl.col("year"))
        )
        .then("reported_last_observed")
    )


def _last_census(rows: pl.LazyFrame, source: str) -> pl.LazyFrame:
    """The year of the last census before the reference year that the edition can have used.

    None where no definition of the source rests on censuses.
    """
    if not any(d.source == source and d.evidence == "census" for d in definitions().values()):
        return rows.with_columns(last_census=pl.lit(None, pl.Int32))
    published = read_codelist("census_years").filter(pl.col("kind") != "census_unpublished")
    censuses = (
        published.select("area", last_census=pl.col("census_year").cast(pl.Int32)).sort("last_census").lazy()
    )
    out_by = pl.col("edition").str.slice(0, 4).cast(pl.Int32) - CENSUS_OUT_AFTER_YEARS
    return (
        rows.with_columns(census_by=pl.min_horizontal(pl.col("year") - 1, out_by))
        .sort("census_by")
        .join_asof(
            censuses,
            left_on="census_by",
            right_on="last_census",
            by="area",
            coalesce=False,
            check_sortedness=False,
        )
    )
