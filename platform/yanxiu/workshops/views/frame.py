"""What every page of a workshop needs: the door, the frame's variables, and two kinds of answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage

from yanxiu.core.clock import today
from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError, YanxiuError
from yanxiu.core.html import text_of
from yanxiu.core.unit_of_work import write_if_possible
from yanxiu.core.uploads import VOICE, receive_thumbnail, receive_upload
from yanxiu.web.auth import current_viewer, wants_fragment
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.standing import KIND_NAMES
from yanxiu.workshops.forms.teams import ROLE_NAMES
from yanxiu.workshops.models import Post, Topic
from yanxiu.workshops.queries import debates, kinds, relocations, teams, threads
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services.attachments import MAX_FILES, Attachment
from yanxiu.workshops.services.visits import note_visit
from yanxiu.workshops.views.seals import respect_seal

MAX_VOICE = 10 * 1024**2
bp = Blueprint("workshops", __name__)


def open_seat(workshop_id: int) -> Seat:
    """Return the workshop whose inside the viewer may see; for everybody else there is none."""
    viewer = current_viewer()
    seat = teams.find_seat(viewer, workshop_id)
    if seat is None or not permissions.can_view_workshop(viewer, seat.workshop, seat.member):
        raise NotFoundError
    return seat


def open_topic(workshop_id: int, topic_id: int) -> tuple[Seat, Topic]:
    """Return a topic that is not deleted, with the viewer's seat in its workshop; an old address leads to the new one."""
    try:
        seat = open_seat(workshop_id)
        topic = threads.find_topic(workshop_id, topic_id)
        if topic is None:
            raise NotFoundError
    except NotFoundError:
        go_to(relocations.place_of(workshop_id, topic_id))
        raise
    return seat, topic


def go_to(topic: Topic | None) -> None:
    """Send the request on to the same page of another topic, if the viewer may see that one; what was sent goes along."""
    seat = None if topic is None else teams.find_seat(current_viewer(), topic.workshop_id)
    if topic is None or seat is None or not permissions.can_view_topic(current_viewer(), topic, seat.member):
        return
    place = (request.view_args or {}) | {"workshop_id": topic.workshop_id, "topic_id": topic.id}
    query = request.query_string.decode("ascii", "replace")
    url = url_for(request.endpoint or "", **place) + (f"?{query}" if query else "")
    abort(redirect(url, 302 if request.method in ("GET", "HEAD") else 308))


def open_post(workshop_id: int, topic_id: int, post_id: int) -> tuple[Seat, Post]:
    """Return a post, withdrawn or not, with the viewer's seat in its workshop; not one that a debate keeps from them."""
    seat, topic = open_topic(workshop_id, topic_id)
    post = threads.find_post(topic_id, post_id)
    if post is None:
        go_to(relocations.topic_of_post(topic_id, post_id))
        raise NotFoundError
    respect_seal(seat, topic, post)
    return seat, post


def require(allowed: bool, message: str | None = None) -> None:
    """Stop with 403 when a predicate said no about something that may be seen."""
    if not allowed:
        raise ForbiddenError(message)


def frame(seat: Seat, tab: str) -> dict[str, Any]:
    """Return the variables of the workshop's head and tabs."""
    viewer, workshop, member = current_viewer(), seat.workshop, seat.member
    if member is not None and member.visited_on != today():
        g.workshop_visit = (workshop.id, member.user_id)
    may = {
        "view": permissions.can_view_workshop(viewer, workshop, member),
        "publish": permissions.can_publish_topic(viewer, workshop, member),
        "admit": permissions.can_admit(viewer, workshop, member),
        "moderate": permissions.can_moderate(viewer, workshop, member),
        "announce": permissions.can_announce(viewer, workshop, member),
        "plan": permissions.can_plan(viewer, workshop, member),
        "end": permissions.can_end_workshop(viewer, workshop, member),
        "manage": permissions.can_manage_workshop(viewer, workshop, member),
        "insights": permissions.can_see_insights(viewer, workshop, member),
        "bulletins": permissions.can_write_bulletins(viewer, workshop, member),
        "remind": permissions.can_remind(viewer, workshop, member),
    }
    return {
        "workshop": workshop,
        "member": member,
        "leaders": teams.leaders_of([workshop.id]).get(workshop.id, []),
        "may": may,
        "tab": tab,
        "role_names": ROLE_NAMES,
        "kind_names": KIND_NAMES,
    }


@bp.after_request
def _note_visit(response: Response) -> Response:
    """A member opened a page: note the day once the page is made, for a write would make it read everything again."""
    visit = g.pop("workshop_visit", None)
    if visit is not None and response.status_code == 200:
        write_if_possible(lambda: note_visit(*visit))
    return response


def reading_marks(topics: Sequence[Topic], seat: Seat) -> dict[str, Any]:
    """Return for rows of topics their kinds, how many posts are new to a member, up to where each was read, and which of
    them tell nothing of their answers.
    """
    notes = kinds.row_notes(topics)
    if seat.member is None:
        return {"unread": {}, "read_numbers": {}, "row_notes": notes, "sealed_rows": ()}
    seen = threads.seen_numbers(seat.member.user_id, [topic.id for topic in topics])
    unread = threads.unread_counts(topics, seen, seat.member)
    # Of a sealed debate only its text can be new.
    sealed = debates.sealed_among(topics, seat.member.user_id)
    unread |= {topic_id: min(unread[topic_id], 0 if topic_id in seen else 1) for topic_id in sealed}
    read = {t.id: (1 if t.id in sealed else t.last_number) - unread[t.id] for t in topics}
    return {"unread": unread, "read_numbers": read, "row_notes": notes, "sealed_rows": sealed}


def done(target: str, toast: str = "", **more: Any) -> ResponseReturnValue:
    """Answer a write that worked: JSON for our JavaScript, else a message and the next page."""
    if wants_fragment():
        return jsonify({"ok": True, "redirect": target, "toast": toast, **more})
    if toast:
        flash(toast, "success")
    return redirect(target)


def done_in_place(target: str, toast: str = "", **more: Any) -> ResponseReturnValue:
    """The same for writes after which the page stays where it is."""
    if wants_fragment():
        return jsonify({"ok": True, "toast": toast, **more})
    return done(target, toast)


def require_valid(form: FlaskForm) -> None:
    """Stop with 422 and the form's first message; for forms without a page of their own."""
    if not form.validate():
        field, messages = next(iter(form.errors.items()))
        raise InvalidError(str(messages[0]) if messages else None, field=field)


def form_page(template: str, form: FlaskForm, error: YanxiuError | None = None, **context: Any) -> ResponseReturnValue:
    """Show a form again with what was typed and what is wrong with it (422, or the error's status)."""
    if error is not None:
        target = form[error.field] if error.field and error.field in form else None
        if target is not None:
            target.errors = [*target.errors, error.message]
        else:
            form.form_errors = [*form.form_errors, error.message]
    status = 422 if error is None else error.status
    if wants_fragment():
        message = error.message if error else "有几处需要修改，请看红字"
        field = error.field if error else None
        errors = {name: [str(m) for m in found] for name, found in form.errors.items() if name}
        return jsonify({"ok": False, "message": message, "field": field, "errors": errors}), status
    return render_template(template, form=form, **context), status


def received_files(field: str = "files") -> list[Attachment]:
    """Put the request's files into the store, outside any transaction."""
    sent = [file for file in request.files.getlist(field) if file.filename]
    if len(sent) > MAX_FILES:
        raise InvalidError(f"一次最多上传 {MAX_FILES} 个附件", field=field)
    return [_received(file, field) for file in sent]


def received_voice() -> list[Attachment]:
    """The same for what was spoken into the page: at most one recording."""
    sent = [file for file in request.files.getlist("voice")[:1] if file.filename]
    return [_received(file, "voice", kinds=VOICE, max_bytes=MAX_VOICE) for file in sent]


def said_with(html: str, voice: Sequence[Attachment], files: Sequence[Attachment]) -> str:
    """A recording or a photo needs no words beside it; what lists and messages quote then says what it is."""
    if not (voice or files) or text_of(html) or "<img" in html:
        return html
    if voice:
        return "<p>（语音）</p>"
    return "<p>（照片）</p>" if all(small for _file, small in files) else "<p>（附件）</p>"


def brings_files() -> bool:
    """Tell whether the request holds a recording or files, before any of them is looked at."""
    return any(file.filename for name in ("voice", "files") for file in request.files.getlist(name))


def _received(file: FileStorage, field: str, **limits: Any) -> Attachment:
    try:
        received = receive_upload(file.stream, file.filename or "", **limits)
        return received, receive_thumbnail(received)
    except InvalidError as error:
        error.field = error.field or field
        raise


def dropped_files() -> set[int]:
    """Return the ids of the attachments that shall go, as ticked in the form."""
    return {int(value) for value in request.form.getlist("drop") if value.isdecimal() and len(value) <= 15}


def number_argument(name: str, default: int = 0) -> int:
    """Return a number of the address; what is no number is as if it were not there."""
    value = request.args.get(name, "")
    return int(value) if value.isdecimal() and len(value) <= 15 else default


def since_argument() -> int:
    """Return `?since=`; a fragment without it is no request of ours."""
    value = request.args.get("since", "")
    if not value.isdecimal() or len(value) > 18:
        abort(400)
    return int(value)
