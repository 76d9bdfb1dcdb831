"""Draw the short lesson films of the demo county: a blackboard, a teacher, a class, a clock in the corner.

Run once, the films are committed: `python tools/draw_demo_lessons.py [NAME …]`. Needs a Chinese font (fonts-noto-cjk).
"""

from __future__ import annotations

import sys
from fractions import Fraction
from math import sin
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

TARGET = Path(__file__).resolve().parents[1] / "platform/yanxiu/observations/demo"
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
SIZE, RATE, SECONDS = (640, 360), 5, 90
FILMS = {
    "caochuanjiejian.mp4": (
        "草船借箭",
        [(0, "导入：谁借箭？向谁借？"), (15, "初读：三天  十万支"), (35, "妒忌 —— 借箭 —— 神机妙算"), (62, "知天文  懂地理  识人心"), (80, "作业：复述“借箭”")],
    ),
    "caochuanjiejian-2.mp4": (
        "草船借箭",
        [(0, "谁借箭？向谁借？  等三秒"), (11, "找三处“有把握”的句子"), (26, "先自己想，再抽号码牌说"), (64, "我用三个词概括诸葛亮"), (82, "作业：讲给家里人听")],
    ),
    "jingyanggang.mp4": (
        "景阳冈",
        [(0, "武松是个怎样的人？"), (12, "喝酒 —— 上冈"), (33, "喝酒 —— 上冈 —— 打虎"), (58, "一闪  一躲  一揪  一按"), (76, "喝酒 —— 上冈 —— 打虎 —— 下冈")],
    ),
}  # fmt: skip


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def room(title: str, line: str) -> Image.Image:
    """The room as it is during one phase; what moves is drawn over it."""
    picture = Image.new("RGB", SIZE, (38, 60, 52))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 250, 640, 360), fill=(26, 44, 38))
    pen.rectangle((70, 30, 570, 215), fill=(151, 110, 62))
    pen.rectangle((78, 38, 562, 207), fill=(27, 76, 60))
    pen.text((320, 88), title, font=font(44), fill=(240, 243, 236), anchor="mm")
    pen.text((320, 152), line, font=font(24), fill=(226, 214, 150), anchor="mm")
    pen.rectangle((86, 200, 132, 205), fill=(235, 235, 230))
    for seat in range(8):
        x = 40 + seat * 80
        pen.ellipse((x - 20, 262, x + 20, 302), fill=(18, 31, 27))
        pen.rounded_rectangle((x - 30, 300, x + 30, 372), 12, fill=(15, 26, 23))
    return picture


def frame_at(base: Image.Image, number: int) -> Image.Image:
    """The teacher walks slowly, a hand goes up now and then, the clock runs."""
    picture = base.copy()
    pen = ImageDraw.Draw(picture)
    second = number // RATE
    x = 505 + int(38 * sin(second / 7))
    pen.ellipse((x - 15, 140, x + 15, 172), fill=(232, 199, 168))
    pen.pieslice((x - 17, 134, x + 17, 170), 180, 360, fill=(35, 30, 28))
    pen.rounded_rectangle((x - 24, 172, x + 24, 252), 14, fill=(86, 112, 148))
    pen.line((x - 20, 190, x - 52, 160 + (second % 3) * 6), fill=(232, 199, 168), width=7)
    if second % 9 < 4:
        raised = 40 + (second // 9 * 3 % 8) * 80
        pen.line((raised + 14, 300, raised + 20, 246), fill=(214, 178, 148), width=8)
    clock = f"{second // 60:02}:{second % 60:02}"
    pen.rounded_rectangle((552, 10, 630, 40), 6, fill=(16, 33, 28))
    pen.text((591, 25), clock, font=font(20), fill=(240, 243, 236), anchor="mm")
    return picture


def sound(number: int) -> av.AudioFrame:
    """A silent track, so that players show a film with sound."""
    count = 16000 // RATE
    frame = av.AudioFrame.from_ndarray(np.zeros((1, count), np.int16), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 16000, number * count, Fraction(1, 16000)
    return frame


def draw(name: str, title: str, phases: list[tuple[int, str]]) -> None:
    with av.open(str(TARGET / name), "w", options={"movflags": "+faststart"}) as film:
        video = film.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.options = {"crf": "31", "preset": "veryslow", "g": str(RATE * 2)}
        audio = film.add_stream("aac", rate=16000)
        audio.bit_rate = 8000
        rooms = [(start, room(title, line)) for start, line in phases]
        for number in range(SECONDS * RATE):
            base = [picture for start, picture in rooms if start <= number // RATE][-1]
            frame = av.VideoFrame.from_image(frame_at(base, number))
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            film.mux(video.encode(frame))
            film.mux(audio.encode(sound(number)))
        film.mux(video.encode())
        film.mux(audio.encode())


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    for name in sys.argv[1:] or FILMS:
        draw(name, *FILMS[name])
