"""HTML that people wrote, as a Word file that python-docx reads."""

from __future__ import annotations

from docx import Document

from yanxiu.core.word import WordFile

TABLE = (
    "<table><tr><th>环节</th><th colspan=2>活动</th></tr>"
    "<tr><td rowspan=2>导入</td><td>教师</td><td><p>算账</p><p>看图</p></td></tr>"
    "<tr><td>学生</td><td></td></tr>"
    "<tr><td colspan=3>小结<table><tr><td>内</td></tr></table></td></tr></table>"
)


def written(tmp_path, html: str):
    target = tmp_path / "x.docx"
    with WordFile(target) as word:
        word.html(html)
    return Document(target)


def test_cells_reach_over_columns_and_rows_and_hold_what_was_in_them(tmp_path):
    [table] = written(tmp_path, TABLE).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [
        ["环节", "活动", "活动"],
        ["导入", "教师", "算账\n看图"],
        ["导入", "学生", ""],
        ["小结\n"] * 3,
    ]
    assert table.rows[3].cells[0].tables[0].rows[0].cells[0].text == "内"


def test_columns_have_the_widths_that_what_stands_in_them_asks_for(tmp_path):
    steps = "<tr><td>导入</td><td rowspan=2>" + "看图说话，" * 30 + "</td></tr><tr><td>小结</td></tr>"
    document = written(tmp_path, f"<table></table><table>{steps}</table><table><tr><td>甲</td><td>乙</td></tr></table>")
    _empty, uneven, even = document.tables
    short, long = (column.width for column in uneven.columns)
    assert short * 5 < long
    assert [[cell.width for cell in row.cells] for row in uneven.rows] == [[short, long]] * 2
    assert {cell.paragraphs[0].style.name for cell in uneven.rows[0].cells} == {"Cell"}
    assert len({column.width for column in even.columns}) == 1


def test_a_formula_is_one_that_word_can_edit(tmp_path):
    half = "<math><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac><msup><mi>x</mi><mn>2</mn></msup></mrow></math>"
    more = (
        "<math><msqrt><mi>a</mi><mo>&lt;</mo><mi>b</mi></msqrt><mtable><mtr><mtd><mn>3</mn></mtd></mtr></mtable></math>"
    )
    document = written(tmp_path, f"<p>体积{half}，{more}</p><p><math><mfrac><mn>7</mn></p>")
    first, *_rest, last = document.paragraphs
    assert first.text.startswith("体积")
    parts = [element.tag.rpartition("}")[2] for element in first._p.iter() if "/math}" in element.tag]
    assert parts[:6] == ["oMath", "f", "num", "r", "t", "den"]
    assert {"sSup", "sup", "rad", "degHide", "m", "mr"} <= set(parts)
    assert "7" in "".join(last._p.itertext())
    proposed = written(tmp_path, f'<p><ins data-change="李强" data-at="0">{half}</ins></p>').paragraphs[0]._p
    assert [
        element.getparent().tag.rpartition("}")[2] for element in proposed.iter() if element.tag.endswith("oMath")
    ] == ["ins"]


def test_lists_are_counted_by_word_and_boxes_marks_and_places_are_kept(tmp_path):
    document = written(
        tmp_path,
        '<h3>待办</h3><ol start="3"><li><p>三</p></li><li><p>四</p></li></ol><ul><li><p>甲</p><ul><li>乙</li></ul></li></ul>'
        '<ul class="task-list"><li><span class="task-box" data-done="true"></span><div><p>发预习单</p></div></li></ul>'
        '<p class="align-center"><mark>中</mark><strong>间</strong></p>',
    )
    found = [(each.text, each.style.name) for each in document.paragraphs]
    plain = ["三", "四", "甲", "乙", "☑ 发预习单", "中间"]
    assert found == [("待办", "Heading 3"), *((text, "Normal") for text in plain)]
    items = [each._p.pPr.numPr for each in document.paragraphs]
    assert [(item.numId.val, item.ilvl.val) if item is not None else None for item in items] == [
        None, (2, 0), (2, 0), (1, 0), (1, 1), None, None,
    ]  # fmt: skip
    [start] = document.part.numbering_part.element.xpath("w:num[@w:numId='2']//w:startOverride/@w:val")
    assert start == "3"
    last = document.paragraphs[-1]
    assert last.alignment is not None
    assert [(run.text, bool(run.bold), run.font.highlight_color is not None) for run in last.runs] == [
        ("中", False, True),
        ("间", True, False),
    ]
