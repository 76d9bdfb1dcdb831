"""One line of migrations that ends at the models, and every step can be taken back - on this run's database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.support.imports import ROOT
from tests.support.instance import Instance, new_instance


@pytest.fixture
def separate(tmp_path: Path) -> Iterator[Instance]:
    with new_instance(tmp_path) as made:
        yield made


@pytest.mark.once
def test_there_is_one_newest_migration() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "platform" / "yanxiu" / "migrations"))
    assert len(ScriptDirectory.from_config(settings).get_heads()) == 1


def test_upgrading_an_empty_database_makes_exactly_the_models(separate: Instance) -> None:
    assert separate.ask("differences") == []


def test_downgrading_takes_every_table_away_again(separate: Instance) -> None:
    assert separate.ask("leftovers") == []


def test_an_upgraded_database_refuses_to_change_the_audit_log(separate: Instance) -> None:
    assert separate.ask("unguarded") == []
