"""Recordings and their files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, case, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from yanxiu.core.db import db
from yanxiu.observations.models import (
    Lesson,
    Recording,
    RecordingSubtitles,
    RecordingVersion,
    Rendition,
    RenditionKind,
    TimedComment,
    VersionState,
    Watching,
)


def recording_of(lesson_id: int) -> Recording | None:
    """Return the recording of a lesson with its versions, renditions and phases."""
    return recordings_of([lesson_id]).get(lesson_id)


def recordings_of(lesson_ids: Iterable[int]) -> dict[int, Recording]:
    """Return the recordings of lessons by the lesson, each as `recording_of` has it; a constant number of queries."""
    statement = (
        select(Recording)
        .where(Recording.lesson_id.in_(list(lesson_ids)))
        .options(
            selectinload(Recording.versions).selectinload(RecordingVersion.renditions).joinedload(Rendition.file),
            selectinload(Recording.segments),
            joinedload(Recording.subtitles).defer(RecordingSubtitles.cues),
        )
    )
    return {recording.lesson_id: recording for recording in db.session.scalars(statement)}


def subtitles_of(lesson_ids: Iterable[int]) -> dict[int, list[tuple[int, int, str]]]:
    """Return what is said in the recordings of lessons, as [from, until, text] in milliseconds, by the lesson."""
    rows = select(Recording.lesson_id, RecordingSubtitles.cues).join(
        RecordingSubtitles, RecordingSubtitles.recording_id == Recording.id
    )
    found = db.session.execute(rows.where(Recording.lesson_id.in_(list(lesson_ids)))).all()
    return {row[0]: row[1] for row in found}


def newest_version(recording: Recording | None) -> RecordingVersion | None:
    """Return the newest film, else the newest sound and stills: these may come after the film that they were sent before."""
    return None if recording is None else _newest(recording.versions)


def _newest(versions: Sequence[RecordingVersion]) -> RecordingVersion | None:
    films = [version for version in versions if not version.is_first_look]
    return (films or versions)[-1] if versions else None


def current_version(recording: Recording | None) -> RecordingVersion | None:
    """Return the newest film that can be watched, else sound and stills sent before it, else the newest version of all."""
    return None if recording is None else _current(recording.versions)


def version_to_speak_of(lesson_id: int) -> RecordingVersion | None:
    """Return the current version of a lesson's recording alone, in one query."""
    return _current(db.session.scalars(_VERSIONS, {"lesson_id": lesson_id}).all())


def _current(versions: Sequence[RecordingVersion]) -> RecordingVersion | None:
    ready = [version for version in versions if version.state == VersionState.READY]
    return _newest(ready) or _newest(versions)


_VERSIONS = (
    select(RecordingVersion)
    .join(Recording, Recording.id == RecordingVersion.recording_id)
    .where(Recording.lesson_id == bindparam("lesson_id"))
    .order_by(RecordingVersion.number)
)


def version_for_upload(upload_id: str) -> RecordingVersion | None:
    """Return the version an upload became, None while it is not handed over."""
    statement = select(RecordingVersion).where(RecordingVersion.upload_id == upload_id)
    return db.session.scalars(statement).first()


def unfinished_versions(lesson_id: int | None = None) -> Sequence[RecordingVersion]:
    """Return the versions on their way, of one lesson or of all that are not taken down."""
    statement = (
        select(RecordingVersion)
        .join(RecordingVersion.recording)
        .join(Recording.lesson)
        .where(RecordingVersion.state.in_((VersionState.WAITING, VersionState.PROCESSING)))
    )
    if lesson_id is None:
        return db.session.scalars(statement.where(Lesson.deleted_at.is_(None))).all()
    return db.session.scalars(statement.where(Lesson.id == lesson_id)).all()


def next_without_lean(from_ms: int) -> int | None:
    """Return the version to make the lean rendition of next: the newest film of its recording, at least `from_ms` long, for
    which that was not tried. Last watched first: of who watched only some lessons keep a log, a comment is told by all."""
    newer = aliased(RecordingVersion)
    has_newer = exists().where(
        newer.recording_id == RecordingVersion.recording_id,
        newer.number > RecordingVersion.number,
        newer.state == VersionState.READY,
        newer.is_first_look.is_(False),
    )
    has_lean = exists().where(Rendition.version_id == RecordingVersion.id, Rendition.kind == RenditionKind.LEAN)
    seen = select(func.max(Watching.first_at)).where(Watching.lesson_id == Lesson.id).scalar_subquery()
    said = select(func.max(TimedComment.created_at)).where(TimedComment.lesson_id == Lesson.id).scalar_subquery()
    watched = func.coalesce(seen, RecordingVersion.ready_at)
    spoken = func.coalesce(said, RecordingVersion.ready_at)
    return db.session.scalar(
        select(RecordingVersion.id)
        .join(RecordingVersion.recording)
        .join(Recording.lesson)
        .where(
            RecordingVersion.state == VersionState.READY,
            RecordingVersion.is_first_look.is_(False),
            RecordingVersion.duration_ms >= from_ms,
            RecordingVersion.original_id.is_not(None),
            RecordingVersion.lean_tried_at.is_(None),
            Lesson.deleted_at.is_(None),
            ~has_lean,
            ~has_newer,
        )
        .order_by(case((watched > spoken, watched), else_=spoken).desc(), RecordingVersion.id.desc())
        .limit(1)
    )


def find_rendition(lesson_id: int, version_id: int, kind: str) -> Rendition | None:
    """Return a file of a lesson's recording; the caller checks the right to see the lesson."""
    statement = (
        select(Rendition)
        .join(Rendition.version)
        .join(RecordingVersion.recording)
        .where(Recording.lesson_id == lesson_id, RecordingVersion.id == version_id, Rendition.kind == kind)
        .options(joinedload(Rendition.file))
    )
    return db.session.scalars(statement).first()


def newest_posters(lesson_ids: Iterable[int]) -> dict[int, RecordingVersion]:
    """Return, for a page of lessons, the newest watchable version of each with its renditions; two queries."""
    statement = (
        select(RecordingVersion)
        .join(RecordingVersion.recording)
        .where(Recording.lesson_id.in_(list(lesson_ids)))
        .options(contains_eager(RecordingVersion.recording), selectinload(RecordingVersion.renditions))
        .order_by(RecordingVersion.number)
    )
    newest: dict[int, RecordingVersion] = {}
    for version in db.session.scalars(statement):
        known = newest.get(version.recording.lesson_id)
        if known is None or version.state == VersionState.READY or known.state != VersionState.READY:
            newest[version.recording.lesson_id] = version
    return newest
