"""Who may make a plan of a resource: whoever sees it, where its license allows it; the file is no 教学设计 that can be read."""

from __future__ import annotations

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.resources import make_resource


def build(cast: Cast) -> dict[str, object]:
    return {"resource": make_resource(cast.user("teacher"), visibility="school", license="by-nd").id}


ROUTES = {
    ("POST", "lessonplans.copy"): Row(
        "/lesson-plans/copies/{resource}",
        expect(403, anonymous=302, teacher=302, villager=404, outsider=404, stranger=404),
        data={},
    ),
}
