"""Which test process runs what: what shares something dear to make stays together, what takes long starts early."""

from __future__ import annotations

import re

import pytest
from xdist.scheduler import LoadScopeScheduling

ONE_PROCESS = frozenset(
    {
        "tests/maintenance/test_backup.py",
        "tests/maintenance/test_commands.py",
        "tests/maintenance/test_doctor.py",
        "tests/maintenance/test_redis.py",
        "tests/search/test_engine.py",
        "tests/test_packaging.py",
    }
)
"""Files whose tests share a server, a county or an index."""
_WORLD = re.compile(r"@(\S+)\]$")


def group_of(nodeid: str) -> str:
    """Return the name of what runs in one process: a file, the routes of one world (`…@<matrix>]`), or the test alone."""
    file = nodeid.split("::")[0]
    world = _WORLD.search(nodeid)
    if file in ONE_PROCESS:
        return file
    return world[1] if world else nodeid


def turn(item: pytest.Item) -> int:
    """Sort by this: a long test first, then what one process must run alone, so that the processes end together."""
    if item.get_closest_marker("slow"):
        return 0
    return 1 if group_of(item.nodeid) != item.nodeid else 2


class Together(LoadScopeScheduling):
    """Hands a group as a whole to the process that is free next."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
