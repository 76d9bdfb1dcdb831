"""我的视角: what one watches again and again, and what colleagues share in the school."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.forms import whole_number
from yanxiu.observations.models import KeptPerspective
from yanxiu.observations.permissions import can_change_kept, can_unshare_perspective, can_use_perspective
from yanxiu.observations.queries.kept_perspectives import find_kept, kept_by, school_page
from yanxiu.observations.services import kept_perspectives as service
from yanxiu.observations.services.perspectives import PerspectiveDraft, own_words
from yanxiu.observations.views.blueprint import bp, done, posted
from yanxiu.observations.views.own_perspectives import INSTRUMENTS
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment

FIELDS = ("name", "prompts", "instrument")


@bp.get("/perspectives")
def kept_perspectives() -> ResponseReturnValue:
    """One's own by name, and those of the school."""
    return _page()


def _page(refused: YanxiuError | None = None, refused_at: int | None = None) -> str:
    viewer = current_viewer()
    page = school_page(viewer.school_id, request.args.get("cursor")) if viewer.school_id is not None else None
    return render_template(
        "observations/kept_perspectives.html",
        kept=kept_by(viewer.user_id),
        page=page,
        unshared={one.id for one in page.items if can_unshare_perspective(viewer, one)} if page else set(),
        instruments=INSTRUMENTS,
        most=service.MOST_KEPT,
        refused=refused,
        refused_at=refused_at,
        typed={name: posted(name) if refused else "" for name in FIELDS},
    )


@bp.post("/perspectives")
def create_perspective() -> ResponseReturnValue:
    """Keep a new one, written here; with `kept` a copy of a colleague's."""
    try:
        with unit_of_work():
            service.keep(current_actor(), _written())
    except YanxiuError as error:
        if wants_fragment() or error.field is None:
            raise
        return _page(error), error.status
    return _done("存好了，分工观察时可以直接选")


def _written() -> PerspectiveDraft:
    if "kept" not in request.form:
        return own_words(*(posted(name) for name in FIELDS))
    number = whole_number(posted("kept"))
    kept = find_kept(number) if number is not None else None
    if kept is None or not can_use_perspective(current_viewer(), kept):
        raise InvalidError("这个视角刚刚被收回了")
    return own_words(kept.name, kept.prompts, kept.instrument)


@bp.post("/perspectives/<int:kept_id>")
def revise_kept_perspective(kept_id: int) -> ResponseReturnValue:
    """Say it in other words; lessons that took it stay as they are."""
    try:
        with unit_of_work():
            service.revise_kept(current_actor(), _own(kept_id), own_words(*(posted(name) for name in FIELDS)))
    except YanxiuError as error:
        if wants_fragment() or error.field is None:
            raise
        return _page(error, kept_id), error.status
    return _done("改好了，用过它的课例不变")


@bp.post("/perspectives/<int:kept_id>/sharing")
def share_perspective(kept_id: int) -> ResponseReturnValue:
    """Lend it to one's school; with `on=0` take it away there, which an administrator of the school may do too."""
    with unit_of_work():
        if posted("on") == "0":
            kept = find_kept(kept_id)
            if kept is None or not _is_told_of(kept):
                raise NotFoundError
            if not can_unshare_perspective(current_viewer(), kept):
                raise ForbiddenError("由存它的老师或学校管理员收回")
            service.unshare_kept(current_actor(), kept)
            return _done("已从本校收回，用过它的课例不变")
        kept, school_id = _own(kept_id), current_viewer().school_id
        if school_id is None:
            raise ForbiddenError("您不在学校里，只能自己用")
        service.share_kept(current_actor(), kept, school_id)
    return _done("本校老师现在可以选它了")


@bp.post("/perspectives/<int:kept_id>/removal")
def remove_kept_perspective(kept_id: int) -> ResponseReturnValue:
    """Keep it no more."""
    with unit_of_work():
        service.remove_kept(current_actor(), _own(kept_id))
    return _done("去掉了，用过它的课例不变")


def _is_told_of(kept: KeptPerspective) -> bool:
    viewer = current_viewer()
    return can_use_perspective(viewer, kept) or can_unshare_perspective(viewer, kept)


def _own(kept_id: int) -> KeptPerspective:
    """Return one of the viewer's; of a colleague's that is shared it is said that it is not."""
    kept = find_kept(kept_id)
    if kept is None or not _is_told_of(kept):
        raise NotFoundError
    if not can_change_kept(current_viewer(), kept):
        raise ForbiddenError("这是同事的视角，可以先存一份自己的再改")
    return kept


def _done(saved: str) -> ResponseReturnValue:
    url = url_for(".kept_perspectives")
    return done(url, saved, redirect=url)
