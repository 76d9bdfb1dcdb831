"""The worker's part of an archive pack."""

from __future__ import annotations

import logging
from typing import Any, BinaryIO

from yanxiu.accounts.queries import viewer_of
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import receive_local_file, storage
from yanxiu.core.tasks import JobContext, LeaseLostError, WorkerStoppingError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import LessonPack, PackState
from yanxiu.observations.papers.packed import PATIENCE_S, Packed, packed_for, papers_of
from yanxiu.observations.papers.packing import Sheet, write_pack
from yanxiu.observations.permissions import can_pack_lesson, can_pack_recording
from yanxiu.observations.queries import current_version, find_lesson, recording_of
from yanxiu.observations.services.packs import fail_pack, finish_pack

log = logging.getLogger(__name__)
LEASE_S = 600


def make_pack(payload: dict[str, Any], job: JobContext) -> None:
    """Write the pack and store it; by the rights its maker has now. Running again makes it anew, unless it is done."""
    pack = db.session.get(LessonPack, payload["pack_id"])
    if pack is None or pack.state != PackState.WAITING:
        db.session.rollback()
        return
    try:
        _make(pack, job)
    except (WorkerStoppingError, LeaseLostError):
        raise
    except Exception:  # whoever waits is told, and presses again
        log.exception("no pack %s", payload["pack_id"])
        db.session.rollback()
        with unit_of_work():
            fail_pack(db.session.get_one(LessonPack, payload["pack_id"]))


def _make(pack: LessonPack, job: JobContext) -> None:
    job.extend(LEASE_S + PATIENCE_S)
    pack_id, title = pack.id, pack.lesson.title
    viewer = viewer_of(pack.maker)
    found = find_lesson(viewer, pack.lesson_id)
    if found is None or not can_pack_lesson(viewer, found.lesson, found.access):
        raise PermissionError(pack_id)
    packed, made_at = packed_for(viewer, found), clock.now()
    film = _film(pack, packed)
    with scratch_folder() as folder:
        target = folder / "pack.zip"
        head = _head(pack, packed, film)
        sheets = list(papers_of(packed, job.stopping))
        db.session.rollback()  # no transaction is open while a film is copied
        count = write_pack(target, head, [*sheets, *film], made_at, lambda: job.extend(LEASE_S))
        received = receive_local_file(target, f"{title} 归档包.zip", "application/zip")
    with unit_of_work():
        kept = db.session.get_one(LessonPack, pack_id, with_for_update=True)
        if kept.state != PackState.WAITING:
            return  # another worker froze its own
        finish_pack(kept, received, count, holds_scores=bool(packed.submitted), holds_plan=packed.plan is not None)


def _film(pack: LessonPack, packed: Packed) -> list[Sheet]:
    """The recording, where it was ticked and its maker may take it along."""
    if not pack.with_recording or not can_pack_recording(packed.viewer, packed.lesson, clock.today()):
        return []
    version = current_version(recording_of(pack.lesson_id))
    films = version.watchable() if version is not None else []
    if not films:
        return []
    key = films[0].file.key

    def opens() -> BinaryIO:
        return storage().open(key)

    return [Sheet("课堂实录", f"{packed.lesson.title}.mp4", opens, is_film=True)]


def _head(pack: LessonPack, packed: Packed, film: list[Sheet]) -> list[str]:
    lesson = packed.lesson
    scores = "评分按制作人的权限放入。" if packed.submitted else "没有评分：还没有人提交，或者制作人看不到。"
    return [
        f"{lesson.title}　归档包",
        f"授课教师：{lesson.teacher.name}",
        f"制作人：{pack.maker.name}",
        f"制作时间：{clock.now().astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}",
        "只有大家都看得到的点评；私密的、只给授课教师看的点评和没有提交的评课都不在里面。",
        scores,
        _plan_words(packed),
        "课堂实录：在里面。" if film else "课堂实录：不在里面，留在系统里。",
        "核对：解压以后在这个文件夹里运行 sha256sum -c SHA256SUMS，每个文件都应显示 OK。",
    ]


def _plan_words(packed: Packed) -> str:
    if packed.plan is None:
        return "教案：不在里面，课例没有关联教案，或者制作人看不到。"
    return f"教案：上这节课用的{packed.plan_version}。" if packed.plan_version else "教案：制作归档包时的样子。"
