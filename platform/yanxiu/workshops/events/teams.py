"""What happened to a workshop and to who takes part in it."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class WorkshopCreated(Event):
    workshop_id: int
    actor_id: int


@dataclass(frozen=True)
class WorkshopChanged(Event):
    """`relabeled`: name, subject or stage changed, by which everything inside is found too."""

    workshop_id: int
    actor_id: int
    relabeled: bool


@dataclass(frozen=True)
class MemberJoined(Event):
    """`how` is created, open, application, invitation, or cloned: taken along from the term before."""

    workshop_id: int
    user_id: int
    how: str


@dataclass(frozen=True)
class MemberRemoved(Event):
    """Somebody left (`actor_id` is the person) or was removed by a leader."""

    workshop_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class MemberRoleChanged(Event):
    workshop_id: int
    user_id: int
    actor_id: int
    role: str


@dataclass(frozen=True)
class ApplicationSubmitted(Event):
    application_id: int
    workshop_id: int
    user_id: int


@dataclass(frozen=True)
class ApplicationDecided(Event):
    application_id: int
    workshop_id: int
    user_id: int
    actor_id: int
    accepted: bool


@dataclass(frozen=True)
class InvitationSent(Event):
    invitation_id: int
    workshop_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class InvitationAnswered(Event):
    """The inviter (`inviter_id`) may want to hear what the invited person said."""

    invitation_id: int
    workshop_id: int
    user_id: int
    inviter_id: int
    accepted: bool


@dataclass(frozen=True)
class RightsChanged(Event):
    """A leader said what a helper may do."""

    workshop_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class WorkshopPromoted(Event):
    workshop_id: int
    actor_id: int
    kind: str


@dataclass(frozen=True)
class WorkshopEnded(Event):
    """A workshop was ended, or (`ended` is False) goes on again."""

    workshop_id: int
    actor_id: int
    ended: bool
