"""Tasks and what was handed in as Word and PDF, under the names of those who did."""

from __future__ import annotations

from yanxiu.core.clock import LOCAL_ZONE, now
from yanxiu.core.word import SMALL, Picture
from yanxiu.workshops.archive.shelf import Both
from yanxiu.workshops.gradebook import Gradebook
from yanxiu.workshops.models import Submission, SubmissionCopy, Task, Workshop
from yanxiu.workshops.permissions.tasks import HANDING_IN
from yanxiu.workshops.queries import archives, tasks
from yanxiu.workshops.queries import members as roster
from yanxiu.workshops.queries.archive_parts import Shelf
from yanxiu.workshops.queries.peers import reviews_of_task
from yanxiu.workshops.standings import mark_of, state_of


def fill_works(shelf: Shelf, workshop: Workshop, pictures: Picture) -> None:
    """Put the grade list, and a folder for each task."""
    all_tasks = tasks.all_tasks(workshop.id)
    if not all_tasks:
        return
    people = [member for member in roster.all_members(workshop.id) if member.role in HANDING_IN]
    book = Gradebook(workshop, people, all_tasks, tasks.standings_in(workshop.id)).drawn(now())
    shelf.tell("任务与作业", "任务完成表", shelf.write(book, "作业", "任务完成表.xlsx"))
    for task in all_tasks:
        _fill_task(shelf, task, pictures)


def _fill_task(shelf: Shelf, task: Task, pictures: Picture) -> None:
    folder = shelf.folder("作业", task.title)
    with shelf.both(*folder, "任务说明") as word:
        word.title(task.title)
        word.paragraph(f"{_moment(task)} 截止　{'必做' if task.required else '选做'}", SMALL)
        word.html(task.html, pictures)
        _write_reviews(word, task)
    files = [(each.file.name, shelf.place(each.file, *folder, "任务附件", each.file.name)) for each in task.files]
    shelf.tell("任务与作业", task.title, word.path, also=word.pdf)
    for name, path in files:
        shelf.tell("任务与作业", f"{task.title}　{name}", path)
    for work in list(archives.every_work(task.id)):
        _fill_work(shelf, (*folder, work.user.name), task, work, pictures)


def _moment(task: Task) -> str:
    return f"{task.due_at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


def _write_reviews(word: Both, task: Task) -> None:
    """How far the mutual review came; who reviewed whom stays between them, as on the pages."""
    reviews = reviews_of_task(task.id)
    if reviews:
        done = sum(1 for review in reviews if review.done_at is not None)
        word.paragraph(f"互评：安排 {len(reviews)} 份，完成 {done} 份", SMALL)


def _fill_work(shelf: Shelf, wanted: tuple[str, ...], task: Task, work: Submission, pictures: Picture) -> None:
    folder = shelf.folder(*wanted)
    with shelf.both(*folder, work.user.name) as word:
        word.title(task.title)
        word.paragraph(f"{work.user.name}　{work.user.organization.label}", SMALL)
        verdict = mark_of(task, work) or state_of(task, work, now()).text
        by = f"（{work.marked_by.name}）" if work.marked_by is not None else ""
        word.paragraph(f"成绩：{verdict}{by}{'　推优' if work.excellent_at else ''}{'　迟交' if work.late else ''}")
        if work.comment:
            word.paragraph(f"评语：{work.comment}")
        for copy in sorted(work.copies, key=lambda each: each.number):
            _write_copy(word, copy, pictures)
    name, files = f"{task.title}：{work.user.name}", []
    for copy in work.copies:
        within = (*folder, f"第{copy.number}稿") if len(work.copies) > 1 else folder
        files += [(each.file.name, shelf.place(each.file, *within, each.file.name)) for each in copy.files]
    shelf.tell("任务与作业", name, word.path, verdict, also=word.pdf)
    for file_name, path in files:
        shelf.tell("任务与作业", f"{name}　{file_name}", path)


def _write_copy(word: Both, copy: SubmissionCopy, pictures: Picture) -> None:
    word.heading(f"第 {copy.number} 稿　{copy.created_at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}", 2)
    word.html(copy.html, pictures)
    for each in copy.files:
        word.paragraph(f"附件：{each.file.name}", SMALL)
    if copy.return_reason:
        word.paragraph(f"退回原因：{copy.return_reason}", SMALL)
