"""What an archive pack of a lesson holds, as far as its maker may see it, and nothing that was said to some only."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.csv_files import csv_bytes
from yanxiu.lessonplans.queries.papers import PlanPaper, paper_taught
from yanxiu.lessonplans.queries.word_files import word_of_plan
from yanxiu.observations.coding_sheet import Coder, coding_workbook
from yanxiu.observations.instruments.questions import LEDGER, questions_of
from yanxiu.observations.instruments.report import report_of
from yanxiu.observations.models import CommentVisibility, Evaluation, Lesson, LessonPhase, TimedComment
from yanxiu.observations.papers.comment_files import comments_csv, comments_word, webvtt
from yanxiu.observations.papers.drawn import Stills
from yanxiu.observations.papers.minutes import minutes_word
from yanxiu.observations.papers.observation_report import report_word
from yanxiu.observations.papers.packing import Sheet, sheet
from yanxiu.observations.papers.record import record_word
from yanxiu.observations.papers.score_book import score_workbook
from yanxiu.observations.papers.scores import scores_word, summary_word
from yanxiu.observations.permissions import can_take_pictures, can_view_codings, leads_lesson
from yanxiu.observations.queries import LessonView, current_version, recording_of, sees_scores, submitted_evaluations
from yanxiu.observations.queries.codings import compared_for_file, finished_codings, standings_of
from yanxiu.observations.queries.packs import moves_of
from yanxiu.observations.queries.papers import outcomes_of, threads_to_file
from yanxiu.observations.queries.report import report_of as observation_report
from yanxiu.observations.queries.second_teachings import clip_pairs
from yanxiu.observations.question_sheet import question_workbook
from yanxiu.observations.rubrics.summary import summarize

OPEN = "大家都看得到的全部点评"
PATIENCE_S = 600
"""So long the stills of a pack may take: nobody waits at a page, and what is missing is missing for good."""


@dataclass(frozen=True)
class Packed:
    """What the maker may see of a lesson: read once."""

    viewer: Viewer
    found: LessonView
    threads: Sequence[TimedComment]
    submitted: Sequence[Evaluation]
    plan: PlanPaper | None
    plan_version: str
    """一稿 …, or empty where no version is tied to the lesson and the plan is taken as it is now."""

    @property
    def lesson(self) -> Lesson:
        return self.found.lesson


def packed_for(viewer: Viewer, found: LessonView) -> Packed:
    """Read what goes into a pack of this maker: comments for everybody, scores where the maker may see them."""
    threads = threads_to_file(viewer, found.lesson, with_private=False)
    said_to_all = [thread for thread in threads if thread.visibility == CommentVisibility.EVERYBODY]
    may = sees_scores(viewer, found.lesson)
    plan_id = found.lesson.lesson_plan_id
    taught = paper_taught(viewer, plan_id, found.lesson.id) if plan_id is not None else None
    plan, version = taught if taught is not None else (None, "")
    return Packed(viewer, found, said_to_all, submitted_evaluations(found.lesson.id) if may else [], plan, version)


def papers_of(packed: Packed, stopping: threading.Event) -> Iterator[Sheet]:
    """Yield the papers one after the other; WorkerStoppingError while stills are taken and `stopping` is set."""
    yield from _said(packed, stopping)
    yield from _observed(packed)
    yield from _planned(packed)
    yield from _records(packed)
    yield from _scores(packed)
    yield from _codes(packed)
    yield from _about(packed.lesson)


def _said(packed: Packed, stopping: threading.Event) -> Iterator[Sheet]:
    lesson, threads = packed.lesson, packed.threads
    shown = can_take_pictures(packed.viewer, lesson, packed.found.access, clock.today())
    stills = Stills(lesson.id, len(threads) if shown else 0, PATIENCE_S, stopping)
    yield sheet("时间点点评", "时间点点评.docx", comments_word(lesson, threads, OPEN, stills))
    yield sheet("时间点点评", "时间点点评.csv", comments_csv(threads))
    yield sheet("时间点点评", "时间点点评.vtt", webvtt(lesson, threads))
    recording = recording_of(lesson.id)
    segments = recording.segments if recording else []
    outcomes, pairs = outcomes_of(packed.viewer, lesson), clip_pairs(packed.viewer, lesson.id)
    yield sheet("", "议课纪要.docx", minutes_word(lesson, segments, threads, outcomes, pairs))


def _observed(packed: Packed) -> Iterator[Sheet]:
    """What was seen and found under the perspectives of a divided observation: open remarks only (`report_of`)."""
    lesson, viewer = packed.lesson, packed.viewer
    report = observation_report(viewer, lesson, leads=leads_lesson(viewer, lesson, packed.found.access))
    if report.chapters:
        yield sheet("", f"{report.title}.docx", report_word(lesson, report))


def _planned(packed: Packed) -> Iterator[Sheet]:
    """The plan that was taught, without the comments on it and as if nothing that 修订 propose was accepted."""
    if packed.plan is None:
        return
    version = packed.plan_version
    about = f"上这节课用的{version}" if version else "没有与这节课对应的稿，这是制作归档包时的教案"
    yield sheet("教案", f"{packed.plan.plan.title}.docx", word_of_plan(packed.plan.plan, packed.plan.document, about))


def _records(packed: Packed) -> Iterator[Sheet]:
    """One for each who said something to all or handed in scores that the maker sees; not for the teacher."""
    lesson, recording = packed.lesson, recording_of(packed.lesson.id)
    judged = {one.observer_id: one for one in packed.submitted}
    people: dict[int, User] = {one.author_id: one.author for one in packed.threads}
    people |= {one.observer_id: one.observer for one in packed.submitted}
    for number, person in sorted(people.items()):
        if number == lesson.teacher_id:
            continue
        own = [thread for thread in packed.threads if thread.author_id == number]
        body = record_word(lesson, person, recording.segments if recording else [], own, judged.get(number))
        yield sheet("听课记录表", f"{person.name}.docx", body)


def _scores(packed: Packed) -> Iterator[Sheet]:
    if not packed.submitted:
        return
    current = current_version(recording_of(packed.lesson.id))
    yield sheet("评分表", "评分汇总.docx", summary_word(packed.lesson, summarize(packed.submitted), current))
    yield sheet("评分表", "评分.xlsx", score_workbook(packed.lesson, packed.submitted, current))
    for one in packed.submitted:
        yield sheet("评分表", f"{one.observer.name}.docx", scores_word(packed.lesson, one, current))


def _codes(packed: Packed) -> Iterator[Sheet]:
    """Raw codes with figures as live formulas, a workbook for each scheme whose codings the maker may see."""
    lesson = packed.lesson
    for standing in standings_of(lesson.id, packed.viewer.user_id):
        scheme = standing.scheme
        if not standing.coders or not can_view_codings(packed.viewer, lesson, packed.found.access, standing.own):
            continue
        finished = finished_codings(lesson.id, scheme.slug)
        if scheme.slug == LEDGER.slug:
            for one in finished:
                questions = questions_of((mark.start_ms, mark.code) for mark in one.kept)
                other = next((each for each in finished if each is not one), None)
                beside = compared_for_file(one, other) if other is not None else None
                yield sheet("行为编码", f"问答记录 {one.coder.name}.xlsx", question_workbook(questions, beside))
            continue
        coders = [
            Coder(one.coder.name, one.spans(), report_of(scheme, one.spans(), one.interval_ms, one.reached_ms))
            for one in finished
        ]
        yield sheet(
            "行为编码", f"{scheme.name}.xlsx", coding_workbook(f"{lesson.title} {scheme.name}", scheme, coders, None)
        )


def _about(lesson: Lesson) -> Iterator[Sheet]:
    people = [(lesson.teacher.name, lesson.teacher.organization.name, "授课教师", "")]
    people += [
        (one.user.name, one.user.organization.name, one.role_of.label, "到场" if one.attended_at else "")
        for one in lesson.members
    ]
    yield sheet("", "参加的人.csv", csv_bytes(("姓名", "单位", "角色", "到场"), people))
    steps = [
        (
            f"{move.at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M:%S}",
            move.who,
            _step(move.before),
            _step(move.after),
            move.sha256,
        )
        for move in moves_of(lesson.id)
    ]
    yield sheet("", "流程记录.csv", csv_bytes(("时间", "谁", "从", "到", "审计记录的哈希"), steps))


def _step(value: str) -> str:
    return LessonPhase(value).label if value in set(LessonPhase) else value
