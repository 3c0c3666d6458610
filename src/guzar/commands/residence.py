"""`guzar residence`: crossings to residence and migrations. `guzar stays`: crossings to stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.amounts import read_memory
from guzar.commands.given import read_day, require_order
from guzar.commands.given_imputation import (
    GivenImputation,
    asked_of_test,
    codes_of,
    require_everybody,
    require_out,
    require_report,
    tables_of,
)
from guzar.commands.given_residence import GivenResidence, read_missing
from guzar.commands.given_tables import require_other_files
from guzar.commands.imputed_told import FIRST_EXITS, PORT_MONTHS, TESTS, tell_imputed, tell_whose
from guzar.commands.self_tested import self_test_imputation
from guzar.commands.speaker import Speaker, command
from guzar.errors import SettingsInvalid

WARN_ABOVE = 0.01  # share of crossings with a gap before them
Crossings = Annotated[
    Path,
    typer.Argument(
        metavar="CROSSINGS",
        help="person_id, crossing_date, direction (entry, exit); any order, any other columns.",
    ),
]
Written = Annotated[Path, typer.Option("--out", help="Output table: .csv, .csv.gz or .parquet.")]
Memory = Annotated[str, typer.Option(help="Memory that may be used, as 4GB or 500MB.")]
Engine = Annotated[str, typer.Option(help="Where it is computed: local or spark.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of records of crossings."""
    command(app, "stays", "Process")(stays)
    command(app, "residence", "Process")(residence)


def stays(
    speak: Speaker,
    crossings: Crossings,
    out: Written,
    view: Annotated[
        str,
        typer.Option(help="destination: stays, from entry to exit; origin: absences, from exit to entry."),
    ] = "destination",
    memory: Memory = "4GB",
    engine: Engine = "local",
) -> None:
    """Pair each person's crossings into stays, with how each end is known; what was not recorded stays empty.

    Example: guzar stays crossings.csv --out stays.csv
    """
    require_other_files([crossings], [out])
    with _counting(speak, "Pairing") as moved:
        paired = journey.pair_stays(
            crossings, out, journey.Residing(read_memory(memory), moved=moved, engine=engine), view=view
        )
    speak.say(
        "Stays written to {path}: {count}."
        if view == "destination"
        else "Absences written to {path}: {count}.",
        count=speak.number(paired.rows),
        path=out,
    )
    speak.say(
        "Of them the beginning is not recorded: {begin}; the end is not recorded: {end}; no end seen, may go on: {open}.",
        begin=speak.number(paired.beginnings_not_recorded),
        end=speak.number(paired.ends_not_recorded),
        open=speak.number(paired.not_ended),
    )
    facts = {name: value for name, value in vars(paired).items() if name != "rows"}
    speak.summary({"stays" if view == "destination" else "absences": paired.rows, **facts, "out": str(out)})


def residence(
    speak: Speaker,
    crossings: Crossings,
    *,
    observed_from: Annotated[str, typer.Option(help="First day observed, as 2019-01-01.")],
    observed_to: Annotated[str, typer.Option(help="Last day observed; nothing after it is used.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Output table: .csv, .csv.gz or .parquet; not with --missing impute."),
    ] = None,
    given: GivenResidence,
    missing: Annotated[
        str,
        typer.Option(
            help="Two crossings in one direction in a row: midpoint (split the time between), drop (leave the person "
            "out), refuse; impute (estimate lost exits: national totals by year, in --report)."
        ),
    ] = "midpoint",
    lost_exits: GivenImputation,
    self_test: Annotated[
        bool,
        typer.Option(
            "--self-test",
            help="Classify a sample by a second, slow rule too, and compare. With impute: delete recorded exits, recover "
            "them, and tell the error, in --report too; --own-citizens adds a check.",
        ),
    ] = False,
    memory: Memory = "4GB",
    engine: Engine = "local",
) -> None:
    """Decide who changed residence with which crossing, by the rule of V of W days: outcome, not intention.

    Example: guzar residence crossings.csv --observed-from 2019-01-01 --observed-to 2024-12-31 --out residence.csv

    Lost exits estimated, and the estimate tried on your own data:

    guzar residence crossings.csv --observed-from 2019-01-01 --observed-to 2024-12-31 --missing impute --self-test

    The range narrowed by exits that were counted without the log:

    guzar residence crossings.csv --observed-from 2019-01-01 --observed-to 2024-12-31 --missing impute \
--report migration.csv --outside-counts outside.csv

    Stays without a recorded permission, by the rules for Kazakhstan that ship:

    guzar residence crossings.csv --observed-from 2019-01-01 --observed-to 2024-12-31 --missing impute \
--report migration.csv --permission-rules KAZ

    Persons in the country die by the rates of a table:

    guzar residence crossings.csv --observed-from 2019-01-01 --observed-to 2024-12-31 --missing impute \
--report migration.csv --deaths deaths.csv
    """
    days = {
        "first_day": read_day("--observed-from", observed_from),
        "last_day": read_day("--observed-to", observed_to),
    }
    require_order(days["first_day"], days["last_day"])
    tries = missing == "impute" and self_test
    if missing == "impute" and not self_test:
        require_everybody(given)
    require_other_files([crossings, *tables_of(lost_exits)], [out, lost_exits.report])
    asked = replace(given, own_citizens=None) if tries and given.view is None else given
    chosen = journey.rule_as_asked(
        {**asked.asked(), **days, "missing": read_missing(missing, or_impute=True)}
    )
    if tries:
        _require_plain(chosen)
        run = journey.Residing(read_memory(memory), engine=engine)
        tests = TESTS | {"first_exits": FIRST_EXITS, "port_months": PORT_MONTHS}
        self_test_imputation(speak, crossings, chosen, asked_of_test(out, given, lost_exits), run, tests)
        return
    if missing == "impute":
        require_report(out, lost_exits.report)
        _require_plain(chosen)
        _impute(speak, crossings, chosen, lost_exits, journey.Residing(read_memory(memory), engine=engine))
        return
    out = require_out(out, lost_exits)
    with _counting(speak, "Classifying") as moved:
        run = journey.Residing(read_memory(memory), moved=moved, engine=engine)
        tally = journey.reside(crossings, out, chosen, run, self_test=self_test)
    tell_residence(speak, tally, chosen)
    speak.say("{count} rows written to {path}.", count=speak.number(tally.crossings), path=out)
    speak.summary({**vars(tally), "gap_share": tally.gap_share, "out": str(out)})


def _impute(
    speak: Speaker,
    crossings: Path,
    rule: journey.ResidenceRule,
    given: GivenImputation,
    run: journey.Residing,
) -> None:
    """National totals by year, lost exits estimated, into the report."""
    with _counting(speak, "Estimating lost exits") as moved:
        imputed = journey.impute(
            crossings,
            given.report or Path(),
            rule,
            replace(run, moved=moved),
            draws=journey.DRAWS if given.draws is None else given.draws,
            base_stock=given.base_stock,
            open_borders=codes_of(given.open_borders),
            citizenships=codes_of(given.citizenship),
            link_errors=journey.LinkErrors(given.split_persons, given.joined_persons),
            outside_counts=given.outside_counts,
            permission_rules=given.permission_rules,
            permits=given.permits,
            deaths=given.deaths,
        )
    tell_whose(
        speak,
        imputed,
        open_borders=codes_of(given.open_borders),
        codes=codes_of(given.citizenship),
        has_base=given.base_stock is not None,
    )
    tell_imputed(speak, imputed, given.report)


def _require_plain(rule: journey.ResidenceRule) -> None:
    """Imputation has readings of its own and counts the whole country."""
    if rule.own_citizens or rule.readings != journey.Readings():
        raise SettingsInvalid(
            "--missing impute has its own reading of edge cases, and counts everybody.",
            expected="impute without --view origin and without --readings or single readings",
            do="Leave these options out.",
        )


def tell_residence(speak: Speaker, tally: journey.Tally, rule: journey.ResidenceRule) -> None:
    """What was met, in three or four lines; a warning where crossings were lost."""
    speak.say(
        "Own citizens by the rule {rule}: {persons}, with {crossings} crossings; returns: {immigrations}; emigrations: "
        "{emigrations}; crossings not decidable yet: {undecided}. Persons of other citizenship left out: {others}."
        if rule.own_citizens
        else "Crossings: {crossings}; persons: {persons}; by the rule {rule} immigrations: {immigrations}; emigrations: "
        "{emigrations}; crossings not decidable yet: {undecided}.",
        rule=rule.name,
        others=speak.number(tally.other_citizens_left_out),
        crossings=speak.number(tally.crossings),
        persons=speak.number(tally.persons),
        immigrations=speak.number(tally.immigrations),
        emigrations=speak.number(tally.emigrations),
        undecided=speak.number(tally.undecided),
    )
    if tally.before_first_day or tally.after_last_day:
        speak.say(
            "Left out, before the first day: {early}; not classified, after the last day: {late}.",
            early=speak.number(tally.before_first_day),
            late=speak.number(tally.after_last_day),
        )
    if tally.double_scans:
        speak.say("Double scans, taken as one crossing: {count}.", count=speak.number(tally.double_scans))
    if rule.missing == "drop":
        speak.say(
            "Persons left out for gaps: {persons}.", persons=speak.number(tally.persons_with_gaps_left_out)
        )
    if tally.checked_again:
        speak.say(
            "Self-test: {persons} persons classified by the plain rule as well, no difference.",
            persons=speak.number(tally.checked_again),
        )
    if tally.gap_share > WARN_ABOVE:
        speak.warn(
            "Before {share} % of the crossings a crossing was not recorded; the time between was split half-way. Where "
            "exits are lost, this turns stays into migrations: read docs/methods/residence.md.",
            share=speak.number(100 * tally.gap_share, 1),
        )


@contextmanager
def _counting(speak: Speaker, message: str) -> Iterator[journey.Moved]:
    """A sign of life on a terminal, a step for each batch."""
    with speak.progress(message, 0) as step:
        yield lambda rows: step() if rows else None
