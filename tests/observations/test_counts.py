"""听课节数: what counts, in which term, for whom it can be seen, and the workbook."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from tests.support.observations import full_scores, make_lesson, make_ready_version, some_comment
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.errors import ConflictError
from yanxiu.core.terms import term_days, term_of
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.queries.counts import ATTENDED, EVALUATED, NOTED, counts_of, observed_by, observed_in_reach
from yanxiu.observations.services.comments import withdraw_comment
from yanxiu.observations.services.evaluations import save_evaluation, submit_evaluation
from yanxiu.observations.services.lessons import delete_lesson, invite_member, note_attendance
from yanxiu.observations.services.live_notes import NoteDraft, take_note

FIRST = (date(2026, 9, 1), date(2027, 2, 14))


@pytest.fixture
def observed(ctx, cast) -> dict[str, int]:
    """What 周敏 did about five lessons of 李强 this term, and one of the last."""
    teacher, colleague = cast.user("teacher"), cast.user("colleague")
    ids = {}
    with unit_of_work():
        for name, day in (
            ("judged", 2), ("noted", 3), ("two notes", 4), ("present", 5), ("removed", 6), ("last term", -90),
        ):  # fmt: skip
            at = datetime(2026, 11, 1, 9, tzinfo=LOCAL_ZONE) + timedelta(days=day)
            lesson = make_lesson(teacher, name, visibility="invited", taught_at=at)
            lesson.taught_at = at
            member = invite_member(teacher, lesson, colleague, "observer")
            if name in ("judged", "removed", "last term"):
                save_evaluation(colleague, lesson, full_scores(lesson))
                submit_evaluation(colleague, lesson)
            if name in ("judged", "noted", "two notes"):
                version = make_ready_version(lesson)
                some_comment(colleague, lesson, version)
                some_comment(colleague, lesson, version, visibility="teacher")
                third = take_note(colleague, lesson, None, NoteDraft("举手 12 人", str(uuid4())))
                if name == "two notes":
                    some_comment(colleague, lesson, version, visibility="private")
                    withdraw_comment(colleague, lesson, third)
            if name == "present":
                note_attendance(teacher, lesson, member, present=True)
            if name == "removed":
                delete_lesson(teacher, lesson)
            ids[name] = lesson.id
        ahead = make_lesson(teacher, taught_at=clock.now() + timedelta(days=1))
        with pytest.raises(ConflictError):
            note_attendance(teacher, ahead, invite_member(teacher, ahead, colleague, "observer"), present=True)
    return ids


def test_a_lesson_counts_once_for_what_was_done_and_not_for_its_teacher(observed, cast):
    rows = observed_by(cast.viewer("colleague"), cast.colleague.id, FIRST)
    assert [(row.title, row.how) for row in rows] == [
        ("present", (ATTENDED,)),
        ("noted", (NOTED,)),
        ("judged", (EVALUATED, NOTED)),
    ]
    assert observed_by(cast.viewer("teacher"), cast.teacher.id, FIRST) == []
    managed = observed_in_reach(cast.viewer("principal"), FIRST)
    assert [row.title for row in managed] == [None] * 3, "whoever manages a school sees figures, not the lessons"
    assert [(count.person.name, count.lessons) for count in counts_of(managed)] == [("周敏", 3)]
    assert observed_in_reach(cast.viewer("leader"), FIRST) == []
    assert [row.title for row in observed_by(cast.viewer("colleague"), cast.colleague.id, term_days(term_of(date(2026, 8, 3))))] == ["last term"]  # fmt: skip


def test_the_page_says_the_rule_and_the_workbook_counts_its_rows(observed, client_for, cast):
    client, principal = client_for("colleague"), client_for("principal")
    term = term_of(date(2026, 11, 1))
    page = client.get("/observation-counts", query_string={"term": term}).text
    assert "至少 3 条点评" in page
    assert "记了到场" in page
    assert f"person={cast.colleague.id}" in principal.get("/observation-counts", query_string={"term": term}).text
    idle = principal.get("/observation-counts", query_string={"term": term, "heard": "none"}).text
    assert "李强" in idle, "who leads a school has to know who observed nothing"
    assert f"person={cast.colleague.id}" not in idle
    assert "李强" not in principal.get("/observation-counts", query_string={"term": term, "heard": "some"}).text
    book = load_workbook(io.BytesIO(principal.get("/observation-counts.xlsx", query_string={"term": term}).data))
    figures = {row[1].value: [cell.value for cell in row[2:]] for row in book["听课节数"].iter_rows(min_row=5)}
    line = list(figures).index("周敏") + 5
    assert figures["周敏"] == ["青山镇中心小学", f"=COUNTIF(明细!A:A,A{line})"]
    assert list(figures).index("李强") < list(figures).index("周敏"), "by pinyin"
    assert book["明细"].max_row == 4
    own = load_workbook(io.BytesIO(client.get("/observation-counts.xlsx", query_string={"term": term}).data))
    assert own["明细"]["D2"].value == "present"
