"""Entering lessons, deciding who sees them, inviting people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import delete, select

from yanxiu.accounts.catalog import GRADES, STAGES, SUBJECTS
from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.queries import ids_on
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold, hold_fresh
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.observations.events import (
    ClipConsentChanged,
    LessonChanged,
    LessonCreated,
    LessonDeleted,
    LessonMemberInvited,
    LessonMemberRemoved,
    LessonRestored,
)
from yanxiu.observations.models import (
    AdmissionRequest,
    ClipConsent,
    Consent,
    Lesson,
    LessonMember,
    LessonPerspective,
    LessonPhase,
    LessonRole,
    LessonVisibility,
    PerspectiveWatcher,
)
from yanxiu.observations.services.recordings import take_up_again
from yanxiu.observations.services.rubrics import usable_rubric_id
from yanxiu.workshops.queries import is_member

LESSON_TYPES = ("新授课", "复习课", "练习课", "讲评课", "实验课", "活动课", "公开课", "同课异构", "说课", "微课")
MAX_MEMBERS = 100


DETAILS = (
    "title",
    "class_name",
    "subject",
    "stage",
    "grade",
    "lesson_type",
    "taught_at",
    "place",
    "focus",
    "lesson_plan_id",
    "rubric_version_id",
)
"""What a lesson is, beside who may see it."""


@dataclass(frozen=True)
class LessonDraft:
    """What somebody enters about a lesson. A `clip_consent` of None leaves what was decided, at first the consent."""

    title: str
    class_name: str = ""
    subject: str = ""
    stage: str = ""
    grade: str = ""
    lesson_type: str = ""
    taught_at: datetime | None = None
    place: str = ""
    focus: str = ""
    workshop_id: int | None = None
    lesson_plan_id: int | None = None
    visibility: str = LessonVisibility.INVITED
    pupils_recognizable: bool = False
    consent: str = Consent.NOT_NEEDED
    consent_until: date | None = None
    rubric_version_id: int | None = field(default=None)
    clip_consent: str | None = None


def hold_lesson(lesson: Lesson) -> None:
    """Keep other writers of this lesson out until the commit."""
    if not hold_fresh(lesson) or lesson.deleted_at is not None:
        raise ConflictError("这节课例刚刚被删除了")


def create_lesson(actor: User, teacher: User, draft: LessonDraft) -> Lesson:
    """Enter a lesson taught by `teacher`; the actor and the teacher decide about it from now on."""
    _check(actor, draft)
    lesson = Lesson(teacher_id=teacher.id, creator_id=actor.id, organization_id=_school_of(teacher))
    is_ahead = draft.taught_at is not None and draft.taught_at > clock.now()
    lesson.phase = LessonPhase.PLANNED if is_ahead else LessonPhase.TEACHING
    _fill(lesson, draft)
    lesson.clip_consent = draft.clip_consent or ClipConsent.GIVEN
    lesson.rubric_version_id = usable_rubric_id(draft.rubric_version_id)
    db.session.add(lesson)
    db.session.flush()
    if teacher.id != actor.id:
        record_audit(actor, "lesson.enter", "lesson", lesson.id, teacher_id=teacher.id)
    record(LessonCreated(lesson.id, actor.id, lesson.workshop_id))
    return lesson


def with_details_of(lesson: Lesson, draft: LessonDraft) -> LessonDraft:
    """Return the draft with the lesson's own details: once its workshop has ended, only the audience is decided."""
    details = {name: getattr(lesson, name) for name in DETAILS}
    return replace(draft, **details)


def update_lesson(actor: User, lesson: Lesson, draft: LessonDraft, *, may_decide: bool) -> None:
    """Change the details; audience and both kinds of consent only with `may_decide` (the teacher or whoever entered it)."""
    hold_lesson(lesson)
    _check(actor, draft, kept_workshop_id=lesson.workshop_id)
    before = (lesson.visibility, lesson.workshop_id, lesson.consent_until)
    audience = None if may_decide else (lesson.visibility, lesson.workshop_id, *_declaration(lesson))
    _fill(lesson, draft)
    if audience is not None:
        lesson.visibility, lesson.workshop_id = audience[0], audience[1]
        lesson.pupils_recognizable, lesson.consent, lesson.consent_until = audience[2:]
    if draft.rubric_version_id is not None:
        lesson.rubric_version_id = usable_rubric_id(draft.rubric_version_id)
    changed = before != (lesson.visibility, lesson.workshop_id, lesson.consent_until)
    if changed:
        record_audit(actor, "lesson.audience", "lesson", lesson.id, visibility=lesson.visibility)
    if may_decide and draft.clip_consent is not None:
        _decide_on_clips(actor, lesson, draft.clip_consent)
    record(LessonChanged(lesson.id, actor.id, narrowed=changed))
    bump(lesson.topic, "lesson", lesson.id)


def _decide_on_clips(actor: User, lesson: Lesson, consent: str) -> None:
    """Consent is an act one can point to: who gave or refused it, and when, stands in the log."""
    if lesson.clip_consent != consent:
        lesson.clip_consent = consent
        record_audit(actor, "lesson.clip_consent", "lesson", lesson.id, consent=consent)
        record(ClipConsentChanged(lesson.id, actor.id, refused=consent == ClipConsent.REFUSED))


def delete_lesson(actor: User, lesson: Lesson) -> None:
    """Take a lesson down at once, for everybody; the owner may undo it. Taking it down again changes nothing."""
    if not hold(lesson) or lesson.deleted_at is not None:
        return
    lesson.deleted_at = clock.now()
    record_audit(actor, "lesson.delete", "lesson", lesson.id, title=lesson.title)
    record(LessonDeleted(lesson.id, actor.id))
    bump(lesson.topic, "lesson", lesson.id)


def restore_lesson(actor: User, lesson: Lesson) -> None:
    """Undo a removal; there being none changes nothing."""
    if not hold(lesson) or lesson.deleted_at is None:
        return
    lesson.deleted_at = None
    take_up_again(lesson)
    record_audit(actor, "lesson.restore", "lesson", lesson.id)
    record(LessonRestored(lesson.id, actor.id))
    bump(lesson.topic, "lesson", lesson.id)


def invite_member(actor: User, lesson: Lesson, person: User, role: str) -> LessonMember:
    """Ask somebody to the lesson, or give another role to who was asked already."""
    if role not in (LessonRole.OBSERVER, LessonRole.HOST, LessonRole.EXPERT):
        raise InvalidError("请选择观察者、主持或专家", field="role")
    if person.id == lesson.teacher_id:
        raise ConflictError(f"{person.name}是这节课的授课教师，不用邀请")
    hold(lesson)
    member = next((member for member in lesson.members if member.user_id == person.id), None)
    if member is None:
        if len(lesson.members) >= MAX_MEMBERS:
            raise ConflictError(f"一节课最多邀请 {MAX_MEMBERS} 人")
        member = LessonMember(lesson_id=lesson.id, user_id=person.id)
        lesson.members.append(member)
    member.role = role
    waiting = (AdmissionRequest.lesson_id == lesson.id, AdmissionRequest.user_id == person.id)
    db.session.execute(delete(AdmissionRequest).where(*waiting))
    db.session.flush()
    record(LessonMemberInvited(lesson.id, person.id, role, actor.id))
    bump(lesson.topic, "member", member.id)
    return member


def remove_member(actor: User, lesson: Lesson, member: LessonMember) -> None:
    """Withdraw an invitation; what the person wrote stays, what they were to watch is free again. One withdrawn a moment
    ago is no error."""
    hold(lesson)
    if not hold(member):
        return
    watched = select(LessonPerspective.id).where(LessonPerspective.lesson_id == lesson.id)
    db.session.execute(
        delete(PerspectiveWatcher)
        .where(PerspectiveWatcher.user_id == member.user_id, PerspectiveWatcher.perspective_id.in_(watched))
        .execution_options(synchronize_session=False)
    )
    record(LessonMemberRemoved(lesson.id, member.user_id, actor.id))
    lesson.members.remove(member)
    bump(lesson.topic, "member", member.id)


def note_attendance(actor: User, lesson: Lesson, member: LessonMember, *, present: bool) -> None:
    """Note that somebody was in the classroom, or that this was a mistake; it counts among 听课节数."""
    hold_lesson(lesson)
    if lesson.taught_at is not None and lesson.taught_at > clock.now():
        raise ConflictError("这节课还没有上，上课以后再记到场")
    if (member.attended_at is not None) == present:
        return
    member.attended_at = clock.now() if present else None
    record_audit(actor, "lesson.attendance", "lesson", lesson.id, user_id=member.user_id, present=present)
    bump(lesson.topic, "member", member.id)


def _check(actor: User, draft: LessonDraft, kept_workshop_id: int | None = None) -> None:
    if not draft.title.strip():
        raise InvalidError("请填写课题", field="title")
    listed = {
        "subject": (draft.subject, SUBJECTS),
        "stage": (draft.stage, STAGES),
        "grade": (draft.grade, GRADES),
        "lesson_type": (draft.lesson_type, LESSON_TYPES),
    }
    for name, (value, known) in listed.items():
        if value and value not in known:
            raise InvalidError("请从列表里选择", field=name)
    if draft.visibility not in set(LessonVisibility):
        raise InvalidError("请选择谁可以观看", field="visibility")
    if draft.clip_consent not in {None, *ClipConsent}:
        raise InvalidError("请选择是否同意摘取", field="clip_consent")
    _check_workshop(actor, draft, kept_workshop_id)
    _check_consent(draft)


def _check_workshop(actor: User, draft: LessonDraft, kept_workshop_id: int | None) -> None:
    if draft.workshop_id is None:
        if draft.visibility == LessonVisibility.WORKSHOP:
            raise InvalidError("要让工作坊成员观看，请先选择工作坊", field="workshop_id")
        return
    if draft.workshop_id != kept_workshop_id and not is_member(draft.workshop_id, actor.id):
        raise InvalidError("请选择您参加的工作坊", field="workshop_id")


def _check_consent(draft: LessonDraft) -> None:
    if draft.consent not in set(Consent):
        raise InvalidError("请选择取得了怎样的同意", field="consent")
    if not draft.pupils_recognizable:
        return
    if draft.consent == Consent.NOT_NEEDED:
        raise InvalidError("画面能认出学生时，请先取得同意再上传", field="consent")
    if draft.consent_until is None:
        raise InvalidError("请填写家长同意展示到哪一天，到期后自动停止观看", field="consent_until")


def _fill(lesson: Lesson, draft: LessonDraft) -> None:
    lesson.title = draft.title.strip()
    lesson.class_name, lesson.subject, lesson.stage = draft.class_name.strip(), draft.subject, draft.stage
    lesson.grade, lesson.lesson_type, lesson.taught_at = draft.grade, draft.lesson_type, draft.taught_at
    lesson.place, lesson.focus = draft.place.strip(), draft.focus.strip()
    lesson.workshop_id, lesson.lesson_plan_id = draft.workshop_id, draft.lesson_plan_id
    lesson.visibility, lesson.pupils_recognizable = draft.visibility, draft.pupils_recognizable
    lesson.consent = draft.consent if draft.pupils_recognizable else Consent.NOT_NEEDED
    lesson.consent_until = draft.consent_until if draft.pupils_recognizable else None


def _declaration(lesson: Lesson) -> tuple[bool, str, date | None]:
    return lesson.pupils_recognizable, lesson.consent, lesson.consent_until


def _school_of(teacher: User) -> int:
    """Return the school above (or at) the teacher's home organization."""
    above = ids_on(teacher.organization.path)
    school = select(Organization.id).where(Organization.id.in_(above), Organization.kind.in_(("school", "center")))
    return db.session.scalar(school) or teacher.organization_id
