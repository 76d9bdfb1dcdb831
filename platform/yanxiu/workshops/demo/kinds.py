"""Topics of every kind in the main workshop: a question that is solved, a debate, a poll, and one that asks for replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.demo import DemoWorld
from yanxiu.core.html import html_from_text
from yanxiu.workshops.models import Post, Topic, Workshop
from yanxiu.workshops.queries.polls import poll_of
from yanxiu.workshops.services.answers import accept_answer
from yanxiu.workshops.services.debates import DebateDetails, state_view
from yanxiu.workshops.services.kinds import Shape, shape_topic
from yanxiu.workshops.services.polls import PollDetails, cast_vote
from yanxiu.workshops.services.posts import publish_post
from yanxiu.workshops.services.requirements import Asked
from yanxiu.workshops.services.topics import publish_topic

ANSWERS = (
    ("周敏", "让每个学生先写三个问题，课上小组里挑一个最想弄明白的，黑板上只留六个。写得出来的孩子自然多了。"),
    ("吴秀兰", "我们村小是先由我示范一个“笨问题”：箭插在草上不会掉下来吗？孩子一笑，就敢问了。"),
)
VIEWS = (
    ("周敏", "a", "先看三分钟，孩子心里有了画面，读“大雾漫天”才读得出紧张。"),
    ("吴秀兰", "b", "看过了就不愿意读了。我让他们先读、先画，最后再放，孩子会说“导演没有写得好”。"),
    ("黄翠萍", "b", "名著单元要的是从文字里想象，片子一放，想象就定住了。"),
    ("熊婷", "a", "我班学生没见过江、没见过雾，不看一眼，连“船”都是池塘里的小船。"),
)
VOTES = {"李强": 0, "周敏": 0, "吴秀兰": 1, "黄翠萍": 0, "谢兰芳": 2, "熊婷": 1, "韦春花": 1}


def seed_kinds(world: DemoWorld, people: Mapping[str, User], workshop: Workshop) -> None:
    """Let people ask, argue and vote during the last days."""
    _ask(world, people, workshop)
    _argue(world, people, workshop)
    _vote(world, people, workshop)


def _open(author: User, workshop: Workshop, title: str, text: str, shape: Shape) -> Topic:
    topic = publish_topic(author, workshop, title, html_from_text(text))
    shape_topic(author, topic, shape)
    return topic


def _answer(author: User, topic: Topic, text: str) -> Post:
    return publish_post(author, topic, html_from_text(text))


def _ask(world: DemoWorld, people: Mapping[str, User], workshop: Workshop) -> None:
    with clock.frozen(world.ago(days=5, hours=3)):
        text = "预习单上的“我的问题”一栏，班里一半是空的，写出来的也多是生字。各位是怎么让孩子问出真问题的？"
        topic = _open(people["李强"], workshop, "学生不会提问，预习单怎么设计", text, Shape(kind="question"))
    given = []
    for hours, (name, said) in enumerate(ANSWERS, start=1):
        with clock.frozen(world.ago(days=5) + timedelta(hours=hours)):
            given.append(_answer(people[name], topic, said))
    with clock.frozen(world.ago(days=4)):
        accept_answer(people["李强"], given[0])


def _argue(world: DemoWorld, people: Mapping[str, User], workshop: Workshop) -> None:
    sides = DebateDetails("先看电视剧片段", "先读课文再说", views_first=True)
    until = (world.now + timedelta(days=1)).replace(second=0, microsecond=0)
    asked = Asked(posts=1, answers=2, post_points=6, answer_points=2, total_points=10, due_at=until)
    with clock.frozen(world.ago(days=3)):
        text = "上《草船借箭》，要不要先放三分钟电视剧？请先说您的立场和理由，再看别人的；每人再回应两位同伴。"
        topic = _open(
            people["王丽"], workshop, "上课先看片段，还是先读课文", text, Shape("debate", asked, debate=sides)
        )
    for hours, (name, side, said) in enumerate(VIEWS, start=2):
        with clock.frozen(world.ago(days=3) + timedelta(hours=5 * hours)):
            state_view(people[name], topic, _answer(people[name], topic, said), side)


def _vote(world: DemoWorld, people: Mapping[str, User], workshop: Workshop) -> None:
    options = ("周三下午第三节后", "周四晚上七点半", "周五下午放学后")
    details = PollDetails(options, results="always", closes_at=world.now + timedelta(days=2))
    with clock.frozen(world.ago(days=1)):
        text = "《将相和》三校同课异构以前还要碰一次头，请选您来得了的时间。"
        topic = _open(people["王丽"], workshop, "下次集体备课定在哪天", text, Shape(kind="poll", poll=details))
        poll = poll_of(topic.id)
        if poll is None:
            raise LookupError(topic.title)
        for name, place in VOTES.items():
            cast_vote(people[name], topic, poll, [poll.options[place].id])
