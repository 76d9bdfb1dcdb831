"""The search page and what is suggested while typing."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import cast
from urllib.parse import quote_plus

from flask import Blueprint, Flask, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.search.engines.chosen import LaterEngine
from yanxiu.search.engines.interface import SearchEngine
from yanxiu.search.forms import FACET_LABELS, arguments_of, wanted_from
from yanxiu.search.indexer import engine_of
from yanxiu.search.models import SavedSearch
from yanxiu.search.noting import Note, Notes
from yanxiu.search.queries import FACETS, OFTEN, Found, Wanted, find, labels, recent_queries, same_search
from yanxiu.search.queries import suggestions as suggest
from yanxiu.search.services import MAX_NAME, forget_queries
from yanxiu.search.text.fold import squeeze
from yanxiu.search.warming import Warming
from yanxiu.web.auth import current_actor, current_viewer, public
from yanxiu.workshops.queries import find_workshop

bp = Blueprint("search", __name__)
FILTERED = tuple(name for name in FACETS if name != "kind")

MAX_NOTED = 60
RECENT_SHOWN = 12
FEW_VALUES = 12
"""So many values of a filter are shown unless all are asked for."""
MOST_VALUES = 1000
"""So many when all are asked for: a county has thousands of authors, and a page should still open on a phone."""


@bp.record_once
def _make_engine(state: BlueprintSetupState) -> None:
    config = state.app.config["YANXIU"]
    folder = config.instance_path / "search"
    state.app.extensions["yanxiu_search"] = LaterEngine(config.search, config.sqlalchemy_url, folder)
    state.app.extensions["yanxiu_search_notes"] = Notes(cast("Flask", state.app))
    state.app.extensions["yanxiu_search_warming"] = Warming(cast("Flask", state.app))


def _engine() -> SearchEngine:
    return engine_of(current_app)


def _get_warm() -> None:
    """Somebody turned to a search box and has not typed yet."""
    warming: Warming = current_app.extensions["yanxiu_search_warming"]
    warming.begin(current_viewer())


def _notes() -> Notes:
    notes: Notes = current_app.extensions["yanxiu_search_notes"]
    return notes


@bp.get("/search")
@public
def index() -> ResponseReturnValue:
    """Results grouped by kind; of one kind, page by page."""
    wanted = wanted_from(request.args)
    workshop = find_workshop(current_viewer(), wanted.workshop) if wanted.workshop else None
    wanted = replace(wanted, workshop=0 if workshop is None else workshop.id)
    found = find(_engine(), current_viewer(), wanted)
    if not wanted.text:
        _get_warm()
    page = render_template(
        "search/index.html",
        recent=recent_queries(current_viewer(), RECENT_SHOWN) if found.query.empty else [],
        wanted=wanted,
        found=found,
        named=[] if found.total else suggest(_engine(), current_viewer(), wanted.text, titles_only=True),
        workshop=workshop,
        kept=_kept(found, wanted),
        keep_as={"name": _name_of(wanted), "longest": MAX_NAME, "often": OFTEN.items()},
        labels=labels(),
        facet_labels=FACET_LABELS,
        address=partial(_address, wanted),
        whole=request.args.get("all", ""),
        few=FEW_VALUES,
        most=MOST_VALUES,
        tabs_of_kinds=lambda kinds: _kind_tabs(wanted, kinds),
        has_filters=any(len(found.facets.get(name, ())) > 1 or name in wanted.filters for name in FILTERED),
    )
    _remember(found, wanted)  # a write ends the reading of everything above: last, so that nothing is read twice
    return page


@bp.get("/search/suggestions")
@public
def suggestions() -> ResponseReturnValue:
    """What may be meant by what was typed so far; with `wide`, titles, or else whatever has the words."""
    text = request.args.get("q", "")[:60]
    if not text:
        _get_warm()
    found = suggest(_engine(), current_viewer(), text, titles_only="wide" in request.args)
    items = [
        {
            "title": one.title,
            "label": one.label,
            "note": one.note,
            "url": one.url or url_for("search.index", q=one.title),
        }
        for one in found
    ]
    if not items and "wide" in request.args:
        hits = [hit for group in find(_engine(), current_viewer(), Wanted(text)).groups for hit in group.hits]
        items = [{"title": hit.document.title, "label": hit.label, "note": "", "url": hit.url} for hit in hits]
    return jsonify(ok=True, items=items)


@bp.post("/search/recent/removal")
def forget_recent() -> ResponseReturnValue:
    """Forget what one looked for."""
    actor = current_actor()
    _notes().forget(actor.id)
    with unit_of_work():
        forget_queries(actor)
    return redirect(url_for("search.index"))


def _remember(found: Found, wanted: Wanted) -> None:
    """A new search of somebody signed in that found something; a filter, the next page, a link elsewhere is none."""
    viewer, text = current_viewer(), squeeze(found.instead or wanted.text)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return
    if viewer.user_id is None or not found.total or wanted != Wanted(wanted.text) or len(text) > MAX_NOTED:
        return
    _notes().add(Note(viewer.user_id, viewer.county_id, text))


def _kept(found: Found, wanted: Wanted) -> SavedSearch | None:
    """The search one keeps that asks for exactly this."""
    user_id = current_viewer().user_id
    return None if found.query.empty or user_id is None else same_search(user_id, wanted)


def _name_of(wanted: Wanted) -> str:
    """A name to begin with: what is looked for, and the filters."""
    values = (labels().get(value, value) for value in wanted.filters.values())
    return " ".join((wanted.text, *values))[:MAX_NAME]


def _kind_tabs(wanted: Wanted, kinds: list[tuple[str, int]]) -> list[tuple[str, str, bool, int]]:
    """The tabs of the kinds that were found, in the order of the features so that they stay where they are."""
    counts = dict(kinds)
    return [
        (label, _address(wanted, kind=kind), wanted.kind == kind, counts.get(kind, 0))
        for kind, label in labels().items()
        if kind in counts or kind == wanted.kind
    ]


def _address(wanted: Wanted, **changes: str | int | None) -> str:
    """A page has some thirty of them, so they are not all built by the router, and what they share is written once."""
    if "search_url" not in g:
        g.search_url = url_for("search.index")
    arguments = arguments_of(wanted, **changes).items()
    return f"{g.search_url}?{'&'.join(f'{name}={_quoted(str(value))}' for name, value in arguments)}"


@lru_cache(maxsize=512)
def _quoted(text: str) -> str:
    return quote_plus(text)
