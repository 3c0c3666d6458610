"""The release beside the pages, so that every download works from a memory stick and without a network.

The coded tables are packed on the way (`.csv.gz`): rows that repeat their codes shrink to a twentieth, and the
programs that read them read them packed. The archive of the release holds them as they were written.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from functools import cache
from pathlib import Path

from guzar.use.observatory.published import Published

PACKED_FOLDER = "data"
LEVEL = 6
LATEST = "latest"
CATALOGUE = ".jsonld"


def offered_name(path: str) -> str:
    """Where a file of the release lies beside the pages: `data/x.csv` is offered as `data/x.csv.gz`."""
    return f"{path}.gz" if path.startswith(f"{PACKED_FOLDER}/") else path


@cache
def offered_content(file: Path) -> bytes:
    """A coded table, packed; no time stands in it, so that the same table gives the same bytes."""
    return gzip.compress(file.read_bytes(), LEVEL, mtime=0)


def offered_size(file: Path, folder: Path) -> int:
    """The bytes that a reader fetches for one file of the release in `folder`."""
    if file.suffix == CATALOGUE:
        return len(_as_offered(file))
    is_packed = offered_name(file.relative_to(folder).as_posix()).endswith(f"{file.suffix}.gz")
    return len(offered_content(file)) if is_packed else file.stat().st_size


def offer_permanently(published: Published, out: Path) -> None:
    """The release below two addresses: `out`/latest, which the next site replaces, and `out`/<id>, which stays true.

    The files are one and the same on the disk where it can link them; where it cannot, they are copied.
    """
    offer_release(published, out / LATEST)
    if published.folder is not None:
        shutil.copytree(out / LATEST, out / published.release, copy_function=_link_or_copy)


def _link_or_copy(file: str, target: str) -> None:
    try:
        os.link(file, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(file, target)


def offer_release(published: Published, out: Path) -> None:
    """Put the files of the release below `out`, the coded tables packed."""
    folder = published.folder
    if folder is None:
        return
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        offered = out / offered_name(file.relative_to(folder).as_posix())
        offered.parent.mkdir(parents=True, exist_ok=True)
        if offered.suffix == ".gz" and file.suffix != ".gz":
            offered.write_bytes(offered_content(file))
        elif file.suffix == CATALOGUE:
            offered.write_bytes(_as_offered(file))
        else:
            shutil.copyfile(file, offered)


def _as_offered(catalogue: Path) -> bytes:
    """A catalogue of the release that names the coded tables as they are offered: packed."""
    text = catalogue.read_text(encoding="utf-8")
    return re.sub(rf'"({PACKED_FOLDER}/[^"]+\.csv)"', r'"\1.gz"', text).encode("utf-8")
