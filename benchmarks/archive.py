"""What the archive of a large workshop costs: `python benchmarks/archive.py [MEMBERS [POSTS [VIDEO_MB]]]`.

Makes a workshop in a temporary instance, runs `yanxiu export-workshop` and, on a second instance that holds nothing but
a county, `yanxiu import-workshop`; with VIDEO_MB the workshop has a lesson whose recording is that large, of random
bytes, and the archive takes it along. Prints time, the most memory each process held, and what came out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from yanxiu.accounts import demo as accounts_demo
from yanxiu.accounts.models import User
from yanxiu.app import create_app
from yanxiu.cli import upgrade_database
from yanxiu.config import Config
from yanxiu.core.clock import now
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.storage import keep_file, receive_local_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import (
    LessonVisibility,
    Recording,
    RecordingVersion,
    Rendition,
    RenditionKind,
    VersionState,
)
from yanxiu.observations.services.lessons import LessonDraft, create_lesson
from yanxiu.workshops.models import Post, PostLike, Topic, TopicVisit, WorkshopMember
from yanxiu.workshops.services.workshops import WorkshopDetails, create_workshop

ROOT = Path(__file__).resolve().parents[1]
TOPICS = 100
WORDS = "我们组讨论下来，觉得导入要短，问题要真，让学生先说自己的读法，再回到课文里找根据。" * 3


def make(folder: Path, members: int, posts: int, video_mb: int) -> int:
    """Fill an instance; return the number of its workshop."""
    app = create_app(Config(instance=str(folder), database_url=f"sqlite:///{folder / 'yanxiu.db'}", secret_key="bench"))
    with app.app_context():
        upgrade_database()
        with unit_of_work():
            world = DemoWorld(small=True)
            accounts_demo.seed(world)
            leader = world.users["leader"]
            details = WorkshopDetails("大工作坊", "语文", "小学", "2026-2027学年第一学期")
            workshop = create_workshop(leader, leader.organization, details)
            people = make_members(workshop.id, leader.organization_id, members)
            make_talk(workshop.id, people, posts)
            workshop.members_count = len(people) + 1
            if video_mb:
                make_recording(leader, workshop.id, folder, video_mb)
            return workshop.id


def make_members(workshop_id: int, school_id: int, count: int) -> list[int]:
    rows = [{"username": f"bench{n}", "name": f"教师{n}", "organization_id": school_id} for n in range(count)]
    people = list(db.session.scalars(insert(User).returning(User.id), rows))
    db.session.execute(insert(WorkshopMember), [{"workshop_id": workshop_id, "user_id": one} for one in people])
    return people


def make_talk(workshop_id: int, people: list[int], posts: int) -> None:
    """Topics whose posts are by everybody in turn; each post is liked twice, each topic seen by all."""
    each, start = posts // TOPICS, now() - timedelta(days=90)
    for number in range(TOPICS):
        author = people[number % len(people)]
        topic = Topic(workshop_id=workshop_id, author_id=author, title=f"话题 {number}", last_poster_id=author)
        topic.last_number, topic.replies_count = each, each - 1
        db.session.add(topic)
        db.session.flush()
        rows = [
            {
                "topic_id": topic.id,
                "author_id": people[(number + n) % len(people)],
                "number": n + 1,
                "html": f"<p>第 {n} 条：<strong>{WORDS}</strong></p><p>{WORDS}</p>",
                "text": WORDS,
                "client_uuid": str(uuid.uuid4()),
                "created_at": start + timedelta(minutes=n),
            }
            for n in range(each)
        ]
        ids = list(db.session.scalars(insert(Post).returning(Post.id), rows))
        likes = [{"post_id": post, "user_id": people[(post + k) % len(people)]} for post in ids for k in (1, 2)]
        db.session.execute(insert(PostLike), likes)
        db.session.execute(insert(TopicVisit), [{"topic_id": topic.id, "user_id": one} for one in people])


def make_recording(leader: User, workshop_id: int, folder: Path, video_mb: int) -> None:
    """A lesson of the workshop with one recording to watch; nothing in it can be packed."""
    local = folder / "video.mp4"
    with local.open("wb") as out:
        for _mb in range(video_mb):
            out.write(os.urandom(1024**2))
    file = keep_file(receive_local_file(local, "课堂实录.mp4", "video/mp4"), leader.id)
    db.session.flush()
    lesson = create_lesson(leader, leader, LessonDraft("《草船借箭》", workshop_id=workshop_id))
    lesson.visibility = LessonVisibility.WORKSHOP
    recording = Recording(lesson=lesson)
    about = {"uploader_id": leader.id, "original_name": file.name, "size": file.size, "upload_id": uuid.uuid4().hex}
    version = RecordingVersion(recording=recording, number=1, state=VersionState.READY, **about)
    version.original_id, version.sha256, version.duration_ms = file.id, file.sha256, 2_400_000
    db.session.add(Rendition(version=version, kind=RenditionKind.SOURCE, file_id=file.id, width=1280, height=720))
    db.session.flush()


def run(folder: Path, *arguments: str) -> tuple[float, int, str]:
    """Run a command of the program; return seconds, the most MiB it held, and what it printed."""
    env = {**os.environ, "YANXIU_INSTANCE": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'yanxiu.db'}"}
    env["PYTHONPATH"] = str(ROOT / "platform")
    start = time.perf_counter()
    command = [sys.executable, "-m", "yanxiu", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{printed}")
    return time.perf_counter() - start, usage.ru_maxrss // 1024, printed.strip().splitlines()[0]


def main(members: int = 500, posts: int = 20_000, video_mb: int = 0) -> None:
    with tempfile.TemporaryDirectory() as name:
        full, empty, target = Path(name, "full"), Path(name, "empty"), Path(name, "workshop.zip")
        full.mkdir()
        empty.mkdir()
        number = made_elsewhere(full, members, posts, video_mb)
        admin = ("--username", "bench-admin", "--name", "管理员", "--county", "云川县", "--password", "bench-2026-x")
        run(empty, "create-admin", *admin)
        print("| command | seconds | most MiB | what it says |\n|---|---|---|---|")
        for words, folder, arguments in (
            ("export-workshop --with-videos", full, (str(number), str(target))),
            ("import-workshop --dry-run", empty, (str(target), "--dry-run")),
            ("import-workshop", empty, (str(target),)),
        ):
            command, *options = words.split()
            seconds, memory, printed = run(folder, command, *options, *arguments)
            print(f"| `{words}` | {seconds:.1f} | {memory} | {printed.replace(name, '…')} |", flush=True)
        print(
            f"\n{members} members, {posts:,} posts, {video_mb} MB of video; the archive is {target.stat().st_size / 1024**2:.1f} MiB."
        )


def made_elsewhere(folder: Path, members: int, posts: int, video_mb: int) -> int:
    """Make it in a process of its own: Linux starts a child's most memory at that of its parent."""
    command = [sys.executable, __file__, "make", str(folder), str(members), str(posts), str(video_mb)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        print(make(Path(sys.argv[2]), *map(int, sys.argv[3:6])))
    else:
        main(*map(int, sys.argv[1:]))
