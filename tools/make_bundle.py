"""One archive that installs guzar where there is no network: wheels (with fonts and figures inside) and two scripts.

    python tools/make_bundle.py --out dist [--platform linux|windows|both]

The archive holds a folder per platform. A ministry's operator unpacks it and runs `install.sh` or `install.bat`;
both call `pip --no-index` and nothing else. Needs Python 3.11 on the machine where it is installed.
"""

import argparse
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "core.txt"
PLATFORMS = {
    "linux": [
        "manylinux_2_28_x86_64",
        "manylinux_2_27_x86_64",
        "manylinux_2_24_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "manylinux_2_12_x86_64",
        "manylinux_2_5_x86_64",
        "manylinux1_x86_64",
    ],
    "windows": ["win_amd64"],
}
SCRIPTS = {
    "linux": (
        "install.sh",
        """#!/bin/sh
# Installs guzar into a folder (sh install.sh FOLDER), else into `guzar-venv` beside this script; it cannot be moved
# afterwards. Needs Python 3.11 and no network.
set -e
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/guzar-venv}
python=$(command -v python3.11 || command -v python3)
"$python" -m venv "$folder"
"$folder/bin/python" -m pip install --no-index --find-links "$here/linux" --disable-pip-version-check guzar
echo "Installed. Try: $folder/bin/guzar demo"
""",
    ),
    "windows": (
        "install.bat",
        """@echo off
rem Installs guzar into the folder guzar-venv beside this script. Needs Python 3.11, no administrator, no network.
cd /d "%~dp0"
py -3.11 -m venv guzar-venv || python -m venv guzar-venv || exit /b 1
guzar-venv\\Scripts\\python -m pip install --no-index --find-links windows --disable-pip-version-check guzar || exit /b 1
echo Installed. Try: guzar-venv\\Scripts\\guzar demo
""".replace("\n", "\r\n"),
    ),
}
READ_ME = """guzar, to be installed without a network

Linux:    sh install.sh  (or sh install.sh FOLDER)
Windows:  install.bat  (no administrator rights are needed)

Both need Python 3.11 and make a folder guzar-venv here. Then run: guzar demo

guzar без доступа к сети

Linux:    sh install.sh  (или sh install.sh ПАПКА)
Windows:  install.bat  (права администратора не нужны)

Нужен Python 3.11. Рядом появится папка guzar-venv. Затем: guzar demo
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=ROOT / "dist")
    options.add_argument("--platform", choices=[*PLATFORMS, "both"], default="both")
    chosen = options.parse_args()
    platforms = list(PLATFORMS) if chosen.platform == "both" else [chosen.platform]
    chosen.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        built = build_wheel(Path(folder) / "own")
        for platform in platforms:
            collect_wheels(platform, Path(folder) / platform, built)
        archive = chosen.out / f"{built.name.split('-py3')[0]}-offline-{chosen.platform}.zip"
        write_archive(archive, Path(folder), platforms)
    sys.stdout.write(f"{archive}  {archive.stat().st_size / 1e6:.0f} MB\n")


def build_wheel(folder: Path) -> Path:
    """The wheel of guzar itself: code, fonts, shapes, codelists and the figures that ship."""
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("guzar-*.whl"))


def collect_wheels(platform: str, folder: Path, own: Path) -> None:
    """Every wheel of the lock for one platform and Python 3.11, beside guzar's own."""
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    with TemporaryDirectory() as place:
        wanted = Path(place) / "wanted.txt"
        wanted.write_text(locked_for(platform), encoding="utf-8")
        pip(
            "download",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--python-version",
            "3.11",
            "--implementation",
            "cp",
            *tags,
            "--dest",
            str(folder),
            "--requirement",
            str(wanted),
        )
    (folder / own.name).write_bytes(own.read_bytes())


def locked_for(platform: str) -> str:
    """The lines of the lock that hold on a platform, without markers: pip judges markers by its own machine."""
    from packaging.requirements import Requirement  # noqa: PLC0415

    windows = platform == "windows"
    machine = {
        "sys_platform": "win32" if windows else "linux",
        "platform_system": "Windows" if windows else "Linux",
        "os_name": "nt" if windows else "posix",
        "python_version": "3.11",
        "python_full_version": "3.11.9",
        "platform_machine": "AMD64" if windows else "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    lines = [
        line for line in LOCK.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    kept = [r for r in map(Requirement, lines) if r.marker is None or r.marker.evaluate(machine)]
    return "\n".join(f"{r.name}{r.specifier}" for r in kept) + "\n"


def write_archive(archive: Path, folder: Path, platforms: list[str]) -> None:
    """The archive, in fixed order; wheels are stored as they are, they are compressed already."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        out.writestr("READ-ME.txt", READ_ME)
        for platform in platforms:
            name, script = SCRIPTS[platform]
            out.writestr(name, script)
            for wheel in sorted((folder / platform).glob("*.whl")):
                out.write(wheel, f"{platform}/{wheel.name}")


def pip(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True
    )


main()
