"""修订 about paragraphs: on which side, in which list, of which level; in the plan, in Word and back."""

from __future__ import annotations

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from tests.lessonplans.test_suggesting import text
from yanxiu.core.word import WordFile
from yanxiu.lessonplans.document.html import plain_text, render_html, render_proposed
from yanxiu.lessonplans.document.nodes import Node, doc, numbered, paragraph, section, tasks
from yanxiu.lessonplans.document.remarks import count_suggestions
from yanxiu.lessonplans.document.suggesting import as_accepted, as_undecided, has_suggestions
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.word_import import DECIDED, arranged, decided_in
from yanxiu.resources.extraction.word_blocks import read_blocks

pytestmark = pytest.mark.once
AT = 1790000000000
UL, OL = "bulletList", "orderedList"


def hand(number: str, name: str = "王丽") -> Node:
    return {"id": number, "author": 7, "name": name, "at": AT}


def place(kind: str, level: int) -> Node:
    return {"list": kind, "level": level}


def moved(words: str, number: str, was: Node, comes: Node) -> Node:
    return {"type": "paragraph", "attrs": {"relist": {**hand(number), **comes, "was": was}}, "content": [text(words)]}


def listed(kind: str, *items: Node | list[Node]) -> Node:
    blocks = [item if isinstance(item, list) else [item] for item in items]
    return {"type": kind, "content": [{"type": "listItem", "content": block} for block in blocks]}


def side(words: str, comes: str, was: str = "left", number: str = "s") -> Node:
    attrs = {"realign": {**hand(number, "李强"), "align": comes, "was": was}}
    return {
        "type": "paragraph",
        "attrs": attrs | ({} if was == "left" else {"textAlign": was}),
        "content": [text(words)],
    }


OUT, DEEP, SHALLOW, COUNTED = place("", 0), place(UL, 1), place(UL, 0), place(OL, 0)
SUGGESTED = doc(
    section(
        "goals",
        "教学目标（核心素养）",
        "",
        side("居中的话", "center"),
        side("回到左边", "left", "right", "t"),
        listed(
            UL,
            paragraph("会认"),
            moved("会写", "a", SHALLOW, DEEP),
            [paragraph("会背"), listed(UL, moved("会默", "b", DEEP, SHALLOW))],
            moved("会讲", "c", SHALLOW, OUT),
        ),
        moved("先读", "d", OUT, COUNTED),
        moved("再说", "d", OUT, COUNTED),
    )
)
SAYS = "居中的话\n回到左边\n会认\n会写\n会背\n会默\n会讲\n先读\n再说"


def test_a_paragraph_stands_elsewhere_only_once_that_is_accepted():
    kept = json_from_state(state_from_json(SUGGESTED))
    assert has_suggestions(kept)
    assert count_suggestions([kept]) == 6
    undecided = render_html(kept)
    assert render_html(as_undecided(kept)) == undecided
    assert "realign" not in str(as_undecided(kept))
    assert '<p>居中的话</p><p class="align-right">回到左边</p><ul><li><p>会认</p></li><li><p>会写</p></li>' in undecided
    accepted = render_html(as_accepted(kept))
    assert (
        '<p class="align-center">居中的话</p><p>回到左边</p><ul><li><p>会认</p><ul><li><p>会写</p></li></ul></li>'
        "<li><p>会背</p></li><li><p>会默</p></li></ul><p>会讲</p><ol><li><p>先读</p></li><li><p>再说</p></li></ol>"
    ) in accepted
    assert plain_text(as_accepted(kept)).strip() == plain_text(kept).strip() == f"教学目标（核心素养）\n{SAYS}"
    assert not has_suggestions(as_accepted(kept))


def test_lists_beside_a_paragraph_that_moves_stay_as_they_are():
    """Lists go on in one another only through what joins them; what goes on an item, and tasks, stay with it."""
    quote: Node = {"type": "blockquote", "content": [listed(UL, moved("引", "q", SHALLOW, OUT))]}
    blocks = [
        numbered("一", "二"),
        numbered("另一"),
        tasks((True, "带书")),
        listed(UL, [moved("甲", "a", SHALLOW, OUT), listed(UL, paragraph("甲下")), paragraph("甲后")], paragraph("乙")),
        moved("丙", "b", OUT, place(UL, 3)),
        quote,
    ]
    accepted = as_accepted(doc(*blocks))["content"]
    html = render_html(doc(*accepted))
    assert html.startswith("<ol><li><p>一</p></li><li><p>二</p></li></ol><ol><li><p>另一</p></li></ol><ul class")
    assert html.endswith(
        "<p>甲</p><ul><li><p>甲下</p><p>甲后</p></li><li><p>乙</p><ul><li><p>丙</p></li></ul></li></ul>"
        "<blockquote><p>引</p></blockquote>"
    )
    odd = [place("table", 0), place(UL, -1), place(UL, 99), place("x", 0), {"list": []}]
    assert as_accepted(doc(*(moved("丁", "o", OUT, each) for each in odd))) == doc(*map(paragraph, "丁" * 5))


def column_table(*rows: tuple[str, ...]) -> Node:
    """A table of which `+words` come with their column and `-words` go with it."""
    signs = {"+": {"insertion": hand("in")}, "-": {"deletion": hand("out", "李强")}}

    def cell(words: str, kind: str) -> Node:
        attrs = {"colspan": 1, "rowspan": 1, **signs.get(words[:1], {})}
        return {"type": kind, "attrs": attrs, "content": [paragraph(words.lstrip("+-"))]}

    kinds = ["tableHeader", *["tableCell"] * (len(rows) - 1)]
    made = [
        {"type": "tableRow", "content": [cell(each, kind) for each in row]}
        for row, kind in zip(rows, kinds, strict=True)
    ]
    return {"type": "table", "content": made}


COLUMNS = doc(
    section(
        "process",
        "教学过程",
        "",
        column_table(
            ("环节", "+时间", "活动", "-意图"), ("导入", "+5 分钟", "看图", "-激趣"), ("新课", "+", "默读", "-")
        ),
        paragraph("完"),
    )
)


def rows_of(document: Node) -> list[list[str]]:
    [table] = [block for block in document["content"][0]["content"] if block["type"] == "table"]
    return [[plain_text(cell).strip() for cell in row["content"]] for row in table["content"]]


def test_columns_come_and_go_as_a_whole():
    kept = json_from_state(state_from_json(COLUMNS))
    assert (has_suggestions(kept), count_suggestions([kept])) == (True, 2)
    assert rows_of(as_undecided(kept)) == [["环节", "活动", "意图"], ["导入", "看图", "激趣"], ["新课", "默读", ""]]
    assert rows_of(as_accepted(kept)) == [["环节", "时间", "活动"], ["导入", "5 分钟", "看图"], ["新课", "", "默读"]]
    assert "时间" not in plain_text(kept)
    assert "时间" not in render_html(kept)
    assert not has_suggestions(as_accepted(kept))
    merged = column_table(("环节", "-意图"), ("导入", "-激趣"))
    whole = {"type": "tableRow", "content": [{**merged["content"][0]["content"][0]}]}
    whole["content"][0]["attrs"] = {"colspan": 2, "rowspan": 1, "colwidth": [80, 90], "deletion": hand("old")}
    wide = doc(section("process", "教学过程", "", {"type": "table", "content": [whole, *merged["content"]]}))
    [head, *_rest] = as_accepted(wide)["content"][0]["content"][0]["content"]
    assert head["content"][0]["attrs"] == {"colspan": 1, "rowspan": 1, "colwidth": [80]}
    only = doc(section("process", "教学过程", "", column_table(("-甲",), ("-乙",)), paragraph("完")))
    assert [block["type"] for block in as_accepted(only)["content"][0]["content"]] == ["paragraph"]


def test_columns_are_words_own_and_come_back(tmp_path):
    read = written(tmp_path, COLUMNS)
    body = Document(str(tmp_path / "plan.docx")).element.body
    told = [(each.tag, each.get(qn("w:author"))) for each in body.iter(qn("w:cellIns"), qn("w:cellDel"))]
    assert told == [(qn("w:cellIns"), "王丽"), (qn("w:cellDel"), "李强")] * 3
    assert all(each.getparent().tag == qn("w:tcPr") for each in body.iter(qn("w:cellIns")))
    back = doc(arranged(read["blocks"]).section("process"))
    assert count_suggestions([back]) == 2
    assert rows_of(as_accepted(back)) == rows_of(as_accepted(COLUMNS))
    assert rows_of(as_undecided(back)) == rows_of(as_undecided(COLUMNS))


def written(tmp_path, document: Node) -> dict:
    with WordFile(tmp_path / "plan.docx") as word:
        word.html(render_proposed(document))
    return read_blocks(str(tmp_path / "plan.docx"), str(tmp_path))


def test_formats_are_words_own_and_come_back(tmp_path):
    back = doc(arranged(written(tmp_path, SUGGESTED)["blocks"]).section("goals"))
    assert render_html(back) == render_html(SUGGESTED)
    assert render_html(as_accepted(back)) == render_html(as_accepted(SUGGESTED))
    changes = [*Document(str(tmp_path / "plan.docx")).element.iter(qn("w:pPrChange"))]
    assert [each.get(qn("w:author")) for each in changes] == ["李强"] * 2 + ["王丽"] * 5
    assert len({each.get(qn("w:id")) for each in changes}) == 7
    first, second = changes[:2]
    assert first.getparent().find(qn("w:jc")).get(qn("w:val")) == "center"
    assert first.find(f"{qn('w:pPr')}/{qn('w:jc')}") is None
    assert second.find(f"{qn('w:pPr')}/{qn('w:jc')}").get(qn("w:val")) == "right"
    again = written(tmp_path, back)["blocks"]
    assert again == written(tmp_path, SUGGESTED)["blocks"]


NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
SPACING = "<w:spacing w:line='360'/>"


def file_of(tmp_path, *blocks: str) -> str:
    """A Word file with these blocks; `@` stands for whose a change is."""
    document = Document()
    for block in blocks:
        name, rest = block.split(">", 1)
        xml = f"{name} {NAMESPACES}>{rest}".replace("@", 'w:author="王丽" w:id="1"')
        document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))
    document.save(str(tmp_path / "file.docx"))
    return str(tmp_path / "file.docx")


def test_changes_that_no_plan_can_hold_open_are_named(tmp_path):
    words = "<w:r><w:t>字</w:t></w:r>"
    blocks = [
        f"<w:p><w:pPr>{SPACING}<w:pPrChange @><w:pPr/></w:pPrChange></w:pPr>{words}</w:p>",
        # As Word writes an item that is moved: its indent belongs to it.
        f"<w:p><w:pPr><w:ind w:left='420'/><w:jc w:val='center'/><w:pPrChange @><w:pPr/></w:pPrChange></w:pPr>{words}</w:p>",
        f"<w:p><w:pPr>{SPACING}<w:pPrChange @><w:pPr>{SPACING}</w:pPr></w:pPrChange></w:pPr>{words}</w:p>",
        "<w:p><w:r><w:rPr><w:sz w:val='36'/><w:rPrChange @><w:rPr/></w:rPrChange></w:rPr><w:t>大</w:t></w:r></w:p>",
        "<w:p><w:r><w:rPr><w:b/><w:rPrChange @><w:rPr/></w:rPrChange></w:rPr><w:t>粗</w:t></w:r></w:p>",
        "<w:p><w:ins @><w:r><w:t>上</w:t><w:br/><w:t>下</w:t></w:r></w:ins><w:del @><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></w:del></w:p>",
        f"<w:p><w:pPr><w:rPr><w:ins @/></w:rPr></w:pPr>{words}</w:p>",
        (
            "<w:tbl><w:tblPr><w:tblPrChange @><w:tblPr/></w:tblPrChange></w:tblPr><w:tr>"
            "<w:tc><w:tcPr><w:gridSpan w:val='2'/><w:cellIns @/></w:tcPr><w:p/></w:tc>"
            "<w:tc><w:tcPr><w:cellMerge @ w:vMerge='cont'/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>"
        ),
    ]
    read = read_blocks(file_of(tmp_path, *blocks), str(tmp_path))
    told = dict(read["decided"])
    assert told == dict.fromkeys(
        ("paragraph", "look", "break", "formula", "split", "table", "merged-column", "merge"), 1
    )
    assert set(told) < set(DECIDED)
    side, bold, words_put = 1, 1, 1
    assert count_suggestions(read["blocks"]) == side + bold + words_put


def test_changes_in_titles_are_named_too(tmp_path):
    put = "<w:ins @><w:r><w:t>与要求</w:t></w:r></w:ins>"
    title = f"<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>教学目标</w:t></w:r>{put}</w:p>"
    path = file_of(tmp_path, title, "<w:p><w:r><w:t>会写字</w:t></w:r></w:p>")
    read = read_blocks(path, str(tmp_path))
    assert decided_in(read, arranged(read["blocks"])) == (("课题和各部分标题里的修订", 1),)
    assert decided_in(written(tmp_path, SUGGESTED), arranged(written(tmp_path, SUGGESTED)["blocks"])) == ()
