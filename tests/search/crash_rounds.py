"""Run by test_durability in a process of its own: kill a committing child again and again, look what survived.

Arguments: folder or address of a PostgreSQL database, rounds, seed. Prints one JSON object: rounds, acknowledged, lost, problems.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
from pathlib import Path

from tests.support.eventually import eventually
from yanxiu.search.engines.interface import Batch, EngineDocument, EngineRequest
from yanxiu.search.engines.local import LocalEngine
from yanxiu.search.engines.postgres import PostgresEngine

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def engine_at(place: str) -> LocalEngine | PostgresEngine:
    """The engine whose index is in this folder or database; of the latter, once nobody else is at work there."""
    if not place.startswith("postgres"):
        return LocalEngine(Path(place), "test")
    engine = PostgresEngine(place, "test")
    with engine.engine.connect() as connection:
        eventually(lambda: connection.exec_driver_sql(OTHERS).scalar() == 0)
    return engine


def leave(engine: LocalEngine | PostgresEngine) -> None:
    """Let go of what a child must not share."""
    if isinstance(engine, PostgresEngine):
        engine.close()


def document(number: int) -> EngineDocument:
    """A document with enough terms to make the commit take a while."""
    terms = {f"词{number % 50}": 1.0, f"文{number}": 2.0, **{f"填{number * 7 % 900 + i}": 1.0 for i in range(200)}}
    return EngineDocument(
        ("topic", number), {"w": terms, "b": {"对": 1.0}}, {"w": 203.0, "b": 1.0}, f"题{number}",
        frozenset({"pub"}), {"kind": "topic"}, number,
    )  # fmt: skip


def write_until_killed(place: str, first: int, report: int) -> None:
    """Commit three new documents and the deletion of an earlier one at a time; report each commit that returned."""
    engine = engine_at(place)
    with engine.home.indexer_lock():
        engine.open()
        for number in range(first, first + 3000, 3):
            gone = (("topic", number - 3),) if number > first else ()
            engine.apply(Batch(tuple(document(n) for n in range(number, number + 3)), gone))
            os.write(report, f"{number}\n".encode())


def one_round(place: str, first: int, rng: random.Random) -> list[int]:
    """Start a writer, kill it at a random moment after its first commit; the commits it reported."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write_until_killed(place, first, writing)
        finally:
            os._exit(1)
    os.close(writing)
    reported = os.read(reading, 65536)
    select.select([], [], [], rng.uniform(0.0, 0.12))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        reported += more
    os.close(reading)
    return [int(line) for line in reported.split()]


def main(place: str, rounds: int, seed: int) -> dict[str, object]:
    """All rounds on one index; after each, exactly what was acknowledged is there."""
    rng = random.Random(seed)
    engine = engine_at(place)
    engine.open()
    engine.rebuild([[]], lambda: None)
    leave(engine)
    living: set[int] = set()
    lost: list[int] = []
    problems: list[str] = []
    acknowledged = 0
    for turn in range(rounds):
        numbers = one_round(place, 1 + turn * 10_000, rng)
        acknowledged += len(numbers)
        for number in numbers:
            living.update((number, number + 1, number + 2))
            living.discard(number - 3)
        after = engine_at(place)
        with after.home.indexer_lock():
            if after.open() < 0:
                problems.append(f"round {turn}: did not open")
        page = after.search(EngineRequest(limit=100_000), frozenset({"pub"}))
        found = {hit.key[1] for hit in page.hits}
        last = numbers[-1]
        unreported = {last + 3, last + 4, last + 5}  # the commit it was killed in: whole or not at all
        if unreported & found:
            living = (living | unreported) - {last}
        lost.extend(sorted(living ^ found))
        problems.extend(after.check())
        leave(after)
        living = found
    return {"rounds": rounds, "acknowledged": acknowledged, "lost": lost, "problems": problems}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201
