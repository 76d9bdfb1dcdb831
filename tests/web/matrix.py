"""What the frame serves to everybody."""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, everyone, expect_words


def build(cast: Cast) -> dict[str, int]:
    return {}


ROUTES = {
    ("GET", "offline"): Row("/offline", everyone()),
    ("GET", "service_worker"): Row("/sw.js", everyone()),
}

SOCKETS = {
    "join a room that does not exist": SocketRow("/live", "join", expect_words("not_found"), {"topic": "nothing:1"}),
    "leave": SocketRow("/live", "leave", expect_words("ok"), {"topic": "nothing:1"}),
}
