"""Sample data of workshops."""

from __future__ import annotations

from yanxiu.core.demo import DemoWorld


def seed(world: DemoWorld) -> None:
    """Add this feature's sample data to `world`."""
