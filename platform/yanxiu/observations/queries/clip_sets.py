"""Sets of clips. What a viewer may not watch of one is shown as a gap: neither told nor counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.db import db
from yanxiu.core.paging import Page, paginate
from yanxiu.observations.models import (
    ClipConsent,
    ClipSet,
    Lesson,
    Recording,
    RecordingVersion,
    SetClip,
    TimedComment,
    VersionState,
)
from yanxiu.observations.permissions import can_view_clip_set, stands_in_set
from yanxiu.observations.queries.comments import open_threads
from yanxiu.observations.queries.lessons import for_lists, visible_lessons
from yanxiu.observations.queries.recordings import current_version, recordings_of
from yanxiu.workshops.models import Workshop
from yanxiu.workshops.queries import has_ended, is_member, workshop_ids_of
from yanxiu.workshops.queries.teams import workshop_names

MOST_CLIPS = 200
"""So many clips are in a set at most: it is read whole."""
MOST_REMARKS = 60
OFFERED = 200
SORTS = {"new": "新建的在前", "used": "刚放进片段的在前"}


@dataclass(frozen=True)
class ClipSetView:
    """A set with what connects the viewer to it: the name of its workshop, and whether that has `ended`."""

    clip_set: ClipSet
    workshop: str = ""
    ended: bool = False


@dataclass(frozen=True)
class ShownClip:
    """A clip at its place (from 1) with its lesson, as far as the viewer may watch it, and the version to play, if it can be.

    `is_refused`: the viewer may watch the lesson, but who decides about it did not consent to clips.
    """

    place: int
    clip: SetClip
    lesson: Lesson | None = None
    recording: Recording | None = None
    version: RecordingVersion | None = None
    is_refused: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the lesson's page plays the same film, so that what is said here is said of the same picture there."""
        return self.version is not None and self.version is current_version(self.recording)


@dataclass(frozen=True)
class Extent:
    """How much of a set the viewer may watch."""

    clips: int = 0
    length_ms: int = 0


def visible_clip_sets(viewer: Viewer) -> Select[ClipSet]:
    """Return the statement of the sets `can_view_clip_set` allows, the removed left out."""
    shared = ClipSet.workshop_id.in_(workshop_ids_of(viewer.user_id))
    return select(ClipSet).where(ClipSet.removed_at.is_(None), or_(ClipSet.owner_id == viewer.user_id, shared))


def clip_sets_page(
    viewer: Viewer,
    cursor: str | None = None,
    *,
    mine: bool = False,
    workshop_id: int | None = None,
    words: str = "",
    sort: str = "new",
) -> Page[ClipSet]:
    """Return a page of sets: one's own, of one workshop, or of all one's workshops; every one of `words` stands in the name or
    in the introduction. The newest first, or (`used`) the one into which something was put last."""
    statement = visible_clip_sets(viewer).options(joinedload(ClipSet.owner).joinedload(User.organization))
    if workshop_id is not None:
        statement = statement.where(ClipSet.workshop_id == workshop_id)
    elif mine:
        statement = statement.where(ClipSet.owner_id == viewer.user_id)
    else:
        statement = statement.where(ClipSet.workshop_id.is_not(None))
    for word in words.split():
        texts = (ClipSet.title, ClipSet.introduction)
        statement = statement.where(or_(*(text.icontains(word, autoescape=True) for text in texts)))
    at = ClipSet.used_at if sort == "used" else ClipSet.created_at
    return paginate(statement, at.desc(), ClipSet.id.desc(), cursor=cursor)


def extents_of(viewer: Viewer, set_ids: Sequence[int]) -> dict[int, Extent]:
    """Return how much of each set the viewer may watch; sets of which that is nothing are left out."""
    rows = db.session.execute(
        select(SetClip.set_id, func.count(), func.sum(SetClip.end_ms - SetClip.start_ms))
        .join(ClipSet, ClipSet.id == SetClip.set_id)
        .join(Lesson, Lesson.id == SetClip.lesson_id)
        .where(
            SetClip.set_id.in_(set_ids),
            SetClip.removed_at.is_(None),
            consented(),
            Lesson.id.in_(visible_lessons(viewer).with_only_columns(Lesson.id)),
        )
        .group_by(SetClip.set_id)
    )
    return {set_id: Extent(count, int(length_ms)) for set_id, count, length_ms in rows}


def consented() -> ColumnElement[bool]:
    """The same as `stands_in_set`, of the joined lesson and set."""
    return or_(Lesson.clip_consent == ClipConsent.GIVEN, ClipSet.owner_id.in_((Lesson.teacher_id, Lesson.creator_id)))


def find_clip_set(viewer: Viewer, set_id: int) -> ClipSetView | None:
    """Return a set the viewer may see; a removed one only to its owner."""
    clip_set = db.session.scalars(
        select(ClipSet).where(ClipSet.id == set_id).options(joinedload(ClipSet.owner).joinedload(User.organization))
    ).first()
    if clip_set is None:
        return None
    shared = clip_set.workshop_id
    in_workshop = shared is not None and is_member(shared, viewer.user_id)
    if not can_view_clip_set(viewer, clip_set, in_workshop=in_workshop):
        return None
    name = workshop_names([shared]).get(shared, "") if shared is not None else ""
    return ClipSetView(clip_set, name, has_ended(shared))


def clips_of(viewer: Viewer, clip_set: ClipSet) -> list[ShownClip]:
    """Return the clips of a set in their order; a constant number of queries."""
    clips = items_of(clip_set.id)
    ids = {clip.lesson_id for clip in clips}
    seen = visible_lessons(viewer).where(Lesson.id.in_(ids)).options(*for_lists())
    lessons = {lesson.id: lesson for lesson in db.session.scalars(seen)}
    recordings = recordings_of(lessons)
    shown = []
    for place, clip in enumerate(clips, 1):
        lesson, recording = lessons.get(clip.lesson_id), recordings.get(clip.lesson_id)
        if lesson is not None and not stands_in_set(clip_set, lesson):
            shown.append(ShownClip(place, clip, is_refused=True))
        else:
            shown.append(ShownClip(place, clip, lesson, recording, _film_of(recording, clip)))
    return shown


def _film_of(recording: Recording | None, clip: SetClip) -> RecordingVersion | None:
    """Return the film a clip was taken from; what was taken from sound and stills has the times of the film after them."""
    own = next((one for one in recording.versions if one.id == clip.version_id), None) if recording else None
    version = current_version(recording) if own is not None and own.is_first_look else own
    return version if version is not None and version.state == VersionState.READY and version.watchable() else None


def items_of(set_id: int) -> list[SetClip]:
    """Return all clips of a set in their order, whoever may watch them; for moving them."""
    rows = select(SetClip).where(SetClip.set_id == set_id, SetClip.removed_at.is_(None))
    return list(db.session.scalars(rows.order_by(SetClip.position, SetClip.id).limit(MOST_CLIPS)))


def find_clip(set_id: int, clip_id: int) -> SetClip | None:
    """Return a clip of a set, one that was taken out too; the caller asks who may see what."""
    rows = select(SetClip).where(SetClip.id == clip_id, SetClip.set_id == set_id)
    return db.session.scalars(rows.options(joinedload(SetClip.lesson))).first()


def remarks_on(viewer: Viewer, clip: SetClip, lesson: Lesson) -> tuple[Sequence[TimedComment], bool]:
    """Return what was said about moments within a clip and the viewer may read, in media time, at most `MOST_REMARKS`; and
    whether there is more."""
    ends = func.coalesce(TimedComment.end_ms, TimedComment.start_ms)
    statement = open_threads(viewer, lesson).where(
        TimedComment.version_id.is_not(None), TimedComment.start_ms < clip.end_ms, ends >= clip.start_ms
    )
    loaded = statement.options(
        joinedload(TimedComment.author), selectinload(TimedComment.replies).joinedload(TimedComment.author)
    )
    found = db.session.scalars(loaded.order_by(TimedComment.start_ms, TimedComment.id).limit(MOST_REMARKS + 1)).all()
    return found[:MOST_REMARKS], len(found) > MOST_REMARKS


def own_clip_sets(viewer: Viewer) -> Sequence[ClipSet]:
    """Return one's own sets that can still be changed, the one used last first."""
    ended = select(Workshop.id).where(Workshop.archived_at.is_not(None))
    goes_on = or_(ClipSet.workshop_id.is_(None), ClipSet.workshop_id.not_in(ended))
    mine = select(ClipSet).where(ClipSet.owner_id == viewer.user_id, ClipSet.removed_at.is_(None), goes_on)
    return db.session.scalars(mine.order_by(ClipSet.used_at.desc(), ClipSet.id.desc()).limit(OFFERED)).all()


@dataclass(frozen=True)
class LessonInSet:
    """Another's set in which clips of a lesson stand. What it is called knows who may open it: else `opens` is false."""

    clip_set: ClipSet
    clips: Sequence[SetClip]
    opens: bool


def sets_with_lesson(viewer: Viewer, lesson: Lesson, cursor: str | None = None) -> Page[LessonInSet]:
    """Return a page of the sets of others in which clips of a lesson stand, the newest first; for who decides about it."""
    statement = _others_sets_with(viewer, lesson).options(joinedload(ClipSet.owner).joinedload(User.organization))
    page = paginate(statement, ClipSet.created_at.desc(), ClipSet.id.desc(), cursor=cursor)
    ids = [one.id for one in page.items]
    opened = set(db.session.scalars(visible_clip_sets(viewer).with_only_columns(ClipSet.id).where(ClipSet.id.in_(ids))))
    rows = select(SetClip).where(SetClip.set_id.in_(ids), SetClip.lesson_id == lesson.id, SetClip.removed_at.is_(None))
    clips: dict[int, list[SetClip]] = {}
    for clip in db.session.scalars(rows.order_by(SetClip.position, SetClip.id)):
        clips.setdefault(clip.set_id, []).append(clip)
    return Page([LessonInSet(one, clips[one.id], one.id in opened) for one in page.items], page.next_cursor)


def count_sets_with(viewer: Viewer, lesson: Lesson) -> int:
    """Return in how many sets of others clips of a lesson stand; for who decides about it."""
    return db.session.scalar(_others_sets_with(viewer, lesson).with_only_columns(func.count())) or 0


def find_others_set(viewer: Viewer, set_id: int) -> ClipSet | None:
    """Return another's set, whoever may open it: for taking out the own lesson."""
    return db.session.scalar(select(ClipSet).where(ClipSet.id == set_id, ClipSet.owner_id != viewer.user_id))


def sets_that_lose(lesson: Lesson) -> Sequence[ClipSet]:
    """Return the sets that show clips of a lesson no more once consent is taken back; for the program itself, which serves
    no viewer."""
    theirs = ClipSet.owner_id.not_in((lesson.teacher_id, lesson.creator_id))
    statement = select(ClipSet).where(theirs, ClipSet.removed_at.is_(None), _holds(lesson.id))
    return db.session.scalars(statement.order_by(ClipSet.id)).all()


def clip_set_at_hand(set_id: int) -> ClipSet | None:
    """Return a set that was not removed; for the program itself, which serves no viewer."""
    clip_set = db.session.get(ClipSet, set_id)
    return clip_set if clip_set is not None and clip_set.removed_at is None else None


def set_ids_with(lesson_id: int) -> Sequence[int]:
    """Return the sets in which clips of a lesson stand."""
    return db.session.scalars(select(ClipSet.id).where(_holds(lesson_id)).order_by(ClipSet.id)).all()


def _others_sets_with(viewer: Viewer, lesson: Lesson) -> Select[ClipSet]:
    others = (ClipSet.owner_id != viewer.user_id, ClipSet.removed_at.is_(None))
    return select(ClipSet).where(*others, _holds(lesson.id))


def _holds(lesson_id: int) -> ColumnElement[bool]:
    return exists().where(SetClip.set_id == ClipSet.id, SetClip.lesson_id == lesson_id, SetClip.removed_at.is_(None))
