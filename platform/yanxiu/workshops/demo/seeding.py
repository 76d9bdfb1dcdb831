"""Plays the scripts through the same services that people use, in the order in which things happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.html import html_from_text
from yanxiu.core.terms import term_of
from yanxiu.workshops.demo.activities import seed_activities
from yanxiu.workshops.demo.attention import seed_visits
from yanxiu.workshops.demo.bulletins import seed_bulletins
from yanxiu.workshops.demo.kinds import seed_kinds
from yanxiu.workshops.demo.papers import paper
from yanxiu.workshops.demo.photos import seed_photos
from yanxiu.workshops.demo.scripts import Line, Script, read_scripts
from yanxiu.workshops.demo.tasks import seed_tasks
from yanxiu.workshops.demo.termplan import plan_term
from yanxiu.workshops.models import Post, Topic, Workshop, WorkshopMember
from yanxiu.workshops.queries.teams import membership_of
from yanxiu.workshops.queries.threads import opener_of
from yanxiu.workshops.services import groups, membership, posts, topics
from yanxiu.workshops.services.workshops import WorkshopDetails, create_workshop


@dataclass(frozen=True)
class Team:
    """A workshop of the demo: its script's name, where it belongs, who is in it."""

    key: str
    owner: str
    founded_days_ago: int
    details: dict[str, Any]
    leader: str
    team: dict[str, str]
    members: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    small: bool = False


TEAMS = (
    Team(
        key="sanguo",
        owner="central",
        founded_days_ago=245,
        details={
            "name": "五年级语文《三国》单元集体备课工作坊",
            "theme": "古典名著单元怎么教：让问题少下来，让学生的话长起来",
            "subject": "语文",
            "join_mode": "invite",
            "introduction": "青山片区和城东片区三所小学一起备《草船借箭》《景阳冈》《猴王出世》，这学期三校同课异构《将相和》。\n\n"
            "每周四晚上七点半集中研讨，平时有问题随时发话题。说具体的，说真的。",
        },
        leader="王丽",
        team={"陈秀英": "mentor", "谢兰芳": "facilitator"},
        members=("李强", "周敏", "吴秀兰", "黄翠萍", "熊婷", "韦春花", "陆秋菊", "曹文静", "蒋一凡", "梁晓青", "苏玉琴"),
        groups={
            "中心小学组": ("王丽", "李强", "周敏", "黄翠萍", "熊婷"),
            "二实小组": ("谢兰芳", "曹文静", "蒋一凡", "梁晓青"),
            "石桥村小组": ("吴秀兰", "韦春花", "陆秋菊"),
        },
        small=True,
    ),
    Team(
        key="math",
        owner="county",
        founded_days_ago=212,
        details={
            "name": "小学数学“学生的真问题”工作坊",
            "theme": "先猜学生怎么想，再说怎么教",
            "subject": "数学",
            "join_mode": "open",
            "introduction": "每两周一个学生的真问题：错题、怪问题、说不清楚的话。先猜，再教。",
        },
        leader="罗建华",
        team={"郭建平": "mentor", "韩志刚": "facilitator"},
        members=("邓玉兰", "方志远", "赵磊", "杜鹃", "白雪峰", "班德忠", "覃光明", "孙正平"),
        groups={"分数专题组": ("赵磊", "白雪峰", "杜鹃", "罗建华")},
    ),
    Team(
        key="english",
        owner="second",
        founded_days_ago=125,
        details={
            "name": "小学英语绘本与口语工作坊",
            "theme": "一个人教全校，也能备好课",
            "subject": "英语",
            "join_mode": "apply",
            "introduction": "全县小学英语老师不多，常常一所学校只有一位。把课件和听力合在一起，谁拿去都能用。",
        },
        leader="麦琼芳",
        team={},
        members=("林佳琪", "叶静", "农文杰"),
        groups={},
    ),
    Team(
        key="banzhuren",
        owner="central",
        founded_days_ago=162,
        details={
            "name": "班主任小事工作坊",
            "theme": "把班上的小事记下来，一件一件聊",
            "subject": "班主任",
            "join_mode": "open",
            "introduction": "没有任务，不打分。想起一件小事，写三行，就是参加了。",
        },
        leader="莫凤英",
        team={},
        members=(
            "周敏", "熊婷", "陆秋菊", "欧阳雪", "方志远", "黄翠萍", "石涛", "吴秀兰", "韦春花", "王丽",
        ),
        groups={},
    ),
    Team(
        key="reading",
        owner="center",
        founded_days_ago=32,
        details={
            "name": "青年教师读书会",
            "theme": "每两周读一章，每人说一句话",
            "subject": "综合实践",
            "join_mode": "apply",
            "introduction": "面向工作十年以内的老师。这学期共读《静悄悄的革命》。",
        },
        leader="苏玉琴",
        team={},
        members=("周敏", "蒋一凡", "林佳琪", "方志远"),
        groups={},
    ),
)  # fmt: skip

MARKS: dict[str, Callable[[User, Topic, Post], None]] = {
    "置顶": lambda actor, topic, opener: topics.pin_topic(actor, topic, opener, pinned=True),
    "精华": lambda actor, topic, opener: topics.digest_topic(actor, topic, opener, digest=True),
    "锁定": lambda actor, topic, opener: topics.lock_topic(actor, topic, opener, locked=True),
}
READ_BACK_DAYS = 3
"""Everybody has read what was said before the last three days; the leader has read everything."""


def seed(world: DemoWorld) -> None:
    """Found the workshops and let people talk. The small world has the main one, spoken by the cast."""
    people = {user.name: user for user in world.users.values()}
    for team in TEAMS:
        if team.small or not world.small:
            _seed_team(world, people, team)
    sanguo = world.workshops["sanguo"]
    plan_term(world, sanguo, people["王丽"])
    if not world.small:
        seed_kinds(world, people, sanguo)
        _leave_something_to_answer(world, people)


def _seed_team(world: DemoWorld, people: dict[str, User], team: Team) -> None:
    founded = world.ago(days=team.founded_days_ago)
    term = term_of(world.now.astimezone(clock.LOCAL_ZONE).date())
    with clock.frozen(founded):
        details = WorkshopDetails(stage="小学", term=term, **team.details)
        workshop = create_workshop(people[team.leader], world.orgs[team.owner], details)
    world.workshops[team.key] = workshop
    _seat_members(people, team, workshop, founded)
    _play(people, workshop, people[team.leader], read_scripts(team.key, world.now))
    _read(world, workshop, people[team.leader])
    if not world.small:
        seed_visits(world, workshop)
    if team.key == "sanguo":
        held = world.activities["difficulties"] = seed_activities(world.now, workshop, people)
        if not world.small:
            seed_photos(held, people)
        seed_tasks(world, people, workshop, people[team.leader])
        seed_bulletins(world, people, workshop, people[team.leader])


def _seat_members(people: dict[str, User], team: Team, workshop: Workshop, founded: datetime) -> None:
    leader = people[team.leader]
    names = [name for name in (*team.team, *team.members) if name in people]
    for number, name in enumerate(names):
        with clock.frozen(founded + timedelta(minutes=7 * number + 5)):
            member = membership.add_member(workshop, people[name].id, how="invitation")
            if name in team.team:
                membership.change_role(leader, workshop, member, team.team[name])
    for group_name, group_members in team.groups.items():
        group = groups.create_group(leader, workshop, group_name)
        for name in group_members:
            seat = membership_of(workshop.id, people[name].id) if name in people else None
            if seat is not None:
                groups.assign_group(leader, seat, group)


class _Stage:
    """One topic while its script is played."""

    def __init__(self, workshop: Workshop, leader: User, people: dict[str, User], script: Script) -> None:
        self.workshop, self.leader, self.people, self.script = workshop, leader, people, script
        self.topic: Topic | None = None
        self.said: dict[int, Post] = {}
        self.root: Post | None = None

    def say(self, number: int, line: Line) -> None:
        """Say the line `number` (from 1) at its moment. Who is not in this world says nothing."""
        author = self.people.get(line.author)
        if author is None or (self.topic is None and number > 1):
            self.root = self.root if line.answers else None
            return
        with clock.frozen(line.moment):
            html = html_from_text(line.text)
            post = self._open(author, html, line) if number == 1 else self._answer(author, html, line)
        self.said[number] = post
        for minutes, name in enumerate(line.liked_by, start=3):
            if name in self.people:
                with clock.frozen(line.moment + timedelta(minutes=minutes)):
                    posts.like_post(self.people[name], post)

    def _open(self, author: User, html: str, line: Line) -> Post:
        files = [paper(name) for name in line.papers]
        self.topic = topics.publish_topic(author, self.workshop, self.script.title, html, files=files)
        opener = opener_of(self.topic.id)
        if opener is None:
            raise LookupError(self.script.title)
        for mark in self.script.marks:
            MARKS[mark](self.leader, self.topic, opener)
        return opener

    def _answer(self, author: User, html: str, line: Line) -> Post:
        if self.topic is None:
            raise LookupError(self.script.title)
        quote = self.said.get(line.quotes) if line.quotes else None
        parent = self.root if line.answers else None
        files = [paper(name) for name in line.papers]
        post = posts.publish_post(author, self.topic, html, parent=parent, quote=quote, files=files)
        if not line.answers:
            self.root = post
        return post


def _play(people: dict[str, User], workshop: Workshop, leader: User, scripts: list[Script]) -> None:
    lines = []
    for script in scripts:
        stage = _Stage(workshop, leader, people, script)
        lines += [(line.moment, stage, number, line) for number, line in enumerate(script.lines, start=1)]
    for _moment, stage, number, line in sorted(lines, key=lambda entry: entry[0]):
        stage.say(number, line)
    db.session.flush()


def _read(world: DemoWorld, workshop: Workshop, leader: User) -> None:
    """Note who has read how far, so that the demo shows both read and unread topics."""
    recent = world.ago(days=READ_BACK_DAYS)
    found = db.session.query(Topic).filter_by(workshop_id=workshop.id).all()
    seats = db.session.query(WorkshopMember).filter_by(workshop_id=workshop.id).all()
    for topic in found:
        old = db.session.query(Post).filter(Post.topic_id == topic.id, Post.created_at < recent).count()
        for seat in seats:
            number = topic.last_number if seat.user_id == leader.id else old
            if number:
                posts.mark_seen(seat.user_id, topic, number)


def _leave_something_to_answer(world: DemoWorld, people: dict[str, User]) -> None:
    """An application and two invitations that wait, so that nobody opens an empty drawer."""
    with clock.frozen(world.ago(hours=20)):
        membership.invite_person(people["麦琼芳"], world.workshops["english"], people["吴秀兰"])
        membership.apply_to_workshop(people["黄梅花"], world.workshops["english"], "我兼教三年级英语，想跟着各位学。")
        membership.apply_to_workshop(people["李强"], world.workshops["reading"], "工作第九年，还算青年吗？想一起读。")
        membership.invite_person(people["王丽"], world.workshops["sanguo"], people["莫凤英"])
