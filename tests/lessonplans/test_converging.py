"""Everybody ends with the same document, and nothing acknowledged is lost: runs of random weather on the real hub and log.

The same ones each time: other ones are for `benchmarks/converging.py` and `benchmarks/cells.mjs`, or for CONVERGING_SEED.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.converging import Tally, Weather, beginning
from tests.support.lessonplans import make_plan
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans.collab.store import DocumentStore

RUNS = int(os.environ.get("CONVERGING_RUNS", "30"))
SEED = int(os.environ.get("CONVERGING_SEED", "1"))


@pytest.mark.timeout(600)
def test_whatever_happens_all_replicas_and_the_disk_agree_and_nothing_acknowledged_is_lost(app, cast, capsys):
    """A failing run says its seed: CONVERGING_SEED=… CONVERGING_RUNS=1 repeats it alone."""
    with capsys.disabled():
        sys.stdout.write(f" CONVERGING_SEED={SEED} CONVERGING_RUNS={RUNS} ")
    total = Tally()
    for seed in range(SEED, SEED + RUNS):
        with app.app_context(), unit_of_work():
            plan_id = make_plan(cast.user("leader"), document=beginning()).id
        with app.app_context():
            store = DocumentStore(db.engine)
        try:
            total += Weather(store, plan_id, seed).run()
        except Exception as error:
            raise AssertionError(f"CONVERGING_SEED={seed}: {error}") from error
    assert min(total.cuts, total.restarts, total.compactions, total.checked) > 0


def test_cells_that_several_people_merge_and_split_at_once_are_the_same_everywhere_and_keep_their_words(capsys):
    """A failing run says its seed: node benchmarks/cells.mjs SEED 1 repeats it alone."""
    script = Path(__file__).parents[2] / "benchmarks" / "cells.mjs"
    ran = subprocess.run(
        ["node", script, str(SEED), str(RUNS)], capture_output=True, text=True, timeout=300, check=False
    )
    with capsys.disabled():
        sys.stdout.write(f" {ran.stdout.strip()} ")
    assert ran.returncode == 0, f"CONVERGING_SEED={SEED}: {ran.stderr}"
    assert ", 0 with words twice" in ran.stdout, f"CONVERGING_SEED={SEED}"
    # Few runs may well have nothing to accept; many without show that nothing was suggested.
    assert RUNS < 10 or ", 0 suggestions" not in ran.stdout, f"CONVERGING_SEED={SEED}: nothing was accepted"
