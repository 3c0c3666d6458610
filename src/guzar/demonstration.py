"""The whole house once: the figures that ship, and the records of made-up people; then the site of both.

Figures: collect → process → analyse → claims → publish. Records: see journey/made_up_people.py. Each has a release of its
own, so that no made-up number stands among real ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.reference import shipped_claims, shipped_files
from guzar.store import (
    RELEASE_RECORD,
    Workspace,
    open_release,
    open_workspace,
    replace_folder,
    require_own_folder,
    write_table,
)
from guzar.use.observatory.history import History, read_past_release
from guzar.use.observatory.published import load_release
from guzar.use.observatory.site import write_site

Step = Callable[[str], None]
SITE_RECORD = "guzar-site.json"


@dataclass
class Summary:
    """What the demonstration did, for people and programs."""

    collected_files: int = 0
    rows_kept: int = 0
    rows_refused: int = 0
    observations: int = 0
    editions: int = 0
    derived: int = 0
    claims: int = 0
    claims_by_verdict: dict[str, int] = field(default_factory=dict)
    release: str = ""
    values_published: int = 0  # rows, with and without a number
    numbers_published: int = 0
    pages: int = 0
    workspace: str = ""
    site: str = ""
    made_up: journey.MadeUpPeople | None = None


def run_demonstration(
    out: Path, *, date: str, language: str, step: Step, people: int = 0, seed: int = 1
) -> Summary:
    """Leave `out/workspace`, `out/claims.csv`, `out/release` and `out/site`; run again, it adds nothing twice.

    With `people`, so many made-up ones go through the records journey (`out/made_up`, `out/keys`, `out/records`), and the
    site has a page about them. `date` is the ISO date for receipts and releases; `step` is told what begins.
    """
    summary = Summary(workspace=str(out / "workspace"), site=str(out / "site"))
    require_own_folder(out / "release", RELEASE_RECORD)
    require_site_folder(out / "site")
    workspace = open_workspace(out / "workspace", create=True)
    step("Collecting the figures that ship")
    _collect(workspace, date, summary)
    step("Deriving indicators")
    _count_observations(workspace, summary)
    step("Checking the claims of five documents")
    _check_claims(workspace, out, language, summary)
    step("Publishing the release")
    _publish(workspace, out, date, summary)
    if people:
        summary.made_up = journey.run_made_up_people(out, people, seed, date=date, step=step)
    step("Writing the site in English and Russian")
    records = out / journey.RELEASE_OF_RECORDS if people else None
    write_observatory(out / "release", out / "site", summary, made_up=records, workspace=workspace)
    return summary


def _collect(workspace: Workspace, date: str, summary: Summary) -> None:
    for name, content in shipped_files().items():
        done = journey.collect_delivery(workspace, "shipped_figures", Delivery(name, content), received=date)
        summary.collected_files += 1
        summary.rows_kept += done.kept
        summary.rows_refused += done.refused


def _count_observations(workspace: Workspace, summary: Summary) -> None:
    held = journey.load_observations(workspace)
    summary.observations = held.height
    summary.editions = held.select("source", "edition").n_unique()
    summary.derived = held.filter(pl.col("definition").str.starts_with("guzar_")).height


def _check_claims(workspace: Workspace, out: Path, language: str, summary: Summary) -> None:
    verdicts = journey.judge_claims(shipped_claims(), "claims.csv", workspace, language=language)
    write_table(out / "claims.csv", verdicts)
    summary.claims = verdicts.height
    summary.claims_by_verdict = dict(verdicts["verdict"].value_counts(sort=True).iter_rows())


def _publish(workspace: Workspace, out: Path, date: str, summary: Summary) -> None:
    def fill(folder: Path) -> None:
        published = journey.publish_release(
            workspace, folder, date=date, extra=journey.load_release_tables(workspace, as_of=date)
        )
        summary.release, summary.values_published = published.release, published.values
        summary.numbers_published = published.numbers

    replace_folder(out / "release", fill, mark=RELEASE_RECORD)


def require_site_folder(site: Path) -> None:
    """Refuse a folder that a site may not replace, before a minute is spent on it."""
    require_own_folder(site, SITE_RECORD)


def write_observatory(
    release: Path,
    site: Path,
    summary: Summary | None = None,
    step: Callable[[], None] = lambda: None,
    *,
    made_up: Path | None = None,
    workspace: Workspace | None = None,
) -> int:
    """The site of a release, whole or not at all; returns the number of pages.

    `made_up` is the release of made-up people, which has a page of its own. The earlier releases of `workspace` are
    offered beside this one, and what changed since the last of them is told.
    """
    pages: list[str] = []
    published = load_release(release, made_up, _history(release, workspace))
    replace_folder(site, lambda folder: pages.extend(write_site(published, folder, step)), mark=SITE_RECORD)
    if summary is not None:
        summary.pages = len(pages)
    return len(pages)


def _history(folder: Path, workspace: Workspace | None) -> History:
    """The releases of a workspace before the one in `folder`, and what changed since the last of them."""
    release = open_release(folder)
    before = journey.releases_before(workspace, release.id, str(release.record["date"]))
    if not before:
        return History()
    found = journey.compare_stored(before[-1], release)
    return History([read_past_release(one.folder) for one in before], found.changes, found.tables)
