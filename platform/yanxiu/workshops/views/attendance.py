"""Signing in: the host's screen with the code, the list of names, the page on the phone, and the list on paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ForbiddenError, YanxiuError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.live import who_follows
from yanxiu.web.qr import qr_code
from yanxiu.workshops import permissions
from yanxiu.workshops.activity_words import PRESENCE_NAMES
from yanxiu.workshops.codes import STEP_S, code_of, step_of
from yanxiu.workshops.forms.activities import PresenceForm, SignInForm
from yanxiu.workshops.models import Activity
from yanxiu.workshops.queries import attendance as queries
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.rosters import attendance_table
from yanxiu.workshops.services import attendance as services
from yanxiu.workshops.views.activities import activity_url, open_activity, stays_minutes, words
from yanxiu.workshops.views.frame import (
    bp,
    done,
    done_in_place,
    form_page,
    frame,
    require,
    require_valid,
    since_argument,
)
from yanxiu.workshops.views.members import XLSX
from yanxiu.workshops.views.topics import fragment

TRIES = "12 per minute"


def _hosted(workshop_id: int, activity_id: int) -> tuple[Seat, Activity]:
    seat, found = open_activity(workshop_id, activity_id)
    require(found.cancelled_at is None, "活动已经取消")
    allowed = permissions.can_host_activity(current_viewer(), found, seat.member)
    require(allowed, "点名由坊主、管理成员和主讲人负责")
    return seat, found


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>/attendance")
def attendance(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Show the host's screen: the code that changes, and the list of names. `?part=code` answers the code alone,
    `?since=` the names that changed."""
    seat, found = _hosted(workshop_id, activity_id)
    if request.args.get("part") == "code":
        return fragment(render_template("workshops/activities/_code.html", **_code(found)), 0, None)
    seq = current_seq(f"attendance:{activity_id}")
    context = {
        "stays_minutes": stays_minutes(),
        "activity": found,
        "count": queries.count_attendance(found),
        "states": PRESENCE_NAMES,
        **words(),
    }
    if "since" in request.args:
        lines = queries.noted_since(found, since_argument())
        return fragment(render_template("workshops/activities/_names.html", lines=lines, **context), seq, None)
    return render_template(
        "workshops/activities/attendance.html",
        **frame(seat, "activities"),
        **context | _code(found),
        lines=queries.attendance_of(found),
        seq=seq,
    )


def _code(found: Activity) -> dict[str, Any]:
    """Return what the screen shows now; no code outside of the hours in which one may sign in."""
    moment = clock.now()
    if not services.opens_at(found) <= moment <= services.closes_at(found):
        return {"activity": found, "code": "", "opens_at": services.opens_at(found), "at": moment}
    step = step_of(moment)
    code = code_of(found.key, step)
    target = activity_url(found, "workshops.sign_in_page", code=code, t=step, _external=True)
    left = STEP_S - int(moment.timestamp()) % STEP_S
    return {"activity": found, "code": code, "picture": qr_code(target), "left": left, "at": moment}


@bp.post("/workshops/<int:workshop_id>/activities/<int:activity_id>/attendance")
def mark_rest(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Say of all who are not noted that they were absent; with `who=here`, of those who are on line that they came."""
    online = request.form.get("who") == "here"
    with unit_of_work():
        _seat, found = _hosted(workshop_id, activity_id)
        if online:
            number = services.mark_here(current_actor(), found, who_follows(f"activity:{activity_id}"))
        else:
            number = services.mark_rest_absent(current_actor(), found)
        target = activity_url(found, "workshops.attendance")
    if online:
        return done(target, f"已登记 {number} 位在线的老师" if number else "在线的老师都登记过了")
    return done(target, f"{number} 位老师记为缺席" if number else "没有未登记的老师")


@bp.post("/workshops/<int:workshop_id>/activities/<int:activity_id>/attendance/<int:user_id>")
def mark_attendance(workshop_id: int, activity_id: int, user_id: int) -> ResponseReturnValue:
    """Note one person; the same state again takes it back. `?state=` is how a step is undone."""
    with unit_of_work():
        _seat, found = _hosted(workshop_id, activity_id)
        if "state" in request.args:
            form = PresenceForm(request.args)
        else:
            form = PresenceForm()
        require_valid(form)
        state = form.state.data
        before = services.mark_attendance(current_actor(), found, user_id, state)
        target = activity_url(found, "workshops.attendance")
        undo = {"url": activity_url(found, "workshops.mark_attendance", user_id=user_id, state=before)}
    toast = f"已记为{PRESENCE_NAMES[state]}" if state else "已改回未登记"
    if "state" in request.args:
        return done_in_place(target, toast)
    return done_in_place(target, toast, undo=undo)


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>/attendance.xlsx")
def attendance_sheet(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Send who came as an Excel file."""
    seat, found = open_activity(workshop_id, activity_id)
    allowed = permissions.can_read_attendance(current_viewer(), found, seat.member)
    require(allowed, "出勤名单由坊主、主讲人和主管单位查看")
    response = Response(
        attendance_table(found, queries.attendance_of(found), queries.count_attendance(found)), mimetype=XLSX
    )
    name = quote(f"{found.title}出勤登记表.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _joined(workshop_id: int, activity_id: int) -> tuple[Seat, Activity]:
    seat, found = open_activity(workshop_id, activity_id)
    require(found.cancelled_at is None, "活动已经取消，不用签到了")
    require(permissions.can_join_activity(current_viewer(), found, seat.member), "加入工作坊以后才能签到")
    return seat, found


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>/sign-in")
def sign_in_page(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Show the page on the phone; a scanned picture brings the code along."""
    seat, found = _joined(workshop_id, activity_id)
    code = request.args.get("code", "")
    form = SignInForm(formdata=None, code=code if code.isdecimal() and len(code) <= 12 else "")
    form.t.data = request.args.get("t", "")[:12]
    return render_template("workshops/activities/sign_in.html", form=form, **_sign_in_context(seat, found))


def _sign_in_context(seat: Seat, found: Activity) -> dict[str, Any]:
    moment = clock.now()
    return {
        **frame(seat, "activities"),
        **words(),
        "activity": found,
        "note": queries.presence_of(found.id, current_viewer().user_id),
        "states": PRESENCE_NAMES,
        "is_open": services.opens_at(found) <= moment <= services.closes_at(found),
        "opens_at": services.opens_at(found),
        "at": moment,
    }


def _whoever_tries() -> str:
    """A whole school signs in from one address: tries are counted by person."""
    return f"sign-in:{current_viewer().user_id}"


@bp.post("/workshops/<int:workshop_id>/activities/<int:activity_id>/sign-in")
@limiter.limit(TRIES, key_func=_whoever_tries)
def sign_in(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Sign in with the code; sent twice it is noted once."""
    seat, found = _joined(workshop_id, activity_id)
    form = SignInForm()
    template = "workshops/activities/sign_in.html"
    if not form.validate():
        return form_page(template, form, **_sign_in_context(seat, found))
    try:
        with unit_of_work():
            _seat, found = _joined(workshop_id, activity_id)
            row = services.sign_in(current_actor(), found, form.digits, elapsed=form.ago, step=form.step)
            state, title = row.state, found.title
            target = activity_url(found, "workshops.sign_in_page")
    except ForbiddenError:
        raise
    except YanxiuError as error:
        seat, found = open_activity(workshop_id, activity_id)
        return form_page(template, form, error, **_sign_in_context(seat, found))
    return done(target, f"“{title}”已签到：{PRESENCE_NAMES.get(state, '')}")
