"""Tracked changes of a Word file that a plan cannot hold open: read as they stand in the file, and counted by kind, so
that nobody's change is decided on unsaid. Runs in the child.
"""

from __future__ import annotations

from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMULA, BREAK, SPLIT, LOOK, PARAGRAPH = "formula", "break", "split", "look", "paragraph"
MERGE, MERGED_COLUMN, TABLE, PAGE, OTHER = "merge", "merged-column", "table", "page", "other"
_TABLE = ("tcPrChange", "tblPrChange", "trPrChange", "tblGridChange", "tblPrExChange")
_OTHER = ("numberingChange", "customXmlInsRangeStart", "customXmlDelRangeStart")
_OPEN = {f"{_W}{name}" for name in ("pStyle", "jc", "numPr")}
"""What of a paragraph's format is suggested as such where it changes."""
_BESIDE = {f"{_W}{name}" for name in ("rPr", "pPrChange", "rPrChange", "sectPr")}
_INDENT = f"{_W}ind"


class Decided:
    """How many changes of each kind were taken as they stand."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def note(self, kind: str, count: int = 1) -> None:
        if count:
            self._counts[kind] = self._counts.get(kind, 0) + count

    def told(self) -> list[list[Any]]:
        """Kinds and numbers, as JSON has them."""
        return [[kind, count] for kind, count in sorted(self._counts.items())]

    def structure(self, body: Any, taken: int) -> None:
        """Note what changes about cells, tables and pages; of the look of a table it is told once. `taken`: how many cells
        say what is suggested as such.
        """
        self.note(MERGE, sum(1 for _each in body.iter(f"{_W}cellMerge")) - taken)
        changes = body.iter(*(f"{_W}{name}" for name in _TABLE))
        self.note(TABLE, len({next(each.iterancestors(f"{_W}tbl"), None) for each in changes}))
        self.note(PAGE, sum(1 for _each in body.iter(f"{_W}sectPrChange")))
        self.note(OTHER, sum(1 for _each in body.iter(*(f"{_W}{name}" for name in _OTHER))))

    def formula(self, formula: Any, marks: list[Any]) -> None:
        """Note a formula that comes or goes, or changes within."""
        inner = next(formula.iter(f"{_W}ins", f"{_W}del"), None)
        self.note(FORMULA, int(bool(marks) or inner is not None))

    def paragraph(self, about: Any, was: Any, is_suggested: bool) -> None:
        """Note another format of a paragraph, unless all that is another is suggested."""
        taken = {_INDENT, *_OPEN} if is_suggested else set[str]()  # an item is moved with its indent
        self.note(PARAGRAPH, int(_looks(about, _BESIDE | taken) != _looks(was, _BESIDE | taken)))

    def look(self, run: Any) -> None:
        """Note words of another font, size or color."""
        about = run.find(f"{_W}rPr")
        change = about.find(f"{_W}rPrChange") if about is not None else None
        was = change.find(f"{_W}rPr") if change is not None else None
        has_words = any(child.tag != f"{_W}rPr" for child in run)
        if change is not None and has_words and _looks(about, _BESIDE) != _looks(was, _BESIDE):
            self.note(LOOK)


def _looks(about: Any, but: set[str]) -> set[tuple[Any, ...]]:
    """What is said about a paragraph or a run, to be compared."""
    if about is None:
        return set()
    return {(each.tag, *_said(each)) for each in about.iter() if each is not about and not _is_in(each, about, but)}


def _said(element: Any) -> list[tuple[str, str]]:
    return sorted((str(name), str(value)) for name, value in element.attrib.items())


def _is_in(element: Any, about: Any, but: set[str]) -> bool:
    while element is not about:
        if element.tag in but:
            return True
        element = element.getparent()
    return False
