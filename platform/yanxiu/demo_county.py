"""The demo county: who fills an empty database with it, one after another."""

from __future__ import annotations

from types import ModuleType

from yanxiu.accounts import demo as accounts_demo
from yanxiu.core.demo import DemoWorld
from yanxiu.lessonplans import demo as lessonplans_demo
from yanxiu.notifications import demo as notifications_demo
from yanxiu.observations import demo as observations_demo
from yanxiu.resources import demo as resources_demo
from yanxiu.search import demo as search_demo
from yanxiu.workshops import demo as workshops_demo

DEMOS: tuple[ModuleType, ...] = (
    accounts_demo,
    workshops_demo,
    lessonplans_demo,
    observations_demo,
    resources_demo,
    search_demo,
    notifications_demo,
)


def seed_demo(world: DemoWorld) -> DemoWorld:
    """Fill an empty database with the demo county; inside a unit of work."""
    for module in DEMOS:
        module.seed(world)
    return world
