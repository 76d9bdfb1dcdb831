"""Two photos of the board, as somebody took them at the meeting that is over: drawn here, nobody is on them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from PIL import Image, ImageDraw
from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.uploads import receive_thumbnail, receive_upload
from yanxiu.workshops.models import Activity, Topic
from yanxiu.workshops.services import posts
from yanxiu.workshops.services.attachments import Attachment

TOPIC = "《草船借箭》板书，大家帮我选一个"
WOOD, SLATE, CHALK, YELLOW = "#8a6a45", "#24463a", "#e9eee6", "#f0d27a"
RIVER = ((150, 520), (300, 470), (470, 540), (640, 480), (820, 545), (1010, 475), (1130, 515))
STEPS = ((170, 420), (420, 330), (670, 240), (920, 150))


def seed_photos(activity: Activity, people: dict[str, User]) -> None:
    """Let one of those who came show what was on the board, where boards are talked about."""
    topic = db.session.scalar(select(Topic).where(Topic.workshop_id == activity.workshop_id, Topic.title == TOPIC))
    author = people.get("李强")
    if topic is None or author is None:
        return
    link = f'<a href="/workshops/{activity.workshop_id}/activities/{activity.id}">那晚研讨</a>'
    with clock.frozen(activity.ends_at + timedelta(minutes=50)):
        said = (
            f"<p>{link}时画在黑板上的两稿，拍下来放在这里：一稿画江面和船，一稿按“借”的四步往上走。我想用第二稿。</p>"
        )
        posts.publish_post(author, topic, said, files=[_photo("板书一.jpg", _river), _photo("板书二.jpg", _steps)])


def _photo(name: str, draw_on: Callable[[ImageDraw.ImageDraw], None]) -> Attachment:
    board = Image.new("RGB", (1280, 720), WOOD)
    pen = ImageDraw.Draw(board)
    pen.rectangle((36, 36, 1244, 684), fill=SLATE)
    draw_on(pen)
    buffer = io.BytesIO()
    board.save(buffer, "JPEG", quality=85)
    buffer.seek(0)
    received = receive_upload(buffer, name)
    return received, receive_thumbnail(received)


def _river(pen: ImageDraw.ImageDraw) -> None:
    """A river with a row of boats."""
    pen.line(RIVER, fill=CHALK, width=7, joint="curve")
    for left in range(190, 1000, 200):
        pen.line(((left, 400), (left + 30, 440), (left + 110, 440), (left + 140, 400)), fill=CHALK, width=6)
        pen.line(((left + 70, 400), (left + 70, 250)), fill=CHALK, width=5)
        for arrow in range(270, 390, 30):
            pen.line(((left + 78, arrow), (left + 128, arrow - 14)), fill=YELLOW, width=4)


def _steps(pen: ImageDraw.ImageDraw) -> None:
    """Four boxes that lead upward."""
    for (left, top), (right, above) in pairwise(STEPS):
        pen.line(((left + 170, top + 20), (right + 30, above + 110)), fill=YELLOW, width=6)
    for left, top in STEPS:
        pen.rectangle((left, top, left + 190, top + 100), outline=CHALK, width=6)
        pen.line(((left + 30, top + 50), (left + 160, top + 50)), fill=CHALK, width=5)
