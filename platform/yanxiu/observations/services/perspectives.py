"""What is watched in a lesson and who watches it: chosen and dealt by whoever leads, claimed by observers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from sqlalchemy import exists, func, or_, select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.observations.events import ConclusionChanged, PerspectivesDealt
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import (
    Lesson,
    LessonMember,
    LessonPerspective,
    LessonRole,
    PerspectiveFinding,
    PerspectiveWatcher,
    TextKey,
    TimedComment,
)
from yanxiu.observations.models.perspectives import OWN
from yanxiu.observations.perspectives.dealing import dealt_evenly
from yanxiu.observations.perspectives.licc import BY_KEY
from yanxiu.observations.queries.cycle import texts_of
from yanxiu.observations.queries.perspectives import COUNTED, all_perspectives_of, perspectives_of
from yanxiu.observations.services.lessons import hold_lesson

MOST = 40
"""Perspectives of one lesson: nobody deals out more."""
MAX_NAME = 30
MAX_PROMPTS = 600
DEALT_TO = (LessonRole.OBSERVER, LessonRole.EXPERT)
"""To whom perspectives are dealt in turn; a host takes one by hand."""


@dataclass(frozen=True)
class PerspectiveDraft:
    """A perspective to be watched: of LICC, of a section of the plan, or in one's own words."""

    key: str
    name: str
    prompts: str = ""
    dimension: str = ""
    instrument: str = ""


def of_licc(key: str) -> PerspectiveDraft:
    """Return one of the twenty with our prompts; KeyError where there is none of this key."""
    one = BY_KEY[key]
    return PerspectiveDraft(key, one.name, "\n".join(one.prompts), one.dimension)


def own_words(name: str, prompts: str, instrument: str = "") -> PerspectiveDraft:
    """Return a perspective in somebody's own words; InvalidError where they do not fit, or there is no such scheme of codes."""
    words = " ".join(name.split())
    lines = [line.strip() for line in prompts.splitlines() if line.strip()]
    if not words:
        raise InvalidError("请写看哪里，例如：后排学生", field="name")
    if len(words) > MAX_NAME:
        raise InvalidError(f"“看哪里”最多写 {MAX_NAME} 字", field="name")
    if len("\n".join(lines)) > MAX_PROMPTS:
        raise InvalidError(f"“看什么”最多写 {MAX_PROMPTS} 字", field="prompts")
    _refuse_unknown(instrument)
    return PerspectiveDraft(f"{OWN}{words}", words, "\n".join(lines), instrument=instrument)


def _refuse_unknown(instrument: str) -> None:
    if instrument and instrument not in SCHEMES:
        raise InvalidError("请从列表里选记录工具", field="instrument")


def add_perspectives(actor: User, lesson: Lesson, drafts: Sequence[PerspectiveDraft]) -> int:
    """Add what is not watched yet and return how many were added; adding the same again changes nothing.

    What was retired is restored, as it was last.
    """
    hold_lesson(lesson)
    newest = {one.key: one for one in all_perspectives_of(lesson.id)}
    watched = sum(one.retired_at is None for one in newest.values())
    wanted = {draft.key: draft for draft in (_named(draft, newest) for draft in drafts)}
    back = [newest[key] for key in wanted if key in newest and newest[key].retired_at is not None]
    fresh = [draft for key, draft in wanted.items() if key not in newest]
    if watched + len(back) + len(fresh) > MOST and (back or fresh):
        raise ConflictError(f"一节课最多 {MOST} 个视角")
    for one in back:
        _restore(actor, lesson, one)
    if not fresh:
        return len(back)
    place = db.session.scalar(
        select(func.max(LessonPerspective.position)).where(LessonPerspective.lesson_id == lesson.id)
    )
    for position, draft in enumerate(fresh, (place or 0) + 1):
        db.session.add(
            LessonPerspective(
                lesson_id=lesson.id,
                key=draft.key,
                name=draft.name,
                prompts=draft.prompts,
                dimension=draft.dimension,
                instrument=draft.instrument,
                position=position,
            )
        )
    db.session.flush()
    record_audit(actor, "lesson.perspectives", "lesson", lesson.id, added=[draft.key for draft in fresh])
    _tell_search(lesson)
    _tell(lesson)
    return len(fresh) + len(back)


def _named(draft: PerspectiveDraft, newest: Mapping[str, LessonPerspective]) -> PerspectiveDraft:
    """Somebody's own that was renamed has kept its key: another one of that first name is not the same."""
    if not draft.key.startswith(OWN):
        return draft
    same = next((one for one in newest.values() if one.is_own and one.name == draft.name), None)
    if same is not None:
        return replace(draft, key=same.key)
    keys = chain((draft.key,), (f"{draft.key}~{number}" for number in count(2)))
    return replace(draft, key=next(key for key in keys if key not in newest))


def revise_perspective(actor: User, lesson: Lesson, perspective: LessonPerspective, draft: PerspectiveDraft) -> bool:
    """Make the next version of somebody's own perspective and return whether that says anything else.

    Who watched it goes on with the new one; the old one stays as it was, with what was written under it. ConflictError where it
    was changed or retired meanwhile, or where another one has the name.
    """
    found = _current(lesson, perspective)
    if not found.is_own:
        raise InvalidError("只有自己写的视角可以改")
    if (found.name, found.prompts) == (draft.name, draft.prompts):
        return False
    if any(one.name == draft.name and one.id != found.id for one in perspectives_of(lesson.id)):
        raise ConflictError(f"已经有一个叫“{draft.name}”的视角了", field="name")
    newer = LessonPerspective(
        lesson_id=lesson.id,
        key=found.key,
        number=found.number + 1,
        name=draft.name,
        prompts=draft.prompts,
        dimension=found.dimension,
        instrument=found.instrument,
        position=found.position,
    )
    newer.watchers = [PerspectiveWatcher(user_id=one.user_id, dealer_id=one.dealer_id) for one in found.watchers]
    db.session.add(newer)
    found.retired_at = clock.now()
    db.session.flush()
    record_audit(actor, "lesson.perspectives", "lesson", lesson.id, revised=found.key, number=newer.number)
    _tell(lesson)
    return True


def choose_instrument(actor: User, lesson: Lesson, perspective_id: int, instrument: str) -> LessonPerspective:
    """Say with which scheme of codes a perspective is recorded in this lesson; empty for words. What is to be seen stays."""
    _refuse_unknown(instrument)
    found = _held(lesson, perspective_id)
    if found is None:
        raise ConflictError("这个视角刚刚改过或停用了，请看新的")
    if found.instrument != instrument:
        found.instrument = instrument
        db.session.flush()
        record_audit(actor, "lesson.perspectives", "lesson", lesson.id, recorded=found.key, instrument=instrument)
        _tell(lesson)
    return found


def retire_perspective(actor: User, lesson: Lesson, perspective: LessonPerspective) -> None:
    """Let it be watched no more; what was written stays, and who watched it does again once it is restored."""
    found = _current(lesson, perspective)
    found.retired_at = clock.now()
    db.session.flush()
    record_audit(actor, "lesson.perspectives", "lesson", lesson.id, retired=found.key)
    _tell(lesson)


def restore_perspective(actor: User, lesson: Lesson, perspective: LessonPerspective) -> None:
    """Take a retired one up again; ConflictError for one that was changed since. One that is watched already is no error."""
    hold_lesson(lesson)
    every = all_perspectives_of(lesson.id)
    newest = {one.key: one for one in every}.get(perspective.key)
    if newest is None or newest.id != perspective.id:
        raise ConflictError("这个视角后来改过，请恢复新的那一版")
    if newest.retired_at is None:
        return
    if sum(one.retired_at is None for one in every) >= MOST:
        raise ConflictError(f"一节课最多 {MOST} 个视角")
    if any(one.name == newest.name and one.retired_at is None for one in every):
        raise ConflictError(f"已经有一个叫“{newest.name}”的视角了")
    _restore(actor, lesson, newest)


def _restore(actor: User, lesson: Lesson, perspective: LessonPerspective) -> None:
    perspective.retired_at = None
    db.session.flush()
    record_audit(actor, "lesson.perspectives", "lesson", lesson.id, restored=perspective.key)
    _tell(lesson)


def _current(lesson: Lesson, perspective: LessonPerspective) -> LessonPerspective:
    found = _held(lesson, perspective.id)
    if found is None:
        raise ConflictError("这个视角刚刚改过或停用了，请看新的")
    return found


def remove_perspective(actor: User, lesson: Lesson, perspective: LessonPerspective) -> None:
    """Take a perspective away; not one under which somebody has written. One gone already is no error.

    Remarks that not everybody reads do not hold it, nor are they told of: they stay, under no perspective.
    """
    found = _held(lesson, perspective.id)
    if found is None:
        return
    written = exists().where(PerspectiveFinding.perspective_id == found.id)
    tagged = exists().where(TimedComment.perspective_id == found.id, *COUNTED)
    if db.session.scalar(select(or_(written, tagged))):
        raise ConflictError(f"“{found.name}”下面已经有人写了，不能拿掉；不用再看的话，停用就行")
    record_audit(actor, "lesson.perspectives", "lesson", lesson.id, removed=found.key)
    db.session.delete(found)
    db.session.flush()
    _tell_search(lesson)
    _tell(lesson)


def deal_in_turn(actor: User, lesson: Lesson, *, anew: bool = False) -> int:
    """Deal evenly to observers and experts and return how many pairs were added (see `dealt_evenly`).

    With `anew`, what was dealt before is taken back first; what somebody claimed stays.
    """
    hold_lesson(lesson)
    perspectives = perspectives_of(lesson.id)
    observers = list(
        db.session.scalars(
            select(LessonMember.user_id)
            .where(LessonMember.lesson_id == lesson.id, LessonMember.role.in_(DEALT_TO))
            .order_by(LessonMember.id)
        )
    )
    if not perspectives:
        raise ConflictError("请先选好要看的视角，再分给大家")
    if not observers:
        raise ConflictError("还没有邀请观察者，请先在“观课的人”里邀请")
    before = {one.id: {watcher.user_id for watcher in one.watchers} for one in perspectives}
    if anew:
        for one in perspectives:
            for watcher in [each for each in one.watchers if not each.is_claimed]:
                one.watchers.remove(watcher)
        db.session.flush()
    watched = {one.id: {watcher.user_id for watcher in one.watchers} for one in perspectives}
    added = dealt_evenly([one.id for one in perspectives], observers, watched)
    by_id = {one.id: one for one in perspectives}
    for number, observer in added:
        by_id[number].watchers.append(PerspectiveWatcher(user_id=observer, dealer_id=actor.id))
    if added or anew:
        db.session.flush()
        _tell_watchers(actor, lesson, {observer for number, observer in added if observer not in before[number]})
        record_audit(actor, "lesson.deal", "lesson", lesson.id, pairs=[list(pair) for pair in added], anew=anew)
        _tell(lesson)
    return len(added)


def set_watcher(
    actor: User, lesson: Lesson, perspective_id: int, user_id: int, *, on: bool, instead_of: int | None = None
) -> None:
    """Deal a perspective to somebody or take it back; `instead_of` gives it up in the same step. Twice is harmless."""
    perspective = _held(lesson, perspective_id)
    if perspective is None:
        raise ConflictError("这个视角刚刚被拿掉了")
    if user_id not in _who_watches(lesson):
        raise InvalidError("请分给受邀观课的老师")
    before = {watcher.user_id for watcher in perspective.watchers}
    _put(actor, perspective, user_id, on=on)
    if instead_of is not None and instead_of != user_id:
        _put(actor, perspective, instead_of, on=False)
    if before != {watcher.user_id for watcher in perspective.watchers}:
        db.session.flush()
        record_audit(actor, "lesson.deal", "lesson", lesson.id, key=perspective.key, user_id=user_id, on=on)
        _tell_watchers(actor, lesson, {user_id} - before if on else ())
        _tell(lesson)


def claim_perspective(actor: User, lesson: Lesson, perspective_id: int, seen: Collection[int]) -> None:
    """我来看这个. `seen`: who watched it when the actor pressed; ConflictError where somebody took it since.

    What is watched already can be claimed by whoever has seen that it is.
    """
    perspective = _held(lesson, perspective_id)
    if perspective is None:
        raise ConflictError("这个视角刚刚被拿掉了")
    if actor.id == lesson.teacher_id:
        raise InvalidError("授课教师不观察自己的课")
    if perspective.is_watched_by(actor.id):
        return
    others = [watcher.user.name for watcher in perspective.watchers if watcher.user_id not in seen]
    if others:
        raise ConflictError(f"{'、'.join(others)}刚刚认领了“{perspective.name}”。想一起看，就再按一次")
    _put(actor, perspective, actor.id, on=True)
    db.session.flush()
    record_audit(actor, "lesson.deal", "lesson", lesson.id, key=perspective.key, user_id=actor.id, on=True)
    _tell(lesson)


def give_up_perspective(actor: User, lesson: Lesson, perspective_id: int) -> None:
    """Give back what one claimed oneself; what was dealt is taken back by whoever leads."""
    perspective = _held(lesson, perspective_id)
    if perspective is None:
        return
    own = next((one for one in perspective.watchers if one.user_id == actor.id), None)
    if own is None:
        return
    if not own.is_claimed:
        raise ConflictError("这个视角是主持分给您的，换人请找主持")
    perspective.watchers.remove(own)
    db.session.flush()
    record_audit(actor, "lesson.deal", "lesson", lesson.id, key=perspective.key, user_id=actor.id, on=False)
    _tell(lesson)


def _held(lesson: Lesson, perspective_id: int) -> LessonPerspective | None:
    """Keep other writers of the lesson out and read a perspective of it as they left it."""
    hold_lesson(lesson)
    return next((one for one in perspectives_of(lesson.id) if one.id == perspective_id), None)


def _put(actor: User, perspective: LessonPerspective, user_id: int, *, on: bool) -> None:
    known = next((one for one in perspective.watchers if one.user_id == user_id), None)
    if on and known is None:
        perspective.watchers.append(PerspectiveWatcher(user_id=user_id, dealer_id=actor.id))
    elif not on and known is not None:
        perspective.watchers.remove(known)


def _who_watches(lesson: Lesson) -> set[int]:
    """Whoever was asked to the lesson, and who has claimed something."""
    asked = select(LessonMember.user_id).where(LessonMember.lesson_id == lesson.id)
    claimed = select(PerspectiveWatcher.user_id).join(PerspectiveWatcher.perspective)
    return set(db.session.scalars(asked)) | set(
        db.session.scalars(claimed.where(LessonPerspective.lesson_id == lesson.id))
    )


def _tell_watchers(actor: User, lesson: Lesson, user_ids: Collection[int]) -> None:
    if user_ids:
        record(PerspectivesDealt(lesson.id, actor.id, tuple(sorted(user_ids))))


def _tell_search(lesson: Lesson) -> None:
    """A lesson has a report with its first perspective, and none without any."""
    conclusion = texts_of(lesson.id).get(TextKey.CONCLUSION)
    if conclusion is not None:
        record(ConclusionChanged(conclusion.id, lesson.id, is_gone=not all_perspectives_of(lesson.id)))


def _tell(lesson: Lesson) -> None:
    bump(lesson.topic, "perspective", lesson.id)
