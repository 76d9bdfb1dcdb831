"""Plans printed in the Word layout of their school."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.lessonplans.test_word import (
    MATH,
    PROCESS,
    ROWS,
    a_form_from_school,
    filled_from,
    full_document,
    read_in,
    written,
)
from yanxiu.core.db import db
from yanxiu.core.storage import storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import word_import, word_layouts
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.layouts import laid_out
from yanxiu.lessonplans.document.sections import with_section, words_of
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.models import PlanSnapshot
from yanxiu.resources.extraction import word_package
from yanxiu.resources.extraction.formats import UnsuitableFileError

__all__ = ["written"]

PLACE = "/lesson-plans/templates/layout"
FOCUS = nodes.section(
    "focus", "教学重点与难点", "", nodes.heading("教学重点"), nodes.paragraph("抓住语言"), nodes.heading("教学难点"),
    nodes.paragraph("体会人物"),
)  # fmt: skip


def paper(*lines: str, edge: str = "{{学校}}教案") -> bytes:
    """A layout as schools have them: names cut into runs by Word, in cells, in the header."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = edge
    title = document.add_paragraph()
    for piece in ("{{课", "题", "}} 教案"):
        title.add_run(piece).bold = True
    form = document.add_table(rows=0, cols=2)
    for name, text in (
        ("教学目标", "{{教学目标}}"),
        ("重点", "重点：{{ 教学重点 }}"),
        ("难点", "｛｛教学难点｝｝"),
        ("册次", "{{年级}}{{册次}}"),
    ):
        first, second = form.add_row().cells
        first.text, second.text = name, text
    document.add_paragraph("前面的活动", style="List Number")
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def send(client, data: bytes, name: str = "教案用纸.docx"):
    return client.post(PLACE, data={"file": (io.BytesIO(data), name)})


def test_a_plan_is_printed_in_the_layout_of_its_school(app, client_for, written):
    with app.app_context(), unit_of_work():
        snapshot = db.session.get_one(PlanSnapshot, written)
        snapshot.state = state_from_json(with_section(json_from_state(snapshot.state), "focus", FOCUS))
    teacher = client_for("teacher")
    address = f"/lesson-plans/{written}.docx?layout=school"
    assert teacher.get(address).status_code == 404
    assert "本校版式" not in teacher.get(f"/lesson-plans/{written}").text
    assert send(client_for("principal"), paper("{{教学过程}}", "{{学情分析}}", "{{其他内容}}")).status_code == 302
    assert "本校版式" in teacher.get(f"/lesson-plans/{written}").text
    document = Document(io.BytesIO(teacher.get(address).data))
    assert document.sections[0].header.paragraphs[0].text == "青山镇中心小学教案"
    assert document.paragraphs[0].text == "《草船借箭》第一课时 教案"
    form, process = document.tables
    told = [line.cells[1].text for line in form.rows]
    assert told == ["会写十个字\n能复述故事\n合作朗读", "重点：抓住语言", "体会人物", "五年级"]
    assert [[each.text for each in line.cells] for line in process.rows] == ROWS
    assert len(list(document.element.iter(qn("w:ruby")))) == len(list(document.element.iter(f"{MATH}f"))) == 1
    assert len(document.inline_shapes) == 2
    titles = [each.text for each in document.paragraphs if each.style.name.lower() == "heading 2"]
    assert "板书设计" in titles
    assert not {"教学目标（核心素养）", "教学过程", "学情分析", "教学重点与难点"} & set(titles)
    assert "{{" not in document.element.xml
    assert_lists_are_there(document)


def assert_lists_are_there(document) -> None:
    """Every list that a paragraph belongs to is known, with its shape, and none lost its number to another."""
    numbering = document.part.numbering_part.element
    shapes = {each.get(qn("w:abstractNumId")) for each in numbering.iter(qn("w:abstractNum"))}
    lists = {each.get(qn("w:numId")): each.find(qn("w:abstractNumId")) for each in numbering.findall(qn("w:num"))}
    assert len(lists) == len(numbering.findall(qn("w:num")))
    used = {each.get(qn("w:val")) for each in document.element.iter(qn("w:numId"))}
    assert len(used) == 2
    assert all(lists[number].get(qn("w:val")) in shapes for number in used)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (paper("{{教学木标}}和{{ 教学过程 }}"), "有认不出的占位符：{{教学木标}}；"),
        (paper("{{教学过程}}", edge="{{教学过程}}"), "放不了{{教学过程}}"),
        (b"PK\x03\x04 broken", "已损坏"),
    ],
)
def test_what_is_wrong_about_a_layout_is_said_beside_its_field(client_for, data, words):
    answer = send(client_for("principal"), data)
    assert answer.status_code == 422
    assert 'id="layout-error"' in answer.text
    assert words in answer.text
    assert client_for("teacher").get(PLACE + ".docx").status_code == 404


def changed(data: bytes, **parts) -> bytes:
    """The file with other parts; each is made of what was there."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        there = {name: source.read(name) for name in source.namelist()}
        for name, make in parts.items():
            there[name] = make(there.get(name, b""))
        for name, part in there.items():
            target.writestr(name, part)
    return out.getvalue()


def related(kind: str, target: str, mode: str = "External"):
    """A part of relations with one more; also a new part."""
    one = f'<Relationship Id="rEvil" Type="http://x/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    start = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return lambda there: (there.decode() or f"{start}</Relationships>").replace("</Relationships>", one).encode()


def with_field(there: bytes) -> bytes:
    runs = "".join(
        f"<w:r>{each}</w:r>"
        for each in (
            '<w:fldChar w:fldCharType="begin"/>',
            "<w:instrText> DDE</w:instrText>",
            "<w:instrText>AUTO c:\\\\x</w:instrText>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return there.replace(b"</w:p>", runs.encode() + b"</w:p>", 1)


BODY = "word/_rels/document.xml.rels"


@pytest.mark.parametrize(
    ("part", "make", "words"),
    [
        (
            "word/header1.xml",
            lambda there: b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + there,
            "不安全的内容",
        ),
        (BODY, related("image", "http://example.org/seen.png"), "连着别处的文件"),
        (BODY, related("oleObject", "other.bin", "Internal"), "嵌着别的文件或控件"),
        ("word/embeddings/one.bin", lambda there: b"x", "嵌着别的文件或控件"),
        ("word/activeX/activeX1.xml", lambda there: b"<a/>", "嵌着别的文件或控件"),
        ("word/document.xml", with_field, "会去取别处内容的域"),
    ],
)
def test_a_layout_that_brings_along_what_runs_or_fetches_is_refused_and_not_kept(app, client_for, part, make, words):
    principal = client_for("principal")
    with app.app_context():
        before = set(storage().keys())
    answer = send(principal, changed(paper("{{教学过程}}"), **{part: make}))
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert set(storage().keys()) == before


def test_what_a_layout_has_no_place_for_comes_last_and_links_stay_but_not_the_writers_template(client_for, written):
    settings = "word/_rels/settings.xml.rels"
    parts = {
        settings: related("attachedTemplate", "http://example.org/t.dotm"),
        BODY: related("hyperlink", "http://e.org"),
    }
    data = changed(paper("{{教学过程：}}", "{{（板书设计）}}"), **parts)
    assert send(client_for("principal"), data).status_code == 302
    answer = client_for("teacher").get(f"/lesson-plans/{written}.docx?layout=school")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert b"example.org" not in archive.read(settings)
        assert b"http://e.org" in archive.read(BODY)
    document = Document(io.BytesIO(answer.data))
    assert [[each.text for each in line.cells] for line in document.tables[1].rows] == ROWS
    titles = [each.text for each in document.paragraphs if each.style.name.lower() == "heading 2"]
    assert titles == ["学情分析"]
    assert [each.tag for each in document.element.body][-1] == qn("w:sectPr")


def test_pictures_that_are_too_many_for_a_layout_are_not_called_a_layout_too_large(tmp_path, monkeypatch):
    data = paper("{{教学过程}}")
    (tmp_path / "a.docx").write_bytes(data)
    monkeypatch.setattr(word_package, "MOST_UNPACKED", 1000)
    with pytest.raises(UnsuitableFileError, match="改用“导出 Word”"):
        word_package.Pieces(str(tmp_path / "a.docx"))
    with pytest.raises(UnsuitableFileError, match="版式文件太大"):
        word_package.parts_of(str(tmp_path / "a.docx"))


def test_nobody_holds_a_connection_while_a_child_works(client_for, written, monkeypatch):
    held = []

    def watched(reader):
        def read(*arguments):
            held.append(db.session().in_transaction())
            return reader(*arguments)

        return read

    for module in (word_layouts, word_import):
        monkeypatch.setattr(module, "_reader", [watched(reader) for reader in module._reader])
    assert send(client_for("principal"), paper("{{教学过程}}")).status_code == 302
    teacher = client_for("teacher")
    assert teacher.get(f"/lesson-plans/{written}.docx?layout=school").status_code == 200
    assert teacher.get(f"/lesson-plans/{written}.docx?layout=school&comments=1").status_code == 200
    assert len(held) == 3
    file = a_form_from_school()
    _preview, press = filled_from(teacher, written, file, goals="append")
    assert press().status_code == 302
    taken = {"token": re.search(r'name="token"[^>]*value="([^"]+)"', read_in(teacher, file).text)[1], "title": "新的"}
    assert teacher.post("/lesson-plans/word/plan", data=taken).status_code == 302
    assert held == [False] * 7


def test_the_example_is_a_layout_and_what_a_layout_leaves_out_is_told(client_for):
    principal = client_for("principal")
    example = principal.get(PLACE + ".docx?example=1").data
    assert "{{教学过程}}" in [line.cells[1].text for line in Document(io.BytesIO(example)).tables[1].rows]
    assert send(principal, example).status_code == 302
    page = principal.get("/lesson-plans/templates").text
    assert "教案用纸.docx" in page
    assert "会印在最后" not in page
    assert send(principal, paper("{{教学过程}}"), "第二版.docx").status_code == 302
    page = client_for("teacher").get("/lesson-plans/templates").text
    assert "第二版.docx" in page
    assert "会印在最后：课题与课时、" in page
    assert "教案用纸.docx" not in page
    assert principal.get(PLACE + ".docx").status_code == 200
    assert client_for("outsider").get(PLACE + ".docx").status_code == 404
    principal.post(PLACE, data={"action": "retire"})
    assert "第二版.docx" not in client_for("teacher").get("/lesson-plans/templates").text


def test_what_no_name_took_is_left_for_the_end():
    document = with_section(full_document("/x"), "focus", FOCUS)
    found = laid_out(document, ["课题", "教学重点", "教学流程", "导学单"])
    assert [words_of(node) for node in found.parts["教学重点"]] == ["抓住语言"]
    assert found.parts["教学流程"] == [PROCESS]
    assert found.parts["导学单"] == []
    rest = {node["attrs"]["key"]: words_of(node) for node in found.rest}
    assert rest["focus"].split() == ["教学难点", "体会人物"]
    assert {"goals", "learners", "board"} <= rest.keys()
    assert "process" not in rest
