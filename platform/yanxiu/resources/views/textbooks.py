"""教材目录: the county's catalog of textbooks, kept by its researchers and administrators."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError, TooLargeError
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.spreadsheets import read_rows
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import limiter
from yanxiu.resources.catalog import LEVELS
from yanxiu.resources.forms import BookSheetForm, NodeForm, chosen_names
from yanxiu.resources.models import TextbookNode
from yanxiu.resources.permissions import can_edit_textbooks
from yanxiu.resources.queries.standards import standards_of
from yanxiu.resources.queries.textbooks import (
    COLUMNS,
    book_names,
    children_of,
    counts_below,
    equipped_at,
    find_node,
    find_remap,
    parents_for,
    path_to,
    recent_remaps,
    remap_outlook,
    targets_for,
)
from yanxiu.resources.services.equipping import take_back_equipment
from yanxiu.resources.services.textbooks import (
    add_node,
    import_chains,
    install_shipped_textbooks,
    move_node,
    remap_node,
    rename_node,
    retire_node,
    step_node,
    undo_remap,
)
from yanxiu.resources.standards import Standard
from yanxiu.resources.textbooks import MAX_ROWS, chains_in, rows_of
from yanxiu.resources.views.blueprint import bp, viewer_workshops
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.converters import LARGEST_ID
from yanxiu.web.forms import accepted

MAX_BYTES = 5 * 1024 * 1024


def _county() -> int:
    """The county whose catalog this person keeps; for everybody else there is no such place."""
    viewer = current_viewer()
    if viewer.county_id is None or not can_edit_textbooks(viewer):
        raise NotFoundError
    return viewer.county_id


def _node(node_id: int | None, county_id: int) -> TextbookNode:
    node = None if node_id is None else find_node(county_id, node_id)
    if node is None:
        raise NotFoundError
    return node


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 11 and int(text) <= LARGEST_ID else None


@bp.get("/resources/textbooks")
def textbooks() -> str:
    """The stages of the county's catalog."""
    return _page(_county(), None)


@bp.get("/resources/textbooks/<int:node_id>")
def textbook(node_id: int) -> str:
    """One place of the catalog with what stands below it."""
    county_id = _county()
    return _page(county_id, _node(node_id, county_id))


@bp.post("/resources/textbooks")
def add_textbook() -> ResponseReturnValue:
    """Add something below `parent_id`, or a stage."""
    county_id = _county()
    parent_id = _number("parent_id")
    form = NodeForm(prefix="new")

    def act() -> None:
        parent = _node(parent_id, county_id) if parent_id else None
        add_node(current_actor(), county_id, parent, form.name.data or "")

    if accepted(form, act):
        flash(f"已添加“{form.name.data}”", "success")
        return redirect(_url(parent_id))
    return _page(county_id, _node(parent_id, county_id) if parent_id else None, new=form), form.status


@bp.post("/resources/textbooks/<int:node_id>")
def rename_textbook(node_id: int) -> ResponseReturnValue:
    """Give it another name; resources follow."""
    county_id = _county()
    _node(node_id, county_id)
    form = NodeForm(prefix="own")
    if accepted(form, lambda: rename_node(current_actor(), _node(node_id, county_id), form.name.data or "")):
        flash("已改名，下面的资源也跟着改了", "success")
        return redirect(_url(node_id))
    return _page(county_id, _node(node_id, county_id), own=form), form.status


@bp.post("/resources/textbooks/<int:node_id>/place")
def move_textbook(node_id: int) -> ResponseReturnValue:
    """Put it below another parent."""
    county_id = _county()
    with unit_of_work():
        move_node(current_actor(), _node(node_id, county_id), _node(_number("parent_id"), county_id))
    flash("已移动，下面的资源也跟着移动了", "success")
    return redirect(_url(node_id))


@bp.post("/resources/textbooks/<int:node_id>/position")
def step_textbook(node_id: int) -> ResponseReturnValue:
    """One place up or down among its like."""
    county_id = _county()
    with unit_of_work():
        node = _node(node_id, county_id)
        step_node(current_actor(), node, -1 if request.form.get("step") == "up" else 1)
        parent_id = node.parent_id
    return redirect(_url(parent_id) + f"#node-{node_id}")


@bp.post("/resources/textbooks/<int:node_id>/retirement")
def retire_textbook(node_id: int) -> ResponseReturnValue:
    """Offer it no longer (`retired=1`) or again (`retired=0`)."""
    county_id, retired = _county(), request.form.get("retired") != "0"
    with unit_of_work():
        retire_node(current_actor(), _node(node_id, county_id), retired)
    flash("已停用，原来归在这里的资源照样能找到" if retired else "已恢复", "success")
    return redirect(_url(node_id))


@bp.get("/resources/textbooks/<int:node_id>/remap")
def remap_preview(node_id: int) -> str:
    """What would move to `target_id`, before anything is written."""
    county_id = _county()
    source, target = _node(node_id, county_id), _node(_number("target_id"), county_id)
    if source.level != target.level or source.id == target.id:
        raise NotFoundError
    outlook = remap_outlook(current_viewer(), viewer_workshops(), source, target)
    return render_template("resources/textbook_remap.html", source=source, target=target, outlook=outlook)


@bp.post("/resources/textbooks/<int:node_id>/remap")
def remap_textbook(node_id: int) -> ResponseReturnValue:
    """Take everything over to `target_id`."""
    county_id = _county()
    with unit_of_work():
        target = _node(_number("target_id"), county_id)
        remap_node(current_actor(), _node(node_id, county_id), target)
        target_id = target.id
    flash("已换到新目录；要退回去，在“教材目录”页最下面点“撤销”", "success")
    return redirect(_url(target_id))


@bp.post("/resources/textbook-remaps/<int:remap_id>/removal")
def undo_textbook_remap(remap_id: int) -> ResponseReturnValue:
    """Take a remap back."""
    county_id = _county()
    with unit_of_work():
        remap = find_remap(county_id, remap_id)
        if remap is None:
            raise NotFoundError
        stayed = undo_remap(current_actor(), remap)
    flash("已撤销" if not stayed else "已撤销；后来又改过目录的资源没有动", "success")
    return redirect(_url(None))


@bp.post("/resources/textbooks/shipped")
def install_textbooks() -> ResponseReturnValue:
    """Add the catalog that comes with the platform; what is there stays."""
    county_id = _county()
    with unit_of_work():
        outcome = install_shipped_textbooks(current_actor(), county_id)
    flash(f"已装入，新增 {outcome.new} 条" if outcome.new else "常用目录已经都在了", "success")
    return redirect(_url(None))


@bp.post("/resources/textbooks/shipped/undoing")
def undo_textbooks() -> ResponseReturnValue:
    """Take back the catalog that came by itself, as long as nobody has changed it."""
    county_id = _county()
    with unit_of_work():
        take_back_equipment(current_actor(), county_id)
    flash("已撤销，目录又是空的；以后不会再自动装入", "success")
    return redirect(_url(None))


@bp.post("/resources/textbooks/import")
@limiter.limit("30/minute")
def import_textbooks() -> ResponseReturnValue:
    """Read a sheet: first what it would add, and with `sure` it is added."""
    county_id = _county()
    form = BookSheetForm()
    outcome = None
    try:
        if not form.validate():
            return _sheet(form, None), 422
        rows = _rows(form)
        chains = chains_in(rows)
        if "sure" in request.form:
            with unit_of_work():
                outcome = import_chains(current_actor(), county_id, chains)
            flash(f"已导入，新增 {outcome.new} 条", "success")
            return redirect(_url(None))
        outcome = import_chains(current_actor(), county_id, chains, dry=True)
        form.text.data = "\n".join("\t".join(row) for row in rows)
    except (InvalidError, TooLargeError) as error:
        form.refuse(error)
        return _sheet(form, None), form.status
    return _sheet(form, outcome)


@bp.get("/resources/textbooks/import")
def import_textbooks_page() -> str:
    """Where a sheet is pasted."""
    _county()
    return _sheet(BookSheetForm(), None)


@bp.get("/resources/textbooks/names")
def textbook_names() -> Response:
    """What may be chosen next to what was chosen, for the fields of a description."""
    county_id = current_viewer().county_id
    chosen = chosen_names(request.args)
    standard = standards_of(county_id).get(chosen["subject"], Standard())
    standards = {"heading": standard.heading, "literacies": standard.literacies, "themes": standard.themes}
    return jsonify(ok=True, names=book_names(county_id, chosen), standards=standards)


def _rows(form: BookSheetForm) -> list[list[str]]:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return rows_of(form.text.data or "")
    with scratch_folder() as folder:
        path = folder / "books.xlsx"
        data = upload.stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TooLargeError("文件超过 5 MB，请只保留目录后再上传", field="file")
        path.write_bytes(data)
        return read_rows(path, max_rows=MAX_ROWS, max_columns=len(LEVELS) + 3)


def _sheet(form: BookSheetForm, outcome: object) -> str:
    return render_template("resources/textbook_import.html", form=form, outcome=outcome, levels=LEVELS)


def _url(node_id: int | None) -> str:
    return url_for("resources.textbook", node_id=node_id) if node_id else url_for("resources.textbooks")


def _page(
    county_id: int, node: TextbookNode | None, *, new: NodeForm | None = None, own: NodeForm | None = None
) -> str:
    level = 0 if node is None else node.level + 1
    return render_template(
        "resources/textbooks.html",
        node=node,
        path=path_to(node) if node else [],
        children=children_of(county_id, node) if level < len(COLUMNS) else [],
        counts=counts_below(current_viewer(), viewer_workshops(), county_id, node),
        child_word=LEVELS[COLUMNS[level]] if level < len(COLUMNS) else None,
        level_word=LEVELS[COLUMNS[node.level]] if node else None,
        new=new or NodeForm(formdata=None, prefix="new"),
        own=own or NodeForm(formdata=None, prefix="own", data={"name": node.name} if node else {}),
        parents=_options(parents_for(node) if node else ()),
        targets=_options(targets_for(node) if node else ()),
        remaps=recent_remaps(county_id) if node is None else [],
        equipped=equipped_at(county_id) if node is None else None,
    )


def _options(nodes: Sequence[TextbookNode]) -> list[tuple[int, str]]:
    return [(node.id, node.label) for node in nodes]
