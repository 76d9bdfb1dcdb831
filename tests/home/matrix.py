"""The front pages are for everybody."""

from tests.support.cast import Cast
from tests.support.matrix import Row, everyone


def build(cast: Cast) -> dict[str, int]:
    return {}


ROUTES = {
    ("GET", "home.front"): Row("/", everyone()),
}
