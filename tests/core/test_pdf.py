"""PDF files: Chinese that can be read, searched and broken into lines as it should be, in files that stay small."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader

from yanxiu.core import pdf as module
from yanxiu.core.pdf import PdfFile
from yanxiu.core.pdf_lines import lines_of
from yanxiu.core.pdf_text import Grid, Paragraph, Run, Shown, blocks_in

pytestmark = pytest.mark.once

HTML = (
    "<p>你好 <strong>大家</strong>，H<sub>2</sub>O</p><ul><li><p>一</p></li><li>二<ol><li>甲</li></ol></li></ul>"
    '<blockquote><p>引用</p></blockquote><p><img src="/a" alt="板书"></p>'
    '<table><tr><th>环节</th><th>说明</th></tr><tr><td colspan="2">导入<img src="/b" alt="图"></td></tr></table>'
)


def picture(_address):
    out = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGBA").save(out, "PNG")
    out.seek(0)
    return out


def read(folder, parts):
    return [PdfReader(io.BytesIO(part.read_bytes())) for part in parts]


def test_what_was_written_is_there_as_text_with_its_pictures(tmp_path):
    with PdfFile(tmp_path, "题目") as pdf:
        pdf.title("大单元备课：《三国》怎么教？")
        pdf.red_head("研修简报", "第 3 期", "主办：青山镇中心小学", "2026年11月22日")
        pdf.html(HTML, picture)
        pdf.html('<img src="/gone" alt="没有了">')
        pdf.table([("项目", "内容"), ("罕见字", "𠮷祥")])
    (opened,) = read(tmp_path, pdf.parts)
    text = "".join(page.extract_text() for page in opened.pages)
    for words in ("大单元备课：《三国》怎么教？", "第 3 期", "2026年11月22日", "你好 大家", "• 一", "1. 甲", "导入"):
        assert words in text
    assert "［图片 没有了］" in text
    assert "〓祥" in text
    assert opened.metadata.title == "题目"
    assert sum(len(page.images) for page in opened.pages) == 2


def test_items_with_boxes_have_no_other_sign():
    task = '<ul class="task-list"><li><span data-done="true"></span><div><p>发预习单</p></div></li></ul>'
    assert [block.text for block in blocks_in(task)] == ["［√］发预习单"]


def test_html_is_read_in_its_order_whatever_it_leaves_open():
    kinds = [type(block) for block in blocks_in(HTML)]
    assert kinds == [Paragraph, Paragraph, Paragraph, Paragraph, Paragraph, Shown, Grid]
    for broken in ("<td>甲", "<table>乙</table>", "<table><tr><td><table><tr><td>丙", "<ul><li>丁<table><tr><th>戊"):
        text = "".join(
            block.text
            if isinstance(block, Paragraph)
            else "".join(each.text for row in block.rows for cell in row for each in cell.paragraphs)
            for block in blocks_in(broken)
        )
        assert set("甲乙丙丁戊") & set(broken) == set("甲乙丙丁戊") & set(text), broken


def test_formulas_ticks_and_cells_that_reach_down_keep_their_meaning():
    half = "<mfrac><mn>1</mn><mn>2</mn></mfrac>"
    power = "<msup><mi>x</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msup>"
    ticks = "".join(f'<li><span data-done="{done}"></span><div><p>交稿</p></div></li>' for done in ("true", "false"))
    table = (
        '<table><tr><td rowspan="2">甲</td><td>乙</td></tr><tr><td>丙</td></tr><tr><td>丁</td><td>戊</td></tr></table>'
        '<table><tr><td colspan="06099">宽</td></tr></table>'
    )
    math = f"<p>取<math><mrow>{half}<mo>+</mo>{power}<msqrt><mn>3</mn></msqrt></mrow></math>。</p>"
    first, done, todo, grid, wide = blocks_in(f"{math}<ul>{ticks}</ul>{table}")
    assert first.text == "取1/2+x^(n+1)√(3)。"
    assert (done.text, todo.text) == ("• ［√］交稿", "• ［　］交稿")
    rows = [["".join(each.text for each in cell.paragraphs) for cell in row] for row in grid.rows]
    assert rows == [["甲", "乙"], ["", "丙"], ["丁", "戊"]]
    assert wide.columns == 1


def test_no_line_begins_with_a_comma_or_ends_with_an_opening_quote():
    text = "“引号”要放对，括号（也是）；" * 30 + "https://example.com/" + "a" * 300
    for width in range(60, 400, 17):
        lines = ["".join(atom.text for atom in line) for line in lines_of([Run(text)], 11, width)]
        assert "".join(lines) == text
        assert not [line for line in lines if line[0] in "，；）”" or line[-1] in "“（"]


def test_a_long_one_is_several_so_that_memory_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_PAGES", 3)
    with PdfFile(tmp_path, "长") as pdf:
        for number in range(400):
            pdf.paragraph(f"第 {number} 楼")
        pdf.table([("高", "窄"), ("一段很长的话。" * 400, "短")])
    parts = read(tmp_path, pdf.parts)
    assert len(parts) > 3
    assert all(len(part.pages) <= 3 for part in parts)
    text = "".join(page.extract_text() for part in parts for page in part.pages)
    assert all(f"第 {number} 楼" in text for number in range(400))
    assert text.replace("\n", "").count("一段很长的话。") > 300
