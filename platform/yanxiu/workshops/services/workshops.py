"""Founding a workshop and changing what it says about itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from yanxiu.accounts.models import Organization, User
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.storage import ReceivedFile, keep_file
from yanxiu.workshops.events import WorkshopChanged, WorkshopCreated
from yanxiu.workshops.models import JoinMode, Role, Workshop
from yanxiu.workshops.services.membership import add_member


@dataclass(frozen=True)
class WorkshopDetails:
    """What a leader says about a workshop; `introduction` is plain text."""

    name: str
    subject: str
    stage: str
    term: str
    theme: str = ""
    join_mode: str = JoinMode.APPLY.value
    introduction: str = ""
    members_may_publish: bool = True


def create_workshop(
    actor: User,
    organization: Organization,
    details: WorkshopDetails,
    cover: ReceivedFile | None = None,
) -> Workshop:
    """Found a workshop owned by `organization`; the founder becomes its first leader."""
    _refuse_nameless(details)
    workshop = Workshop(**asdict(details), organization=organization, created_by=actor.id)
    workshop.cover = None if cover is None else keep_file(cover, actor.id)
    db.session.add(workshop)
    db.session.flush()
    record(WorkshopCreated(workshop.id, actor.id))
    record_audit(actor, "workshop.created", "workshop", workshop.id, name=workshop.name)
    add_member(workshop, actor.id, role=Role.LEADER.value, how="created")
    return workshop


def change_workshop(
    actor: User, workshop: Workshop, details: WorkshopDetails, cover: ReceivedFile | None = None
) -> None:
    """Change settings; a new cover replaces the old one, None keeps it."""
    _refuse_nameless(details)
    before = _labels(workshop)
    for field, value in asdict(details).items():
        setattr(workshop, field, value)
    if cover is not None:
        workshop.cover = keep_file(cover, actor.id)
    db.session.flush()
    record(WorkshopChanged(workshop.id, actor.id, relabeled=_labels(workshop) != before))
    record_audit(actor, "workshop.changed", "workshop", workshop.id, **asdict(details))


def _labels(workshop: Workshop) -> tuple[str, str, str]:
    """What search says about everything inside."""
    return workshop.name, workshop.subject, workshop.stage


def _refuse_nameless(details: WorkshopDetails) -> None:
    if not details.name.strip():
        raise InvalidError("请填写工作坊名称", field="name")
