"""Every form in which agencies deliver records gives the same records; a mapping file brings codes and dates along."""

import io
import json
import re
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.collect.made_up_records import (
    RECEIPT,
    RECEIVED,
    as_csv,
    as_parquet,
    made_up_crossings,
    write_receipt,
)

from guzar.cli import main
from guzar.collect.delivery import Delivery
from guzar.collect.grid import read_sheet, sheet_names
from guzar.collect.record_files import open_records
from guzar.collect.record_form import RecordForm, find_record_form
from guzar.collect.record_mapping import RecordMapping, read_record_mapping
from guzar.collect.record_receipt import read_record_receipt
from guzar.collect.record_sifting import (
    Examined,
    count_by_first_fault,
    examine,
    faults_of,
    quarantine_of,
    sift_batches,
)
from guzar.collect.record_template import write_template
from guzar.errors import DeliveryRefused, SettingsInvalid
from guzar.languages import translate
from guzar.store import open_workspace
from guzar.store.keyring import new_keyring
from guzar.store.linking_zone import open_entry, read_identities, zone_entries

DAY = date.fromisoformat(RECEIVED)
FORM = find_record_form("borders")
MAPPING = """
[form]
encoding = "windows-1251"
separator = ";"
dates = "dd.mm.yyyy"
missing = ["нет данных"]

[columns]
record_id = "Номер"
surname = "Фамилия"
sex = "Пол"
birth_date = "Дата рождения"
citizenship = "Гражданство"
crossing_date = "Время пересечения"
direction = "Направление"
port = "Пункт пропуска"
mode = "Вид транспорта"

[codes.direction]
"въезд" = "entry"
"выезд" = "exit"

[codes.mode]
"авто" = "road"

[codes.port]
"Пост 1" = "P01"
"""
DELIVERY = """Номер;Фамилия;Пол;Дата рождения;Гражданство;Время пересечения;Направление;Пункт пропуска;Вид транспорта;Примечание
1;Рахмонова;Ж;31.01.1990;Таджикистан;01.03.2024 14:30:00;Въезд;Пост 1;авто;x
2;Тураев;муж;нет данных;UZB;02.03.2024;выезд;P01;авто;
3;Тураев;муж;;UZB;02.03.2024;выезд;Пост 9;авто;
4;Тураев;муж;;UZB;2024/03/02;выезд;Пост 1;авто;
"""


def _kept(path: Path, mapping: RecordMapping | None = None, form: RecordForm = FORM) -> pl.DataFrame:
    batches = open_records(path, form, mapping or RecordMapping()).batches()
    return pl.concat([part.kept for part in sift_batches(batches, form, mapping or RecordMapping(), DAY)])


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_every_form_gives_the_same_records(tmp_path: Path) -> None:
    """Text in three encodings and three separators, Parquet, SPSS and Stata."""
    import pyreadstat

    given = made_up_crossings(20, 1).with_columns(
        surname=pl.lit("Rahmonova"), given_name=pl.lit("Али"), patronymic=pl.lit("Саидович")
    )
    expected = _kept(_file(tmp_path, "a.csv", as_csv(given)))
    assert expected.height == 20
    plain = given.to_pandas()
    pyreadstat.write_sav(plain, tmp_path / "a.sav")
    pyreadstat.write_sav(plain, tmp_path / "a.zsav", compress=True)
    pyreadstat.write_dta(plain, tmp_path / "a.dta")
    files = [
        _file(tmp_path, "b.csv", as_csv(given, ";", "cp1251")),
        _file(tmp_path, "c.csv", as_csv(given, "\t", "utf-16")),
        _file(tmp_path, "d.csv", b"\xef\xbb\xbf" + as_csv(given).replace(b"\n", b"\r\n")),
        _file(tmp_path, "e.parquet", as_parquet(given)),
        _file(tmp_path, "f.parquet", as_parquet(expected)),
        tmp_path / "a.sav",
        tmp_path / "a.zsav",
        tmp_path / "a.dta",
    ]
    for file in files:
        assert _kept(file).equals(expected), file.name


def test_a_mapping_file_brings_headings_codes_and_dates(tmp_path: Path) -> None:
    """The agency's own words become codes; words in no list and dates in another form are set aside by row number."""
    mapping = read_record_mapping(MAPPING.encode(), "borders.toml", FORM)
    file = _file(tmp_path, "march.csv", DELIVERY.encode("cp1251"))
    opened = open_records(file, FORM, mapping)
    parts = list(sift_batches(opened.batches(), FORM, mapping, DAY))
    kept = parts[0].kept
    assert kept["citizenship"].to_list() == ["TJK", "UZB"]
    assert kept["sex"].to_list() == ["F", "M"]
    assert kept["port"].to_list() == ["P01", "P01"]
    assert kept["crossing_date"].dt.date().to_list() == [date(2024, 3, 1), date(2024, 3, 2)]
    assert kept["birth_date"].to_list() == [date(1990, 1, 31), None]
    assert opened.left_out == ("Примечание",)
    quarantine = quarantine_of(examine(parts, FORM, "march.csv"))
    assert quarantine.select("place", "reason").rows() == [
        ("row 4", "port: a code or word that no list holds"),
        ("row 5", "crossing_date: no date of the calendar in the form that was agreed"),
    ]
    assert quarantine["row_content"].null_count() == 2


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "collect-records.md"


def test_the_mapping_of_the_page_gives_records_that_can_be_linked(tmp_path: Path) -> None:
    """Names, birth date and document are sealed with it; a time of day that is not there is midnight."""
    section = PAGE.read_text(encoding="utf-8").partition("Save as `posts.toml`")[2]
    printed = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)[0]
    mapping = read_record_mapping(printed.encode(), "posts.toml", FORM)
    delivery = """Номер;Фамилия;Имя;Отчество;Дата рождения;Документ;Пол;Гражданство;Время;Направление;Пункт;Транспорт
1;Рахмонова;Гулнора;;31.01.1990;A1;Ж;Таджикистан;01.03.2024 14:30;Въезд;P01;авто
2;Тураев;Фаррух;;14.07.1985;B2;м;UZB;02.03.2024;выезд;P01;rail
"""
    kept = _kept(_file(tmp_path, "a.csv", delivery.encode("cp1251")), mapping)
    assert kept.height == 2
    assert (
        kept.select("surname", "given_name", "birth_date", "document_number").null_count().sum_horizontal()[0]
        == 0
    )
    assert kept["crossing_date"].dt.hour().to_list() == [14, 0]
    assert kept["sex"].to_list() == ["F", "M"]


def test_fixed_width_is_cut_where_the_mapping_file_says(tmp_path: Path) -> None:
    """A line that ends before its last column is set aside; the others are cut by position, not by byte."""
    layout = {
        "record_id": (1, 4),
        "surname": (5, 14),
        "sex": (15, 15),
        "crossing_date": (16, 25),
        "direction": (26, 30),
        "mode": (31, 34),
        "port": (35, 37),
    }
    toml = '[form]\nkind = "fixed_width"\nencoding = "windows-1251"\n[layout]\n' + "\n".join(
        f"{name} = [{first}, {last}]" for name, (first, last) in layout.items()
    )
    mapping = read_record_mapping(toml.encode(), "fixed.toml", FORM)
    text = "0001Рахмонова F2024-03-01entryroadP01\r\n0002Тураев    M2024-03-02exit air P02\r\n0003Тураев\r\n"
    file = _file(tmp_path, "march.txt", text.encode("cp1251"))
    parts = list(sift_batches(open_records(file, FORM, mapping).batches(), FORM, mapping, DAY))
    assert parts[0].kept["surname"].to_list() == ["Рахмонова", "Тураев"]
    assert parts[0].kept["direction"].to_list() == ["entry", "exit"]
    assert parts[0].refused.rows() == [(3, "the row has more or fewer cells than the heading")]


@pytest.mark.parametrize("source", ["borders", "permits", "registrations", "population_register", "survey"])
def test_a_template_that_is_filled_in_is_read_back(source: str, tmp_path: Path) -> None:
    """The example stands on a sheet of its own; typed under the heading, it is a delivery."""
    form = find_record_form(source)
    file = _file(tmp_path, "template.xlsx", write_template(form, "ru"))
    with pytest.raises(DeliveryRefused, match="no rows"):
        examine(
            sift_batches(open_records(file, form, RecordMapping()).batches(), form, RecordMapping(), DAY),
            form,
            "t",
        )
    file.write_bytes(_filled_in(file.read_bytes(), [form.example.get(name, "") for name in form.columns]))
    kept = _kept(file, form=form)
    assert kept.height == 1
    assert kept["record_id"].to_list() == ["EXAMPLE-1"]
    assert set(form.required) <= set(form.example)


def _sheets(template: bytes) -> dict[str, list[tuple[str, ...]]]:
    book = Delivery("template.xlsx", template)
    grids = {name: read_sheet(book, name) for name in sheet_names(book)}
    return {
        name: [tuple(grid.cells(row)) for row in range(1, grid.text.height + 1)]
        for name, grid in grids.items()
    }


def test_the_template_says_how_cells_are_written() -> None:
    """Dates, codes, and the number of the record from the sender's side; no sex that only totals have."""
    sheets = _sheets(write_template(FORM, "en"))
    assert list(sheets) == ["records", "example (made up)", "columns", "codes"]
    told = {row[0]: row for row in sheets["columns"]}
    assert "YYYY-MM-DD" in told["birth_date"][3]
    assert "midnight" in told["crossing_date"][3]
    assert "Your own number" in told["record_id"][2]
    assert not any("_T" in cell or "_Z" in cell for row in sheets["columns"] for cell in row)


@pytest.mark.parametrize("source", ["borders", "permits", "registrations", "population_register", "survey"])
def test_a_russian_template_is_russian(source: str) -> None:
    """Names of sheets, meanings and how cells are written: only names of columns and codes stay Latin."""
    sheets = _sheets(write_template(find_record_form(source), "ru"))
    assert list(sheets) == ["записи", "пример (вымышлен)", "столбцы", "коды"]
    for row in sheets["столбцы"][1:]:
        assert all(re.search("[а-я]", cell) for cell in row[1:] if cell), row


def test_a_refusal_without_a_mapping_speaks_of_the_template(tmp_path: Path) -> None:
    """Every fault with the numbers of its first rows, two faults of one row both; no mapping file was there."""
    given = made_up_crossings(9, 4).with_columns(
        birth_date=pl.Series(["14.07.1985"] * 7 + ["1985-07-14"] * 2),
        mode=pl.Series(["road", "balloon"] + ["road"] * 7),
    )
    file = _file(tmp_path, "a.csv", as_csv(given))
    with pytest.raises(DeliveryRefused) as refused:
        _examined(file)
    said = refused.value.message()
    assert (
        "birth_date: no date of the calendar in the form YYYY-MM-DD (row numbers: 2, 3, 4, 5, 6, …)" in said
    )
    assert "mode: a code or word that no list holds (row numbers: 3)" in said
    assert "7 of 9 rows" in said
    assert "template" in said
    assert "Compare" not in said
    told = refused.value.message(lambda text: translate(text, "ru"))
    assert "birth_date: не дата календаря в виде ГГГГ-ММ-ДД (номера строк: 2, 3, 4, 5, 6, …)" in told
    with pytest.raises(DeliveryRefused, match=r"the mapping file own\.toml"):
        _examined(file, read_record_mapping(b"[source]\nid = 'x'", "own.toml", FORM))


def _examined(file: Path, mapping: RecordMapping | None = None) -> Examined:
    mapping = mapping or RecordMapping()
    batches = open_records(file, FORM, mapping).batches()
    return examine(sift_batches(batches, FORM, mapping, DAY), FORM, file.name, mapping)


def test_date_cells_of_a_workbook_are_dates(tmp_path: Path) -> None:
    """The template allows them: a date, and a moment with its time of day."""
    import xlsxwriter

    row = made_up_crossings(1, 1).row(0, named=True)
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("records")
        form = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        dated = {
            "birth_date": (date(1985, 7, 14), form),
            "crossing_date": (datetime(2024, 3, 1, 14, 30), moment),
        }
        for place, (name, cell) in enumerate(row.items()):
            sheet.write(0, place, name)
            if name in dated:
                sheet.write_datetime(1, place, *dated[name])
            else:
                sheet.write_string(1, place, cell)
    kept = _kept(tmp_path / "a.xlsx")
    assert kept["birth_date"].to_list() == [date(1985, 7, 14)]
    assert kept["crossing_date"].to_list() == [datetime(2024, 3, 1, 14, 30)]


def test_every_fault_of_a_row_is_told_and_the_row_counted_once(tmp_path: Path) -> None:
    """Faults are counted each; rows are counted by the first of their faults, so that the sum is theirs."""
    given = made_up_crossings(12, 6).with_columns(
        sex=pl.Series(["X", "X", *["F"] * 10]), mode=pl.Series(["balloon", *["road"] * 11])
    )
    examined = _examined(_file(tmp_path, "a.csv", as_csv(given)))
    sex, mode = (f"{column}: a code or word that no list holds" for column in ("sex", "mode"))
    assert [(one.reason, one.count, one.rows) for one in faults_of(examined.refused)] == [
        (sex, 2, [2, 3]),
        (mode, 1, [2]),
    ]
    assert count_by_first_fault(examined.refused) == {sex: 2}
    assert quarantine_of(examined)["reason"].to_list() == [f"{sex} | {mode}", sex]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_command_tells_rows_by_their_numbers(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the screen and in the summary, and never a value."""
    given = made_up_crossings(20, 7).with_columns(sex=pl.Series(["F"] * 12 + ["Canary"] * 7 + ["M"]))
    file = _file(tmp_path, "a.csv", as_csv(given))
    words = [*_collect(tmp_path, file), "--lang", language]
    with pytest.raises(SystemExit):
        main(words)
    said = capsys.readouterr()
    numbers = {"en": "(row numbers: 14, 15, 16, 17, 18, …)", "ru": "(номера строк: 14, 15, 16, 17, 18, …)"}
    assert numbers[language] in said.out
    assert "Canary" not in said.out + said.err
    _remove(tmp_path / "work")
    with pytest.raises(SystemExit):
        main([*words, "--json"])
    told = json.loads(capsys.readouterr().out)["collected"][0]
    assert told["first_rows"] == {"sex: a code or word that no list holds": [14, 15, 16, 17, 18]}
    assert told["reasons"] == {"sex: a code or word that no list holds": 7}


@pytest.mark.parametrize(
    ("emptied", "is_warned"),
    [
        (["surname", "given_name", "document_number"], True),
        (["birth_date", "document_number"], True),
        (["surname", "given_name", "birth_date"], False),
        (["document_number", "surname"], False),
    ],
)
def test_records_that_cannot_be_linked_are_said_to_be(
    emptied: list[str], is_warned: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Linkage needs the number of a document, or a name and a date of birth; that is said when they are taken in."""
    given = made_up_crossings(5, 2).with_columns(pl.lit("").alias(name) for name in emptied)
    with pytest.raises(SystemExit) as ended:
        main(_collect(tmp_path, _file(tmp_path, "a.csv", as_csv(given))))
    assert ended.value.code == 0
    assert ("guzar link cannot tell" in capsys.readouterr().err) == is_warned


def _filled_in(template: bytes, cells: list[str]) -> bytes:
    """The workbook with one row below the heading of its first sheet, as a spreadsheet program would add it."""
    row = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(filled, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", f'<row r="2">{row}</row></sheetData>'.encode())
            new.writestr(name, content)
    return filled.getvalue()


def test_repetitions_are_told_apart_from_contradictions(tmp_path: Path) -> None:
    """Word for word the same: the first is kept. Different records under one number: none is."""
    given = made_up_crossings(10, 3)
    changed = given[4:5].with_columns(port=pl.lit("P99"))
    file = _file(tmp_path, "a.csv", as_csv(pl.concat([given, given[2:3], changed])))
    examined = examine(
        sift_batches(open_records(file, FORM, RecordMapping()).batches(), FORM, RecordMapping(), DAY),
        FORM,
        "a",
    )
    assert examined.refused.rows() == [
        (6, "record_id: the delivery gives different records under one number"),
        (12, "record_id: the record is delivered twice, word for word; the first is kept"),
        (13, "record_id: the delivery gives different records under one number"),
    ]
    assert examined.kept == 9


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('holder = "Made-up border service"', "holder"),
        ('legal_basis = "Made-up law on statistics, article 1"', "legal_basis"),
        ("retention_until = 2027-12-31", "retention_until"),
        ('purpose = "statistics"', "purpose"),
    ],
)
def test_a_receipt_that_lacks_a_line_is_refused(line: str, said: str) -> None:
    """The message names the line that is missing."""
    with pytest.raises(DeliveryRefused, match=said):
        read_record_receipt(RECEIPT.replace(line, "").encode(), "receipt.toml", DAY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2027-12-31", "2026-11-21"),
        ("2027-12-31", "2037-12-31"),
        ("2027-12-31", '"when we like"'),
        ("2027-12-31", "20271231"),
        ("2027-12-31", '"20271231"'),
        ("2027-12-31", '"2027-12-31 oder so"'),
        ("2027-12-31", "2027-12-31T10:00:00"),
        ('"Made-up border service"', '["a", "b"]'),
        ('"Made-up border service"', "12"),
        ('"Made-up law on statistics, article 1"', "{ a = 1 }"),
        ("2027-12-31", '2027-12-31\ncorrects = "yes"'),
        ("2027-12-31", "2027-12-31\nnumbering = 2025"),
        ('"statistics"', '"control of stays"'),
    ],
)
def test_a_receipt_that_allows_the_wrong_thing_is_refused(old: str, new: str) -> None:
    """Retention that is past, longer than ten years, or no date; another purpose than statistics; a list, a number."""
    with pytest.raises(DeliveryRefused):
        read_record_receipt(RECEIPT.replace(old, new).encode(), "receipt.toml", DAY)
    assert read_record_receipt(RECEIPT.encode(), "receipt.toml", DAY).retention_until == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("mistake", "key"),
    [
        ("[columns]\nsurename = 'Фамилия'", "surename"),
        ("[codes.direction]\n'въезд' = 'in'", "codes.direction"),
        ("[form]\nencoding = 'utf-9'", "encoding"),
        ("[form]\ndates = 'the usual'", "dates"),
        ("[form]\nkind = 'fixed_width'", "layout"),
        ("[database]\ntable = 'a'\nquery = 'b'", "database"),
        ("[columns]\nsurname = 'A'\nport = 'a'", "surname"),
        ("[nonsense]", "nonsense"),
    ],
)
def test_a_mistake_in_a_mapping_file_is_named(mistake: str, key: str) -> None:
    """One message with the key."""
    with pytest.raises(SettingsInvalid, match=key):
        read_record_mapping(mistake.encode(), "mapping.toml", FORM)


def _collect(folder: Path, file: Path) -> list[str]:
    if not (folder / "guzar.keys").exists():
        new_keyring(folder / "guzar.keys", made_on=RECEIVED, entropy=b"k" * 32)
    write_receipt(folder)
    return [
        "collect",
        "borders",
        str(file),
        "--workspace",
        str(folder / "work"),
        "--keys",
        str(folder / "guzar.keys"),
        "--receipt",
        str(folder / "receipt.toml"),
    ]


def test_the_command_takes_records_in_and_seals_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is opened with the key is what was delivered; the same bytes again add nothing; no name stands in clear."""
    given = made_up_crossings(30, 5)
    file = _file(tmp_path, "march.csv", as_csv(given))
    for said in ("30 records kept", "held already"):
        with pytest.raises(SystemExit) as ended:
            main(_collect(tmp_path, file))
        assert ended.value.code == 0
        assert said in capsys.readouterr().out
    workspace = open_workspace(tmp_path / "work")
    from guzar.store.keyring import open_keyring

    keyring = open_keyring(tmp_path / "guzar.keys", workspace=workspace.path)
    identities = read_identities(workspace.path, keyring, on=RECEIVED)
    assert sorted(identities["surname"].to_list()) == sorted(given["surname"].to_list())
    delivery = next(entry for entry in zone_entries(workspace.path) if entry.kind == "delivery")
    assert open_entry(workspace.path, delivery, keyring) == file.read_bytes()
    kept = workspace.read("collect", "crossings")
    assert kept is not None
    assert set(kept.collect()["record_id"]) == set(identities["record_id"])
    stored = b"".join(path.read_bytes() for path in workspace.path.rglob("*") if path.is_file())
    assert not [name for name in given["surname"].to_list() if name.encode() in stored]


@pytest.mark.parametrize("missing", ["--keys", "--receipt"])
def test_records_are_refused_without_keys_or_receipt(missing: str, tmp_path: Path) -> None:
    """Nothing is made: not even the workspace."""
    words = _collect(tmp_path, _file(tmp_path, "march.csv", as_csv(made_up_crossings(3, 1))))
    at = words.index(missing)
    with pytest.raises(SystemExit) as ended:
        main(words[:at] + words[at + 2 :])
    assert ended.value.code in (2, 3)
    assert not (tmp_path / "work").exists()


def test_a_kill_in_the_middle_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    """Killed at three moments; each time the run after it ends in the tree of an undisturbed run."""
    file = _file(tmp_path, "march.csv", as_csv(made_up_crossings(3000, 8)))
    words = _collect(tmp_path, file)
    expected = _undisturbed(words)
    for moment in range(3):
        _remove(tmp_path / "work")
        run = subprocess.Popen([sys.executable, "-m", "guzar", *words], stdout=subprocess.DEVNULL)
        time.sleep(0.8 + 0.5 * moment)
        run.send_signal(signal.SIGKILL)
        run.wait()
        held = (
            list((tmp_path / "work" / "data").rglob("receipt.json")) if (tmp_path / "work").exists() else []
        )
        assert len(held) <= 1
        assert _undisturbed(words) == expected


def _undisturbed(words: list[str]) -> dict[str, bytes]:
    subprocess.run([sys.executable, "-m", "guzar", *words, "--quiet"], check=True)
    work = Path(words[words.index("--workspace") + 1])
    files = (path for path in work.rglob("*") if path.is_file())  # nothing half-made is left either
    return {path.relative_to(work).as_posix(): path.read_bytes() for path in files}


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def test_an_answer_of_any_length_is_read_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks smaller than the file give the same rows; a quoted cell may run over the end of a block."""
    from guzar.collect import record_text

    given = made_up_crossings(200, 9).with_columns(given_name=pl.lit('A "quoted", name'))
    file = _file(tmp_path, "a.csv", as_csv(given))
    whole = _kept(file)
    monkeypatch.setattr(record_text, "BLOCK_BYTES", 1000)
    assert _kept(file).equals(whole)
    assert whole.height == 200
