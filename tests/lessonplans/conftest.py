"""Replicas of a plan over real sockets."""

from __future__ import annotations

import pytest

from tests.support.clients import session_cookie
from tests.support.rt_client import PlanClient


@pytest.fixture
def replica_for(live_server, client_for):
    """`replica_for("teacher", plan_id)`: a connected replica of that person."""
    made: list[PlanClient] = []

    def make(key: str, plan_id: int) -> PlanClient:
        cookie = f"yanxiu={session_cookie(client_for(key))}"
        made.append(PlanClient(live_server.url, cookie, plan_id).connect())
        return made[-1]

    yield make
    for replica in made:
        replica.drop()
