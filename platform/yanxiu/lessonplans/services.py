"""Changing lesson plans: card, people, versions. Text is changed by the document protocol only (`collab`)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError, NotFoundError
from yanxiu.core.events import record
from yanxiu.core.html import without_invisible
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.lessonplans import events
from yanxiu.lessonplans.document.html import count_characters, plain_text, render_html
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.templates import TEMPLATES, PlanTemplate, empty_document
from yanxiu.lessonplans.document.ydoc import json_from_state, state_from_json
from yanxiu.lessonplans.models import (
    AUTOMATIC,
    BEFORE_RESTORE,
    MEMBER_ROLES,
    NAMED,
    PRIVATE,
    VISIBILITIES,
    WORKSHOP,
    WRITER,
    LessonPlan,
    PlanContributor,
    PlanDeparture,
    PlanImage,
    PlanMember,
    PlanSnapshot,
    PlanText,
    Revision,
)
from yanxiu.lessonplans.queries import find_member, next_revision_number

MAX_MEMBERS = 60
MAX_PERIODS = 20


@dataclass(frozen=True)
class PlanCard:
    """What a plan is about and who may see it, as filled in by its owner."""

    title: str
    subject: str = ""
    stage: str = ""
    grade: str = ""
    edition: str = ""
    volume: str = ""
    unit: str = ""
    periods: int = 1
    visibility: str = "private"
    workshop_id: int | None = None
    workshop_writes: bool = True

    def checked(self) -> PlanCard:
        """Return the card if it holds together, else raise InvalidError."""
        if not self.title.strip():
            raise InvalidError("请填写课题", field="title")
        if self.visibility not in VISIBILITIES:
            raise InvalidError("请选择谁可以看", field="visibility")
        if self.visibility == WORKSHOP and self.workshop_id is None:
            raise InvalidError("要让工作坊看到，请先选择一个工作坊", field="workshop_id")
        if not 1 <= self.periods <= MAX_PERIODS:
            raise InvalidError(f"课时填 1 到 {MAX_PERIODS} 的整数", field="periods")
        if self.workshop_id is not None and self.visibility == PRIVATE:
            return replace(self, visibility=WORKSHOP)  # what lies in a workshop is seen by its members
        return self


def create_plan(
    actor: User, home: Viewer, card: PlanCard, template_key: str, document: Node | None = None
) -> LessonPlan:
    """Make a plan with its first document. `home` tells the owner's school and county."""
    template = TEMPLATES.get(template_key)
    if template is None:
        raise InvalidError("请选择一种教学设计模板", field="template")
    plan = LessonPlan(
        owner_id=actor.id,
        organization_id=actor.organization_id,
        school_id=home.school_id,
        county_id=home.county_id,
        template=template.key,
        edited_by_id=actor.id,
    )
    _fill(plan, card.checked())
    db.session.add(plan)
    db.session.flush()
    start = document or first_document(template, card)
    state = state_from_json(start)
    db.session.add(PlanSnapshot(plan_id=plan.id, state=state))
    write_text(plan.id, epoch=1, seq=0, document=start)
    record(events.PlanCreated(plan.id, actor.id, plan.workshop_id))
    _tell_workshop(plan)
    return plan


def first_document(template: PlanTemplate, card: PlanCard) -> Node:
    """The template with what the card already says in its first section."""
    parts = [f"课题：{card.title.strip()}"]
    if card.edition or card.volume:
        parts.append(f"教材：{card.edition}{card.grade}{card.volume}")
    if card.unit:
        parts.append(f"单元：{card.unit}")
    parts.append(f"课时：{card.periods} 课时")
    return empty_document(template, basics="　".join(parts))


def change_plan(actor: User, plan: LessonPlan, card: PlanCard) -> None:
    """Change the card.

    Locks come in one order everywhere here, or two would wait in a circle: the plan, the lists of workshops by number,
    the audit log.
    """
    _hold(plan)
    before = (plan.visibility, plan.workshop_id)
    old_workshop = plan.workshop_id
    _fill(plan, card.checked())
    narrowed = before != (plan.visibility, plan.workshop_id)
    db.session.flush()
    record(events.PlanChanged(plan.id, actor.id, narrowed))
    left = old_workshop if old_workshop != plan.workshop_id else None
    if left is not None and left < (plan.workshop_id or 0):
        _let_go(left, plan)
    _tell_workshop(plan)
    if left is not None and left > (plan.workshop_id or 0):
        _let_go(left, plan)
    if narrowed:
        record_audit(actor, "plan.visibility", "lesson_plan", plan.id, visibility=plan.visibility)


def _let_go(workshop_id: int, plan: LessonPlan) -> None:
    """Tell the list of the workshop that the plan has left; a plan that comes and goes leaves one row."""
    seq = bump(f"workshop-plans:{workshop_id}", "plan", plan.id)
    db.session.merge(PlanDeparture(workshop_id=workshop_id, plan_id=plan.id, seq=seq))
    db.session.flush()


def _fill(plan: LessonPlan, card: PlanCard) -> None:
    plan.title = _line(card.title)
    plan.subject, plan.stage, plan.grade = card.subject, card.stage, card.grade
    plan.edition, plan.volume, plan.unit = card.edition, _line(card.volume), _line(card.unit)
    plan.periods = card.periods
    plan.visibility, plan.workshop_id, plan.workshop_writes = card.visibility, card.workshop_id, card.workshop_writes


def _hold(plan: LessonPlan) -> None:
    """Keep other writers of this plan's card, people and versions out until the commit, and read it again."""
    if not hold(plan):
        raise NotFoundError


def _line(text: str) -> str:
    return " ".join(without_invisible(text).split())


def _tell_workshop(plan: LessonPlan) -> None:
    if plan.workshop_id is not None:
        plan.seq = bump(f"workshop-plans:{plan.workshop_id}", "plan", plan.id)
        db.session.flush()


def delete_plan(actor: User, plan: LessonPlan) -> None:
    """Put a plan away; everybody who has it open is put out. It can be brought back."""
    _hold(plan)
    if plan.deleted_at is not None:
        return
    plan.deleted_at = clock.now()
    db.session.flush()
    record(events.PlanDeleted(plan.id, actor.id, plan.workshop_id))
    _tell_workshop(plan)
    record_audit(actor, "plan.delete", "lesson_plan", plan.id, title=plan.title)


def undelete_plan(actor: User, plan: LessonPlan) -> None:
    """Bring a deleted plan back."""
    _hold(plan)
    if plan.deleted_at is None:
        return
    plan.deleted_at = None
    db.session.flush()
    record(events.PlanRestored(plan.id, actor.id, plan.workshop_id))
    _tell_workshop(plan)
    record_audit(actor, "plan.undelete", "lesson_plan", plan.id, title=plan.title)


def invite_member(actor: User, plan: LessonPlan, user: User, role: str) -> PlanMember:
    """Invite somebody to write or to read; inviting again changes the role."""
    if role not in MEMBER_ROLES:
        raise InvalidError("请选择一起写还是只看", field="role")
    if user.id == plan.owner_id:
        raise InvalidError("这是主备人，不用邀请", field="user_id")
    _hold(plan)
    known = find_member(plan.id, user.id)
    if known is not None:
        change_member(actor, plan, known, role)
        return known
    count = len(db.session.scalars(select(PlanMember.id).where(PlanMember.plan_id == plan.id)).all())
    if count >= MAX_MEMBERS:
        raise ConflictError(f"一份教案最多邀请 {MAX_MEMBERS} 人，请先移出不再参加的人")
    member = PlanMember(plan_id=plan.id, user_id=user.id, role=role, invited_by_id=actor.id)
    db.session.add(member)
    db.session.flush()
    record(events.PlanMemberInvited(plan.id, user.id, actor.id, role))
    return member


def change_member(actor: User, plan: LessonPlan, member: PlanMember, role: str) -> None:
    """Let a member write, or read only."""
    if role not in MEMBER_ROLES:
        raise InvalidError("请选择一起写还是只看", field="role")
    _hold(plan)
    if not hold(member):
        raise ConflictError("这位老师刚刚退出了这份教案，请刷新名单")
    if member.role == role:
        return
    member.role = role
    db.session.flush()
    record(events.PlanMemberChanged(plan.id, member.user_id, actor.id, role))


def remove_member(actor: User, plan: LessonPlan, member: PlanMember) -> None:
    """Take somebody out, or leave; what they wrote stays."""
    user_id = member.user_id
    _hold(plan)
    if not hold(member):
        return
    db.session.delete(member)
    db.session.flush()
    record(events.PlanMemberRemoved(plan.id, user_id, actor.id))


def hand_over_plan(actor: User, plan: LessonPlan, user: User) -> None:
    """Make somebody who takes part the owner; who was it goes on writing. School and county of the plan stay."""
    handed_by = plan.owner_id
    _hold(plan)
    if plan.owner_id != handed_by:
        raise ConflictError("这份教案刚刚已经换了主备人，请刷新后再看")
    before = plan.owner
    if user.id == before.id or not user.is_active:
        raise InvalidError("请从名单里选一位接手的老师", field="user_id")
    known = find_member(plan.id, user.id)
    if known is not None:
        db.session.delete(known)
    plan.owner = user
    if before.is_active:
        now = clock.now()
        db.session.add(
            PlanMember(
                plan_id=plan.id, user_id=before.id, role=WRITER, invited_by_id=actor.id, created_at=now, seen_at=now
            )
        )
    db.session.flush()
    record_audit(actor, "plan.hand_over", "lesson_plan", plan.id, title=plan.title, before=before.id, after=user.id)
    record(events.PlanHandedOver(plan.id, before.id, user.id, actor.id))
    _tell_workshop(plan)


def mark_seen(member: PlanMember) -> None:
    """The invited person opened the plan: it waits no longer."""
    if member.seen_at is None:
        member.seen_at = clock.now()


def save_revision(actor: User, plan: LessonPlan, state: bytes, title: str, note: str = "", *, seq: int = 0) -> Revision:
    """Keep the document as it is now under a name. `state` is the full encoded document, up to log row `seq`."""
    name = _line(title)
    if not name:
        raise InvalidError("给这个版本起个名字，例如“二稿”", field="title")
    if len(name) > 60:
        raise InvalidError("版本名字最多 60 个字", field="title")
    revision = _new_revision(plan, state, seq, kind=NAMED, title=name, author_id=actor.id)
    revision.note = without_invisible(note).strip()[:500]
    record(events.RevisionSaved(revision.id, plan.id, actor.id, plan.workshop_id))
    return revision


def _new_revision(plan: LessonPlan, state: bytes, seq: int, **card: Any) -> Revision:
    _hold(plan)
    revision = Revision(
        plan_id=plan.id,
        number=next_revision_number(plan.id),
        seq=seq,
        state=zlib.compress(state, 9),
        characters=count_characters(json_from_state(state)),
        **card,
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def keep_rested(plan: LessonPlan, state: bytes, seq: int) -> Revision:
    """Keep what people left when they stopped writing, without a word to anybody."""
    title = f"自动保存 {plan.edited_at.astimezone(clock.LOCAL_ZONE):%Y-%m-%d %H:%M}"
    author = plan.edited_by_id or plan.owner_id
    return _new_revision(plan, state, seq, kind=AUTOMATIC, title=title, author_id=author)


def keep_before_restore(actor: User, plan: LessonPlan, state: bytes, seq: int, revision: Revision) -> Revision:
    """Keep what is there before an earlier version is brought back."""
    title = f"恢复“{revision.title}”之前"
    kept = _new_revision(plan, state, seq, kind=BEFORE_RESTORE, title=title[:60], author_id=actor.id)
    revision.restored_at = clock.now()
    record(events.RevisionRestored(revision.id, plan.id, actor.id))
    record_audit(actor, "plan.restore", "lesson_plan", plan.id, revision=revision.number)
    return kept


def keep_image(actor: User, plan: LessonPlan, received: ReceivedFile) -> PlanImage:
    """Keep a picture of the plan."""
    file = keep_file(received, actor.id)
    image = PlanImage(plan_id=plan.id, file_id=file.id, uploaded_by_id=actor.id)
    db.session.add(image)
    db.session.flush()
    return image


def note_edits(plan: LessonPlan, editor_ids: Sequence[int], at: datetime | None = None) -> None:
    """The text came to rest (`at`: then, not now): remember who wrote, the last one last, and tell the program."""
    if not editor_ids:
        return
    _hold(plan)
    editors = sorted(set(editor_ids))
    now = at or clock.now()
    plan.edited_at, plan.edited_by_id = now, editor_ids[-1]
    known = {
        row.user_id: row
        for row in db.session.scalars(select(PlanContributor).where(PlanContributor.plan_id == plan.id))
    }
    for user_id in editors:
        if user_id in known:
            known[user_id].last_at = now
        else:
            db.session.add(PlanContributor(plan_id=plan.id, user_id=user_id, first_at=now, last_at=now))
    db.session.flush()
    record(events.PlanEdited(plan.id, tuple(editors), plan.workshop_id))
    _tell_workshop(plan)


def write_text(plan_id: int, *, epoch: int, seq: int, document: Node) -> None:
    """Keep the document as HTML and text, unless a newer one is kept already. PostgreSQL keeps no NUL in a text."""
    kept = db.session.get(PlanText, plan_id)
    if kept is not None and (kept.epoch, kept.seq) > (epoch, seq):
        return
    if kept is None:
        kept = PlanText(plan_id=plan_id)
        db.session.add(kept)
    kept.epoch, kept.seq = epoch, seq
    kept.html, kept.text = (words.replace("\0", "") for words in (render_html(document), plain_text(document)))
    kept.characters = count_characters(document)
    kept.updated_at = clock.now()
    db.session.flush()
