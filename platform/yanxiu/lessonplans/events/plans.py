"""What happens to a plan, its people and its versions."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class PlanCreated(Event):
    """A new plan; `workshop_id` where it belongs to a workshop."""

    plan_id: int
    actor_id: int
    workshop_id: int | None


@dataclass(frozen=True)
class PlanChanged(Event):
    """Title, place, visibility or who may write changed. `narrowed`: fewer people may see it now."""

    plan_id: int
    actor_id: int
    narrowed: bool


@dataclass(frozen=True)
class PlanEdited(Event):
    """The text came to rest after edits by these people, in the order of their ids."""

    plan_id: int
    editor_ids: tuple[int, ...]
    workshop_id: int | None


@dataclass(frozen=True)
class PlanDeleted(Event):
    """A plan was put away; it can be brought back."""

    plan_id: int
    actor_id: int
    workshop_id: int | None


@dataclass(frozen=True)
class PlanRestored(Event):
    """A deleted plan was brought back."""

    plan_id: int
    actor_id: int
    workshop_id: int | None


@dataclass(frozen=True)
class PlanMemberInvited(Event):
    """`user_id` was invited to write (`role` writer) or to read."""

    plan_id: int
    user_id: int
    actor_id: int
    role: str


@dataclass(frozen=True)
class PlanMemberChanged(Event):
    """The role of a member changed."""

    plan_id: int
    user_id: int
    actor_id: int
    role: str


@dataclass(frozen=True)
class PlanMemberRemoved(Event):
    """Somebody is no member any more; `user_id` equals `actor_id` when they left by themselves."""

    plan_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class PlanHandedOver(Event):
    """The plan belongs to `user_id` now."""

    plan_id: int
    before_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class RevisionSaved(Event):
    """A version was kept."""

    revision_id: int
    plan_id: int
    actor_id: int
    workshop_id: int | None


@dataclass(frozen=True)
class RevisionKept(Event):
    """A version of any kind was kept, also one that nobody asked for."""

    revision_id: int
    plan_id: int


@dataclass(frozen=True)
class RevisionRestored(Event):
    """The text was brought back to an earlier version, by a normal edit."""

    revision_id: int
    plan_id: int
    actor_id: int
