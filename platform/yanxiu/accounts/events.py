"""What happens to people and their sign-ins."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class SessionRevoked(Event):
    """A sign-in ended: by its owner, by signing out, or because the account was closed."""

    session_id: int
    user_id: int


@dataclass(frozen=True)
class UserDeactivated(Event):
    """An account was closed."""

    user_id: int


@dataclass(frozen=True)
class UserChanged(Event):
    """A person was created, or their name, school or subject changed."""

    user_id: int


@dataclass(frozen=True)
class OrganizationCreated(Event):
    """A place was added to the tree; `kind` as in `catalog.ORGANIZATION_KINDS`."""

    organization_id: int
    kind: str


@dataclass(frozen=True)
class OrganizationMoved(Event):
    """A branch of the tree stands elsewhere: the paths of all in it changed, so who is above them did."""

    organization_id: int
    old_path: str
    new_path: str


@dataclass(frozen=True)
class OrganizationRenamed(Event):
    """A place goes by another name."""

    organization_id: int


@dataclass(frozen=True)
class AppointmentChanged(Event):
    """An appointment began or ended, so what the person may see changed."""

    user_id: int
    organization_id: int
