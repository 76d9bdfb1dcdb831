"""A kept search is its owner's own; the one here is `teacher`'s."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in
from yanxiu.search.queries import Matches, Wanted
from yanxiu.search.services import save_search

MINE = expect(404, anonymous=302, teacher=200)
MINE_TO_CHANGE = expect(404, anonymous=302, teacher=302)
KEPT = {"name": "三国的教案", "often": "weekly"}


def build(cast: Cast) -> dict[str, int]:
    saved = save_search(cast.user("teacher"), "三国", Wanted("三国", {"subject": "语文"}), "daily", Matches((), {}))
    return {"saved": saved.id}


ROUTES = {
    ("GET", "saved_searches.index"): Row("/search/saved", signed_in()),
    ("POST", "saved_searches.save"): Row("/search/saved", signed_in(302), data={**KEPT, "q": "三国 教案"}),
    ("POST", "saved_searches.change"): Row("/search/saved/{saved}", MINE_TO_CHANGE, data=KEPT),
    ("POST", "saved_searches.remove"): Row("/search/saved/{saved}/removal", MINE_TO_CHANGE, data={}),
    ("GET", "saved_searches.news"): Row("/search/saved/{saved}/news", MINE),
}
