"""Who reviews: the school's heads at the first step, the county's researchers at both; nobody their own work."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.resources import make_resource
from yanxiu.resources.services.reviews import review_resource


def build(cast: Cast) -> dict[str, object]:
    teacher, principal = cast.user("teacher"), cast.user("principal")
    waiting = make_resource(teacher)
    returned = make_resource(teacher, "退回的")
    review_resource(principal, returned, "school", returned.current_file_id, "", "请补上板书")
    return {"waiting": waiting.id, "file": waiting.current_file_id, "returned": returned.id}


ROUTES = {
    ("GET", "resources.reviews"): Row(
        "/resources/reviews", expect(404, anonymous=302, leader=200, principal=200, researcher=200, admin=200)
    ),
    ("POST", "resources.review"): Row(
        "/resources/{waiting}/reviews?step=school",
        expect(403, anonymous=302, stranger=404, principal=302, researcher=302, admin=302),
        data={"file_id": "{file}", "grading": "school"},
    ),
    ("POST", "resources.request_review"): Row(
        "/resources/{returned}/review-request", expect(403, anonymous=302, stranger=404, teacher=302), data={}
    ),
}
