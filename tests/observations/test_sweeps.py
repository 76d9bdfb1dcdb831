"""学生投入扫视: rates by hand, kept once however often sent, placed on the recording, seen by whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.instruments.sweeps import KINDS, Sweep, rate_points, summary_of
from yanxiu.observations.models import AttentionSweep
from yanxiu.observations.queries import current_version, recording_of
from yanxiu.observations.sweep_sheet import sweep_workbook


@pytest.mark.once
def test_rates_of_sweeps_and_their_sheet():
    """Forty pupils: 2 + 1 off task give 92.5 %, none 100 %, ten of 39 74.36 %."""
    sweeps = [Sweep("10:02", 40, {"1": 2, "4": 1}), Sweep("10:04", 40, {}), Sweep("10:06", 39, {"1": 10})]
    summary = summary_of(sweeps)
    assert [round(sweep.rate, 4) for sweep in sweeps] == [0.925, 1.0, 0.7436]
    assert (summary.count, summary.mean_rate, summary.lowest) == (3, pytest.approx(0.88953, abs=1e-5), sweeps[2].rate)
    assert summary.kinds[0] == ("闲聊", 12, pytest.approx(12 / 13))
    assert len(summary.kinds) == len(KINDS) == 9
    assert [(x, y) for x, y, _sweep in rate_points(sweeps)][:2] == [(30.0, 12.0), (90.0, 0.0)]
    assert summary_of([]).mean_rate is None
    book = BytesIO(sweep_workbook([("=李强", sweeps), ("周敏", [])]))
    values, formulas = (openpyxl.load_workbook(book, data_only=known)["扫视"] for known in (True, False))
    assert (formulas["O2"].value, values["O2"].value) == ("=(D2-N2)/D2", pytest.approx(0.925))
    assert (formulas["E5"].value, values["E5"].value) == ("=SUM(E2:E4)", 12)
    assert formulas["A2"].data_type == "s"


def test_a_sweep_is_kept_once_and_finds_its_place(app, client_for, new_lesson):
    lesson_id, uuid = new_lesson(), str(uuid4())
    url, coder = f"/lessons/{lesson_id}/sweeps", client_for("colleague")
    assert "记下第一次" in coder.get(url).text
    for _ in range(2):
        sent = coder.post(url, data={"client_uuid": uuid, "pupils": "40", "k1": "2", "k4": "1", "elapsed": "60000"})
        assert sent.status_code == 303
    assert coder.post(url, data={"pupils": "40", "k2": "0", "at_ms": "30000"}).status_code == 303
    for wrong in (
        {"pupils": "0"},
        {"pupils": "10", "k1": "11"},
        {"pupils": "40", "at_ms": "99999999"},
        {"pupils": "x"},
    ):
        assert coder.post(url, data=wrong).status_code == 422
    page = coder.get(url).text
    assert page.count("92.5%") == 2
    assert "96.2%" in page  # (92.5 + 100)/2
    assert "00:30" in page
    assert 'data-seek="30000"' in page
    with app.app_context():
        assert db.session.query(AttentionSweep).count() == 2
        (live,) = db.session.query(AttentionSweep).filter(AttentionSweep.start_ms.is_(None)).all()
        with unit_of_work():
            version = current_version(recording_of(lesson_id))
            version.synced_ms, version.synced_at = 5_000, live.taken_at - timedelta(seconds=7)
        assert abs((clock.now() - live.taken_at).total_seconds() - 60) < 30
        sweep_id = live.id
    assert 'data-seek="12000"' in coder.get(url).text
    assert coder.get(f"{url}?format=xlsx").data[:2] == b"PK"
    assert client_for("principal").post(f"{url}/{sweep_id}/removal").status_code == 404
    assert coder.post(f"{url}/{sweep_id}/removal").status_code == 303
    assert 'data-seek="12000"' not in coder.get(url).text


def test_others_sweeps_are_seen_after_a_whole_lesson_of_ones_own(client_for, new_lesson, count_queries):
    lesson_id = new_lesson()
    url = f"/lessons/{lesson_id}/sweeps"
    first, second, teacher = client_for("colleague"), client_for("principal"), client_for("teacher")
    first.post(url, data={"pupils": "40", "k1": "2"})
    assert "周敏" not in second.get(url).text
    with count_queries() as few:
        assert "周敏" in teacher.get(url).text
    assert "周敏扫视过" in second.get(f"/lessons/{lesson_id}").text
    for _ in range(10):
        assert second.post(url, data={"pupils": "40"}).status_code == 303
    assert "周敏" in second.get(url).text
    client_for("leader").post(url, data={"pupils": "40"})
    with count_queries() as many:
        assert "孙正平" in teacher.get(url).text
    assert many.count == few.count
