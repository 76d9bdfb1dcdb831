"""Starting the server where another one runs already."""

from __future__ import annotations

import socket

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
