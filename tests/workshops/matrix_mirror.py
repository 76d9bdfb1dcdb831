"""Who may look into the mirror, and who sees a work beside the one that it is close to.

`teacher` handed in first; `colleague` handed in much the same a little later, which is noted on that work.
"""

from datetime import timedelta

from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.workshops import make_post, make_task, make_topic, make_work, make_workshop
from yanxiu.core import clock
from yanxiu.core.clock import now
from yanxiu.core.html import html_from_text
from yanxiu.workshops.services.mirror import sign_text

TEXT = "先不讲和字，让学生找不和：廉颇那句话在第几段，他为什么不服。主问题只留一个：蔺相如到底怕不怕，怕谁，证据在哪一句里。"


def build(cast: Cast) -> dict[str, object]:
    leader, teacher, colleague = (cast.user(key) for key in ("leader", "teacher", "colleague"))
    workshop = make_workshop(leader, [teacher, colleague])
    task = make_task(leader, workshop)
    first = make_work(teacher, task, html_from_text(TEXT))
    with clock.frozen(now() + timedelta(minutes=5)):
        second = make_work(colleague, task, html_from_text(TEXT))
    sign_text("work", first.id)
    sign_text("work", second.id)
    topic = make_topic(leader, workshop)
    make_post(teacher, topic, html_from_text(TEXT * 5))
    return {"w": workshop.id, "t": task.id, "s": second.id, "topic": topic.id}


OUTSIDE = {"anonymous": 302, "villager": 404, "outsider": 404, "stranger": 404}
LOOKS = {"principal": 403, "researcher": 403, "admin": 403}

ROUTES = {
    ("POST", "workshops.mirror"): Row(
        "/workshops/{w}/mirror", expect(200, **OUTSIDE, **LOOKS), data={"html": TEXT, "task_id": "{t}"}
    ),
    ("GET", "workshops.closeness"): Row(
        "/workshops/{w}/tasks/{t}/submissions/{s}/closeness",
        expect(200, **OUTSIDE, **LOOKS, teacher=404, colleague=403),
    ),
    ("GET", "workshops.close_posts"): Row(
        "/workshops/{w}/topics/{topic}/closeness",
        expect(200, **OUTSIDE, principal=403, researcher=403, teacher=403, colleague=403),
    ),
}
