"""观看记录: who watched the lessons in which pupils can be recognized, a year at a time, for the yearly audit of the law."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from yanxiu.admin.views.blueprint import bp, query_int
from yanxiu.admin.views.downloads import send_csv
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.queries.watching import WatchingLine, watching_of_year, watching_years
from yanxiu.web.auth import current_actor, current_viewer

HEADING = (
    "日期", "当天首次观看", "观看人", "用户名", "观看人单位", "课例编号", "课题", "授课教师", "授课单位", "班级",
    "现在登记的依据", "展示到",
)  # fmt: skip


@bp.get("/watching.csv")
def watching_csv() -> ResponseReturnValue:
    """One year of the log for the lessons of one's schools; that it was taken out is an entry of the audit log."""
    viewer, year = current_viewer(), query_int("year")
    if year is None or year not in watching_years(viewer):
        raise NotFoundError
    with unit_of_work():
        record_audit(current_actor(), "watching.exported", "lesson", None, year=year)
    return send_csv(f"watching-{year}.csv", HEADING, (_row(line) for line in watching_of_year(viewer, year)))


def _row(line: WatchingLine) -> tuple[object, ...]:
    first = f"{line.first_at.astimezone(clock.LOCAL_ZONE):%H:%M}"
    lesson = (line.lesson_id, line.title, line.teacher, line.place, line.class_name)
    return (
        line.day,
        first,
        line.watcher,
        line.username,
        line.home,
        *lesson,
        line.declaration.label,
        line.consent_until,
    )
