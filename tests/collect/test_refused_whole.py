"""What breaks a workspace, a stored table or the program must be refused before anything is stored."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from tests.collect.test_own_table import HEAD, LONG, WHAT, collect, figures

from guzar import journey
from guzar.collect import file_kinds, quarantine
from guzar.collect.delivery import Delivery, stored_name
from guzar.collect.file_kinds import kind_of
from guzar.collect.grid import read_sheet, sheet_names
from guzar.collect.mapping import read_mapping
from guzar.define import columns
from guzar.errors import DeliveryRefused, SettingsInvalid
from guzar.journey.collecting import originals_of

GOOD = "Страна;Год;Число\nРоссия;2023;1\n"


@pytest.mark.parametrize("period", ["0000", "9999", "２０２０", "1799", "2020-2019", "2201"])
def test_a_period_that_no_calendar_has_is_refused_and_the_workspace_stays_readable(
    tmp_path: Path, period: str
) -> None:
    place, done = collect(tmp_path, f"{GOOD}Грузия;{period};5\n".encode(), LONG)
    assert (done.kept, done.refused) == (1, 1)
    assert set(done.reasons) <= {quarantine.UNKNOWN_PERIOD, quarantine.BACKWARDS}
    assert figures(place)["area"].to_list() == ["RUS"]


def test_what_cannot_become_observations_is_refused_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> pl.DataFrame:
        raise pl.exceptions.ComputeError("two values")

    from guzar.journey import collecting

    monkeypatch.setattr(collecting, "PROCESSED", {"published_figures": ("observations", breaks)})
    with pytest.raises(DeliveryRefused, match="nothing of it is stored"):
        collect(tmp_path, GOOD.encode(), LONG)
    assert not (tmp_path / "work" / "data").exists()


@pytest.mark.parametrize("scale", ["1" + "0" * 307, "1000"])
def test_a_number_that_its_scale_makes_infinite_is_refused(tmp_path: Path, scale: str) -> None:
    text = f"{GOOD}Грузия;2023;1{'0' * 306}\n".replace("Россия;2023;1", "Россия;2023;0")
    place, done = collect(tmp_path, text.encode(), f'{LONG}scale = "{scale}"\n')
    assert dict(done.reasons) == {quarantine.OUT_OF_RANGE: 1}
    assert figures(place)["value"].to_list() == [0]


@pytest.mark.parametrize(
    "edition", ["2024-13", "2024-02-30", "2023-02-29", "1900-02-29", "9999", "0000", "２０２４", "2024-04-31"]
)
def test_an_edition_is_a_date_of_the_calendar(tmp_path: Path, edition: str) -> None:
    assert not re.fullmatch(columns.EDITION, edition)
    with pytest.raises(SettingsInvalid):
        collect(tmp_path, GOOD.encode(), LONG.replace("2024-02", edition))


@pytest.mark.parametrize(
    "edition", ["2024", "2024-12", "2024-02-29", "2000-02-29", "2199-12-31", "2023-06-30"]
)
def test_real_dates_are_editions(edition: str) -> None:
    assert re.fullmatch(columns.EDITION, edition)


def test_an_own_table_is_not_published_in_the_future(tmp_path: Path) -> None:
    collect(tmp_path, GOOD.encode(), LONG.replace("2024-02", "2024-04-01"))  # received on 1 March
    with pytest.raises(SettingsInvalid, match="lies in the future"):
        collect(tmp_path / "later", GOOD.encode(), LONG.replace("2024-02", "2024-04-02"))


@pytest.mark.parametrize(
    "name", ["published_figures.parquet", "receipt.json", "mapping.toml", "refused_rows.parquet"]
)
def test_a_delivery_cannot_overwrite_stored_tables_by_its_name(tmp_path: Path, name: str) -> None:
    place, _ = collect(tmp_path, GOOD.encode(), LONG, name)
    held = next(place.editions("collect", "published"))
    assert held.receipt()["file"] == name
    assert (held.folder / "mapping.toml").read_text(encoding="utf-8") == LONG
    assert pl.read_parquet(held.folder / "published_figures.parquet").height == 1
    assert (held.folder / "original" / name).read_bytes() == GOOD.encode()
    assert held.folder / "original" / name in originals_of(held)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../x.csv", "x.csv"),
        (r"..\..\x.csv", "x.csv"),
        (".hidden", "hidden"),
        ("con.csv", "_con.csv"),
        ("", "delivery"),
        ("LPT1", "_LPT1"),
        ("a\x00b.csv", "a_b.csv"),
        ("тариф.xlsx", "тариф.xlsx"),
        ("x" * 300 + ".xlsx", "x" * 115 + ".xlsx"),
    ],
)
def test_stored_names_are_plain_file_names(name: str, stored: str) -> None:
    assert stored_name(name) == stored


def workbook(*cells: tuple[int, int, object]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("T")
        for row, column, content in [(0, 0, "Страна"), (0, 1, "Год"), (0, 2, "Число"), *cells]:
            if isinstance(content, tuple):
                sheet.write_formula(row, column, content[0], None, content[1])
            else:
                sheet.write(row, column, content)
    return made.getvalue()


def test_a_stray_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="1048576 rows and 256 columns"):
        collect(tmp_path, workbook((1_048_575, 255, 1)), LONG, "table.xlsx")


def test_format_without_content_counts_for_nothing() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("T")
        sheet.write(0, 0, "x")
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert read_sheet(Delivery("t.xlsx", made.getvalue()), "T").width == 1


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
def test_an_error_cell_is_quarantined_and_no_blank(tmp_path: Path, error: str) -> None:
    content = workbook(
        (1, 0, "Россия"), (1, 1, 2023), (1, 2, 5), (2, 0, "Грузия"), (2, 1, 2023), (2, 2, ("=A1/0", error))
    )
    place, done = collect(tmp_path, content, LONG, "table.xlsx")
    assert dict(done.reasons) == {quarantine.NOT_A_NUMBER: 1}
    refused = pl.read_parquet(next(place.editions("collect", "published")).folder / "refused_rows.parquet")
    assert error in refused["row_content"][0]


def with_parts(archive: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The archive with every part passed through `change`."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return made.getvalue()


ROW_WITH_FORMULA = ((1, 0, "Россия"), (1, 1, 2023), (1, 2, ("=1+1", 2)))


@pytest.mark.parametrize("left", [b"", b"<v/>", b"<v></v>", b"<v />"])
def test_formulas_without_a_result_are_refused_by_every_reader(tmp_path: Path, left: bytes) -> None:
    """As programs write them that do not calculate; a reader of a publisher's workbook refuses them too."""
    content = with_parts(workbook(*ROW_WITH_FORMULA), lambda _, part: part.replace(b"<v>2</v>", left))
    with pytest.raises(DeliveryRefused, match="formulas without a result: 1"):
        collect(tmp_path, content, LONG, "table.xlsx")
    with pytest.raises(DeliveryRefused, match="formulas without a result: 1"):
        read_sheet(Delivery("published.xlsx", content), "T")


def test_a_shared_formula_without_a_result_is_refused() -> None:
    content = with_parts(
        workbook(*ROW_WITH_FORMULA),
        lambda _, part: part.replace(b"<f>1+1</f><v>2</v>", b'<f t="shared" si="0"/>'),
    )
    with pytest.raises(DeliveryRefused, match="formulas without a result: 1"):
        read_sheet(Delivery("published.xlsx", content), "T")


def test_an_empty_text_is_a_result_of_a_formula() -> None:
    """=IF(A1="";"";A1) is stored by Excel as an empty text."""
    content = with_parts(
        workbook(*ROW_WITH_FORMULA),
        lambda _, part: part.replace(b'<c r="C2"><f>', b'<c r="C2" t="str"><f>').replace(
            b"<v>2</v>", b"<v></v>"
        ),
    )
    assert read_sheet(Delivery("t.xlsx", content), "T").cells(2) == ["Россия", "2023", ""]
    assert read_sheet(Delivery("t.xlsx", workbook(*ROW_WITH_FORMULA)), "T").cells(2)[2] == "2"


def test_a_binary_workbook_is_refused_with_a_way_out(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    with pytest.raises(DeliveryRefused, match=r"save it as \.xlsx"):
        collect(tmp_path, made.getvalue(), LONG, "table.xlsb")


ODS_ROWS = (
    '<table:table-row><table:table-cell office:value-type="string"><text:p>Страна</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>Год</text:p></table:table-cell>'
    '<table:table-cell office:value-type="string"><text:p>Число</text:p></table:table-cell></table:table-row>'
    '<table:table-row><table:table-cell office:value-type="string"><text:p>Россия</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float" office:value="2023"><text:p>2023</text:p></table:table-cell>'
    "{last}</table:table-row>{more}"
)
FIVE = '<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>'


def open_document(last: str = FIVE, more: str = "") -> bytes:
    """An .ods file with a table of two rows; `last` is its last cell, `more` the rows below."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    rows = ODS_ROWS.format(last=last, more=more)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="T">'
            f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return made.getvalue()


def test_an_open_document_is_read(tmp_path: Path) -> None:
    """Empty rows repeated down to the end of the sheet, as LibreOffice writes them, count for nothing."""
    empty = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    place, done = collect(tmp_path, open_document(more=empty), LONG, "table.ods")
    assert (done.kept, done.refused) == (1, 0)
    assert figures(place)["value"].to_list() == [5]


def test_an_open_document_larger_than_a_table_is_refused_before_it_is_opened() -> None:
    wide = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell office:value-type="float"'
    wide += ' office:value="1" table:number-columns-repeated="16000"/></table:table-row>'
    with pytest.raises(DeliveryRefused, match="1048572 rows and 16000 columns"):
        sheet_names(Delivery("bomb.ods", open_document(more=wide)))


def test_an_open_document_with_a_formula_that_nothing_calculated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="formulas without a result: 1"):
        collect(tmp_path, open_document('<table:table-cell table:formula="of:=1+1"/>'), LONG, "table.ods")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 no workbook", file_kinds.ZIP),
        (b"\xd0\xcf\x11\xe0 broken", file_kinds.OLD_OFFICE),
        (b"\n<!DOCTYPE html><table>", file_kinds.HTML),
        (b"<HTML lang='ru'>", file_kinds.HTML),
        (b"%PDF-1.7", file_kinds.PDF),
        (b"a;b\x00c", file_kinds.BINARY),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        collect(tmp_path, content, LONG, "table.xls")
    assert kind in str(refusal.value)


def test_text_has_no_kind_but_utf_16_does() -> None:
    assert kind_of(GOOD.encode("windows-1251")) == ""
    assert kind_of(GOOD.encode("utf-16")) == file_kinds.UTF_16


WRONG_LINES = [
    (LONG.replace('edition = "2024-02"', "edition = true"), "[source] edition"),
    (LONG.replace('edition = "2024-02"', "edition = 2024-02-03T10:00:00"), "[source] edition"),
    (LONG.replace('decimal = ","', 'last_row = "x"'), "[table] last_row"),
    (LONG.replace('decimal = ","', "missing = [5]"), "[table] missing"),
    (LONG.replace('values = "Число"', "values = 3"), "[columns] values"),
    ('definition = "x"\n' + LONG.removesuffix(WHAT), "[definition]"),
    (LONG.replace('decimal = ","', 'encoding = "utf-8\\u0000"'), "[table] encoding"),
    (LONG.replace('decimal = ","', 'decimal = ","\nthousands = ","'), "[table] thousands"),
    (LONG.replace('decimal = ","', 'decimal = "5"'), "[table] decimal"),
    (HEAD.replace('id = "made_up"', 'id = "con"') + LONG.removeprefix(HEAD), "[source] id"),
    (LONG.replace('id = "made_up_citizens"', 'id = "com1"'), "[definition] id"),
    (LONG + "scale = 0\n", "[definition] scale"),
    (LONG + "scale = -1\n", "[definition] scale"),
    (LONG + "scale = inf\n", "[definition] scale"),
    (LONG + f'scale = "1{"0" * 309}"\n', "[definition] scale"),
    (LONG.replace('area = "Страна"\n', "") + '[constants]\narea = "_Z"\n', "area"),
    (LONG.replace('area = "Страна"\n', "") + '[constants]\narea = "_T"\n', "area"),
    (LONG.replace("https://example.org", "javascript:alert(1)"), "[source] address"),
    (LONG.replace('title = "Table"', 'title = "=HYPERLINK(1)"'), "[source] title"),
    (LONG.replace('publisher = "Office"', 'publisher = " @Office"'), "[source] publisher"),
    (LONG.replace("counted on 1 January", "+1"), "[definition] rule"),
    (LONG + 'name_en = "-1"\n', "[definition] name_en"),
    (LONG + "[codes]\narea = 5\n", "[codes.area]"),
]


@pytest.mark.parametrize(("mapping", "key"), WRONG_LINES, ids=range(len(WRONG_LINES)))
def test_a_line_of_the_wrong_kind_is_named_and_stores_nothing(tmp_path: Path, mapping: str, key: str) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        collect(tmp_path, GOOD.encode(), mapping)
    assert f"table.toml, {key}" in str(refusal.value)
    assert not (tmp_path / "work" / "data").exists()


@pytest.mark.parametrize(
    ("told", "edition"), [("2024", "2024"), ("2024-02-03", "2024-02-03"), ('"2024-02"', "2024-02")]
)
def test_numbers_and_dates_are_editions(told: str, edition: str) -> None:
    assert (
        read_mapping(LONG.replace('edition = "2024-02"', f"edition = {told}").encode(), "m.toml").edition
        == edition
    )


def test_the_area_of_no_area_is_quarantined(tmp_path: Path) -> None:
    _, done = collect(tmp_path, f"{GOOD}_Z;2023;5\n_T;2023;6\n".encode(), LONG)
    assert dict(done.reasons) == {quarantine.UNKNOWN_AREA: 2}


def test_the_same_bytes_under_another_edition_are_answered_with_the_edition_that_holds_them(
    tmp_path: Path,
) -> None:
    place, _ = collect(tmp_path, GOOD.encode(), LONG)
    again = journey.collect_described(
        place,
        "own_table",
        Delivery("table.csv", GOOD.encode()),
        read_mapping(LONG.encode(), "table.toml"),
        received="2024-03-01",
        edition="2023",
    )
    assert (again.is_new, again.edition) == (False, "2024-02")
    assert "as made_up, edition 2024-02" in again.held_already.format(**vars(again))
