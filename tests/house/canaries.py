"""Canaries: made-up persons whose names no text of guzar holds, sent in deliveries, to be looked for afterwards."""

import io
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main

RECEIPT = (
    'holder = "Made-up office"\nlegal_basis = "Law 1"\npurpose = "statistics"\nretention_until = {until}\n'
)
SYLLABLES = ("vvor", "kzan", "ubbo", "qyshl", "jjur", "txeb", "whod", "zzif")
CYRILLIC = ("ввор", "кзан", "уббо", "щышл", "жжур", "тхеб", "цход", "ззиф")


def canary(number: int, alphabet: tuple[str, ...], ending: str) -> str:
    return "".join(alphabet[(number // 8**place) % 8] for place in range(3)).capitalize() + ending


def persons_of(rows: int) -> pl.DataFrame:
    """Persons with names in two alphabets, documents with and without blanks, and birth dates before every event."""
    made = [
        {
            "record_id": f"OFFICE-{1000 + row}",
            "surname": canary(row, CYRILLIC if row % 2 else SYLLABLES, "ов" if row % 2 else "ov"),
            "given_name": canary(row + 77, CYRILLIC if row % 2 else SYLLABLES, ""),
            "patronymic": canary(row + 191, CYRILLIC, "ович") if row % 3 else None,
            "sex": "FM"[row % 2],
            "birth_date": date(1931, 1, 1) + timedelta(days=row * 37),
            "birth_place": "QMB",
            "citizenship": "QMB",
            "document_number": f"{'ХЦ ' if row % 2 else 'XQ'}{7654321 + row * 1001}",
        }
        for row in range(rows)
    ]
    return pl.DataFrame(made)


def deliver(folder: Path, rows: int = 60) -> Path:
    """Deliveries of two kinds, one of them as text with a few bad rows, with their receipts."""
    persons = persons_of(rows)
    day = datetime(2024, 3, 1, 14, 30)
    events = {"crossing_date": day, "direction": "entry", "port": "P1", "mode": "road"}
    permits = {"permit_type": "work", "valid_from": day.date(), "valid_to": date(2025, 3, 1)}
    crossings = persons.with_columns(pl.lit(value).alias(name) for name, value in events.items())
    bad = crossings.head(3).with_columns(
        port=pl.Series(["P1", "P1", persons["surname"][2]]),
        sex=pl.Series([persons["surname"][0], "F", "F"]),
        mode=pl.Series(["road", persons["document_number"][1], "road"]),
        record_id=pl.Series(["B1", "B2", "B3"]),
    )
    (folder / "crossings").mkdir(parents=True)
    (folder / "permits").mkdir()
    pl.concat([crossings, bad]).write_csv(folder / "crossings" / "crossings.csv")
    persons.with_columns(pl.lit(v).alias(n) for n, v in permits.items()).write_parquet(
        folder / "permits" / "permits.parquet"
    )
    for place in ("crossings", "permits"):
        until = date.today() + timedelta(days=300)
        (folder / place / "receipt.toml").write_text(RECEIPT.format(until=until), encoding="utf-8")
    return folder


def say(*words: object) -> tuple[int, str]:
    """Run guzar; its exit code and everything that it says."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0), said.getvalue()
