"""Lessons of a workshop in its archive: what the workshop sees of them. Recordings only where they are asked for."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from yanxiu.core.clock import LOCAL_ZONE, media_span, today, wall_clock
from yanxiu.core.db import db
from yanxiu.core.word import SMALL
from yanxiu.observations.evidence import Reader
from yanxiu.observations.models import (
    Adjudication,
    AdmissionRequest,
    AttentionSweep,
    ClipConsent,
    ClipPair,
    ClipSet,
    CodeInterval,
    CodingScheme,
    CodingSession,
    CodingState,
    CommentVisibility,
    Evaluation,
    EvaluationState,
    Lesson,
    LessonAlignment,
    LessonMember,
    LessonPack,
    LessonPerspective,
    LessonPhase,
    LessonText,
    LessonVisibility,
    ObservationRequest,
    PackCheck,
    PerspectiveFinding,
    PerspectiveWatcher,
    Recording,
    RecordingSubtitles,
    RecordingVersion,
    Rendition,
    RenditionKind,
    RubricTemplate,
    RubricVersion,
    SchemeVersion,
    Score,
    ScoreEvidence,
    SecondTeaching,
    Segment,
    SetClip,
    TextKey,
    TimedComment,
    VersionState,
    Watching,
)
from yanxiu.observations.papers.scores import write_notice
from yanxiu.observations.permissions import findings_are_open, stands_in_set
from yanxiu.observations.queries.cycle import texts_of
from yanxiu.observations.queries.evaluations import submitted_evaluations
from yanxiu.observations.queries.perspectives import findings_of
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.archive_parts import ArchivePart, Kept, Left, Row, Scope, Shelf, Wish

SEALED = "打分只给授课老师和评过这节课的老师看"
"""Why scores are not in an archive whose reader is neither."""

NOT_HERE = "导入的档案里没有这段实录的视频"
_SHARED = (Lesson.visibility == LessonVisibility.WORKSHOP) & Lesson.deleted_at.is_(None)
_DISCUSSED = select(Lesson.id).where(
    Lesson.phase.in_([phase.value for phase in LessonPhase if phase.number >= LessonPhase.DISCUSSING.number])
)
_TAKEN_BACK = select(TimedComment.id).where(TimedComment.withdrawn_at.is_not(None))
_HEARD = (
    (TimedComment.visibility == CommentVisibility.EVERYBODY)
    & TimedComment.withdrawn_at.is_(None)
    & or_(TimedComment.parent_id.is_(None), TimedComment.parent_id.not_in(_TAKEN_BACK))
)


def _shown() -> Select[int]:
    """The versions whose pictures may go along: the time for which pupils may be shown is not over."""
    in_time = or_(Lesson.consent_until.is_(None), Lesson.consent_until >= today())
    return select(RecordingVersion.id).join(RecordingVersion.recording).join(Recording.lesson).where(in_time)


def with_videos(wish: Wish) -> ColumnElement[bool]:
    """Moving and still pictures alike."""
    return Rendition.version_id.in_(_shown()) if wish.with_videos else false()


def if_seen(wish: Wish) -> ColumnElement[bool]:
    """Who gave which score sees the teacher, and whoever has evaluated; a leader as such does not (`can_view_scores`)."""
    if wish.sealed:
        return true()
    if wish.reader_id is None:
        return false()
    own = select(Lesson.id).where(Lesson.teacher_id == wish.reader_id)
    handed_in = aliased(Evaluation)
    judged = select(handed_in.lesson_id).where(
        handed_in.observer_id == wish.reader_id, handed_in.state == EvaluationState.SUBMITTED
    )
    return or_(Evaluation.lesson_id.in_(own), Evaluation.lesson_id.in_(judged))


def if_codes_seen(wish: Wish) -> ColumnElement[bool]:
    """Finished codings see the teacher, and whoever has finished one with the same scheme (`can_view_codings`)."""
    if wish.sealed:
        return true()
    if wish.reader_id is None:
        return false()
    taught = select(Lesson.id).where(or_(Lesson.teacher_id == wish.reader_id, Lesson.creator_id == wish.reader_id))
    own = aliased(CodingSession)
    begun = select(own.id).where(
        own.coder_id == wish.reader_id, own.lesson_id == CodingSession.lesson_id, own.scheme == CodingSession.scheme
    )
    finished, unfinished = begun.where(own.state == CodingState.DONE), begun.where(own.state == CodingState.DRAFT)
    return or_(finished.exists(), CodingSession.lesson_id.in_(taught) & ~unfinished.exists())


def if_sweeps_seen(wish: Wish) -> ColumnElement[bool]:
    """The teacher sees all sweeps of the lesson, everybody the own ones (`can_view_sweeps`)."""
    if wish.sealed:
        return true()
    taught = select(Lesson.id).where(or_(Lesson.teacher_id == wish.reader_id, Lesson.creator_id == wish.reader_id))
    return or_(AttentionSweep.lesson_id.in_(taught), AttentionSweep.observer_id == wish.reader_id)


def if_findings_open(wish: Wish) -> ColumnElement[bool]:
    """What observers found is told from 议课 on (`findings_are_open`); before, everybody has the own ones."""
    if wish.sealed:
        return true()
    told = select(LessonPerspective.id).where(LessonPerspective.lesson_id.in_(_DISCUSSED))
    opened = PerspectiveFinding.perspective_id.in_(told)
    return opened if wish.reader_id is None else or_(opened, PerspectiveFinding.author_id == wish.reader_id)


def if_text_told(wish: Wish) -> ColumnElement[bool]:
    """The conclusion of a divided observation is told together with what was found."""
    if wish.sealed:
        return true()
    return or_(LessonText.key != TextKey.CONCLUSION, LessonText.lesson_id.in_(_DISCUSSED))


def without_video(row: Row, wish: Wish) -> Row:
    """A version without its pictures cannot be played, and says so."""
    here = wish.with_videos and row["state"] == VersionState.READY
    if here and db.session.scalar(_shown().where(RecordingVersion.id == row["id"])) is not None:
        return row
    return {**row, "original_id": None, "state": VersionState.FAILED.value, "reason": NOT_HERE}


def rubrics_used(scope: Scope) -> ColumnElement[bool]:
    """The versions that lessons and evaluations name."""
    lessons = scope(Lesson)
    by_lesson = select(Lesson.rubric_version_id).where(Lesson.id.in_(lessons), Lesson.rubric_version_id.is_not(None))
    by_evaluation = select(Evaluation.version_id).where(Evaluation.lesson_id.in_(lessons))
    return or_(RubricVersion.id.in_(by_lesson), RubricVersion.id.in_(by_evaluation))


def templates_used(scope: Scope) -> ColumnElement[bool]:
    versions = select(RubricVersion.template_id).where(RubricVersion.id.in_(scope(RubricVersion)))
    return RubricTemplate.id.in_(versions)


def schemes_used(scope: Scope) -> ColumnElement[bool]:
    """The versions with which a lesson's codings were finished."""
    done = CodingSession.lesson_id.in_(scope(Lesson)) & (CodingSession.state == CodingState.DONE)
    used = select(CodingSession.definition_id).where(done, CodingSession.definition_id.is_not(None))
    return SchemeVersion.id.in_(used)


def families_used(scope: Scope) -> ColumnElement[bool]:
    versions = select(SchemeVersion.scheme_id).where(SchemeVersion.id.in_(scope(SchemeVersion)))
    return CodingScheme.id.in_(versions)


def known_family(row: Row) -> int | None:
    """The slug of a scheme is the same on every server."""
    return db.session.scalar(select(CodingScheme.id).where(CodingScheme.slug == row["slug"]))


def known_scheme(row: Row) -> int | None:
    """The same codes, whatever their number."""
    same = select(SchemeVersion).where(SchemeVersion.scheme_id == row["scheme_id"])
    return next((version.id for version in db.session.scalars(same) if version.body == row["body"]), None)


def with_free_scheme_number(row: Row) -> Row:
    taken = select(func.max(SchemeVersion.number)).where(SchemeVersion.scheme_id == row["scheme_id"])
    return {**row, "number": max(row["number"], (db.session.scalar(taken) or 0) + 1)}


def known_template(row: Row) -> int | None:
    """A shipped one is found by its slug, another by name and origin."""
    found = select(RubricTemplate.id).order_by(RubricTemplate.id).limit(1)
    if row["slug"]:
        return db.session.scalar(found.where(RubricTemplate.slug == row["slug"]))
    named = (RubricTemplate.name == row["name"]) & (RubricTemplate.origin == row["origin"])
    return db.session.scalar(found.where(RubricTemplate.slug.is_(None), named))


def known_version(row: Row) -> int | None:
    """The same sheet, whatever its number."""
    same = select(RubricVersion).where(RubricVersion.template_id == row["template_id"])
    return next((version.id for version in db.session.scalars(same) if version.body == row["body"]), None)


def with_both_lessons(scope: Scope) -> ColumnElement[bool]:
    """Who repeats a lesson of another workshop repeats none where the archive is read back."""
    return SecondTeaching.first_id.in_(scope(Lesson)) & SecondTeaching.second_id.in_(scope(Lesson))


def with_both_clips(scope: Scope) -> ColumnElement[bool]:
    return ClipPair.comment_id.in_(scope(TimedComment)) & ClipPair.second_id.in_(scope(Lesson))


def of_lessons_here(scope: Scope) -> ColumnElement[bool]:
    """A set may hold clips of lessons that do not belong to the workshop; these stay with their lessons. So do those whose
    teacher did not consent (`stands_in_set`)."""
    owners = aliased(ClipSet)
    own = select(owners.id).where(
        owners.id == SetClip.set_id, owners.owner_id.in_((Lesson.teacher_id, Lesson.creator_id))
    )
    given = select(Lesson.id).where(or_(Lesson.clip_consent == ClipConsent.GIVEN, own.exists()))
    stands = SetClip.lesson_id.in_(given.where(Lesson.id == SetClip.lesson_id))
    return SetClip.set_id.in_(scope(ClipSet)) & SetClip.lesson_id.in_(scope(Lesson)) & stands


def with_free_number(row: Row) -> Row:
    taken = select(func.max(RubricVersion.number)).where(RubricVersion.template_id == row["template_id"])
    return {**row, "number": max(row["number"], (db.session.scalar(taken) or 0) + 1)}


def of_no_upload(row: Row) -> Row:
    """The upload it came from is known on the old server only."""
    return {**row, "upload_id": secrets.token_hex(16)}


def fill_lessons(shelf: Shelf, workshop: Workshop) -> None:
    """Put a document with what was said about each lesson, and name its recording."""
    mine = select(Lesson).where(Lesson.workshop_id == workshop.id, _SHARED).order_by(Lesson.id)
    for lesson in db.session.scalars(mine.options(joinedload(Lesson.teacher))).all():
        with shelf.both("课例", f"{lesson.title}（{lesson.teacher.name}）") as word:
            _write_lesson(word, lesson)
            _write_findings(word, lesson)
            note = _write_evaluations(word, lesson, shelf.wish)
        shelf.tell("课例", lesson.title, word.path, f"{lesson.teacher.name}{note}", also=word.pdf)
        _tell_recording(shelf, lesson)


def _write_lesson(word: Any, lesson: Lesson) -> None:
    word.title(lesson.title)
    taught = f"{lesson.taught_at.astimezone(LOCAL_ZONE):%Y-%m-%d}" if lesson.taught_at else ""
    word.paragraph(f"{lesson.teacher.name}　{lesson.grade}{lesson.subject}　{taught}　{lesson.place}", SMALL)
    if lesson.focus:
        word.paragraph(f"观课重点：{lesson.focus}")
    said = select(TimedComment).where(TimedComment.lesson_id == lesson.id, _HEARD)
    in_order = (TimedComment.version_id.is_(None), TimedComment.start_ms, TimedComment.taken_at, TimedComment.id)
    ordered = said.options(joinedload(TimedComment.author)).order_by(*in_order)
    for comment in db.session.scalars(ordered):
        minutes, seconds = divmod(comment.start_ms // 1000, 60)
        at = f"{minutes:02}:{seconds:02}"
        if comment.thread.taken_at is not None and not comment.is_placed:
            at = wall_clock(comment.thread.taken_at)
        kind = comment.kind_of.label if comment.parent_id is None else "回复"
        word.paragraph(f"{at}　{kind}　{comment.author.name}", SMALL)
        word.paragraph(comment.body, indent=0 if comment.parent_id is None else 1)
        if comment.drawing:
            word.paragraph(f"画面标注：{comment.drawn}", SMALL)


def _write_findings(word: Any, lesson: Lesson) -> None:
    """Write what observers found under their perspectives, and the conclusion, once everybody may read them."""
    found = findings_of(lesson.id) if findings_are_open(lesson) else []
    if not found:
        return
    word.heading("分工观察", 2)
    for one in found:
        word.paragraph(f"{one.perspective.name}　{one.author.name}", SMALL)
        word.paragraph(one.body)
    conclusion = texts_of(lesson.id).get(TextKey.CONCLUSION)
    if conclusion is not None:
        word.paragraph(f"总体结论：{conclusion.body}")


def _write_evaluations(word: Any, lesson: Lesson, wish: Wish) -> str:
    """Write what observers gave where whoever asked may see it; return what the 目录 says about it."""
    submitted = submitted_evaluations(lesson.id)
    if not submitted:
        return ""
    word.heading("评课", 2)
    seen = select(Evaluation.id).where(Evaluation.lesson_id == lesson.id, if_seen(wish)).limit(1)
    if db.session.scalar(seen) is None:
        word.paragraph(f"有 {len(submitted)} 份评课。{SEALED}", SMALL)
        return f"　评课 {len(submitted)} 份没有放进来：{SEALED}"
    for evaluation in submitted:
        _write_evaluation(word, lesson, evaluation)
    return f"　评课 {len(submitted)} 份"


def _write_evaluation(word: Any, lesson: Lesson, evaluation: Evaluation) -> None:
    total = f"{evaluation.total / 100:g} 分" if evaluation.total is not None else ""
    word.paragraph(f"{evaluation.observer.name}　{evaluation.version.template.name}　{total}", SMALL)
    values = evaluation.values()
    lines = [line for criterion in evaluation.version.sheet.criteria for line in criterion.lines()]
    sheet = evaluation.version.sheet
    noted = [(snapshot.title, snapshot.said(values)) for snapshot in sheet.snapshots]
    word.table([("评价项", "评分"), *((line.title, str(values.get(line.key, ""))) for line in lines), *noted])
    write_notice(word, sheet)
    shown = Reader(lesson).by_criterion(evaluation)
    for criterion in evaluation.version.sheet.criteria:
        if criterion.key in shown:
            word.paragraph(f"“{criterion.title}”的证据：{'、'.join(one.written for one in shown[criterion.key])}")
    for name, text in (("亮点", evaluation.strengths), ("建议", evaluation.advice)):
        if text:
            word.paragraph(f"{name}：{text}")


def fill_clip_sets(shelf: Shelf, workshop: Workshop) -> None:
    """Put a document with the questions and notes of each set shared with the workshop. What is told of a clip goes as its
    lesson does: of lessons of the workshop, while their pupils may be shown and whose lesson it is consents."""
    mine = select(ClipSet).where(ClipSet.workshop_id == workshop.id, ClipSet.removed_at.is_(None))
    for one in db.session.scalars(mine.options(joinedload(ClipSet.owner)).order_by(ClipSet.id)).all():
        told = _clips_told(one, workshop)
        with shelf.both("微格片段集", f"{one.title}（{one.owner.name}）") as word:
            word.title(one.title)
            word.paragraph(f"{one.owner.name}　{len(told)} 段", SMALL)
            word.paragraph(one.introduction)
            if told:
                word.table([CLIP_HEADS, *(_clip_line(place, clip) for place, clip in enumerate(told, 1))])
        shelf.tell("微格片段集", one.title, word.path, f"{one.owner.name}　{len(told)} 段", also=word.pdf)


CLIP_HEADS = ("序号", "课例", "时间", "看的时候想一想", "说明")


def _clip_line(place: int, clip: SetClip) -> tuple[str, ...]:
    lesson = f"{clip.lesson.title}（{clip.lesson.teacher.name}）"
    return str(place), lesson, media_span(clip.start_ms, clip.end_ms), clip.task, clip.note


def _clips_told(clip_set: ClipSet, workshop: Workshop) -> list[SetClip]:
    rows = select(SetClip).join(SetClip.lesson).options(joinedload(SetClip.lesson).joinedload(Lesson.teacher))
    here = rows.where(
        SetClip.set_id == clip_set.id, SetClip.removed_at.is_(None), Lesson.workshop_id == workshop.id, _SHARED
    )
    clips = db.session.scalars(here.order_by(SetClip.position, SetClip.id))
    return [clip for clip in clips if stands_in_set(clip_set, clip.lesson) and not clip.lesson.has_expired(today())]


def fill_shelf(shelf: Shelf, workshop: Workshop) -> None:
    """Put what people read of a workshop's lessons and of the sets of clips shared with it."""
    fill_lessons(shelf, workshop)
    fill_clip_sets(shelf, workshop)


def _tell_recording(shelf: Shelf, lesson: Lesson) -> None:
    """Name the newest recording; put it where it is wished for and may be shown."""
    found = select(RecordingVersion).join(RecordingVersion.recording).where(Recording.lesson_id == lesson.id)
    newest = found.order_by(RecordingVersion.number.desc()).limit(1)
    files = selectinload(RecordingVersion.renditions).joinedload(Rendition.file)
    version = db.session.scalar(newest.options(files))
    if version is None:
        return
    minutes = f"{(version.duration_ms or 0) // 60000} 分钟　" if version.duration_ms else ""
    path = None
    if shelf.wish.with_videos and not lesson.has_expired(today()):
        for rendition in version.watchable()[:1]:
            ending = rendition.file.name.rpartition(".")[2] if rendition.kind == RenditionKind.SOURCE else "mp4"
            path = shelf.place(rendition.file, "视频", f"{lesson.title}（{lesson.teacher.name}）.{ending}")
    note = f"{minutes}{version.size / 1024**2:.0f} MB{'' if path else '　视频留在原来的系统里'}"
    shelf.tell("视频清单", f"{lesson.title}（{lesson.teacher.name}）", path, note)


ARCHIVE_PARTS: tuple[ArchivePart, ...] = (
    ArchivePart(
        kept=(
            Kept(RubricTemplate, chosen=templates_used, known=known_template),
            Kept(RubricVersion, chosen=rubrics_used, known=known_version, arriving=with_free_number),
            Kept(CodingScheme, chosen=families_used, known=known_family),
            Kept(SchemeVersion, chosen=schemes_used, known=known_scheme, arriving=with_free_scheme_number),
            Kept(
                Lesson,
                "workshop_id",
                _SHARED,
                points={"lesson_plan_id": "lesson_plan"},
                word="lessons",
                live=("lesson",),
                index="lesson",
            ),
            Kept(LessonMember, "lesson_id"),
            Kept(LessonText, "lesson_id", asked=if_text_told),
            Kept(LessonPerspective, "lesson_id"),
            Kept(PerspectiveWatcher, "perspective_id"),
            Kept(PerspectiveFinding, "perspective_id", asked=if_findings_open),
            Kept(Recording, "lesson_id"),
            Kept(RecordingVersion, "recording_id", leaving=without_video, arriving=of_no_upload),
            Kept(Rendition, "version_id", asked=with_videos),
            Kept(Segment, "recording_id"),
            Kept(RecordingSubtitles, "recording_id"),
            Kept(TimedComment, "lesson_id", _HEARD, index="comment"),
            Kept(SecondTeaching, chosen=with_both_lessons),
            Kept(ClipPair, chosen=with_both_clips),
            Kept(ClipSet, "workshop_id", ClipSet.removed_at.is_(None), word="clip-sets", index="clip_set"),
            Kept(SetClip, where=SetClip.removed_at.is_(None), chosen=of_lessons_here),
            Kept(Evaluation, "lesson_id", Evaluation.state == EvaluationState.SUBMITTED, asked=if_seen),
            Kept(Score, "evaluation_id"),
            Kept(ScoreEvidence, "evaluation_id"),
            Kept(CodingSession, "lesson_id", CodingSession.state == CodingState.DONE, asked=if_codes_seen),
            Kept(CodeInterval, "session_id", CodeInterval.is_gone.is_(False)),
            Kept(Adjudication, "first_id"),
            Kept(AttentionSweep, "lesson_id", asked=if_sweeps_seen),
        ),
        left=(
            Left(LessonAlignment, "it is about two lessons, and the other may belong elsewhere"),
            Left(AdmissionRequest, "who waits at the door of a classroom waits there and then"),
            Left(ObservationRequest, "who asked whom is a matter of two people, not of the workshop"),
            Left(LessonPack, "a pack is the frozen copy of its own server, with the hash noted there"),
            Left(PackCheck, "a check is about a pack, which stays"),
            Left(Watching, "the log the law asks for belongs to the server on which somebody watched"),
        ),
        fill=fill_shelf,
    ),
)
