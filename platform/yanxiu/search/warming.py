"""What a search needs beside the program is loaded when somebody turns to a search box.

The dictionary that cuts words, NumPy, the spelling of characters and the index take 50 MiB and half a second: a process in which nobody
searches spares them, and whoever does need not wait, since all is there before the words are typed.
"""

from __future__ import annotations

import logging
from threading import Lock, Thread

from flask import Flask

from yanxiu.accounts.permissions import Viewer
from yanxiu.search.indexer import engine_of
from yanxiu.search.queries import Wanted, find, suggestions
from yanxiu.search.queries.shown import ask_of_each_kind

log = logging.getLogger(__name__)
SOMETHING = "教学设计"
LETTERS = "jiaoxue"
PAGE = "search/index.html"


class Warming:
    """Loads it once in a process, in a thread of its own; any thread may ask for it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = Lock()
        self._begun = False

    def begin(self, viewer: Viewer) -> None:
        """Begin, unless somebody has, with what this person may see; in tests nothing runs beside them."""
        with self._lock:
            if self._begun or self._app.testing:
                return
            self._begun = True
        try:
            Thread(target=self.run, args=(viewer,), name="search-warming", daemon=True).start()
        except RuntimeError:  # no thread is left: the first search loads it
            log.warning("what a search needs could not be loaded beforehand", exc_info=True)

    def run(self, viewer: Viewer) -> None:
        """Search for this person; nothing is noted and nothing shown. Trouble is logged."""
        try:
            with self._app.app_context():
                engine = engine_of(self._app)
                find(engine, viewer, Wanted(SOMETHING))
                suggestions(engine, viewer, LETTERS)
                ask_of_each_kind(viewer)
                self._app.jinja_env.get_template(PAGE)
        except Exception:
            log.warning("what a search needs could not be loaded beforehand", exc_info=True)
