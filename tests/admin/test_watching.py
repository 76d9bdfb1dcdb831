"""The yearly export of who watched lessons in which pupils can be recognized."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from tests.support.observations import make_lesson
from yanxiu.core import clock
from yanxiu.core.audit import AuditEntry
from yanxiu.core.db import db
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.services.lessons import delete_lesson
from yanxiu.observations.services.watching import note_watching

LAST_YEAR = datetime(2025, 12, 31, 15, 30, tzinfo=UTC)
"""23:30 on the last evening of 2025 in Shanghai."""
NEW_YEAR = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)


@pytest.fixture
def watched(app, cast):
    """Two views around midnight of a lesson in 青山镇中心小学, one of a lesson of the village, one in another county."""
    filmed = {"pupils_recognizable": True, "consent": "written", "consent_until": date(2030, 7, 1)}
    with app.app_context(), unit_of_work():
        ours = make_lesson(cast.user("teacher"), "=草船借箭", class_name="五（2）班", **filmed)
        theirs = make_lesson(cast.user("villager"), "景阳冈", **filmed)
        elsewhere = make_lesson(cast.user("stranger"), "外县的课", **filmed)
        for moment, who, lesson in (
            (LAST_YEAR, "colleague", ours),
            (NEW_YEAR, "outsider", ours),
            (LAST_YEAR, "villager", theirs),
            (LAST_YEAR, "stranger", elsewhere),
        ):
            with clock.frozen(moment):
                note_watching(cast.user(who), lesson.id)
        delete_lesson(cast.user("villager"), theirs)


def exported(client, year: int) -> list[list[str]]:
    answer = client.get(f"/admin/watching.csv?year={year}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]


@pytest.mark.usefixtures("watched")
def test_a_school_takes_out_who_watched_its_lessons_in_a_year(app, client_for, cast):
    client = client_for("principal")
    (line,) = exported(client, 2025)
    assert line[:3] == ["2025-12-31", "23:30", "周敏"]
    assert line[6:10] == ["'=草船借箭", "李强", "青山镇中心小学", "五（2）班"]
    assert line[10:] == ["已取得家长书面同意", "2030-07-01"]
    assert [row[:3] for row in exported(client, 2026)] == [["2026-01-01", "00:30", "赵磊"]]
    with app.app_context():
        noted = db.session.query(AuditEntry).filter_by(action="watching.exported").order_by(AuditEntry.id).all()
        assert [(entry.actor_id, entry.data["year"]) for entry in noted] == [
            (cast.principal.id, 2025),
            (cast.principal.id, 2026),
        ]


@pytest.mark.usefixtures("watched")
def test_the_county_takes_out_all_its_schools_and_what_was_taken_down(client_for):
    lines = exported(client_for("admin"), 2025)
    assert sorted(line[6] for line in lines) == ["'=草船借箭", "景阳冈"]


@pytest.mark.usefixtures("watched")
def test_only_years_with_a_log_are_offered(client_for):
    page = client_for("principal").get("/admin").text
    assert "导出 2025 年" in page
    assert "导出 2026 年" in page
    assert "导出 2024 年" not in page
    for year in ("2024", "", "x", "99999999999"):
        assert client_for("principal").get(f"/admin/watching.csv?year={year}").status_code == 404


def test_a_school_nobody_was_watched_in_has_nothing_to_take_out(client_for):
    assert "还没有观看记录" in client_for("principal").get("/admin").text
