"""The edits of the random weather (`converging`): characters, paragraphs and marks in, characters and paragraphs out."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.document.ydoc import FIELD

HAN, RARE = range(0x4E00, 0x9FA6), range(0x20000, 0x2A6D7)
"""Characters of one and of two UTF-16 units: three and four bytes here."""


@dataclass
class Edit:
    """One edit made: its update, the characters it put in and those it took out."""

    update: bytes
    put: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)


class Pen:
    """Writes into documents; no character twice, none that is in `known`.

    `unsafe` are the characters that may go although nobody deleted just them: somebody may remove their paragraph.
    """

    def __init__(self, chance: random.Random, known: set[str]) -> None:
        self.chance = chance
        self.unsafe: set[str] = set()
        self.fresh = self._characters(known)

    def _characters(self, known: set[str]) -> Iterator[str]:
        picked = self.chance.sample(HAN, 3000) + self.chance.sample(RARE, 300)
        self.chance.shuffle(picked)
        return (chr(code) for code in picked if chr(code) not in known)

    def edit(self, doc: Doc) -> Edit:
        """One random edit: characters somewhere, a new paragraph, a mark, some characters or a paragraph away."""
        before, made = doc.get_state(), Edit(b"")
        kinds = (self._type, self._paragraph, self._mark, self._erase, self._remove)
        with doc.transaction():
            self.chance.choices(kinds, (12, 2, 1, 3, 0.5))[0](doc, made.put, made.taken)
        made.update = doc.get_update(before)
        self.unsafe |= made.taken
        return made

    def _type(self, doc: Doc, put: set[str], _taken: set[str]) -> None:
        texts = texts_of(doc)
        if not texts:
            return self._paragraph(doc, put, _taken)
        text = self.chance.choice(texts)
        words = "".join(next(self.fresh) for _ in range(self.chance.randint(1, 4)))
        text.insert(self._place(text), words)
        put.update(words)
        if _is_loose(text):
            self.unsafe.update(words)  # somebody may remove the paragraph meanwhile
        return None

    def _place(self, text: XmlText) -> int:
        """A place between two characters, in bytes."""
        words = _plain(text)
        return len(words[: self.chance.randint(0, len(words))].encode())

    def _paragraph(self, doc: Doc, put: set[str], _taken: set[str]) -> None:
        root = doc.get(FIELD, type=XmlFragment)
        word = next(self.fresh)
        paragraph = root.children.insert(self.chance.randint(0, len(root.children)), XmlElement("paragraph"))
        paragraph.children.append(XmlText(word))
        put.add(word)
        self.unsafe.add(word)

    def _mark(self, doc: Doc, _put: set[str], _taken: set[str]) -> None:
        texts = texts_of(doc)
        if texts:
            text = self.chance.choice(texts)
            start, end = sorted((self._place(text), self._place(text)))
            if start < end:
                text.format(start, end, {self.chance.choice(("bold", "italic")): {}})

    def _erase(self, doc: Doc, _put: set[str], taken: set[str]) -> None:
        texts = texts_of(doc)
        if not texts:
            return
        text = self.chance.choice(texts)
        start, end = sorted((self._place(text), self._place(text)))
        if start < end:
            taken.update(_plain(text).encode()[start:end].decode())
            del text[start:end]

    def _remove(self, doc: Doc, _put: set[str], taken: set[str]) -> None:
        root = doc.get(FIELD, type=XmlFragment)
        loose = [index for index, child in enumerate(root.children) if child.tag == "paragraph"]
        if loose:
            index = self.chance.choice(loose)
            for text in root.children[index].children:
                taken.update(_plain(text))
            del root.children[index]


def characters_of(state: bytes) -> set[str]:
    doc: Doc = Doc()
    doc.apply_update(state)
    return {char for text in texts_of(doc) for char in _plain(text)}


def _plain(text: XmlText) -> str:
    return "".join(part for part, _marks in text.diff())


def _is_loose(text: XmlText) -> bool:
    """In a paragraph outside the sections: those may be removed whole."""
    paragraph = text.parent
    return not isinstance(paragraph, XmlElement) or not isinstance(paragraph.parent, XmlElement)


def texts_of(doc: Doc) -> list[XmlText]:
    """Every text of the document, in order."""
    found: list[XmlText] = []
    below: list[Any] = [doc.get(FIELD, type=XmlFragment)]
    while below:
        node = below.pop()
        if isinstance(node, XmlText):
            found.append(node)
        else:
            below += list(node.children)[::-1]
    return found
