"""What the fork server has imported before a command is asked for: the program and its mapped classes.

Commands load some of it later than others; here all of it is there, and is never looked through for garbage, which
would give each child its own copy of pages that they share.
"""

from __future__ import annotations

import gc

import redis  # first: without a Redis in the environment the program hides it from python-socketio, and a child may have one
from sqlalchemy.orm import configure_mappers

import tests.support.inside
import yanxiu.cli
import yanxiu.demo_county
import yanxiu.realtime
import yanxiu.serving

assert tests.support.inside, (redis, yanxiu.cli, yanxiu.demo_county, yanxiu.realtime, yanxiu.serving)
configure_mappers()
gc.freeze()
