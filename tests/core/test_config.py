"""Configuration from the environment."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.imports import ROOT
from yanxiu.config import Config, ConfigError, load_config, secret_key_of


def test_an_unknown_key_refuses_to_start():
    with pytest.raises(ConfigError, match="YANXIU_TREADS"):
        load_config({"YANXIU_TREADS": "3"})


@pytest.mark.parametrize(("key", "value"), [("YANXIU_THREADS", "many"), ("YANXIU_BEHIND_PROXY", "maybe")])
def test_a_value_of_the_wrong_kind_refuses_to_start(key, value):
    with pytest.raises(ConfigError, match=key):
        load_config({key: value})


@pytest.mark.parametrize("count", [0, 1])
def test_one_connection_to_the_database_is_too_few(count):
    with pytest.raises(ConfigError, match="YANXIU_DATABASE_CONNECTIONS must be 2 or more"):
        load_config({"YANXIU_DATABASE_CONNECTIONS": str(count)})
    assert load_config({"YANXIU_DATABASE_CONNECTIONS": "2"}).engine_options["pool_size"] == 2


def test_values_are_read():
    config = load_config({"YANXIU_THREADS": "80", "YANXIU_BEHIND_PROXY": "yes", "DATABASE_URL": "postgres://u@h/d"})
    assert config.threads == 80
    assert config.behind_proxy is True
    assert config.sqlalchemy_url == "postgresql+psycopg://u@h/d"


def test_the_secret_is_made_once_and_kept_private(tmp_path):
    config = Config(instance=str(tmp_path))
    key = secret_key_of(config)
    assert len(key) == 64
    assert secret_key_of(config) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_the_secret_is_never_seen_half_written_and_the_first_stays(tmp_path, monkeypatch):
    config, path = Config(instance=str(tmp_path)), tmp_path / "secret_key"
    made, link = [], os.link

    def second_process_is_faster(draft, target):
        made.append(Path(draft).read_text())
        assert not path.exists(), "what is at the final place must be whole"
        Path(draft).with_name("other").write_text("f" * 64)
        link(Path(draft).with_name("other"), path)
        link(draft, target)

    monkeypatch.setattr(os, "link", second_process_is_faster)
    assert secret_key_of(config) == "f" * 64
    assert len(made[0]) == 64
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other", "secret_key"]


def test_many_processes_that_start_at_once_agree_on_the_secret(tmp_path):
    ask = "import sys; from yanxiu.config import *; print(secret_key_of(Config(instance=sys.argv[1])))"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "platform")}
    started = [
        subprocess.Popen([sys.executable, "-c", ask, str(tmp_path)], env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    answers = {process.communicate(timeout=60)[0].strip() for process in started}
    assert len(answers) == 1
    assert len(answers.pop()) == 64
