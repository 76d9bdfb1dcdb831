"""The search page and what is suggested while typing."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from yanxiu.search.engines.local import LocalEngine
from yanxiu.search.forms import FACET_LABELS, arguments_of, wanted_from
from yanxiu.search.queries import Wanted, find, labels, suggest
from yanxiu.search.text.cut import segmenter
from yanxiu.web.auth import current_viewer, public
from yanxiu.web.slots import Filler
from yanxiu.workshops.queries import find_workshop

bp = Blueprint("search", __name__)
blueprints = (bp,)
SLOTS: dict[str, Filler] = {}
FILTERED = ("subject", "stage", "grade", "type", "year")


@bp.record_once
def _make_engine(state: BlueprintSetupState) -> None:
    folder = state.app.config["YANXIU"].instance_path / "search"
    state.app.extensions["yanxiu_search"] = LocalEngine(folder, segmenter())


def _engine() -> LocalEngine:
    engine: LocalEngine = current_app.extensions["yanxiu_search"]
    return engine


@bp.get("/search")
@public
def index() -> ResponseReturnValue:
    """Results grouped by kind; of one kind, page by page."""
    wanted = wanted_from(request.args)
    workshop = find_workshop(current_viewer(), wanted.workshop) if wanted.workshop else None
    wanted = replace(wanted, workshop=0 if workshop is None else workshop.id)
    found = find(_engine(), current_viewer(), wanted)
    return render_template(
        "search/index.html",
        wanted=wanted,
        found=found,
        workshop=workshop,
        labels=labels(),
        facet_labels=FACET_LABELS,
        address=lambda **changes: _address(wanted, **changes),
        tabs_of_kinds=lambda kinds: _kind_tabs(wanted, kinds),
        has_filters=any(len(found.facets.get(name, ())) > 1 or name in wanted.filters for name in FILTERED),
    )


@bp.get("/search/suggestions")
@public
def suggestions() -> ResponseReturnValue:
    """Titles that begin with what was typed, of things the viewer may see."""
    text = request.args.get("q", "")[:60]
    hits = suggest(_engine(), current_viewer(), text)
    items = [{"title": hit.document.title, "label": hit.label, "url": hit.url} for hit in hits]
    return jsonify(ok=True, items=items)


def _kind_tabs(wanted: Wanted, kinds: list[tuple[str, int]]) -> list[tuple[str, str, bool, int]]:
    """The tabs of the kinds that were found, in the order of the features so that they stay where they are."""
    counts = dict(kinds)
    return [
        (label, _address(wanted, kind=kind), wanted.kind == kind, counts.get(kind, 0))
        for kind, label in labels().items()
        if kind in counts or kind == wanted.kind
    ]


def _address(wanted: Wanted, **changes: str | int | None) -> str:
    return url_for("search.index", **arguments_of(wanted, **changes))  # type: ignore[arg-type]
