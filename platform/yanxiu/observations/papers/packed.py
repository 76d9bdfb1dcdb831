"""What an archive pack of a lesson holds, as far as its maker may see it, and nothing that was said to some only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE, media_span
from yanxiu.core.csv_files import csv_bytes
from yanxiu.lessonplans.queries.papers import PlanPaper, paper_taught
from yanxiu.lessonplans.queries.rounds import round_name, rounds_of
from yanxiu.lessonplans.queries.word_files import word_of_plan
from yanxiu.observations.coding_sheet import Coder, coding_workbook
from yanxiu.observations.instruments.questions import LEDGER, questions_of
from yanxiu.observations.instruments.report import report_of
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.models import (
    MEETING_KEYS,
    CodingSession,
    CommentVisibility,
    Evaluation,
    Lesson,
    LessonPhase,
    TextKey,
    TimedComment,
)
from yanxiu.observations.papers.agreed import Pair, agreement_word, pairs_of
from yanxiu.observations.papers.comment_files import comments_csv, comments_word, webvtt
from yanxiu.observations.papers.drawn import Stills
from yanxiu.observations.papers.minutes import minutes_word
from yanxiu.observations.papers.observation_report import report_word
from yanxiu.observations.papers.record import record_word
from yanxiu.observations.papers.reflection import reflection_word
from yanxiu.observations.papers.score_book import score_workbook
from yanxiu.observations.papers.scores import scores_word, summary_word
from yanxiu.observations.permissions import can_take_pictures, can_view_codings, can_view_sweeps, leads_lesson
from yanxiu.observations.queries import LessonView, current_version, recording_of, sees_scores, submitted_evaluations
from yanxiu.observations.queries.codings import compared_for_file, finished_codings, standings_of
from yanxiu.observations.queries.cycle import texts_of
from yanxiu.observations.queries.packs import moves_of
from yanxiu.observations.queries.papers import outcomes_of, threads_to_file
from yanxiu.observations.queries.report import report_of as observation_report
from yanxiu.observations.queries.second_teachings import clip_pairs, teachings_of
from yanxiu.observations.queries.sweeps import as_sweep, count_sweeps, sweeps_of
from yanxiu.observations.question_sheet import question_workbook
from yanxiu.observations.rubrics.summary import summarize
from yanxiu.observations.sweep_sheet import sweep_workbook

OPEN = "大家都看得到的全部点评"
PATIENCE_S = 600
"""So long the stills of a pack may take: nobody waits at a page, and what is missing is missing for good."""


@dataclass(frozen=True)
class Draft:
    """A paper that is still to be written: its folder, its name, what writes it."""

    folder: str
    name: str
    write: Callable[[], bytes]


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


def papers_of(packed: Packed, stopping: threading.Event) -> list[Draft]:
    """Return what there is to write; WorkerStoppingError while stills are taken and `stopping` is set.

    The stills take longest, so they come last.
    """
    parts = (_talked(packed), _observed(packed), _planned(packed), _records(packed), _scores(packed))
    return [*(draft for part in parts for draft in part), *_codes(packed), *_about(packed), *_said(packed, stopping)]


def _said(packed: Packed, stopping: threading.Event) -> Iterator[Draft]:
    lesson, threads = packed.lesson, packed.threads
    shown = can_take_pictures(packed.viewer, lesson, packed.found.access, clock.today())

    def with_stills() -> bytes:
        stills = Stills(lesson.id, len(threads) if shown else 0, PATIENCE_S, stopping)
        return comments_word(lesson, threads, OPEN, stills)

    yield Draft("时间点点评", "时间点点评.csv", lambda: comments_csv(threads))
    yield Draft("时间点点评", "时间点点评.vtt", lambda: webvtt(lesson, threads))
    yield Draft("时间点点评", "时间点点评.docx", with_stills)


def _talked(packed: Packed) -> Iterator[Draft]:
    lesson, viewer = packed.lesson, packed.viewer
    recording, texts = recording_of(lesson.id), texts_of(lesson.id)
    segments = recording.segments if recording else []
    outcomes, pairs = outcomes_of(viewer, lesson), clip_pairs(viewer, lesson.id)
    seconds = teachings_of(viewer, lesson.id).seconds
    yield Draft("", "议课纪要.docx", lambda: minutes_word(lesson, segments, packed.threads, outcomes, pairs))
    if seconds or any(key in texts for key in (*MEETING_KEYS, TextKey.REFLECTION)):
        yield Draft("", "课前会议与教学反思.docx", lambda: reflection_word(lesson, texts, seconds))
    if pairs:
        rows = [
            (
                pair.comment.lesson.title,
                media_span(*pair.before),
                pair.comment.author.name,
                pair.comment.body,
                pair.second.title,
                media_span(pair.start_ms, pair.end_ms),
                pair.note,
            )
            for pair in pairs
        ]
        yield Draft(
            "",
            "改进前后.csv",
            lambda: csv_bytes(("改进前", "片段", "谁的意见", "意见", "改进后", "片段", "怎样改的"), rows),
        )


def _observed(packed: Packed) -> Iterator[Draft]:
    """What was seen and found under the perspectives of a divided observation: open remarks only (`report_of`)."""
    lesson, viewer = packed.lesson, packed.viewer
    report = observation_report(
        viewer, lesson, packed.found.access, leads=leads_lesson(viewer, lesson, packed.found.access)
    )
    if report.chapters:
        yield Draft("", f"{report.title}.docx", lambda: report_word(lesson, report))


def _planned(packed: Packed) -> Iterator[Draft]:
    """The plan that was taught, without the comments on it and as if nothing that 修订 propose was accepted; its rounds."""
    if packed.plan is None:
        return
    paper, version = packed.plan, packed.plan_version
    about = f"上这节课用的{version}" if version else "没有与这节课对应的稿，这是制作归档包时的教案"
    yield Draft("教案", f"{paper.plan.title}.docx", lambda: word_of_plan(paper.plan, paper.document, about))
    rounds = [
        (
            round_name(one.number),
            one.revision.title,
            one.author.name,
            _moment(one.created_at),
            "这节课" if one.lesson_id == packed.lesson.id else "",
        )
        for one in rounds_of(paper.plan.id)
    ]
    if rounds:
        yield Draft("教案", "各稿.csv", lambda: csv_bytes(("稿", "版本", "谁留的", "时间", "上的是"), rounds))


def _records(packed: Packed) -> Iterator[Draft]:
    """One for each who said something to all or handed in scores that the maker sees; not for the teacher."""
    lesson, recording = packed.lesson, recording_of(packed.lesson.id)
    segments = recording.segments if recording else []
    judged = {one.observer_id: one for one in packed.submitted}
    people: dict[int, User] = {one.author_id: one.author for one in packed.threads}
    people |= {one.observer_id: one.observer for one in packed.submitted}
    for number, person in sorted(people.items()):
        if number == lesson.teacher_id:
            continue
        own = [thread for thread in packed.threads if thread.author_id == number]
        write = partial(record_word, lesson, person, segments, own, judged.get(number))
        yield Draft("听课记录表", f"{person.name}.docx", write)


def _scores(packed: Packed) -> Iterator[Draft]:
    if not packed.submitted:
        return
    lesson, submitted, current = packed.lesson, packed.submitted, current_version(recording_of(packed.lesson.id))
    yield Draft("评分表", "评分汇总.docx", lambda: summary_word(lesson, summarize(submitted), current))
    yield Draft("评分表", "评分.xlsx", lambda: score_workbook(lesson, submitted, current))
    for one in submitted:
        yield Draft("评分表", f"{one.observer.name}.docx", partial(scores_word, lesson, one, current))


def _codes(packed: Packed) -> Iterator[Draft]:
    """Raw codes with figures as live formulas, a workbook for each scheme whose codings the maker may see; what two coders
    agreed on stands in the workbook of the two, and all of it in a paper."""
    lesson, viewer, pairs = packed.lesson, packed.viewer, list[Pair]()
    for standing in standings_of(lesson.id, viewer.user_id):
        scheme = standing.scheme
        if not standing.coders or not can_view_codings(viewer, lesson, packed.found.access, standing.own):
            continue
        finished = finished_codings(lesson.id, scheme.slug)
        here = pairs_of(scheme, finished)
        pairs += here
        if scheme.slug == LEDGER.slug:
            for one in finished:
                other = next((each for each in finished if each is not one), None)
                yield Draft("行为编码", f"问答记录 {one.coder.name}.xlsx", partial(_ledger, one, other))
            continue
        yield Draft("行为编码", f"{scheme.name}.xlsx", partial(_workbook, lesson, scheme, finished))
        for pair in here:
            both = (pair.first, pair.second)
            yield Draft(
                "行为编码", f"{scheme.name} 一致性 {pair.names}.xlsx", partial(_workbook, lesson, scheme, both, pair)
            )
    if pairs:
        yield Draft("行为编码", "一致性与议定.docx", lambda: agreement_word(lesson, pairs))
    yield from _swept(packed)


def _ledger(coding: CodingSession, other: CodingSession | None) -> bytes:
    questions = questions_of((mark.start_ms, mark.code) for mark in coding.kept)
    return question_workbook(questions, compared_for_file(coding, other) if other is not None else None)


def _workbook(lesson: Lesson, scheme: Scheme, codings: Sequence[CodingSession], pair: Pair | None = None) -> bytes:
    coders = [
        Coder(one.coder.name, one.spans(), report_of(scheme, one.spans(), one.interval_ms, one.reached_ms))
        for one in codings
    ]
    compared = pair.compared() if pair is not None else None
    agreed = pair.agreed() if pair is not None and not scheme.is_held else ()
    return coding_workbook(f"{lesson.title} {scheme.name}", scheme, coders, compared, agreed)


def _swept(packed: Packed) -> Iterator[Draft]:
    """Who was off task, where the maker sees the sweeps of all."""
    lesson, viewer = packed.lesson, packed.viewer
    if not can_view_sweeps(viewer, lesson, packed.found.access, count_sweeps(lesson.id, viewer.user_id)):
        return
    version = current_version(recording_of(lesson.id))
    observers = [
        (group[0].observer.name, [as_sweep(row, version) for row in group])
        for _number, rows in groupby(sweeps_of(lesson.id), key=lambda row: row.observer_id)
        if (group := list(rows))
    ]
    if observers:
        yield Draft("行为编码", "学生投入扫视.xlsx", lambda: sweep_workbook(observers))


def _about(packed: Packed) -> Iterator[Draft]:
    lesson = packed.lesson
    people = [(lesson.teacher.name, lesson.teacher.organization.name, "授课教师", "")]
    people += [
        (one.user.name, one.user.organization.name, one.role_of.label, "到场" if one.attended_at else "")
        for one in lesson.members
    ]
    yield Draft("", "参加的人.csv", lambda: csv_bytes(("姓名", "单位", "角色", "到场"), people))
    steps = [
        (_moment(move.at), move.who, _step(move.before), _step(move.after), move.sha256) for move in moves_of(lesson.id)
    ]
    yield Draft("", "流程记录.csv", lambda: csv_bytes(("时间", "谁", "从", "到", "审计记录的校验码"), steps))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M:%S}"


def _step(value: str) -> str:
    return LessonPhase(value).label if value in set(LessonPhase) else value
