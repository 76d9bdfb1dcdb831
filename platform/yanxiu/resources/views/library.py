"""Browsing, looking at and downloading."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.errors import NotFoundError
from yanxiu.core.live import current_seq
from yanxiu.core.unit_of_work import unit_of_work, write_if_possible
from yanxiu.extensions import limiter
from yanxiu.resources import catalog
from yanxiu.resources.extraction.formats import FORMATS
from yanxiu.resources.forms import parse_filter
from yanxiu.resources.import_sheet import XLSX
from yanxiu.resources.library_sheet import library_book
from yanxiu.resources.models import Resource, ResourceFile
from yanxiu.resources.originals import uses_in_plans
from yanxiu.resources.permissions import (
    can_ask_for_review,
    can_edit_resource,
    can_edit_textbooks,
    can_open_version,
    can_read_reviews,
    can_remove_resource,
    can_restore_resource,
    can_review_resource,
    can_take_down,
    copy_refusal,
    is_copyable,
    review_steps_of,
)
from yanxiu.resources.queries import (
    LibraryFilter,
    favorites_among,
    find_preview_image,
    library_page,
    popular_resources,
    related_resources,
)
from yanxiu.resources.queries.collections import collections_with, own_collections
from yanxiu.resources.queries.counting import Counts, facet_counts
from yanxiu.resources.queries.figures import has_viewed
from yanxiu.resources.queries.likeness import near_resource
from yanxiu.resources.queries.reviews import reviews_of
from yanxiu.resources.queries.standards import standards_of
from yanxiu.resources.queries.textbooks import FIXED, names_in_book, shelf_of
from yanxiu.resources.queries.usage import uses_of
from yanxiu.resources.services import count_download, note_opening, set_favorite
from yanxiu.resources.services.copies import note_view
from yanxiu.resources.standards import Standard
from yanxiu.resources.views.blueprint import bp, load_resource, load_version, viewer_workshops
from yanxiu.resources.views.origins import origin_of
from yanxiu.resources.views.version_arrivals import unfinished_versions
from yanxiu.resources.views.voices import voices_of
from yanxiu.web.auth import current_actor, current_viewer, public, wants_fragment
from yanxiu.web.files import send_stored
from yanxiu.workshops.queries import workshop_head_for
from yanxiu.workshops.queries.plan_progress import items_to_tick

MOST_IN_FILE = 2000
"""So many resources are listed in an Excel file."""
NAMES_OF_LISTS = {"": "资源清单", "uploads": "我上传的资源", "favorites": "我的收藏", "removed": "回收站"}
PLAYABLE = frozenset({"audio", "video", "image", "pdf"})
Choices = dict[str, tuple[str, list[tuple[str, str]]]]


@bp.get("/resources")
@public
def index() -> str:
    """The library with its filters; visitors see what is public."""
    wanted = parse_filter(request.args)
    if wanted.mine and not current_viewer().is_authenticated:
        wanted = parse_filter({})
    return render_template(
        "resources/index.html",
        mine_subject=_of_my_subject(wanted),
        may_keep_books=can_edit_textbooks(current_viewer()),
        may_review=bool(review_steps_of(current_viewer())),
        **_listing(wanted),
    )


@bp.get("/resources.xlsx")
@limiter.limit("20/minute")
def list_file() -> Response:
    """The list as the address asks for it, as an Excel file: one's favorites, what was found by the filters."""
    wanted = parse_filter(request.args)
    page = library_page(current_viewer(), viewer_workshops(), wanted, size=MOST_IN_FILE)
    title = f"{NAMES_OF_LISTS[wanted.mine]} {clock.today():%Y-%m-%d}"
    body = library_book(title, page.items, request.host_url.rstrip("/"), cut=page.next_cursor is not None)
    answer = Response(body, mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title + '.xlsx', safe='')}"
    return answer


@bp.get("/workshops/<int:workshop_id>/resources")
def of_workshop(workshop_id: int) -> str:
    """What was shared with a workshop."""
    head = workshop_head_for(current_viewer(), workshop_id)
    if head is None:
        raise NotFoundError
    listing = _listing(parse_filter(request.args, workshop_id))
    return render_template("resources/workshop.html", **head, **listing)


def _listing(wanted: LibraryFilter) -> dict[str, object]:
    viewer = current_viewer()
    page = library_page(viewer, viewer_workshops(), wanted, request.args.get("cursor"))
    favorites = favorites_among(viewer, [resource.id for resource in page.items])
    standards = bool(wanted.subject or wanted.theme or wanted.literacy or wanted.workshop_id)
    counts = facet_counts(viewer, viewer_workshops(), wanted, standards=standards)
    choices = _choices(wanted, counts, standards=standards)
    return {
        "page": page,
        "favorites": favorites,
        "wanted": wanted,
        "choices": choices,
        "total": counts.total,
        "catalog": catalog,
    }


def _choices(wanted: LibraryFilter, counts: Counts, *, standards: bool) -> Choices:
    """What each filter offers next to what is chosen; books, units and lessons show once they can be chosen."""
    county_id, chosen = current_viewer().county_id, wanted.names
    shelf = shelf_of(county_id, with_retired=True)
    offered = {column: shelf.names(column, chosen) for column in FIXED if column != "volume" or chosen["edition"]}
    offered |= {column: names_in_book(county_id, column, chosen) for column in ("unit", "lesson")}
    choices: Choices = {
        "kind": ("类型", list(catalog.KINDS.items())),
        "grading": ("级别", _counted(catalog.GRADINGS, counts["grading"])),
        "origin": ("来源", _counted(catalog.ORIGINS, counts["origin"])),
    }
    for column, names in offered.items():
        own = chosen[column]
        words = names if not own or own in names else [*names, own]
        if words:
            choices[column] = (catalog.LEVELS[column], [(word, word) for word in words])
    if standards:
        choices |= _standards(wanted, counts)
    if chosen["volume"] and "volume" not in choices:
        choices["volume"] = (catalog.LEVELS["volume"], [(chosen["volume"],) * 2])
    return choices


def _counted(words: Mapping[str, str], counts: Mapping[str, int]) -> list[tuple[str, str]]:
    return [(key, f"{word}（{counts.get(key, 0)}）") for key, word in words.items()]


def _standards(wanted: LibraryFilter, counts: Counts) -> Choices:
    """What of the standards the resources of the list have, with how many; what stands in the address stays to be seen.

    The words of the chosen subject come first and in their own order. Not without a subject, a workshop or one of them in the
    address: words of all subjects side by side mean nothing.
    """
    known = standards_of(current_viewer().county_id) if wanted.subject else {}
    standard = known.get(wanted.subject, Standard())
    found: Choices = {}
    for name, label, words, own in (
        ("literacy", "核心素养", standard.literacies, wanted.literacy),
        ("theme", standard.heading, standard.themes, wanted.theme),
    ):
        there = [word for word, _count in counts[name].most_common()]
        offered = [
            word for word in dict.fromkeys((*words, *there, own)) if word and (counts[name][word] or word == own)
        ]
        if offered:
            found[name] = (label, [(word, f"{word}（{counts[name][word]}）") for word in offered])
    return found


def _of_my_subject(wanted: LibraryFilter) -> list[Resource]:
    """On the bare front of the library: what colleagues of the same subject downloaded most."""
    subject = current_user.user.subject if current_user.is_authenticated else ""
    if not subject or wanted.mine or wanted.narrows or wanted.sort != "newest" or "cursor" in request.args:
        return []
    return list(popular_resources(current_viewer(), viewer_workshops(), subject))


@bp.get("/resources/<int:resource_id>")
@public
def show(resource_id: int) -> str:
    """A resource with its preview; in the bin, only the way back."""
    resource = load_resource(resource_id, in_bin=True)
    if resource.removed_at is not None:
        return render_template("resources/removed.html", resource=resource, **_rights(resource))
    viewer = current_viewer()
    reads = can_read_reviews(viewer, resource)
    page = render_template(
        "resources/show.html",
        resource=resource,
        versions=[file for file in resource.files if can_open_version(viewer, resource, file)],
        related=related_resources(viewer, viewer_workshops(), resource),
        is_favorite=resource.id in favorites_among(viewer, [resource.id]),
        seq=current_seq(f"resource:{resource.id}"),
        catalog=catalog,
        formats=FORMATS,
        start=_second_of(request.args.get("t", "")),
        reviews=reviews_of(resource.id) if reads else None,
        may_review=can_review_resource(viewer, resource),
        near=near_resource(viewer, viewer_workshops(), resource.current_file_id) if reads else None,
        uses=uses_of(viewer, resource.id),
        origin=origin_of(viewer, resource),
        in_plans=uses_in_plans(viewer, resource),
        copyable=is_copyable(resource),
        copy_refusal=copy_refusal(viewer, resource),
        today=clock.today(),
        collections=collections_with(viewer, resource.id),
        own_collections=own_collections(viewer) if viewer.is_authenticated else [],
        may_ask=can_ask_for_review(viewer, resource),
        unfinished=unfinished_versions(resource.id) if can_edit_resource(viewer, resource) else [],
        **voices_of(resource),
        **_rights(resource),
    )
    _note_opening(resource)
    return page


def _second_of(text: str) -> int:
    """At which second a video begins; 0 for whatever is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _note_opening(resource: Resource) -> None:
    """Written once the page is made: the first look of a day, and where a plan waits for it."""
    user_id = current_viewer().user_id
    if user_id is None:
        return
    resource_id = resource.id
    counts = user_id != resource.owner_id and not has_viewed(user_id, resource_id, clock.today())
    waits = bool(items_to_tick("resource", resource_id, user_id))
    if counts or waits:
        actor = current_actor()
        write_if_possible(lambda: _write_opening(actor, resource_id, counts=counts, waits=waits))


def _write_opening(actor: User, resource_id: int, *, counts: bool, waits: bool) -> None:
    if counts:
        note_view(actor, resource_id)
    if waits:
        note_opening(actor, resource_id)


def _rights(resource: Resource) -> dict[str, bool]:
    viewer = current_viewer()
    return {
        "may_edit": can_edit_resource(viewer, resource),
        "may_remove": can_remove_resource(viewer, resource),
        "may_restore": can_restore_resource(viewer, resource),
        "may_take_down": can_take_down(viewer, resource),
    }


@bp.get("/resources/<int:resource_id>/preview")
@public
def preview(resource_id: int) -> Response:
    """The preview as a fragment, for those who wait until the worker has made it; in the bin, only the way back.

    A page that is still open hears of the deletion, also the one in which 删除 was just pressed.
    """
    resource = load_resource(resource_id, in_bin=True)
    html = render_template("resources/_preview_item.html", resource=resource, formats=FORMATS)
    return Response(html, headers={"X-Seq": str(current_seq(f"resource:{resource.id}"))})


@bp.get("/resources/<int:resource_id>/download")
@public
def download(resource_id: int) -> Response:
    """The newest version as an attachment."""
    resource = load_resource(resource_id)
    if resource.current_file is None:
        raise NotFoundError
    return _send(resource.id, resource.current_file)


@bp.get("/resources/<int:resource_id>/files/<int:file_id>/download")
@public
def download_version(resource_id: int, file_id: int) -> Response:
    """A certain version as an attachment."""
    return _send(resource_id, load_version(resource_id, file_id))


def _send(resource_id: int, file: ResourceFile) -> Response:
    stored = file.stored_file
    if current_user.is_authenticated and request.method == "GET":
        actor = current_actor()
        write_if_possible(lambda: count_download(actor, resource_id))
    return send_stored(stored, inline=False)


@bp.get("/resources/<int:resource_id>/files/<int:file_id>/media")
@public
def media(resource_id: int, file_id: int) -> Response:
    """Sound, pictures and PDF files for the page itself, by range."""
    file = load_version(resource_id, file_id)
    if FORMATS[file.extension].family not in PLAYABLE:
        raise NotFoundError
    return send_stored(file.stored_file, inline=True)


@bp.get("/resources/<int:resource_id>/files/<int:file_id>/images/<int:number>")
@public
def preview_image(resource_id: int, file_id: int, number: int) -> Response:
    """A picture of the preview."""
    load_resource(resource_id)
    load_version(resource_id, file_id)
    image = find_preview_image(file_id, number)
    if image is None:
        raise NotFoundError
    return send_stored(image.stored_file, inline=True)


@bp.post("/resources/<int:resource_id>/favorite")
def favorite(resource_id: int) -> ResponseReturnValue:
    """Keep a resource at hand (`favorite=1`) or let it go (`favorite=0`)."""
    wanted = request.form.get("favorite") != "0"
    with unit_of_work():
        set_favorite(current_actor(), load_resource(resource_id), wanted)
    said = "已收藏，在“资源”里点“我的收藏”就能找到" if wanted else "已取消收藏"
    if wants_fragment():
        return jsonify(ok=True, favorite=wanted, toast=said)
    flash(said, "success")
    return redirect(url_for("resources.show", resource_id=resource_id))
