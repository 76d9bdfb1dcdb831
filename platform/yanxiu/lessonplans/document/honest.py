"""Whether an update does nothing but suggest: for people who may suggest changes (修订) and not make them. Pure.

The rule: with all suggestions of this person refused, the document says before and after the update the same - every word
and mark, everybody else's suggestions, every attribute - and what this person suggests is sound and signed by them. It is
judged on two states of a throw-away copy and not on the bytes, so it does not matter how an update says something.

What is put in as an element is one that says whose suggestion it is and goes as a whole (`document.adding`): with all new
elements taken out again the document must say the same too, so that none stands in the place of another, under which
somebody may just be typing. What cannot be judged so is left out as a whole: what parts a paragraph or a list in two.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

from pycrdt import Doc, Map, XmlElement, XmlFragment, XmlText

from yanxiu.lessonplans.collab.contents import XML_ELEMENT, XML_TEXT, Contents, Span, contents_of, without
from yanxiu.lessonplans.collab.nesting import ANY, BIG_INTEGER, BUFFER, DELETED, FORMAT, GC, TYPE, UNDEFINED
from yanxiu.lessonplans.collab.ranges import STRING, deleting
from yanxiu.lessonplans.collab.updates import MalformedUpdateError, missing_from, read_state_vector
from yanxiu.lessonplans.collab.varint import Truncated
from yanxiu.lessonplans.document.adding import (
    MOST_ELEMENTS,
    Added,
    MayShow,
    NotAddedError,
    check_added,
    check_tables,
    is_within,
)
from yanxiu.lessonplans.document.capturing import captures
from yanxiu.lessonplans.document.formats import LINES, PLACES, REALIGN, RELIST, RESHAPE, SIDES
from yanxiu.lessonplans.document.mark_names import COMMENT
from yanxiu.lessonplans.document.regridding import MERGE, SPLIT
from yanxiu.lessonplans.document.suggesting import DELETION, INSERTION, TEX, WHOLE
from yanxiu.lessonplans.document.switching import SWITCHES
from yanxiu.lessonplans.document.tables import CELLS
from yanxiu.lessonplans.document.ydoc import (
    DEFAULT_ATTRIBUTES,
    DEFAULT_MARK_ATTRIBUTES,
    FIELD,
    MAX_DEPTH,
    json_from_doc,
    plain,
)

KINDS = frozenset({GC, DELETED, STRING, FORMAT, TYPE, ANY})
NOTES = "decided"
"""The other shared type of a document: who accepted what (`static/src/lessonplans/suggesting/twice.js`)."""
MOST_CHARACTERS = 50_000
"""So many characters one person may have suggested in a document and not decided on."""
_ID = "{author}-[a-z0-9]{{1,16}}"
_SIGNED = frozenset({"id", "author", "name", "at"})
_MARKS = frozenset(
    {"bold", "italic", "strike", "underline", "link", "highlight", "pinyin", TEX, COMMENT, INSERTION, DELETION}
)
_NEEDED = {"link": "href", COMMENT: "cid"}
_LONGEST = 2_000
_LATEST = 4_102_444_800_000
"""Milliseconds: the year 2100. Dates beyond what a calendar holds cannot be written down."""

Owns = Callable[[int, bool], bool]
"""Whether a writer's number is this person's: the number, and whether the document has something by it."""


class DishonestError(Exception):
    """The update does something else than suggest; the message says what, for the log."""


class _Reader:
    """One look at a document: what stands there without this person's suggestions, and what these say."""

    def __init__(self, author: int) -> None:
        self.author = author
        self.values: set[str] = set()
        self.empty: Counter[tuple[str, str]] = Counter()
        """Attributes that are there without a plain value, which pages do not take for those that are not there."""
        self.own: list[Added] = []
        """What this person has suggested to put in as a whole: it may go, and hardly change."""
        self.elements = 0
        self.struck: set[str] = set()
        """What others would take out, by what their marks and attributes say; `struck_own`: of this person's own."""
        self.struck_own: set[str] = set()
        self.characters = 0
        self.shown = 0
        """UTF-16 units of all words that stand in the document, as Yjs counts them."""
        self.texts: list[tuple[XmlText, Any]] = []
        self.crowded = 0
        """Texts just beside another in one paragraph, as two leave them who begin in an empty one at once; who writes there
        next joins them. Also those where no words go."""

    def read(self, document: Doc) -> str:
        """Return all that must not change, so that it can be compared. As text: for Python 1 is `True`, for pages it is not."""
        if not set(document.keys()) <= {FIELD, NOTES}:
            raise DishonestError("another shared type")
        root = document.get(FIELD, type=XmlFragment)
        notes = document.get(NOTES, type=Map)
        with document.transaction():
            return json.dumps([self._children(root, "doc", 0), notes.to_py()], sort_keys=True, default=repr)

    def _children(self, parent: XmlFragment | XmlElement, tag: str, depth: int) -> list[Any]:
        if depth > MAX_DEPTH:
            raise DishonestError("too deep")
        made: list[Any] = []
        count = beside = 0
        was_text = False
        texts: list[tuple[XmlText, Any]] = []
        for child in parent.children:
            count += 1
            beside += was_text and isinstance(child, XmlText)
            was_text = isinstance(child, XmlText)
            if isinstance(child, XmlText):
                runs = self._text(child, tag)
                texts.append((child, runs))
                for run in runs:
                    _add(made, *run)
            elif isinstance(child, XmlElement):
                made += self._element(child, tag, depth)
            else:
                raise DishonestError("neither element nor text")
        if count != len(parent.children):
            raise DishonestError("something between the elements")
        if not beside:
            self.texts += texts
        self.crowded += beside if tag in LINES else len(texts)
        return made

    def _element(self, element: XmlElement, parent: str, depth: int) -> list[Any]:
        tag = element.tag or ""
        self.elements += 1
        pairs = _pairs(element)
        self.empty.update((tag, key) for key, value in pairs if value is None)
        attributes = {**DEFAULT_ATTRIBUTES.get(tag, {}), **{k: plain(v) for k, v in pairs if v is not None}}
        own = {kind: attributes[kind] for kind in WHOLE.get(tag, ()) if self._is_own(attributes.get(kind))}
        for kind, value in own.items():
            self.values.add(_signature(kind, tag, value))
        kept = {key: value for key, value in attributes.items() if key not in own}
        if DELETION in kept:
            self._note_struck(kept[DELETION], INSERTION in own)
        if INSERTION in own and (tag not in CELLS or attributes.get("colspan") == 1):
            self.own.append(Added(parent, tag, kept, self._children(element, tag, depth + 1)))
            return []
        if INSERTION in own:
            kept[INSERTION] = attributes[INSERTION]
        return [(tag, kept, self._children(element, tag, depth + 1))]

    def _text(self, text: XmlText, tag: str) -> list[tuple[str, dict[str, Any]]]:
        if _pairs(text):
            raise DishonestError("attributes on a text")
        runs: list[Any] = []
        for value, formats in text.diff():
            if not isinstance(value, str):
                raise DishonestError("something within a text that is none")
            self.shown += len(value.encode("utf-16-le", errors="surrogatepass")) // 2
            marks = _marks(formats)
            own = {name for name in (INSERTION, DELETION) if self._is_own(marks.get(name))}
            for name in own:
                self._note(name, tag, marks[name])
            if DELETION in marks and DELETION not in own:
                self._note_struck(marks[DELETION], INSERTION in own)
            if INSERTION in own:
                self._read_own(value, marks)
            else:
                _add(runs, value, {name: mark for name, mark in marks.items() if name not in own})
        return runs

    def _note(self, name: str, tag: str, value: dict[str, Any]) -> None:
        if tag not in LINES:
            raise DishonestError(f"suggested in {tag}")
        self.values.add(_signature(name, tag, value))

    def _read_own(self, words: str, marks: dict[str, Any]) -> None:
        self.characters += len(words)
        for key, value in marks.items():
            name, _, is_numbered = key.partition(" ")
            needed = _NEEDED.get(name)
            if name not in _MARKS or (is_numbered and name != COMMENT) or not _is_flat(value):
                raise DishonestError(f"mark {name}")
            if needed is not None and not isinstance(value.get(needed), str):
                raise DishonestError(f"mark {name} without {needed}")

    def _note_struck(self, by: Any, is_own: bool) -> None:
        said = json.dumps(by, sort_keys=True, default=repr)
        self.struck.add(said)
        if is_own:
            self.struck_own.add(said)

    def _is_own(self, value: Any) -> bool:
        return isinstance(value, dict) and type(value.get("author")) is int and value["author"] == self.author


def check_suggesting(
    state: bytes, update: bytes, author: int, name: str, owns: Owns, may_show: MayShow = lambda _address: False
) -> bytes:
    """Raise DishonestError unless the update does nothing but suggest, in the name of this author; return what to keep of it.

    That is what the document does not have yet: something else said under a number that is known would count for nothing
    here, but might be what is read when the log is merged.
    """
    document = _loaded(state)
    vector = document.get_state()
    known = read_state_vector(vector)
    _contents(update)
    update = missing_from(update, vector)
    contents = _contents(update)
    _check_writers(contents, known, owns)
    before, after = _Reader(author), _Reader(author)
    stood = before.read(document)
    _apply(document, update)
    _check_complete(contents, read_state_vector(document.get_state()))
    if after.read(document) != stood:
        raise DishonestError("more than suggestions")
    if after.empty - before.empty:
        raise DishonestError("an attribute without a value")
    if after.crowded > before.crowded:
        raise DishonestError("a text beside another")
    _check_signatures(after.values - before.values, author, name, before)
    if not after.struck_own <= before.struck:  # what one types among words that somebody is just striking is struck too
        raise DishonestError("in somebody else's name")
    new = _new(contents.elements, contents, known)
    rest = _without_new(state, update, new) if any(new.values()) else None
    _check_elements(stood, before, after, rest, sum(map(len, new.values())))
    try:
        check_added(after.own, before.own, cache(may_show))
        if rest is not None:
            check_tables(json_from_doc(rest), json_from_doc(document), author)
    except NotAddedError as error:
        raise DishonestError(str(error)) from error
    if contents.types and any(_read_again(text, author) != runs for text, runs in before.texts):
        raise DishonestError("a text was put in the place of another")
    _check_shown(document, contents, known, before.shown, after.shown)
    if FORMAT in contents.kinds and captures(state, update, author):
        raise DishonestError("a place for others' words")
    if after.characters > max(MOST_CHARACTERS, before.characters):
        raise DishonestError("too much")
    return update


def _contents(update: bytes) -> Contents:
    try:
        contents = contents_of(update)
    except (Truncated, IndexError, UnicodeError) as error:
        raise DishonestError("unreadable") from error
    if not contents.kinds <= KINDS or not contents.types <= {XML_TEXT, XML_ELEMENT}:
        raise DishonestError("puts in something else than elements and text")
    if contents.tags & {BIG_INTEGER, BUFFER, UNDEFINED}:
        raise DishonestError("a value that no page writes")  # and at which pages stop that reckon with numbers
    return contents


def _loaded(state: bytes) -> Doc:
    document: Doc = Doc()
    _apply(document, state)
    return document


def _apply(document: Doc, update: bytes) -> None:
    try:
        document.apply_update(update)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
            raise
        raise MalformedUpdateError("unreadable update") from None


def _check_writers(contents: Contents, known: dict[int, int], owns: Owns) -> None:
    for client, (first, end) in contents.written.items():
        has = known.get(client, 0)
        if first != has:
            raise DishonestError("something before it is missing")
        if end > has and not owns(client, has > 0):
            raise DishonestError("with somebody else's number")


def _check_complete(contents: Contents, known: dict[int, int]) -> None:
    """What waits for something that nobody has would take effect later, unseen."""
    ends = Counter({client: end for client, (_first, end) in contents.written.items()})
    for client, spans in contents.deleted.items():
        ends[client] = max([ends[client], *(end for _first, end in spans)])
    if any(known.get(client, 0) < end for client, end in ends.items()):
        raise DishonestError("something that it needs is missing")


def _new(spans: dict[int, list[Span]], contents: Contents, known: dict[int, int]) -> dict[int, list[Span]]:
    """What of some stretches an update puts in and does not delete itself."""
    return {
        client: without(each, [(0, known.get(client, 0)), *contents.deleted.get(client, ())])
        for client, each in spans.items()
    }


def _without_new(state: bytes, update: bytes, elements: dict[int, list[Span]]) -> Doc:
    """The document after an update, with these elements taken out again."""
    made = _loaded(state)
    _apply(made, update)
    _apply(made, deleting(elements))
    return made


def _check_elements(stood: str, before: _Reader, after: _Reader, rest: Doc | None, count: int) -> None:
    """So many new elements must be shown, and nothing else may stand in one of them. `rest`: the document without them."""
    reader = after
    if rest is not None:
        reader = _Reader(after.author)
        if reader.read(rest) != stood:
            raise DishonestError("an element was put in the place of another")
        if after.elements - reader.elements != count:
            raise DishonestError("elements that nobody sees")
    if not is_within(reader.own, before.own):
        raise DishonestError("something else in what was to be put in")
    if sum(map(_size, after.own)) > max(MOST_ELEMENTS, sum(map(_size, before.own))):
        raise DishonestError("too many elements")


def _size(added: Added) -> int:
    return 1 + sum(_count(child) for child in added.children)


def _count(child: Any) -> int:
    return 1 + sum(map(_count, child[2])) if len(child) == 3 else 0


def _check_shown(document: Doc, contents: Contents, known: dict[int, int], before: int, after: int) -> None:
    """All words must be shown that it does not delete itself. What is put into a paragraph that has ended is not; but the
    page of whoever ended it would put those words into the text, as nobody's suggestion (`kept-words.js`).
    """
    new = _new(contents.texts, contents, known)
    expected = sum(end - first for spans in new.values() for first, end in spans)
    if not expected or (not any(contents.deleted.values()) and after - before == expected):
        return
    _apply(document, deleting(new))
    rest = _Reader(0)
    rest.read(document)
    if after - rest.shown != expected:
        raise DishonestError("words that nobody sees")


def _read_again(text: XmlText, author: int) -> Any:
    return _Reader(author)._text(text, LINES[0])


def _check_signatures(values: set[str], author: int, name: str, before: _Reader) -> None:
    for signature in values:
        kind, tag, value = json.loads(signature)
        more = {key: value[key] for key in value if key not in _SIGNED}
        signed = re.fullmatch(_ID.format(author=author), str(value.get("id"))) and set(value) >= _SIGNED
        at = value.get("at")
        if not signed or isinstance(at, bool) or not isinstance(at, (int, float)) or not 0 <= at < _LATEST:
            raise DishonestError("not signed as it should be")
        names = {json.loads(known)[2].get("name") for known in before.values}
        if value["name"] != name and value["name"] not in names:
            raise DishonestError("under another name")
        if not _says_something(kind, tag, more):
            raise DishonestError(f"no such suggestion: {kind}")


def _says_something(kind: str, tag: str, more: dict[str, Any]) -> bool:
    """Whether what a suggestion says beside its signature is what the editor writes for its kind."""
    if kind == RESHAPE:
        return more.get("type") in LINES and more.get("level") in (None, 3, 4) and set(more) <= {"type", "level"}
    if kind == REALIGN:
        return more.get("align") in SIDES and more.get("was") in SIDES and len(more) == 2
    if kind == RELIST:
        was = more.get("was")
        return set(more) == {"list", "level", "was"} and _is_place(more) and isinstance(was, dict) and _is_place(was)
    if kind in SWITCHES:
        return set(more) == {"on"} and isinstance(more["on"], bool)
    return kind in (INSERTION, DELETION, MERGE, SPLIT) and not more


def _is_place(value: dict[str, Any]) -> bool:
    level = value.get("level")
    return value.get("list") in PLACES and type(level) is int and 0 <= level <= MAX_DEPTH


def _signature(kind: str, tag: str, value: dict[str, Any]) -> str:
    return json.dumps([kind, tag, value], sort_keys=True)


def _is_flat(value: dict[str, Any]) -> bool:
    return all(
        isinstance(each, (int, float)) or (isinstance(each, str) and len(each) <= _LONGEST) for each in value.values()
    )


def _add(runs: list[Any], words: str, marks: dict[str, Any]) -> None:
    """Add a text to the one before where they look the same: nothing tells any more that they were two."""
    if runs and isinstance(runs[-1][0], str) and len(runs[-1]) == 2 and runs[-1][1] == marks:
        runs[-1] = (runs[-1][0] + words, marks)
    elif words:
        runs.append((words, marks))


def _marks(formats: dict[str, Any] | None) -> dict[str, Any]:
    """Marks by name; those that may overlap are stored under changing names, so by what they say too."""
    found: dict[str, Any] = {}
    for stored, value in (formats or {}).items():
        name, _, digest = stored.partition("--")
        says = {key: plain(each) for key, each in value.items()} if isinstance(value, dict) else {}
        says = {
            **DEFAULT_MARK_ATTRIBUTES.get(name, {}),
            **{key: each for key, each in says.items() if each is not None},
        }
        found[f"{name} {json.dumps(says, sort_keys=True)}" if digest else name] = says
    return found


def _pairs(element: XmlElement | XmlText) -> list[tuple[str, Any]]:
    pairs: Any = element.attributes
    return [pair for pair in pairs]  # noqa: C416  (`list` would ask for the length first, which reads them all once more)
