"""Making sets of clips and putting them in order. The caller has asked who may watch and change what."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
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


def create_clip_set(actor: User, title: str, introduction: str = "", workshop_id: int | None = None) -> ClipSet:
    """Begin a set: the actor's own, or shared with a workshop of theirs."""
    made = ClipSet(title=title, introduction=introduction, owner_id=actor.id, workshop_id=workshop_id)
    db.session.add(made)
    db.session.flush()
    if workshop_id is not None:
        record_audit(actor, "clip_set.share", "clip_set", made.id, title=title, workshop_id=workshop_id)
    return made


def update_clip_set(actor: User, clip_set: ClipSet, *, title: str, introduction: str, workshop_id: int | None) -> None:
    """Change what is said about a set and with whom it is shared."""
    _hold(clip_set)
    if clip_set.workshop_id != workshop_id:
        record_audit(actor, "clip_set.share", "clip_set", clip_set.id, title=title, workshop_id=workshop_id)
    clip_set.title, clip_set.introduction, clip_set.workshop_id = title, introduction, workshop_id
    db.session.flush()


def remove_clip_set(actor: User, clip_set: ClipSet) -> None:
    """Remove a set; the lessons stay, and it can be fetched back."""
    _hold(clip_set)
    if clip_set.removed_at is None:
        clip_set.removed_at = clock.now()
        record_audit(actor, "clip_set.remove", "clip_set", clip_set.id, title=clip_set.title)


def restore_clip_set(actor: User, clip_set: ClipSet) -> None:
    """Fetch a removed set back."""
    _hold(clip_set)
    if clip_set.removed_at is not None:
        clip_set.removed_at = None
        record_audit(actor, "clip_set.restore", "clip_set", clip_set.id, title=clip_set.title)


def put_clip(
    actor: User, clip_set: ClipSet, lesson: Lesson, version: RecordingVersion | None, draft: ClipDraft
) -> SetClip:
    """Put a stretch at the end of a set. The same stretch of a lesson is in it once: other words about it are refused."""
    _hold(clip_set)
    if version is None or version.state != VersionState.READY:
        raise ConflictError("这节课的实录能播放以后，才能选片段")
    start_ms, end_ms = _checked(draft, version)
    items = items_of(clip_set.id)
    clip_set.used_at = clock.now()
    same = (lesson.id, start_ms, end_ms)
    known = next((one for one in items if (one.lesson_id, one.start_ms, one.end_ms) == same), None)
    if known is not None:
        words = (draft.task, draft.note)
        if any(words) and words != (known.task, known.note):
            raise InvalidError(f"这一段已经在“{clip_set.title}”里了，请在那里改", field="clip_set")
        return known
    if len(items) >= MOST_CLIPS:
        raise InvalidError(f"一个片段集最多放 {MOST_CLIPS} 段，请另建一个", field="clip_set")
    clip = SetClip(
        set_id=clip_set.id,
        lesson_id=lesson.id,
        version_id=version.id,
        start_ms=start_ms,
        end_ms=end_ms,
        position=len(items),
        task=draft.task,
        note=draft.note,
    )
    db.session.add(clip)
    db.session.flush()
    return clip


def change_clip(_actor: User, clip: SetClip, version: RecordingVersion, draft: ClipDraft) -> None:
    """Change the edges of a clip (`version` is the film it is played from), its task and note."""
    _hold(clip.clip_set)
    clip.start_ms, clip.end_ms = _checked(draft, version)
    clip.task, clip.note = draft.task, draft.note
    db.session.flush()


def take_clip_out(actor: User, clip: SetClip) -> None:
    """Take a clip out; its owner can put it back where it was. What the lesson's teacher takes out is gone from the set."""
    _hold(clip.clip_set)
    if clip.removed_at is not None:
        return
    if actor.id == clip.clip_set.owner_id:
        clip.removed_at = clock.now()
    else:
        record_audit(actor, "clip_set.withdraw", "clip_set", clip.set_id, lesson_id=clip.lesson_id)
        db.session.delete(clip)
    db.session.flush()
    _number(items_of(clip.set_id))


def put_clip_back(_actor: User, clip: SetClip) -> None:
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
