"""Posts: publishing, editing, withdrawing, liking, and the files that came with them."""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError, YanxiuError
from yanxiu.core.html import text_of
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.core.uploads import IMAGES, receive_upload
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.bursts import live_fragment, share_fragment
from yanxiu.web.files import send_stored
from yanxiu.workshops import permissions
from yanxiu.workshops.differences import differences
from yanxiu.workshops.forms.threads import PostForm, SwitchForm
from yanxiu.workshops.models import Post, Topic
from yanxiu.workshops.permissions.debates import may_stay_neutral
from yanxiu.workshops.queries import relocations, threads
from yanxiu.workshops.queries.pictures import visible_picture
from yanxiu.workshops.queries.teams import Seat
from yanxiu.workshops.services import attachments, debates
from yanxiu.workshops.services import posts as services
from yanxiu.workshops.views.frame import (
    bp,
    done,
    done_in_place,
    dropped_files,
    form_page,
    frame,
    open_post,
    open_seat,
    open_topic,
    received_files,
    received_voice,
    require,
    require_valid,
    said_with,
    since_argument,
)
from yanxiu.workshops.views.kinds import kind_context
from yanxiu.workshops.views.passages import passage_cards, passages_of
from yanxiu.workshops.views.seals import is_sealed, respect_seal
from yanxiu.workshops.views.topics import fragment, team_names, topic_context, topic_url, typed_html

MAX_PICTURE = 20 * 1024**2
LOCKED = "话题已锁定，不能再回复"


def post_url(topic: Topic, post_id: int) -> str:
    """Return the address at which a post is on the screen."""
    return topic_url(topic, at=post_id, _anchor=f"post-{post_id}")


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts")
@live_fragment("topic:{topic_id}")
def posts(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Answer the posts that changed after `?since=`."""
    seat, found = open_topic(workshop_id, topic_id)
    since, seq = since_argument(), current_seq(f"topic:{topic_id}")
    if since < found.rearranged_seq:
        return fragment(render_template("workshops/relocations/_rearranged.html", topic=found), seq, None)
    changes = threads.threads_since(topic_id, since)
    if is_sealed(seat, found):
        changes = threads.CatchUp(changes.opener, (), (), changes.seq)
    thumbs = threads.thumbs_of(changes.posts(), current_viewer().user_id)
    kind = kind_context(seat, found, list(changes.posts()))
    html = render_template(
        "workshops/_posts.html",
        topic=found,
        changes=changes,
        **kind,
        began=relocations.began_in(topic_id),
        team=team_names(workshop_id),
        thumbs=thumbs,
        cards=passage_cards(changes.posts()),
        sent_by_script=True,
    )
    if not thumbs and not passages_of(changes.posts()) and changes.seq is None and not kind["kind_view"].personal:
        share_fragment(html, seq)
    return fragment(html, seq, changes.seq)


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/answers")
def answers(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Show a post with the answers to it, page by page; the topic's page takes its next answers from here."""
    seq = current_seq(f"topic:{topic_id}")
    seat, post = open_post(workshop_id, topic_id, post_id)
    if post.is_opener or post.parent_id is not None:
        raise NotFoundError
    page = threads.answers_page(topic_id, post_id, request.args.get("cursor"))
    return render_template(
        "workshops/answers.html",
        **frame(seat, "topics"),
        **topic_context(seat, post.topic),
        **kind_context(seat, post.topic, (post, *page.items)),
        cards=passage_cards((post, *page.items)),
        thread=threads.Thread(post, page.items),
        seq=seq,
        page=page,
        thumbs=threads.thumbs_of((post, *page.items), current_viewer().user_id),
    )


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts")
def publish_post(workshop_id: int, topic_id: int) -> ResponseReturnValue:
    """Answer a topic or a post of it."""
    seat, found = open_topic(workshop_id, topic_id)
    require(permissions.can_reply(current_viewer(), found, seat.member), _no_reply(found))
    form = PostForm()
    if not form.validate():
        return _form_again(workshop_id, topic_id, form, None)
    try:
        voice, files = received_voice(), received_files()
        with unit_of_work():
            seat, found = open_topic(workshop_id, topic_id)
            require(permissions.can_reply(current_viewer(), found, seat.member), _no_reply(found))
            sealed, side = is_sealed(seat, found), _side_of_post(seat, found, form)
            post = services.publish_post(
                current_actor(),
                found,
                said_with(typed_html(form.html.data), voice, files),
                client_uuid=form.client_uuid.data,
                parent=_named_post(seat, found, form.parent_id.data),
                quote=_named_post(seat, found, form.quote_id.data),
                files=[*voice, *files],
            )
            debates.state_view(current_actor(), found, post, side)
            post_id, target, seq = post.id, post_url(found, post.id), post.seq
    except YanxiuError as error:
        return _form_again(workshop_id, topic_id, form, error)
    if sealed or request.form.get("opens"):  # sent again after a lost answer, it finds the seal broken
        return done(topic_url(found), "已发表，现在可以看到其他老师的发言")
    fresh = services.checked_uuid(None)
    return done_in_place(target, "已回复", post_id=post_id, seq=seq, client_uuid=fresh)


def _no_reply(topic: Topic) -> str:
    return LOCKED if topic.locked_at else "加入工作坊以后才能回复"


def _side_of_post(seat: Seat, topic: Topic, form: PostForm) -> str | None:
    neutral = may_stay_neutral(current_viewer(), topic, seat.member)
    return debates.checked_side(current_actor(), topic, form.side.data, may_stay_neutral=neutral)


def _named_post(seat: Seat, topic: Topic, post_id: int | None) -> Post | None:
    """Return the post an answer names; one of another topic does not exist here, nor one that is sealed."""
    if not post_id:
        return None
    post = threads.find_post(topic.id, post_id)
    if post is None:
        raise NotFoundError("要回复的发言已经不在了")
    respect_seal(seat, topic, post)
    return post


def _form_again(workshop_id: int, topic_id: int, form: PostForm, error: YanxiuError | None) -> ResponseReturnValue:
    seat, found = open_topic(workshop_id, topic_id)
    return form_page(
        "workshops/reply.html",
        form,
        error,
        **frame(seat, "topics"),
        **topic_context(seat, found),
        **kind_context(seat, found),
    )


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/edit")
def edit_post(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Show a post for changing."""
    seat, post = open_post(workshop_id, topic_id, post_id)
    require(permissions.can_edit_post(current_viewer(), post, seat.member))
    form = PostForm(formdata=None, html=post.html)
    return render_template("workshops/edit_post.html", form=form, **_edit_context(seat, post))


def _edit_context(seat: Seat, post: Post) -> dict[str, Any]:
    return frame(seat, "topics") | {"topic": post.topic, "post": post, "dropped": dropped_files()}


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/edit")
def change_post(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Change one's own post and its files; what it said before is kept."""
    seat, post = open_post(workshop_id, topic_id, post_id)
    require(permissions.can_edit_post(current_viewer(), post, seat.member))
    form = PostForm()
    try:
        require_valid(form)
        files = received_files()
        with unit_of_work():
            seat, post = open_post(workshop_id, topic_id, post_id)
            require(permissions.can_edit_post(current_viewer(), post, seat.member))
            html = typed_html(form.html.data)
            services.edit_post(current_actor(), post, html, files=files, dropped=dropped_files())
            target = post_url(post.topic, post.id)
    except YanxiuError as error:
        if error.status in (403, 404):
            raise
        seat, post = open_post(workshop_id, topic_id, post_id)
        return form_page("workshops/edit_post.html", form, error, **_edit_context(seat, post))
    return done(target, "修改已保存")


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/edits")
def post_edits(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Show what a post said before, and what each change did; of one that was taken back only to who may know."""
    seat, post = open_post(workshop_id, topic_id, post_id)
    if post.withdrawn_at is not None and not permissions.can_read_withdrawn(current_viewer(), post, seat.member):
        raise NotFoundError
    edits = threads.edits_of(post_id)
    texts = [post.text, *(text_of(edit.html) for edit in edits)]
    changes = [(edit, differences(before, after)) for edit, before, after in zip(edits, texts[1:], texts, strict=False)]
    return render_template(
        "workshops/post_edits.html", **frame(seat, "topics"), topic=post.topic, post=post, edits=edits, changes=changes
    )


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/withdrawal")
def withdraw_post(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Take a post back; it can be put back."""
    with unit_of_work():
        seat, post = open_post(workshop_id, topic_id, post_id)
        require(permissions.can_withdraw_post(current_viewer(), post, seat.member))
        services.withdraw_post(current_actor(), post)
        target = post_url(post.topic, post.id)
    undo = url_for("workshops.restore_post", workshop_id=workshop_id, topic_id=topic_id, post_id=post_id)
    return done_in_place(target, "已撤回", undo={"url": undo, "text": "撤销"})


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/restoration")
def restore_post(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Put a withdrawn post back."""
    with unit_of_work():
        seat, post = open_post(workshop_id, topic_id, post_id)
        require(permissions.can_restore_post(current_viewer(), post, seat.member), "这条发言由坊主撤回，请联系坊主恢复")
        services.restore_post(current_actor(), post)
        target = post_url(post.topic, post.id)
    return done_in_place(target, "已恢复")


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/like")
def like_post(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Give a thumb or take it back."""
    form = SwitchForm()
    with unit_of_work():
        seat, post = open_post(workshop_id, topic_id, post_id)
        require(permissions.can_like(current_viewer(), post, seat.member), "加入工作坊以后才能点赞")
        require_valid(form)
        on = form.on.data == "1"
        (services.like_post if on else services.unlike_post)(current_actor(), post)
        target, likes = post_url(post.topic, post.id), post.likes_count
    return done_in_place(target, liked=on, likes=likes)


@bp.get("/workshops/<int:workshop_id>/topics/<int:topic_id>/attachments/<int:attachment_id>")
def attachment(workshop_id: int, topic_id: int, attachment_id: int) -> ResponseReturnValue:
    """Send an attached file; `?size=small` the small picture of an image."""
    seat, topic = open_topic(workshop_id, topic_id)
    found = threads.find_attachment(topic_id, attachment_id)
    if found is None:
        raise NotFoundError
    respect_seal(seat, topic, found.post)
    if request.args.get("size") == "small" and found.thumbnail is not None:
        return send_stored(found.thumbnail, inline=True)
    return send_stored(found.file, inline=found.file.mime.startswith(("image/", "audio/")))


@bp.post("/workshops/<int:workshop_id>/pictures")
def add_picture(workshop_id: int) -> ResponseReturnValue:
    """Take a picture that is being written into a post; answers JSON for the composer."""
    seat = open_seat(workshop_id)
    require(permissions.takes_part(current_viewer(), seat.workshop, seat.member), "加入工作坊以后才能上传图片")
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise NotFoundError("没有收到图片，请重新选择")
    received = receive_upload(sent.stream, sent.filename, kinds=IMAGES, max_bytes=MAX_PICTURE)
    with unit_of_work():
        seat = open_seat(workshop_id)
        require(permissions.takes_part(current_viewer(), seat.workshop, seat.member), "加入工作坊以后才能上传图片")
        found = attachments.add_picture(current_actor(), seat.workshop, received)
        url = url_for("workshops.picture", workshop_id=workshop_id, picture_id=found.id)
        name = found.file.name
    return jsonify({"ok": True, "url": url, "name": name})


@bp.get("/workshops/<int:workshop_id>/pictures/<int:picture_id>")
def picture(workshop_id: int, picture_id: int) -> ResponseReturnValue:
    """Send a picture inside a text to whoever may read the text."""
    open_seat(workshop_id)
    found = visible_picture(current_viewer(), workshop_id, picture_id)
    if found is None:
        raise NotFoundError
    return send_stored(found.file, inline=True)
