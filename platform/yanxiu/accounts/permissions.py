"""Who somebody is, as far as rights go, and what that allows. Pure: no queries, no request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from yanxiu.accounts.catalog import ADMIN_ROLES, RESEARCH_ROLES
from yanxiu.accounts.models import Organization, User


@dataclass(frozen=True)
class Held:
    """A role somebody holds today at an organization (`org_path` like "/1/4/")."""

    role: str
    org_id: int
    org_path: str


@dataclass(frozen=True)
class Viewer:
    """Whoever asks. Anonymous when `user_id` is None. Built once per request or socket event."""

    user_id: int | None = None
    name: str = ""
    organization_id: int | None = None
    org_path: str = ""
    school_id: int | None = None
    county_id: int | None = None
    county_path: str = ""
    held: tuple[Held, ...] = ()

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""
        return self.user_id is not None

    def holds(self, roles: Collection[str], org_path: str) -> bool:
        """Tell whether one of `roles` is held at that organization or above it."""
        return bool(org_path) and any(h.role in roles and org_path.startswith(h.org_path) for h in self.held)

    def holds_anywhere(self, roles: Collection[str]) -> bool:
        """Tell whether one of `roles` is held at all."""
        return any(h.role in roles for h in self.held)

    def is_admin_over(self, org_path: str) -> bool:
        """Tell whether this person manages people at that organization."""
        return self.holds(ADMIN_ROLES, org_path)

    def researches(self, org_path: str) -> bool:
        """Tell whether this person may look into the research work of that organization."""
        return self.holds(RESEARCH_ROLES | ADMIN_ROLES, org_path)


ANONYMOUS = Viewer()


def can_enter_admin(viewer: Viewer) -> bool:
    """Whoever manages anything may open 管理."""
    return viewer.holds_anywhere(ADMIN_ROLES)


def can_manage_organization(viewer: Viewer, organization: Organization) -> bool:
    """Managed by an administrator of it or of what is above."""
    return viewer.is_admin_over(organization.path)


def can_manage_user(viewer: Viewer, user: User) -> bool:
    """Managed by an administrator of the user's home organization or above."""
    return viewer.is_admin_over(user.organization.path)


def can_view_person(viewer: Viewer, user: User) -> bool:
    """People of one county see each other; nobody else does."""
    if not viewer.is_authenticated:
        return False
    if viewer.user_id == user.id or viewer.is_admin_over(user.organization.path):
        return True
    return bool(viewer.county_path) and user.organization.path.startswith(viewer.county_path)
