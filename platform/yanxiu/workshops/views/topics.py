"""The list of topics and a topic's page with everything a leader does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from yanxiu.accounts.models import User
from yanxiu.accounts.permissions import Viewer
from yanxiu.core.errors import InvalidError, NotFoundError, YanxiuError
from yanxiu.core.html import text_of
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.bursts import fragment_response
from yanxiu.workshops import permissions
from yanxiu.workshops.forms.kinds import NewTopicForm
from yanxiu.workshops.forms.mirror import MIRROR_FILES
from yanxiu.workshops.forms.threads import PostForm, SwitchForm, TopicForm, VisitForm
from yanxiu.workshops.models import Post, Topic, Workshop, WorkshopMember
from yanxiu.workshops.queries import answers, kinds, relocations, threads
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries.debates import sealed_among
from yanxiu.workshops.queries.mirror import count_close_posts
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import kinds as kind_services
from yanxiu.workshops.services import posts as post_services
from yanxiu.workshops.services import topics as services
from yanxiu.workshops.services.mirror import NOTED_FROM
from yanxiu.workshops.views.frame import (
    bp,
    brings_files,
    done,
    done_in_place,
    form_page,
    frame,
    go_to,
    number_argument,
    open_seat,
    open_topic,
    reading_marks,
    received_files,
    received_voice,
    require,
    require_valid,
    said_with,
    since_argument,
)
from yanxiu.workshops.views.jumps import asked_floor
from yanxiu.workshops.views.kinds import kind_context, sealed_page
from yanxiu.workshops.views.passages import passage_cards, words_about
from yanxiu.workshops.views.seals import is_sealed

SORTS = (
    (threads.LATEST_REPLY, "最新回复"),
    (threads.NEWEST, "最新发布"),
    (threads.DIGEST, "精华"),
    (threads.UNANSWERED, "待回复"),
)
QUESTION_SORTS = ((answers.WAITING, "待采纳"), (answers.SOLVED, "已解决"))
UNPINNED = (threads.DIGEST, threads.UNANSWERED, *answers.QUESTION_LISTS)
OTHERS = 5
ORDERS = {"oldest": "先看早的", "newest": "先看新的"}


def topic_url(topic: Topic, **more: Any) -> str:
    """Return the address of a topic's page."""
    return url_for("workshops.topic", workshop_id=topic.workshop_id, topic_id=topic.id, **more)


@bp.get("/workshops/<int:workshop_id>/topics")
def topics(workshop_id: int) -> ResponseReturnValue:
    """List topics; announcements first."""
    seat = open_seat(workshop_id)
    cursor = request.args.get("cursor")
    sort = request.args.get("sort", threads.LATEST_REPLY)
    sort = sort if sort in threads.ORDERS else threads.LATEST_REPLY
    pinned = [] if cursor or sort in UNPINNED else threads.pinned_topics(workshop_id)
    page = threads.topics_page(workshop_id, sort, cursor)
    shown = (*pinned, *page.items)
    return render_template(
        "workshops/topics.html",
        **frame(seat, "topics"),
        pinned=pinned,
        page=page,
        sort=sort,
        sorts=SORTS + (QUESTION_SORTS if answers.has_questions(workshop_id) else ()),
        unpinned=UNPINNED,
        **reading_marks(shown, seat),
        seq=current_seq(f"workshop:{workshop_id}"),
        first=not cursor,
        deleted=_restorable(seat),
    )


def _restorable(seat: Seat) -> Topic | None:
    """Return the topic named by `?deleted=` if the viewer may bring it back."""
    number = number_argument("deleted")
    found = threads.find_deleted_topic(seat.workshop.id, number) if number else None
    may = found is not None and permissions.can_restore_topic(current_viewer(), found, seat.member)
    return found if may else None


@bp.get("/workshops/<int:workshop_id>/topics/changes")
def topic_rows(workshop_id: int) -> ResponseReturnValue:
    """Answer the rows of topics changed after `?since=`; but for sealed debates the same for every viewer."""
    open_seat(workshop_id)
    since, seq = since_argument(), current_seq(f"workshop:{workshop_id}")
    rows = threads.topics_since(workshop_id, since)
    reached = rows[-1].seq if len(rows) == threads.CATCH_UP_LIMIT else None
    html = render_template(
        "workshops/_topic_rows.html",
        topics=rows,
        row_notes=kinds.row_notes(rows),
        sealed_rows=sealed_among(rows, current_viewer().user_id),
        gone=relocations.rows_gone(workshop_id, since),
    )
    return fragment(html, seq, reached)


def fragment(html: str, seq: int, reached: int | None) -> Response:
    """Answer what changed up to `seq`, or only up to `reached`: then the page asks for the rest at once."""
    response = fragment_response(html, seq if reached is None else reached)
    if reached is not None:
        response.headers["X-More"] = "1"
    return response


@bp.get("/workshops/<int:workshop_id>/topics/new")
def new_topic(workshop_id: int) -> ResponseReturnValue:
    """Show the form for a new topic."""
    seat = open_seat(workshop_id)
    require(permissions.can_publish_topic(current_viewer(), seat.workshop, seat.member), _no_topics(seat))
    about = words_about(request.args.get("about", ""))
    announces = request.args.get("announces") == "1"
    form = NewTopicForm(formdata=None, client_uuid=post_services.checked_uuid(None), html=about, announces=announces)
    return render_template("workshops/new_topic.html", **_new_frame(seat), form=form)


def _no_topics(seat: Seat) -> str:
    if seat.member is None:
        return "加入工作坊以后才能发布话题"
    return "这个工作坊的话题由管理团队发布，您可以在话题下回复"


@bp.post("/workshops/<int:workshop_id>/topics")
def publish_topic(workshop_id: int) -> ResponseReturnValue:
    """Publish a topic."""
    seat = open_seat(workshop_id)
    require(permissions.can_publish_topic(current_viewer(), seat.workshop, seat.member), _no_topics(seat))
    form = NewTopicForm()
    if not is_filled_in(form, speaks=brings_files()):
        return form_page("workshops/new_topic.html", form, **_new_frame(seat))
    try:
        voice, files = received_voice(), received_files()
        with unit_of_work():
            seat = open_seat(workshop_id)
            require(permissions.can_publish_topic(current_viewer(), seat.workshop, seat.member), _no_topics(seat))
            topic = services.publish_topic(
                current_actor(),
                seat.workshop,
                form.title.data,
                said_with(typed_html(form.html.data), voice, files),
                client_uuid=form.client_uuid.data,
                files=[*voice, *files],
            )
            may_require = permissions.can_moderate(current_viewer(), seat.workshop, seat.member)
            kind_services.shape_topic(current_actor(), topic, form.shape(may_require=may_require))
            announced = _announced(seat, topic, form)
            target = topic_url(topic)
    except YanxiuError as error:
        return form_page("workshops/new_topic.html", form, error, **_new_frame(open_seat(workshop_id)))
    return done(target, "公告已发布" if announced else "话题已发布")


def _announced(seat: Seat, topic: Topic, form: NewTopicForm) -> bool:
    """Pin a new topic at once if that was ticked; whoever may not pin is not shown the box."""
    may = permissions.can_announce(current_viewer(), seat.workshop, seat.member)
    if not (may and form.announces.data):
        return False
    services.pin_topic(current_actor(), topic, opening_post(topic.id), pinned=True)
    return True


def _new_frame(seat: Seat) -> dict[str, Any]:
    return frame(seat, "topics") | {"mirror_files": MIRROR_FILES}


def is_filled_in(form: TopicForm, *, speaks: bool = False) -> bool:
    """Check the title and the text together: whoever left both empty hears of both. What was spoken needs no text."""
    form.validate()
    if speaks and not text_of(typed_html(form.html.data)):
        return not form.errors
    try:
        post_services.checked_content(typed_html(form.html.data))
    except InvalidError as error:
        form.html.errors = [*form.html.errors, error.message]
    return not form.errors


def typed_html(typed: str | None) -> str:
    """Return what was typed as HTML: without the composer it is plain text."""
    return post_services.html_of_typed(typed or "", is_html=request.form.get("format") == "html")


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>")
def topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Show a topic: the question, then the answers in the order the person prefers.

    `?at=<post id>` opens the page where that post is, `?at=unread` at the first one not seen; `?floor=<n>` and `?at=last`
    lead to a post.
    """
    seat, found = open_topic(workshop_id, topic_id)
    if is_sealed(seat, found):
        return sealed_page(seat, found, frame(seat, "topics") | topic_context(seat, found))
    jump = asked_floor(found)
    if jump is not None:
        return redirect(jump)
    read = _reading(seat, topic_id)
    shown = read.pop("shown")
    others = [other for other in threads.newest_topics(workshop_id) if other.id != topic_id][:OTHERS]
    return render_template(
        "workshops/topic.html",
        **frame(seat, "topics"),
        **topic_context(seat, found),
        **kind_context(seat, found, shown),
        **read,
        form=PostForm(formdata=None, client_uuid=post_services.checked_uuid(None)),
        answering=_answering(topic_id),
        voices=threads.voices_of(topic_id, request.args.get("voices")),
        voices_count=threads.count_voices(topic_id),
        close_count=_close_posts(seat, found),
        mirror_files=MIRROR_FILES,
        others=others,
        sealed_rows=sealed_among(others, current_viewer().user_id),
    )


def _close_posts(seat: Seat, found: Topic) -> int:
    """Return how many posts are close to earlier texts, for those who lead."""
    leads = permissions.can_moderate(current_viewer(), seat.workshop, seat.member)
    return count_close_posts(found, NOTED_FROM) if leads else 0


def _reading(seat: Seat, topic_id: int) -> dict[str, Any]:
    """Return the posts on the page asked for, `shown` among them, and how far the viewer had read."""
    viewer, cursor = current_viewer(), request.args.get("cursor")
    seq = current_seq(f"topic:{topic_id}")
    visit = threads.visit_of(topic_id, viewer.user_id)
    seen = visit.last_seen_number if visit else 0
    newest_first = _preferred_order() == "newest"
    start = _start(topic_id, seen)
    newest_first = newest_first and start == 2
    opened = start if request.args.get("at") else None
    page = threads.threads_page(topic_id, newest_first=newest_first, start=start, cursor=cursor, opened=opened)
    opener = threads.opener_of(topic_id)
    shown = [*([opener] if opener else []), *threads.posts_of(page.items)]
    return {
        "shown": shown,
        "cards": passage_cards(shown),
        "opener": opener,
        "page": page,
        "thumbs": threads.thumbs_of(shown, viewer.user_id),
        "newest_first": newest_first,
        "start": start,
        "seen": seen,
        "noted": seen if visit and visit.opened_at else 0,
        "unread": threads.first_unread(topic_id, seen, viewer.user_id) if seat.member and seen else None,
        "seq": seq,
        "first": not cursor,
    }


def topic_context(seat: Seat, found: Topic) -> dict[str, Any]:
    """Return what a post's card needs besides the post, and what the viewer may do here."""
    viewer, member, steps = current_viewer(), seat.member, relocations.steps_of(found.id)
    return {
        "topic": found,
        "team": team_names(found.workshop_id),
        "steps": steps,
        "began": relocations.began_in(found.id, steps),
        "may_reply": permissions.can_reply(viewer, found, member),
        "may_edit_topic": permissions.can_edit_topic(viewer, found, member),
        "may_delete_topic": permissions.can_delete_topic(viewer, found, member),
    }


def team_names(workshop_id: int) -> dict[int, str]:
    """Return the role of everybody in the leader team, to be shown beside their names."""
    return {member.user_id: member.role for member in roster.team_members(workshop_id)}


def _preferred_order() -> str:
    asked = request.args.get("order")
    if asked in ORDERS:
        session["post_order"] = asked
    kept = session.get("post_order")
    return kept if kept in ORDERS else "oldest"


def _start(topic_id: int, seen: int) -> int:
    """Return the number of the first thread to show, 2 being the first answer of all."""
    at = request.args.get("at", "")
    if at == "unread":
        found = threads.first_unread(topic_id, seen, current_viewer().user_id)
        return found[1] if found else 2
    if at.isdecimal() and len(at) <= 15:
        found_number = threads.thread_number(topic_id, int(at))
        if found_number is None:
            go_to(relocations.topic_of_post(topic_id, int(at)))
        return found_number or 2
    return 2


def _answering(topic_id: int) -> dict[str, Post | None]:
    """Return the posts named by `?reply_to=` and `?quote=`: how answering works without scripts."""
    found: dict[str, Post | None] = {}
    for name in ("reply_to", "quote"):
        number = number_argument(name)
        post = threads.find_post(topic_id, number) if number else None
        found[name] = None if post is None or post.withdrawn_at else post
    return found


def opening_post(topic_id: int) -> Post:
    """Return the text of a topic; every topic has one."""
    opener = threads.opener_of(topic_id)
    if opener is None:
        raise NotFoundError
    return opener


Mark = Callable[[User, Topic, Post, bool], None]
Predicate = Callable[[Viewer, Workshop, WorkshopMember | None], bool]


def _set_mark(
    workshop_id: int, topic_id: int, mark: Mark, texts: tuple[str, str], may: Predicate = permissions.can_moderate
) -> ResponseReturnValue:
    form = SwitchForm()
    with unit_of_work():
        seat, found = open_topic(workshop_id, topic_id)
        require(may(current_viewer(), seat.workshop, seat.member))
        require_valid(form)
        on = form.on.data == "1"
        mark(current_actor(), found, opening_post(topic_id), on)
        target = topic_url(found)
    return done(target, texts[0] if on else texts[1])


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/pin")
def pin_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Make a topic an announcement, or not."""
    return _set_mark(
        workshop_id,
        topic_id,
        lambda actor, found, opener, on: services.pin_topic(actor, found, opener, pinned=on),
        ("已置顶", "已取消置顶"),
        permissions.can_announce,
    )


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/digest")
def digest_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Mark a topic as one of the best, or not."""
    return _set_mark(
        workshop_id,
        topic_id,
        lambda actor, found, opener, on: services.digest_topic(actor, found, opener, digest=on),
        ("已加精", "已取消加精"),
    )


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/lock")
def lock_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """End a discussion, or open it again."""
    return _set_mark(
        workshop_id,
        topic_id,
        lambda actor, found, opener, on: services.lock_topic(actor, found, opener, locked=on),
        ("已锁定，坊员不能再回复", "已解除锁定"),
    )


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/deletion")
def delete_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Delete a topic."""
    with unit_of_work():
        seat, found = open_topic(workshop_id, topic_id)
        allowed = permissions.can_delete_topic(current_viewer(), found, seat.member)
        require(allowed, "已经有人回复，请联系坊主删除")
        services.delete_topic(current_actor(), found)
        title = found.title
    return done(url_for("workshops.topics", workshop_id=workshop_id, deleted=topic_id), f"已删除话题“{title}”")


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/restoration")
def restore_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Bring a deleted topic back."""
    with unit_of_work():
        seat = open_seat(workshop_id)
        found = threads.find_deleted_topic(workshop_id, topic_id)
        if found is None or not permissions.can_restore_topic(current_viewer(), found, seat.member):
            raise NotFoundError
        services.restore_topic(current_actor(), found)
        target = topic_url(found)
    return done(target, "话题已恢复")


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/visit")
def visit_topic(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Note how far the viewer has read."""
    form = VisitForm()
    with unit_of_work():
        _seat, found = open_topic(workshop_id, topic_id)
        require_valid(form)
        number = max(0, min(form.number.data, found.last_number))
        post_services.mark_seen(current_actor().id, found, number)
        target = topic_url(found)
    return done_in_place(target, number=number)


@bp.post("/workshops/<int:workshop_id>/topics/visits")
def visit_all(workshop_id: int) -> ResponseReturnValue:
    """Mark every topic of the workshop as read."""
    with unit_of_work():
        seat = open_seat(workshop_id)
        post_services.mark_all_seen(current_actor().id, seat.workshop.id)
    return done(url_for("workshops.topics", workshop_id=workshop_id), "已全部设为已读")
