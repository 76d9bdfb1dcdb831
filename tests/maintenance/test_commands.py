"""The commands as an operator types them: the whole demo county, its server with the worker, an administrator."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.eventually import eventually
from tests.support.imports import ROOT
from tests.support.instance import Instance, new_instance
from tests.support.ports import free_port
from tests.support.visitor import Visitor
from yanxiu.accounts.demo import CAST
from yanxiu.core.demo import PASSWORD
from yanxiu.core.doctor import BALLAST

pytestmark = [pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(300)]
WORD = "a long enough word 7"


def admin(username: str, *more: str) -> list[str]:
    return ["create-admin", "--username", username, "--name", "何新", "--password", WORD, *more]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with new_instance(tmp_path_factory.mktemp("county")) as made:
        yield made


@pytest.fixture(scope="module")
def said(county: Instance, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What each command answered, run in this order: on the demo county, then on an empty instance."""
    with new_instance(tmp_path_factory.mktemp("empty")) as empty:
        commands = {
            "demo": (county, "demo"),
            "demo if empty": (county, "demo", "--if-empty"),
            "demo again": (county, "demo"),
            "admin of nowhere": (county, *admin("nowhere")),
            "admin of a wrong county": (county, *admin("wrong", "--county", "远山县")),
            "admin": (county, *admin("rescuer", "--county", "云川县")),
            "admin twice": (county, *admin("rescuer", "--county", "云川县")),
            "reindex": (county, "reindex"),
            "doctor": (county, "doctor"),
            "first admin": (empty, *admin("first", "--county", "远山县")),
            "second admin": (empty, *admin("second")),
        }
        lists = [[str(where.folder), where.database_url, *words] for where, *words in commands.values()]
        done = county.python("-m", "tests.support.commands", json.dumps(lists))
    assert done.returncode == 0, done.stderr
    return dict(zip(commands, json.loads(done.stdout.rpartition("ANSWER\n")[2]), strict=True))


@pytest.fixture(scope="module")
def served(
    county: Instance, said: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """`yanxiu serve` with its worker on the demo county: its address and what it prints."""
    port, log = free_port(), tmp_path_factory.mktemp("log") / "log"
    command = [sys.executable, "-m", "yanxiu", "serve", "--port", str(port), "--show-accounts"]
    with log.open("w") as out, subprocess.Popen(command, cwd=ROOT, env=county.env, stdout=out, stderr=out) as process:
        eventually(Visitor(f"http://127.0.0.1:{port}").is_answered, timeout=60)
        yield f"http://127.0.0.1:{port}", log
        process.terminate()
        assert process.wait(40) == 0


def test_the_demo_county_is_whole_and_sound(said: dict[str, tuple[int, str]]) -> None:
    assert said["demo"] == [0, "演示数据已装入\n"]
    found = re.search(r"共 (\d+) 条", said["reindex"][1])
    assert found is not None
    assert int(found[1]) > 300
    assert said["doctor"][0] == 0, said["doctor"][1]
    assert "✗" not in said["doctor"][1]


def test_the_demo_goes_only_into_an_empty_database(said: dict[str, tuple[int, str]]) -> None:
    assert said["demo if empty"] == [0, ""]
    assert said["demo again"][0] == 1
    assert "已有用户" in said["demo again"][1]


def test_a_rescued_administrator_gets_a_county_that_is_there(
    county: Instance, said: dict[str, tuple[int, str]], served: tuple[str, Path]
) -> None:
    for refused in ("admin of nowhere", "admin of a wrong county"):
        assert said[refused][0] == 1
        assert "云川县" in said[refused][1]
    assert said["admin"] == [0, "已创建云川县的县级管理员 何新（rescuer），现在可以登录\n"]
    assert "用户名" in said["admin twice"][1]
    roots = "SELECT count(*) FROM organization WHERE kind = 'county'"
    assert ask(county, roots) == 2, "云川县 and 临江县, as before"
    visitor = Visitor(served[0])
    visitor.sign_in("rescuer", WORD)
    assert "云川县" in visitor.get("/admin/organizations")


def test_on_an_empty_database_the_first_administrator_gets_a_new_county(said: dict[str, tuple[int, str]]) -> None:
    assert said["first admin"] == [0, "已创建远山县的县级管理员 何新（first），现在可以登录\n"]
    assert said["second admin"] == [0, "已创建远山县的县级管理员 何新（second），现在可以登录\n"]


def test_the_server_prints_accounts_with_which_one_can_sign_in(served: tuple[str, Path]) -> None:
    printed = served[1].read_text()
    assert served[0] in printed
    assert PASSWORD in printed
    for _key, username, name, *_ in CAST:
        assert re.search(rf"{username}\s+{name}", printed)
    visitor = Visitor(served[0])
    visitor.sign_in("wangli", PASSWORD)
    assert "王丽" in visitor.get("/")
    assert "三国" in visitor.get("/search?" + urllib.parse.urlencode({"q": "三国"}))


def test_the_worker_beside_the_server_works(county: Instance, served: tuple[str, Path]) -> None:
    eventually(lambda: ask(county, "SELECT count(*) FROM job WHERE state = 'done'"), timeout=60)


def test_the_server_holds_some_disk_space_in_reserve(county: Instance, served: tuple[str, Path]) -> None:
    assert (county.folder / BALLAST).exists()


def ask(instance: Instance, question: str) -> int:
    engine = sa.create_engine(instance.database_url)
    try:
        with engine.connect() as connection:
            return int(connection.exec_driver_sql(question).scalar_one())
    finally:
        engine.dispose()
