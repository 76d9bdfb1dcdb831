"""What the fork server has imported before a command is asked for: the program and its mapped classes."""

from __future__ import annotations

from sqlalchemy.orm import configure_mappers

import tests.support.inside
import yanxiu.cli

assert tests.support.inside, yanxiu.cli
configure_mappers()
