"""Configuration from the environment."""

import stat

import pytest

from yanxiu.config import Config, ConfigError, load_config, secret_key_of


def test_an_unknown_key_refuses_to_start():
    with pytest.raises(ConfigError, match="YANXIU_TREADS"):
        load_config({"YANXIU_TREADS": "3"})


@pytest.mark.parametrize(("key", "value"), [("YANXIU_THREADS", "many"), ("YANXIU_BEHIND_PROXY", "maybe")])
def test_a_value_of_the_wrong_kind_refuses_to_start(key, value):
    with pytest.raises(ConfigError, match=key):
        load_config({key: value})


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
