"""Notes taken in the classroom, sent when the line is back, and shifted onto the recording by one mark."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from tests.support.observations import make_lesson, make_ready_version
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import Lesson, RecordingVersion, TimedComment
from yanxiu.observations.queries import comments_since, current_version, recording_of, threads_of
from yanxiu.observations.queries.comments import count_placed_notes, moments_of, notes_by_clock
from yanxiu.observations.services.comments import CommentDraft, edit_comment, reply_to_comment, withdraw_comment
from yanxiu.observations.services.live_notes import NO_WORDS, NoteDraft, set_sync_mark, take_note

BELL = datetime(2026, 11, 18, 10, 2, 15, tzinfo=LOCAL_ZONE)


def note_at(actor, lesson, seconds: float, body: str = "学生齐读", **details) -> TimedComment:
    """A note taken so long after the bell and sent five minutes later."""
    moment, wait = BELL + timedelta(seconds=seconds), timedelta(minutes=5)
    with clock.frozen(moment + wait):
        draft = NoteDraft(body, str(uuid4()), wait // timedelta(milliseconds=1), **details)
        return take_note(actor, lesson, current_version(recording_of(lesson.id)), draft)


def places(viewer, lesson) -> list[tuple[str, int]]:
    return [(note.body, note.start_ms) for note in threads_of(viewer, lesson).items]


def waiting(viewer, lesson) -> list[str]:
    return [note.body for note in notes_by_clock(viewer, lesson)]


def test_one_mark_places_the_notes_of_all_observers_and_can_be_corrected(ctx, cast):
    teacher, colleague, leader = (cast.user(key) for key in ("teacher", "colleague", "leader"))
    viewer = cast.viewer("teacher")
    with unit_of_work():
        lesson = make_lesson(teacher, visibility="school")
        early = note_at(colleague, lesson, -20, "上课前就在预习")
        first = note_at(colleague, lesson, 5, "导入用了一幅图")
        note_at(leader, lesson, 30.5, "第二组争论", kind="question")
        note_at(leader, lesson, 31, "只给自己看", visibility="private")
        note_at(colleague, lesson, 24 * 3600, "第二天补的")
        answer = reply_to_comment(teacher, lesson, first, CommentDraft("是课文插图", str(uuid4())))
    assert waiting(viewer, lesson) == ["上课前就在预习", "导入用了一幅图", "第二组争论", "第二天补的"]
    assert places(viewer, lesson) == []
    with pytest.raises(InvalidError), unit_of_work():
        version = make_ready_version(lesson)
        set_sync_mark(colleague, lesson, version, 60_001, time(10, 2, 15))
    with unit_of_work():
        lesson = db.session.get_one(Lesson, lesson.id)
        version = make_ready_version(lesson)
        before = max(note.seq for note in notes_by_clock(viewer, lesson))
        set_sync_mark(colleague, lesson, version, 10_000, time(10, 2, 15))
    assert [count_placed_notes(cast.viewer(key), lesson) for key in ("colleague", "leader")] == [2, 3], "private ones"
    assert places(viewer, lesson) == [("导入用了一幅图", 15_000), ("第二组争论", 40_500)]
    assert waiting(viewer, lesson) == [early.body, "第二天补的"], "before the film and after its end there is no place"
    assert (answer.start_ms, answer.version_id) == (15_000, version.id)
    assert {note.body for note in comments_since(viewer, lesson, before).threads} == {"导入用了一幅图", "第二组争论"}
    assert first.url.endswith(f"?t=15#comment-{first.id}")
    with unit_of_work():  # it was the other bell
        set_sync_mark(teacher, lesson, version, 40_000, time(10, 2, 15))
        assert count_placed_notes(viewer, lesson) == 2
        late = note_at(leader, lesson, 12, "迟到的一条")
    assert places(viewer, lesson) == [(early.body, 20_000), ("导入用了一幅图", 45_000), (late.body, 52_000)]
    assert waiting(viewer, lesson) == ["第二组争论", "第二天补的"]
    assert [moment["start"] for moment in moments_of(viewer, lesson)] == [20_000, 45_000, 52_000]


def test_a_note_that_comes_twice_is_one_note_and_words_are_not_needed(ctx, cast):
    with unit_of_work():
        lesson, colleague = make_lesson(cast.user("teacher"), visibility="school"), cast.user("colleague")
        draft = NoteDraft(" ", str(uuid4()), 60_000)
        note = take_note(colleague, lesson, None, draft)
        again = take_note(colleague, lesson, None, NoteDraft(" ", draft.client_uuid, 95_000))
        other = take_note(colleague, lesson, None, NoteDraft("另一句话", draft.client_uuid))
    assert (note.id, note.body, note.is_placed) == (again.id, NO_WORDS, False)
    with unit_of_work():
        edit_comment(colleague, lesson, note, "第三组合上了书", "question")
        after_all = take_note(colleague, lesson, None, NoteDraft(" ", draft.client_uuid, 120_000))
    assert other.id != note.id
    assert after_all.id == note.id, "its writer changed it before the phone heard that it had arrived"
    with pytest.raises(InvalidError), unit_of_work():
        take_note(colleague, lesson, None, NoteDraft("", str(uuid4()), 46 * 24 * 3600 * 1000))
    with pytest.raises(ConflictError), unit_of_work():
        empty = make_lesson(cast.user("teacher"), visibility="school")
        set_sync_mark(cast.user("teacher"), empty, make_ready_version(empty), 0, time(8, 0))


def test_one_mark_costs_and_says_the_same_however_many_notes_it_moves(ctx, cast, count_queries):
    costs, numbers = [], []
    for many in (1, 4):
        colleague = cast.user("colleague")
        with unit_of_work():
            lesson = make_lesson(cast.user("teacher"), visibility="school")
            version = make_ready_version(lesson)
            notes = [note_at(colleague, lesson, second) for second in range(many)]
            for note in notes:
                reply_to_comment(colleague, lesson, note, CommentDraft("是的", str(uuid4())))
            withdraw_comment(colleague, lesson, notes[0])
            ids = lesson.id, version.id
        db.session.expunge_all()
        lesson, version = db.session.get_one(Lesson, ids[0]), db.session.get_one(RecordingVersion, ids[1])
        before, colleague = current_seq(lesson.topic), cast.user("colleague")
        with count_queries() as asked, unit_of_work():
            set_sync_mark(colleague, lesson, version, 10_000, time(10, 2, 15))
        costs.append(sum("search_outbox" not in statement for statement in asked.statements))
        changed = comments_since(cast.viewer("colleague"), lesson, before).threads
        numbers.append(([thread.seq - before for thread in changed], current_seq(lesson.topic) - before))
        assert count_placed_notes(cast.viewer("colleague"), lesson) == many - 1, "what was taken back is not counted"
    assert costs[0] == costs[1]
    assert numbers == [([], 1), ([2, 3, 4], 4)], "a number for each: a long list is caught up with in parts"


def test_the_pages_of_live_notes(client_for, new_lesson, count_queries):
    lesson_id = new_lesson()
    client, teacher = client_for("colleague"), client_for("teacher")
    address = f"/lessons/{lesson_id}"
    headers = {"X-Requested-With": "fetch", "Accept": "application/json"}
    sent = {"kind": "evidence", "body": "举手 12 人", "client_uuid": str(uuid4()), "elapsed": "4000000000"}
    assert client.post(f"{address}/live", data=sent, headers=headers).status_code == 422
    first = client.post(f"{address}/live", data={**sent, "elapsed": "2000"}, headers=headers)
    assert first.json["body"] == "举手 12 人"
    assert (
        client.post(f"{address}/live", data={**sent, "elapsed": "9000"}, headers=headers).json["id"] == first.json["id"]
    )
    assert "举手 12 人" in client.get(f"{address}/live").text
    page = teacher.get(address).text
    assert page.count("举手 12 人") == 2, "words and label, by the clock"
    assert first.json["clock"] in page
    assert 'data-clock="' in client.get(f"{address}/comments?since=0").text
    for clock_text in ("25:00", "", "十点"):
        refused = client.post(f"{address}/sync-mark", data={"at": "00:10", "clock": clock_text}, headers=headers)
        assert refused.json["field"] == "clock"
    placed = {"at_ms": "12345", "note_id": str(first.json["id"])}
    assert "1 条现场随记" in client.post(f"{address}/sync-mark", data=placed, headers=headers).json["toast"]
    assert 'data-start="12345"' in teacher.get(address).text
    with count_queries() as few:
        teacher.get(address)
    for number in range(5):
        client.post(f"{address}/live", data={**sent, "client_uuid": str(uuid4()), "elapsed": f"{number}000"})
    with count_queries() as many:
        teacher.get(address)
    assert len(many.statements) == len(few.statements)
