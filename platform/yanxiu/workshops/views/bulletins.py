"""The bulletins of a workshop: the list, composing an issue, its page, and its Word file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.errors import NotFoundError, YanxiuError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work, write_if_possible
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.workshops import permissions
from yanxiu.workshops.bulletin_chat import chat_text_of
from yanxiu.workshops.bulletin_content import table_from
from yanxiu.workshops.bulletin_word import Column, Issue, day_words, word_of
from yanxiu.workshops.bulletin_words import SECTION_HINTS, SECTION_NAMES
from yanxiu.workshops.forms.bulletins import (
    DELETE,
    PUBLISH,
    BulletinForm,
    BulletinStateForm,
    FillingForm,
    NewBulletinForm,
)
from yanxiu.workshops.matters import Matter
from yanxiu.workshops.models import Activity, Bulletin
from yanxiu.workshops.queries import attention
from yanxiu.workshops.queries import bulletins as queries
from yanxiu.workshops.queries.activity_photos import Photo, files_to_adopt, photos_of
from yanxiu.workshops.queries.bulletin_facts import held_activities
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import bulletins as services
from yanxiu.workshops.services.posts import checked_uuid
from yanxiu.workshops.views.frame import (
    bp,
    done,
    form_page,
    frame,
    open_seat,
    require,
    require_valid,
    since_argument,
)
from yanxiu.workshops.views.pictures import picture_source
from yanxiu.workshops.views.topics import fragment

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ONLY_TEAM = "简报由坊主和管理成员编写"
READERS_SHOWN = 60


def open_bulletin(workshop_id: int, bulletin_id: int) -> tuple[Seat, Bulletin]:
    """Return an issue the viewer may see; drafts do not exist for those who only read."""
    seat = open_seat(workshop_id)
    found = queries.find_bulletin(workshop_id, bulletin_id)
    if found is None or not permissions.can_view_bulletin(current_viewer(), found, seat.member):
        raise NotFoundError
    return seat, found


def _open_for_writing(workshop_id: int, bulletin_id: int) -> tuple[Seat, Bulletin]:
    seat, found = open_bulletin(workshop_id, bulletin_id)
    allowed = permissions.can_edit_bulletin(current_viewer(), found, seat.member)
    require(allowed, "这期简报已经发布，撤回以后才能修改" if _may_write(seat) else ONLY_TEAM)
    return seat, found


def _may_write(seat: Seat) -> bool:
    return permissions.can_write_bulletins(current_viewer(), seat.workshop, seat.member)


def bulletin_url(bulletin: Bulletin, endpoint: str = "bulletin", **more: Any) -> str:
    """Return the address of an issue."""
    return url_for(f"workshops.{endpoint}", workshop_id=bulletin.workshop_id, bulletin_id=bulletin.id, **more)


@bp.get("/workshops/<int:workshop_id>/bulletins")
def bulletins(workshop_id: int) -> ResponseReturnValue:
    """List the issues; those who write them also see drafts. With `?since=` only the rows that changed."""
    seat = open_seat(workshop_id)
    topic = f"bulletins:{workshop_id}"
    if "since" in request.args:
        since, seq = since_argument(), current_seq(topic)
        rows = queries.bulletins_since(workshop_id, since)
        reached = rows[-1].seq if len(rows) == queries.CATCH_UP_LIMIT else None
        html = render_template("workshops/bulletins/_rows.html", **_row_context(seat, rows))
        return fragment(html, seq, reached)
    first, last = queries.next_days(seat.workshop)
    form = NewBulletinForm(formdata=None, client_uuid=checked_uuid(None), first_on=first, last_on=last)
    return render_template("workshops/bulletins/index.html", form=form, **_list_context(seat))


def _list_context(seat: Seat) -> dict[str, Any]:
    seq = current_seq(f"bulletins:{seat.workshop.id}")
    cursor, drafts_cursor = request.args.get("cursor"), request.args.get("drafts")
    page = queries.published_page(seat.workshop.id, cursor)
    context = _row_context(seat, page.items)
    drafts = queries.unpublished_page(seat.workshop.id, drafts_cursor) if context["may_write"] and not cursor else None
    return context | {"page": page, "drafts": drafts, "seq": seq, "first": not cursor and not drafts_cursor}


def _row_context(seat: Seat, rows: Any) -> dict[str, Any]:
    sees_readers = permissions.can_see_insights(current_viewer(), seat.workshop, seat.member)
    return frame(seat, "bulletins") | {
        "rows": rows,
        "reach": queries.reach_of([row.id for row in rows]) if sees_readers else {},
        "may_write": _may_write(seat),
        "day_words": day_words,
    }


@bp.post("/workshops/<int:workshop_id>/bulletins")
def compose_bulletin(workshop_id: int) -> ResponseReturnValue:
    """Begin an issue about some days and go on to writing it."""
    seat = open_seat(workshop_id)
    require(_may_write(seat), ONLY_TEAM)
    form = NewBulletinForm()
    if not form.validate():
        return form_page("workshops/bulletins/index.html", form, **_list_context(seat))
    try:
        with unit_of_work():
            seat = open_seat(workshop_id)
            require(_may_write(seat), ONLY_TEAM)
            days, mark = (form.first_on.data, form.last_on.data), form.client_uuid.data
            found = services.compose(current_actor(), seat.workshop, *days, client_uuid=mark)
            target = bulletin_url(found, "edit_bulletin")
    except YanxiuError as error:
        return form_page("workshops/bulletins/index.html", form, error, **_list_context(open_seat(workshop_id)))
    return done(target)


@bp.get("/workshops/<int:workshop_id>/bulletins/<int:bulletin_id>")
def bulletin(workshop_id: int, bulletin_id: int) -> ResponseReturnValue:
    """Show an issue; to those who write it also before it is published. `?format=docx` sends it as a Word file.

    With `?since=` only who has read it, for the live list.
    """
    seat, found = open_bulletin(workshop_id, bulletin_id)
    if request.args.get("format") == "docx":
        return _word(found)
    sees_readers = permissions.can_see_insights(current_viewer(), seat.workshop, seat.member)
    if "since" in request.args:
        since_argument()
        require(sees_readers)
        seq = current_seq(f"bulletin:{bulletin_id}")
        return fragment(render_template("workshops/bulletins/_reach.html", **_readers(seat, found)), seq, None)
    readers = _readers(seat, found) if sees_readers and found.is_public else {}
    _note_reading(seat, found)
    return render_template("workshops/bulletins/show.html", **_page(seat, found) | readers)


def _note_reading(seat: Seat, found: Bulletin) -> None:
    """Written once the page is made: a write would make it read everything again."""
    user_id = current_viewer().user_id
    reads = seat.member is not None and found.is_public and found.author_id != user_id
    if reads and user_id is not None and not queries.has_opened(found.id, user_id):
        g.bulletin_reading = (found.id, user_id)


@bp.after_request
def _note_bulletin_reading(response: Response) -> Response:
    reading = g.pop("bulletin_reading", None)
    if reading is not None and response.status_code == 200:
        write_if_possible(lambda: services.note_reading(*reading))
    return response


def _columns(found: Bulletin) -> tuple[Column, ...]:
    """Return what an issue shows: the columns that are in it and say something."""
    shown = [section for section in found.sections if section.included and (section.html or section.table)]
    return tuple(Column(SECTION_NAMES[one.kind], one.html, table_from(one.table)) for one in shown)


def _page(seat: Seat, found: Bulletin) -> dict[str, Any]:
    viewer = current_viewer()
    columns = _columns(found)
    address = bulletin_url(found, _external=True)
    return frame(seat, "bulletins") | {
        "bulletin": found,
        "columns": columns,
        "issued": day_words(found.issued_on),
        "may_edit": permissions.can_edit_bulletin(viewer, found, seat.member),
        "may_withdraw": found.is_public and _may_write(seat),
        "chat_text": chat_text_of(found.name, columns, address) if _may_write(seat) else "",
    }


def _readers(seat: Seat, found: Bulletin) -> dict[str, Any]:
    return {
        "bulletin": found,
        "reach": queries.reach_of([found.id])[found.id],
        "opened": queries.readers_of(found, opened=True, limit=READERS_SHOWN),
        "waiting": queries.readers_of(found, opened=False, limit=READERS_SHOWN),
        "reach_seq": current_seq(f"bulletin:{found.id}"),
        "workshop": seat.workshop,
        "may_remind": permissions.can_remind(current_viewer(), seat.workshop, seat.member),
        "reminded": _reminded(found),
    }


def _reminded(found: Bulletin) -> bool:
    """Nobody is left who was not reminded today."""
    waiting = set(queries.not_read_by(found))
    return bool(waiting) and waiting <= attention.people_reminded_today(found.workshop_id, Matter.BULLETIN, found.id)


def _word(found: Bulletin) -> Response:
    issue = Issue(
        found.masthead, found.number, found.host, found.editor, found.sent_to, found.issued_on, _columns(found)
    )
    response = Response(word_of(issue, picture_source(current_viewer(), found.workshop_id)), mimetype=DOCX)
    name = quote(f"{found.name.replace(' ', '')}.docx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/workshops/<int:workshop_id>/bulletins/<int:bulletin_id>/edit")
def edit_bulletin(workshop_id: int, bulletin_id: int) -> ResponseReturnValue:
    """Show an issue for writing; `?fill=1` shows first what the figures of today would change."""
    seat, found = _open_for_writing(workshop_id, bulletin_id)
    if files_to_adopt(workshop_id, _held(found)):
        write_if_possible(lambda: services.adopt_photos(_open_for_writing(workshop_id, bulletin_id)[1]))
        seat, found = _open_for_writing(workshop_id, bulletin_id)
    if request.args.get("fill") == "1":
        changes = services.changes_of(found)
        context = frame(seat, "bulletins")
        return render_template("workshops/bulletins/fill.html", **context, bulletin=found, changes=changes)
    return render_template("workshops/bulletins/edit.html", form=_form_of(found), **_edit_context(seat, found))


def _held(found: Bulletin) -> Sequence[Activity]:
    return held_activities(found.workshop_id, services.period_of_issue(found))


def _form_of(found: Bulletin) -> BulletinForm:
    form = BulletinForm(formdata=None, obj=found)
    for section in found.sections:
        form[f"html_{section.kind}"].data = section.html
        form[f"in_{section.kind}"].data = section.included
        form[f"version_{section.kind}"].data = section.version
    return form


def _edit_context(seat: Seat, found: Bulletin, **more: Any) -> dict[str, Any]:
    kinds = [kind for kind in request.form.getlist("section") if kind in SECTION_NAMES]
    sections = {section.kind: section for section in found.sections}
    ordered = [*dict.fromkeys(kind for kind in kinds if kind in sections)]
    ordered += [kind for kind in sections if kind not in ordered]
    return frame(seat, "bulletins") | {
        "bulletin": found,
        "sections": [sections[kind] for kind in ordered],
        "section_names": SECTION_NAMES,
        "section_hints": SECTION_HINTS,
        "tables": {section.kind: table_from(section.table) for section in found.sections},
        "photos": _photos_to_choose(seat, found),
        "clashes": {},
        **more,
    }


def _photos_to_choose(seat: Seat, found: Bulletin) -> list[Photo]:
    """Photos for an issue; those in reflections only for whoever reads the reflections."""
    reads_all = permissions.can_organize(current_viewer(), seat.workshop, seat.member)
    return [photo for photo in photos_of(found.workshop_id, _held(found)) if reads_all or not photo.private]


@bp.post("/workshops/<int:workshop_id>/bulletins/<int:bulletin_id>/edit")
def save_bulletin(workshop_id: int, bulletin_id: int) -> ResponseReturnValue:
    """Save what was written, by itself after a pause or by a button; `then` says what comes next."""
    seat, found = _open_for_writing(workshop_id, bulletin_id)
    form, then = BulletinForm(), request.form.get("then", "")
    if not form.validate():
        return form_page("workshops/bulletins/edit.html", form, **_edit_context(seat, found))
    try:
        with unit_of_work():
            seat, found = _open_for_writing(workshop_id, bulletin_id)
            words, ready = (form.head(), _written(form, then)), then == PUBLISH
            saved = services.save_bulletin(current_actor(), found, *words, publish=ready)
    except YanxiuError as error:
        seat, found = open_bulletin(workshop_id, bulletin_id)
        return form_page("workshops/bulletins/edit.html", form, error, **_edit_context(seat, found))
    return _saved(workshop_id, bulletin_id, form, saved, then)


def _saved(
    workshop_id: int, bulletin_id: int, form: BulletinForm, saved: services.Saved, then: str
) -> ResponseReturnValue:
    seat, found = open_bulletin(workshop_id, bulletin_id)
    if saved.clashes and not wants_fragment():
        for kind, clash in saved.clashes.items():
            form[f"version_{kind}"].data = clash.version
        context = _edit_context(seat, found, clashes=saved.clashes)
        return render_template("workshops/bulletins/edit.html", form=form, **context), 409
    if not saved.clashes and then == PUBLISH:
        return done(bulletin_url(found), _published_words(found))
    if not saved.clashes and then == "preview":
        return done(bulletin_url(found))
    if not wants_fragment():
        return done(bulletin_url(found, "edit_bulletin"), "已保存")
    at = found.updated_at.astimezone(LOCAL_ZONE).strftime("%H:%M")
    clashes = {kind: {"version": c.version, "html": c.html, "by": c.by} for kind, c in saved.clashes.items()}
    return jsonify({"ok": True, "toast": "", "versions": saved.versions, "clashes": clashes, "at": at})


def _written(form: BulletinForm, then: str) -> list[services.Written]:
    """Return the columns in the order of the form; `then` may move one of them."""
    kinds = [*dict.fromkeys(kind for kind in request.form.getlist("section") if kind in SECTION_NAMES)]
    way, _, moved = then.partition(":")
    if moved in kinds and way in ("up", "down"):
        place = kinds.index(moved)
        kinds.remove(moved)
        kinds.insert(max(0, place - 1 if way == "up" else place + 1), moved)
    return [_column(form, kind) for kind in kinds]


def _column(form: BulletinForm, kind: str) -> services.Written:
    html = services.html_of(form[f"html_{kind}"].data or "")
    return services.Written(kind, html, bool(form[f"in_{kind}"].data), form[f"version_{kind}"].data or 0)


def _published_words(found: Bulletin) -> str:
    return f"第 {found.number} 期已发布"


@bp.post("/workshops/<int:workshop_id>/bulletins/<int:bulletin_id>/figures")
def fill_bulletin(workshop_id: int, bulletin_id: int) -> ResponseReturnValue:
    """Put the figures of today into the ticked columns."""
    form = FillingForm()
    with unit_of_work():
        _seat, found = _open_for_writing(workshop_id, bulletin_id)
        require_valid(form)
        count = services.fill_anew(current_actor(), found, request.form.getlist("fill"))
        target = bulletin_url(found, "edit_bulletin")
    return done(target, f"{count} 个栏目换成了现在的数据" if count else "没有勾选栏目，内容没有变")


@bp.post("/workshops/<int:workshop_id>/bulletins/<int:bulletin_id>/state")
def change_bulletin_state(workshop_id: int, bulletin_id: int) -> ResponseReturnValue:
    """Publish an issue, take it back, or throw a draft away."""
    form = BulletinStateForm()
    with unit_of_work():
        seat, found = open_bulletin(workshop_id, bulletin_id)
        require(_may_write(seat), ONLY_TEAM)
        require_valid(form)
        target, words = _change_state(found, form.action.data)
    return done(target, words)


def _change_state(found: Bulletin, action: str) -> tuple[str, str]:
    actor = current_actor()
    if action == PUBLISH:
        services.publish_bulletin(actor, found)
        return bulletin_url(found), _published_words(found)
    if action == DELETE:
        services.delete_bulletin(actor, found)
        return url_for("workshops.bulletins", workshop_id=found.workshop_id), "草稿已删除"
    services.withdraw_bulletin(actor, found)
    return bulletin_url(found), "已撤回，成员看不到了；修改后可以再发布，期号不变"
