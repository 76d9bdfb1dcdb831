"""Starting the servers: where another one runs already, and what a start does not load."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from gunicorn.http.unreader import SocketUnreader

from yanxiu.cli import main
from yanxiu.core.resumable.store import BLOCK
from yanxiu.listening import is_taken, read_bodies_by_block
from yanxiu.serving import done_apart

pytestmark = pytest.mark.once


def test_a_port_in_use_is_said_before_anything_is_begun() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = CliRunner().invoke(main, ["serve", "--port", str(port), "--show-accounts"])
    assert done.exit_code == 1
    assert f"127.0.0.1:{port} 已经有程序在用" in done.output
    assert "演示账号" not in done.output
    assert not is_taken("127.0.0.1", port)


def test_what_is_done_before_serving_leaves_nothing_behind_and_tells_of_its_failure(
    capfd: pytest.CaptureFixture[str],
) -> None:
    loaded: list[str] = []
    done_apart(lambda: loaded.append("alembic"))
    assert loaded == []
    with pytest.raises(SystemExit):
        done_apart(lambda: loaded.remove("nothing"))
    assert "ValueError" in capfd.readouterr().err


def test_no_more_of_a_body_is_taken_from_its_line_than_an_upload_reads_at_once() -> None:
    read_bodies_by_block()
    line, sender = socket.socketpair()
    with line, sender:
        sender.sendall(bytes(BLOCK + 1))
        assert len(SocketUnreader(line).chunk(2 * BLOCK)) <= BLOCK


LATER = {
    "numpy", "whoosh", "rjieba", "alembic", "gunicorn", "PIL", "xlsxwriter", "openpyxl", "docx", "lxml", "reportlab",
    "pypdfium2", "puremagic", "latex2mathml", "segno", "requests", "urllib3", "charset_normalizer", "websocket", "redis",
    "yanxiu.demo_county", "yanxiu.accounts.demo", "yanxiu.resources.demo",
}  # fmt: skip
"""What a process loads when it first searches, migrates, draws, writes a file or shows one; not because it starts."""


def test_a_start_loads_only_what_every_process_needs_and_looks_for_no_garbage(tmp_path: Path) -> None:
    asked = (
        "import gc, sys, yanxiu.__main__, yanxiu.app; yanxiu.app.create_app();"
        f"print(sorted({LATER!r} & set(sys.modules)), gc.isenabled(), gc.get_stats()[2]['collections'],"
        " gc.get_freeze_count() > 100_000)"
    )
    platform = Path(__file__).resolve().parents[2] / "platform"
    outside = {name: value for name, value in os.environ.items() if not name.startswith("YANXIU_")}
    environment = {**outside, "YANXIU_INSTANCE": str(tmp_path), "PYTHONPATH": str(platform)}
    done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True 0 True"
