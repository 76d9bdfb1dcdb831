"""Everybody may search; what each finds is tested elsewhere."""

from tests.support.cast import Cast
from tests.support.matrix import Row, everyone, signed_in


def build(cast: Cast) -> dict[str, int]:
    return {}


ROUTES = {
    ("GET", "search.index"): Row("/search?q=三国&subject=语文&sort=newest&page=2", everyone()),
    ("GET", "search.suggestions"): Row("/search/suggestions?q=三", everyone()),
    ("POST", "search.forget_recent"): Row("/search/recent/removal", signed_in(302)),
}
