"""What `guzar residence --missing impute` is given: options of its own, and what must, or cannot, stand beside them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import typer

from guzar.commands.given_residence import GivenResidence
from guzar.commands.self_tested import Asked
from guzar.errors import SettingsInvalid

OF_THE_TEST = ("--report", "--draws", "--citizenship")


@dataclass(frozen=True)
class GivenImputation:
    """What --missing impute is given; each field is an option."""

    report: Annotated[
        Path | None, typer.Option(help="With impute: one row per measure and year: .csv, .csv.gz, .parquet.")
    ] = None
    draws: Annotated[
        int | None, typer.Option(help="With impute: how many possible pasts are drawn; 20 if not given.")
    ] = None
    base_stock: Annotated[
        Path | None,
        typer.Option(
            help="With impute: a table year,population,births,deaths; gives the stock at the end of a year."
        ),
    ] = None
    open_borders: Annotated[
        str, typer.Option(help="With impute: codes of ports that keep no records, split by commas.")
    ] = ""
    citizenship: Annotated[
        str,
        typer.Option(
            help="With impute: only persons whose first crossing is on documents of these countries; codes split by "
            "commas."
        ),
    ] = ""
    split_persons: Annotated[
        float,
        typer.Option(
            help="With impute: share of persons known to stand under two numbers, as 0.02; corrected for."
        ),
    ] = 0.0
    joined_persons: Annotated[
        float,
        typer.Option(
            help="With impute: share of persons known to stand under another's number; corrected for."
        ),
    ] = 0.0
    outside_counts: Annotated[
        Path | None,
        typer.Option(
            help="With impute: a table kind,counted_from,counted_to,exits,standard_error,counted_by: exits counted without "
            "the log; narrows the range."
        ),
    ] = None
    permission_rules: Annotated[
        Path | None,
        typer.Option(
            help="With impute: a table of rules of permitted stay, by citizenship and date, or RUS or KAZ for rules that "
            "ship; for stays without a recorded permission."
        ),
    ] = None
    permits: Annotated[
        Path | None,
        typer.Option(
            help="With --permission-rules: a table person_id,permit_type,valid_from,valid_to of permits that prolong stays."
        ),
    ] = None
    deaths: Annotated[
        Path | None,
        typer.Option(
            help="With impute: a table year,citizenship,deaths_per_1000,rate_source; persons in the country die by these rates."
        ),
    ] = None


def asked_of_test(out: Path | None, given: GivenResidence, lost_exits: GivenImputation) -> Asked:
    """What the self-test of lost exits is asked."""
    useless = [name for name in _options_given(lost_exits) if name not in OF_THE_TEST]
    return Asked(
        lost_exits.report,
        lost_exits.draws,
        (given.own_citizens or "").strip(),
        tuple(codes_of(lost_exits.citizenship)),
        others=tuple([*(["--out"] if out is not None else []), *useless]),
    )


def _options_given(given: GivenImputation) -> list[str]:
    """The options of imputation that are given, as they are written."""
    changed = [each.name for each in fields(given) if getattr(given, each.name) != each.default]
    return ["--" + name.replace("_", "-") for name in changed]


def require_everybody(given: GivenResidence) -> None:
    """Own citizens are asked for by the view of the origin and by the self-test; imputation counts everybody."""
    if given.own_citizens is not None and given.view != "origin":
        raise SettingsInvalid(
            "--own-citizens goes with --missing impute only where --self-test is asked for.",
            expected="--missing impute without --own-citizens; --citizenship for persons with documents of some countries only",
            do="Leave out --own-citizens, or add --self-test.",
        )


def tables_of(given: GivenImputation) -> list[Path]:
    """The files that are read beside the crossings."""
    read = (given.base_stock, given.outside_counts, given.permission_rules, given.permits, given.deaths)
    return [file for file in read if file is not None]


def codes_of(given: str) -> list[str]:
    """Codes that were split by commas."""
    return [code.strip() for code in given.split(",") if code.strip()]


def require_out(out: Path | None, given: GivenImputation) -> Path:
    """Without imputation a table of crossings is written, and options of imputation mean nothing."""
    changed = _options_given(given)
    if changed:
        raise SettingsInvalid(
            "These options go with --missing impute only: {options}.",
            expected="--missing impute, or none of these options",
            do="Add --missing impute, or leave these options out.",
            options=", ".join(changed),
        )
    if out is None:
        raise SettingsInvalid(
            "--out is not given: there is no place for the table.",
            expected="--out with a name that ends in .csv, .csv.gz or .parquet",
            do="Add --out, for example --out residence.csv",
        )
    return out


def require_report(out: Path | None, report: Path | None) -> None:
    """Imputation writes aggregates only: a report, and no table of persons."""
    if out is not None:
        raise SettingsInvalid(
            "--missing impute writes no row about a person: there is nothing for --out.",
            expected="--report, for national totals by year",
            do="Give the name after --report, and leave out --out.",
        )
    if report is None:
        raise SettingsInvalid(
            "--report is not given: there is no place for the totals by year.",
            expected="with --missing impute: --report with a name that ends in .csv, .csv.gz or .parquet",
            do="Add --report, for example --report migration.csv",
        )
