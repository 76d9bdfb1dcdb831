"""Who reads and says what of a resource: all who are signed in and see it; the owner gives no stars to their own."""

from tests.support.cast import Cast
from tests.support.matrix import Row, SocketRow, expect, expect_words
from tests.support.resources import make_resource
from yanxiu.resources.services.voices import comment


def build(cast: Cast) -> dict[str, object]:
    resource = make_resource(cast.user("teacher"))
    return {"resource": resource.id, "comment": comment(cast.user("colleague"), resource, "导入很好", "")}


READS = expect(200, anonymous=302, stranger=404)
ROUTES = {
    ("GET", "resources.comments"): Row("/resources/{resource}/comments", READS),
    ("POST", "resources.rate"): Row(
        "/resources/{resource}/rating", expect(302, stranger=404, teacher=403), data={"stars": "4"}
    ),
    ("POST", "resources.comment"): Row(
        "/resources/{resource}/comments", expect(302, stranger=404), data={"body": "板书可以再简单一点"}
    ),
    ("POST", "resources.withdraw_comment"): Row(
        "/resources/{resource}/comments/{comment}/removal",
        expect(403, anonymous=302, stranger=404, colleague=302, principal=302, researcher=302, admin=302),
        data={},
    ),
}
SOCKETS = {
    "join the talk about a resource": SocketRow(
        "/live",
        "join",
        expect_words("ok", stranger="not_found"),
        message={"topic": "resource-talk:{resource}"},
    ),
}
