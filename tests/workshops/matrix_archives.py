"""Who takes a whole workshop away: those who lead it and the county's administrators."""

import io

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.workshops import make_workshop
from yanxiu.core.storage import receive_file
from yanxiu.workshops.services.archives import finish_archive, request_archive

OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
LOOKS = {"principal": 403, "researcher": 403, "teacher": 403, "colleague": 403}
DEAF = dict.fromkeys(
    ("principal", "researcher", "teacher", "colleague", "villager", "outsider", "stranger"), "not_found"
)


def build(cast: Cast) -> dict[str, object]:
    leader = cast.user("leader")
    workshop = make_workshop(leader, [cast.user("teacher"), cast.user("colleague")])
    archive = request_archive(leader, workshop)
    finish_archive(archive, receive_file(io.BytesIO(b"PK"), "档案.zip", "application/zip"))
    return {"w": workshop.id, "a": archive.id}


ROUTES = {
    ("GET", "workshops.archives"): Row("/workshops/{w}/archives", expect(200, **OUTSIDE, **LOOKS)),
    ("POST", "workshops.request_archive"): Row("/workshops/{w}/archives", expect(302, **OUTSIDE, **LOOKS)),
    ("GET", "workshops.archive_file"): Row("/workshops/{w}/archives/{a}/file", expect(200, **OUTSIDE, **LOOKS)),
}
SOCKETS = {
    "follow the archives of a workshop": SocketRow(
        "/live", "join", expect_words("ok", **DEAF), message={"topic": "archives:{w}", "seq": 0}
    ),
}
