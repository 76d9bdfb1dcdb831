"""A plan, a document server that has it open without any socket, and replicas over real ones."""

from __future__ import annotations

import pytest

from tests.support.clients import session_cookie
from tests.support.document_bench import Bench
from tests.support.lessonplans import make_plan
from tests.support.rt_client import PlanClient
from yanxiu.core.unit_of_work import unit_of_work


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


@pytest.fixture
def plan_id(app, cast) -> int:
    with app.app_context(), unit_of_work():
        return make_plan(cast.user("leader")).id


@pytest.fixture
def bench(app, plan_id):
    made = Bench(app, plan_id)
    yield made
    made.hub.stop()
