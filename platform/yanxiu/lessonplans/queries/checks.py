"""查阅: what waits for a leader, what was said, and figures by teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from yanxiu.accounts.models import Organization, User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.lessonplans.models import PRIVATE, LessonPlan
from yanxiu.lessonplans.models.checks import GRADES, PlanCheck
from yanxiu.lessonplans.permissions.checks import CHECKERS
from yanxiu.lessonplans.queries.plans import LEADING, visible_to
from yanxiu.workshops.models import Workshop, WorkshopMember

PERIODS = {"week": "本周", "month": "本月", "term": "本学期"}
MOST = 200


def start_of(period: str, today: date) -> datetime:
    """Return the first moment of the period; a term begins in August or February."""
    if period == "week":
        first = today - timedelta(days=today.weekday())
    elif period == "month":
        first = today.replace(day=1)
    elif 2 <= today.month < 8:
        first = date(today.year, 2, 1)
    else:
        first = date(today.year if today.month >= 8 else today.year - 1, 8, 1)
    return datetime.combine(first, time.min, LOCAL_ZONE)


def _led_workshops(viewer: Viewer) -> Select[int]:
    """The workshops that go on and that the viewer leads."""
    return (
        select(WorkshopMember.workshop_id)
        .join(Workshop, Workshop.id == WorkshopMember.workshop_id)
        .where(
            WorkshopMember.user_id == viewer.user_id, WorkshopMember.role.in_(LEADING), Workshop.archived_at.is_(None)
        )
    )


def looks_after(viewer: Viewer) -> ColumnElement[bool]:
    """The condition of a plan that the viewer may check, the same rule as `can_check_plan`, in SQL."""
    paths = [held.org_path for held in viewer.held if held.role in CHECKERS]
    below = or_(*(Organization.path.startswith(path, autoescape=True) for path in paths)) if paths else false()
    schools = select(Organization.id).where(below)
    mine = or_(LessonPlan.workshop_id.in_(_led_workshops(viewer)), LessonPlan.organization_id.in_(schools))
    return and_(visible_to(viewer), LessonPlan.visibility != PRIVATE, LessonPlan.owner_id != viewer.user_id, mine)


def is_checker(viewer: Viewer) -> bool:
    """Tell whether the viewer looks after anybody's plans."""
    if any(held.role in CHECKERS for held in viewer.held):
        return True
    return bool(db.session.scalar(select(_led_workshops(viewer).exists())))


def _unread(viewer: Viewer) -> ColumnElement[bool]:
    read = exists().where(
        PlanCheck.plan_id == LessonPlan.id,
        PlanCheck.checker_id == viewer.user_id,
        PlanCheck.created_at >= LessonPlan.edited_at,
    )
    return ~read


def waiting_checks(viewer: Viewer, since: datetime) -> Sequence[LessonPlan]:
    """Return the plans written in since then that the viewer has not read as they are now, the oldest first."""
    return db.session.scalars(
        select(LessonPlan)
        .where(looks_after(viewer), LessonPlan.edited_at >= since, _unread(viewer))
        .options(
            joinedload(LessonPlan.owner).joinedload(User.organization),
            joinedload(LessonPlan.organization),
            joinedload(LessonPlan.workshop),
        )
        .order_by(LessonPlan.edited_at, LessonPlan.id)
        .limit(MOST)
    ).all()


def checks_of(plan_id: int, limit: int = 10) -> Sequence[PlanCheck]:
    """Return what was said of a plan, the latest first."""
    return db.session.scalars(
        select(PlanCheck)
        .where(PlanCheck.plan_id == plan_id)
        .options(joinedload(PlanCheck.checker))
        .order_by(PlanCheck.created_at.desc(), PlanCheck.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class TeacherLine:
    """What one teacher wrote in a period, and how the viewer graded it."""

    teacher: User
    plans: int
    read: int
    grades: dict[str, int]


def lines_by_teacher(viewer: Viewer, since: datetime) -> list[TeacherLine]:
    """Return a line for each author of plans in the period, by name; the latest grade of each plan counts."""
    last = (
        select(PlanCheck.plan_id, func.max(PlanCheck.id).label("id"))
        .where(PlanCheck.checker_id == viewer.user_id)
        .group_by(PlanCheck.plan_id)
        .subquery()
    )
    rows = db.session.execute(
        select(LessonPlan.owner_id, PlanCheck.grade, func.count())
        .outerjoin(last, last.c.plan_id == LessonPlan.id)
        .outerjoin(PlanCheck, PlanCheck.id == last.c.id)
        .where(looks_after(viewer), LessonPlan.edited_at >= since)
        .group_by(LessonPlan.owner_id, PlanCheck.grade)
    ).all()
    found: dict[int, dict[str | None, int]] = {}
    for owner_id, grade, count in rows:
        found.setdefault(owner_id, {})[grade] = count
    people = db.session.scalars(
        select(User).where(User.id.in_(found)).options(joinedload(User.organization)).order_by(User.name_key, User.id)
    )
    return [_line(person, found[person.id]) for person in people]


def _line(person: User, counts: dict[str | None, int]) -> TeacherLine:
    grades = {grade: counts.get(grade, 0) for grade in GRADES}
    return TeacherLine(person, sum(counts.values()), sum(grades.values()), grades)
