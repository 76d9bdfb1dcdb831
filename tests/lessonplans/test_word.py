"""Lesson plans as Word files."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm
from pycrdt import XmlFragment
from pypdf import PdfReader

from tests.lessonplans.matrix import png
from tests.support.lessonplans import make_plan
from yanxiu.core.db import db
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import current_unit_of_work, unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import plain_text
from yanxiu.lessonplans.document.restoring import filling_update
from yanxiu.lessonplans.document.sections import sections_of, words_of
from yanxiu.lessonplans.document.templates import LITERACY, filled_document
from yanxiu.lessonplans.document.ydoc import json_from_doc, json_from_state, load, state_from_json
from yanxiu.lessonplans.models import LessonPlan, PlanSnapshot
from yanxiu.lessonplans.queries import find_plan, revision_state, revisions_page, stored_document
from yanxiu.lessonplans.queries.word_files import word_of_plan
from yanxiu.lessonplans.views import fillings

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def cell(kind: str, text: str, wide: int = 1, high: int = 1) -> nodes.Node:
    return {"type": kind, "attrs": {"colspan": wide, "rowspan": high}, "content": [nodes.paragraph(text)]}


def row(*cells: nodes.Node) -> nodes.Node:
    return {"type": "tableRow", "content": list(cells)}


PROCESS = {
    "type": "table",
    "content": [
        row(cell("tableHeader", "环节"), cell("tableHeader", "教学活动", 2), cell("tableHeader", "设计意图")),
        row(cell("tableCell", "导入", high=2), cell("tableCell", "看插图"), cell("tableCell", "说人物"), cell("tableCell", "激趣", high=2)),
        row(cell("tableCell", "读课题", 2)),
        row(cell("tableCell", "小结", 4)),
    ],
}  # fmt: skip
ROWS = [
    ["环节", "教学活动", "教学活动", "设计意图"],
    ["导入", "看插图", "说人物", "激趣"],
    ["导入", "读课题", "读课题", "激趣"],
    ["小结"] * 4,
]
PINYIN = {"type": "text", "text": "瑜", "marks": [{"type": "pinyin", "attrs": {"text": "yú"}}]}
HALF = {"type": "formula", "attrs": {"tex": "\\frac{1}{2}", "display": False}}
STROKE = {"type": "stroke", "attrs": {"points": "10,10 900,500", "color": "red", "width": 6}}
BOARD = {"type": "board", "content": [STROKE, {"type": "boardText", "attrs": {"x": 40, "y": 60, "text": "神机妙算"}}]}


def full_document(image: str) -> nodes.Node:
    line = {"type": "paragraph", "content": [{"type": "text", "text": "周"}, PINYIN, HALF]}
    picture = {"type": "image", "attrs": {"src": image, "alt": "插图"}}
    content = {
        "goals": [nodes.numbered("会写十个字", "能复述故事"), nodes.bullets("**合作**朗读")],
        "learners": [line, picture],
        "process": [PROCESS],
        "board": [BOARD],
    }
    return filled_document(LITERACY, content)


@pytest.fixture
def written(app, cast) -> int:
    """A plan with everything in it."""
    with app.app_context(), unit_of_work():
        owner = cast.user("teacher")
        plan = make_plan(owner, "《草船借箭》第一课时", visibility="school", unit="第二单元")
        image = services.keep_image(owner, plan, receive_file(io.BytesIO(png()), "插图.png", "image/png"))
        snapshot = db.session.get_one(PlanSnapshot, plan.id)
        snapshot.state = state_from_json(full_document(f"/lesson-plans/{plan.id}/images/{image.id}"))
        services.save_revision(owner, plan, snapshot.state, "一稿")
        return plan.id


def test_a_plan_is_printed_from_word_without_touching_it(client_for, written):
    client = client_for("principal")
    answer = client.get(f"/lesson-plans/{written}.docx")
    assert unquote(answer.headers["Content-Disposition"]).endswith("《草船借箭》第一课时.docx")
    document = Document(io.BytesIO(answer.data))
    card, process = document.tables
    assert [[each.text for each in line.cells] for line in card.rows][2:] == [
        ["单元", "第二单元", "课时", "1 课时"],
        ["主备人", "李强", "学校", "青山镇中心小学"],
    ]
    assert [[each.text for each in line.cells] for line in process.rows] == ROWS
    assert [line._tr.find(f".//{qn('w:tblHeader')}") is not None for line in process.rows] == [True, *[False] * 3]
    paragraphs = {each.text: each for each in document.paragraphs}
    assert paragraphs["教学过程"].style.name.lower() == "heading 2"
    assert paragraphs["教学过程"].style.element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "宋体"
    assert [paragraphs[text]._p.pPr.numPr.numId.val for text in ("会写十个字", "能复述故事", "合作朗读")] == [2, 2, 1]
    [ruby] = document.element.iter(qn("w:ruby"))
    assert [each.text for each in ruby.iter(qn("w:t"))] == ["yú", "瑜"]
    assert len(list(document.element.iter(f"{MATH}f"))) == 1
    assert len(document.inline_shapes) == 2
    assert "板书上的字：神机妙算" in paragraphs
    answer = client.get(f"/lesson-plans/{written}.pdf?revision=1")
    assert unquote(answer.headers["Content-Disposition"]).endswith("《草船借箭》第一课时（一稿）.pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    words = "".join(page.extract_text() for page in pages)
    assert all(each in words for each in ("草船借箭", "青山镇中心小学", "版本：一稿", "会写十个字", ROWS[1][0]))
    assert sum(len(page.images) for page in pages) == 2
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert "PAGE" in section.footer._element.xml


def test_a_version_is_sent_under_its_name(client_for, written):
    client = client_for("teacher")
    answer = client.get(f"/lesson-plans/{written}.docx?revision=1")
    assert unquote(answer.headers["Content-Disposition"]).endswith("第一课时（一稿）.docx")
    assert any(each.text.startswith("版本：一稿") for each in Document(io.BytesIO(answer.data)).paragraphs)
    assert client.get(f"/lesson-plans/{written}.docx?comments=1").status_code == 200
    for other in (7, 10**20):
        assert client.get(f"/lesson-plans/{written}.docx?revision={other}").status_code == 404


def test_a_picture_that_is_named_like_a_drawing_is_left_out(ctx, written):
    pictures = [{"type": "image", "attrs": {"src": f"/board/{name}"}} for name in ("abc", "99")]
    file = word_of_plan(find_plan(written), nodes.doc(nodes.section("board", "板书", "", BOARD, *pictures)))
    assert len(Document(io.BytesIO(file)).inline_shapes) == 1


def read_in(client, data: bytes, name: str = "教案.docx"):
    return client.post("/lesson-plans/word", data={"file": (io.BytesIO(data), name)})


def taken_over(app, client, preview: str) -> nodes.Node:
    """The document of the plan that is made of what was shown."""
    token = re.search(r'name="token"[^>]*value="([^"]+)"', preview)[1]
    answer = client.post("/lesson-plans/word/plan", data={"token": token, "title": "读入的教案"})
    assert answer.status_code == 302
    with app.app_context():
        return json_from_state(stored_document(int(answer.location.rpartition("/")[2])).merged())


def of_kind(node: nodes.Node, kind: str) -> list[nodes.Node]:
    inner = [found for child in node.get("content", ()) for found in of_kind(child, kind)]
    return [node, *inner] if node.get("type") == kind else inner


def cells_of(table: nodes.Node) -> list[list[tuple[str, str, int, int]]]:
    return [
        [
            (each["type"], plain_text(each).strip(), each["attrs"]["colspan"], each["attrs"]["rowspan"])
            for each in line["content"]
        ]
        for line in table["content"]
    ]


def test_what_was_sent_as_word_is_read_in_again_the_same(app, client_for, written):
    client = client_for("teacher")
    preview = read_in(client, client.get(f"/lesson-plans/{written}.docx").data)
    assert preview.status_code == 200
    assert "《草船借箭》第一课时" in preview.text
    document = taken_over(app, client, preview.text)
    with app.app_context():
        before = sections_of(json_from_state(stored_document(written).merged()))
    after = sections_of(document)
    for key in ("goals", "learners", "process"):
        assert words_of(after[key]) == words_of(before[key])
    assert cells_of(of_kind(after["process"], "table")[0]) == cells_of(PROCESS)
    assert [list(map(plain_text, each["content"])) for each in of_kind(after["goals"], "orderedList")] == [
        ["会写十个字\n", "能复述故事\n"]
    ]
    assert [node["marks"] for node in of_kind(after["goals"], "text") if "marks" in node] == [[{"type": "bold"}]]
    assert of_kind(after["learners"], "text")[1]["marks"] == PINYIN["marks"]
    [picture] = of_kind(after["learners"], "image")
    assert client.get(picture["attrs"]["src"]).status_code == 200
    assert len(of_kind(after["board"], "image")) == 1


def a_form_from_school() -> bytes:
    """A 教案 as schools have them: a form with names in its first column, headings with numbers, words before all."""
    document = Document()
    document.add_paragraph("青山镇中心小学教案用纸")
    form = document.add_table(rows=0, cols=2)
    for name, text in (
        ("课 题", "落花生"),
        ("教学目标：", "认识六个字"),
        ("教学重难点", "体会花生的品质"),
        ("授课人", "李强"),
    ):
        first, second = form.add_row().cells
        first.text, second.text = name, text
    document.add_paragraph("一、学生分析：大多没有见过花生。")
    document.add_heading("二、教学过程", 1)
    document.add_paragraph("（一）谈话导入")
    document.add_paragraph("看实物", style="List Bullet")
    document.add_picture(io.BytesIO(png()), width=Cm(3))
    document.add_heading("附：阅读材料", 1)
    document.add_paragraph("许地山简介")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_parts_go_where_they_belong_and_everything_else_is_kept(app, client_for):
    client = client_for("teacher")
    preview = read_in(client, a_form_from_school(), "落花生.docx")
    assert all(words in preview.text for words in ("其他内容", "学情分析", "认识六个字", "1 张图片", 'value="落花生"'))
    sections = {key: words_of(node) for key, node in sections_of(taken_over(app, client, preview.text)).items()}
    assert sections["goals"] == "认识六个字"
    assert "体会花生的品质" in sections["focus"]
    assert "大多没有见过花生。" in sections["learners"]
    assert sections["process"].split() == ["（一）谈话导入", "看实物"]
    for words in ("教案用纸", "落花生", "授课人", "附：阅读材料", "许地山简介"):
        assert words in sections["other"]


def test_a_damaged_file_is_refused_in_words_and_nothing_is_made(app, client_for):
    client = client_for("teacher")
    whole = a_form_from_school()
    with app.app_context():
        plans = db.session.query(LessonPlan).count()
    for data in (b"", b"PK\x03\x04 broken", whole[: len(whole) // 2]):
        answer = read_in(client, data)
        assert answer.status_code == 422
        assert 'id="word-error"' in answer.text
    with app.app_context():
        assert db.session.query(LessonPlan).count() == plans
    stranger = client_for("stranger")
    token = re.search(r'name="token"[^>]*value="([^"]+)"', read_in(client, whole).text)[1]
    assert stranger.post("/lesson-plans/word/plan", data={"token": token, "title": "别人的"}).status_code == 422


def filled_from(client, plan_id: int, data: bytes, **choices: str):
    """Read a file into a plan that is there: what is shown, and a function that presses the button."""
    place = f"/lesson-plans/{plan_id}/word"
    preview = client.post(place, data={"file": (io.BytesIO(data), "教案.docx")})
    assert preview.status_code == 200
    token = re.search(r'name="token"[^>]*value="([^"]+)"', preview.text)[1]
    sent = {"token": token} | {f"part-{key}": wish for key, wish in choices.items()}
    return preview.text, lambda: client.post(place, data=sent)


def test_sections_of_a_file_go_into_a_plan_that_is_there_once_and_nothing_is_lost(app, client_for, written):
    client = client_for("teacher")
    own = {"goals": "append", "process": "replace", "learners": "skip", "focus": "put", "other": "add"}
    preview, press = filled_from(client, written, a_form_from_school(), **own)
    assert all(words in preview for words in ("已经写了内容", "现在空着", "教案里没有这一栏"))
    assert [press().status_code for _twice in range(2)] == [302, 302]
    with app.app_context():
        document = json_from_state(stored_document(written).merged())
        sections = {key: words_of(node) for key, node in sections_of(document).items()}
        assert sections["goals"].split() == ["会写十个字", "能复述故事", "合作朗读", "认识六个字"]
        assert sections["process"].split() == ["（一）谈话导入", "看实物"]
        assert "体会花生的品质" in sections["focus"]
        assert "花生" not in sections["learners"]
        assert list(sections)[-1] == "other"
        [picture] = of_kind(document["content"][7], "image")
        before = [each for each in revisions_page(written).items if each.title == "读入 Word 之前"]
        assert len(before) == 1
        kept = sections_of(json_from_state(revision_state(before[0])))
        assert "读课题" in words_of(kept["process"])
    assert client.get(picture["attrs"]["src"]).status_code == 200
    preview, press = filled_from(client, written, client.get(f"/lesson-plans/{written}.docx").data)
    assert preview.count('<option value="skip" selected>') == 3
    answer = press()
    assert answer.status_code == 422
    assert "请至少选一栏放进教案" in answer.text
    with_photo = Document(io.BytesIO(client.get(f"/lesson-plans/{written}.docx").data))
    next(each for each in with_photo.paragraphs if each.text == "认识六个字").add_run().add_picture(io.BytesIO(png()))
    out = io.BytesIO()
    with_photo.save(out)
    preview, _press = filled_from(client, written, out.getvalue())
    assert preview.count('<option value="skip" selected>') == 2


def test_what_was_taken_back_goes_in_again_and_a_long_plan_is_worked_out_before_anything_is_locked(
    app, client_for, written, monkeypatch
):
    client, within = client_for("teacher"), []
    for name in ("filling_update", "packed"):
        worker = getattr(fillings, name)
        monkeypatch.setattr(
            fillings, name, lambda *said, worker=worker: within.append(current_unit_of_work()) or worker(*said)
        )
    _preview, press = filled_from(client, written, a_form_from_school(), goals="append", process="put")

    def told() -> tuple[int, int]:
        with app.app_context():
            goals = words_of(sections_of(json_from_state(stored_document(written).merged()))["goals"])
            return goals.count("认识六个字"), [each.title for each in revisions_page(written).items].count(
                "读入 Word 之前"
            )

    assert [(press().status_code, told()) for _twice in range(2)] == [(302, (1, 1))] * 2
    assert client.post(f"/lesson-plans/{written}/revisions/2/restoration").status_code == 302
    assert told() == (0, 1)
    assert [(press().status_code, told()) for _twice in range(2)] == [(302, (1, 2))] * 2
    assert within == [None] * 4


def test_what_is_written_meanwhile_stays_where_a_file_is_added(ctx):
    document = nodes.doc(nodes.section("goals", "教学目标", "", nodes.paragraph("一"), nodes.paragraph("二")))
    state = state_from_json(document)
    wanted = [nodes.paragraph("一"), nodes.paragraph("二"), nodes.paragraph("三")]
    update = filling_update(state, {"goals": wanted}, [nodes.section("other", "其他内容", "")])
    meanwhile = load(state)
    meanwhile.get("default", type=XmlFragment).children[0].children[0].children[0].insert(0, "补")
    meanwhile.apply_update(update)
    meanwhile.apply_update(update)
    assert plain_text(json_from_doc(meanwhile)).split() == ["教学目标", "补一", "二", "三", "其他内容"]


def test_a_second_press_makes_no_second_plan_and_empty_sections_begin_as_the_template(app, client_for):
    client = client_for("teacher")
    token = re.search(r'name="token"[^>]*value="([^"]+)"', read_in(client, a_form_from_school()).text)[1]
    places = [
        client.post("/lesson-plans/word/plan", data={"token": token, "title": title}).location
        for title in ("落花生", "落花生", "落花生（二）")
    ]
    assert places[0] == places[1] != places[2]
    with app.app_context():
        sections = sections_of(json_from_state(stored_document(int(places[0].rpartition("/")[2])).merged()))
    assert words_of(sections["homework"]).split() == ["基础作业", "拓展作业"]
