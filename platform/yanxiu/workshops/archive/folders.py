"""What people read of a workshop's archive: lists and figures as Excel, topics and activities as Word and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yanxiu.core.clock import LOCAL_ZONE, now, today
from yanxiu.core.storage import StoredFile
from yanxiu.core.word import QUOTE, SMALL, Picture
from yanxiu.workshops.activity_word import write_record
from yanxiu.workshops.activity_words import KIND_NAMES, PHASE_NAMES, time_span
from yanxiu.workshops.archive.issues import fill_bulletins
from yanxiu.workshops.archive.shelf import Both
from yanxiu.workshops.archive.works import fill_works
from yanxiu.workshops.insight_sheets import workbook_of
from yanxiu.workshops.models import Activity, Post, Results, Topic, Workshop
from yanxiu.workshops.periods import Period
from yanxiu.workshops.queries import archives, termplan
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries.archive_parts import Shelf
from yanxiu.workshops.queries.attendance import attendance_of, count_attendance
from yanxiu.workshops.queries.insights import insights_of
from yanxiu.workshops.queries.polls import count_voters, poll_of, tally_of
from yanxiu.workshops.queries.text_pictures import pictures_of
from yanxiu.workshops.rosters import attendance_table, roster_of

FILES = "附件"


def fill_folders(shelf: Shelf, workshop: Workshop) -> None:
    """Put everything of the workshop itself."""
    _fill_lists(shelf, workshop)
    _fill_plan(shelf, workshop)
    for number, topic in enumerate(archives.every_topic(workshop.id), start=1):
        _fill_topic(shelf, workshop, topic, number)
    for number, activity in enumerate(archives.every_activity(workshop.id), start=1):
        _fill_activity(shelf, activity, number, pictures_of(workshop.id))
    fill_works(shelf, workshop, pictures_of(workshop.id))
    fill_bulletins(shelf, workshop, pictures_of(workshop.id))


def moment_words(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


def _fill_lists(shelf: Shelf, workshop: Workshop) -> None:
    """The members, and the figures from the first day on."""
    if workshop.cover is not None:
        shelf.tell("成员与学情", "封面", shelf.place(workshop.cover, "封面", workshop.cover.name))
    members = roster.all_members(workshop.id)
    table = roster_of(workshop, members, roster.written_counts(workshop.id))
    shelf.tell("成员与学情", "成员名单", shelf.write(table, "成员与学情", "成员名单.xlsx"), f"{len(members)} 人")
    whole = Period("custom", workshop.created_at.astimezone(LOCAL_ZONE).date(), today())
    figures = workbook_of(workshop, whole, insights_of(workshop.id, whole))
    shelf.tell("成员与学情", "学情", shelf.write(figures, "成员与学情", "学情.xlsx"), whole.days)


def _fill_plan(shelf: Shelf, workshop: Workshop) -> None:
    stages = termplan.stages_of(workshop.id)
    if not stages and not workshop.introduction:
        return
    with shelf.both("简介与学期计划") as word:
        word.title(workshop.name)
        word.paragraph(workshop.theme)
        word.paragraph(workshop.introduction)
        for stage in stages:
            days = "—".join(day.isoformat() for day in (stage.starts_on, stage.ends_on) if day)
            word.heading(f"{stage.name}　{days}", 2)
            word.paragraph(stage.goal)
            for item in termplan.items_in(stage.id, workshop.id):
                word.paragraph(f"• {item.title}{'（必做）' if item.required else ''}", indent=1)
    shelf.tell("简介与学期计划", "简介与学期计划", word.path, also=word.pdf)


def _fill_topic(shelf: Shelf, workshop: Workshop, topic: Topic, number: int) -> None:
    """One document with all that was said, and its attachments beside it."""
    name = f"{number:03} {topic.title}"
    attachments: list[tuple[Post, StoredFile]] = []
    authors: dict[int, tuple[int, str]] = {}
    pictures = pictures_of(workshop.id)
    with shelf.both("研讨", name) as word:
        word.title(topic.title)
        _write_poll(word, topic.id)
        for post in archives.every_post(topic.id):
            authors[post.id] = (post.number, post.author.name)
            _write_post(word, post, authors, pictures)
            if post.withdrawn_at is None:
                attachments += [(post, each.file) for each in post.attachments]
    folder = shelf.folder("研讨", FILES, name) if attachments else ()
    placed = []
    for post, file in attachments:
        path = shelf.place(file, *folder, f"{post.number:03} {post.author.name} {file.name}")
        placed.append((file.name, path, post.author.name))
    marks = "".join(word for word, is_so in (("精华 ", topic.digest_at), ("公告 ", topic.pinned_at)) if is_so)
    note = f"{marks}{topic.author.name}　{topic.replies_count} 条回复"
    shelf.tell("研讨", topic.title, word.path, note, also=word.pdf)
    for file_name, path, author in placed:
        shelf.tell("研讨", f"附件：{file_name}", path, author)


def _write_poll(word: Both, topic_id: int) -> None:
    """The figures of a poll, once everybody may see them; never who voted for what."""
    poll = poll_of(topic_id)
    if poll is None:
        return
    if not poll.is_closed(now()) and poll.results != Results.ALWAYS:
        word.paragraph("投票还没有结束", SMALL)
        return
    rows = [(line.option.text, str(line.count)) for line in tally_of(poll)]
    word.paragraph(f"{count_voters(poll)} 人投票", SMALL)
    word.table([("选项", "票数"), *rows])


def _write_post(word: Both, post: Post, authors: dict[int, tuple[int, str]], pictures: Picture) -> None:
    to = authors.get(post.parent_id or 0)
    answer = f"　回复第 {to[0]} 楼 {to[1]}" if to else ""
    likes = f"　{post.likes_count} 人点赞" if post.likes_count else ""
    who = f"第 {post.number} 楼　{post.author.name}（{post.author.organization.label}）"
    word.paragraph(f"{who}　{moment_words(post.created_at)}{answer}{likes}", SMALL)
    if post.withdrawn_at is not None:
        word.paragraph("（已撤回）", QUOTE)
        return
    quoted = authors.get(post.quote_id or 0)
    if quoted:
        word.paragraph(f"引用第 {quoted[0]} 楼 {quoted[1]}", QUOTE)
    word.html(post.html, pictures, indent=1 if to else 0)
    for each in post.attachments:
        word.paragraph(f"附件：{each.file.name}", SMALL)


def _fill_activity(shelf: Shelf, activity: Activity, number: int, pictures: Picture) -> None:
    """The record with all reflections, and the list of who came."""
    folder = shelf.folder("活动", f"{number:02} {activity.title}")
    lines, count = attendance_of(activity), count_attendance(activity)
    with shelf.both(*folder, "活动记录") as word:
        word.title(activity.title)
        word.table(_facts(activity))
        word.html(activity.html, pictures)
        write_record(word, activity)
        for reflection in archives.every_reflection(activity.id):
            word.heading(f"反思：{reflection.author.name}", 2)
            word.html(reflection.html, pictures)
    state = f"实到 {count.came} 人" if activity.phase == "over" else PHASE_NAMES[activity.phase]
    shelf.tell("活动", activity.title, word.path, f"{moment_words(activity.starts_at)}　{state}", also=word.pdf)
    table = attendance_table(activity, lines, count)
    shelf.tell("活动", f"{activity.title}出勤登记", shelf.write(table, *folder, "出勤登记.xlsx"))


def _facts(activity: Activity) -> Sequence[tuple[str, str]]:
    return (
        ("项目", "内容"),
        ("类型", KIND_NAMES.get(activity.kind, "")),
        ("时间", time_span(activity.starts_at, activity.ends_at)),
        ("主讲人", activity.speaker),
        ("地点", f"线上　{activity.place}" if activity.is_online else activity.place),
    )
