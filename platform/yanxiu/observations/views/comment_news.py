"""What is new among the comments of a lesson. What looks the same to all is rendered once for everybody (`web.tails`)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, current_app
from sqlalchemy import ColumnElement, not_

from yanxiu.core.live import current_seq
from yanxiu.observations.models import TimedComment
from yanxiu.observations.queries import LessonView, comments_since
from yanxiu.observations.queries.comments import Changes, alike_for_all, asides_since
from yanxiu.observations.views.live_notes import may_place_notes
from yanxiu.web.auth import current_viewer
from yanxiu.web.tails import Aside, Item, answer_of, leave_items, lent_items, live_response


def newer_comments(found: LessonView, since: int, narrowed: Sequence[ColumnElement[bool]]) -> Response:
    """Answer the threads that changed after `since`, and which are gone."""
    viewer, lesson, lent = current_viewer(), found.lesson, lent_items(since)
    shared, reached, newest = lent.items, lent.reached, lent.reached
    if not lent.is_enough:
        newest = current_seq(lesson.topic)  # first: what comes now is told again
        changes = comments_since(viewer, lesson, lent.reached, narrowed, within=[alike_for_all()])
        reached = newest if changes.seq is None else changes.seq
        fresh = [item for item in _items(found, changes) if item.seq <= reached]
        asides = asides_since(lesson, lent.reached, reached)
        leave_items(fresh, [Aside(*aside) for aside in asides], reached)
        shared = (*lent.items, *fresh)
    own = comments_since(viewer, lesson, since, narrowed, within=[not_(alike_for_all()), TimedComment.seq <= reached])
    reached = reached if own.seq is None else own.seq
    known = {item.key: item for item in (*shared, *_items(found, own)) if item.seq <= reached}
    return live_response(answer_of(known.values(), reached, newest))


def _items(found: LessonView, changes: Changes) -> list[Item]:
    """Render each thread by itself, without anything of the sign-in that asks: the page sends its token as a header."""
    template = current_app.jinja_env.get_template("observations/_comment.html")
    may_sync = any(not thread.is_placed for thread in changes.threads) and may_place_notes(found)
    macros = template.make_module({"rests": found.access.rests, "may_sync": may_sync, "sent_by_script": True})
    gone = [Item(seq, number, f'<i data-gone="comment-{number}"></i>') for number, seq in changes.gone]
    return gone + [
        Item(thread.seq, thread.id, str(macros.thread(found.lesson, thread)))  # type: ignore[attr-defined]
        for thread in changes.threads
    ]
