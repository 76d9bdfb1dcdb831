"""What a file says about itself on its first lines: proposed with the reason, and never in place of what is typed."""

from __future__ import annotations

import io

from tests.resources.matrix_textbooks import BOOKS
from tests.support.documents import docx_bytes, pptx_bytes
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.extraction.clues import clues_in, title_clue
from yanxiu.resources.extraction.intake import take_in
from yanxiu.resources.models import ResourceUpload
from yanxiu.resources.queries.guesses import guessed
from yanxiu.resources.services.textbooks import import_chains


def values(lines: list[str]) -> dict[str, str]:
    return {column: clue.value for column, clue in clues_in(lines).items()}


def test_labels_titles_and_publishers_are_understood_and_prose_is_not():
    table = ["教 案", "学科：数学  年级：4年级上册  教材：北京师范大学出版社", "课题：三位数乘两位数", "第五单元"]
    assert values(table) == {
        "kind": "plan", "subject": "数学", "grade": "四年级", "stage": "小学", "volume": "上册",
        "edition": "北师大版", "lesson": "三位数乘两位数", "unit": "第五单元",
    }  # fmt: skip
    senior = values(["高中物理 选择性必修 第一册", "教材：人教版"])
    assert (senior["stage"], senior["volume"], senior["edition"]) == ("高中", "选择性必修第一册", "人教版")
    prose = (
        "我们用科学的方法看一看课文里的语文要素，想一想艺术家和音乐家会怎么读这一段话，再写一写自己读到的和想到的东西。"
    )
    assert values([prose, prose, "练习是为了巩固", "这里有反思"]) == {"kind": "test"}
    assert clues_in(["《草船借箭》教学设计"])["lesson"].reason == "正文第一行有“《草船借箭》教学设计”"
    assert title_clue("新建 Microsoft Word 文档 (2)", ["赵州桥教学设计"]).value == "赵州桥教学设计"
    assert title_clue("赵州桥", ["另一个标题"]) is None


def test_the_catalog_knows_the_lesson_a_text_names_and_the_name_of_the_file_outweighs_it(ctx, cast):
    with unit_of_work():
        import_chains(None, cast.places["county"], BOOKS)
    county = cast.places["county"]
    guess, proposals = guessed(county, "IMG_01.docx", ["草船借箭", "第一课时"], {"subject": "数学"})
    assert (guess["title"], guess["lesson"], guess["subject"], guess["volume"]) == (
        "草船借箭",
        "草船借箭",
        "语文",
        "下册",
    )
    assert proposals["subject"] == {"value": "语文", "reason": "正文第一行有“草船借箭”"}
    guess, proposals = guessed(county, "三年级数学试卷.docx", ["五年级语文教学设计"], {})
    assert (guess["grade"], guess["subject"], guess["kind"]) == ("三年级", "数学", "test")
    assert {column: each["value"] for column, each in proposals.items()} == {
        "grade": "五年级", "stage": "小学", "subject": "语文", "kind": "plan",
    }  # fmt: skip


def test_the_card_shows_what_the_text_says_and_what_was_typed_stays(client_for, app):
    client = client_for("teacher")
    data = docx_bytes("五年级语文下册", heading="《草船借箭》教学设计")
    client.post("/resources/uploads", data={"files": (io.BytesIO(data), "文档1.docx")})
    page = client.get("/resources/new").text
    assert "正文第一行有“《草船借箭》教学设计”" in page
    assert 'value="草船借箭"' in page
    typed = {
        "upload": "1",
        "u1-title": "我的标题",
        "u1-grade": "三年级",
        "u1-visibility": "county",
        "u1-license": "county",
    }
    page = client.post("/resources", data=typed).text
    assert 'value="我的标题"' in page
    assert '<option selected value="三年级">' in page
    assert 'data-propose="u1-grade" data-value="五年级"' in page
    with app.app_context():
        assert db.session.get(ResourceUpload, 1).guess["kind"] == "plan"
    assert take_in(io.BytesIO(pptx_bytes("赵州桥")), "课.pptx").head[0] == "赵州桥"
