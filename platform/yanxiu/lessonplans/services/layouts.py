"""The layout of a school: taking a new one, going back to the usual one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.lessonplans.models import SchoolLayout


def keep_layout(actor: User, school: Organization, received: ReceivedFile, names: Sequence[str]) -> SchoolLayout:
    """Print plans of the school in this layout from now on."""
    retire_layouts(actor, school, told=False)
    file = keep_file(received, actor.id)
    made = SchoolLayout(organization_id=school.id, file_id=file.id, names=list(names), author_id=actor.id)
    db.session.add(made)
    db.session.flush()
    record_audit(actor, "plan.layout", "plan_layout", made.id, title=file.name)
    return made


def retire_layouts(actor: User, school: Organization, *, told: bool = True) -> None:
    """Print as everybody does."""
    current = SchoolLayout.organization_id == school.id, SchoolLayout.retired_at.is_(None)
    gone = db.session.scalars(
        update(SchoolLayout).where(*current).values(retired_at=clock.now()).returning(SchoolLayout.id)
    ).all()
    if gone and told:
        record_audit(actor, "plan.layout_retired", "plan_layout", max(gone))
