"""The tree of places: who may contain whom, and what happens to paths when a branch moves."""

from __future__ import annotations

from sqlalchemy import func, select, update

from yanxiu.accounts.catalog import ORGANIZATION_KINDS
from yanxiu.accounts.events import OrganizationCreated, OrganizationMoved, OrganizationRenamed
from yanxiu.accounts.models import Organization, User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record

CONTAINERS: dict[str, tuple[str, ...]] = {
    "province": (),
    "city": ("province",),
    "county": ("city", "province"),
    "center": ("county", "city", "province"),
    "cluster": ("county",),
    "school": ("cluster", "county", "city"),
    "group": ("school", "center"),
}
"""Kind → kinds it may stand under. A root stands under nothing; only the command line makes roots."""


def create_organization(
    actor: User | None, parent: Organization | None, kind: str, name: str, short_name: str = ""
) -> Organization:
    """Add a node to the tree."""
    if kind not in ORGANIZATION_KINDS:
        raise InvalidError("请选择类型", field="kind")
    if parent is not None:
        _require_fitting(kind, parent)
    organization = Organization(parent_id=parent.id if parent else None, kind=kind, name="", path="")
    _name(organization, parent.id if parent else None, name, short_name)
    db.session.add(organization)
    db.session.flush()
    organization.path = f"{parent.path if parent else '/'}{organization.id}/"
    record_audit(
        actor,
        "organization.created",
        "organization",
        organization.id,
        name=organization.name,
        parent_id=organization.parent_id,
    )
    record(OrganizationCreated(organization.id, kind))
    return organization


def rename_organization(
    actor: User, organization: Organization, name: str, short_name: str = "", introduction: str = ""
) -> None:
    """Change name, short name and introduction."""
    before, labels = organization.name, (organization.name, organization.short_name)
    _name(organization, organization.parent_id, name, short_name)
    organization.introduction = introduction.strip()[:2000]
    record_audit(actor, "organization.renamed", "organization", organization.id, before=before, name=organization.name)
    if labels != (organization.name, organization.short_name):
        record(OrganizationRenamed(organization.id))


def move_organization(actor: User, organization: Organization, parent: Organization) -> None:
    """Put a node and everything below it under another parent; roles held above follow the new place."""
    if organization.parent_id is None:
        raise InvalidError("最上级单位不能移动", field="parent_id")
    if parent.path.startswith(organization.path):
        raise InvalidError("不能移动到自己或自己的下级之中", field="parent_id")
    if parent.id == organization.parent_id:
        return
    _require_fitting(organization.kind, parent, field="parent_id")
    _require_free_name(organization, parent.id, organization.name)
    old_path, new_path, old_parent = organization.path, f"{parent.path}{organization.id}/", organization.parent_id
    db.session.execute(
        update(Organization)
        .where(Organization.path.startswith(old_path))
        .values(path=new_path + func.substr(Organization.path, len(old_path) + 1))
        .execution_options(synchronize_session=False)
    )
    organization.parent_id = parent.id
    db.session.flush()
    db.session.expire_all()
    record_audit(
        actor, "organization.moved", "organization", organization.id, from_parent=old_parent, to_parent=parent.id
    )
    record(OrganizationMoved(organization.id, old_path, new_path))


def close_organization(actor: User, organization: Organization) -> None:
    """Close a node nobody needs: no open node below it and no active person in it."""
    if organization.closed_at is not None:
        return
    children = _count(Organization.id, Organization.parent_id == organization.id, Organization.closed_at.is_(None))
    if children:
        raise ConflictError(f"“{organization.name}”下面还有 {children} 个单位，请先移走或关闭它们")
    people = _count(User.id, User.organization_id == organization.id, User.is_active)
    if people:
        raise ConflictError(f"“{organization.name}”还有 {people} 位在用的教师，请先调动或停用他们的账号")
    organization.closed_at = clock.now()
    record_audit(actor, "organization.closed", "organization", organization.id, name=organization.name)


def reopen_organization(actor: User, organization: Organization) -> None:
    """Open a closed node again; what it stands under must be open."""
    if organization.closed_at is None:
        return
    if organization.parent is not None and organization.parent.closed_at is not None:
        raise ConflictError(f"上级“{organization.parent.name}”已经关闭，请先恢复上级")
    organization.closed_at = None
    record_audit(actor, "organization.reopened", "organization", organization.id, name=organization.name)


def _require_fitting(kind: str, parent: Organization, field: str = "kind") -> None:
    if parent.closed_at is not None:
        raise InvalidError(f"“{parent.name}”已经关闭", field=field)
    if parent.kind not in CONTAINERS[kind]:
        raise InvalidError(f"{ORGANIZATION_KINDS[kind]}不能设在{ORGANIZATION_KINDS[parent.kind]}下面", field=field)


def _name(organization: Organization, parent_id: int | None, name: str, short_name: str) -> None:
    name, short_name = " ".join(name.split()), " ".join(short_name.split())
    if not name:
        raise InvalidError("请填写名称", field="name")
    if len(name) > 100:
        raise InvalidError("名称最多 100 个字", field="name")
    if len(short_name) > 40:
        raise InvalidError("简称最多 40 个字", field="short_name")
    _require_free_name(organization, parent_id, name)
    organization.name, organization.short_name = name, short_name


def _require_free_name(organization: Organization, parent_id: int | None, name: str) -> None:
    with db.session.no_autoflush:
        twin = db.session.scalar(
            select(Organization.id).where(
                Organization.parent_id == parent_id,
                Organization.name == name,
                Organization.id != (organization.id or 0),
                Organization.closed_at.is_(None),
            )
        )
    if twin is not None:
        raise ConflictError(f"同一上级下面已经有“{name}”了", field="name")


def _count(column: object, *conditions: object) -> int:
    return db.session.scalar(select(func.count(column)).where(*conditions)) or 0  # type: ignore[arg-type]
