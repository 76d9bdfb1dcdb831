"""A document by its sections: what each says, what differs between two, and putting one section in place of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from re import compile as pattern

from yanxiu.lessonplans.document.html import plain_text, render_html
from yanxiu.lessonplans.document.matching import steps_between
from yanxiu.lessonplans.document.nodes import Node, doc
from yanxiu.lessonplans.document.templates import PlanTemplate, empty_document

KEPT, OUT, IN = "kept", "out", "in"
_SENTENCE = pattern(r"[^。！？；\n]*[。！？；\n]?")
MOST_LETTERS = 300
"""Longer sentences are compared as a whole: comparing letters grows with their square."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text and what happened to it."""

    text: str
    fate: str


@dataclass(frozen=True)
class SectionChange:
    """One section that differs: what was written and what is."""

    key: str
    title: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Both texts in the order of reading; sentence by sentence, inside a changed one by letters."""
        return list(_pieces(self.before, self.after))

    @property
    def characters(self) -> int:
        """How many characters were taken out or put in; white space is not counted."""
        return sum(len("".join(piece.text.split())) for piece in self.pieces if piece.fate != KEPT)


def sections_of(document: Node) -> dict[str, Node]:
    """The sections by key, in order; what stands outside of one is not in it."""
    return {key_of(node): node for node in document.get("content", ()) if node.get("type") == "planSection"}


def key_of(node: Node) -> str:
    """The key of a section."""
    return str(node.get("attrs", {}).get("key", ""))


def title_of(node: Node | None) -> str:
    return str((node or {}).get("attrs", {}).get("title", ""))


def words_of(node: Node | None) -> str:
    """What a section says, formulas and cards too, without its title."""
    return "".join(plain_text(child) for child in (node or {}).get("content", ())).strip()


def look_of(node: Node | None) -> str:
    """A section as it reads. What an editor writes out and what it leaves to a default look the same."""
    return render_html(doc(node)) if node is not None else ""


def section_differences(before: Node, after: Node) -> list[SectionChange]:
    """The sections that read differently, in the order of `after`; those that were taken out at the end."""
    old, new = sections_of(before), sections_of(after)
    keys = [*new, *(key for key in old if key not in new)]
    return [
        SectionChange(key, title_of(new.get(key) or old.get(key)), words_of(old.get(key)), words_of(new.get(key)))
        for key in keys
        if look_of(old.get(key)) != look_of(new.get(key))
    ]


def with_section(document: Node, key: str, wanted: Node | None, order: Sequence[str] = ()) -> Node:
    """The document with `wanted` as its section `key`; None takes it out. A new one stands where `order` puts it."""
    content = list(document.get("content", ()))
    at = next((i for i, node in enumerate(content) if node.get("type") == "planSection" and key_of(node) == key), None)
    if at is not None:
        content[at : at + 1] = [wanted] if wanted is not None else []
    elif wanted is not None:
        content.insert(_place(content, key, order), wanted)
    return {**document, "content": content}


def _place(content: Sequence[Node], key: str, order: Sequence[str]) -> int:
    before = set(order[: order.index(key)]) if key in order else set()
    places = [i + 1 for i, node in enumerate(content) if key_of(node) in before]
    return max(places, default=0 if before or key in order[:1] else len(content))


def missing_sections(document: Node, template: PlanTemplate | None, required: Sequence[str]) -> list[str]:
    """Titles of the required sections that say no more than the empty template."""
    empty = sections_of(empty_document(template)) if template is not None else {}
    have = sections_of(document)
    return [
        title_of(have.get(key) or empty.get(key)) or key
        for key in required
        if not says_something(have.get(key), empty.get(key))
    ]


def says_something(node: Node | None, empty: Node | None) -> bool:
    """Whether a section holds more than the template's empty one."""
    words = "".join(words_of(node).split())
    look = look_of(node)
    return "<img" in look or "<polyline" in look or (bool(words) and words != "".join(words_of(empty).split()))


def with_addresses(node: Node, move: Callable[[str], str]) -> Node:
    """The node with the addresses of its pictures changed."""
    changed = dict(node)
    attrs = node.get("attrs")
    if node.get("type") == "image" and isinstance(attrs, dict) and isinstance(attrs.get("src"), str):
        changed["attrs"] = {**attrs, "src": move(attrs["src"])}
    if "content" in node:
        changed["content"] = [with_addresses(child, move) for child in node["content"]]
    return changed


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = _sentences(before), _sentences(after)
    for tag, i1, i2, j1, j2 in steps_between(old, new):
        out, put = "".join(old[i1:i2]), "".join(new[j1:j2])
        if tag == "equal":
            yield Piece(out, KEPT)
        elif tag == "replace" and max(len(out), len(put)) <= MOST_LETTERS:
            yield from _letters(out, put)
        else:
            yield from _replaced(out, put)


def _sentences(text: str) -> list[str]:
    return [found for found in _SENTENCE.findall(text) if found]


def _letters(old: str, new: str) -> Iterator[Piece]:
    """Letters tell more than whole sentences only as long as something substantial of them stayed."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.5:
        yield from _replaced(old, new)
        return
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(old[i1:i2], KEPT)
        else:
            yield from _replaced(old[i1:i2], new[j1:j2])


def _replaced(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield Piece(old, OUT)
    if new:
        yield Piece(new, IN)
