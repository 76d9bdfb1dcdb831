"""Talking about a second of a recording or a passage of a plan: cards under posts, and the way from there to a topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request

from yanxiu.accounts.permissions import Viewer
from yanxiu.web.auth import current_viewer
from yanxiu.web.slots import Filler
from yanxiu.workshops import permissions
from yanxiu.workshops.models import Post
from yanxiu.workshops.passages import Passage, passage_at, passages_in
from yanxiu.workshops.queries.passages import PassageCard, cards_of
from yanxiu.workshops.queries.teams import find_seat


def passages_of(posts: Iterable[Post]) -> dict[int, list[Passage]]:
    """Return which lessons and plans these posts link to, by the post's id; posts that link to none are left out."""
    standing = (post for post in posts if post.withdrawn_at is None)
    found = {post.id: passages_in(post.html, request.host) for post in standing if "/lesson" in post.html}
    return {post_id: passages for post_id, passages in found.items() if passages}


def passage_cards(posts: Iterable[Post]) -> dict[int, list[PassageCard]]:
    """Return the cards under these posts as this viewer may see them."""
    return cards_of(current_viewer(), passages_of(posts))


def words_about(address: str) -> str:
    """Return what a topic about a second or a passage begins with: its address, which becomes a card."""
    passage = passage_at(address)
    return "" if passage is None else f"{request.host_url.rstrip('/')}{passage.path} "


def _ways(viewer: Viewer, workshop_id: int | None) -> dict[str, Any]:
    seat = find_seat(viewer, workshop_id) if workshop_id else None
    may = seat is not None and permissions.can_publish_topic(viewer, seat.workshop, seat.member)
    return {"discussed_in": workshop_id if may else None}


def _of_lesson(viewer: Viewer, lesson: Any) -> dict[str, Any]:
    return _ways(viewer, lesson.workshop_id)


def _of_plan(viewer: Viewer, plan: Any) -> dict[str, Any]:
    return _ways(viewer, plan.workshop_id)


SLOTS: dict[str, Filler] = {
    "lesson_moment": ("workshops/passages/_moment.html", _of_lesson),
    "plan_passage": ("workshops/passages/_section.html", _of_plan),
}
