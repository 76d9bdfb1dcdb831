"""资源包: resources put together by somebody, in an order, on a page that can be handed on."""

from __future__ import annotations

import io

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.html import is_blank
from yanxiu.core.storage import ReceivedFile, receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.resources import catalog
from yanxiu.resources.covers import MIME, banner
from yanxiu.resources.forms import CollectionForm
from yanxiu.resources.models import ResourceCollection
from yanxiu.resources.permissions import can_edit_collection, can_view_collection
from yanxiu.resources.queries.collections import collections_page, find_collection, resources_in, sizes_of
from yanxiu.resources.services.collections import (
    create_collection,
    place_in_collection,
    put_in_collection,
    remove_collection,
    restore_collection,
    take_from_collection,
    update_collection,
)
from yanxiu.resources.views.blueprint import bp, load_resource, viewer_workshops
from yanxiu.web.auth import current_actor, current_viewer, public, wants_fragment
from yanxiu.web.converters import LARGEST_ID
from yanxiu.web.files import send_stored
from yanxiu.web.forms import accepted, one_line

COVER_MAX_AGE = 7 * 24 * 3600
"""Seconds; the address carries the picture's id, so a new cover is a new address."""


def _load(collection_id: int, *, edit: bool = False, deleted: bool = False) -> ResourceCollection:
    """Return a collection the viewer may see, or change; a deleted one only to those who may fetch it back."""
    found, viewer = find_collection(collection_id), current_viewer()
    if found is None or not can_view_collection(viewer, found) or (found.removed_at is not None and not deleted):
        raise NotFoundError
    if edit and not can_edit_collection(viewer, found):
        raise ForbiddenError
    return found


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 11 and int(text) <= LARGEST_ID else None


@bp.get("/collections")
@public
def collections() -> str:
    """All collections one may see, or one's own (`?mine=1`)."""
    viewer = current_viewer()
    mine = viewer.is_authenticated and request.args.get("mine") == "1"
    page = collections_page(viewer, request.args.get("cursor"), mine=mine)
    sizes = sizes_of(viewer, viewer_workshops(), [one.id for one in page.items])
    return render_template("resources/collections.html", page=page, sizes=sizes, mine=mine, catalog=catalog)


@bp.get("/collections/<int:collection_id>")
@public
def collection(collection_id: int) -> str:
    """A collection with what the viewer may see of it."""
    found = _load(collection_id, deleted=True)
    may_edit = can_edit_collection(current_viewer(), found)
    if found.removed_at is not None:
        return render_template("resources/collection_removed.html", collection=found, may_edit=may_edit)
    return render_template(
        "resources/collection.html",
        collection=found,
        resources=resources_in(current_viewer(), viewer_workshops(), collection_id),
        may_edit=may_edit,
        catalog=catalog,
    )


@bp.get("/collections/<int:collection_id>/cover")
@public
def collection_cover(collection_id: int) -> Response:
    """The picture on top of it."""
    found = _load(collection_id)
    if found.cover is None:
        raise NotFoundError
    return send_stored(found.cover, inline=True, max_age=COVER_MAX_AGE)


@bp.route("/collections/new", methods=["GET", "POST"])
@limiter.limit("60/minute", methods=["POST"])
def new_collection() -> ResponseReturnValue:
    """Begin a collection."""
    form, made = CollectionForm(data={"visibility": "county"}), []

    def act() -> None:
        values = form.title.data or "", form.introduction.data or "", form.visibility.data
        found = create_collection(current_actor(), *values)
        made.append(found.id)

    if accepted(form, act):
        flash("资源包建好了。打开任何一份资源，点“收进资源包”就能放进来", "success")
        return redirect(url_for("resources.collection", collection_id=made[0]))
    return render_template("resources/collection_form.html", form=form, collection=None, resources=[]), form.status


@bp.route("/collections/<int:collection_id>/edit", methods=["GET", "POST"])
@limiter.limit("60/minute", methods=["POST"])
def edit_collection(collection_id: int) -> ResponseReturnValue:
    """Title, introduction, cover, and the order of what is in it."""
    found = _load(collection_id, edit=True)
    form = CollectionForm(obj=found)
    if form.validate_on_submit():
        try:
            cover = _cover()
        except InvalidError as error:
            form.refuse(error)
        else:
            with unit_of_work():
                update_collection(
                    current_actor(),
                    _load(collection_id, edit=True),
                    title=form.title.data or "",
                    introduction=form.introduction.data or "",
                    visibility=form.visibility.data,
                    cover=cover,
                )
            flash("已保存", "success")
            return redirect(url_for("resources.collection", collection_id=collection_id))
    found = _load(collection_id, edit=True)
    inside = resources_in(current_viewer(), viewer_workshops(), collection_id)
    page = render_template("resources/collection_form.html", form=form, collection=found, resources=inside)
    return page, form.status


def _cover() -> ReceivedFile | None:
    upload = request.files.get("cover")
    if upload is None or not upload.filename:
        return None
    return receive_file(io.BytesIO(banner(upload.stream)), "cover.jpg", MIME, None)


@bp.post("/resources/<int:resource_id>/collections")
def collect(resource_id: int) -> ResponseReturnValue:
    """Put a resource into one's collection `collection_id`, or into a new one called `title`."""
    title = one_line(request.form.get("title", ""))[:80]
    with unit_of_work():
        resource = load_resource(resource_id)
        wanted = _number("collection_id")
        if wanted is not None:
            into = _load(wanted, edit=True)
        elif not is_blank(title):
            into = create_collection(current_actor(), title, visibility="private")
        else:
            raise InvalidError("请选择一个资源包，或者写一个新名称", field="title")
        fresh = put_in_collection(current_actor(), into, resource)
        name = into.title
    flash(f"已收进“{name}”" if fresh else f"“{name}”里已经有了", "success")
    return redirect(url_for("resources.show", resource_id=resource_id))


@bp.post("/collections/<int:collection_id>/items/<int:resource_id>/removal")
def uncollect(collection_id: int, resource_id: int) -> ResponseReturnValue:
    """Take a resource out; it stays in the library."""
    with unit_of_work():
        take_from_collection(current_actor(), _load(collection_id, edit=True), resource_id)
    flash("已从资源包拿出，资源还在", "success")
    return redirect(url_for("resources.edit_collection", collection_id=collection_id))


@bp.post("/collections/<int:collection_id>/items/<int:resource_id>/position")
def order_collection(collection_id: int, resource_id: int) -> ResponseReturnValue:
    """One step `up` or `down` among what the viewer sees, or before `before_id` (nothing: to the end)."""
    with unit_of_work():
        found = _load(collection_id, edit=True)
        seen = [thing.id for thing in resources_in(current_viewer(), viewer_workshops(), collection_id)]
        if resource_id not in seen:
            raise NotFoundError
        before_id = _before(seen, resource_id, request.form.get("step", ""))
        if before_id != resource_id:
            place_in_collection(current_actor(), found, resource_id, before_id)
    if wants_fragment():
        return jsonify(ok=True)
    return redirect(url_for("resources.edit_collection", collection_id=collection_id) + f"#item-{resource_id}")


def _before(seen: list[int], resource_id: int, step: str) -> int | None:
    """Before which one it goes; itself where it stays."""
    at = seen.index(resource_id)
    if step == "up":
        return seen[max(at - 1, 0)]
    if step == "down":
        return resource_id if at + 1 == len(seen) else (seen[at + 2] if at + 2 < len(seen) else None)
    return _number("before_id")


@bp.post("/collections/<int:collection_id>/removal")
def delete_collection(collection_id: int) -> ResponseReturnValue:
    """Delete it; the page that follows offers the way back."""
    with unit_of_work():
        remove_collection(current_actor(), _load(collection_id, edit=True))
    return redirect(url_for("resources.collection", collection_id=collection_id))


@bp.post("/collections/<int:collection_id>/restoration")
def undelete_collection(collection_id: int) -> ResponseReturnValue:
    """Fetch it back."""
    with unit_of_work():
        restore_collection(current_actor(), _load(collection_id, edit=True, deleted=True))
    flash("已恢复", "success")
    return redirect(url_for("resources.collection", collection_id=collection_id))
