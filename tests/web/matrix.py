"""What the frame serves to everybody."""

from tests.support.cast import Cast
from tests.support.matrix import Row, everyone


def build(cast: Cast) -> dict[str, int]:
    return {}


ROUTES = {
    ("GET", "offline"): Row("/offline", everyone()),
    ("GET", "service_worker"): Row("/sw.js", everyone()),
}
