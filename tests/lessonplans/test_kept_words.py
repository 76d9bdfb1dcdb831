"""Random runs of cells that once lost what somebody typed, or had words of a cell there twice."""

from __future__ import annotations

import subprocess
from pathlib import Path

TWO_TEXTS = (321, 1712)
"""Two accept a merge into an empty cell: two texts in one paragraph, which y-tiptap makes one."""
LOST = (84, 313, 1019, 1389, 9018)
"""Letters typed before others that came late, in two cells by turns, by somebody who left like whoever moved the cell, put back
before, and in an empty cell that became a heading."""


def test_the_runs_that_lost_words_or_had_them_twice_do_not_any_more():
    script = Path(__file__).parents[2] / "benchmarks" / "cells.mjs"
    seeds = ",".join(map(str, TWO_TEXTS + LOST))
    ran = subprocess.run(["node", script, seeds], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"{len(TWO_TEXTS + LOST)} runs, ")
    assert ", 0 with words twice" in ran.stdout
