"""What happens in a 集体备课."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class PlanMoved(Event):
    """A plan went from one phase to another; `revision` is the number of the version that was kept by it."""

    plan_id: int
    actor_id: int
    before: str
    after: str
    revision: int | None

    @property
    def finishes(self) -> bool:
        """Whether the plan is final now."""
        return self.after == "final"


@dataclass(frozen=True)
class PlanAdapted(Event):
    """A teacher made an own copy of the 共案."""

    source_id: int
    plan_id: int
    actor_id: int


@dataclass(frozen=True)
class ReflectionAsked(Event):
    """The lesson was taught; `again`: this is the reminder."""

    source_id: int
    plan_id: int
    teacher_id: int
    again: bool


@dataclass(frozen=True)
class ReflectionWritten(Event):
    """A 课后反思 stands in the teacher's copy."""

    source_id: int
    plan_id: int
    teacher_id: int
