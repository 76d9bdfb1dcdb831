"""Comments as files and the forms a school files: what stands in them, and what does not."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from uuid import uuid4

import docx
import pytest

from tests.support.clients import Client
from tests.support.lessonplans import make_plan
from tests.support.observations import full_scores, make_lesson, make_ready_version, some_comment
from yanxiu.core.clock import wall_clock
from yanxiu.core.csv_files import csv_bytes
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.models.rounds import ADOPTED, REMARK, Suggestion
from yanxiu.observations.models import Lesson, RubricTemplate
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.queries.perspectives import perspectives_of
from yanxiu.observations.services.comments import CommentDraft, reply_to_comment, resolve_comment, withdraw_comment
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.findings import write_finding
from yanxiu.observations.services.lessons import invite_member
from yanxiu.observations.services.live_notes import NoteDraft, take_note
from yanxiu.observations.services.perspectives import add_perspectives, own_words
from yanxiu.observations.services.recordings import Phase, set_segments
from yanxiu.observations.services.rubrics import create_rubric, install_shipped_rubrics

SAID = "<b>等待</b> & 追问 --> 好\n\n\n第二行"


@pytest.fixture
def watched(app, cast) -> dict[str, int]:
    """A lesson of two phases with comments of every audience, three evaluations and a decision of the plan."""
    with app.app_context(), unit_of_work():
        teacher, colleague, leader = (cast.user(key) for key in ("teacher", "colleague", "leader"))
        install_shipped_rubrics()
        passing = db.session.query(RubricTemplate).filter_by(slug="guoguanke").one().versions[-1]
        passing.body = {**passing.body, "trimmed": True}
        lesson = make_lesson(
            teacher, visibility="school", class_name="五（2）班", subject="语文", rubric_version_id=passing.id
        )
        version = make_ready_version(lesson)
        set_segments(teacher, lesson, version.recording, [Phase(0, "导入"), Phase(20_000, "讨论")])
        some_comment(colleague, lesson, version, body="=1+1 私下记一笔", visibility="private", start_ms=3_000)
        some_comment(leader, lesson, version, body="只说给您听", visibility="teacher", start_ms=4_000)
        seen = some_comment(colleague, lesson, version, body=SAID, kind="evidence", start_ms=12_000, end_ms=18_500)
        reply_to_comment(teacher, lesson, seen, CommentDraft("+谢谢", "6f0f7f5e-5f0a-4d8e-9d4e-1f6f8a3b2c1a"))
        advice = some_comment(colleague, lesson, version, body="=HYPERLINK(1)", kind="suggestion", start_ms=30_000)
        resolve_comment(teacher, lesson, seen, True)
        withdraw_comment(leader, lesson, some_comment(leader, lesson, version, body="撤回的话"))
        for who, value in ((colleague, 5), (leader, 4), (cast.user("principal"), 2)):
            save_evaluation(who, lesson, {**full_scores(lesson, value), "style": 1}, "板书好", "等一等")
            submit_evaluation(who, lesson)
        plan = make_plan(teacher)
        lesson.lesson_plan_id = plan.id
        said = Suggestion(
            plan_id=plan.id, author_id=colleague.id, recorder_id=teacher.id, source=REMARK, remark_id=advice.id,
            body=advice.body, state=ADOPTED, outcome="改成先写后说", client_uuid="6f0f7f5e-5f0a-4d8e-9d4e-1f6f8a3b2c1b",
        )  # fmt: skip
        db.session.add(said)
        return {"lesson": lesson.id, "colleague": colleague.id, "leader": leader.id}


def words_of(client: Client, address: str) -> tuple[str, list[list[list[str]]]]:
    """Open the Word file behind an address; return its paragraphs and its tables, a merged cell once for each place."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    document = docx.Document(io.BytesIO(answer.data))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return "\n".join(paragraph.text for paragraph in document.paragraphs), tables


def test_comments_as_subtitles_table_and_word_hold_what_their_reader_may_read(client_for: Any, watched):
    at = f"/lessons/{watched['lesson']}/papers/comments?format="
    vtt = client_for("colleague").get(at + "vtt")
    assert vtt.content_type == "text/vtt; charset=utf-8"
    blocks = vtt.data.decode().rstrip("\n").split("\n\n")
    assert blocks[0] == "WEBVTT"
    assert not vtt.data.startswith(b"\xef\xbb\xbf")
    cues = [block.split("\n") for block in blocks[2:]]
    times = [re.fullmatch(r"(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})", cue[1]) for cue in cues]
    assert [found and found.groups() for found in times] == [
        ("00:00:03.000", "00:00:06.000"),
        ("00:00:12.000", "00:00:18.500"),
        ("00:00:30.000", "00:00:33.000"),
    ]
    name = cues[1][2].partition("（")[0]
    assert cues[1][2:4] == [f"{name}（证据）：&lt;b&gt;等待&lt;/b&gt; &amp; 追问 --&gt; 好", "第二行"]
    assert "撤回的话" not in vtt.text
    assert "只说给您听" not in vtt.text

    table = client_for("teacher").get(at + "csv").data
    assert table.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [row["点评"] for row in rows] == ["只说给您听", SAID, "'=HYPERLINK(1)"]
    assert (rows[1]["开始"], rows[1]["结束（秒）"], rows[1]["状态"]) == ("00:12", "18.5", "已解决")
    assert [row["谁可看到"] for row in rows] == ["仅授课教师", "公开", "公开"]

    text, tables = words_of(client_for("principal"), at + "docx&state=open")
    assert "只列未解决的点评，共 1 条。" in text
    assert [row[3] for row in tables[1]] == ["点评", "=HYPERLINK(1)"]
    assert tables[0][0][:2] == ["课题", "《草船借箭》第一课时"]
    assert client_for("principal").get(at + "exe").status_code == 404


def test_the_record_of_an_observer_as_a_school_files_it(client_for: Any, watched):
    at = f"/lessons/{watched['lesson']}/papers/record"
    text, tables = words_of(client_for("colleague"), at)
    assert "听课记录表" in text
    assert tables[1][1][0] == "00:00–00:20"
    assert tables[1][1][1:] == ["导入", "00:12–00:18 <b>等待</b> & 追问 --> 好 第二行", ""]
    assert tables[1][2][3] == "00:30 【建议】=HYPERLINK(1)"
    assert tables[2][0] == ["亮点", "板书好"]
    assert tables[2][2][1].startswith("101.0 分（最佳）")
    with_notes = words_of(client_for("colleague"), at + "?private=1")[1]
    assert "私下记一笔" in with_notes[1][1][3]
    # Nobody reaches another's private notes, nor scores that are still hidden.
    for who in ("teacher", "principal"):
        others = words_of(client_for(who), f"{at}?observer={watched['colleague']}&private=1")[1]
        assert "私下" not in str(others)
    assert client_for("colleague").get(f"{at}?observer=999999").status_code == 404


def test_score_sheets_and_minutes(client_for: Any, watched):
    at = f"/lessons/{watched['lesson']}/papers/"
    _text, tables = words_of(client_for("teacher"), f"{at}scores?observer={watched['leader']}")
    sheet = tables[1]
    assert sheet[0][:3] == ["项目", "评价要点", "权重"]
    assert sheet[0][3:] == ["优\n5", "良\n4", "中\n3", "差\n2", "得分"]
    assert sheet[1] == ["教学目标", "合课标、顾全体", "10", "", "√", "", "", "8.0"]
    assert sheet[2][:2] == ["教学目标", "明确、真实、可检测"]
    assert sheet[-1][1] == "81.0（满分 100）  等级：优秀"
    text, tables = words_of(client_for("teacher"), at + "scores")
    assert tables[1][-1][1:] == ["100", "101.0", "81.0", "41.0", "81.0"]
    assert "平均得分 81.0（满分 100），等级 优秀。" in text
    assert "去掉一个最高分和一个最低分" in text
    text, tables = words_of(client_for("principal"), at + "minutes")
    assert "只说给您听" not in str(tables)
    assert "私下" not in str(tables)
    assert [row[1:] for row in tables[-1]] == [
        ["意见", "结果", "怎样改 / 理由"],
        [SAID, "已解决", ""],
    ]
    shown = words_of(client_for("teacher"), at + "minutes")[1]
    assert shown[-1][2][1:] == ["=HYPERLINK(1)", "采纳", "改成先写后说"]
    assert "101" not in str(shown)


def test_notes_from_the_classroom_stand_by_the_clock_until_they_are_placed(app, cast, client_for):
    with app.app_context(), unit_of_work():
        teacher, colleague = cast.user("teacher"), cast.user("colleague")
        lesson = make_lesson(teacher, visibility="school")
        draft = NoteDraft("板书写了三分钟", "6f0f7f5e-5f0a-4d8e-9d4e-1f6f8a3b2c1c", kind="evidence")
        noted = wall_clock(take_note(colleague, lesson, None, draft).taken_at)
        at = f"/lessons/{lesson.id}/papers/"
    assert "-->" not in client_for("colleague").get(at + "comments?format=vtt").text
    (row,) = csv.DictReader(io.StringIO(client_for("teacher").get(at + "comments?format=csv").data.decode("utf-8-sig")))
    assert (row["开始"], row["开始（秒）"]) == (noted, "")
    assert words_of(client_for("colleague"), at + "record")[1][1][1] == [
        noted, "", f"{noted} 板书写了三分钟", ""
    ]  # fmt: skip
    assert noted in str(words_of(client_for("principal"), at + "minutes")[1])


@pytest.mark.once
def test_no_text_of_a_csv_file_is_a_formula():
    cells = ["=1", "+1", "-1", "@A", " =1", "＝1", "\t1", "好=", 5, None]
    (row,) = list(csv.reader(io.StringIO(csv_bytes(["a"], [cells]).decode("utf-8-sig"))))[1:]
    assert row == ["'=1", "'+1", "'-1", "'@A", "' =1", "'＝1", "'\t1", "好=", "5", ""]


def test_the_page_of_files_asks_the_database_as_often_for_many_comments(app, cast, client_for, watched, count_queries):
    teacher, at = client_for("teacher"), f"/lessons/{watched['lesson']}/papers"
    addresses = (at, f"{at}/comments?format=csv", f"{at}/record?observer={watched['colleague']}", f"{at}/minutes")

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            with count_queries() as seen:
                assert teacher.get(address).status_code == 200
            counts.append(seen.count)
        return counts

    asked()
    few = asked()
    with app.app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, watched["lesson"])
        version = current_version(recording_of(lesson.id))
        for number in range(6):
            thread = some_comment(cast.user("colleague"), lesson, version, start_ms=1_000 * number)
            reply_to_comment(cast.user("leader"), lesson, thread, CommentDraft("同意", str(uuid4())))
    assert asked() == few


def test_whose_work_teach_is_stands_wherever_it_is_used_also_where_it_was_changed(app, cast, client_for):
    with app.app_context(), unit_of_work():
        install_shipped_rubrics()
        shipped = db.session.query(RubricTemplate).filter_by(slug="teach").one()
        teacher, colleague = cast.user("teacher"), cast.user("colleague")
        lesson = make_lesson(teacher, visibility="school", rubric_version_id=shipped.versions[-1].id)
        number, template, school = lesson.id, shipped.id, teacher.organization_id
        save_evaluation(colleague, lesson, {**full_scores(lesson, 3), "task-1-given": 1, "task-2-share": 2})
        submit_evaluation(colleague, lesson)
        own = create_rubric(cast.user("principal"), school, "本校的 Teach", shipped.versions[-1]).id
    short, mark = "CC BY 4.0 IGO", "不应视为世界银行的正式译文"
    teacher, principal = client_for("teacher"), client_for("principal")
    at = f"/lessons/{number}"
    pages = [teacher.get(f"{at}/evaluations"), principal.get(at), teacher.get(f"/rubrics/{template}")]
    for page in pages:
        assert short in page.text
        assert mark in page.text
    assert "第一次扫视：多数学生有学习任务" in pages[0].text
    for address in ("scores", f"scores?observer={cast.people['colleague'].id}"):
        text, tables = words_of(teacher, f"{at}/papers/{address}")
        assert short in text
        assert mark in text
        told = "".join(cell for table in tables for row in table for cell in row)
        assert "27.0" in told + text
        assert "第二次扫视" in told
    page = principal.get(f"/rubrics/{own}").text
    fields = {name: re.search(rf'name="{name}"[^>]*>([^<]*)', page)[1].strip() for name in ("criteria", "scale")}
    seen = re.search(r'name="seen"[^>]* value="([^"]+)"', page)[1]
    sent = {**fields, "name": "改过的", "seen": seen, "total": "40", "bands": "", "bonus": ""}
    assert principal.post(f"/rubrics/{own}", data=sent).status_code == 303
    changed = principal.get(f"/rubrics/{own}").text
    assert short in changed
    assert "第三次扫视" in changed


def test_papers_at_their_limits_open_in_word_and_excel_and_so_do_empty_ones(app, cast, client_for):
    """The client asks of each file what Word and Excel ask (`tests.support.office`)."""
    long = "在读写共生视野下以真实任务驱动的小学语文高年级长课文整体感知与关键语段研读" * 3
    lines = [{"key": f"k{n}", "title": f"第{n}项 {long[:60]}", "weight": 1} for n in range(40)]
    scale = [
        {"value": value, "label": label}
        for value, label in ((5, "优秀"), (4, "良好"), (3, "合格"), (2, "待提高"), (1, "差"))
    ]
    body = {"criteria": lines, "scale": scale, "total": 40, "trimmed": True, "bonus": [], "bands": []}
    with app.app_context(), unit_of_work():
        install_shipped_rubrics()
        teacher, colleague = cast.user("teacher"), cast.user("colleague")
        base = db.session.query(RubricTemplate).filter_by(slug="teach").one().versions[-1]
        rubric = create_rubric(cast.user("principal"), teacher.organization_id, long[:80], base)
        rubric.versions[0].body = body
        details = {
            "class_name": long[:40],
            "place": long[:80],
            "focus": long * 2,
            "visibility": "school",
            "subject": "语文",
        }
        full = make_lesson(teacher, long[:120], rubric_version_id=rubric.versions[0].id, **details)
        add_perspectives(teacher, full, [own_words(long[:30], "\n".join(long[:90] for _ in range(6)))])
        write_finding(colleague, full, perspectives_of(full.id)[0].id, "\n".join([long] * 30))
        version = make_ready_version(full)
        some_comment(colleague, full, version, body=f"{long * 8}\x0b\ufffe <&> ]]>", kind="evidence")
        for who in ("colleague", "leader", "principal", "researcher", "villager", "outsider"):
            person = cast.user(who)
            person.name = f"{person.name}买买提·阿卜杜热合曼"
            invite_member(teacher, full, person, "observer")
            save_evaluation(person, full, full_scores(full, 4), long, f"= {long}")
            submit_evaluation(person, full)
        empty = make_lesson(teacher, "空", visibility="school").id
        add_perspectives(teacher, db.session.get_one(Lesson, empty), [own_words("后排", "")])
        number = full.id
    client = client_for("teacher")
    files = ("minutes", "record", f"record?observer={cast.colleague.id}", "report", "comments?format=docx")
    scores = ("scores", f"scores?observer={cast.colleague.id}", "scores?format=xlsx")
    for lesson_id, wanted in ((number, files + scores), (empty, (files[0], files[1], files[3], files[4]))):
        for one in wanted:
            answer = client.get(f"/lessons/{lesson_id}/papers/{one}")
            assert answer.status_code == 200, one
