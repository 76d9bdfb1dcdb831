"""Accepting the answer to a question."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from yanxiu.core.errors import NotFoundError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.workshops.forms.threads import SwitchForm
from yanxiu.workshops.models import TopicKind
from yanxiu.workshops.permissions.answers import can_accept
from yanxiu.workshops.services import answers as services
from yanxiu.workshops.views.frame import bp, done_in_place, open_post, require, require_valid
from yanxiu.workshops.views.posts import post_url


@bp.post("/workshops/<int:workshop_id>/topics/<int:topic_id>/posts/<int:post_id>/acceptance")
def accept_answer(workshop_id: int, topic_id: int, post_id: int) -> ResponseReturnValue:
    """Accept an answer to a question, or take that back."""
    form = SwitchForm()
    with unit_of_work():
        seat, post = open_post(workshop_id, topic_id, post_id)
        if post.topic.kind != TopicKind.QUESTION or post.is_opener:
            raise NotFoundError
        require(can_accept(current_viewer(), post.topic, seat.member), "由提问的老师或坊主采纳")
        require_valid(form)
        on = form.on.data == "1"
        (services.accept_answer if on else services.unaccept_answer)(current_actor(), post)
        target = post_url(post.topic, post.id)
    return done_in_place(target, "已采纳，问题标为已解决" if on else "已取消采纳")
