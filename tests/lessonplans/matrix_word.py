"""Who may take a plan out as a Word file: whoever may read it. Everybody may read one in; these files are none."""

from __future__ import annotations

from tests.lessonplans.matrix import HIDDEN, READERS, VIEW, build
from tests.support.matrix import Row, expect, signed_in

__all__ = ["ROUTES", "build"]

ROUTES = {
    ("GET", "lessonplans.word"): Row("/lesson-plans/{plan}.docx?revision=1", expect(200, **HIDDEN)),
    ("GET", "lessonplans.pdf"): Row("/lesson-plans/{plan}.pdf?revision=1", expect(200, **HIDDEN)),
    ("GET", "lessonplans.fill_from_word"): Row("/lesson-plans/{plan}/word", VIEW | READERS),
    ("POST", "lessonplans.fill_from_word"): Row(
        "/lesson-plans/{plan}/word", expect(422, **HIDDEN) | READERS, files={"file": (b"no Word file", "教案.docx")}
    ),
    ("POST", "lessonplans.read_word_file"): Row(
        "/lesson-plans/word", signed_in(422), files={"file": (b"no Word file", "教案.docx")}
    ),
    ("POST", "lessonplans.take_word"): Row("/lesson-plans/word/plan", signed_in(422), data={"token": "x"}),
}
