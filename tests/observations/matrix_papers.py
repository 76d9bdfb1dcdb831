"""What can be taken out of the lesson of `matrix`, and its lanes: whoever sees it gets what they may read of it."""

from __future__ import annotations

from tests.observations.matrix import LESSON, build, watchers
from tests.support.matrix import Row

__all__ = ["ROUTES", "build"]

PAPERS = LESSON + "/papers"
ROUTES = {
    ("GET", "observations.lanes"): Row(
        LESSON + "/lanes", {**watchers(404, owner=200, host=200), "colleague": 200, "leader": 200}
    ),
    ("GET", "observations.papers"): Row(PAPERS, watchers(200)),
    ("GET", "observations.comments_file"): Row(PAPERS + "/comments?format=vtt", watchers(200)),
    ("GET", "observations.record_file"): Row(PAPERS + "/record", watchers(200)),
    ("GET", "observations.scores_file"): Row(PAPERS + "/scores", {**watchers(403, owner=200), "colleague": 200}),
    ("GET", "observations.minutes_file"): Row(PAPERS + "/minutes", watchers(200)),
}
