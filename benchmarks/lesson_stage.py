"""What `lesson.py` starts from: a lesson of 40 minutes with comments and a finished coding; JSON behind ANSWER."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import under_test  # noqa: F401  (puts the source root on the path)
from spells_stage import Somebody
from sqlalchemy import select

from tests.support.clients import session_cookie, signed_in_client
from tests.support.observations import code_lesson, make_lesson, make_ready_version, some_comment
from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.models import User
from yanxiu.app import create_app
from yanxiu.cli import upgrade_database
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import CommentKind, Lesson, RecordingVersion
from yanxiu.observations.services.recordings import Phase, set_segments

LONG_MS = 40 * 60_000
HAN = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"
PHASES = ("导入", "初读课文", "小组讨论", "品读人物", "练习", "小结")


def prepare(comments: int, codes: int) -> None:
    app, chance = create_app(), random.Random(6)
    with app.app_context():
        upgrade_database()
        world = DemoWorld(small=True)
        with unit_of_work():
            accounts_demo.seed(world)
            people = [world.users[key] for key in ("teacher", "colleague", "principal", "leader")]
            lesson = make_lesson(people[0], visibility="school")
            version = make_ready_version(lesson, LONG_MS, film())
            starts = range(0, LONG_MS, LONG_MS // len(PHASES))
            phases = [Phase(at, label) for at, label in zip(starts, PHASES, strict=True)]
            set_segments(people[0], lesson, version.recording, phases)
            talk(people, lesson, version, comments, chance)
            code_lesson(
                people[1], lesson, version, "".join(chance.choices("1234567890", k=codes)), LONG_MS // codes, "fias"
            )
            answer = {"lesson": lesson.id}
            ids = [person.id for person in people]
    cookie, *others = (session_cookie(signed_in_client(app, Somebody(user_id))) for user_id in ids)
    print("ANSWER" + json.dumps({**answer, "cookie": cookie, "others": others}))


def talk(people: list[User], lesson: Lesson, version: RecordingVersion, count: int, chance: random.Random) -> None:
    """Comments of all kinds all over the lesson, every fifth about a stretch."""
    kinds = [kind.value for kind in CommentKind]
    for number in range(count):
        start_ms = chance.randrange(LONG_MS - 60_000)
        some_comment(
            chance.choice(people),
            lesson,
            version,
            body="".join(chance.choices(HAN, k=45)) + "。",
            kind=chance.choice(kinds),
            start_ms=start_ms,
            end_ms=start_ms + 20_000 if number % 5 == 0 else None,
        )


def film() -> bytes:
    """Forty minutes of pictures, one a second: long enough to be placed on, small enough to be made at once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
            video = container.add_stream("libx264", rate=1)
            video.width, video.height, video.pix_fmt = 640, 360, "yuv420p"
            video.options = {"preset": "ultrafast", "g": "2"}
            for second in range(LONG_MS // 1000):
                frame = av.VideoFrame.from_ndarray(np.full((360, 640, 3), second % 200, np.uint8), format="rgb24")
                frame.pts, frame.time_base = second, Fraction(1, 1)
                container.mux(video.encode(frame))
            container.mux(video.encode())
        return path.read_bytes()


def add(lesson_id: int, count: int) -> None:
    """Somebody says more about the lesson, beside a server that runs."""
    with create_app().app_context(), unit_of_work():
        lesson = db.session.get_one(Lesson, lesson_id)
        version = db.session.scalars(select(RecordingVersion)).one()
        talk([lesson.teacher], lesson, version, count, random.Random(count))
    print("ANSWER{}")


if __name__ == "__main__":
    if sys.argv[1] == "more":
        add(int(sys.argv[2]), int(sys.argv[3]))
    else:
        prepare(int(sys.argv[1]), int(sys.argv[2]))
