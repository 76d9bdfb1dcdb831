"""Which tests run, in which order and where; what they share is in `tests/support/fixtures.py`."""

from __future__ import annotations

import os

import pytest
from xdist.remote import Producer

from tests.support.scheduling import Together, turn

ON_POSTGRES = bool(os.environ.get("YANXIU_TEST_DATABASE_URL"))


def pytest_configure(config: pytest.Config) -> None:
    """Load what tests share where tests run: who hands them out would import the program for nothing while a core is idle."""
    hands_out = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if config.option.collectonly or not hands_out:
        config.pluginmanager.import_plugin("tests.support.fixtures")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start with what takes long; on PostgreSQL, the second run, repeat only what meets a database."""
    if ON_POSTGRES:
        config.hook.pytest_deselected(items=[item for item in items if not meets_a_database(item)])
        items[:] = [item for item in items if meets_a_database(item)]
    items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    return Together(config, log)


def meets_a_database(item: pytest.Item) -> bool:
    """Whether the test uses the shared application or makes a database of its own."""
    if item.get_closest_marker("once"):
        return False
    makes_its_own = (
        not vars(getattr(item, "module", item)).keys().isdisjoint({"empty_database", "new_instance", "search_engine"})
    )
    return makes_its_own or "built" in getattr(item, "fixturenames", ())
