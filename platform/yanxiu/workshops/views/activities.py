"""Activities: the list, one activity, and fixing, changing, cancelling it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import NotFoundError, YanxiuError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops import permissions
from yanxiu.workshops.activity_word import Sheet, word_of
from yanxiu.workshops.activity_words import KIND_NAMES, PHASE_NAMES, PRESENCE_NAMES, time_span
from yanxiu.workshops.calendars import calendar_of
from yanxiu.workshops.forms.activities import ActivityForm, CancelForm, ReflectionForm, as_local, as_moment
from yanxiu.workshops.models import Activity, Workshop
from yanxiu.workshops.queries import activities as queries
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries import records
from yanxiu.workshops.queries.attendance import CAME, attendance_of, names_noted, presence_of
from yanxiu.workshops.queries.plan_targets import plan_target
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import activities as services
from yanxiu.workshops.services import posts as post_services
from yanxiu.workshops.services.activities import ActivityDetails
from yanxiu.workshops.services.attendance import STAYS, closes_at, opens_at
from yanxiu.workshops.views.frame import bp, done, form_page, frame, open_seat, require, since_argument
from yanxiu.workshops.views.topics import fragment, typed_html

CALENDAR_BACK = timedelta(days=180)
"""How far back the workshop's calendar goes."""
NAMES_OFFERED = 200
USUAL_LENGTH = timedelta(minutes=90)
STATE_NAMES = PRESENCE_NAMES | {"": "未登记"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DISCUSSED = ("topic", "lesson_plan")
NOT_YOURS = "活动由坊主和管理成员安排"


def activity_url(activity: Activity, endpoint: str = "workshops.activity", **more: Any) -> str:
    """Return the address of an activity's page."""
    return url_for(endpoint, workshop_id=activity.workshop_id, activity_id=activity.id, **more)


def open_activity(workshop_id: int, activity_id: int) -> tuple[Seat, Activity]:
    """Return an activity with the viewer's seat in its workshop."""
    seat = open_seat(workshop_id)
    found = queries.find_activity(workshop_id, activity_id)
    if found is None or not permissions.can_view_activity(current_viewer(), found, seat.member):
        raise NotFoundError
    return seat, found


def words() -> dict[str, Any]:
    """Return the names that the templates of activities use."""
    return {
        "activity_kinds": KIND_NAMES,
        "phase_names": PHASE_NAMES,
        "time_span": time_span,
        "time_day": lambda moment: moment.astimezone(clock.LOCAL_ZONE).day,
        "time_month": lambda moment: f"{moment.astimezone(clock.LOCAL_ZONE).month}月",
    }


def may_organize(seat: Seat) -> bool:
    """Tell whether the viewer may arrange activities here."""
    return permissions.can_organize(current_viewer(), seat.workshop, seat.member)


@bp.get("/workshops/<int:workshop_id>/activities")
def activities(workshop_id: int) -> ResponseReturnValue:
    """List activities: what runs and what is to come, then what is over. `?since=` answers the first part alone, with
    `?part=next` the few that the workshop's home shows."""
    seat = open_seat(workshop_id)
    seq = current_seq(f"activities:{workshop_id}")
    if "since" in request.args:
        since_argument()
        return fragment(_open_part(seat), seq, None)
    cursor = request.args.get("cursor")
    return render_template(
        "workshops/activities/index.html",
        **frame(seat, "activities"),
        **words(),
        may_organize=may_organize(seat),
        open=[] if cursor else queries.open_activities(workshop_id),
        page=queries.past_activities(workshop_id, cursor),
        first=not cursor,
        seq=seq,
    )


def _open_part(seat: Seat) -> str:
    if request.args.get("part") == "next":
        found = queries.next_activities(seat.workshop.id)
        return render_template("workshops/activities/_next.html", workshop=seat.workshop, activities=found, **words())
    return render_template(
        "workshops/activities/_open.html",
        workshop=seat.workshop,
        open=queries.open_activities(seat.workshop.id),
        may_organize=may_organize(seat),
        **words(),
    )


@bp.get("/workshops/<int:workshop_id>/activities.ics")
def activities_calendar(workshop_id: int) -> ResponseReturnValue:
    """Send the workshop's activities for a calendar."""
    seat = open_seat(workshop_id)
    found = queries.calendar_activities(workshop_id, clock.now() - CALENDAR_BACK)
    return _calendar(f"{seat.workshop.name}研修活动", found)


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>/calendar.ics")
def activity_calendar(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Send one activity for a calendar."""
    _seat, found = open_activity(workshop_id, activity_id)
    return _calendar(found.title, [found])


def _calendar(name: str, found: Any) -> Response:
    text = calendar_of(name, found, lambda activity: activity_url(activity, _external=True))
    response = Response(text, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name + '.ics', safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/workshops/<int:workshop_id>/activities/new")
def new_activity(workshop_id: int) -> ResponseReturnValue:
    """Show the form for a new activity; `?part=clashes` answers only what falls on the time in the address."""
    seat = open_seat(workshop_id)
    require(may_organize(seat), NOT_YOURS)
    if request.args.get("part") == "clashes":
        return render_template("workshops/activities/_clashes.html", clashes=_asked_clashes(seat.workshop))
    start = _next_round_hour()
    form = ActivityForm(formdata=None, client_uuid=post_services.checked_uuid(None))
    form.process(formdata=None, starts_at=as_local(start), ends_at=as_local(start + USUAL_LENGTH), is_online="0",
                 grace_minutes=10, client_uuid=post_services.checked_uuid(None))  # fmt: skip
    return render_template("workshops/activities/new.html", form=_offer(form, seat), **_form_context(seat))


def _offer(form: ActivityForm, seat: Seat, found: Activity | None = None) -> ActivityForm:
    """Offer the topics and plans of the workshop for discussion; what an activity is about stays among them."""
    offered = {"": "不关联"}
    if found is not None and found.about_id:
        offered[f"{found.about_kind}:{found.about_id}"] = found.about_title
    for target in filter(None, map(plan_target, DISCUSSED)):
        for number, title in target.choices(current_viewer(), seat.workshop.id):
            offered[f"{target.kind}:{number}"] = f"{target.name}：{title}"
    form.about.choices = list(offered.items())
    return form


def _about(form: ActivityForm) -> dict[str, Any]:
    """Return what was chosen for discussion as columns."""
    kind, _, number = (form.about.data or "").partition(":")
    if not number:
        return {}
    title = dict(form.about.choices)[form.about.data]
    return {"about_kind": kind, "about_id": int(number), "about_title": title}


def _next_round_hour() -> datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _form_context(seat: Seat) -> dict[str, Any]:
    names = [user.name for user in roster.member_names(seat.workshop.id, limit=NAMES_OFFERED)]
    return frame(seat, "activities") | {"names": sorted(set(names))}


def _asked_clashes(workshop: Workshop) -> list[queries.Clash]:
    form = ActivityForm(request.args, meta={"csrf": False})
    start, end = form.starts_at.data, form.ends_at.data
    if start is None or end is None or not _makes_sense(start, end):
        return []
    speaker, place = form.speaker.data or "", form.place.data or ""
    number = request.args.get("activity", "")
    plan = queries.Plan(
        workshop=workshop,
        starts_at=as_moment(start),
        ends_at=as_moment(end),
        speaker=speaker,
        speaker_id=services.speaker_among(workshop.id, speaker) if speaker else None,
        place=place,
        is_online=form.is_online.data == "1",
        activity_id=int(number) if number.isdecimal() and len(number) <= 9 else 0,
    )
    return queries.clashes_of(current_viewer(), plan)


def _makes_sense(start: datetime, end: datetime) -> bool:
    return clock.is_in_our_time(start.date()) and clock.is_in_our_time(end.date()) and start < end


def _details(form: ActivityForm) -> ActivityDetails:
    return ActivityDetails(
        kind=form.kind.data,
        title=form.title.data,
        html=typed_html(form.html.data),
        starts_at=as_moment(form.starts_at.data),
        ends_at=as_moment(form.ends_at.data),
        speaker=form.speaker.data,
        place=form.place.data,
        is_online=form.is_online.data == "1",
        grace_minutes=form.grace_minutes.data,
        **_about(form),
    )


@bp.post("/workshops/<int:workshop_id>/activities")
def create_activity(workshop_id: int) -> ResponseReturnValue:
    """Fix an activity."""
    seat = open_seat(workshop_id)
    require(may_organize(seat), NOT_YOURS)
    form = _offer(ActivityForm(), seat)
    if not form.validate():
        return form_page("workshops/activities/new.html", form, **_form_context(seat))
    try:
        with unit_of_work():
            seat = open_seat(workshop_id)
            require(may_organize(seat), NOT_YOURS)
            made = services.create_activity(
                current_actor(), seat.workshop, _details(form), client_uuid=form.client_uuid.data
            )
            target = activity_url(made)
    except YanxiuError as error:
        return form_page("workshops/activities/new.html", form, error, **_form_context(open_seat(workshop_id)))
    return done(target, "活动已发布，成员会收到通知")


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>/edit")
def edit_activity(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Show what was fixed for changing."""
    seat, found = _to_change(workshop_id, activity_id)
    form = ActivityForm(formdata=None, obj=found)
    form.starts_at.data, form.ends_at.data = as_local(found.starts_at), as_local(found.ends_at)
    form.is_online.data = "1" if found.is_online else "0"
    form.about.data = f"{found.about_kind}:{found.about_id}" if found.about_id else ""
    return render_template(
        "workshops/activities/edit.html", form=_offer(form, seat, found), activity=found, **_form_context(seat)
    )


def _to_change(workshop_id: int, activity_id: int) -> tuple[Seat, Activity]:
    seat, found = open_activity(workshop_id, activity_id)
    require(may_organize(seat), NOT_YOURS)
    require(found.cancelled_at is None, "活动已经取消，不能再修改")
    return seat, found


@bp.post("/workshops/<int:workshop_id>/activities/<int:activity_id>/edit")
def change_activity(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Change what was fixed."""
    seat, found = _to_change(workshop_id, activity_id)
    form = _offer(ActivityForm(), seat, found)
    template = "workshops/activities/edit.html"
    if not form.validate():
        return form_page(template, form, activity=found, **_form_context(seat))
    try:
        with unit_of_work():
            _seat, found = _to_change(workshop_id, activity_id)
            services.change_activity(current_actor(), found, _details(form))
            target = activity_url(found)
    except YanxiuError as error:
        seat, found = open_activity(workshop_id, activity_id)
        return form_page(template, form, error, activity=found, **_form_context(seat))
    return done(target, "修改已保存")


@bp.post("/workshops/<int:workshop_id>/activities/<int:activity_id>/cancellation")
def cancel_activity(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Call an activity off."""
    form = CancelForm()
    seat, found = open_activity(workshop_id, activity_id)
    require(may_organize(seat), NOT_YOURS)
    try:
        with unit_of_work():
            seat, found = open_activity(workshop_id, activity_id)
            require(may_organize(seat), NOT_YOURS)
            services.cancel_activity(current_actor(), found, form.reason.data or "")
            target = activity_url(found)
    except YanxiuError as error:
        seat, found = open_activity(workshop_id, activity_id)
        page = activity_page(seat, found) | {"cancel_form": form}
        return form_page("workshops/activities/show.html", form, error, **page)
    return done(target, "活动已取消，成员会收到通知")


@bp.get("/workshops/<int:workshop_id>/activities/<int:activity_id>")
def activity(workshop_id: int, activity_id: int) -> ResponseReturnValue:
    """Show an activity; `?since=` answers the parts that change while people look, `?format=docx` sends its record."""
    seat, found = open_activity(workshop_id, activity_id)
    if request.args.get("format") == "docx":
        return _record_file(seat, found)
    seq = current_seq(f"activity:{activity_id}")
    if "since" in request.args:
        since_argument()
        return fragment(render_template("workshops/activities/_live.html", **activity_page(seat, found)), seq, None)
    return render_template("workshops/activities/show.html", seq=seq, **activity_page(seat, found))


def _record_file(seat: Seat, found: Activity) -> Response:
    reads_all = permissions.can_read_attendance(current_viewer(), found, seat.member)
    sheet = Sheet(
        found,
        records.checks_of(found, records.record_of(found.id)),
        attendance_of(found) if reads_all else (),
        records.all_reflections(found.id) if reads_all else (),
    )
    response = Response(word_of(sheet, current_viewer()), mimetype=DOCX)
    name = quote(f"{found.title}活动记录.docx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


def stays_minutes() -> int:
    """Return how long the page of an on-line activity must be open."""
    return int(STAYS.total_seconds() // 60)


def activity_page(seat: Seat, found: Activity) -> dict[str, Any]:
    """Return the variables of an activity's page."""
    viewer, member = current_viewer(), seat.member
    organizes = may_organize(seat)
    note = presence_of(found.id, viewer.user_id)
    joins = permissions.can_join_activity(viewer, found, member)
    shows_clashes = organizes and found.phase in ("coming", "running")
    record = records.record_of(found.id)
    reads_all = permissions.can_read_attendance(viewer, found, member)
    mine = records.reflection_by(found.id, viewer.user_id)
    return {
        **frame(seat, "activities"),
        **words(),
        "activity": found,
        "phase": found.phase,
        "about_url": _about_url(found),
        "has_begun": found.cancelled_at is None and found.starts_at <= clock.now(),
        "record": record,
        "checks": records.checks_of(found, record),
        "behind": _behind_checks(found) if reads_all and found.starts_at <= clock.now() else None,
        "mine": mine,
        "cancel_form": CancelForm(formdata=None),
        "reflection_form": ReflectionForm(formdata=None, html=mine.html if mine else ""),
        "reflections": records.reflections_page(found.id, request.args.get("cursor")) if reads_all else None,
        "may_organize": organizes,
        "may_host": permissions.can_host_activity(viewer, found, member),
        "may_join": joins,
        "note": note,
        "states": PRESENCE_NAMES,
        "stays_minutes": stays_minutes(),
        "signs_in": joins
        and (note is None or note.arrived_at is None)
        and opens_at(found) <= clock.now() <= closes_at(found),
        "clashes": queries.clashes_of(viewer, _plan_of(found)) if shows_clashes else [],
    }


def _behind_checks(found: Activity) -> dict[str, Any]:
    """Return the names behind the three checks: by state, and of those who came without a reflection."""
    lines = names_noted(found)
    wrote = records.authors_of_reflections(found.id)
    names = {text: [name for _id, name, noted in lines if noted == state] for state, text in STATE_NAMES.items()}
    silent = [name for user_id, name, noted in lines if noted in CAME and user_id not in wrote]
    return {"names": names, "silent": silent}


def _about_url(found: Activity) -> str:
    """Return where what is discussed can be opened; empty for who may not, and for what is gone."""
    target = plan_target(found.about_kind) if found.about_id else None
    return (
        target.visible(current_viewer(), {found.about_id}).get(found.about_id, "") if target and found.about_id else ""
    )


def _plan_of(found: Activity) -> queries.Plan:
    return queries.Plan(
        workshop=found.workshop,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        speaker=found.speaker,
        speaker_id=found.speaker_id,
        place=found.place,
        is_online=found.is_online,
        activity_id=found.id,
    )


def home_activities(workshop: Workshop, **_more: Any) -> dict[str, Any] | None:
    """Return the next activities for the home of a workshop."""
    found = queries.next_activities(workshop.id)
    return {"activities": found, "seq": current_seq(f"activities:{workshop.id}"), **words()}


SLOTS = {"workshop_activities": ("workshops/activities/_home.html", home_activities)}
