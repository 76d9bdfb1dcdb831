"""Uploading: files arrive and are checked one by one, then their owner describes and publishes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from yanxiu.core.errors import InvalidError, NotFoundError, YanxiuError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.resources import catalog
from yanxiu.resources.extraction.formats import ACCEPT
from yanxiu.resources.extraction.intake import take_in
from yanxiu.resources.forms import DetailsForm
from yanxiu.resources.models import Resource, ResourceUpload
from yanxiu.resources.permissions import can_use_upload
from yanxiu.resources.queries import find_upload, waiting_uploads
from yanxiu.resources.queries.likeness import same_files
from yanxiu.resources.queries.standards import standards_of
from yanxiu.resources.queries.textbooks import shelf_of
from yanxiu.resources.services import discard_upload, gone_unless_kept, publish_resource, receive_upload
from yanxiu.resources.unfinished import open_store
from yanxiu.resources.views.blueprint import bp, viewer_workshops
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment
from yanxiu.web.resumable import unfinished_uploads
from yanxiu.workshops.queries import workshop_options

MAX_FILES = 30


@bp.get("/resources/new")
def new() -> str:
    """The upload page: drop files here, and the cards of those that wait."""
    return _page(_cards(waiting_uploads(current_viewer().user_id)))


@bp.post("/resources/uploads")
@limiter.limit("120/minute")
def receive() -> ResponseReturnValue:
    """Take in files; each that is refused says why, and harms none of the others."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        raise InvalidError("请先选择文件", field="files")
    if len(files) > MAX_FILES:
        raise InvalidError(f"一次最多选 {MAX_FILES} 个文件", field="files")
    arrived, refused = _take_all(files)
    if wants_fragment():
        return _as_json(arrived, refused)
    for name, message in refused:
        flash(f"“{name}”没有上传：{message}", "error")
    return redirect(url_for("resources.new", **_wish()))


def _take_all(files: Sequence[FileStorage]) -> tuple[list[int], list[tuple[str, str]]]:
    arrived: list[int] = []
    refused: list[tuple[str, str]] = []
    for file in files:
        name = file.filename or ""
        try:
            checked = take_in(file.stream, name)  # type: ignore[arg-type]
            with gone_unless_kept(checked), unit_of_work():
                arrived.append(receive_upload(current_actor(), checked).id)
        except YanxiuError as error:
            refused.append((name, error.message))
    return arrived, refused


def _as_json(arrived: list[int], refused: list[tuple[str, str]]) -> ResponseReturnValue:
    html = cards_html(set(arrived))
    errors = [{"name": name, "message": message} for name, message in refused]
    if refused and not arrived:
        return jsonify(ok=False, code="invalid", message=refused[0][1], refused=errors), 422
    return jsonify(ok=True, html=html, refused=errors)


def cards_html(ids: set[int]) -> str:
    """The cards of these waiting files of the viewer."""
    uploads = [upload for upload in waiting_uploads(current_viewer().user_id) if upload.id in ids]
    return "".join(render_template("resources/_upload_card.html", **_card_values(card)) for card in _cards(uploads))


@bp.post("/resources/uploads/<int:upload_id>/removal")
def discard(upload_id: int) -> ResponseReturnValue:
    """Throw a waiting file away."""
    with unit_of_work():
        upload = find_upload(upload_id)
        if upload is None or not can_use_upload(current_viewer(), upload):
            raise NotFoundError
        name = upload.stored_file.name
        discard_upload(current_actor(), upload)
    if wants_fragment():
        return jsonify(ok=True, toast=f"已去掉“{name}”")
    flash(f"已去掉“{name}”", "success")
    return redirect(url_for("resources.new", **_wish()))


@bp.post("/resources")
def publish() -> ResponseReturnValue:
    """Publish the cards that were sent; if one has a fault none is published and nothing typed is lost."""
    asked = request.form.getlist("upload", type=int)
    with unit_of_work():
        uploads = [upload for upload in waiting_uploads(current_viewer().user_id) if upload.id in set(asked)]
        if not uploads:
            raise InvalidError("请先选择要发布的文件", field="files")
        cards = _cards(uploads, typed=True)
        if "narrow" in request.form:
            return _page(_cards_again(cards))
        faultless = not [form for _upload, form, _same in cards if not form.validate()]
        published = [publish_resource(current_actor(), u, f.details()).id for u, f, _same in cards] if faultless else []
    if not faultless:
        return _page(_cards_again(cards)), 422
    flash(f"已发布 {len(published)} 份资源", "success")
    if len(published) == 1:
        return redirect(url_for("resources.show", resource_id=published[0]))
    return redirect(url_for("resources.index", mine="uploads"))


Card = tuple[ResourceUpload, DetailsForm, list[Resource]]
"""A waiting file, its form, and the resources that have the same file."""


def _cards(uploads: Sequence[ResourceUpload], *, typed: bool = False) -> list[Card]:
    """A form for each waiting file, filled with what was typed or with the guesses."""
    options, shelf = workshop_options(current_viewer()), shelf_of(current_viewer().county_id)
    standards = standards_of(current_viewer().county_id)
    digests = {upload.stored_file.sha256 for upload in uploads}
    same = same_files(current_viewer(), viewer_workshops(), digests)
    cards = []
    for upload in uploads:
        start = None if typed else {**_defaults(), **upload.guess}
        form = DetailsForm(request.form if typed else None, prefix=f"u{upload.id}", data=start)
        form.offer_workshops(options)
        form.offer_books(shelf)
        form.offer_standards(standards)
        cards.append((upload, form, same.get(upload.stored_file.sha256, [])))
    return cards


def _cards_again(cards: list[Card]) -> list[Card]:
    """All waiting files again: those just sent with what was typed, the others with their guesses."""
    sent = {upload.id: form for upload, form, _same in cards}
    waiting = waiting_uploads(current_viewer().user_id)
    return [(upload, sent.get(upload.id, form), same) for upload, form, same in _cards(waiting)]


def _defaults() -> dict[str, str]:
    actor = current_actor()
    start = {"author": actor.name, "visibility": "county", "license": "county"}
    workshop = request.args.get("workshop", "")
    return {**start, "visibility": "workshop", "workshop_id": workshop} if workshop.isdigit() else start


def _wish() -> dict[str, Any]:
    """Keep the workshop one came from in the address."""
    workshop = request.args.get("workshop", "")
    return {"workshop": workshop} if workshop.isdigit() else {}


def _card_values(card: Card) -> dict[str, object]:
    return {"upload": card[0], "form": card[1], "same": card[2], "catalog": catalog}


def _page(cards: list[Card]) -> str:
    store = open_store(current_app.config["YANXIU"])
    return render_template(
        "resources/new.html",
        cards=cards,
        unfinished=unfinished_uploads(store),
        accept=ACCEPT,
        wish=_wish(),
        catalog=catalog,
    )
