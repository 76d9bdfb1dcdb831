"""Who follows each live list in all processes together: in Redis a hash for each list, in it a field for each process.

A process notes its people when they change and now and then; what a killed one noted is passed over after a minute.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from yanxiu.web.siblings import siblings

if TYPE_CHECKING:
    import redis

LIFE_S = 60
"""Three beats of `siblings`; the clocks of several machines may differ by less than that."""


def note_people(topic: str, people: list[dict[str, Any]]) -> None:
    """Note who follows a list in this process."""
    field = json.dumps({"until": time.time() + LIFE_S, "people": people})

    def write(server: redis.Redis) -> None:
        with server.pipeline() as work:
            if people:
                work.hset(_key(topic), siblings.me, field)
                work.expire(_key(topic), LIFE_S)
            else:
                work.hdel(_key(topic), siblings.me)
            work.execute()

    siblings.ask(write)


def everyone(topic: str, own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `own`, who follow the list here, with those of the other processes: each person once, by name."""
    noted = siblings.ask(lambda server: server.hgetall(_key(topic))) or {}
    elsewhere = [json.loads(field) for process, field in noted.items() if process != siblings.me]
    people = [person for note in elsewhere if note["until"] > time.time() for person in note["people"]]
    return sorted({person["id"]: person for person in (*people, *own)}.values(), key=lambda person: person["name"])


def _key(topic: str) -> str:
    return f"yanxiu:here:{topic}"
