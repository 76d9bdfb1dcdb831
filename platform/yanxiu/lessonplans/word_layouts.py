"""Plans in the Word layout of their school: what a layout holds, a plan put into it, an example to begin with."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from yanxiu.core import clock
from yanxiu.core.storage import storage
from yanxiu.core.word import WordFile
from yanxiu.core.word_comments import named_in
from yanxiu.lessonplans.document.layouts import REST, TEXTS, LaidOut, laid_out
from yanxiu.lessonplans.document.nodes import Node, doc
from yanxiu.lessonplans.document.templates import TemplateSection
from yanxiu.lessonplans.models import LessonPlan, SchoolLayout
from yanxiu.lessonplans.queries.word_files import NO_REMARKS, Remarks, printed, write_lost

LayoutReader = Callable[..., AbstractContextManager[tuple[dict[str, Any], Path]]]
"""Runs a task (`placeholders`, `fill`) on a Word file in a child process with limits."""

CARD = ("学科", "年级", "教材版本", "册次", "单元", "课时", "主备人", "日期")
_reader: list[LayoutReader] = []


def use_layout_reader(reader: LayoutReader) -> None:
    """Say who opens layouts; done once by `wiring`."""
    _reader[:] = [reader]


def placeholders_in(path: PathLike[str]) -> tuple[list[str], list[str]]:
    """The names in the text of a layout, and those in its headers and footers."""
    with _reader[0]("placeholders", ".docx", path) as (result, _folder):
        return list(result["names"]), list(result["edges"])


@dataclass(frozen=True)
class Print:
    """Everything that a plan in a layout is made of; no database is needed for it any more."""

    layout_key: str
    beside: Mapping[str, bytes]


def print_of(
    plan: LessonPlan,
    document: Node,
    layout: SchoolLayout,
    empty: Mapping[str, Node],
    remarks: Remarks = NO_REMARKS,
) -> Print:
    """Collect what the child needs. What has no place in the layout comes last, but for the template's own words."""
    found = laid_out(document, layout.names, empty, proposed=remarks.proposed)
    names = {name: f"part-{number}" for number, name in enumerate(found.parts)}
    last = [] if set(REST) & set(layout.names) else ["rest"]
    values = {"texts": texts_of(plan), "parts": names | dict.fromkeys(REST, "rest"), "last": [*last, "lost"]}
    beside = {
        "content.docx": _content(plan.id, found, names, remarks),
        "values.json": json.dumps(values, ensure_ascii=False).encode(),
    }
    return Print(layout.file.key, beside)


def word_in_layout(wanted: Print) -> bytes:
    """The plan as its school prints it. The child takes its time: the caller holds no transaction."""
    with (
        storage().local_copy(wanted.layout_key) as path,
        _reader[0]("fill", ".docx", path, wanted.beside) as (_result, folder),
    ):
        return (folder / "filled.docx").read_bytes()


def texts_of(plan: LessonPlan) -> dict[str, str]:
    """What each name of one line stands for."""
    said = (
        plan.title,
        plan.subject,
        plan.stage,
        plan.grade or plan.stage,
        plan.edition,
        plan.volume,
        plan.unit,
        f"{plan.periods} 课时",
        plan.owner.name,
        plan.organization.name,
        f"{clock.today():%Y-%m-%d}",
    )
    return dict(zip(TEXTS, said, strict=True))


def _content(plan_id: int, found: LaidOut, names: dict[str, str], remarks: Remarks) -> bytes:
    """A Word file with each piece in a frame of its own, for the child to take apart.

    A comment stands in the first piece that has words of it.
    """
    pieces = {tag: doc(*found.parts[name]) for name, tag in names.items()} | {"rest": doc(*found.rest)}
    left = remarks.threads()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "content.docx"
        with WordFile(target) as word:
            for tag, piece in pieces.items():
                html, picture = printed(plan_id, piece, proposed=remarks.proposed)
                with _framed(word, tag):
                    word.html(html, picture, threads=left)
                left = {name: thread for name, thread in left.items() if name not in named_in(html)}
            with _framed(word, "lost"):
                write_lost(word, remarks)
        return target.read_bytes()


@contextmanager
def _framed(word: WordFile, tag: str) -> Iterator[None]:
    word.raw(f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent>')
    yield
    word.raw("</w:sdtContent></w:sdt>")


def example_layout(sections: Iterable[TemplateSection]) -> bytes:
    """A layout that prints everything, to be changed in Word."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "layout.docx"
        with WordFile(target) as word:
            word.title(_braced("学校") + "教案")
            word.heading(_braced("课题"), 2)
            word.card([(name, _braced(name)) for name in CARD])
            word.form([(section.title, _braced(section.title)) for section in sections])
            word.paragraph(_braced(REST[0]))
        return target.read_bytes()


def _braced(name: str) -> str:
    return "{{" + name + "}}"


def braced(names: Sequence[str]) -> str:
    """Names as they stand in a layout."""
    return "、".join(map(_braced, names))
