"""Comments on a plan as Word's own: each about its words, answers under what they answer."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from docx import Document
from docx.oxml.ns import qn

from tests.lessonplans.test_comments import marked
from yanxiu.core.word import WordFile
from yanxiu.core.word_comments import Thread, Voice
from yanxiu.lessonplans.document.html import render_html
from yanxiu.lessonplans.document.ydoc import json_from_doc

AT = datetime(2026, 5, 6, 8, 30, tzinfo=UTC)
THREADS = {
    "anchor0": Thread([Voice("王丽", AT, "先让学生自己圈"), Voice("李强", AT, "好 & 已改")], True),
    "anchor1": Thread([Voice("周敏", AT, "这一问太大")], False),
    "nobody": Thread([Voice("赵磊", AT, "原文没有了")], False),
}


def words_between(document, number: int) -> str:
    """The words from where a comment begins to where it ends."""
    said, inside = "", False
    for each in document.element.body.iter():
        if each.get(qn("w:id")) == str(number) and each.tag in (qn("w:commentRangeStart"), qn("w:commentRangeEnd")):
            inside = each.tag == qn("w:commentRangeStart")
        if inside and each.tag == qn("w:t"):
            said += each.text
    return said


def test_comments_stand_about_their_words_and_answers_under_them(tmp_path):
    html = render_html(json_from_doc(marked("圈出写借箭的𠮷句", "𠮷句，说说"), comments=True))
    with WordFile(tmp_path / "plan.docx") as word:
        word.html(html, threads=THREADS)
    document = Document(io.BytesIO((tmp_path / "plan.docx").read_bytes()))
    assert [words_between(document, number) for number in range(3)] == ["圈出写借箭的𠮷句"] * 2 + ["𠮷句，说说"]
    [part] = [rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/comments")]
    said = [(each.author, each.text) for each in document.comments]
    assert said == [("王丽", "先让学生自己圈"), ("李强", "好 & 已改"), ("周敏", "这一问太大")]
    assert 'w:date="2026-05-06T16:30:00Z"' in part.blob.decode()
    extended = next(each for each in part.package.iter_parts() if "Extended" in each.partname).blob.decode()
    assert 'w15:paraId="00000002" w15:paraIdParent="00000001" w15:done="1"' in extended


def test_a_file_nobody_commented_on_has_no_part_for_comments(tmp_path):
    with WordFile(tmp_path / "plan.docx") as word:
        word.html(render_html(json_from_doc(marked("圈出写借箭的𠮷句"))), threads=THREADS)
    document = Document(io.BytesIO((tmp_path / "plan.docx").read_bytes()))
    assert not [rel for rel in document.part.rels.values() if rel.reltype.endswith("/comments")]
