"""Comparing releases: which two, and what changed from one to the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dataframely as dy

from guzar.define.nearest import did_you_mean
from guzar.define.own_definitions import learn_of_release
from guzar.define.tables.changes import ReleaseChanges
from guzar.errors import SettingsInvalid
from guzar.journey.processing import learn_definitions
from guzar.store import RELEASE_RECORD, StoredRelease, Workspace, open_release


@dataclass(frozen=True)
class Compared:
    """Two releases, and what changed from the earlier to the later one.

    `tables` are files beside the figures (tables, protected tables) that came, went or changed, by their names.
    """

    earlier: StoredRelease
    later: StoredRelease
    changes: dy.DataFrame[ReleaseChanges]
    tables: Sequence[str]


def compare_named_releases(earlier: str, later: str, workspace: Workspace | None) -> Compared:
    """What changed between two releases, each named by its folder or, of a workspace, by its id."""
    return compare_stored(find_release(earlier, workspace), find_release(later, workspace))


def compare_stored(earlier: StoredRelease, later: StoredRelease) -> Compared:
    """What changed between two releases as folders."""
    from guzar.share.changes import compare_releases  # noqa: PLC0415 - a site without an earlier release needs none

    before, now = _tables_of(earlier), _tables_of(later)
    names = sorted(name for name in before | now if before.get(name) != now.get(name))
    return Compared(earlier, later, compare_releases(earlier.figures(), later.figures()), names)


def releases_before(workspace: Workspace | None, release: str, date: str) -> list[StoredRelease]:
    """The releases of a workspace made before this one, the oldest first."""
    held = workspace.releases() if workspace is not None else []
    others = [one for one in held if one.id != release and str(one.record["date"]) <= date]
    return sorted(others, key=lambda one: (str(one.record["date"]), _written(one), one.id))


def _written(release: StoredRelease) -> float:
    """When a release was put into its workspace: tells two of one day apart."""
    return (release.folder / RELEASE_RECORD).stat().st_mtime


def _tables_of(release: StoredRelease) -> dict[str, str]:
    """The checksum of every table beside the figures."""
    files = dict(release.record["files"])
    return {name: str(files[name]) for name in files if name.startswith(("tables/", "protected/"))}


def _known(release: StoredRelease) -> StoredRelease:
    learn_of_release(release.record)
    return release


def find_release(named: str, workspace: Workspace | None) -> StoredRelease:
    """A release by its folder, or by its id where a workspace is given; its own definitions are known from then on."""
    if workspace is not None:
        learn_definitions(workspace)
    if workspace is None or Path(named).is_dir():
        return _known(open_release(Path(named)))
    held = {one.id: one for one in workspace.releases()}
    if named in held:
        return _known(held[named])
    near = did_you_mean(named, held)
    raise SettingsInvalid(
        "The workspace holds no release {release}. Did you mean {near}?"
        if near
        else "The workspace holds no release {release}.",
        where="{path}",
        expected="one of: {known}",
        do="Name one of these, or the folder of a release.",
        release=named,
        near=near,
        path=workspace.path,
        known=", ".join(sorted(held)) or "-",
    )
