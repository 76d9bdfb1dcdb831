"""The Word layout of a school: taking one, sending it or an example back."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.storage import ReceivedFile, gone_if_refused, storage
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans.document.layouts import TEXTS
from yanxiu.lessonplans.document.templates import LITERACY
from yanxiu.lessonplans.queries.layouts import layout_of, names_to_use
from yanxiu.lessonplans.queries.templates import as_template, templates_of
from yanxiu.lessonplans.services.layouts import keep_layout, retire_layouts
from yanxiu.lessonplans.views.doors import bp, done
from yanxiu.lessonplans.views.received import sent_file
from yanxiu.lessonplans.views.templates import own_school, templates_page
from yanxiu.lessonplans.views.word import DOCX
from yanxiu.lessonplans.word_layouts import braced, example_layout, placeholders_in
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.files import send_stored
from yanxiu.web.limits import reads_files

MOST_BYTES = 5 * 1024**2


@bp.post("/lesson-plans/templates/layout")
@reads_files
def keep_school_layout() -> ResponseReturnValue:
    """Take a layout for all plans of the school, or go back to the usual look."""
    own_school()
    if request.form.get("action") == "retire":
        with unit_of_work():
            retire_layouts(current_actor(), own_school())
        return done(url_for(".templates"), "版式已停用，导出时用通用的样子")
    db.session.rollback()
    try:
        received, names = _checked()
    except InvalidError as error:
        return templates_page(layout_error=error.message), 422
    with unit_of_work():
        keep_layout(current_actor(), own_school(), received, names)
    return done(url_for(".templates"), "版式已保存，导出本校教案时可以选“本校版式”")


def _checked() -> tuple[ReceivedFile, list[str]]:
    """The file that was sent and its placeholders, all of which are known."""
    received = sent_file(MOST_BYTES)
    with gone_if_refused(received):
        return received, _names_in(received)


def _names_in(received: ReceivedFile) -> list[str]:
    with storage().local_copy(received.key) as path:
        names, edges = placeholders_in(path)
    if not names:
        raise InvalidError("这个文件里没有占位符；请把要填内容的地方写成 {{教学目标}} 这样，再上传")
    usable = names_to_use(current_viewer().school_id)
    unknown = [name for name in names if name not in usable]
    if unknown:
        raise InvalidError(f"有认不出的占位符：{braced(unknown)}；可以用的名称见下面")
    misplaced = [name for name in edges if name not in TEXTS]
    if misplaced:
        raise InvalidError(f"页眉页脚里只能放课题、学校这样的一行字，放不了{braced(misplaced)}")
    return names


@bp.get("/lesson-plans/templates/layout.docx")
def school_layout() -> ResponseReturnValue:
    """Send the layout of the school, or with `?example=1` one to begin with."""
    school_id = current_viewer().school_id
    if request.args.get("example") != "1":
        found = layout_of(school_id)
        if found is None:
            raise NotFoundError
        return send_stored(found.file, inline=False, max_age=0)
    own = templates_of(school_id)
    sections = as_template(own[0].current).sections if own else LITERACY.sections
    response = Response(example_layout(sections), mimetype=DOCX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('教案版式示例.docx')}"
    response.headers["Cache-Control"] = "no-store"
    return response
