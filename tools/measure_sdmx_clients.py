"""Programs whose dependencies clash with ours, or that are not in Python, against the running service.

Run: python tools/measure_sdmx_clients.py
pandasdmx (an environment of its own), rsdmx (Debian's r-cran-rsdmx), sdmx-json-parser and sdmx-rest (npm, in a temporary
folder) are installed by name and asked for one query; what they read must be what plain SQL gives over the released
Parquet. Exits with 1 where one reads anything else; a program that cannot be installed is left out, and the table says why.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from markdown_tables import as_table
from tests.share.sdmx.clients.expected import TWO, flows_declared, names_declared, rows_read, rows_wanted
from tests.share.sdmx.service.running import Released, serve_released
from throwaway_environment import find_python

SCRIPTS = Path(__file__).parent / "sdmx_clients"
AREAS = ("KAZ", "KGZ", "TJK", "UZB")
PANDASDMX = "pandasdmx==1.10.0"
NPM = ("sdmx-json-parser@0.3.1", "sdmx-rest@2.20.0")
DEBIAN = "r-cran-rsdmx"
SECONDS = 600
COLUMNS = ("program", "what it read", "read", "expected", "differences")


class NotInstalled(Exception):
    """A program that cannot be had here, and why."""


@dataclass(frozen=True)
class Reading:
    """One thing that a program read: how much, how much was expected, how many differ."""

    program: str
    what: str
    read: int
    expected: int
    differences: int


def main() -> int:
    """Ask with every program, print the table, and say by the status whether all was right."""
    readings: list[Reading] = []
    absent: list[str] = []
    notes: list[str] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_released(Path(folder) / "released", AREAS) as released,
    ):
        for number, ask in enumerate((ask_pandasdmx, ask_rsdmx, ask_json_parser, ask_url_builder)):
            place = Path(folder) / str(number)
            place.mkdir()
            try:
                found, more = ask(released, place)
            except NotInstalled as error:
                absent.append(str(error))
                continue
            readings += found
            notes += more
    rows = [(one.program, one.what, one.read, one.expected, one.differences) for one in readings]
    print(as_table(COLUMNS, rows, numbers=COLUMNS[2:]))
    for one in (*notes, *(f"Left out: {one}" for one in absent)):
        print(f"\n- {one}")
    return int(not readings or any(one.differences for one in readings))


Asked = tuple[list[Reading], list[str]]


def ask_pandasdmx(released: Released, place: Path) -> Asked:
    """pandasdmx 1.10, with SDMX 2.1."""
    python = find_python(PANDASDMX, place)
    if python is None:
        raise NotInstalled(f"pandasdmx: `pip install {PANDASDMX}` did not succeed.")
    told = json.loads(_run([python, str(SCRIPTS / "with_pandasdmx.py"), released.address]).splitlines()[-1])
    program = f"pandasdmx {PANDASDMX.rpartition('=')[2]}, SDMX 2.1"
    readings = [
        _maps(program, "names of dataflows", told["dataflows"], flows_declared(released)),
        _maps(program, "names of areas, English and Russian", told["areas"], names_declared()),
        *(
            _rows(program, f"rows of {kind}", told[kind], released)
            for kind in ("GenericData", "StructureSpecificData")
        ),
    ]
    return readings, [f"Kinds of structures that pandasdmx cannot read: {', '.join(told['not read'])}."]


def ask_rsdmx(released: Released, place: Path) -> Asked:
    """rsdmx as Debian packages it, with SDMX 2.1."""
    version = _rsdmx()
    script = str(SCRIPTS / "with_rsdmx.R")
    _run(["Rscript", script, released.address, str(place)], env={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"})
    told = {file.stem: list(csv.DictReader(file.open(encoding="utf-8"))) for file in place.glob("*.csv")}
    program = f"rsdmx {version}, SDMX 2.1"
    flows = {row["id"]: row["Name.en"] for row in told["dataflows"]}
    areas = {row["id"]: {"en": row["label.en"], "ru": row["label.ru"]} for row in told["codes"]}
    # rsdmx has names of its own for the period and the value of generic data.
    generic = [
        {**row, "TIME_PERIOD": row["obsTime"], "OBS_VALUE": row["obsValue"]} for row in told["GenericData"]
    ]
    labels = {row["REF_AREA"]: row["REF_AREA_label.ru"] for row in generic}
    readings = [
        _maps(program, "names of dataflows", flows, flows_declared(released)),
        _maps(program, "names of areas, English and Russian", areas, names_declared()),
        _rows(program, "rows of GenericData", generic, released),
        _maps(
            program,
            "Russian labels in the rows, from the codelists",
            labels,
            {code: names_declared()[code]["ru"] for code in TWO},
        ),
        _rows(program, "rows of StructureSpecificData", told["StructureSpecificData"], released),
    ]
    kinds = ", ".join(row["kind"] for row in told["not_read"])
    return readings, [f"Kinds of structures that rsdmx cannot read: {kinds}."]


def ask_json_parser(released: Released, place: Path) -> Asked:
    """sdmx-json-parser, with SDMX-JSON 2.0."""
    packages = _npm(place)
    script = str(SCRIPTS / "with_sdmx_json_parser.js")
    told = json.loads(_run(["node", script, released.address, packages]))
    program = f"{NPM[0].replace('@', ' ')}, SDMX-JSON 2.0"
    readings = [
        _rows(program, f"rows, {what.replace(' ', ', names in ')}", one["rows"], released)
        for what, one in told.items()
    ]
    names = {language: told[f"TIME_PERIOD {language}"]["areas"] for language in ("en", "ru")}
    wanted = {language: [names_declared()[code][language] for code in TWO] for language in ("en", "ru")}
    readings.append(_maps(program, "names of areas in the language asked for", names, wanted))
    note = "sdmx-json-parser shows an attribute that a row does not have with the first value in its list (its `|| 0`)."
    return readings, [note]


def ask_url_builder(released: Released, place: Path) -> Asked:
    """Addresses of sdmx-rest: every one is answered with 200."""
    packages = _npm(place)
    script = str(SCRIPTS / "with_sdmx_rest.js")
    built: dict[str, list[str]] = json.loads(_run(["node", script, released.address, packages]))
    program = NPM[1].replace("@", " ")
    readings, refused = [], []
    with httpx.Client(timeout=SECONDS) as client:
        for what, addresses in built.items():
            statuses = Counter(
                (client.get(one).status_code, one.replace(released.address, "")) for one in addresses
            )
            wrong = [(status, one) for status, one in statuses if status != 200]
            readings.append(
                Reading(
                    program,
                    f"addresses of {what} answered with 200",
                    len(addresses) - len(wrong),
                    len(addresses),
                    len(wrong),
                )
            )
            refused += [f"{status}: `{one}`" for status, one in wrong]
    return readings, refused


def _rows(program: str, what: str, rows: Iterable[Mapping[str, Any]], released: Released) -> Reading:
    """Rows with key, period, value and kind of number, beside those of plain SQL."""
    wanted = rows_wanted(released, codes={"REF_AREA": TWO, "SEX": ("_T",)}, start="2010")
    found = rows_read(rows)
    differences = sum(((Counter(found) - Counter(wanted)) + (Counter(wanted) - Counter(found))).values())
    return Reading(program, what, len(found), len(wanted), differences)


def _maps(program: str, what: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Reading:
    wrong = [one for one in {*found, *wanted} if found.get(one) != wanted.get(one)]
    return Reading(program, what, len(found), len(wanted), len(wrong))


def _run(command: list[str], env: Mapping[str, str] | None = None) -> str:
    """What a program prints; the error that it ends with is shown."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | dict(env or {}),
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} {Path(command[1]).name}: {done.stderr[-2000:]}")
    return done.stdout


def _rsdmx() -> str:
    """The version of rsdmx; installed with Debian's tools where it is not there and may be."""
    ask = ["Rscript", "-e", 'cat(as.character(packageVersion("rsdmx")))']
    install = ["apt-get", "install", "--yes", "--no-install-recommends", DEBIAN]
    steps: list[Callable[[], object]] = [lambda: None]
    if shutil.which("apt-get") and os.name == "posix" and os.geteuid() == 0:
        quiet: dict[str, Any] = {
            "capture_output": True,
            "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        }
        steps += [
            lambda: subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet),
            lambda: subprocess.run(install, check=False, **quiet),
        ]
    for step in steps:
        step()
        try:
            return _run(ask)
        except (RuntimeError, OSError):
            continue
    raise NotInstalled(f"rsdmx: needs Debian's {DEBIAN} (`{' '.join(install)}`, as root).")


def _npm(place: Path) -> str:
    """The folder of the npm packages, installed there."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise NotInstalled(f"{' and '.join(NPM)}: npm and node are not here.")
    command = ["npm", "install", "--prefix", str(place), "--no-audit", "--no-fund", *NPM]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode:
        raise NotInstalled(f"{' and '.join(NPM)}: `npm install` did not succeed.")
    return str(place / "node_modules")


if __name__ == "__main__":
    sys.exit(main())
