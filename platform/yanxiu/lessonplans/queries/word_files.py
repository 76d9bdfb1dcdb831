"""A lesson plan as a Word file to be printed and filed: title, card, sections, and the 板书 as a picture."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, BinaryIO

from yanxiu.core.pdf import PdfFile
from yanxiu.core.word import SMALL, Picture, WordFile, run_xml
from yanxiu.core.word_comments import Thread, Voice
from yanxiu.lessonplans.document.board import COLORS, HEIGHT, WIDTH, points_of
from yanxiu.lessonplans.document.html import render_html, render_proposed
from yanxiu.lessonplans.document.nodes import Node, paragraph
from yanxiu.lessonplans.document.remarks import LOST
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.queries.comments import CommentOnText
from yanxiu.lessonplans.queries.papers import pictures_of

NOTHING = "—"
"""Stands where the card was not filled in."""
_BOARD = "/board/"


@dataclass(frozen=True)
class Remarks:
    """What stands in a file beside the text: comments, and whether 修订 are shown as Word's own."""

    comments: Sequence[CommentOnText] = ()
    proposed: bool = False

    def threads(self) -> dict[str, Thread]:
        """The comments whose words are there, by the number of their mark."""
        return {each.anchor: thread_of(each) for each in self.comments if each.passage is not None}


NO_REMARKS = Remarks()


def word_of_plan(plan: LessonPlan, document: Node, about: str = "", remarks: Remarks = NO_REMARKS) -> bytes:
    """Return the file; `about` says which version it is. A document that was read with its comments shows them."""
    html, picture = printed(plan.id, document, proposed=remarks.proposed)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "plan.docx"
        with WordFile(target) as word:
            word.title(plan.title)
            word.card(card_of(plan))
            if about:
                word.paragraph(about, SMALL)
            write_lost(word, remarks)
            word.html(html, picture, threads=remarks.threads())
        return target.read_bytes()


def pdf_of_plan(plan: LessonPlan, document: Node, about: str = "") -> bytes:
    """Return the plan for paper, as if nothing that 修订 propose was accepted; `about` says which version it is."""
    html, picture = printed(plan.id, document)
    with tempfile.TemporaryDirectory() as folder:
        with PdfFile(Path(folder), plan.title, whole=True) as pdf:
            pdf.title(plan.title)
            pdf.html(_card_html(card_of(plan)))
            if about:
                pdf.paragraph(about, SMALL)
            pdf.html(html, picture)
        return pdf.parts[0].read_bytes()


def write_lost(word: WordFile, remarks: Remarks) -> None:
    """Write comments whose words are gone, each about a line that says so."""
    for comment in remarks.comments:
        if comment.passage is None:
            before, after = word.comment(thread_of(comment))
            word.runs([before, run_xml(f"{LOST}{comment.quote}", ()), after], SMALL)


def thread_of(comment: CommentOnText) -> Thread:
    """A comment with its answers, as a Word file takes it."""
    return Thread([Voice(said.author, said.at, said.text) for said in comment.said], comment.resolved)


def printed(plan_id: int, document: Node, *, proposed: bool = False) -> tuple[str, Picture]:
    """The text of a plan for paper, its drawings as pictures, and how its pictures are found; `proposed`: with 修订."""
    boards: dict[str, bytes] = {}
    html = (render_proposed if proposed else render_html)(_with_drawn_boards(document, boards))
    kept = pictures_of(plan_id)

    def picture(address: str) -> BinaryIO | None:
        drawn = boards.get(address)
        return io.BytesIO(drawn) if drawn is not None else kept(address)

    return html, picture


def card_of(plan: LessonPlan) -> list[tuple[str, str]]:
    """What the head of the printed plan says, in pairs."""
    pairs = [
        ("学科", plan.subject),
        ("年级", plan.grade or plan.stage),
        ("教材版本", plan.edition),
        ("册次", plan.volume),
        ("单元", plan.unit),
        ("课时", f"{plan.periods} 课时"),
        ("主备人", plan.owner.name),
        ("学校", plan.organization.name),
    ]
    return [(name, text or NOTHING) for name, text in pairs]


def _card_html(pairs: Sequence[tuple[str, str]]) -> str:
    """Two pairs on a line."""
    cells = [f"<th>{escape(name)}</th><td>{escape(text)}</td>" for name, text in pairs]
    rows = ("".join(cells[at : at + 2]) for at in range(0, len(cells), 2))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _with_drawn_boards(node: Node, boards: dict[str, bytes]) -> Node:
    """The node with each drawing as a picture, and the words on it below."""
    if "content" not in node:
        return node
    content: list[Node] = []
    for child in node["content"]:
        content += _board(child, boards) if child.get("type") == "board" else [_with_drawn_boards(child, boards)]
    return {**node, "content": content}


def _board(node: Node, boards: dict[str, bytes]) -> list[Node]:
    parts = node.get("content", ())
    strokes = [part["attrs"] for part in parts if part.get("type") == "stroke" and "attrs" in part]
    words = [
        str(part["attrs"].get("text", "")) for part in parts if part.get("type") == "boardText" and "attrs" in part
    ]
    shown: list[Node] = []
    if strokes:
        address = f"{_BOARD}{len(boards)}"
        boards[address] = _drawn(strokes)
        shown.append({"type": "image", "attrs": {"src": address, "alt": "板书"}})
    return [*shown, paragraph(f"板书上的字：{'；'.join(words)}")] if words else shown


def _drawn(strokes: list[dict[str, Any]]) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        width = stroke.get("width")
        points = points_of(stroke)
        if points:
            color = COLORS.get(str(stroke.get("color")), COLORS["black"])
            pen.line(
                points, fill=color, width=min(width, 40) if isinstance(width, int) and width > 0 else 4, joint="curve"
            )
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
