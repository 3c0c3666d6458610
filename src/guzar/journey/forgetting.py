"""Erasure of persons by pseudonym: out of every table, register, cluster and sealed name of a workspace, with a receipt.

First everything is found and written anew beside its place, and searched; then all of it takes its place together; then
every file is searched once more. Nothing of a person is noted: neither the pseudonym nor a hash of it, which whoever has
the pseudonym could try. Released tables stay: they passed the door, and say nothing of one person.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey.forgotten_persons import find_pseudonyms
from guzar.journey.planned_erasure import Erasure, ErasureOrder, Forgotten, is_sealed, shown
from guzar.store import open_workspace
from guzar.store.about import ENDING
from guzar.store.erasures import (
    FORGETTING,
    begin_erasure,
    carry_out,
    drop_erasure,
    finish_erasure,
)
from guzar.store.forgotten_names import (
    opened_identities,
    require_key,
)
from guzar.store.keyring import Keyring, open_keyring
from guzar.store.linking_zone import zone_entries
from guzar.store.traces import Pseudonyms, files_below, in_content, search_files
from guzar.store.upgrade import require_whole
from guzar.store.workspace import SETTINGS


def forget_persons(
    place: Path,
    asked: Sequence[str],
    order: ErasureOrder,
    *,
    key_file: Path | None = None,
    also: Sequence[Path] = (),
    step: Callable[[], None] = lambda: None,
) -> Forgotten:
    """Erase persons from a workspace (or a folder that `guzar pseudonymise` made) and from files or folders beside it.

    Whole or not at all; a run that is killed leaves what was, or what the next one brings to its end. Raises
    MethodNotApplicable for a pseudonym that is not known, TableInvalid where a file cannot be searched or rewritten,
    SettingsInvalid where the linking zone is sealed and no key is given.
    """
    place = place.resolve()
    was_finished = finish_erasure(place)
    if (place / SETTINGS).is_file():
        open_workspace(place)
    keyring = None if key_file is None else open_keyring(key_file, workspace=place, has_sealed=True)
    require_key(place, keyring)
    require_whole(place)
    files = _files_of(place, also)
    _require_one_disk(place, also)
    try:
        sought = find_pseudonyms([path for _, path in files], asked)
    except MethodNotApplicable:
        if was_finished:  # it was this erasure that had been broken off
            return Forgotten(0, was_finished=True)
        raise
    _require_unnamed(order, sought)
    step()
    work = Erasure(
        place, begin_erasure(place), sought, keyring, Forgotten(len(set(asked)), was_finished=was_finished)
    )
    try:
        work.plan_all(files)
        work.write_receipt(order)
    except BaseException:
        drop_erasure(place)  # nothing has changed yet
        raise
    step()
    carry_out(place, work.plan)
    step()
    _prove(place, also, sought, keyring, work.done)
    return work.done


def _files_of(place: Path, also: Sequence[Path]) -> list[tuple[str, Path]]:
    """Every file that may hold a pseudonym, by name."""
    found = [(name, path) for name, path in files_below(place) if not name.startswith(f"{FORGETTING}/")]
    for beside in also:
        there = beside.resolve()
        if not there.exists():
            raise SettingsInvalid(
                "There is no file or folder {path}.",
                expected="a file or folder with tables made from the workspace",
                do="Check the path.",
                path=beside,
            )
        inside = (
            [(str(path), path) for _, path in files_below(there)] if there.is_dir() else [(str(there), there)]
        )
        abouts = [(str(path), path) for path in [there.with_name(there.name + ENDING)] if path.is_file()]
        found += inside + abouts
    return list(dict.fromkeys(found))


def _require_one_disk(place: Path, also: Sequence[Path]) -> None:
    """Refuse what cannot be moved in one step: a killed run would leave half of it."""
    apart = [path for path in also if path.resolve().stat().st_dev != place.stat().st_dev]
    if apart:
        raise SettingsInvalid(
            "{path} stands on another disk than the workspace.",
            expected="files on the disk of the workspace, so that all change together",
            do="Move it there for the erasure, then back.",
            path=apart[0],
        )


def _require_unnamed(order: ErasureOrder, sought: Pseudonyms) -> None:
    """Refuse a reason that names who is to be forgotten."""
    said = json.dumps([order.reason, order.legal_basis, order.by], ensure_ascii=False).encode()
    if in_content(said, sought):
        raise SettingsInvalid(
            "The reason names the pseudonym that is to be erased.",
            where="--reason, --legal-basis or --by",
            expected="a reason that tells of nobody: the number of the file, say",
            do="Write it without the pseudonym.",
        )


def _prove(
    place: Path, also: Sequence[Path], sought: Pseudonyms, keyring: Keyring | None, done: Forgotten
) -> None:
    """Search every file once more, sealed names too. Raises TableInvalid where anything is left."""
    files = [(name, path) for name, path in _files_of(place, also) if not is_sealed(name)]
    found = search_files(files, sought)
    sealed = [] if keyring is None else list(opened_identities(place, keyring))
    left = [*found.traces, *found.closed, *(name for name, content in sealed if in_content(content, sought))]
    if left:
        raise _refuse_left(left, sought)
    done.files_searched = found.searched + len(zone_entries(place))


def _refuse_left(names: Sequence[str], sought: Pseudonyms) -> TableInvalid:
    return TableInvalid(
        "The person was erased, and stands in {count} files again or still.",
        where="{files}",
        expected="no other run of guzar on this workspace meanwhile",
        do="Run the command again when no other run goes on.",
        count=len(names),
        files="; ".join(shown(names, sought)),
    )
