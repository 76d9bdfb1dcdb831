"""Making sets of clips and putting them in order. The caller has asked who may watch and change what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlalchemy import exists, select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.observations.events import ClipSetChanged, ClipsTaken, ClipsWithdrawn
from yanxiu.observations.models import ClipSet, Lesson, RecordingVersion, SetClip, VersionState
from yanxiu.observations.queries.clip_sets import MOST_CLIPS, items_of

MAX_CLIP_MS = 10 * 60_000
FIRST_SET = "我的片段"


@dataclass(frozen=True)
class ClipDraft:
    """A stretch in milliseconds of media time, what one is to look for or answer, and a note."""

    start_ms: int
    end_ms: int
    task: str = ""
    note: str = ""


@dataclass
class Put:
    """What became of stretches that were put into a set at once: their clips, which of these are `new`, and what was
    left out, each with its reason."""

    clips: list[SetClip] = field(default_factory=list)
    new: list[SetClip] = field(default_factory=list)
    left: list[tuple[ClipDraft, InvalidError]] = field(default_factory=list)


def create_clip_set(actor: User, title: str, introduction: str = "", workshop_id: int | None = None) -> ClipSet:
    """Begin a set: the actor's own, or shared with a workshop of theirs."""
    made = ClipSet(title=title, introduction=introduction, owner_id=actor.id, workshop_id=workshop_id)
    db.session.add(made)
    db.session.flush()
    if workshop_id is not None:
        record_audit(actor, "clip_set.share", "clip_set", made.id, title=title, workshop_id=workshop_id)
    record(ClipSetChanged(made.id, actor.id))
    return made


def update_clip_set(actor: User, clip_set: ClipSet, *, title: str, introduction: str, workshop_id: int | None) -> None:
    """Change what is said about a set and with whom it is shared."""
    _hold(clip_set)
    moves = clip_set.workshop_id != workshop_id
    if moves:
        record_audit(actor, "clip_set.share", "clip_set", clip_set.id, title=title, workshop_id=workshop_id)
    clip_set.title, clip_set.introduction, clip_set.workshop_id = title, introduction, workshop_id
    db.session.flush()
    record(ClipSetChanged(clip_set.id, actor.id, narrowed=moves))


def remove_clip_set(actor: User, clip_set: ClipSet) -> None:
    """Remove a set; the lessons stay, and it can be fetched back."""
    _hold(clip_set)
    if clip_set.removed_at is None:
        clip_set.removed_at = clock.now()
        record_audit(actor, "clip_set.remove", "clip_set", clip_set.id, title=clip_set.title)
        record(ClipSetChanged(clip_set.id, actor.id, narrowed=True))


def restore_clip_set(actor: User, clip_set: ClipSet) -> None:
    """Fetch a removed set back."""
    _hold(clip_set)
    if clip_set.removed_at is not None:
        clip_set.removed_at = None
        record_audit(actor, "clip_set.restore", "clip_set", clip_set.id, title=clip_set.title)
        record(ClipSetChanged(clip_set.id, actor.id))


def put_clip(
    actor: User, clip_set: ClipSet, lesson: Lesson, version: RecordingVersion | None, draft: ClipDraft
) -> SetClip:
    """Put one stretch at the end of a set; InvalidError says why it cannot be."""
    return put_clips(actor, clip_set, lesson, version, [draft]).clips[0]


def put_clips(
    actor: User, clip_set: ClipSet, lesson: Lesson, version: RecordingVersion | None, drafts: Sequence[ClipDraft]
) -> Put:
    """Put stretches of a lesson at the end of a set, which is read once. What cannot be put in is left out with its reason;
    where that is all of it, InvalidError says the first one.

    The same stretch of a lesson is in a set once: other words about it are refused.
    """
    _hold(clip_set)
    if version is None or version.state != VersionState.READY:
        raise ConflictError("这节课的实录能播放以后，才能选片段")
    items = items_of(clip_set.id)
    known = {(one.lesson_id, one.start_ms, one.end_ms): one for one in items}
    put, count = Put(), len(items)
    for draft in drafts:
        try:
            stretch = _checked(draft, version)
            clip = known.get((lesson.id, *stretch))
            if clip is not None:
                _say_the_same(clip_set, clip, draft)
            else:
                clip = _new_clip(clip_set, lesson, version, draft, stretch, count)
                known[(lesson.id, *stretch)] = clip
                put.new.append(clip)
                count += 1
            put.clips.append(clip)
        except InvalidError as error:
            put.left.append((draft, error))
    if not put.clips:
        raise put.left[0][1]
    clip_set.used_at = clock.now()
    if put.new:
        _tell_of_new(actor, clip_set, lesson, put.new)
    return put


def _say_the_same(clip_set: ClipSet, known: SetClip, draft: ClipDraft) -> None:
    words = (draft.task, draft.note)
    if any(words) and words != (known.task, known.note):
        raise InvalidError(f"这一段已经在“{clip_set.title}”里了，请在那里改", field="clip_set")


def _new_clip(
    clip_set: ClipSet,
    lesson: Lesson,
    version: RecordingVersion,
    draft: ClipDraft,
    stretch: tuple[int, int],
    position: int,
) -> SetClip:
    if position >= MOST_CLIPS:
        raise InvalidError(f"一个片段集最多放 {MOST_CLIPS} 段，请另建一个", field="clip_set")
    return SetClip(
        set_id=clip_set.id,
        lesson_id=lesson.id,
        version_id=version.id,
        start_ms=stretch[0],
        end_ms=stretch[1],
        position=position,
        task=draft.task,
        note=draft.note,
    )


def _tell_of_new(actor: User, clip_set: ClipSet, lesson: Lesson, new: Sequence[SetClip]) -> None:
    """Keep the clips. The teacher hears of a lesson in a set once a day, however many clips are put in by one or many presses."""
    today = datetime.combine(clock.today(), time(), clock.LOCAL_ZONE)
    told = exists().where(SetClip.set_id == clip_set.id, SetClip.lesson_id == lesson.id, SetClip.created_at >= today)
    is_first = not db.session.scalar(select(told))
    db.session.add_all(new)
    db.session.flush()
    record(ClipSetChanged(clip_set.id, actor.id))
    if is_first and actor.id != lesson.teacher_id:
        record(ClipsTaken(clip_set.id, lesson.id, actor.id))


def change_clip(actor: User, clip: SetClip, version: RecordingVersion, draft: ClipDraft) -> None:
    """Change the edges of a clip (`version` is the film it is played from), its task and note."""
    _hold(clip.clip_set)
    clip.start_ms, clip.end_ms = _checked(draft, version)
    clip.task, clip.note = draft.task, draft.note
    db.session.flush()
    record(ClipSetChanged(clip.set_id, actor.id))


def take_clip_out(actor: User, clip: SetClip) -> None:
    """Take a clip out; its owner can put it back where it was. What the lesson's teacher takes out is gone from the set."""
    _hold(clip.clip_set)
    if clip.removed_at is not None:
        return
    if actor.id == clip.clip_set.owner_id:
        clip.removed_at = clock.now()
        db.session.flush()
        _number(items_of(clip.set_id))
        record(ClipSetChanged(clip.set_id, actor.id, narrowed=True))
    else:
        _withdraw(actor, clip.clip_set, clip.lesson_id, [clip])


def withdraw_lesson(actor: User, clip_set: ClipSet, lesson: Lesson) -> int:
    """Take a lesson out of another's set for good: also what the owner had taken out and could have put back. Return how
    many clips those were that stood in it; a second press finds none."""
    _hold(clip_set)
    clips = db.session.scalars(
        select(SetClip).where(SetClip.set_id == clip_set.id, SetClip.lesson_id == lesson.id)
    ).all()
    stood = sum(clip.removed_at is None for clip in clips)
    if clips:
        _withdraw(actor, clip_set, lesson.id, clips)
    return stood


def _withdraw(actor: User, clip_set: ClipSet, lesson_id: int, clips: Sequence[SetClip]) -> None:
    record_audit(actor, "clip_set.withdraw", "clip_set", clip_set.id, lesson_id=lesson_id, clips=len(clips))
    for clip in clips:
        db.session.delete(clip)
    db.session.flush()
    _number(items_of(clip_set.id))
    record(ClipSetChanged(clip_set.id, actor.id, narrowed=True))
    record(ClipsWithdrawn(clip_set.id, lesson_id, actor.id))


def put_clip_back(actor: User, clip: SetClip) -> None:
    """Put a clip that was taken out back to its place."""
    _hold(clip.clip_set)
    if clip.removed_at is None:
        return
    items = items_of(clip.set_id)
    if len(items) >= MOST_CLIPS:
        raise InvalidError(f"一个片段集最多放 {MOST_CLIPS} 段")
    items.insert(min(clip.position, len(items)), clip)
    clip.removed_at = None
    _number(items)
    record(ClipSetChanged(clip.set_id, actor.id))


def place_clip(_actor: User, clip: SetClip, before_id: int | None) -> None:
    """Put a clip before another one of its set, or at the end."""
    _hold(clip.clip_set)
    items = [one for one in items_of(clip.set_id) if one.id != clip.id]
    if clip.removed_at is not None or before_id == clip.id:
        raise NotFoundError
    at = next((at for at, one in enumerate(items) if one.id == before_id), len(items))
    items.insert(at, clip)
    _number(items)


def _checked(draft: ClipDraft, version: RecordingVersion) -> tuple[int, int]:
    """A second beyond the end is a rounded clock; the stretch ends with the film."""
    duration_ms = version.duration_ms or 0
    if not 0 <= draft.start_ms < draft.end_ms <= duration_ms + 1000 or draft.start_ms >= duration_ms:
        raise InvalidError("结束要在开始之后，而且在视频长度之内", field="end")
    if draft.end_ms - draft.start_ms > MAX_CLIP_MS:
        raise InvalidError("一段最多 10 分钟", field="end")
    return draft.start_ms, min(draft.end_ms, duration_ms)


def _number(items: list[SetClip]) -> None:
    for position, item in enumerate(items):
        item.position = position
    db.session.flush()


def _hold(clip_set: ClipSet) -> None:
    if not hold(clip_set):
        raise NotFoundError
