"""The list of workshops, founding one, its home and its settings."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.catalog import STAGES, SUBJECTS
from yanxiu.accounts.models import Organization
from yanxiu.accounts.queries import find_organization, organizations_below
from yanxiu.core.clock import today
from yanxiu.core.errors import InvalidError, NotFoundError, YanxiuError
from yanxiu.core.live import current_seqs
from yanxiu.core.storage import ReceivedFile
from yanxiu.core.terms import term_of, terms_around
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.core.uploads import IMAGES, receive_upload
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.files import send_stored
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.standing import KIND_NAMES, KindForm
from yanxiu.workshops.forms.teams import ROLE_NAMES, ApplicationForm, WorkshopForm
from yanxiu.workshops.models import Kind, Workshop
from yanxiu.workshops.queries import announcements, teams, threads
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.services import workshops as services
from yanxiu.workshops.services.workshops import WorkshopDetails
from yanxiu.workshops.views.attention import three_minutes
from yanxiu.workshops.views.frame import bp, done, form_page, frame, open_seat, reading_marks, require
from yanxiu.workshops.views.termplan import line_context
from yanxiu.workshops.views.topics import fragment

MAX_COVER = 10 * 1024**2
COVER_KINDS = IMAGES - {"gif"}
HOME_MEMBERS = 8


def _chosen(name: str, among: tuple[str, ...]) -> str:
    value = request.args.get(name, "")
    return value if value in among else ""


def _wanted() -> teams.WorkshopFilter:
    """Read the filter from the address."""
    ended = request.args.get("ended") == "1"
    subject, stage, kind = _chosen("subject", SUBJECTS), _chosen("stage", STAGES), _chosen("kind", tuple(KIND_NAMES))
    return teams.WorkshopFilter(subject, stage, kind, ended)


@bp.get("/workshops")
def index() -> ResponseReturnValue:
    """Show my workshops, then those I may join or look after."""
    viewer = current_viewer()
    wanted = _wanted()
    cursor = request.args.get("cursor")
    page = teams.other_workshops_page(viewer, wanted, cursor)
    mine = [] if cursor else teams.my_workshops(viewer, wanted)
    shown = [row.workshop.id for row in mine] + [workshop.id for workshop in page.items]
    return render_template(
        "workshops/index.html",
        mine=mine,
        page=page,
        leaders=teams.leaders_of(shown),
        invitations=[] if cursor else roster.invitations_of(viewer.user_id),
        wanted=wanted,
        kind_names=KIND_NAMES,
        subject_choices=[(name, name) for name in SUBJECTS],
        stage_choices=[(name, name) for name in STAGES],
        first=not cursor,
        role_names=ROLE_NAMES,
    )


def _owner_choices() -> dict[int, str]:
    """Return the places a workshop may belong to: my own school, and all below my appointments."""
    viewer = current_viewer()
    found: dict[int, Organization] = {}
    for path in [held.org_path for held in viewer.held if held.role in permissions.OVERSEEING_ROLES]:
        found |= {organization.id: organization for organization in organizations_below(path)}
    home = find_organization(viewer.organization_id or 0)
    own = {home.id: home} if home else {}
    return {organization.id: organization.name for organization in (own | found).values()}


def _workshop_form(workshop: Workshop | None = None) -> WorkshopForm:
    form = WorkshopForm(obj=workshop)
    terms = terms_around(today())
    if workshop is not None and workshop.term not in terms:
        terms.insert(0, workshop.term)
    form.term.choices = {term: term for term in terms}
    if workshop is None:
        form.organization_id.choices = _owner_choices()
    else:
        form.organization_id.choices = {workshop.organization_id: workshop.organization.name}
    return form


def _details(form: WorkshopForm) -> WorkshopDetails:
    return WorkshopDetails(
        name=form.name.data,
        theme=form.theme.data or "",
        subject=form.subject.data,
        stage=form.stage.data,
        term=form.term.data,
        join_mode=form.join_mode.data,
        introduction=form.introduction.data or "",
        members_may_publish=bool(form.members_may_publish.data),
    )


def _received_cover() -> ReceivedFile | None:
    sent = request.files.get("cover")
    if sent is None or not sent.filename:
        return None
    try:
        return receive_upload(sent.stream, sent.filename, kinds=COVER_KINDS, max_bytes=MAX_COVER)
    except YanxiuError as error:
        raise InvalidError(error.message, field="cover") from error


@bp.get("/workshops/new")
def new() -> ResponseReturnValue:
    """Show the form for founding a workshop."""
    form = _workshop_form()
    viewer, me = current_viewer(), current_actor()
    form.process(
        formdata=None,
        term=term_of(today()),
        organization_id=viewer.organization_id,
        subject=me.subject,
        stage=me.stage,
    )
    return render_template("workshops/new.html", form=form)


@bp.post("/workshops")
def create() -> ResponseReturnValue:
    """Found a workshop; whoever founds it leads it."""
    form = _workshop_form()
    if not form.validate():
        return form_page("workshops/new.html", form)
    try:
        cover = _received_cover()
        with unit_of_work():
            organization = find_organization(form.organization_id.data)
            if organization is None:
                raise InvalidError("请选择主办单位", field="organization_id")
            workshop = services.create_workshop(current_actor(), organization, _details(form), cover)
            target = url_for("workshops.home", workshop_id=workshop.id)
    except YanxiuError as error:
        return form_page("workshops/new.html", form, error)
    return done(target, "工作坊建好了，先邀请几位老师进来吧")


@bp.get("/workshops/<int:workshop_id>")
def home(workshop_id: int) -> ResponseReturnValue:
    """Show the home to those inside, and a door with a bell to those who may find it; `?part=attention` is the
    three-minute list alone."""
    viewer = current_viewer()
    seat = teams.find_seat(viewer, workshop_id)
    if seat is None:
        raise NotFoundError
    if not permissions.can_view_workshop(viewer, seat.workshop, seat.member):
        return _door(seat)
    if request.args.get("part") == "attention":
        return _three_minutes(seat)
    seqs = current_seqs(f"workshop:{workshop_id}", f"termplan:{workshop_id}")
    pinned = threads.pinned_topics(workshop_id)
    topics = threads.newest_topics(workshop_id)
    members = roster.team_members(workshop_id)
    page = roster.members_page(workshop_id, size=HOME_MEMBERS)
    head = frame(seat, "home")
    may = head["may"]
    return render_template(
        "workshops/home.html",
        **head,
        pinned=pinned,
        topics=topics,
        **reading_marks((*pinned, *topics), seat),
        seq=seqs[f"workshop:{workshop_id}"],
        people=[*members, *page.items][:HOME_MEMBERS],
        reach=announcements.reach_of([topic.id for topic in pinned]) if may["insights"] and pinned else {},
        attention=three_minutes(seat),
        door=_door_context(seat),
        **_standing(seat),
        **line_context(seat, today()),
        plan_seq=seqs[f"termplan:{workshop_id}"],
    )


def _three_minutes(seat: teams.Seat) -> ResponseReturnValue:
    """Answer the list of those who lead, which changes while their page is open."""
    listed = three_minutes(seat)
    require(listed is not None, "坊主团队才有三分钟清单")
    html = render_template("workshops/attention/_list.html", **frame(seat, "home"), attention=listed)
    return fragment(html, 0, None)


def _standing(seat: teams.Seat) -> dict[str, Any]:
    """Return how a workshop became what it is, and the form of those who decide it; nothing was decided about most."""
    promotes = permissions.can_promote(current_viewer(), seat.workshop)
    form = KindForm(formdata=None, kind=seat.workshop.kind) if promotes else None
    steps = teams.promotions_of(seat.workshop.id) if promotes or seat.workshop.kind != Kind.PERSONAL else []
    source = teams.find_workshop(current_viewer(), seat.workshop.source_id) if seat.workshop.source_id else None
    return {"promotions": steps, "kind_form": form, "source": source}


def _door_context(seat: teams.Seat) -> dict[str, Any]:
    """Return what a person without a place may do to get one."""
    viewer, workshop, member = current_viewer(), seat.workshop, seat.member
    if member is not None:
        return {}
    return {
        "invitation": roster.invitation_for(workshop.id, viewer.user_id),
        "application": roster.last_application(workshop.id, viewer.user_id),
        "may_join": permissions.can_join_workshop(viewer, workshop, member),
        "may_apply": permissions.can_apply(viewer, workshop, member),
        "form": ApplicationForm(formdata=None),
    }


def _door(seat: teams.Seat) -> ResponseReturnValue:
    viewer, workshop = current_viewer(), seat.workshop
    door = _door_context(seat)
    invited = door.get("invitation") is not None
    if not permissions.can_find_workshop(viewer, workshop, seat.member, invited=invited):
        raise NotFoundError
    return render_template("workshops/door.html", **frame(seat, "home"), door=door)


@bp.get("/workshops/<int:workshop_id>/cover")
def cover(workshop_id: int) -> ResponseReturnValue:
    """Send the cover to whoever may find the workshop."""
    viewer = current_viewer()
    seat = teams.find_seat(viewer, workshop_id)
    if seat is None or seat.workshop.cover is None:
        raise NotFoundError
    invited = roster.invitation_for(workshop_id, viewer.user_id) is not None
    if not permissions.can_find_workshop(viewer, seat.workshop, seat.member, invited=invited):
        raise NotFoundError
    return send_stored(seat.workshop.cover, inline=True)


@bp.get("/workshops/<int:workshop_id>/settings")
def settings(workshop_id: int) -> ResponseReturnValue:
    """Show the settings to those who may change them."""
    seat = open_seat(workshop_id)
    require(permissions.can_manage_workshop(current_viewer(), seat.workshop, seat.member))
    form = _workshop_form(seat.workshop)
    return render_template("workshops/settings.html", **frame(seat, "settings"), form=form)


@bp.post("/workshops/<int:workshop_id>/settings")
def change(workshop_id: int) -> ResponseReturnValue:
    """Change the settings."""
    seat = open_seat(workshop_id)
    require(permissions.can_manage_workshop(current_viewer(), seat.workshop, seat.member))
    form = _workshop_form(seat.workshop)
    if not form.validate():
        return form_page("workshops/settings.html", form, **frame(seat, "settings"))
    try:
        cover = _received_cover()
        with unit_of_work():
            seat = open_seat(workshop_id)
            require(permissions.can_manage_workshop(current_viewer(), seat.workshop, seat.member))
            services.change_workshop(current_actor(), seat.workshop, _details(form), cover)
    except YanxiuError as error:
        return form_page("workshops/settings.html", form, error, **frame(open_seat(workshop_id), "settings"))
    return done(url_for("workshops.settings", workshop_id=workshop_id), "设置已保存")
