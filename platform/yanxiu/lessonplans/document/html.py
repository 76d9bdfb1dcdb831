"""The document as HTML and as text: a writer that knows a fixed set of nodes and marks and drops everything else.

It is the sanitizer for stored documents: only listed tags are ever written, every value is escaped, and addresses are
limited to http, https, mailto and paths of our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urlsplit

from yanxiu.core.html import safe_url
from yanxiu.lessonplans.document.board import board_svg
from yanxiu.lessonplans.document.formats import reformed, relist_of, was_task
from yanxiu.lessonplans.document.formulas import mathml
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.noting import MERGED, NOTES, Merged, noted
from yanxiu.lessonplans.document.relisting import relisted
from yanxiu.lessonplans.document.suggesting import (
    BREAK,
    DELETION,
    INSERTION,
    JOIN,
    as_undecided,
    change_of,
    changes_of,
    formula_of,
    is_insertion,
    is_proposed,
)
from yanxiu.lessonplans.document.templates import GIVEN

MAX_DEPTH = 60
MAX_SPAN = 100
ALIGNMENTS = {"left", "center", "right", "justify"}
SIMPLE = {
    "blockquote": "blockquote",
    "bulletList": "ul",
    "listItem": "li",
}
SIZES = {"small", "half"}
_SECOND = re.compile(r"[?&]t=(\d{1,6})(?:[&#]|$)", re.ASCII)
MARKS = {"bold": "strong", "italic": "em", "underline": "u", "strike": "s", "highlight": "mark"}
MARK_ORDER = ("link", "highlight", "bold", "italic", "underline", "strike", "pinyin")


def render_html(document: Node) -> str:
    """HTML of the whole document, as undecided; sections carry the ids the outline points to."""
    return "".join(_block(node, 0) for node in as_undecided(document).get("content", ()))


def render_proposed(document: Node) -> str:
    """HTML of the document with what is only proposed: `<ins>` and `<del>` say whose it is.

    `<wbr>` ends a paragraph, `<wbr data-joins>` joins it with the next; `data-notes` is what stands in no change.
    """
    return "".join(_block(node, 0) for node in relisted(noted(document), noted=True).get("content", ()))


def _children(node: Node, depth: int) -> str:
    if depth > MAX_DEPTH:
        return ""
    return "".join(_block(child, depth + 1) for child in node.get("content", ()))


def _block(node: Node, depth: int) -> str:
    kind = node.get("type")
    if kind == "text":
        return _text(node)
    if kind in SIMPLE:
        return f"<{SIMPLE[kind]}>{_children(node, depth)}</{SIMPLE[kind]}>"
    writer = WRITERS.get(str(kind))
    return writer(node, depth) if writer else _children(node, depth)


def _attrs(node: Node) -> dict[str, Any]:
    attrs = node.get("attrs")
    return attrs if isinstance(attrs, dict) else {}


def _section(node: Node, depth: int) -> str:
    attrs = _attrs(node)
    key = "".join(c for c in str(attrs.get("key", "")) if c.isalnum() or c in "-_")[:40]
    title = escape(str(attrs.get("title", "")))
    empty = "" if plain_text(node, with_titles=False).strip() or _has_something_to_see(node) else " data-empty"
    return (
        f'<section class="plan-section" id="section-{key}"{empty}><h2>{title}</h2>'
        f'<div class="plan-section-body">{_children(node, depth)}</div></section>'
    )


def _paragraph(node: Node, depth: int) -> str:
    return _line(node, depth)


def _heading(node: Node, depth: int) -> str:
    return _line(node, depth)


def _line(node: Node, depth: int) -> str:
    """A paragraph or heading; where somebody would make another of it, it is that one and says what it was."""
    new = reformed(node)
    return (
        f"<{_line_tag(new)}{_alignment(new)}{_was(node, new)}{_notes(node)}>{_children(node, depth)}</{_line_tag(new)}>"
    )


def _was(node: Node, new: Node) -> str:
    """What a paragraph is until somebody accepts: its tag, its side, its list; all of it is suggested by one hand."""
    place, changes = relist_of(node), list(changes_of(node).values())
    moves = place is not None and (_is_listed(place) or _is_listed(place.get("was")))
    stays = not moves and _line_tag(new) == _line_tag(node) and _alignment(new) == _alignment(node)
    if stays or not changes:
        return ""
    old = place.get("was") if place is not None else None
    kind, level = (old.get("list"), old.get("level")) if isinstance(old, dict) else ("", None)
    is_item = kind in ("bulletList", "orderedList") and isinstance(level, int) and 0 <= level < 9
    listed = f' data-was-list="{kind} {int(level or 0)}"' if is_item else ""
    side = _attrs(node).get("textAlign")
    aligned = f' data-was-align="{side}"' if isinstance(side, str) and side in ALIGNMENTS else ""
    here = ' data-list-changed=""' if place is not None else ""
    return f' data-was="{_line_tag(node)}"{aligned}{listed}{here}{_proposer({"attrs": changes[0]})}'


def _is_listed(place: object) -> bool:
    """Whether a place is one of a list that Word knows: tasks are paragraphs with a box there."""
    return isinstance(place, dict) and place.get("list") in ("bulletList", "orderedList")


def _notes(node: Node) -> str:
    """What is suggested about a node and no change of a file can hold (`noting`), by whom and when."""
    notes = _attrs(node).get(NOTES)
    if not isinstance(notes, tuple):
        return ""
    said = json.dumps([[note.name, note.at, note.text] for note in notes], ensure_ascii=False)
    return f' data-notes="{escape(said, quote=True)}"'


def _line_tag(node: Node) -> str:
    if node.get("type") != "heading":
        return "p"
    return "h4" if _attrs(node).get("level") == 4 else "h3"


def _alignment(node: Node) -> str:
    align = _attrs(node).get("textAlign")
    return f' class="align-{align}"' if isinstance(align, str) and align in ALIGNMENTS and align != "left" else ""


def _ordered(node: Node, depth: int) -> str:
    start = first_number(node)
    start_html = f' start="{start}"' if start > 1 else ""
    return f"<ol{start_html}>{_children(node, depth)}</ol>"


def first_number(node: Node) -> int:
    """The number of the first item of an ordered list."""
    start = _attrs(node).get("start")
    return start if isinstance(start, int) and 1 < start < 10_000 else 1


def _task_list(node: Node, depth: int) -> str:
    return f'<ul class="task-list">{_children(node, depth)}</ul>'


def _task(node: Node, depth: int) -> str:
    done = _attrs(node).get("checked") is True
    label = "已完成" if done else "未完成"
    box = f'<span class="task-box" role="img" aria-label="{label}" data-done="{str(done).lower()}"></span>'
    [first, *_others] = node.get("content") or [{}]
    change = relist_of(first)
    if change is not None:  # only `render_proposed` comes here with one: it would be a task
        box = _proposed(box, {} if was_task(change) else {INSERTION: {"attrs": change}})
    return f"<li>{box}<div>{_children(node, depth)}</div></li>"


def _table(node: Node, depth: int) -> str:
    return (
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="表格">'
        f"<table>{_columns(node)}<tbody>{_children(node, depth)}</tbody></table></div>"
    )


def _columns(node: Node) -> str:
    """Widths as plain `width` attributes: the page's policy forbids style attributes."""
    rows = [row for row in node.get("content", ()) if row.get("type") == "tableRow"]
    widths: list[str] = []
    for cell in rows[0].get("content", ()) if rows else ():
        attrs = _attrs(cell)
        known = attrs.get("colwidth")
        span = _span(attrs.get("colspan"))
        for i in range(span):
            width = known[i] if isinstance(known, list) and i < len(known) else None
            widths.append(f' width="{width}"' if isinstance(width, int) and 0 < width < 3000 else "")
    return "<colgroup>" + "".join(f"<col{width}>" for width in widths) + "</colgroup>" if any(widths) else ""


def _cell(tag: str) -> Callable[[Node, int], str]:
    def write(node: Node, depth: int) -> str:
        attrs = _attrs(node)
        spans = ""
        for name in ("colspan", "rowspan"):
            span = _span(attrs.get(name))
            spans += f' {name}="{span}"' if span > 1 else ""
        spans += _alignment({"attrs": {"textAlign": attrs.get("align")}})
        return f"<{tag}{spans}{_proposed_whole(node, 'cell')}{_merging(node)}{_notes(node)}>{_children(node, depth)}</{tag}>"

    return write


def _span(value: Any) -> int:
    return value if isinstance(value, int) and 1 <= value <= MAX_SPAN else 1


def _image(node: Node, depth: int) -> str:
    attrs = _attrs(node)
    source = attrs.get("src")
    if not isinstance(source, str) or not _own_path(source):
        return ""
    alt = escape(str(attrs.get("alt") or "插图"), quote=True)
    size = attrs.get("size")
    size_class = f' class="image-{size}"' if isinstance(size, str) and size in SIZES else ""
    shown = f'<img src="{escape(source, quote=True)}" alt="{alt}"{size_class} loading="lazy">'
    changes = {kind: {"attrs": change} for kind in (INSERTION, DELETION) if (change := change_of(node, kind))}
    return _proposed(shown, changes)


def _row(node: Node, depth: int) -> str:
    return f"<tr{_proposed_whole(node, 'row')}>{_children(node, depth)}</tr>"


def _proposed_whole(node: Node, what: str) -> str:
    """Who would put in or take out a row or a cell; only `render_proposed` comes here with one."""
    for kind, name in ((INSERTION, "ins"), (DELETION, "del")):
        change = change_of(node, kind)
        if change is not None:
            return f' data-{what}="{name}"{_proposer({"attrs": change})}'
    return ""


def _merging(node: Node) -> str:
    """What a cell is of those that would be one: the first (`rest`), or one below it (`cont`)."""
    merged = _attrs(node).get(MERGED)
    if not isinstance(merged, Merged):
        return ""
    return f' data-merge="{merged.part}"{_proposer({"attrs": merged.change})}'


def _card(node: Node, depth: int) -> str:
    """A title that leads somewhere on this site; who may see what is there is decided when it is opened."""
    attrs = _attrs(node)
    title, href = escape(str(attrs.get("title", ""))), attrs.get("href")
    own = isinstance(href, str) and _own_path(href)
    link = f'<a href="{escape(str(href), quote=True)}">{title}</a>' if own else f"<span>{title}</span>"
    from_second = _SECOND.search(str(href)) if own else None
    start = f"{int(from_second[1]) // 60:02}:{int(from_second[1]) % 60:02} 起" if from_second else ""
    label = escape(str(attrs.get("label", "")))
    return (
        f'<div class="link-card"><span class="link-card-kind">{label}</span>{link}'
        f'<span class="link-card-from">{start}</span></div>'
    )


def _own_path(address: str) -> bool:
    """Pictures are kept here: an address of another site would tell it who reads the plan."""
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return False
    try:
        return not urlsplit(address).netloc
    except ValueError:
        return False


def _text(node: Node) -> str:
    formula = formula_of(node)
    html = _formula(formula, 0) if formula is not None else escape(str(node.get("text", "")), quote=False)
    marks = {mark.get("type"): mark for mark in node.get("marks", ()) if isinstance(mark, dict)}
    for name in reversed(MARK_ORDER):
        if name not in marks:
            continue
        if name == "link":
            html = _link(html, marks[name])
        elif name == "pinyin":
            html = _ruby(html, marks[name])
        else:
            html = f"<{MARKS[name]}>{html}</{MARKS[name]}>"
    return _commented(_proposed(_written_by(html, marks.get("author")), marks), node)


def _proposed(html: str, marks: dict[Any, Node]) -> str:
    """Say who proposed a text or its end; only `render_proposed` comes here with one."""
    if "deletion" in marks:
        html = f"<del{_proposer(marks['deletion'])}>{html}</del>"
    if "insertion" in marks:
        broken = html.replace(BREAK, "<wbr>").replace(JOIN, "<wbr data-joins>")
        html = f"<ins{_proposer(marks['insertion'])}>{broken}</ins>"
    return html


def _proposer(mark: Node) -> str:
    attrs = _attrs(mark)
    at = attrs.get("at")
    when = at if isinstance(at, int) and at > 0 else 0
    return f' data-change="{escape(str(attrs.get("name", ""))[:60], quote=True)}" data-at="{when}"'


def _commented(html: str, node: Node) -> str:
    """Say which comments are about a text; only a document that was read with them has any."""
    marks = (mark for mark in node.get("marks", ()) if isinstance(mark, dict) and mark.get("type") == "comment")
    about = " ".join(escape(str(_attrs(mark).get("cid", "")), quote=True) for mark in marks)
    return f'<span data-comments="{about}">{html}</span>' if about else html


def _written_by(html: str, mark: Node | None) -> str:
    """Say who wrote a text (`authorship`); only the page of a plan's past gives it a look."""
    tone = _attrs(mark).get("tone") if mark else None
    return f'<span class="wrote wrote-{tone}">{html}</span>' if isinstance(tone, int) and 0 <= tone < 8 else html


def _link(html: str, mark: Node) -> str:
    address = safe_url(str(_attrs(mark).get("href", "")))
    if not address:
        return html
    return f'<a href="{escape(address, quote=True)}" rel="noopener noreferrer nofollow">{html}</a>'


def _ruby(html: str, mark: Node) -> str:
    over = escape(str(_attrs(mark).get("text", ""))[:40])
    return f"<ruby>{html}<rp>（</rp><rt>{over}</rt><rp>）</rp></ruby>" if over else html


def _formula(node: Node, depth: int) -> str:
    attrs = _attrs(node)
    tex, display = str(attrs.get("tex", "")), attrs.get("display") is True
    shown = mathml(tex, display=display) or f"<code>{escape(tex)}</code>"
    html = f'<span class="formula{" is-display" if display else ""}">{shown}</span>'
    going = change_of(node, DELETION)
    return html if going is None else _proposed(html, {DELETION: {"attrs": going}})


WRITERS: dict[str, Callable[[Node, int], str]] = {
    "planSection": _section,
    "paragraph": _paragraph,
    "heading": _heading,
    "orderedList": _ordered,
    "taskList": _task_list,
    "taskItem": _task,
    "table": _table,
    "tableRow": _row,
    "tableCell": _cell("td"),
    "tableHeader": _cell("th"),
    "image": _image,
    "card": _card,
    "formula": _formula,
    "board": lambda node, depth: board_svg(list(node.get("content", ()))),
    "hardBreak": lambda node, depth: "<br>",
    "horizontalRule": lambda node, depth: "<hr>",
}

BLOCKS = {"paragraph", "heading", "planSection", "tableRow", "hardBreak", "listItem", "taskItem", "card", "boardText"}
LEAF_WORDS = {"card": "title", "formula": "tex", "boardText": "text"}
"""Nodes without text of their own, and the attribute that stands for them in search."""
SHOWN = {"image", "table", "card", "formula", "board"}
"""What is something to see without a word in it."""


def plain_text(node: Node, depth: int = 0, *, with_titles: bool = True) -> str:
    """The words of a node, blocks on lines of their own; section titles included unless told otherwise.

    What is only suggested is not there yet, what is suggested to go still is.
    """
    if node.get("type") == "text":
        return "" if is_insertion(node) else str(node.get("text", ""))
    if is_proposed(node):
        return ""
    if node.get("type") in LEAF_WORDS:
        return _leaf_words(node) if with_titles else ""
    if depth > MAX_DEPTH:
        return ""
    inner = "".join(plain_text(child, depth + 1, with_titles=with_titles) for child in node.get("content", ()))
    if node.get("type") == "planSection" and with_titles:
        inner = f"{_attrs(node).get('title', '')}\n{inner}"
    return inner + "\n" if node.get("type") in BLOCKS and not inner.endswith("\n") else inner


def _leaf_words(node: Node) -> str:
    kind = str(node.get("type"))
    words = str(_attrs(node).get(LEAF_WORDS[kind], ""))
    return f"{words}\n" if kind in BLOCKS else words


def outline(document: Node) -> list[tuple[str, str]]:
    """Key and title of each section, in order."""
    return [
        (str(_attrs(node).get("key", "")), str(_attrs(node).get("title", "")))
        for node in document.get("content", ())
        if node.get("type") == "planSection"
    ]


def count_characters(document: Node) -> int:
    """Characters written by people: no white space, no section titles, no line that a template begins with."""
    lines = plain_text(document, with_titles=False).split("\n")
    return sum(len("".join(line.split())) for line in lines if line.strip() not in GIVEN)


def _has_something_to_see(node: Node, depth: int = 0) -> bool:
    if node.get("type") in SHOWN:
        return True
    return depth < MAX_DEPTH and any(_has_something_to_see(child, depth + 1) for child in node.get("content", ()))
