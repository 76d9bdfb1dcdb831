"""What the tests of pages share: a workshop with a topic, and opening a page."""

import io

from PIL import Image

from tests.support.workshops import make_post, make_topic, make_workshop, opener
from yanxiu.core.unit_of_work import unit_of_work

FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}


class Room:
    """A workshop with a topic, by ids."""

    def __init__(self, app, cast, answers=1, **details):
        with app.app_context(), unit_of_work():
            people = {key: cast.user(key) for key in ("leader", "teacher", "colleague")}
            workshop = make_workshop(people["leader"], [people["teacher"], people["colleague"]], **details)
            topic = make_topic(people["leader"], workshop)
            made = [make_post(people["teacher"], topic, f"<p>第{n}条看法</p>").id for n in range(answers)]
            self.w, self.t, self.opener = workshop.id, topic.id, opener(topic).id
            self.p = made[0] if made else None
        self.home = f"/workshops/{self.w}"
        self.topic = f"{self.home}/topics/{self.t}"


def page(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return answer.get_data(as_text=True)


def picture() -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(buffer, "PNG")
    buffer.seek(0)
    return buffer
