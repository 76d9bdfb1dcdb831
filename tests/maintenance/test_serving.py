"""Starting the servers: where another one runs already, and what a start does not load."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from yanxiu.cli import main
from yanxiu.serving import is_taken

pytestmark = pytest.mark.once


def test_a_port_in_use_is_said_before_anything_is_begun() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = CliRunner().invoke(main, ["serve", "--port", str(port), "--show-accounts"])
    assert done.exit_code == 1
    assert f"127.0.0.1:{port} 已经有程序在用" in done.output
    assert "演示账号" not in done.output
    assert not is_taken("127.0.0.1", port)


def test_a_process_that_neither_searches_nor_migrates_loads_nothing_for_it(tmp_path) -> None:
    asked = "import sys, yanxiu.cli, yanxiu.app; yanxiu.app.create_app(); print(sorted({'numpy', 'alembic', 'whoosh'} & set(sys.modules)))"
    platform = Path(__file__).resolve().parents[2] / "platform"
    environment = {**os.environ, "YANXIU_INSTANCE": str(tmp_path), "PYTHONPATH": str(platform)}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
