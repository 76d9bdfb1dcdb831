"""Run what the pages run, without a browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def node_says(script: str, *arguments: str) -> Any:
    """Run a JavaScript module that imports from the project's root; return the JSON of the last line that it prints."""
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])
