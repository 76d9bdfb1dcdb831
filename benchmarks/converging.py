"""Random weather for the document server: do all replicas and the disk agree, is anything acknowledged lost?

    python benchmarks/converging.py [--runs 1000] [--seed 1]

Each run has 2 to 6 clients and one or two servers on one log, with messages lost and out of order, lines cut, spells
without a line, servers that die with what they had not written, and compaction in between (tests/support/converging.py).
A run that fails says its seed and the command ends with 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from under_test import environment_of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(environment_of(Path(folder)))
        return measure(chosen.runs, chosen.seed)


def measure(runs: int, first: int) -> int:
    from tests.support.converging import Tally, Weather, beginning
    from tests.support.lessonplans import make_plan
    from yanxiu.accounts import demo as accounts_demo
    from yanxiu.accounts.models import User
    from yanxiu.app import create_app
    from yanxiu.cli import upgrade_database
    from yanxiu.core.db import db
    from yanxiu.core.demo import DemoWorld
    from yanxiu.core.unit_of_work import unit_of_work
    from yanxiu.lessonplans.collab.store import DocumentStore

    total, failed, started = Tally(), [], time.monotonic()
    with create_app().app_context():
        upgrade_database()
        with unit_of_work():
            world = DemoWorld(small=True)
            accounts_demo.seed(world)
            owner_id = world.users["leader"].id
        store = DocumentStore(db.engine)
        for seed in range(first, first + runs):
            with unit_of_work():
                plan_id = make_plan(db.session.get_one(User, owner_id), document=beginning()).id
            db.session.remove()
            try:
                total += Weather(store, plan_id, seed).run()
            except Exception as error:
                failed.append(seed)
                print(f"seed {seed}: {error}", file=sys.stderr)
    print(f"{runs} runs from seed {first} in {time.monotonic() - started:.0f} s, {time.process_time():.0f} s of CPU")
    print(", ".join(f"{name} {value}" for name, value in vars(total).items()))
    print(f"failed: {len(failed)} {failed[:20]}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
