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
class AppointmentChanged(Event):
    """An appointment began or ended, so what the person may see changed."""

    user_id: int
    organization_id: int
