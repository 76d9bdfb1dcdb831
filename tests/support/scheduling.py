"""Which test process runs what: what shares something dear to make stays together, what takes long starts early."""

from __future__ import annotations

import re
from functools import cached_property

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

ONE_PROCESS = frozenset(
    {
        "tests/maintenance/test_backup.py",
        "tests/maintenance/test_commands.py",
        "tests/maintenance/test_doctor.py",
        "tests/maintenance/test_redis.py",
        "tests/search/test_engine.py",
        "tests/search/test_sources.py",
        "tests/test_headers.py",
        "tests/test_packaging.py",
        "tests/test_write_transactions.py",
    }
)
"""Files whose tests share a server, a county, pages or an index, or leave something behind that slows their process down."""
_WORLD = re.compile(r"@(\S+)\]$")


def group_of(nodeid: str) -> str:
    """Return the name of what runs in one process: a file, the routes of one world (`…@<matrix>]`), or the test alone."""
    file = nodeid.split("::")[0]
    world = _WORLD.search(nodeid)
    if file in ONE_PROCESS:
        return file
    return world[1] if world else nodeid


def turn(item: pytest.Item) -> int:
    """Sort by this: long tests first, then the worlds, then what else one process must run alone: they end together."""
    if item.get_closest_marker("slow"):
        return 0
    group = group_of(item.nodeid)
    return 1 if ".py" not in group else 2 if group != item.nodeid else 3


class Together(LoadScopeScheduling):
    """Hands a group as a whole to the process that is free next.

    One process begins with the long tests, which mostly wait for processes that they start, while the others keep the
    cores busy; those help with the long ones once nothing else is left.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node is not self.nodes[0]:
            short = next((scope for scope in self.workqueue if scope not in self._long), None)
            if short is not None:
                self.workqueue.move_to_end(short, last=False)
        super()._assign_work_unit(node)

    @cached_property
    def _long(self) -> frozenset[str]:
        """What `turn` put before the worlds; nothing where there are no worlds."""
        scopes = list(self.workqueue)
        first_world = next((place for place, scope in enumerate(scopes) if ".py" not in scope), 0)
        return frozenset(scopes[:first_world])
