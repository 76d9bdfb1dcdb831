"""Scores that rest on moments: who may pick and see what, criteria that ask for evidence, and the files."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from tests.support.documents import docx_words
from tests.support.observations import full_scores, make_lesson, make_ready_version, some_comment
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import (
    Evaluation,
    Lesson,
    RecordingVersion,
    RubricTemplate,
    RubricVersion,
    ScoreEvidence,
)
from yanxiu.observations.services.comments import withdraw_comment
from yanxiu.observations.services.evaluations import Clip, save_evaluation, submit_evaluation
from yanxiu.observations.services.live_notes import NoteDraft, take_note
from yanxiu.observations.services.rubrics import install_shipped_rubrics

FETCH = {"X-Requested-With": "fetch"}
UUID = "6f0f7f5e-5f0a-4d8e-9d4e-1f6f8a3b2c77"
SENT = 1_764_000_000_000
"""What `Date.now()` says on a phone."""


@pytest.fixture
def judged(app, cast) -> dict[str, int]:
    """A lesson whose rubric asks for evidence of 教学目标, with comments of every audience and a live note."""
    with app.app_context(), unit_of_work():
        install_shipped_rubrics()
        rubric = db.session.query(RubricTemplate).filter_by(slug="yishiyiyouke").one().versions[-1]
        goals, *others = rubric.body["criteria"]
        rubric.body = {**rubric.body, "criteria": [{**goals, "evidence": True}, *others]}
        lesson = make_lesson(cast.user("teacher"), visibility="school", rubric_version_id=rubric.id)
        version = make_ready_version(lesson)
        leader, colleague = cast.user("leader"), cast.user("colleague")
        made = {
            "lesson": lesson.id,
            "version": version.id,
            "open": some_comment(leader, lesson, version, body="板书一条线", start_ms=5_000).id,
            "mine": some_comment(
                colleague, lesson, version, body="私下的话", visibility="private", start_ms=31_000, end_ms=39_000
            ).id,
            "theirs": some_comment(leader, lesson, version, body="别人私下的话", visibility="private").id,
            "to_teacher": some_comment(leader, lesson, version, body="只对您说", visibility="teacher").id,
            "note": take_note(colleague, lesson, None, NoteDraft("第三组没有人记录", UUID)).id,
        }
        other = make_lesson(cast.user("teacher"), "另一节课", visibility="school")
        return {**made, "elsewhere": make_ready_version(other).id}


def scores(**more: object) -> dict[str, object]:
    keys = ("goals", "strategy", "content", "methods", "effect", "assessment", "teacher")
    return {**{f"score-{key}": "3" for key in keys}, **more}


def test_evidence_is_part_of_the_evaluation_and_shows_others_only_what_they_may_read(app, client_for, judged):
    """From the draft to the results: required, hidden until handed in, times for all, words by their audience."""
    at, version = f"/lessons/{judged['lesson']}", judged["version"]
    colleague, teacher, principal = (client_for(key) for key in ("colleague", "teacher", "principal"))
    refused = colleague.post(f"{at}/evaluation/submission", data=scores(), headers=FETCH)
    assert (refused.status_code, refused.get_json()["field"]) == (422, "evidence-goals")
    shown = {
        "evidence-goals": ["", "00:12-00:20", f"31500-39500@{version}", f"c{judged['mine']}", f"c{judged['open']}"],
        "evidence-effect": [f"c{judged['note']}", f"c{judged['to_teacher']}"],
    }
    assert colleague.post(f"{at}/evaluation", data=shown, headers=FETCH).status_code == 422
    words = {
        "evidence-content": ["", f"w{UUID} 学具 2-3 人一份"],
        "evidence-methods": [""],
        "seen-methods": "没有脚本时写的",
    }
    for wrong in (f"w{UUID}  ", f"w{'-' * 36} 写", f"w{UUID}"):
        assert colleague.post(f"{at}/evaluation", data={"evidence-content": wrong}, headers=FETCH).status_code == 422
    assert colleague.post(f"{at}/evaluation", data=words, headers=FETCH).status_code == 200
    with app.app_context():
        told = db.session.query(ScoreEvidence).order_by(ScoreEvidence.id)
        assert [(row.criterion_key, row.remark, row.taken_at) for row in told] == [
            ("content", "学具 2-3 人一份", None), ("methods", "没有脚本时写的", None)
        ]  # fmt: skip
    assert "文字" in colleague.get(at).text
    nothing = {"evidence-content": "", "evidence-methods": ""}
    assert colleague.post(f"{at}/evaluation", data=nothing, headers=FETCH).status_code == 200
    shown["evidence-effect"] = [f"c{judged['note']}"]
    for _again in range(2):
        assert colleague.post(f"{at}/evaluation", data=shown, headers=FETCH).status_code == 200
    with app.app_context():
        rows = db.session.query(ScoreEvidence).order_by(ScoreEvidence.id).all()
        assert [(row.criterion_key, row.start_ms, row.end_ms) for row in rows] == [
            ("goals", 12_000, 20_000), ("goals", 31_500, 39_500), ("goals", 31_000, 39_000), ("goals", 5_000, None),
            ("effect", 0, None),
        ]  # fmt: skip
        first = rows[0].id
    sheet = colleague.get(at).text
    assert "私下的话" in sheet
    assert "00:31–00:39" in sheet
    assert "00:12–00:20" in sheet
    assert "00:12–00:20" not in teacher.get(at).text
    assert teacher.get(f"{at}/lanes").status_code == 404
    kept = {"evidence-goals": [f"e{first}", f"c{judged['mine']}", f"c{judged['open']}"]}
    answer = colleague.post(f"{at}/evaluation/submission", data=scores(**kept))
    assert answer.status_code == 303

    for client, sees in ((colleague, True), (teacher, False)):
        results = client.get(f"{at}/evaluations").text
        assert "00:12–00:20" in results
        assert "00:31–00:39" in results
        assert "3 分" in results
        assert "现场" in results
        assert "00:31–00:39" in client.get(f"{at}/lanes").text
        assert "板书一条线" in results
        assert ("私下的话" in results) is sees
        for path in ("/papers/scores", "/papers/scores?observer=" + str(_observer(app))):
            text = docx_words(client.get(at + path).data)
            assert "00:12–00:20" in text
            assert "私下的话" not in text
            assert "板书一条线" not in text
    book = openpyxl.load_workbook(io.BytesIO(teacher.get(f"{at}/papers/scores?format=xlsx").data))
    lines = [[cell.value for cell in row] for row in book["证据"].iter_rows()]
    assert ["教学目标", "周敏", "3 分", "00:12", "00:20"] in [line[:5] for line in lines]
    assert "私下的话" not in str(lines)
    totals = [cell.value for cell in list(book["评分"].iter_rows())[-1]]
    assert totals[0] == "总分"
    assert str(totals[3]).startswith("=SUM(")
    # Whoever has not handed in sees none of it, nor its lane.
    assert principal.get(f"{at}/evaluations").status_code == 403
    assert principal.get(f"{at}/papers/scores?format=xlsx").status_code == 403
    for page in (principal.get(at).text, principal.get(f"{at}/lanes", headers=FETCH).text):
        assert "评分的证据" not in page
        assert "data-lanes-evidence" not in page


def _observer(app) -> int:
    with app.app_context():
        return db.session.query(Evaluation).one().observer_id


NO_EVIDENCE = (
    "00:20-00:12", "00:12-09:00", "十二分", "12000-20000@{elsewhere}", "12000-12000@{version}", "12000-20000@999999",
    "c{theirs}", "c999999", "12:31", "00:10-00:20:30:40",
)  # fmt: skip


def test_what_is_no_evidence_is_refused_and_nothing_is_kept(app, client_for, judged):
    colleague, at = client_for("colleague"), f"/lessons/{judged['lesson']}/evaluation"
    for token in NO_EVIDENCE:
        answer = colleague.post(at, data={"evidence-goals": token.format(**judged), "score-goals": "3"}, headers=FETCH)
        assert answer.status_code in (409, 422), token
    assert colleague.post(at, data={"evidence-nothing": "00:12-00:20"}, headers=FETCH).status_code == 422
    with app.app_context():
        assert db.session.query(Evaluation).count() == 0


def test_evidence_of_a_replaced_recording_says_so_and_a_withdrawn_comment_leaves_its_time(
    app, cast, client_for, judged
):
    with app.app_context(), unit_of_work():
        lesson, colleague = db.session.get_one(Lesson, judged["lesson"]), cast.user("colleague")
        version = db.session.get_one(RecordingVersion, judged["version"])
        leader = cast.user("leader")
        said = some_comment(leader, lesson, version, body="撤回的那句", start_ms=42_000, end_ms=45_000)
        evidence = {"goals": [Clip(version, 12_000, 20_000), said]}
        save_evaluation(colleague, lesson, full_scores(lesson), evidence=evidence)
        submit_evaluation(colleague, lesson)
        withdraw_comment(leader, lesson, said)
    teacher, results = client_for("teacher"), f"/lessons/{judged['lesson']}/evaluations"
    page = teacher.get(results).text
    assert "换之前的实录" not in page
    assert "00:42–00:45" in page
    assert "撤回的那句" not in page
    with app.app_context(), unit_of_work():
        make_ready_version(db.session.get_one(Lesson, judged["lesson"]))
        lesson = db.session.get_one(Lesson, judged["lesson"])
        other = select(RubricVersion.id).join(RubricTemplate).where(RubricTemplate.slug == "guoguanke")
        lesson.rubric_version_id = db.session.scalar(other)
        save_evaluation(cast.user("principal"), lesson, full_scores(lesson))
        submit_evaluation(cast.user("principal"), lesson)
    book = openpyxl.load_workbook(io.BytesIO(teacher.get(f"{results[:-12]}/papers/scores?format=xlsx").data))
    assert "另有 1 人用的是别的量表" in str([cell.value for cell in book["评分"]["A"]])
    assert teacher.get(results).text.count("换之前的实录</span>") == 2
    assert "换之前的实录" in docx_words(teacher.get(f"/lessons/{judged['lesson']}/papers/scores").data)


def test_what_was_seen_in_the_classroom_is_evidence_without_a_recording(app, cast, client_for, judged):
    """A phone adds and takes away: sent twice it stands once, two devices never contradict each other, and a sync mark places it."""
    at, version, colleague = f"/lessons/{judged['lesson']}", judged["version"], client_for("colleague")

    def sent(status: int = 200, **fields: object) -> dict:
        data = {"sent": str(SENT), **{name.replace("__", "-"): value for name, value in fields.items()}}
        answer = colleague.post(f"{at}/scoring", data=data, headers=FETCH)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    assert "要附证据：写下看到的" in sent(**scores(submit="1"))["refused"]
    at_ms = SENT - 60_000
    seen = f"r{UUID} {at_ms} 第三组四个人都动了手"
    wrong = (
        {"add__evidence__goals": [f"r{UUID} {at_ms}  "]},
        {"add__evidence__goals": [f"r{UUID} {at_ms} {'多' * 501}"]},
        {"add__evidence__goals": ["写的是什么"]},
        {"add__evidence__goals": [f"60001@{version}"]},
        {"add__evidence__goals": [f"c{judged['theirs']}"]},
        {"add__evidence__nothing": [seen]},
        {"add__evidence__goals": [f"r{'-' * 36} {at_ms} 写"]},
    )
    for fields in wrong:
        sent(422, **fields)
    for _twice in range(2):
        told = sent(add__evidence__goals=[seen, "00:31", f"31500-39500@{version}", f"c{judged['note']}"])
    pieces = told["evidence"]["goals"]
    assert [(one["same"], one["from"]) for one in pieces] == [
        (f"r{UUID}", None), (f"c{judged['note']}", None), (f"31000@{version}", 31_000),
        (f"31500-39500@{version}", 31_500),
    ]  # fmt: skip
    with app.app_context():
        remark = db.session.query(ScoreEvidence).filter(ScoreEvidence.remark != "").one()
        assert 59 < (clock.now() - remark.taken_at).total_seconds() < 90
        taken_at = remark.taken_at
    assert f"{pieces[0]['label'][:5]}" == f"{taken_at.astimezone(clock.LOCAL_ZONE):%H:%M}"
    page = colleague.get(f"{at}/scoring").text
    assert "第三组四个人都动了手" in page
    assert "第三组没有人记录" in page  # one's own note can be chosen
    assert "别人私下的话" not in page
    # Words that went on are the same remark; what is taken away is named by its number or by what the phone calls it.
    told = sent(
        add__evidence__goals=[f"{seen}，还互相看"],
        drop__evidence__goals=[pieces[3]["token"], f"31000@{version}", f"c{judged['note']}", "e999999"],
        submit="1",
    )
    assert told["submitted"]
    assert [one["words"] for one in told["evidence"]["goals"]] == ["第三组四个人都动了手，还互相看"]
    assert sent(add__evidence__goals=[f"{seen}，还互相看"])["submitted"]
    sent(409, add__evidence__effect=[seen])
    sent(409, drop__evidence__goals=[f"r{UUID}"])
    teacher = client_for("teacher")
    assert "第三组四个人都动了手，还互相看" in teacher.get(f"{at}/evaluations").text
    assert "第三组四个人都动了手，还互相看" in docx_words(teacher.get(f"{at}/papers/scores").data)
    with app.app_context(), unit_of_work():
        film = db.session.get_one(RecordingVersion, version)
        film.synced_at, film.synced_ms = taken_at, 7_000
    assert re.search(r'data-from="7000"[^>]*>00:07<', teacher.get(f"{at}/evaluations").text)
    plain = client_for("principal").post(f"{at}/scoring", data={"seen-goals": "没有脚本也能写"}, follow_redirects=True)
    assert "没有脚本也能写" in plain.text
