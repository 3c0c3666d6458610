"""Small made-up deliveries about persons, for tests: good ones, and a damaged one of every kind by seed."""

import io
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

RECEIVED = "2026-11-22"
RECEIPT = """holder = "Made-up border service"
legal_basis = "Made-up law on statistics, article 1"
purpose = "statistics"
retention_until = 2027-12-31
"""
SURNAMES = ("Абдувалиев", "Рахмонова", "Öztürkova", "Тўраев", "Sadykova")
GIVEN = ("Гулнора", "Фаррух", "Aigerim", "Нурлан")


def made_up_crossings(count: int, seed: int) -> pl.DataFrame:
    """Crossings of `count` rows, every cell in the form of the template."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        born = date(1950, 1, 1) + timedelta(days=draw.randrange(20_000))
        crossed = datetime(2023, 1, 1) + timedelta(minutes=draw.randrange(1_500_000))
        rows.append(
            {
                "record_id": f"R{seed}-{number}",
                "surname": f"{draw.choice(SURNAMES)}{number}x",
                "given_name": f"{draw.choice(GIVEN)}{number}y",
                "patronymic": f"Салимович{number}z",
                "sex": draw.choice("FM"),
                "birth_date": born.isoformat(),
                "birth_place": "TJK",
                "citizenship": draw.choice(("TJK", "UZB", "KGZ")),
                "document_number": f"{draw.choice('ABC')}{draw.randrange(10**7, 10**8)}",
                "document_type": "passport",
                "crossing_date": crossed.isoformat(sep=" "),
                "direction": draw.choice(("entry", "exit")),
                "port": draw.choice(("P01", "P02", "P03")),
                "mode": draw.choice(("road", "air", "rail")),
                "purpose": draw.choice(("work", "visit", "")),
                "permitted_until": (crossed.date() + timedelta(days=90)).isoformat(),
            }
        )
    return pl.DataFrame(rows)


def as_csv(frame: pl.DataFrame, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """The frame as delimited text; signs that the encoding lacks become a question mark."""
    return frame.write_csv(separator=separator).encode(encoding, "replace")


def as_parquet(frame: pl.DataFrame) -> bytes:
    """The frame as a Parquet file."""
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


def identity_values(frame: pl.DataFrame) -> set[str]:
    """Every value that names a person in a delivery."""
    named = ("surname", "given_name", "patronymic", "birth_date", "document_number")
    return {value for name in named for value in frame[name].to_list()}


Damage = Callable[[pl.DataFrame, random.Random], bytes]


def _cells(column: str, word: str, share: float = 0.1) -> Damage:
    """One cell in ten of a column says something else."""

    def damage(frame: pl.DataFrame, draw: random.Random) -> bytes:
        cells = [word if draw.random() < share else cell for cell in frame[column].to_list()]
        return as_csv(frame.with_columns(pl.Series(column, cells)))

    return damage


def _shuffled(frame: pl.DataFrame, draw: random.Random) -> bytes:
    return as_csv(frame.select(draw.sample(frame.columns, frame.width)), draw.choice(";,\t"))


def _mixed_encodings(frame: pl.DataFrame, draw: random.Random) -> bytes:
    lines = as_csv(frame).split(b"\n")
    other = [line.decode().encode("cp1251", "replace") if draw.random() < 0.2 else line for line in lines[1:]]
    return b"\n".join([lines[0], *other])


def _repeated(frame: pl.DataFrame, draw: random.Random) -> bytes:
    again = frame.sample(max(frame.height // 10, 1), seed=draw.randrange(100))
    return as_csv(pl.concat([frame, again]))


def _contradicting(frame: pl.DataFrame, draw: random.Random) -> bytes:
    again = frame.sample(max(frame.height // 10, 1), seed=draw.randrange(100)).with_columns(
        port=pl.lit("P99")
    )
    return as_csv(pl.concat([frame, again]))


def _cut(make: Callable[[pl.DataFrame], bytes]) -> Damage:
    def damage(frame: pl.DataFrame, draw: random.Random) -> bytes:
        content = make(frame)
        return content[: draw.randrange(len(content) // 10, len(content))]

    return damage


def _flipped_parquet(frame: pl.DataFrame, draw: random.Random) -> bytes:
    content = bytearray(as_parquet(frame))
    for _ in range(5):
        content[draw.randrange(4, len(content))] ^= 0xFF
    return bytes(content)


def _zero_bytes(frame: pl.DataFrame, draw: random.Random) -> bytes:
    lines = as_csv(frame).split(b"\n")
    return b"\n".join([lines[0], *(line + b"\0" if draw.random() < 0.1 else line for line in lines[1:])])


def _long_and_short(frame: pl.DataFrame, draw: random.Random) -> bytes:
    lines = as_csv(frame).decode().split("\n")
    changed = [draw.choice((line + ",more", line.rpartition(",")[0], line)) for line in lines[1:]]
    return "\n".join([lines[0], *changed]).encode()


def _open_quotes(frame: pl.DataFrame, draw: random.Random) -> bytes:
    lines = as_csv(frame).decode().split("\n")
    changed = [line.replace(",", ',"', 1) if draw.random() < 0.1 else line for line in lines[1:]]
    return "\n".join([lines[0], *changed]).encode()


def _wrong_separators(frame: pl.DataFrame, draw: random.Random) -> bytes:
    """A heading cut by one sign and rows cut by another, or a sign that nobody uses."""
    heading, _, below = as_csv(frame).partition(b"\n")
    one, other = draw.choice(((b",", b";"), (b";", b"\t"), (b"^", b"^")))
    return heading.replace(b",", one) + b"\n" + below.replace(b",", other)


# Every kind of damage, by name.
DAMAGES: dict[str, Damage] = {
    "shuffled columns": _shuffled,
    "mixed encodings": _mixed_encodings,
    "impossible dates": _cells("crossing_date", "2024-02-30 12:00:00"),
    "impossible births": _cells("birth_date", "1985-13-41"),
    "births before 1900": _cells("birth_date", "1812-06-24"),
    "births after the event": _cells("birth_date", "2026-05-05"),
    "dates after the receipt": _cells("crossing_date", "2031-01-01"),
    "unknown ports": _cells("port", ""),
    "unknown directions": _cells("direction", "sideways"),
    "unknown modes": _cells("mode", "balloon"),
    "unknown citizenships": _cells("citizenship", "Atlantis"),
    "documents among the ports": lambda frame, draw: as_csv(
        frame.with_columns(
            port=pl.when(pl.int_range(pl.len()) % 9 == 0).then("document_number").otherwise("port")
        )
    ),
    "codes among the documents": _cells("document_number", "work"),
    "repeated records": _repeated,
    "contradicting records": _contradicting,
    "truncated Parquet": _cut(as_parquet),
    "truncated text": _cut(as_csv),
    "damaged Parquet": _flipped_parquet,
    "empty": lambda frame, draw: draw.choice((b"", b"\n\n", b"\xef\xbb\xbf", b"   ")),
    "heading only": lambda frame, draw: as_csv(frame.clear()),
    "no heading": lambda frame, draw: as_csv(frame).partition(b"\n")[2],
    "binary rubbish": lambda frame, draw: draw.randbytes(5000),
    "a web page": lambda frame, draw: b"<!DOCTYPE html><html><body>Not found</body></html>",
    "wrong separators": _wrong_separators,
    "marks at the start": lambda frame, draw: b"\xef\xbb\xbf" + as_csv(frame, ";"),
    "UTF-16": lambda frame, draw: as_csv(frame, "\t", "utf-16"),
    "truncated UTF-16": lambda frame, draw: as_csv(frame, "\t", "utf-16")[:-1],
    "Windows-1251": lambda frame, draw: as_csv(frame, ";", "cp1251"),
    "KOI8-R": lambda frame, draw: as_csv(frame, ";", "koi8-r"),
    "zero bytes": _zero_bytes,
    "one column twice": lambda frame, draw: as_csv(frame).replace(b"patronymic", b"surname", 1),
    "a column missing": lambda frame, draw: as_csv(
        frame.drop(draw.choice(("port", "direction", "record_id")))
    ),
    "rows too long and too short": _long_and_short,
    "open quotation marks": _open_quotes,
    "all dates in another form": lambda frame, draw: as_csv(
        frame.with_columns(crossing_date=pl.lit("31/12/2023"))
    ),
    "very long cells": _cells("given_name", "ы" * 5000),
    "more columns than the template": lambda frame, draw: as_csv(frame.with_columns(remark=pl.lit("a, b"))),
    "line ends of Windows": lambda frame, draw: as_csv(frame).replace(b"\n", b"\r\n"),
    "a workbook cut short": lambda frame, draw: b"PK\x03\x04" + draw.randbytes(2000),
    "SPSS cut short": lambda frame, draw: b"$FL2@(#) SPSS" + draw.randbytes(3000),
}


def write_receipt(folder: Path, text: str = RECEIPT) -> Path:
    """A receipt that allows records to be taken in."""
    path = folder / "receipt.toml"
    path.write_text(text, encoding="utf-8")
    return path
