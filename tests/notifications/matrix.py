"""An inbox is its reader's own. The one message is for `teacher`."""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words, signed_in
from tests.support.notifications import tell


def build(cast: Cast) -> dict[str, int]:
    return {"message": tell(cast.teacher.id, cast.leader.id), "teacher": cast.teacher.id}


ROUTES = {
    ("GET", "notifications.index"): Row("/notifications", signed_in()),
    ("GET", "notifications.unread"): Row("/notifications/unread", signed_in()),
    ("GET", "notifications.count"): Row("/notifications/count", signed_in()),
    ("POST", "notifications.read_all"): Row("/notifications/reading", signed_in(302), data={"until": "{message}"}),
    ("POST", "notifications.read"): Row(
        "/notifications/{message}/reading", expect(404, anonymous=302, teacher=302), data={}
    ),
}
SOCKETS = {
    "join an inbox": SocketRow(
        "/live", "join", expect_words("not_found", teacher="ok"), message={"topic": "user:{teacher}"}
    ),
}
