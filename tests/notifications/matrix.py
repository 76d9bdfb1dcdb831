"""An inbox is its reader's own. The one message is for `teacher`."""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words, signed_in
from tests.support.notifications import tell
from tests.support.workshops import make_topic, make_workshop


def build(cast: Cast) -> dict[str, int]:
    topic = make_topic(cast.user("leader"), make_workshop(cast.user("leader"), [cast.user("teacher")]))
    message = tell(cast.teacher.id, cast.leader.id)
    return {"message": message, "teacher": cast.teacher.id, "topic": topic.id}


ROUTES = {
    ("GET", "notifications.index"): Row("/notifications", signed_in()),
    ("GET", "notifications.unread"): Row("/notifications/unread", signed_in()),
    ("GET", "notifications.count"): Row("/notifications/count", signed_in()),
    ("POST", "notifications.read_all"): Row("/notifications/reading", signed_in(302), data={"until": "{message}"}),
    ("GET", "notifications.choices"): Row("/settings/notifications", signed_in()),
    ("POST", "notifications.choices"): Row(
        "/settings/notifications", signed_in(302), data={"kinds": "reply", "quiet_from": "22", "quiet_until": "6"}
    ),
    # The topic is in a workshop of `leader` and `teacher` by invitation; those over its school look inside.
    ("POST", "notifications.mute_topic"): Row(
        "/notifications/muted/topics/{topic}",
        expect(302, colleague=404, villager=404, outsider=404, stranger=404),
        data={"on": "1"},
    ),
    ("POST", "notifications.read"): Row(
        "/notifications/{message}/reading", expect(404, anonymous=302, teacher=302), data={}
    ),
}
SOCKETS = {
    "join an inbox": SocketRow(
        "/live", "join", expect_words("not_found", teacher="ok"), message={"topic": "user:{teacher}"}
    ),
}
