"""A recording that comes on a USB stick: the rest of an upload for which the line was too slow, or all of it.

Which upload a file goes on with is decided by the bytes that have come, not by its name: sticks rename and date files anew.
"""

from __future__ import annotations

import time
from pathlib import Path

from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core.errors import ConflictError, NotFoundError
from yanxiu.core.resumable.protocol import ProtocolError
from yanxiu.core.resumable.store import Upload, UploadStore
from yanxiu.observations.permissions import can_edit_lesson
from yanxiu.observations.queries import find_lesson, teacher_of
from yanxiu.observations.uploads.handover import hand_over

BLOCK = 1024 * 1024


def begun_with(store: UploadStore, path: Path, lesson_id: int | None, now: float) -> list[Upload]:
    """Return the unfinished uploads, perhaps only of one lesson, that this file goes on with.

    Its length is the announced one and it begins with every byte that has come; of an upload nothing has come of, the name tells.
    """
    open_ones = (upload for upload in store.all() if not upload.finished and upload.expires_at > now)
    mine = (upload for upload in open_ones if lesson_id in (None, upload.subject_id))
    return [upload for upload in mine if upload.length == path.stat().st_size and _begins_like(store, upload, path)]


def bring(store: UploadStore, path: Path, lesson_id: int | None) -> tuple[Upload, int]:
    """Take a file in where its upload stopped, or as a new upload of the lesson's teacher; return it with the first byte copied.

    NotFoundError when there is no such upload and no such lesson, ConflictError when several could be meant. The lesson's
    own rules hold: who began the upload must still be allowed to change it.
    """
    found = begun_with(store, path, lesson_id, time.time())
    if len(found) > 1:
        lessons = "、".join(str(upload.subject_id) for upload in found)
        raise ConflictError(f"有几个没传完的上传和它对得上（课例 {lessons}），请用 --lesson 写明是哪一节课")
    upload = found[0] if found else _new(store, path, lesson_id)
    start = store.offset(upload)
    with path.open("rb") as source:
        source.seek(start)
        store.append(upload, start, source)
    owner = find_user(upload.owner_id)
    if owner is None:
        raise NotFoundError("开始上传的人已经不在系统里")
    hand_over(store, upload, viewer_of(owner), owner)
    return upload, start


def _new(store: UploadStore, path: Path, lesson_id: int | None) -> Upload:
    teacher = None if lesson_id is None else teacher_of(lesson_id)
    if teacher is None:
        raise NotFoundError(
            "没有和这个文件对得上的上传；要作为新的实录放进来，请用 --lesson 写明课例编号（网址里的数字）"
        )
    viewer = viewer_of(teacher)
    lesson = find_lesson(viewer, lesson_id or 0)
    if lesson is None or not can_edit_lesson(viewer, lesson.lesson, lesson.access):
        raise ConflictError("这节课现在不能更换实录，可能已经归档")
    return store.create(teacher.id, lesson_id or 0, path.stat().st_size, {"filename": path.name}, time.time())


def _begins_like(store: UploadStore, upload: Upload, path: Path) -> bool:
    left = store.offset(upload)
    if left == 0:
        return upload.metadata.get("filename") == path.name
    try:
        with store.reading(upload) as come, path.open("rb") as file:
            while left:
                size = min(BLOCK, left)
                if come.read(size) != file.read(size):
                    return False
                left -= size
    except ProtocolError:
        return False  # somebody is just sending it, or it is gone
    return True
