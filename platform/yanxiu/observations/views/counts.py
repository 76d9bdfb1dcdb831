"""听课节数: one's own lessons observed in a term, and those of the people one manages."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.accounts.queries.administration import person_in_reach
from yanxiu.core import clock
from yanxiu.core.errors import NotFoundError
from yanxiu.core.terms import term_days, term_of
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.count_sheet import RULE, count_book
from yanxiu.observations.forms import whole_number
from yanxiu.observations.queries.counts import counts_in_reach, counts_of, observed_by, observed_in_reach
from yanxiu.observations.services.lessons import note_attendance
from yanxiu.observations.views.blueprint import bp, done, load_editable, posted
from yanxiu.observations.views.codings import FILES
from yanxiu.observations.views.members import member_of, members_url
from yanxiu.web.auth import current_actor, current_viewer

TERMS = 4
SHOWN = 500
HEARD_CHOICES = (("", "全部"), ("some", "听过课的"), ("none", "还没有听课的"))


@bp.get("/observation-counts")
def observation_counts() -> ResponseReturnValue:
    """The figures of a term with the rows behind them; `?person=` shows the rows of somebody the viewer manages."""
    viewer, term = current_viewer(), _term()
    person_id = whole_number(request.args.get("person"))
    person = None
    if person_id is not None and person_id != viewer.user_id:
        person = person_in_reach(viewer, person_id)
        if person is None:
            raise NotFoundError
    rows = observed_by(viewer, person.id if person else viewer.user_id or 0, term_days(term))
    manages = bool(viewer.admin_paths) and person is None
    heard = request.args.get("heard", "")
    counts = counts_in_reach(viewer, observed_in_reach(viewer, term_days(term)), heard) if manages else []
    return render_template(
        "observations/counts.html",
        term=term,
        term_choices=[(name, name) for name in _terms()],
        rule=RULE,
        person=person,
        rows=rows,
        manages=manages,
        heard=heard,
        heard_choices=HEARD_CHOICES,
        counts=counts[:SHOWN],
        people=len(counts),
    )


@bp.get("/observation-counts.xlsx")
def observation_counts_file() -> Response:
    """The same as a workbook: of all whom the viewer manages, else the viewer's own."""
    viewer, term = current_viewer(), _term()
    manages = bool(viewer.admin_paths)
    days = term_days(term)
    rows = observed_in_reach(viewer, days) if manages else observed_by(viewer, viewer.user_id or 0, days)
    counts = counts_in_reach(viewer, rows) if manages else counts_of(rows)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{term}听课节数.xlsx', safe='')}",
        "Cache-Control": "no-store",
    }
    return Response(count_book(term, counts, rows), mimetype=FILES["xlsx"], headers=headers)


@bp.post("/lessons/<int:lesson_id>/members/<int:member_id>/attendance")
def note_member_attendance(lesson_id: int, member_id: int) -> ResponseReturnValue:
    """Note that somebody was in the lesson; with `present=0` take that back."""
    with unit_of_work():
        found = load_editable(lesson_id)
        member = member_of(found, member_id)
        present = posted("present") != "0"
        note_attendance(current_actor(), found.lesson, member, present=present)
        saved = f"已记{member.user.name}到场" if present else f"已取消{member.user.name}的到场"
    return done(members_url(lesson_id), saved)


def _term() -> str:
    asked = request.args.get("term", "")
    return asked if asked in _terms() else _terms()[0]


def _terms() -> list[str]:
    """This term and those before it."""
    terms, day = [], clock.today()
    for _number in range(TERMS):
        terms.append(term_of(day))
        day = date.fromordinal(term_days(terms[-1])[0].toordinal() - 1)
    return terms
