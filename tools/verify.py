"""Full-size acceptance: every promise at full size, its tables written to docs/acceptance (at most 75 minutes).

    python tools/verify.py [NAME …]      all parts, or those named

A part is a command; what it prints becomes a page. The run fails when a part fails, after all have run.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "acceptance"
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Part:
    """One part of the acceptance: what it shows, and the command that shows it."""

    name: str
    title: str
    command: tuple[str, ...]
    needs_shared: bool = True


PARTS = (
    Part(
        "tests",
        "Every test, full size",
        ("-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"),
        False,
    ),
    Part(
        "claims-recall",
        "Claims: false alarms and recall by kind of error",
        ("-m", "tests.use.claims_recall"),
        False,
    ),
    Part(
        "frozen-origins",
        "Frozen origin mixes, world-wide",
        ("tools/measure_frozen_origins.py", "../shared/data"),
    ),
    Part(
        "source-checks",
        "Publishers' errors found by the general checks",
        ("tools/measure_source_checks.py", "../shared/data"),
    ),
    Part(
        "shipped-figures",
        "Shipped figures made again from the published files",
        ("tools/make_reference.py", "../shared/data"),
    ),
    Part("stocks-to-regions", "Speed: stock table to regional indicators", ("benches/stocks_to_regions.py",)),
)


def main(wanted: list[str]) -> int:
    """Run the parts; returns the number that failed."""
    PAGES.mkdir(parents=True, exist_ok=True)
    failed = 0
    for part in PARTS:
        if not wanted or part.name in wanted:
            failed += run(part)
    return failed


def run(part: Part) -> int:
    """Run one part and write its page; 1 where it failed."""
    if part.needs_shared and not SHARED.is_dir():
        print(f"{part.name}: skipped, ../shared absent")
        return 0
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *part.command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "110", "GUZAR_LANG": "en", "NO_COLOR": "1"},
    )
    minutes = (time.monotonic() - began) / 60
    said = (done.stdout + (done.stderr if done.returncode else "")).replace(str(ROOT.parent), "..").strip()
    result = "passed" if done.returncode == 0 else f"FAILED (exit {done.returncode})"
    (PAGES / f"{part.name}.md").write_text(
        f"# {part.title}\n\n`python {' '.join(part.command)}`: {result}\n\n```\n{said}\n```\n",
        encoding="utf-8",
    )
    print(f"{part.name}: {result} in {minutes:.1f} minutes")
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
