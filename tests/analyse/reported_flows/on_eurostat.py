"""Flows between 27 countries of the EU that both sides report (Eurostat 2010–2019): hidden reports, and factors beside published ones.

Run: python -m tests.analyse.reported_flows.on_eurostat FOLDER, the folder of ../shared/data. Prints the tables of the acceptance page;
exits with 1 where a promise is not kept: rank correlation with published ratios of at least 0.6 for every method; 70 to 90 of
100 reports of hidden corridors in 80 % intervals. Coverage without a whole reporter is published as it is.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import spearmanr

from guzar.analyse.reported_flows.checks import check_field
from guzar.analyse.reported_flows.evidence import gather_evidence
from guzar.analyse.reported_flows.posterior import biases_of_field
from guzar.analyse.reported_flows.spreads import fit_field
from guzar.analyse.reported_flows.tables import read_reports
from guzar.journey.reconciling import ReconcileQuestion, reconcile_reports

FLOWS, RATIOS = "mirror/eurostat-2010-2019-two-sided-flows.csv", "mirror/undercount-ratios-2002-2021.parquet"
DURATIONS = "mirror/duration-of-stay-rules-by-corridor.csv.gz"
ANCHORS = ("BE", "DK", "FI", "NL", "SE")
REFERENCES = (
    "NORDIC_PLUS_BE_CH_NL"  # the set of reference countries of the published ratios that is nearest to ours
)
LEAST_CORRELATION, LEAST_INSIDE, MOST_INSIDE = 0.6, 0.7, 0.9
SIDES = (("origin", "Emig", "emigration"), ("destination", "Immi", "immigration"))


def read_two_sided(data: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Reports of both sides with their minimum stay; and covariates of every corridor and year."""
    table = pl.read_csv(data / FLOWS, infer_schema_length=None).with_columns(
        year=pl.col("Year").cast(pl.Int64)
    )
    names = {"Sending_iso2": "origin", "Receiving_iso2": "destination"}
    stays = pl.read_csv(data / DURATIONS).rename({"duration_months": "minimum_stay_months"})
    keys = ["origin", "destination", "year"]
    reports = [
        table.rename(names)
        .select(*keys, pl.lit(side).alias("reported_by"), source=pl.lit("Eurostat"), persons=column)
        .drop_nulls()
        .join(stays.filter(pl.col("side") == name).drop("side"), on=keys, how="left")
        for side, column, name in SIDES
    ]
    covariates = table.rename(names).select(
        *keys,
        pl.col("Pop.Sending").log().alias("ln_population_origin"),
        pl.col("Pop.Receiving").log().alias("ln_population_destination"),
        pl.col("dist").log().alias("ln_distance"),
        "contig",
        "comlang_off",
    )
    return pl.concat(reports).with_columns(pl.col("minimum_stay_months").cast(pl.Float64)), covariates


def published_ratios(data: Path) -> pl.DataFrame:
    """By reporter and side: what it counts of what its partners count, 2010 to 2019 together (Danko)."""
    table = pl.read_parquet(data / RATIOS).filter(
        (pl.col("refset") == REFERENCES) & pl.col("year").is_between(2010, 2019)
    )
    sums = table.group_by("iso2").agg(pl.col("IUCn", "IUCd", "EUCn", "EUCd").sum())
    sides = (("destination", "IUC"), ("origin", "EUC"))
    ratios = pl.concat(
        sums.select(reporter="iso2", reported_by=pl.lit(side), ratio=pl.col(f"{name}n") / pl.col(f"{name}d"))
        for side, name in sides
    )
    return ratios.filter(pl.col("ratio").is_finite() & (pl.col("ratio") > 0))


def beside_published(reporters: pl.DataFrame, ratios: pl.DataFrame) -> pl.DataFrame:
    """Reporters that are no anchor, the share that they count by us and as published."""
    found = reporters.filter(pl.col("status") == "identified").join(ratios, on=["reporter", "reported_by"])
    return found.with_columns(share=1 / pl.col("factor")).sort("reporter", "reported_by")


def rank_correlation(beside: pl.DataFrame) -> float:
    """Of shares that we found with those published."""
    return float(spearmanr(beside["share"], beside["ratio"]).statistic)


def main(data: Path) -> int:
    """Print both tables; 1 where a promise is not kept."""
    rows, covariates = read_two_sided(data)
    reports, ratios = read_reports(rows, ANCHORS), published_ratios(data)
    fit = fit_field(gather_evidence(reports, covariates=covariates))
    methods = ("log-least-squares", "poulain")
    found = {name: reconcile_reports(reports, ReconcileQuestion(name, ANCHORS)).reporters for name in methods}
    beside = {
        name: beside_published(table, ratios)
        for name, table in {**found, "bayes": biases_of_field(reports, fit)}.items()
    }
    correlations = {name: rank_correlation(table) for name, table in beside.items()}
    _print_factors(beside, correlations)
    _, coverage = check_field(reports, fit, 1)
    inside = _print_coverage(coverage)
    kept = LEAST_INSIDE <= inside <= MOST_INSIDE and min(correlations.values()) >= LEAST_CORRELATION
    return int(not kept)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _print_factors(beside: dict[str, pl.DataFrame], correlations: dict[str, float]) -> None:
    _say(
        f"## Counted share by reporter\n\nAnchors: {', '.join(ANCHORS)}. Published: own counts by partners' counts, without durations.\n"
    )
    _say("| reporter | side | " + " | ".join(beside) + " | 90 % interval, bayes | published |")
    _say("| --- | --- |" + " ---: |" * (len(beside) + 2))
    for at, row in enumerate(beside["bayes"].iter_rows(named=True)):
        shares = " | ".join(f"{table['share'][at]:.2f}" for table in beside.values())
        interval = f"{1 / row['upper']:.2f}–{1 / row['lower']:.2f}"
        _say(f"| {row['reporter']} | {row['reported_by']} | {shares} | {interval} | {row['ratio']:.2f} |")
    _say(
        "\n| method | rank correlation with published | median ratio to published | promised |\n| --- | ---: | ---: | ---: |"
    )
    for name, table in beside.items():
        middle = float(np.median(table["share"] / table["ratio"]))
        _say(f"| {name} | {correlations[name]:.2f} | {middle:.2f} | at least {LEAST_CORRELATION} |")


def _print_coverage(coverage: pl.DataFrame) -> float:
    """The share of hidden corridors' reports in 80 % intervals."""
    _say("\n## Hidden reports in their intervals\n")
    _say("| hidden | reports | in 50 % | in 80 % | in 95 % | typical deviation (ln) | median error (ln) |")
    _say("| --- |" + " ---: |" * 6)
    whole = coverage.filter(pl.col("reporter").is_null())
    words = {
        "leave_one_source_out": "all reports of one reporter",
        "leave_corridors_out": "a tenth of corridors by reporter",
    }
    for row in whole.iter_rows(named=True):
        inside = " | ".join(f"{row[f'inside_{level}_percent']:.1%}" for level in (50, 80, 95))
        _say(
            f"| {words[row['check']]} | {row['reports']:,} | {inside} | {row['median_deviation']:.2f} | {row['median_error']:.2f} |"
        )
    worst = coverage.filter(pl.col("reporter").is_not_null() & (pl.col("check") == "leave_one_source_out"))
    _say("\nWithout a whole reporter, the reporters whose reports were expected worst:\n")
    _say("| reporter | side | reports | in 80 % | median error (ln) |\n| --- | --- | ---: | ---: | ---: |")
    for row in worst.sort("inside_80_percent").head(6).iter_rows(named=True):
        _say(
            f"| {row['reporter']} | {row['reported_by']} | {row['reports']} | {row['inside_80_percent']:.1%} | {row['median_error']:.2f} |"
        )
    return float(whole.filter(pl.col("check") == "leave_corridors_out")["inside_80_percent"][0])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
