"""Who wrote which character of a document, judged by the log: whoever's edit first brought it to the server.

What is asked is not Yjs's own writer number, which a device invents and which says nothing about a resent edit, but the
person behind the log row. What the beginning of a document contains (a template, an import) is nobody's. What came back
with an earlier version stays with those who wrote it (`credits_after_restoring`).

The characters of a document are found by deleting, in a copy, everything that one person wrote, and looking at what
goes: that leaves all questions of order to the library.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.collab.history import History
from yanxiu.lessonplans.collab.ranges import deleting, text_ranges
from yanxiu.lessonplans.collab.varint import Truncated
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.restoring import replacements
from yanxiu.lessonplans.document.sections import key_of, sections_of
from yanxiu.lessonplans.document.suggesting import as_undecided
from yanxiu.lessonplans.document.ydoc import FIELD, json_from_doc, load

MARK = "author"
"""Name of the mark that says who wrote a text; it exists only in what is shown, never in a stored document."""

TONES = 8

Span = tuple[int, int]
Path = tuple[int, ...]


class Claim(NamedTuple):
    """The characters of writer `client` from `first` up to, not including, `until`."""

    client: int
    first: int
    until: int
    user_id: int | None


class Authors:
    """Characters by author. Whoever claims one first keeps it."""

    def __init__(self) -> None:
        self._claims: dict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def claim(self, client: int, first: int, until: int, user_id: int) -> None:
        """Give what is not anybody's yet between `first` and `until` to `user_id`; 0 is nobody, for good."""
        known = self._claims[client]
        if not known or known[-1][1] <= first:
            if first < until:
                known.append((first, until, user_id))
            return
        for start, end in _gaps(known, first, until):
            known.insert(bisect_right(known, (start,)), (start, end, user_id))

    def claim_update(self, update: bytes, user_id: int) -> None:
        """Give what an update puts in to whoever sent it. What cannot be read is nobody's."""
        try:
            for client, first, until in list(text_ranges(update)):
                self.claim(client, first, until, user_id)
        except (Truncated, IndexError, UnicodeError):
            return

    def by_author(self) -> dict[int, dict[int, list[Span]]]:
        """Return the spans of each person, by writer."""
        found: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
        for client, claims in self._claims.items():
            for first, until, user_id in claims:
                if user_id:
                    found[user_id][client].append((first, until))
        return {user_id: dict(spans) for user_id, spans in sorted(found.items())}


def _gaps(known: Sequence[tuple[int, int, int]], first: int, until: int) -> list[Span]:
    gaps, at = [], first
    for start, end, _user in known:
        if end <= at or start >= until:
            continue
        if start > at:
            gaps.append((at, start))
        at = max(at, end)
    return [*gaps, (at, until)] if at < until else gaps


def authors_in(history: History, credits: Iterable[Any] = ()) -> Authors:
    """Return who wrote what. `credits` (rows of PlanCredit) are asked before the log."""
    authors = Authors()
    for credit in credits:
        authors.claim(credit.client, credit.first, credit.until, credit.user_id or 0)
    authors.claim_update(history.beginning, 0)
    for entry in history.entries:
        authors.claim_update(entry.data, entry.user_ids[0] if len(entry.user_ids) == 1 else 0)
    return authors


def with_authors(state: bytes, authors: Authors) -> Node:
    """Return the document with a mark on each stretch of text whose author is known; `tone` is one of eight colors."""
    doc = load(state)
    root = doc.get(FIELD, type=XmlFragment)
    by_author = authors.by_author()
    found = [(user, span) for user, where in by_author.items() for span in _found(state, where)]
    tones = {user: number % TONES for number, user in enumerate(dict.fromkeys(user for user, _span in found))}
    with doc.transaction():
        for text in _texts(root):
            text.format(0, len(text), {MARK: None})  # nobody can claim a text by writing the mark into the document
        for user, (path, start, end) in found:
            place = _at(root, path)
            if place is not None:
                place.format(start, end, {MARK: {"id": user, "tone": tones[user]}})
    return json_from_doc(doc)


def _texts(node: Any) -> Iterator[XmlText]:
    if isinstance(node, XmlText):
        if len(node):
            yield node
        return
    for child in node.children:
        yield from _texts(child)


def _found(state: bytes, where: dict[int, list[Span]]) -> Iterator[tuple[Path, int, int]]:
    """Yield where in the document these characters stand: path of the text, first byte, first byte behind."""
    copy: Doc = load(state)
    events: list[tuple[Path, list[dict[str, Any]]]] = []
    root = copy.get(FIELD, type=XmlFragment)
    watching = root.observe_deep(lambda seen: events.extend((tuple(e.path), e.delta) for e in seen))
    copy.apply_update(deleting(where))
    del watching
    for path, delta in events:
        at = 0
        for step in delta:
            if "retain" in step:
                at += step["retain"]
            elif "delete" in step:
                yield path, at, at + step["delete"]
                at += step["delete"]


def _at(root: XmlFragment, path: Path) -> XmlText | None:
    node: Any = root
    for index in path:
        if not isinstance(node, (XmlFragment, XmlElement)) or index >= len(node.children):
            return None
        node = node.children[index]
    return node if isinstance(node, XmlText) else None


def author_of(text: Node) -> int | None:
    """Return who wrote a text node of `with_authors`."""
    return next((mark["attrs"]["id"] for mark in text.get("marks", ()) if mark["type"] == MARK), None)


def tone_of(document: Node) -> dict[int, int]:
    """Return the color of each author in a document of `with_authors`."""
    marks = (mark for text in texts_in(document) for mark in text.get("marks", ()) if mark["type"] == MARK)
    return {mark["attrs"]["id"]: mark["attrs"]["tone"] for mark in marks}


def texts_in(node: Node) -> Iterator[Node]:
    """Yield the text nodes of a document in order."""
    if node.get("type") == "text":
        yield node
    for child in node.get("content", ()):
        yield from texts_in(child)


def adopted(document: Node) -> Counter[int]:
    """Count the characters (no white space) of each known author in a document of `with_authors`.

    What is only suggested is not adopted yet.
    """
    counts: Counter[int] = Counter()
    for text in texts_in(as_undecided(document)):
        user_id = author_of(text)
        if user_id is not None:
            counts[user_id] += sum(1 for char in text["text"] if not char.isspace())
    return counts


def credits_after_restoring(update: bytes, brought_back: Iterable[Node]) -> list[Claim]:
    """Return whose the characters are that `restoring_update` puts in.

    `brought_back` are the nodes it writes, as `with_authors` gives them: their characters are written in this order.
    """
    clocks = list(text_ranges(update))
    claims: list[Claim] = []
    for text in (text for node in brought_back for text in texts_in(node)):
        length = len(text["text"].encode("utf-16-le")) // 2
        for client, first, until in _taken(clocks, length):
            claims.append(Claim(client, first, until, author_of(text)))
    return claims


def credits_after_pulling(
    update: bytes, have: Node, wanted: Node, marked: Node | None, pulled: Collection[str]
) -> list[Claim]:
    """Return whose the characters are that sections of the shared plan bring along: nobody's, as those of a template.

    What `restoring_update` writes anew beside them stays with its writers, as `marked` (`have` by `with_authors`) says.
    """
    own = {key: node for key, node in sections_of(marked or have).items() if key not in pulled}
    want = wanted["content"]
    parts = replacements(have["content"], want)
    nodes = [node for part in parts for node in want[part.first : part.until]]
    shown = [own.get(key_of(node), node) if node.get("type") == "planSection" else node for node in nodes]
    return credits_after_restoring(update, shown)


def _taken(clocks: list[tuple[int, int, int]], length: int) -> Iterator[tuple[int, int, int]]:
    """Take so many clocks off the front of the list."""
    while length and clocks:
        client, first, until = clocks.pop(0)
        end = min(until, first + length)
        yield client, first, end
        if end < until:
            clocks.insert(0, (client, end, until))
        length -= end - first
