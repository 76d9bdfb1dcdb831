"""A lesson for the school of 李强 (青山镇中心小学): who may watch it, speak, judge, change it."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import current_app

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words, signed_in
from tests.support.observations import code_lesson, full_scores, make_lesson, make_ready_version, some_comment
from tests.support.workshops import make_workshop
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.subtitles import Cue
from yanxiu.observations.instruments.shipped import FIAS
from yanxiu.observations.models import RubricVersion
from yanxiu.observations.services import schemes
from yanxiu.observations.services.comments import withdraw_comment
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.lessons import delete_lesson, invite_member
from yanxiu.observations.services.live_notes import NoteDraft, take_note
from yanxiu.observations.services.requests import ask_to_observe
from yanxiu.observations.services.rubrics import create_rubric, state_of
from yanxiu.observations.services.subtitles import set_subtitles
from yanxiu.observations.uploads.folder import open_store

UUID = "6f0f7f5e-5f0a-4d8e-9d4e-1f6f8a3b2c1d"
TUS = {"Tus-Resumable": "1.0.0"}


def build(cast: Cast) -> dict[str, Any]:
    teacher, colleague = cast.user("teacher"), cast.user("colleague")
    lesson = make_lesson(teacher, visibility="school")
    version = make_ready_version(lesson)
    set_subtitles(teacher, lesson, version.recording, "课.srt", [Cue(0, 1000, "同学们好")])
    observer = invite_member(teacher, lesson, cast.user("researcher"), "host")
    comment = some_comment(colleague, lesson, version)
    taken_back = some_comment(colleague, lesson, version)
    withdraw_comment(colleague, lesson, taken_back)
    private = some_comment(colleague, lesson, version, visibility="private")
    to_teacher = some_comment(colleague, lesson, version, visibility="teacher")
    take_note(colleague, lesson, None, NoteDraft("孩子们都在看书", str(uuid4())))
    save_evaluation(colleague, lesson, full_scores(lesson))
    submit_evaluation(colleague, lesson)
    shipped = db.session.get_one(RubricVersion, lesson.rubric_version_id)
    own = create_rubric(cast.user("principal"), teacher.organization_id, "本校量表", shipped)
    scheme = schemes.create_scheme(cast.user("principal"), teacher.organization_id, "本校方案", FIAS)
    code_lesson(colleague, lesson, version, "TSTS")
    code_lesson(cast.user("leader"), lesson, version, "TTTS")
    removed = make_lesson(teacher, "撤下的课", visibility="school")
    delete_lesson(teacher, removed)
    tomorrow = clock.now() + timedelta(days=1)
    dated = make_lesson(teacher, "约好的课", visibility="school", taught_at=tomorrow)
    return {
        "workshop": make_workshop(cast.user("leader"), [teacher]).id,
        "lesson": lesson.id,
        "request": ask_to_observe(colleague, teacher, tomorrow, "想看小组讨论").id,
        "colleague": colleague.id,
        "lesson64": base64.b64encode(str(lesson.id).encode()).decode(),
        "version": version.id,
        "member": observer.id,
        "comment": comment.id,
        "taken_back": taken_back.id,
        "private": private.id,
        "to_teacher": to_teacher.id,
        "removed": removed.id,
        "dated": dated.id,
        "shipped": shipped.template_id,
        "rubric": own.id,
        "rubric_seen": state_of(own),
        "scheme": scheme.id,
        "scheme_seen": schemes.state_of(scheme),
        "codes": json.dumps({"added": [[UUID, 1000, "T"]], "reached": 2000}),
        "upload": new_upload(lesson.id, teacher.id),
    }


def new_upload(lesson_id: int, owner_id: int) -> str:
    store = open_store(current_app.config["YANXIU"])
    return store.create(owner_id, lesson_id, 10, {"filename": "a.mp4"}, 1.0e9 + 4e9).id


def watchers(status: int, *, owner: int | None = None, host: int | None = None) -> dict[str, int]:
    """School, teacher and the invited host; for everybody else the lesson does not exist."""
    teacher = status if owner is None else owner
    return expect(
        404,
        anonymous=302,
        principal=status,
        leader=status,
        colleague=status,
        teacher=teacher,
        researcher=status if host is None else host,
    )


def editors(status: int) -> dict[str, int]:
    """Teacher and host; the others of the school see the lesson but may not change it."""
    return watchers(403, owner=status, host=status)


def owners(status: int) -> dict[str, int]:
    return watchers(403, owner=status)


def author(status: int) -> dict[str, int]:
    """周敏 wrote it."""
    return {**watchers(403), "colleague": status}


OVERSEERS = {"principal": 200, "researcher": 200, "admin": 200}
"""They oversee the workshop, but see in it only the lessons they may watch."""
LESSON = "/lessons/{lesson}"
COMMENT = LESSON + "/comments/{comment}"
CODING = LESSON + "/codings/st"
FORM = {"title": "《草船借箭》第二课时", "visibility": "school", "consent": "not_needed"}
ROUTES = {
    ("GET", "observations.index"): Row("/lessons", signed_in()),
    ("GET", "observations.workshop_lessons"): Row(
        "/workshops/{workshop}/lessons",
        expect(404, anonymous=302, leader=200, teacher=200, **OVERSEERS),
    ),
    ("GET", "observations.new_lesson"): Row("/lessons/new", signed_in()),
    ("POST", "observations.new_lesson"): Row("/lessons/new", signed_in(303), data=FORM),
    ("GET", "observations.lesson"): Row(LESSON, watchers(200)),
    ("GET", "observations.lesson_settings"): Row(LESSON + "/settings", editors(200)),
    ("POST", "observations.lesson_settings"): Row(LESSON + "/settings", editors(303), data=FORM),
    ("POST", "observations.remove_lesson"): Row(LESSON + "/removal", owners(303)),
    ("GET", "observations.removed_lesson"): Row("/lessons/{removed}/removal", expect(404, anonymous=302, teacher=200)),
    ("POST", "observations.restore_lesson"): Row(
        "/lessons/{removed}/restoration", expect(404, anonymous=302, teacher=303)
    ),
    ("GET", "observations.member_list"): Row(LESSON + "/members", watchers(200)),
    ("POST", "observations.member_list"): Row(
        LESSON + "/members", editors(303), data={"person": "王丽", "role": "observer"}
    ),
    ("POST", "observations.remove_member"): Row(LESSON + "/members/{member}/removal", editors(303)),
    ("GET", "observations.recording_fragment"): Row(LESSON + "/recording", watchers(200)),
    ("POST", "observations.upload_recording"): Row(
        LESSON + "/recording", editors(303), data={}, files={"file": (b"not a film", "a.mp4")}
    ),
    ("GET", "observations.subtitles"): Row(LESSON + "/subtitles", watchers(200)),
    ("POST", "observations.add_subtitles"): Row(
        LESSON + "/subtitles",
        editors(303),
        files={"subtitles": (b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "lesson.srt")},
    ),
    ("POST", "observations.remove_subtitles"): Row(LESSON + "/subtitles/removal", editors(303), data={}),
    ("POST", "observations.save_segments"): Row(
        LESSON + "/segments", editors(303), data={"segments": "00:00 导入\n00:20 朗读"}
    ),
    ("GET", "observations.media"): Row(LESSON + "/media/{version}/source", watchers(200)),
    ("GET", "observations.comment_list"): Row(LESSON + "/comments?since=0", watchers(200)),
    ("POST", "observations.post_comment"): Row(
        LESSON + "/comments", watchers(303), data={"body": "好", "start_ms": "12000", "client_uuid": UUID}
    ),
    ("GET", "observations.comment"): Row(COMMENT, watchers(200)),
    ("POST", "observations.edit_comment"): Row(COMMENT, author(303), data={"body": "改过的话"}),
    ("POST", "observations.reply"): Row(COMMENT + "/replies", watchers(303), data={"body": "同意"}),
    ("POST", "observations.withdraw_comment"): Row(COMMENT + "/withdrawal", author(303)),
    ("POST", "observations.restore_comment"): Row(
        LESSON + "/comments/{taken_back}/restoration", expect(404, anonymous=302, colleague=303)
    ),
    ("POST", "observations.resolve_comment"): Row(
        COMMENT + "/resolution", {**editors(303), "colleague": 303}, data={"resolved": "1"}
    ),
    ("GET", "observations.live_page"): Row(LESSON + "/live", watchers(200)),
    ("POST", "observations.take_note"): Row(
        LESSON + "/live", watchers(303), data={"kind": "question", "body": "第三组没有人记录", "client_uuid": UUID}
    ),
    ("POST", "observations.set_sync_mark"): Row(
        LESSON + "/sync-mark", {**editors(303), "colleague": 303}, data={"at": "00:10", "clock": "10:02:15"}
    ),
    ("GET", "observations.lesson_cycle"): Row(LESSON + "/cycle", watchers(200)),
    ("POST", "observations.move_lesson"): Row(
        LESSON + "/cycle", editors(303), data={"seen": "watching", "to": "evaluating"}
    ),
    ("POST", "observations.write_texts"): Row(LESSON + "/texts", editors(303), data={"aim": "读懂借箭的经过"}),
    ("GET", "observations.lesson_calendar_file"): Row("/lessons/{dated}/calendar", watchers(200, host=404)),
    ("GET", "observations.my_lesson_list"): Row("/my-lessons", signed_in()),
    ("GET", "observations.observation_requests"): Row("/observation-requests", signed_in()),
    ("POST", "observations.observation_requests"): Row(
        "/observation-requests",
        {**signed_in(303), "leader": 422, "stranger": 422},
        data={"person": "王丽", "wished_on": "2099-03-01"},
    ),
    ("POST", "observations.answer_request"): Row(
        "/observation-requests/{request}/answer",
        expect(404, anonymous=302, teacher=303, colleague=403),
        data={"decision": "decline", "answer": "下周好吗"},
    ),
    ("POST", "observations.withdraw_request"): Row(
        "/observation-requests/{request}/withdrawal", expect(404, anonymous=302, teacher=403, colleague=303)
    ),
    ("GET", "observations.observation_counts"): Row(
        "/observation-counts?person={colleague}",
        expect(404, anonymous=302, colleague=200, principal=200, admin=200),
    ),
    ("GET", "observations.observation_counts_file"): Row("/observation-counts.xlsx", signed_in()),
    ("POST", "observations.note_member_attendance"): Row(
        LESSON + "/members/{member}/attendance", editors(303), data={"present": "1"}
    ),
    ("POST", "observations.save"): Row(
        LESSON + "/evaluation", {**watchers(303, owner=403), "colleague": 409}, data={"score-goals": "4"}
    ),
    ("POST", "observations.submit"): Row(
        LESSON + "/evaluation/submission", {**watchers(422, owner=403), "colleague": 409}, data={"score-goals": "4"}
    ),
    ("GET", "observations.results"): Row(LESSON + "/evaluations", {**watchers(403, owner=200), "colleague": 200}),
    ("GET", "observations.rubric_list"): Row("/rubrics", signed_in()),
    ("POST", "observations.create_rubric"): Row(
        "/rubrics",
        expect(403, anonymous=302, principal=303, leader=303, researcher=303, admin=303),
        data={"name": "本校量表", "base": "{shipped}"},
    ),
    ("GET", "observations.rubric"): Row(
        "/rubrics/{rubric}", expect(404, anonymous=302, principal=200, leader=200, teacher=200, colleague=200)
    ),
    ("POST", "observations.save_rubric"): Row(
        "/rubrics/{rubric}",
        expect(404, anonymous=302, principal=303, leader=303, teacher=403, colleague=403),
        data={"name": "本校量表", "criteria": "教学目标 100", "scale": "5 优\n3 中", "seen": "{rubric_seen}"},
    ),
    ("GET", "observations.scheme_list"): Row("/coding-schemes", signed_in()),
    ("POST", "observations.create_scheme"): Row(
        "/coding-schemes",
        expect(403, anonymous=302, principal=303, leader=303, researcher=303, admin=303),
        data={"name": "本校方案", "base": "fias", "shared": "y"},
    ),
    ("GET", "observations.scheme"): Row(
        "/coding-schemes/{scheme}", expect(404, anonymous=302, principal=200, leader=200, teacher=200, colleague=200)
    ),
    ("POST", "observations.save_scheme"): Row(
        "/coding-schemes/{scheme}",
        expect(404, anonymous=302, principal=303, leader=303, teacher=403, colleague=403),
        data={
            "name": "本校方案",
            "mode": "held",
            "seconds": "5",
            "codes": "教师\n- 1 讲授\n- 2 提问",
            "seen": "{scheme_seen}",
        },
    ),
    ("GET", "observations.coding"): Row(CODING, {**watchers(200), "colleague": 302, "leader": 302}),
    ("POST", "observations.save_coding"): Row(
        CODING, {**watchers(303), "colleague": 409, "leader": 409}, data={"changes": "{codes}"}
    ),
    ("GET", "observations.coding_results"): Row(
        CODING + "/results", {**watchers(403, owner=200, host=200), "colleague": 200, "leader": 200}
    ),
    ("POST", "observations.adjudicate_coding"): Row(
        CODING + "/results",
        {**watchers(403, owner=303, host=303), "colleague": 303, "leader": 303},
        data={"start_ms": "10000", "end_ms": "20000", "code": "T"},
    ),
    ("POST", "observation_uploads.create"): Row(
        "/uploads",
        editors(201),
        headers={
            **TUS,
            "Upload-Length": "10",
            "Upload-Metadata": "filename YS5tcDQ=,lesson {lesson64}",
        },
    ),
    ("GET", "observation_uploads.status"): Row(
        "/uploads/{upload}", expect(404, anonymous=302, teacher=200), headers=TUS, builds_files=True
    ),
    ("PATCH", "observation_uploads.patch"): Row(
        "/uploads/{upload}",
        expect(404, anonymous=302, teacher=415),
        headers={**TUS, "Upload-Offset": "0"},
        builds_files=True,
    ),
    ("DELETE", "observation_uploads.terminate"): Row(
        "/uploads/{upload}", expect(404, anonymous=302, teacher=204), headers=TUS, builds_files=True
    ),
}

SOCKETS = {
    "following a lesson": SocketRow(
        "/live",
        "join",
        expect_words("not_found", principal="ok", leader="ok", colleague="ok", teacher="ok", researcher="ok"),
        {"topic": "lesson:{lesson}"},
    ),
}
