"""What is being written stands beside its place, held by the run that writes it; what a killed run left goes.

    .NAME.0123abcd          a file or folder that is to become NAME
    .NAME.0123abcd.old      what stood at NAME until the new one takes its place

A run holds what it writes by a lock, which the system lifts when the run ends, however it ends. So the next run that
writes NAME knows what nobody holds: it takes that away, and puts back what a run that was killed between two moves had
set aside. Windows has no such locks for folders: there a leftover has to be an hour old.
"""

import os
import re
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

LEFTOVER_SECONDS = 3600  # where no locks are: no file takes an hour to write
OLD = ".old"
SIGNS = "[0-9a-f]{8}"


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """A folder beside a file or folder that is to be written: one's own until this ends, then gone with all in it."""
    sweep_beside(target)
    with _held(target, is_folder=True) as folder:
        yield folder


@contextmanager
def own_temporary_folder() -> Iterator[None]:
    """Everything temporary of this process stands in one folder, which nobody else reads; the next run takes it away.

    Where no folder can be made, temporary files stand where the system puts them.
    """
    system = tempfile.tempdir
    place = Path(tempfile.gettempdir()) / "guzar"
    if not os.access(place.parent, os.W_OK | os.X_OK):
        yield
        return
    sweep_beside(place)
    with _held(place, is_folder=True, mode=0o700) as folder:
        tempfile.tempdir = str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = system


@contextmanager
def file_beside(target: Path) -> Iterator[Path]:
    """An empty file beside the one that is to be written: to be filled and moved there; gone when this ends."""
    sweep_beside(target)
    with _held(target, is_folder=False) as file:
        yield file


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a file or folder as one's own, until this ends or the process does; False where another holds it.

    Where the system knows no such locks, nobody is seen to hold it.
    """
    handle = _hold(path)
    try:
        yield handle is not None
    finally:
        if handle is not None and handle >= 0:
            os.close(handle)


def sweep_beside(target: Path) -> None:
    """Take away what killed runs left beside a place; what one had set aside goes back where nothing stands."""
    own = re.compile(rf"\.{re.escape(target.name)}\.{SIGNS}({re.escape(OLD)})?")
    with suppress(OSError):  # no such folder yet, or none that may be listed
        for left in sorted(path for path in target.parent.iterdir() if own.fullmatch(path.name)):
            _take_away(left, target)


def sweep_folder(folder: Path, *, but: str) -> None:
    """Take away everything in a folder that nobody holds, but for names with a certain ending."""
    for left in folder.glob("*"):
        if left.suffix != but:
            _take_away(left, None)


def name_beside(target: Path, ending: str = "") -> Path:
    """A new name beside a place."""
    return target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}{ending}")


@contextmanager
def _held(target: Path, *, is_folder: bool, mode: int = 0o777) -> Iterator[Path]:
    while True:
        path = name_beside(target)
        if is_folder:
            path.mkdir(mode)
        else:
            path.touch(exist_ok=False)
        with held(path) as is_own:
            if not is_own:  # between its making and its holding another run took it for a leftover
                continue
            try:
                yield path
            finally:
                _remove(path)
        return


def _hold(path: Path) -> int | None:
    """A handle that holds what stands at `path`; -1 where there are no locks, None where it is another's or gone."""
    if sys.platform == "win32":
        return -1
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass  # another's, or gone meanwhile: not held, as the answer says
    os.close(handle)
    return None


def _take_away(left: Path, target: Path | None) -> None:
    with suppress(OSError):  # another `guzar` was quicker
        if sys.platform == "win32" and time.time() - left.stat().st_mtime <= LEFTOVER_SECONDS:
            return
        with held(left) as is_free:
            if not is_free:
                return
            if left.suffix == OLD and target is not None and not target.exists():
                os.replace(left, target)
            else:
                _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
