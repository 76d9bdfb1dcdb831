"""学情: figures of a period, the rows behind each, and the 通报 made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.paging import Page, page_of
from yanxiu.web.auth import current_viewer
from yanxiu.workshops import figures, permissions
from yanxiu.workshops.activity_words import PRESENCE_NAMES
from yanxiu.workshops.insight_report import HEADS, chat_text_of, paragraphs_of, report_of, word_of
from yanxiu.workshops.insight_sheets import workbook_of
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.periods import NAMES, Period, period_of
from yanxiu.workshops.queries import attention, insight_rows
from yanxiu.workshops.queries.attendance_figures import STATES, attendance_behind
from yanxiu.workshops.queries.insight_rows import GROUP, MEMBER, OUTSIDE, SCHOOL
from yanxiu.workshops.queries.insights import (
    Insights,
    MemberLine,
    PartLine,
    busiest_topics,
    digest_topics,
    insights_of,
)
from yanxiu.workshops.queries.record_figures import records_behind
from yanxiu.workshops.queries.reply_attention import replies_behind
from yanxiu.workshops.queries.task_attention import works_behind
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.requirement_sheet import said_of
from yanxiu.workshops.views.attention import news_marks
from yanxiu.workshops.views.frame import bp, frame, number_argument, open_seat, require
from yanxiu.workshops.views.topics import fragment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SIZE = 50
BY = {MEMBER: "按成员", GROUP: "按小组", SCHOOL: "按单位"}
SHOW = {
    "": "全部",
    "came": "参训",
    "absent": "没来过",
    "spoke": "发过言",
    "unspoken": "没发言",
    "away": "14 天没来",
    "silent": "14 天没发言",
}


MEETING_FIGURES = frozenset({figures.MEETINGS.key, *STATES})
REPLY_FIGURES = (figures.REPLIES, figures.POINTS)


@dataclass(frozen=True)
class Wanted:
    """What an address asks for."""

    period: Period
    by: str
    show: str
    sort: str
    part: str
    part_id: int


def _wanted() -> Wanted:
    arguments = request.args
    part = next((name for name in (MEMBER, GROUP, SCHOOL, OUTSIDE) if arguments.get(name, "").isdecimal()), "")
    by, show = arguments.get("by", MEMBER), arguments.get("show", "")
    columns = figures.MEMBER_FIGURES if by == MEMBER else figures.PART_FIGURES
    sorts = {figure.key for figure in columns} | ({figures.LAST_ACTIVE.key} if by == MEMBER else set())
    sort = arguments.get("sort", "")
    return Wanted(
        period_of(arguments),
        by if by in BY else MEMBER,
        show if show in SHOW else "",
        sort if sort in sorts else "",
        part,
        number_argument(part) if part else 0,
    )


def _overseen(workshop_id: int) -> Seat:
    seat = open_seat(workshop_id)
    allowed = permissions.can_see_insights(current_viewer(), seat.workshop, seat.member)
    require(allowed, "坊主团队和管理员才能查看学情")
    return seat


def _download(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/workshops/<int:workshop_id>/insights")
def insights(workshop_id: int) -> ResponseReturnValue:
    """Show the figures of a period by member, group or school; `?format=xlsx` sends them all as a file, `?part=figures`
    answers what changes while the page is open."""
    seat, wanted = _overseen(workshop_id), _wanted()
    news = news_marks(workshop_id)
    found = insights_of(workshop_id, wanted.period)
    if request.args.get("format") == "xlsx":
        name = f"{seat.workshop.name}学情{wanted.period.days}.xlsx"
        return _download(workbook_of(seat.workshop, wanted.period, found), name, XLSX)
    alone = request.args.get("part") == "figures"
    page = render_template(
        "workshops/insights/_figures.html" if alone else "workshops/insights/index.html",
        **frame(seat, "insights"),
        **_words(wanted),
        news=news,
        whole=found.whole(),
        outside=found.outside,
        outside_topics=found.outside_topics,
        has_groups=any(line.seat.group_id for line in found.lines),
        page=_people(workshop_id, found, wanted) if wanted.by == MEMBER else None,
        parts=_parts(found, wanted),
    )
    return fragment(page, 0, None) if alone else page


def _words(wanted: Wanted) -> dict[str, Any]:
    return {
        "wanted": wanted,
        "period": wanted.period,
        "periods": NAMES,
        "ways": BY,
        "shows": SHOW,
        "member_figures": figures.MEMBER_FIGURES,
        "part_figures": figures.PART_FIGURES,
        "last_active": figures.LAST_ACTIVE,
        "with_total": figures.WITH_TOTAL,
        "presence_names": PRESENCE_NAMES,
        "percent": figures.percent,
        "xlsx": XLSX,
    }


def _people(workshop_id: int, found: Insights, wanted: Wanted) -> Page[MemberLine]:
    """Return one page of the members asked for, sorted as asked for."""
    lines = [line for line in found.lines if _belongs(line, wanted)]
    if wanted.show in (Matter.AWAY, Matter.SILENT):
        quiet = set(attention.concerned(workshop_id, Matter(wanted.show), 0))
        lines = [line for line in lines if line.seat.user_id in quiet]

    def place(line: MemberLine) -> tuple[int, int, int]:
        if wanted.sort == figures.LAST_ACTIVE.key:
            first = line.last_active.toordinal() if line.last_active else 0
        else:
            first = -getattr(line, wanted.sort) if wanted.sort else 0
        return first, int(line.seat.joined_at.timestamp() * 1_000_000), line.seat.id

    return page_of(lines, place, request.args.get("cursor"), SIZE)


def _belongs(line: MemberLine, wanted: Wanted) -> bool:
    ids = {
        MEMBER: line.seat.user_id,
        GROUP: line.seat.group_id or 0,
        SCHOOL: line.seat.user.organization_id,
    }
    shown = {"came": line.came, "absent": not line.came, "spoke": line.spoke, "unspoken": not line.spoke}
    return (not wanted.part or ids[wanted.part] == wanted.part_id) and shown.get(wanted.show, True)


def _parts(found: Insights, wanted: Wanted) -> Sequence[PartLine]:
    if wanted.by == MEMBER:
        return []
    parts = found.by_group() if wanted.by == GROUP else found.by_school()
    return sorted(parts, key=lambda part: -(getattr(part, wanted.sort) or 0)) if wanted.sort else parts


@bp.get("/workshops/<int:workshop_id>/insights/rows")
def insight_items(workshop_id: int) -> ResponseReturnValue:
    """Show the very things a figure counts, for a member, a group, a school or all."""
    seat, wanted = _overseen(workshop_id), _wanted()
    figure = figures.BY_KEY.get(request.args.get("figure", figures.TOPICS.key))
    if figure is None or (figure is figures.VISITS and wanted.part != MEMBER):
        raise NotFoundError
    return render_template(
        "workshops/insights/rows.html",
        **frame(seat, "insights"),
        **_words(wanted),
        figure=figure,
        **_behind(workshop_id, wanted, figure),
        said_of=said_of,
        named=insight_rows.name_of(workshop_id, wanted.part, wanted.part_id),
    )


def _behind(workshop_id: int, wanted: Wanted, figure: figures.Figure) -> dict[str, Any]:
    """Return one page of what a figure counts, under the name by which the template knows its kind."""
    found: dict[str, Any] = dict.fromkeys(("posts", "likes", "works", "days", "meetings", "asked", "writings"))
    people = insight_rows.people_of(workshop_id, wanted.period, wanted.part, wanted.part_id)
    about, cursor = (workshop_id, wanted.period), request.args.get("cursor")
    if figure is figures.VISITS:
        found["days"] = insight_rows.visit_days(*about, wanted.part_id)
    elif figure is figures.LIKES:
        found["likes"], found["liked"] = insight_rows.likes_behind(*about, people, cursor)
    elif figure is figures.WORKS:
        found["works"] = works_behind(*about, people, cursor)
    elif figure in REPLY_FIGURES:
        found["asked"] = replies_behind(*about, people, cursor)
    elif figure is figures.RECORDS:
        found["writings"] = records_behind(*about, people, cursor)
    elif figure.key in MEETING_FIGURES:
        found["meetings"] = attendance_behind(*about, figure.key, people, cursor)
    else:
        found["posts"] = insight_rows.posts_behind(*about, figure.key, people, cursor)
    return found


@bp.get("/workshops/<int:workshop_id>/insights/report")
def insight_report(workshop_id: int) -> ResponseReturnValue:
    """Show the 学情通报 of a period; `?format=docx` sends it as a Word file."""
    seat, wanted = _overseen(workshop_id), _wanted()
    period = wanted.period
    found = insights_of(workshop_id, period)
    busy, digests = busiest_topics(workshop_id, period), digest_topics(workshop_id, period)
    report = report_of(seat.workshop, period, found, busy, digests)
    if request.args.get("format") == "docx":
        return _download(word_of(report), f"{report.title}{period.days}.docx", DOCX)
    return render_template(
        "workshops/insights/report.html",
        **frame(seat, "insights"),
        **_words(wanted),
        report=report,
        heads=HEADS,
        paragraphs=paragraphs_of(report),
        chat_text=chat_text_of(report),
    )
