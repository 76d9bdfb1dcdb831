"""Who somebody is, as far as rights go, and what that allows. Pure: no queries, no request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from yanxiu.accounts.catalog import ADMIN_ROLES, APPOINTED_BY, RESEARCH_ROLES
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

    @property
    def admin_paths(self) -> tuple[str, ...]:
        """The tops of what this person manages: paths of their administrative roles, none below another."""
        paths = sorted({h.org_path for h in self.held if h.role in ADMIN_ROLES})
        return tuple(path for path in paths if not any(path != top and path.startswith(top) for top in paths))

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


def can_move_organization(viewer: Viewer, organization: Organization, parent: Organization) -> bool:
    """A branch leaves one place and enters another: authority over both, and over where it stands now."""
    if organization.parent is None:
        return False
    return all(viewer.is_admin_over(place.path) for place in (organization.parent, parent))


def can_close_organization(viewer: Viewer, organization: Organization) -> bool:
    """Nobody closes the place their authority comes from: it takes an administrator of what is above."""
    return organization.parent is not None and viewer.is_admin_over(organization.parent.path)


def can_appoint(viewer: Viewer, role: str, organization: Organization) -> bool:
    """Tell whether the viewer hands out `role` there; nobody hands out a role above their own."""
    return viewer.holds(APPOINTED_BY.get(role, frozenset()), organization.path)


def can_see_user_in_admin(viewer: Viewer, user: User) -> bool:
    """Listed for an administrator of the user's home organization or above."""
    return viewer.is_admin_over(user.organization.path)


def can_manage_user(viewer: Viewer, user: User, *, today: date) -> bool:
    """Whoever resets a password can become that person, so it takes the right to hand out every role they hold.

    Without this rule a school's admin could take over a county admin whose home is that school.
    """
    if not can_see_user_in_admin(viewer, user):
        return False
    standing = [a for a in user.appointments if a.ends_on is None or a.ends_on >= today]
    return all(can_appoint(viewer, a.role, a.organization) for a in standing)


def can_read_audit(viewer: Viewer) -> bool:
    """The county reads who did what; schools do not read each other's acts."""
    return viewer.holds_anywhere({"county_admin"})


def can_view_person(viewer: Viewer, user: User) -> bool:
    """People of one county see each other; nobody else does."""
    if not viewer.is_authenticated:
        return False
    if viewer.user_id == user.id or viewer.is_admin_over(user.organization.path):
        return True
    return bool(viewer.county_path) and user.organization.path.startswith(viewer.county_path)


def can_view_contact(viewer: Viewer, user: User) -> bool:
    """Phone and e-mail are for the person and those who manage the school."""
    return viewer.is_authenticated and (viewer.user_id == user.id or viewer.is_admin_over(user.organization.path))
