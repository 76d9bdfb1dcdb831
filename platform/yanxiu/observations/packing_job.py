"""The worker's part of an archive pack: making it, and comparing with what was frozen."""

from __future__ import annotations

import io
import logging
import os
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from yanxiu.accounts.queries import viewer_of
from yanxiu.core import clock
from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import receive_local_file, storage
from yanxiu.core.tasks import JobContext, LeaseLostError, WorkerStoppingError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.models import LessonPack, PackCheck, PackState
from yanxiu.observations.papers.packed import PATIENCE_S, Packed, packed_for, papers_of
from yanxiu.observations.papers.packing import Entry, Sheet, compare_pack, digest_of, sheet, write_pack
from yanxiu.observations.permissions import can_pack_lesson, can_pack_recording
from yanxiu.observations.queries import current_version, find_lesson, recording_of
from yanxiu.observations.services import packs as service
from yanxiu.observations.uploads import copies
from yanxiu.observations.uploads.folder import open_copy_store

log = logging.getLogger(__name__)
LEASE_S = 600
TOLD_EVERY_S = 1.0
WRITTEN = 60
"""Percent of a pack that count for writing its papers; what is left, for copying a film."""


class CalledOffError(Exception):
    """Somebody called it off."""


class _Way:
    """How far a job is: told now and then, which also asks whether somebody called it off and the worker shall go on."""

    def __init__(self, job: JobContext, note: Callable[[int], bool]) -> None:
        self._job, self._note, self._last = job, note, 0.0

    def reached(self, percent: int) -> None:
        """WorkerStoppingError, LeaseLostError, CalledOffError: stop.

        Told on a connection of its own: what was read of the lesson stays as it was read.
        """
        if self._job.stopping.is_set():
            raise WorkerStoppingError
        if time.monotonic() - self._last < TOLD_EVERY_S:
            return
        self._last = time.monotonic()
        with self._job.app.app_context():
            self._job.extend(LEASE_S + PATIENCE_S)
            with unit_of_work():
                if not self._note(percent):
                    raise CalledOffError


def make_pack(payload: dict[str, Any], job: JobContext) -> None:
    """Write the pack and store it; by the rights its maker has now. Running again makes it anew, unless it is done."""
    pack = db.session.get(LessonPack, payload["pack_id"])
    if pack is None or pack.state != PackState.WAITING:
        db.session.rollback()
        return
    try:
        _make(pack, job)
    except CalledOffError:
        db.session.rollback()
    except (WorkerStoppingError, LeaseLostError):
        raise
    except Exception:  # whoever waits is told, and presses again
        log.exception("no pack %s", payload["pack_id"])
        db.session.rollback()
        with unit_of_work():
            service.fail_pack(db.session.get_one(LessonPack, payload["pack_id"]))


def _make(pack: LessonPack, job: JobContext) -> None:
    pack_id, title = pack.id, pack.lesson.title
    way = _Way(job, lambda percent: service.note_making(db.session.get_one(LessonPack, pack_id), percent))
    way.reached(0)
    viewer = viewer_of(pack.maker)
    found = find_lesson(viewer, pack.lesson_id)
    if found is None or not can_pack_lesson(viewer, found.lesson, found.access):
        raise PermissionError(pack_id)
    packed, made_at = packed_for(viewer, found), clock.now()
    film, size = _film(pack, packed)
    head = _head(pack, packed, film)
    sheets = _written(packed, job, way, WRITTEN if film else 99)
    holds_scores, holds_plan = bool(packed.submitted), packed.plan is not None
    db.session.rollback()  # no transaction is open while a film is copied
    with scratch_folder() as folder:
        target = folder / "pack.zip"
        copied = _Copied(way, size)
        entries = write_pack(target, head, [*sheets, *film], made_at, copied.more)
        received = receive_local_file(target, f"{title} 归档包.zip", "application/zip")
    with unit_of_work():
        kept = db.session.get_one(LessonPack, pack_id, with_for_update=True)
        if kept.state == PackState.WAITING:  # else another worker froze its own, or it was called off
            service.finish_pack(kept, received, entries, holds_scores=holds_scores, holds_plan=holds_plan)


class _Copied:
    """Tells how much of `size` bytes went through, as what is left after the first `begins` percent."""

    def __init__(self, way: _Way, size: int, begins: int = WRITTEN) -> None:
        self._way, self._size, self._begins, self._done = way, size, begins, 0

    def more(self, count: int) -> None:
        self._done = min(self._size, self._done + count)
        share = self._done / self._size if self._size else 1.0
        self._way.reached(self._begins + round((99 - self._begins) * share))


def _written(packed: Packed, job: JobContext, way: _Way, share: int) -> list[Sheet]:
    drafts = papers_of(packed, job.stopping)
    sheets = []
    for number, draft in enumerate(drafts):
        way.reached(share * number // len(drafts))
        sheets.append(sheet(draft.folder, draft.name, draft.write()))
    return sheets


def _film(pack: LessonPack, packed: Packed) -> tuple[list[Sheet], int]:
    """Return the recording and its bytes, where it was ticked and its maker may take it along."""
    if not pack.with_recording or not can_pack_recording(packed.viewer, packed.lesson, clock.today()):
        return [], 0
    version = current_version(recording_of(pack.lesson_id))
    films = version.watchable() if version is not None else []
    if not films:
        return [], 0
    key = films[0].file.key

    def opens() -> BinaryIO:
        return storage().open(key)

    return [Sheet("课堂实录", f"{packed.lesson.title}.mp4", opens, is_film=True)], films[0].file.size


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
        "核对：在系统的“导出与存档”里上传这个包，逐个文件核对；也可以解压以后在这个文件夹里运行 sha256sum -c SHA256SUMS。",
    ]


def _plan_words(packed: Packed) -> str:
    if packed.plan is None:
        return "教案：不在里面，课例没有关联教案，或者制作人看不到。"
    return f"教案：上这节课用的{packed.plan_version}。" if packed.plan_version else "教案：制作归档包时的样子。"


def check_pack(payload: dict[str, Any], job: JobContext) -> None:
    """Compare the stored pack, or what was sent, with what was frozen. Running again begins anew, unless it is done."""
    check = db.session.get(PackCheck, payload["check_id"])
    if check is None or check.state != PackState.WAITING:
        db.session.rollback()
        return
    arrival = check.arrival
    try:
        _check(check, job)
    except CalledOffError:
        db.session.rollback()
    except (WorkerStoppingError, LeaseLostError):
        raise
    except Exception:  # a file that is gone, a full disk: whoever waits is told
        log.exception("pack not checked %s", payload["check_id"])
        db.session.rollback()
        with unit_of_work():
            service.end_check(db.session.get_one(PackCheck, payload["check_id"]), PackState.FAILED)
    if arrival is not None:
        copies.drop_if_ended(open_copy_store(job.app.config["YANXIU"]), arrival)


def _check(check: PackCheck, job: JobContext) -> None:
    check_id, pack = check.id, check.pack
    assert pack.file is not None
    entries = [Entry(str(path), int(size), str(sha256)) for path, size, sha256 in pack.contents]
    opens = _source(check, job)
    is_own, expected = not check.name, pack.file.size
    db.session.rollback()  # no transaction is open while gigabytes are read
    way = _Way(job, lambda percent: service.note_checking(db.session.get_one(PackCheck, check_id), percent))
    way.reached(0)
    try:
        with opens() as source:
            size = source.seek(0, os.SEEK_END)
            source.seek(0)
            read = _Copied(way, size + sum(one.size for one in entries), 0)
            sha256 = digest_of(source, read.more)
            source.seek(0)
            found = compare_pack(source, entries, read.more)
    except FileNotFoundError:
        if not is_own:
            raise
        log.error("the pack of %d bytes is gone from the store", expected)
        size, sha256, found = 0, "", compare_pack(io.BytesIO(), entries)
    with unit_of_work():
        service.finish_check(
            db.session.get_one(PackCheck, check_id, with_for_update=True), found, size=size, sha256=sha256
        )


def _source(check: PackCheck, job: JobContext) -> Callable[[], BinaryIO]:
    """Return what opens the ZIP: where an upload lies, or in the store."""
    if check.arrival is not None:
        path = open_copy_store(job.app.config["YANXIU"]).data_path(check.arrival)
        return lambda: path.open("rb")
    file = check.upload or check.pack.file
    assert file is not None
    key = file.key
    return lambda: storage().open(key)
