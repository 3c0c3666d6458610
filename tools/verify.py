"""Full-size acceptance: every promise at full size, its tables written to docs/acceptance (at most 75 minutes).

    python tools/verify.py [NAME …]      all parts, or those named

A part is a command; what it prints becomes a page with a heading, what was done, and on which data. The run fails
when a part fails, after all have run.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "acceptance"
SHARED = ROOT.parent / "shared"
LIMIT_MINUTES = 75
TOGETHER = 2  # parts beside each other, where none of them measures time


@dataclass(frozen=True)
class Part:
    """One part of the acceptance: what it shows and how, on which data, and the command that shows it."""

    name: str
    title: str
    what: str
    data: str
    command: tuple[str, ...]
    needs_shared: bool = True
    is_markdown: bool = True
    alone: bool = False  # what it measures would be spoilt by another part beside it


PARTS = (
    Part(
        "claims-recall",
        "Claims: false alarms and recall by kind of error",
        "300 true claims are drawn from old editions and roundings of the figures that ship: none may be called wrong. "
        "200 claims are made wrong on purpose, 40 of each kind (scale, two values exchanged, year, unit, edition): the "
        "table says how many of them are not borne out.",
        "the figures that ship with guzar, every edition",
        ("-m", "tests.use.claims_recall"),
        needs_shared=False,
    ),
    Part(
        "frozen-origins",
        "Frozen origin mixes, world-wide",
        "Every country of residence of both stock tables is tested at each two neighbouring dates: where all larger "
        "origins moved by one common factor, nothing about origins was observed between the two.",
        "UN DESA, International Migrant Stock, revisions 2019 (August 2019) and 2020 (December 2020), by origin, "
        "destination and sex, all countries",
        ("tools/measure_frozen_origins.py", "../shared/data"),
    ),
    Part(
        "flows-against-published",
        "Flows from stocks beside WPP 2022 and beside the published estimates",
        "Flows of 2015–2020 between 229 places are made as a user would. Promised: net migration of Kyrgyzstan and Russia as "
        "published (± 500 persons), the 12 areas within 1 % or 2,000 persons of WPP, a median difference of at most 0.02 % of "
        "population and every country above 0.1 % named; against Abel and Cohen, difference-drop equal in every corridor of the "
        "region, minimum and pseudo-Bayes with r of at least 0.99, and every gap above 5 % explained.",
        "UN DESA, International Migrant Stock 2020 (December 2020); WPP 2022; Abel and Cohen, flows 2015–2020 (both sexes)",
        ("tools/measure_published_flows.py", "../shared/data"),
    ),
    Part(
        "source-checks",
        "Publishers' errors found by the general checks",
        "All published files are collected as a user would; then every general check looks at everything held. No check "
        "knows a country. A doubt is a question to the publisher; docs/methods/source-checks.md says which are real.",
        "the published files listed at the end, each with the date of its edition",
        ("tools/measure_source_checks.py", "../shared/data"),
    ),
    Part(
        "shipped-figures",
        "Shipped figures made again from the published files",
        "The figures that ship are made again from whole published files: the files written are the ones that ship, and "
        "`git diff` shows any difference.",
        "the published files of ../shared/data that tools/make_reference.py names; received on 21 November 2026",
        ("tools/make_reference.py", "../shared/data"),
        is_markdown=False,
    ),
    Part(
        "stocks-to-regions",
        "Speed: stock table to regional indicators",
        "From the stored table of 2020 by origin and destination to every indicator of every named region; the shortest of "
        "five runs. Seconds are those of one machine that did other work as well: what is promised is the limit, which "
        "the command checks, and the ratio to a bare read of the same table in the same run.",
        "UN DESA, International Migrant Stock 2020 (December 2020)",
        ("benches/stocks_to_regions.py",),
        alone=True,
    ),
    Part(
        "protection-random",
        "Protection of 200 random tables: attacked, and compared with the truth",
        "Hierarchical tables of 2 to 4 dimensions are protected with the default rules; what is released is read back and "
        "attacked, by guzar and, on a sample, by other code; also as lone persons who know their own cells, and beside a "
        "second release. Every published count is compared with the truth. The same attack on tables where only the small "
        "cells are hidden stands beside it.",
        "made-up persons; a seed in the tool fixes them",
        ("tools/measure_protection.py", "random"),
        needs_shared=False,
    ),
    Part(
        "protection-large",
        "Protection of five tables of about 20,000 cells",
        "The same checks, and the seconds for protecting and for the attack: at most ten minutes each. Seconds are "
        "those of one machine that did other work as well.",
        "made-up persons; a seed in the tool fixes them",
        ("tools/measure_protection.py", "large"),
        needs_shared=False,
        alone=True,
    ),
    Part(
        "protection-peer",
        "Cell suppression beside pytauargus",
        "Both tools protect the same table in one run, at the same demand; the same attack is made on both results. "
        "Promised are a tenth of the peer's seconds and a cost that is not above its cost. Then both at wider demands.",
        "20,000 made-up persons in 40 × 12 × 8 codes, three skews; pytauargus 0.6.0",
        ("benches/protect_against_peer.py",),
        needs_shared=False,
        alone=True,
    ),
    Part(
        "cell-keys",
        "Cell-key noise: the same on every engine, in every order",
        "The same records are counted with keys in other orders by polars, NumPy, DuckDB and Spark; the noise that follows "
        "is compared to the bit. Mean and variance of the noise stand beside those of the noise table.",
        "1,000,000 made-up records; a seed in the tool fixes them",
        ("tools/measure_cell_keys.py",),
        needs_shared=False,
    ),
    Part(
        "linkage",
        "Linkage on a country that it was never tried on",
        "A made-up country is made from seeds that served for nothing else; `guzar link` links its records as a user would, "
        "and the persons found are compared with the true ones: pairs, persons, and what wrong links do to figures. A second "
        "set holds about a million different identities, nearly every one once; for it nothing is promised.",
        "made-up people of seven made-up citizenships; seeds in the tool fix them",
        ("tools/measure_linkage.py",),
        needs_shared=False,
        alone=True,
    ),
    Part(
        "provisional",
        "Provisional months: the future hidden 24 times",
        "24 monthly editions are made with the future hidden and compared with what their months became: 90 % intervals must "
        "hold 85 to 95 % of the final figures, and the mean absolute revision be at most half of that of last year's shares. "
        "One edition of a million crossings takes less than a minute.",
        "two made-up countries with seasons, a trend and a break of policy; seeds in the tool fix them",
        ("tools/measure_provisional.py",),
        needs_shared=False,
        alone=True,
    ),
    Part(
        "flows-calibration",
        "Flows from stocks: how often the intervals hold what was reported",
        "For each region of Europe the weight of the minimum, the spread of corridors about the blend and the ratio of reports to "
        "transitions are estimated from flows with neither end in that region; then 50, 80 and 95 % intervals of the reported flows "
        "into its countries are made and compared with the reports. Promised is that coverage is measured so and published, whatever "
        "it is: a region may lie far below the nominal level. Outside Europe nobody reports both sides, and nothing is tested.",
        "Eurostat's flows of 2010 to 2019 between countries that both report; UN DESA, International Migrant Stock 2020; births, deaths "
        "and populations of WPP 2022",
        ("tools/measure_flow_intervals.py", "../shared/data"),
    ),
    Part(
        "reported-flows",
        "Reported flows: hidden reports, and factors beside published ones",
        "Flows that two countries report are reconciled by three methods; the share that each reporter counts stands beside a "
        "published undercount ratio that was made otherwise (rank correlation of at least 0.6 is promised). Then reports are "
        "hidden, and their place in what the latent field expects of them is told: a tenth of the corridors of every reporter "
        "(70 to 90 of 100 in 80 % intervals are promised), and all reports of one reporter (nothing is promised).",
        "Eurostat, migration flows between 27 countries of the EU, 2010 to 2019, with durations and undercount ratios as "
        "compiled by Danko; no reporter of North and Central Asia is among them",
        ("-m", "tests.analyse.reported_flows.on_eurostat", "../shared/data"),
    ),
    Part(
        "missing-exits",
        "Lost exits: 200 made-up worlds in which the assumptions hold",
        "What `guzar residence` with `--missing impute` estimates is held against the truth, against the naive figure, and against an "
        "oracle that knows all parameters. Promised: bias of net migration at most 0.5 % of the gross flow, of residents and of "
        "stays beyond permission 2 %; 90 % intervals hold 86 to 94 % (± by seed); their width at most 1.5 times the oracle's; "
        "a naive error three times as large.",
        "made-up lives that are not of the estimator's family; seeds in the tool fix them",
        ("tools/measure_missing_exits.py", "--worlds", "W0"),
        needs_shared=False,
    ),
    Part(
        "missing-exits-hostile",
        "Lost exits: made-up worlds in which an assumption is broken",
        "None of these worlds served for fitting. Where final departures, or those beyond permission, are lost more often, the "
        "range over δ must hold 95 %; a border without records gives no value; else 90 % intervals hold 80 %, or a diagnostic "
        "fails and is printed. "
        "P0, where people leave when their permission ends, and S0, where hazards follow the season, are worlds beyond what is "
        "promised: where they are wrong it is shown.",
        "made-up lives that are not of the estimator's family; seeds in the tool fix them",
        ("tools/measure_missing_exits.py", "--worlds", "E0,W1,W2,W3,W4,W5,W6,P0,S0", "--seeds", "12"),
        needs_shared=False,
    ),
    Part(
        "interruptions",
        "Killed at 50 random moments per stage",
        "Every stage of a records run (collect, pseudonymise, link, link --earlier, purge, stays, residence, register, a "
        "later month added to the register, count, protect, publish) is ended by SIGKILL at 50 moments, drawn evenly "
        "over the time that it takes. Nothing may stand half-made under a final name; the same command, run again, must "
        "leave the tree of an undisturbed run, byte by byte, temporary folders included.",
        "a made-up country; a seed in the tool fixes people and moments",
        ("tools/measure_interruptions.py",),
        needs_shared=False,
    ),
    Part(
        "sdmx-queries",
        "SDMX service: 2,000 random queries beside plain SQL",
        "Random queries (keys, filters on codes, values and attributes, periods, editions by asOf and includeHistory, first and "
        "last observations, the dimension at the observation) are asked over HTTP in both versions of the interface and seven "
        "formats. Each answer, read by loaders that share nothing with the service, must have exactly the rows that plain SQL "
        "in DuckDB gives over the released Parquet.",
        "the figures that ship with guzar, every edition; Hypothesis draws the queries, the same in every run",
        ("tools/measure_sdmx_queries.py",),
        needs_shared=False,
    ),
    Part(
        "sdmx-clients",
        "SDMX service: other people's programs that clash with ours, or are not in Python",
        "pandasdmx in an environment of its own, R's rsdmx as Debian packages it, and npm's sdmx-json-parser read one query from "
        "the running service: the rows must be those of plain SQL over the released Parquet. Addresses built by npm's sdmx-rest "
        "must all be answered with 200. A program that cannot be installed here is left out, and the table says why.",
        "the figures that ship with guzar, four areas",
        ("tools/measure_sdmx_clients.py",),
        needs_shared=False,
    ),
    Part(
        "tests",
        "Every test, full size",
        "The whole test suite, those left out of `make test` for their length included.",
        "../shared as it stands, and made-up tables",
        ("-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"),
        needs_shared=False,
        is_markdown=False,
    ),
)


def main(wanted: list[str]) -> int:
    """Run the parts; returns 1 where one failed or the whole took too long."""
    unknown = set(wanted) - {part.name for part in PARTS}
    if unknown:
        print(
            f"no such part: {', '.join(sorted(unknown))}; parts are {', '.join(part.name for part in PARTS)}"
        )
        return 2
    PAGES.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    chosen = [part for part in PARTS if not wanted or part.name in wanted]
    with ThreadPoolExecutor(TOGETHER) as pool:
        together = [part for part in chosen if not part.alone]
        passed = dict(zip(together, pool.map(run, together), strict=True))
    passed |= {part: run(part) for part in chosen if part.alone}
    failed = [part.name for part in chosen if not passed[part]]
    minutes = (time.monotonic() - began) / 60
    print(f"{minutes:.1f} minutes of {LIMIT_MINUTES}; failed: {', '.join(failed) or 'none'}")
    return int(bool(failed) or minutes > LIMIT_MINUTES)


def run(part: Part) -> bool:
    """Run one part and write its page; whether it passed (a part without its data is left out, and says so)."""
    if part.needs_shared and not SHARED.is_dir():
        print(f"{part.name}: skipped, ../shared absent")
        return True
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *part.command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "110", "GUZAR_LANG": "en", "NO_COLOR": "1"},
    )
    passed = done.returncode == 0
    said = (done.stdout + ("" if passed else done.stderr)).strip()
    result = "passed" if passed else f"FAILED (exit {done.returncode})"
    page = write_page(part, said, result, is_markdown=part.is_markdown and passed)
    (PAGES / f"{part.name}.md").write_text(page, encoding="utf-8")
    print(f"{part.name}: {result} in {(time.monotonic() - began) / 60:.1f} minutes")
    return passed


def write_page(part: Part, said: str, result: str, *, is_markdown: bool) -> str:
    """The page of one part: what was done, on which data, how it ended, what it printed; no path of this machine."""
    shown = said.replace(str(ROOT.parent), "..").replace(str(Path.home()), "~")
    body = shown if is_markdown else f"```\n{shown}\n```"
    told = f"{part.what}\n\n- Data: {part.data}.\n- Made with: `python {' '.join(part.command)}`\n- Result: {result}"
    return f"# {part.title}\n\n{told}\n\n{body}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
