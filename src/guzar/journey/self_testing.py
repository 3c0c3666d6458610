"""Self-test of lost exits: a file of crossings → how well deleted exits are recovered, on the office's own data.

Nothing of the run is kept but a table of totals, and that only where it is asked for.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from guzar.define.tables.missing_exits import ImputationSelfTest
from guzar.errors import SettingsInvalid
from guzar.journey.crossings_in_files import place_beside
from guzar.journey.imputable import nobody_left, read_log, require_draws
from guzar.journey.purged_names import require_names_purged
from guzar.journey.residing import Residing
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.draws import SEED
from guzar.process.missing_exits.recovery import Row
from guzar.process.missing_exits.self_test import SELF_TEST_DRAWS, Verdict, try_on_own_data
from guzar.process.residence_rule import ResidenceRule
from guzar.store import write_table


@dataclass(frozen=True)
class SelfTested:
    """What came out: the table, and one verdict per test."""

    table: pl.DataFrame
    verdicts: tuple[Verdict, ...]
    persons: int
    crossings: int


def self_test_imputation(
    crossings: Path,
    rule: ResidenceRule,
    run: Residing | None = None,
    *,
    report: Path | None = None,
    draws: int = SELF_TEST_DRAWS,
    own_citizens: str = "",
    citizenships: tuple[str, ...] = (),
    seed: int = SEED,
) -> SelfTested:
    """Delete known exits, recover them, and compare; with `report` the table is written, whole or not at all.

    Raises SettingsInvalid where nobody has the citizenship of `own_citizens`, and what `impute` raises.
    """
    rule.require_applicable()
    require_draws(draws)
    require_names_purged(crossings)
    run = run or Residing()
    with ExitStack() as stack:
        place = stack.enter_context(place_beside(report)) if report is not None else _spill(stack)
        log, met = read_log(crossings, place, rule, run, frozenset(citizenships))
        if citizenships and not log.persons:
            raise nobody_left(crossings, citizenships)
        _require_own(log, own_citizens)
        rows, verdicts = try_on_own_data(
            log, rule, draws=draws, seed=seed, own_citizens=own_citizens, told=lambda: run.moved(1)
        )
        found = SelfTested(_as_table(rows), tuple(verdicts), log.persons, met.crossings)
        if report is not None:
            write_table(place / report.name, found.table)
            (place / report.name).replace(report)
    return found


def _spill(stack: ExitStack) -> Path:
    return Path(stack.enter_context(TemporaryDirectory(prefix="guzar-")))


def _require_own(log: CrossingLog, code: str) -> None:
    if code and code not in log.citizenships:
        raise SettingsInvalid(
            "Nobody crosses on documents of {code}.",
            where="column citizenship",
            expected="a code as it stands in this column",
            do="Correct --own-citizens, or leave it out.",
            code=code,
        )


def _as_table(rows: list[Row]) -> pl.DataFrame:
    schema = {name: column.dtype for name, column in ImputationSelfTest.columns().items()}
    table = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    rounded = table.with_columns(pl.selectors.float().round(3))
    return ImputationSelfTest.validate(rounded, cast=True)
