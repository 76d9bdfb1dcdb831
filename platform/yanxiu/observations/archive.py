"""Lessons of a workshop in its archive: what the workshop sees of them. Recordings only where they are asked for."""

from __future__ import annotations

import secrets

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.core.clock import LOCAL_ZONE, today
from yanxiu.core.db import db
from yanxiu.core.word import SMALL, WordFile
from yanxiu.observations.models import (
    CommentVisibility,
    Evaluation,
    EvaluationState,
    Lesson,
    LessonMember,
    LessonVisibility,
    Recording,
    RecordingVersion,
    Rendition,
    RenditionKind,
    RubricTemplate,
    RubricVersion,
    Score,
    Segment,
    TimedComment,
    VersionState,
    Watching,
)
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries.archive_parts import ArchivePart, Kept, Left, Row, Scope, Shelf, Wish

NOT_HERE = "导入的档案里没有这段实录的视频"
_SHARED = (Lesson.visibility == LessonVisibility.WORKSHOP) & Lesson.deleted_at.is_(None)
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


def if_sealed(wish: Wish) -> ColumnElement[bool]:
    """Who gave which score sees the teacher, and whoever has evaluated; a leader as such does not."""
    return true() if wish.sealed else false()


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


def with_free_number(row: Row) -> Row:
    taken = select(func.max(RubricVersion.number)).where(RubricVersion.template_id == row["template_id"])
    return {**row, "number": max(row["number"], (db.session.scalar(taken) or 0) + 1)}


def of_no_upload(row: Row) -> Row:
    """The upload it came from is known on the old server only."""
    return {**row, "upload_id": secrets.token_hex(16)}


def fill_lessons(shelf: Shelf, workshop: Workshop) -> None:
    """Put a Word file with what was said about each lesson, and name its recording."""
    mine = select(Lesson).where(Lesson.workshop_id == workshop.id, _SHARED).order_by(Lesson.id)
    for lesson in db.session.scalars(mine.options(joinedload(Lesson.teacher))).all():
        with shelf.word("课例", f"{lesson.title}（{lesson.teacher.name}）.docx") as word:
            _write_lesson(word, lesson)
        shelf.tell("课例", lesson.title, word.path, lesson.teacher.name)
        _tell_recording(shelf, lesson)


def _write_lesson(word: WordFile, lesson: Lesson) -> None:
    word.title(lesson.title)
    taught = f"{lesson.taught_at.astimezone(LOCAL_ZONE):%Y-%m-%d}" if lesson.taught_at else ""
    word.paragraph(f"{lesson.teacher.name}　{lesson.grade}{lesson.subject}　{taught}　{lesson.place}", SMALL)
    if lesson.focus:
        word.paragraph(f"观课重点：{lesson.focus}")
    said = select(TimedComment).where(TimedComment.lesson_id == lesson.id, _HEARD)
    ordered = said.options(joinedload(TimedComment.author)).order_by(TimedComment.start_ms, TimedComment.id)
    for comment in db.session.scalars(ordered):
        minutes, seconds = divmod(comment.start_ms // 1000, 60)
        kind = comment.kind_of.label if comment.parent_id is None else "回复"
        word.paragraph(f"{minutes:02}:{seconds:02}　{kind}　{comment.author.name}", SMALL)
        word.paragraph(comment.body, indent=0 if comment.parent_id is None else 1)


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
            Kept(Recording, "lesson_id"),
            Kept(RecordingVersion, "recording_id", leaving=without_video, arriving=of_no_upload),
            Kept(Rendition, "version_id", asked=with_videos),
            Kept(Segment, "recording_id"),
            Kept(TimedComment, "lesson_id", _HEARD, index="comment"),
            Kept(Evaluation, "lesson_id", Evaluation.state == EvaluationState.SUBMITTED, asked=if_sealed),
            Kept(Score, "evaluation_id", asked=if_sealed),
        ),
        left=(Left(Watching, "the log the law asks for belongs to the server on which somebody watched"),),
        fill=fill_lessons,
    ),
)
