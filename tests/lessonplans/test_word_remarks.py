"""Comments and 修订 as Word's own: sent, printed in the layout of the school, read in again."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from uuid import uuid4

import pytest
from docx import Document
from docx.oxml.ns import qn
from sqlalchemy import select

from tests.lessonplans.test_comments import place
from tests.lessonplans.test_layouts import paper, send
from tests.lessonplans.test_suggesting import text
from tests.lessonplans.test_word import PROCESS, cells_of, filled_from, of_kind, read_in, taken_over
from tests.lessonplans.test_word import written as written_plan
from tests.lessonplans.test_word_comments import words_between
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.anchors import passages_in
from yanxiu.lessonplans.document.html import plain_text, render_html
from yanxiu.lessonplans.document.nodes import Node, doc, section
from yanxiu.lessonplans.document.remarks import count_suggestions, suggestions_in
from yanxiu.lessonplans.document.sections import sections_of, with_section
from yanxiu.lessonplans.document.suggesting import JOIN, as_accepted
from yanxiu.lessonplans.document.ydoc import json_from_state, load, state_from_json
from yanxiu.lessonplans.models import LessonPlan, PlanSnapshot
from yanxiu.lessonplans.queries import stored_document
from yanxiu.lessonplans.queries.comments import threads_of
from yanxiu.resources.extraction import word_voices
from yanxiu.resources.extraction.word_blocks import read_blocks

written = written_plan
AT = 1790000000000
STRANGER = "张明"


def by(kind: str, name: str, number: str, author: int = 0) -> Node:
    return {"type": kind, "attrs": {"id": number, "author": author, "name": name, "at": AT}}


def item(*texts: Node) -> Node:
    return {"type": "listItem", "content": [{"type": "paragraph", "content": list(texts)}]}


def proposed(author: int) -> Node:
    """A section in which two people propose: words changed, a paragraph broken up, an item that goes as a whole."""
    bold, li, zhang = {"type": "bold"}, ("李强", "a", author), (STRANGER, "b", 0)
    line = [
        text("默读课文，圈出"), text("重点", by("deletion", *li)), text("关键", bold, by("insertion", *li)), text("词语。"),
        text("¶再和同桌说一说。", by("insertion", *zhang)),
    ]  # fmt: skip
    items = [item(text("会写十个字")), item(text("会背", by("deletion", *zhang)))]
    joined = [nodes.paragraph("说出理由"), nodes.paragraph("并记下来")]
    joined[0]["content"].append(text(JOIN, by("insertion", *li)))
    return section(
        "goals",
        "教学目标（核心素养）",
        "",
        {"type": "paragraph", "content": line},
        {"type": "bulletList", "content": items},
        *joined,
    )


def told(node: Node) -> list[tuple[str, str, tuple[tuple[str, str, int], ...]]]:
    """Every text with who proposes what, without the numbers of the proposals."""
    marks = ("insertion", "deletion")
    return [
        (plain, "".join(sorted(m["type"][0] for m in each.get("marks", ()) if m["type"] not in marks)), tuple(
            sorted((m["type"], m["attrs"]["name"], m["attrs"]["at"]) for m in each.get("marks", ()) if m["type"] in marks)
        ))
        for each in of_kind(node, "text")
        if (plain := each["text"])
    ]  # fmt: skip


@pytest.fixture
def remarked(app, cast, client_for, written) -> int:
    """The plan with everything in it, with suggestions and two comments, one of which was answered."""
    with app.app_context(), unit_of_work():
        snapshot = db.session.get_one(PlanSnapshot, written)
        changed = with_section(json_from_state(snapshot.state), "goals", proposed(cast.user("teacher").id))
        snapshot.state = state_from_json(changed)
        at = [*sections_of(changed)].index("goals")
    words = "默读课文，圈出重点关键词语。¶再和同桌说一说。"
    said = place("圈出重点关键词语", (at, 0), words)
    parts = [
        {
            "path": list(said.path),
            "from": said.start,
            "to": said.end,
            "text": said.text,
            "before": said.before,
            "after": said.after,
        }
    ]
    client = client_for("principal")
    send_comment(client, written, "先让学生自己圈 & 说", parts)
    send_comment(client_for("teacher"), written, "好，改", [], parent=threads_in(app, written)[0][0])
    return written


def send_comment(client, plan_id: int, body: str, parts: list, **more) -> None:
    form = {"body": body, "client_uuid": str(uuid4()), "place": json.dumps(parts)} | more
    assert client.post(f"/lesson-plans/{plan_id}/comments", data=form).status_code == 302


def threads_in(app, plan_id: int) -> list[tuple[int, str, str, list[tuple[str, str]], str]]:
    """Number, who, what, answers, and the words it is about now."""
    with app.app_context():
        passages = passages_in(load(stored_document(plan_id).merged()))
        return [
            (row.id, row.speaker, row.body, [(a.speaker, a.body) for a in row.live_replies],
             passages[row.anchor].text if row.anchor in passages else "")
            for row in threads_of(plan_id)
        ]  # fmt: skip


def now(app, plan_id: int) -> Node:
    with app.app_context():
        return json_from_state(stored_document(plan_id).merged())


def test_changes_are_words_own_left_out_or_accepted_as_one_wishes(app, client_for, remarked):
    client, address = client_for("teacher"), f"/lesson-plans/{remarked}.docx"
    page = client.get(f"/lesson-plans/{remarked}").text
    assert "带批注和修订" in page
    assert "修订全部接受" in page

    def lines(query: str):
        document = Document(io.BytesIO(client.get(address + query).data))
        return document, [each.text for each in document.paragraphs if "课文" in each.text or "同桌" in each.text]

    plain, shown = lines("")
    assert shown == ["默读课文，圈出重点词语。"]
    assert not list(plain.element.iter(qn("w:ins"), qn("w:del")))
    assert lines("?changes=accepted")[1] == ["默读课文，圈出关键词语。", "再和同桌说一说。"]
    tracked, _shown = lines("?changes=shown&comments=1")
    assert {each.get(qn("w:author")) for each in tracked.element.iter(qn("w:ins"))} == {"李强", STRANGER}
    assert [each.text for each in tracked.element.iter(qn("w:delText"))] == ["重点", "会背"]
    assert [each.text for each in tracked.comments] == ["先让学生自己圈 & 说", "好，改"]
    numbers = [each.get(qn("w:id")) for each in tracked.element.iter(qn("w:ins"), qn("w:del"))]
    assert len(numbers) == len(set(numbers)) == 6


def test_in_the_layout_of_the_school_comments_and_changes_stand_too(client_for, remarked):
    layout = Document(io.BytesIO(paper("{{教学过程}}", "再印一次：", "{{教学目标}}", "{{其他内容}}")))
    layout.add_comment(layout.paragraphs[0].runs, "这里放课题", "校长")
    out = io.BytesIO()
    layout.save(out)
    assert send(client_for("principal"), out.getvalue()).status_code == 302
    address = f"/lesson-plans/{remarked}.docx?layout=school"
    filled = Document(io.BytesIO(client_for("teacher").get(f"{address}&comments=1&changes=shown").data))
    assert [each.text for each in filled.comments] == ["先让学生自己圈 & 说", "好，改"]
    assert words_between(filled, 0).startswith("圈出")
    assert len(list(filled.element.iter(qn("w:commentRangeStart")))) == 2
    assert [each.text for each in filled.element.iter(qn("w:delText"))] == ["重点", "会背"] * 2
    numbers = [each.get(qn("w:id")) for each in filled.element.iter(qn("w:ins"), qn("w:del"))]
    assert len(numbers) == len(set(numbers))
    plain = Document(io.BytesIO(client_for("teacher").get(address).data))
    assert [each.text for each in plain.comments] == ["这里放课题"]


def test_a_plan_comes_back_from_word_with_its_comments_and_suggestions(app, cast, client_for, remarked):
    client = client_for("teacher")
    data = client.get(f"/lesson-plans/{remarked}.docx?changes=shown&comments=1").data
    preview = read_in(client, data)
    assert "4 处修订，1 条批注" in preview.text
    document = taken_over(app, client, preview.text)
    before, after = sections_of(now(app, remarked)), sections_of(document)
    assert told(after["goals"]) == told(before["goals"])
    assert cells_of(of_kind(after["process"], "table")[0]) == cells_of(PROCESS)
    assert len(of_kind(after["learners"], "image")) == 1
    with app.app_context():
        new = db.session.scalars(select(LessonPlan.id).where(LessonPlan.title == "读入的教案")).one()
    [(_id, *thread)] = threads_in(app, new)
    assert thread == ["孙正平", "先让学生自己圈 & 说", [("李强", "好，改")], "圈出重点词语"]
    authors = {m["attrs"]["name"]: m["attrs"]["author"] for each in of_kind(after["goals"], "text")
               for m in each.get("marks", ()) if "at" in m.get("attrs", {})}  # fmt: skip
    with app.app_context():
        assert authors["李强"] == cast.user("teacher").id
    assert authors[STRANGER] < 0
    assert [each["text"] for each in of_kind(as_accepted(after["goals"]), "text")] == [
        "默读课文，圈出", "关键", "词语。", "再和同桌说一说。", "会写十个字", "说出理由并记下来"
    ]  # fmt: skip


def test_rows_pictures_and_looks_come_and_go_as_words_own(app, client_for, remarked):
    """A row and a picture that are proposed; in Word somebody changes the look of words and proposes another row."""
    li = by("insertion", "李强", "r1")["attrs"]
    with app.app_context(), unit_of_work():
        snapshot = db.session.get_one(PlanSnapshot, remarked)
        document = json_from_state(snapshot.state)
        sections = sections_of(document)
        head, *rows = of_kind(sections["process"], "table")[0]["content"]
        free = {"type": "tableRow", "attrs": {"insertion": li}, "content": [
            {**cell, "attrs": {"colspan": 1, "rowspan": 1}, "content": [nodes.paragraph("加一环")]} for cell in head["content"]
        ]}  # fmt: skip
        table = {"type": "table", "content": [head, *rows, free]}
        goes = {**of_kind(sections["learners"], "image")[0]}
        goes["attrs"] = {**goes["attrs"], "deletion": by("deletion", STRANGER, "p1")["attrs"]}
        document = with_section(document, "process", {**sections["process"], "content": [table]})
        document = with_section(document, "learners", {**sections["learners"], "content": [goes]})
        snapshot.state = state_from_json(document)
    client = client_for("teacher")
    data = client.get(f"/lesson-plans/{remarked}.docx?changes=shown").data
    file = Document(io.BytesIO(data))
    body = file.element.body
    assert [each.get(qn("w:author")) for each in body.iterfind(f".//{qn('w:trPr')}/{qn('w:ins')}")] == ["李强"]
    assert [
        each.get(qn("w:author")) for each in body.iter(qn("w:del")) if each.find(f".//{qn('w:drawing')}") is not None
    ] == [STRANGER]
    accepted = Document(io.BytesIO(client.get(f"/lesson-plans/{remarked}.docx?changes=accepted").data))
    assert "加一环" in accepted.tables[1].rows[-1].cells[0].text
    assert "加一环" not in Document(io.BytesIO(client.get(f"/lesson-plans/{remarked}.docx").data)).element.xml
    [run] = next(each for each in file.paragraphs if each.text == "会写十个字").runs
    run.bold = True
    change = run._r.rPr.makeelement(qn("w:rPrChange"), {qn("w:author"): STRANGER, qn("w:date"): "2026-03-01T08:00:00Z"})
    change.append(change.makeelement(qn("w:rPr"), {}))
    run._r.rPr.append(change)
    reshaped = {each.text: each for each in file.paragraphs}["说出理由"]
    reshaped.style = "heading 3"
    change = reshaped._p.pPr.makeelement(
        qn("w:pPrChange"), {qn("w:author"): STRANGER, qn("w:date"): "2026-03-01T08:00:00Z"}
    )
    change.append(change.makeelement(qn("w:pPr"), {}))
    reshaped._p.pPr.append(change)
    row = next(row for row in file.tables[1].rows if row.cells[0].text == "加一环")._tr
    other = deepcopy(row)
    other.find(f"{qn('w:trPr')}/{qn('w:ins')}").set(qn("w:author"), STRANGER)
    for words in other.iter(qn("w:r")):
        put = words.makeelement(qn("w:ins"), {qn("w:author"): STRANGER})
        words.addprevious(put)
        put.append(words)
    row.addnext(other)
    about = file.tables[1].rows[0].cells[0]._tc.get_or_add_tcPr()
    about.append(about.makeelement(qn("w:tcPrChange"), {qn("w:author"): STRANGER}))
    out = io.BytesIO()
    file.save(out)
    preview = read_in(client, out.getvalue()).text
    assert "表格的宽窄、边框等格式 1 处" in preview
    after = sections_of(taken_over(app, client, preview))
    rows = of_kind(after["process"], "tableRow")
    assert [row.get("attrs", {}).get("insertion", {}).get("name") for row in rows[-2:]] == ["李强", STRANGER]
    assert not any(who for row in rows[-2:] for _words, _look, who in told(row))
    [line] = [each for each in of_kind(after["goals"], "paragraph") if "reshape" in each.get("attrs", {})]
    assert {key: line["attrs"]["reshape"][key] for key in ("name", "type", "level")} == {
        "name": STRANGER,
        "type": "heading",
        "level": 3,
    }
    with app.app_context():
        new = db.session.scalars(select(LessonPlan.id).where(LessonPlan.title == "读入的教案")).one()
    sent = Document(io.BytesIO(client.get(f"/lesson-plans/{new}.docx?changes=shown").data))
    [change] = sent.element.iter(qn("w:pPrChange"))
    styles = change.getparent().find(qn("w:pStyle")), change.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    assert (styles[0].get(qn("w:val")), styles[1], change.get(qn("w:author"))) == ("Heading3", None, STRANGER)
    [shown] = of_kind(after["learners"], "image")
    assert shown["attrs"]["deletion"]["name"] == STRANGER
    assert ("会写十个字", "", (("deletion", STRANGER, 1772323200000),)) in told(after["goals"])
    assert ("会写十个字", "b", (("insertion", STRANGER, 1772323200000),)) in told(after["goals"])


def test_read_in_again_nothing_is_doubled_and_what_is_new_is_added(app, client_for, remarked, tmp_path):
    client = client_for("teacher")
    file = Document(io.BytesIO(client.get(f"/lesson-plans/{remarked}.docx?changes=shown&comments=1").data))
    there, goals = threads_in(app, remarked), told(sections_of(now(app, remarked))["goals"])
    runs = next(each for each in file.paragraphs if each.text == "会写十个字").runs
    file.add_comment(runs, "十个太多了", STRANGER)
    file.add_comment(next(each for each in file.paragraphs if each.style.name == "Title").runs, "题目也改改", STRANGER)
    out = io.BytesIO()
    file.save(out)
    for again in range(2):
        preview, press = filled_from(client, remarked, out.getvalue(), goals="replace")
        assert ("1 条批注没有对应的文字" in preview, "题目也改改" in preview) == (not again, not again)
        assert press().status_code == 302
    assert 'value="skip" selected' in preview
    found = threads_in(app, remarked)
    assert [each[1:] for each in found[:1]] == [each[1:] for each in there]
    assert [each[1:] for each in found[1:]] == [
        (STRANGER, "十个太多了", [], "会写十个字"),
        (STRANGER, "题目也改改", [], ""),
    ]
    page = client.get(f"/lesson-plans/{remarked}").text
    assert "来自 Word，李强读入" in page
    assert told(sections_of(now(app, remarked))["goals"]) == goals


def test_changes_of_two_files_are_decided_on_by_themselves(app, client_for, remarked):
    """Each file counts its changes from one; in the plan they must not become one."""
    client, files = client_for("teacher"), []
    for name in ("李强", STRANGER):
        file = Document()
        file.add_heading("教学目标", 1)
        paragraph = file.add_paragraph("会写字")
        put = paragraph._p.makeelement(qn("w:ins"), {qn("w:author"): name, qn("w:date"): "2026-03-01T08:00:00Z"})
        put.append(file.add_paragraph("").add_run(f"{name}加的")._r)
        paragraph._p.append(put)
        out = io.BytesIO()
        file.save(out)
        files.append(out.getvalue())
    for data, how in zip(files, ("replace", "append"), strict=True):
        _preview, press = filled_from(client, remarked, data, goals=how)
        assert press().status_code == 302
    goals = sections_of(now(app, remarked))["goals"]
    assert [words for _kind, words in suggestions_in([goals])] == ["李强加的", f"{STRANGER}加的"]
    assert count_suggestions([goals]) == 2


def test_a_file_with_odd_comments_and_changes_is_read_with_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(word_voices, "MOST_COMMENTS", 200)
    document = Document()
    paragraph = document.add_paragraph("")
    for name, at in (("王\x85丽" * 40, "2026-13-45"), ("", "0000-00-00T00:00:00Z")):
        put = paragraph._p.makeelement(qn("w:ins"), {qn("w:author"): name, qn("w:date"): at})
        put.append(document.add_paragraph("").add_run("写¶的")._r)
        paragraph._p.append(put)
    for number in range(205):
        run = document.add_paragraph().add_run(f"第{number}句")
        document.add_comment([run], "说" * (3000 if number == 0 else 1), "某人")
    document.save(str(tmp_path / "odd.docx"))
    read = read_blocks(str(tmp_path / "odd.docx"), str(tmp_path))
    assert (len(read["comments"]), read["comments_left"]) == (200, 5)
    assert len(read["comments"][0]["text"]) == 2000
    first = read["blocks"][0]["content"]
    assert [node["text"] for node in first] == ["写↵的"] * 2
    names = [node["marks"][0]["attrs"] for node in first]
    assert [(len(each["name"]) <= 40, each["at"]) for each in names] == [(True, 0)] * 2
    assert names[1]["name"] == "未署名"
    assert plain_text(doc(section("goals", "", "", *read["blocks"][:1]))).strip() == ""
    assert "写" not in render_html(doc(*read["blocks"][:1]))
