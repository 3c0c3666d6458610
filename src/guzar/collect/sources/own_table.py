"""Any spreadsheet, read as a mapping file describes it.

In: an .xls, .xlsx, .ods or delimited text file (UTF-8, UTF-16 or Windows-1251) and a `TableMapping`. Out:
PublishedFigures. Merged headers are filled to the right, titles and footnotes become notes. The table's own
words are put into codes as the mapping says; Russian and English names of areas and the usual words for the
sexes need no code. The file as received and the mapping are stored together, so every value can be followed
back to its cell.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping

import polars as pl

from guzar.collect.delivery import Delivery, NumberForm, Reading
from guzar.collect.grid import ROW, Grid, read_sheet, read_text, sheet_names
from guzar.collect.mapping import TOTAL_OF_COUNTERPARTS, TableMapping, wrong
from guzar.collect.table_header import Header, one_column, read_header, value_columns
from guzar.collect.words import SEX_WORDS, TOTAL_WORDS, code_areas, fold, read_period

LAYOUTS = ()  # a described table has no form of its own: journey.collect_described calls `read_own_table`
LEFT_OUT = "the mapping leaves this row out"
MISSING_MARKS = ("н/д", "н.д.", "н. д.", "нет данных", "…*", "х", "Х")


def read_own_table(delivery: Delivery, mapping: TableMapping) -> Reading:
    """The described table as candidate rows; SettingsInvalid where the mapping does not fit the table."""
    grid = read_grid(delivery, mapping)
    header = read_header(grid, mapping)
    columns = {name: one_column(header, name, label, mapping) for name, label in mapping.columns.items()}
    values = value_columns(header, columns, mapping)
    body = _body(grid, header, columns, mapping)
    cells = pl.concat([_cells_of(body, grid, header, columns, mapping, value=value) for value in values])
    cells, notes = _set_notes_apart(cells, body, grid, header, mapping)
    coded, unknown = put_into_codes(cells, mapping)
    left_out = coded.filter(pl.col("left_out"))
    refused = left_out.select("place", reason=pl.lit(LEFT_OUT), row_content=pl.col("reported_value"))
    return Reading(
        mapping.edition,
        {"published_figures": coded.filter(~pl.col("left_out")).drop("left_out"), "refused_rows": refused},
        notes,
        {"words_not_recognised": unknown},
        number_form(mapping),
    )


def number_form(mapping: TableMapping) -> NumberForm:
    """How the described table prints numbers."""
    told = mapping.table
    return NumberForm(
        str(told.get("decimal", ".")),
        str(told.get("thousands", "")).strip(),
        (*MISSING_MARKS, *told.get("missing", ())),
    )


def read_grid(delivery: Delivery, mapping: TableMapping) -> Grid:
    """The sheet or text of the delivery, every cell."""
    sheets = sheet_names(delivery)
    if sheets:
        sheet = str(mapping.table.get("sheet", sheets[0]))
        if sheet not in sheets:
            raise wrong(mapping.file, "[table] sheet", sheet, ", ".join(sheets), sheets)
        return read_sheet(delivery, sheet)
    encoding = str(mapping.table.get("encoding") or encoding_of(delivery.content))
    try:
        text = delivery.content.decode(encoding)
    except UnicodeDecodeError:
        text = ""  # read_text refuses the bytes with a message of its own
    except (LookupError, ValueError):
        known = ("utf-8", "utf-16", "windows-1251", "koi8-r", "cp866")
        raise wrong(mapping.file, "[table] encoding", encoding, ", ".join(known), known) from None
    return read_text(
        delivery, encoding=encoding, separator=str(mapping.table.get("separator") or separator_of(text))
    )


def encoding_of(content: bytes) -> str:
    """UTF-16 by its mark, else UTF-8 where every byte fits, else Windows-1251."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "windows-1251"
    return "utf-8-sig"


def separator_of(text: str) -> str:
    """The sign among tab, semicolon and comma that cuts the most rows into the same number of cells."""

    def evenness(sign: str) -> tuple[int, int]:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(text[:20_000]), delimiter=sign) if len(row) > 1
            ]
        except csv.Error:
            return (0, 0)
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual), usual)

    return max(("\t", ";", ","), key=evenness)


def _body(grid: Grid, header: Header, columns: Mapping[str, int], mapping: TableMapping) -> pl.DataFrame:
    """The rows below the header, vertically merged cells filled down where the mapping says so."""
    last = mapping.table.get("last_row", grid.text.height)
    body = grid.text.filter((pl.col(ROW) > max(header.rows)) & (pl.col(ROW) <= last))
    down = [
        one_column(header, "fill_down", str(label), mapping) for label in mapping.table.get("fill_down", ())
    ]
    blank_is_null = [pl.col(str(i)).replace("", None).forward_fill() for i in down]
    return body.with_columns(blank_is_null)


def _cells_of(
    body: pl.DataFrame,
    grid: Grid,
    header: Header,
    columns: Mapping[str, int],
    mapping: TableMapping,
    *,
    value: int,
) -> pl.DataFrame:
    """One value column as candidate rows, each with the words of its dimensions."""
    words = {name: pl.col(str(column)) for name, column in columns.items()}
    words |= {
        name: pl.lit(header.paths[value][header.rows.index(row)]) for name, row in mapping.headers.items()
    }
    words |= {name: pl.lit(text) for name, text in mapping.constants.items() if name not in words}
    absent = [name for name in ("counterpart", "sex") if name not in words]
    words |= {name: pl.lit(None, pl.String) for name in absent}
    sheet = f"{grid.sheet}, " if grid.sheet else ""
    numbers = grid.numbers.select(ROW, value=str(value))
    return body.join(numbers, on=ROW, how="left", maintain_order="left").select(
        ROW,
        "value",
        *[word.cast(pl.String).alias(name) for name, word in words.items()],
        reported_value=pl.col(str(value)),
        place=pl.format(sheet + "row {}, column {}", ROW, pl.lit(header.label(value))),
    )


def _set_notes_apart(
    cells: pl.DataFrame, body: pl.DataFrame, grid: Grid, header: Header, mapping: TableMapping
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Rows without a single value and without a known area are titles and footnotes: kept as notes."""
    empty = pl.col("reported_value").fill_null("").str.strip_chars() == ""
    nameless = [
        ~pl.col(name).is_in(_known_words(cells, name, mapping)).fill_null(False).first()
        for name in ("area", "counterpart")
        if name in mapping.columns
    ]
    bare = cells.group_by(ROW, maintain_order=True).agg(
        empty.all(), *[n.name.suffix(" unknown") for n in nameless]
    )
    bare_rows = bare.filter(pl.all_horizontal(pl.exclude(ROW)))[ROW].to_list()
    end = max(body[ROW].to_list(), default=max(header.rows))
    told = [*range(1, min(header.rows)), *bare_rows, *range(end + 1, grid.text.height + 1)]
    lines = [" ".join(filter(None, grid.cells(row))) for row in told]
    return cells.filter(~pl.col(ROW).is_in(bare_rows)).drop(ROW), tuple(line for line in lines if line)


def _known_words(cells: pl.DataFrame, name: str, mapping: TableMapping) -> list[str]:
    words = cells[name].drop_nulls().unique().to_list()
    return [*code_areas(words), *(word for word in words if fold(word) in mapping.codes[name])]


def put_into_codes(cells: pl.DataFrame, mapping: TableMapping) -> tuple[pl.DataFrame, list[str]]:
    """The words of every dimension as codes; also the words for areas that nothing recognises.

    `cells` has the columns area, counterpart, sex, period, series beside value, reported_value and place.
    """
    words = {
        name: cells[name].drop_nulls().unique().to_list()
        for name in ("area", "counterpart", "sex", "period", "series")
    }
    areas = code_areas([*words["area"], *words["counterpart"]])
    plans: dict[str, Callable[[str], str | None]] = {
        "area": lambda word: areas.get(word, word),
        "counterpart": lambda word: (
            TOTAL_OF_COUNTERPARTS if fold(word) in TOTAL_WORDS else areas.get(word, word)
        ),
        "sex": lambda word: SEX_WORDS.get(fold(word), fold(word)),
        "period": read_period,
        "series": str,
    }
    coded = {
        name: {word: mapping.codes[name].get(fold(word)) or plan(word) for word in words[name]}
        for name, plan in plans.items()
    }
    named = {fold(word) for word in mapping.table.get("leave_out", ())}
    unknown = [
        w
        for name in ("area", "counterpart")
        for w, code in coded[name].items()
        if code == w and w not in areas and fold(w) not in named
    ]
    return cells.select(
        *[
            _coded(name, coded[name]).alias("series" if name == "series" else f"reported_{name}")
            for name in plans
        ],
        "reported_value",
        "value",
        "place",
        left_out=pl.any_horizontal(_is_one_of(name, words[name], named) for name in ("area", "counterpart")),
    ).with_columns(pl.col("reported_area").fill_null("")), sorted(set(unknown))


def _coded(name: str, codes: Mapping[str, str | None]) -> pl.Expr:
    """A column of words as codes; a total over counterparts has no counterpart."""
    final = {word: None if code == TOTAL_OF_COUNTERPARTS else code for word, code in codes.items()}
    return pl.col(name).replace_strict(final, default=None, return_dtype=pl.String)


def _is_one_of(name: str, words: Iterable[str], named: set[str]) -> pl.Expr:
    return pl.col(name).is_in([word for word in words if fold(word) in named]).fill_null(False)
