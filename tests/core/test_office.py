"""The check of Word and Excel files sees what those programs refuse, and what the forms ask of it at their limits."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests.support.office import check_office, check_office_in, office_problems
from yanxiu.core.word import WordFile
from yanxiu.core.word_sheets import Cell, head, shares


def word(tmp_path: Path, write: Callable[[WordFile], None]) -> bytes:
    target = tmp_path / "a.docx"
    with WordFile(target) as file:
        write(file)
    return target.read_bytes()


def other(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The same package with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as made:
        for name in package.namelist():
            body = package.read(name)
            made.writestr(name, change(body.decode()) if name == part else body)
    return out.getvalue()


@pytest.mark.once
def test_what_word_would_repair_is_seen(tmp_path):
    good = word(tmp_path, lambda file: file.sheet(shares(1, 2), [[head("名称"), Cell("内容")]], heads=1))
    check_office(good)
    document = "word/document.xml"

    def seen(old: str, new: str, part: str = document) -> str:
        broken = other(good, part, lambda text: text.replace(old, new, 1))
        assert broken != good
        found = office_problems(broken)
        assert found, (old, new)
        return found[0]

    assert "too late" in seen('<w:jc w:val="center"/></w:pPr>', '<w:jc w:val="center"/><w:keepNext/></w:pPr>')
    assert "too late" in seen("<w:vAlign", '<w:shd w:val="clear"/><w:tcW w:w="1" w:type="dxa"/><w:vAlign')
    assert "tblGrid" in seen('<w:tblGrid><w:gridCol w:w="2910"/><w:gridCol w:w="5820"/></w:tblGrid>', "")
    assert "columns" in seen('<w:gridCol w:w="2910"/>', "")
    assert "no style" in seen('<w:pStyle w:val="Cell"/>', '<w:pStyle w:val="Lost"/>')
    assert "is lost" in seen('<w:t xml:space="preserve">名称', "<w:t> 名称")
    assert "invalid token" in seen("名称", "\x0b")
    assert "end with a paragraph" in seen("</w:p></w:tc>", "</w:p><w:sdt/></w:tc>")
    assert "leads nowhere" in seen('r:id="rFooter"', 'r:id="rLost"')
    assert "two content types" in seen(
        "</Types>", '<Override PartName="/word/styles.xml"/>' * 2 + "</Types>", "[Content_Types].xml"
    )


@pytest.mark.once
def test_what_excel_would_repair_is_seen():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("结果")
        sheet.write_string(0, 0, "甲")
        sheet.write_formula(0, 1, "=LEN(结果!A1)", None, 1)
        sheet.merge_range(2, 0, 2, 1, "乙")
    good = out.getvalue()
    check_office(good)
    first = "xl/worksheets/sheet1.xml"

    def seen(part: str, old: str, new: str) -> str:
        found = office_problems(other(good, part, lambda text: text.replace(old, new, 1)))
        assert found, (old, new)
        return found[0]

    assert "sheet named" in seen("xl/workbook.xml", 'name="结果"', 'name="结果:一"')
    assert "sheet named" in seen("xl/workbook.xml", 'name="结果"', f'name="{"长" * 32}"')
    assert "no sheet" in seen(first, "结果!A1", "矩阵!A1")
    assert "broken" in seen(first, "LEN(结果!A1)", "LEN(结果!A1")
    assert "characters" in seen(first, "LEN(结果!A1)", f"LEN({'A1&amp;' * 3000}A1)")
    assert "string" in seen(first, "<v>0</v>", "<v>9</v>")
    assert "longer" in seen("xl/sharedStrings.xml", "甲", "字" * 32_768)
    assert "overlap" in seen(first, "</mergeCells>", '<mergeCell ref="B3:C4"/></mergeCells>')
    assert "does not belong" in seen(first, "</sheetData>", "</sheetData><sheetData2/>")
    assert "after" in seen(first, 'r="3"', 'r="1"')


@pytest.mark.once
def test_a_file_opens_in_the_present_mode_of_word_and_a_row_of_names_stays_with_what_it_names(tmp_path):
    rows = [[head("名称"), head("内容")], [head("甲"), Cell("乙")]]
    data = word(tmp_path, lambda file: file.sheet(shares(1, 1), rows, heads=1))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert 'w:name="compatibilityMode"' in package.read("word/settings.xml").decode()
        names, line = re.findall(r"<w:tr>.*?</w:tr>", package.read("word/document.xml").decode())
        assert "NUMPAGES" in package.read("word/footer1.xml").decode()
    assert (names.count("keepNext"), line.count("keepNext")) == (2, 0)
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as zipped:
        zipped.writestr("记录/a.docx", data)
    assert check_office_in(pack.getvalue()) == 1
