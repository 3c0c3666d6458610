"""A scan of every file of a run for values that identify persons: tables, texts, logs, receipts, spill files.

In: a folder, and the values by kind (process/identifying_values.py). Out: which file holds values of which kind, and
how many, never the values; and which files could not be looked into, and why. Text is cut into words, numbers and
dates and compared without regard to capitals; packed files and Parquet are opened (store/unpacking.py); everything is
searched as bytes too, in UTF-8, UTF-16 and Windows-1251. Short names, and names of the letters a to f alone, are
spelled by chance in keyed hashes and packed content: they count only as whole words of text or of cells, outside
runs of letters and figures. Limits: names of fewer than four letters are not found in running text (they are in
cells of tables), nor of fewer than seven in bytes that are no text; what is encrypted without saying so looks like
chance.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from guzar.define.columns import DECLARED, Secrecy
from guzar.store.unpacking import TOO_DEEP, NotOpened, columns_of, unpack

WORD = re.compile(r"[^\W\d_]{2,}")
MARK = re.compile(r"[^\W_]{5,}")
SPACED_MARK = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,4}[ \-–№]{1,2}\d{5,}")
DATE = re.compile(r"(?<!\d)(?:\d{4}-\d\d-\d\d|\d\d[./]\d\d[./]\d{4}|(?<!\.)\d{8})(?!\d)")
BARE_DATE = re.compile(
    r"(?<![^\W_])(?<!\.)\d{8}(?![^\W_t]|t\D)"
)  # beside a letter stand the figures of a hash
DECIMALS = re.compile(r"(?<=\d)\.\d{4,}")  # behind the point of a number, any digits stand by chance
APOSTROPHES = str.maketrans("", "", "'’‘ʻʼ`´")
SEPARATORS = re.compile(r"[\W_]+")
# A hash, key or packed content in running text, and where letters and figures meet in it, as they do in no word or date.
TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
MEETING = re.compile(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
FEWEST_MEETINGS = 3
WHOLE_WORD = re.compile(r"(?<![^\W_])(?<!#)[^\W\d_]{4,}(?![^\W_])")  # behind # stands a colour
HEX_LETTERS = frozenset("abcdef")
SHORTEST_IN_TEXT = 4
SHORTEST_BY_CHANCE = 6  # a shorter name may be spelled by chance
SHORTEST_IN_BYTES = 7  # a chance run of bytes spells a shorter name in any large file
SHORTEST_INSIDE = 8  # a name written together with others; shorter ones stand inside common words
SHORTEST_NUMBER = 6
BLOCK_BYTES = 1 << 24
OVERLAP = 256
LONG_INTEGER = 999_999
ENCODINGS = ("utf-8", "utf-16-le", "cp1251")
MOST_WITHIN = 4  # packed content within packed content


@dataclass(frozen=True)
class Leak:
    """Values of one kind that stand in one file, and the columns in which they were seen where it is a table."""

    file: str
    kind: str
    values: int
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotSearched:
    """A file that could not be looked into, or not into all of it, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Scan:
    """What a scan of a folder found, and what it could not look into."""

    leaks: list[Leak] = field(default_factory=list)
    not_searched: list[NotSearched] = field(default_factory=list)


@dataclass
class Found:
    """Values found in one content, with their kinds (never to be shown), the columns of each kind, and why parts of the
    content were not searched.
    """

    values: dict[str, str] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)  # kind, column

    def add(self, values: dict[str, str], column: str) -> None:
        """Add what one column holds."""
        self.values |= values
        self.columns |= {(kind, column) for kind in values.values()}


@dataclass(frozen=True)
class Sought:
    """Values to look for, each with its kind: words, those that chance may spell, numbers and hashes, dates, whole cells."""

    words: Mapping[str, str]
    by_chance: Mapping[str, str]
    marks: Mapping[str, str]
    dates: Mapping[str, str]
    cells: Mapping[str, str]
    inside: tuple[str, ...]


def prepare_values(values: Mapping[str, Collection[str]], known: Collection[str] = ()) -> Sought:
    """Values by kind, ready to be looked for. `known` are words that prove nothing: guzar's own texts hold them."""
    passed = {word.casefold() for word in known}
    words: dict[str, str] = {}
    marks: dict[str, str] = {}
    dates: dict[str, str] = {}
    cells: dict[str, str] = {}
    for kind, found in values.items():
        for value in found:
            folded = value.translate(APOSTROPHES).casefold()
            if folded in passed:
                continue
            cells[folded] = kind
            if DATE.fullmatch(value):
                dates[value] = kind
            elif any(sign.isdigit() for sign in folded):
                marks[SEPARATORS.sub("", folded)] = kind
            else:
                words[_longest_word(folded)] = kind
    marks = {mark: kind for mark, kind in marks.items() if len(mark) >= SHORTEST_NUMBER}
    words = {
        word: kind for word, kind in words.items() if len(word) >= SHORTEST_IN_TEXT and word not in passed
    }
    by_chance = {word: words.pop(word) for word in list(words) if _is_spelled_by_chance(word)}
    return Sought(words, by_chance, marks, dates, cells, tuple(w for w in words if len(w) >= SHORTEST_INSIDE))


def scan_folder(folder: Path, sought: Sought) -> Scan:
    """Every file below a folder (or one file), by name: what it holds of the values sought, and what stayed closed."""
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
    scan = Scan()
    for file in files:
        name = file.name if file == folder else file.relative_to(folder).as_posix()
        found = scan_bytes(file.read_bytes(), sought)
        kinds = Counter((found.values | _scan_text(name, sought)).values())
        for kind, count in sorted(kinds.items()):
            columns = tuple(sorted(column for one, column in found.columns if one == kind))
            scan.leaks.append(Leak(name, kind, count, columns))
        scan.not_searched.extend(NotSearched(name, reason) for reason in sorted(found.reasons))
    return scan


def scan_bytes(content: bytes, sought: Sought, *, within: int = 0) -> Found:
    """What is found in a file's content, and in what is packed in it."""
    found = Found(_scan_raw(content, sought))
    try:
        for column in columns_of(content):
            found.add(_scan_table(column, sought), column.columns[0])
        for inner in unpack(content):
            if within == MOST_WITHIN:
                raise NotOpened(TOO_DEEP)
            deeper = scan_bytes(inner, sought, within=within + 1)
            found.values |= deeper.values
            found.reasons |= deeper.reasons
            found.columns |= deeper.columns
    except NotOpened as closed:
        found.reasons.add(str(closed))
    return found


def _scan_raw(content: bytes, sought: Sought) -> dict[str, str]:
    """The content as text where it is one, else in every encoding that may hide in bytes."""
    found: dict[str, str] = {}
    try:
        content.decode("utf-8")
        is_text = b"\0" not in content
    except UnicodeDecodeError:
        is_text = False
    for encoding in ENCODINGS[:1] if is_text else ENCODINGS:
        for shift in (0, 1) if encoding == "utf-16-le" else (0,):
            for block in _blocks(content[shift:]):
                found |= _scan_text(block.decode(encoding, "replace"), sought, is_text=is_text)
    return found


def _blocks(content: bytes) -> Iterator[bytes]:
    """Blocks that overlap, so that no value is cut in all of them."""
    for start in range(0, max(len(content), 1), BLOCK_BYTES):
        yield content[max(start - OVERLAP, 0) : start + BLOCK_BYTES]


def _scan_text(text: str, sought: Sought, *, is_text: bool = True) -> dict[str, str]:
    bare = text.translate(APOSTROPHES).casefold()
    days = set(DATE.findall(bare))
    bare = DECIMALS.sub("", bare)
    every = set(WORD.findall(bare))
    shortest = SHORTEST_IN_TEXT if is_text else SHORTEST_IN_BYTES
    words = {word for word in every if len(word) >= shortest}
    marks = set(MARK.findall(bare)) | {SEPARATORS.sub("", mark) for mark in SPACED_MARK.findall(bare)}
    found = {word: sought.words[word] for word in words & sought.words.keys()}
    found |= {mark: sought.marks[mark] for mark in marks & sought.marks.keys()}
    found |= {day: sought.dates[day] for day in _days_of(bare, days & sought.dates.keys())}
    if is_text and every & sought.by_chance.keys():
        found |= _scan_whole_words(bare, sought)
    return found | _scan_inside(words, sought)


def _days_of(text: str, days: set[str]) -> set[str]:
    """Dates without those of eight bare figures that stand in tokens only: a hash of 32 signs holds them by chance."""
    bare = {day for day in days if day.isdigit()}
    return days - bare | (bare & set(BARE_DATE.findall(_without_tokens(text))) if bare else set())


def _is_spelled_by_chance(word: str) -> bool:
    return len(word) < SHORTEST_BY_CHANCE or HEX_LETTERS.issuperset(word)


def _scan_whole_words(text: str, sought: Sought) -> dict[str, str]:
    """Names that chance may spell: only where they are words, beside no letter or figure and in no token."""
    plain = WHOLE_WORD.findall(_without_tokens(text))
    return {word: sought.by_chance[word] for word in plain if word in sought.by_chance}


def _without_tokens(text: str) -> str:
    return TOKEN.sub(lambda run: " " if len(MEETING.findall(run[0])) >= FEWEST_MEETINGS else run[0], text)


def _scan_inside(words: set[str], sought: Sought) -> dict[str, str]:
    """Long names that are written together with something else."""
    long = [word for word in words if len(word) > SHORTEST_INSIDE]
    if not (long and sought.inside):
        return {}
    hits = pl.Series(long).str.extract_many(list(sought.inside), overlapping=True).explode().drop_nulls()
    return {name: sought.words[name] for name in hits.unique()}


def _scan_table(column: pl.DataFrame, sought: Sought) -> dict[str, str]:
    """The distinct values of one column: as cells, as text, as dates and as long whole numbers."""
    values = column.to_series().drop_nulls()
    kind = values.dtype
    if kind.is_integer():
        texts = values.filter(values > LONG_INTEGER).cast(pl.String)
    elif kind == pl.Date or isinstance(kind, pl.Datetime):
        if is_event(column.columns[0]):
            return {}  # some event falls on the date on which somebody was born
        texts = values.dt.date().unique().cast(pl.String)
    elif kind == pl.Binary:
        return _scan_raw(b"\n".join(values), sought)
    elif kind in (pl.Float32, pl.Float64, pl.Boolean):
        return {}
    else:
        texts = values.cast(pl.String, strict=False).drop_nulls()
    cells = {text.translate(APOSTROPHES).casefold().strip() for text in texts}
    found = {cell: sought.cells[cell] for cell in cells & sought.cells.keys()}
    return found | _scan_text("\n".join(texts), sought)


def is_event(column: str) -> bool:
    """Whether a column is declared, and as another thing than what identifies a person."""
    return column in DECLARED and (DECLARED[column]().metadata or {}).get("secrecy") != Secrecy.DIRECT


def _longest_word(text: str) -> str:
    """Of a name of several words the longest: the short ones (kyzy, uulu, оглы) belong to many."""
    return max(WORD.findall(text), key=len, default="")
