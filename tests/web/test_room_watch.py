"""The thread that asks every minute who may still be in a live room."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from yanxiu import serving

pytestmark = pytest.mark.once


def test_a_round_that_fails_is_not_the_last(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []

    def recheck() -> None:
        rounds.append("asked")
        if len(rounds) == 3:
            raise SystemExit
        raise OperationalError("select", {}, Exception("database is locked"))

    monkeypatch.setattr(serving, "RECHECK_S", 0)
    monkeypatch.setattr(serving, "recheck_own_rooms", recheck)
    with pytest.raises(SystemExit):
        serving.watch_rooms(app)
    assert len(rounds) == 3
