"""What the worker does with recordings. Every step can run again: what is there already is not made twice."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from yanxiu.accounts.queries import find_user, viewer_of
from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import NotFoundError
from yanxiu.core.scratch import scratch_folder
from yanxiu.core.storage import receive_local_file, storage
from yanxiu.core.tasks import JobContext, enqueue
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.media import convert
from yanxiu.observations.media.first_look import assemble
from yanxiu.observations.media.probe import Facts, KilledError, NotPlayableError, inspect
from yanxiu.observations.models import RecordingVersion, RenditionKind, VersionState
from yanxiu.observations.services import recordings
from yanxiu.observations.services.recordings import Made
from yanxiu.observations.uploads.folder import SWEEP_JOB, open_store
from yanxiu.observations.uploads.handover import borrow, hand_over

log = logging.getLogger(__name__)
SWEEP_EVERY_S = 6 * 3600
TELL_EVERY_S = 2.0
LEASE_S = 300
LEAN_FROM_MS = convert.STILL_MS
"""Of a film shorter than this there would be one still, and it is loaded before one has chosen."""
NO_MEMORY = "服务器内存不够，试了几次都没有处理完。视频没有问题，请告诉管理员，腾出内存后再上传一次"
SHORT_SIDES = {RenditionKind.P480: 480, RenditionKind.P720: 720}


@dataclass(frozen=True)
class Work:
    """A version as a job sees it, free of the database session."""

    version_id: int
    upload_id: str
    name: str
    original: str | None
    """Its key in the store."""
    facts: Facts | None
    kinds: frozenset[str]
    ready: bool
    is_first_look: bool


def prepare_recording(payload: dict[str, Any], job: JobContext) -> None:
    """Probe an upload, keep it, then either copy its streams or queue the conversions (observation.md 3b)."""
    work = load_work(payload["version_id"])
    if work is None:
        return
    with scratch_folder() as folder:
        try:
            key, facts = _kept(work, folder, job)
            with storage().local_copy(key) as source:
                _make_stills(work, source, facts, folder, job)
                if facts.plays_as_it_is():
                    _make_copy(work, source, facts, folder, job)
                _make_peaks(work, source, facts, folder, job)
                make_lean(work, source, facts, folder, job)
            if not facts.plays_as_it_is():
                with unit_of_work():
                    recordings.plan_transcodes(_version(work.version_id), wanted_kinds(facts))
        except KilledError as error:
            _note_killed(work, error, job)
            raise
        except NotPlayableError as error:
            _give_up(work, str(error), job.app)


def transcode_recording(payload: dict[str, Any], job: JobContext) -> None:
    """Make the first rendition of the list, then queue the rest."""
    kind, rest = payload["kinds"][0], payload["kinds"][1:]
    work = load_work(payload["version_id"])
    if work is None or work.original is None or work.facts is None:
        return
    if kind not in work.kinds:
        with scratch_folder() as folder:
            try:
                _transcode(work, RenditionKind(kind), folder, job)
            except KilledError as error:
                _note_killed(work, error, job)
                raise
            except NotPlayableError as error:
                _give_up(work, str(error), job.app)
                return
    if rest:
        with unit_of_work():
            recordings.plan_transcodes(_version(work.version_id), rest)


def sweep_uploads(_payload: dict[str, Any], job: JobContext) -> None:
    """Remove expired uploads, hand over complete ones whose server died before it could, give up what nobody works on."""
    store = open_store(job.app.config["YANXIU"])
    for upload in list(store.all()):
        owner = find_user(upload.owner_id)
        if upload.finished or owner is None or not store.is_complete(upload):
            continue
        try:
            hand_over(store, upload, viewer_of(owner), owner)
        except NotFoundError:
            log.info("upload %s belongs to a lesson its owner can no longer change", upload.id)
        except Exception:  # the others are handed over, the job does not fail for one
            log.exception("upload %s could not be handed over", upload.id)
    store.sweep(time.time())
    with unit_of_work():
        recordings.give_up_forgotten()
        if next(store.all(), None) is not None:
            schedule_sweep()


def schedule_sweep() -> None:
    """Queue the next sweep; inside a unit of work."""
    enqueue(SWEEP_JOB, {}, key=f"{SWEEP_JOB}:{int(clock.now().timestamp()) // SWEEP_EVERY_S}", delay_s=SWEEP_EVERY_S)


def wanted_kinds(facts: Facts) -> list[str]:
    """Return what to convert to, the smallest first so that colleagues can start."""
    return [RenditionKind.P480, RenditionKind.P720] if facts.short_side > 480 else [RenditionKind.P480]


def load_work(version_id: int) -> Work | None:
    """Return a version whose lesson was not taken down."""
    version = db.session.get(RecordingVersion, version_id)
    if version is None or version.recording.lesson.deleted_at is not None:
        db.session.rollback()
        return None
    work = Work(
        version_id,
        version.upload_id,
        version.original_name,
        version.original.key if version.original is not None else None,
        Facts(**version.facts) if version.facts is not None else None,
        frozenset(rendition.kind for rendition in version.renditions),
        version.state == VersionState.READY,
        version.is_first_look,
    )
    db.session.rollback()  # no open transaction during long work
    return work


def _version(version_id: int) -> RecordingVersion:
    return db.session.get_one(RecordingVersion, version_id)


def _kept(work: Work, folder: Path, job: JobContext) -> tuple[str, Facts]:
    """Move the upload into the store, return its key; a crash before the commit leaves the upload where it was."""
    if work.original is not None and work.facts is not None:
        return work.original, work.facts
    store = open_store(job.app.config["YANXIU"])
    uploaded = store.data_path(work.upload_id)
    if not uploaded.exists():
        raise NotPlayableError("上传的文件已不在服务器上，请重新上传")
    if work.is_first_look:
        source = assemble(uploaded, folder, _progress_of(work, job), job.stopping)
    else:
        source = borrow(uploaded, folder)
    facts = inspect(source)
    job.extend(LEASE_S)
    received = receive_local_file(source, work.name, "application/octet-stream")
    with unit_of_work():
        recordings.note_original(_version(work.version_id), received, facts)
    store.forget(work.upload_id)
    return received.key, facts


def _make_stills(work: Work, source: Path, facts: Facts, folder: Path, job: JobContext) -> None:
    """Poster and sprite; a recording that refuses to give them is watched without."""
    try:
        if RenditionKind.POSTER not in work.kinds:
            size = convert.poster(source, folder / "poster.jpg", facts, job.stopping)
            _add(work, RenditionKind.POSTER, folder / "poster.jpg", "image/jpeg", size)
        if RenditionKind.SPRITE not in work.kinds:
            plan = convert.sprite(source, folder / "sprite.jpg", facts, job.stopping)
            size = convert.Size(plan.width * plan.columns, plan.height * plan.rows)
            _add(work, RenditionKind.SPRITE, folder / "sprite.jpg", "image/jpeg", size, asdict(plan))
    except NotPlayableError:
        log.warning("no stills for version %s", work.version_id, exc_info=True)


def _make_peaks(work: Work, source: Path, facts: Facts, folder: Path, job: JobContext) -> None:
    """How loud it is, for the lane of sound; a recording without sound has none."""
    if RenditionKind.PEAKS in work.kinds or not facts.audio_codec:
        return
    try:
        found = convert.peaks(source, folder, facts, job.stopping)
    except NotPlayableError:
        log.warning("no peaks for version %s", work.version_id, exc_info=True)
        return
    target = folder / "peaks.json"
    target.write_text(json.dumps(found), encoding="ascii")
    _add(work, RenditionKind.PEAKS, target, "application/json", convert.Size(len(found), 100), {"peaks": found})


def make_lean(work: Work, source: Path, facts: Facts, folder: Path, job: JobContext) -> None:
    """Sound over stills for who pays for every megabyte; a first look is that already."""
    if RenditionKind.LEAN in work.kinds or work.is_first_look or facts.duration_ms < LEAN_FROM_MS:
        return
    target = folder / "lean.mp4"
    try:
        size = convert.lean(source, target, facts, _progress_of(work, job), job.stopping)
    except NotPlayableError:
        log.warning("nothing lean for version %s", work.version_id, exc_info=True)
        with unit_of_work():
            recordings.note_lean_try(_version(work.version_id))
        return
    _add(work, RenditionKind.LEAN, target, "video/mp4", size)


def _make_copy(work: Work, source: Path, facts: Facts, folder: Path, job: JobContext) -> None:
    if RenditionKind.SOURCE in work.kinds:
        return
    target = folder / "source.mp4"
    size = convert.remux(source, target, facts, _progress_of(work, job), job.stopping)
    _add(work, RenditionKind.SOURCE, target, "video/mp4", size)


def _transcode(work: Work, kind: RenditionKind, folder: Path, job: JobContext) -> None:
    assert work.original is not None
    assert work.facts is not None
    target = folder / f"{kind}.mp4"
    told = _progress_of(work, job)
    with storage().local_copy(work.original) as source:
        size = convert.transcode(source, target, work.facts, SHORT_SIDES[kind], told, job.stopping)
    _add(work, kind, target, "video/mp4", size)


def _add(
    work: Work, kind: str, path: Path, mime: str, size: convert.Size, layout: dict[str, Any] | None = None
) -> None:
    received = receive_local_file(path, f"{Path(work.name).stem}-{kind}{path.suffix}", mime)
    made = Made(kind, received, size.width, size.height, layout)
    with unit_of_work():
        recordings.add_rendition(_version(work.version_id), made)


def _progress_of(work: Work, job: JobContext) -> Callable[[int], None]:
    """Return what the conversion calls: tells the page now and then and keeps the lease alive."""
    told = time.monotonic()

    def progress(percent: int) -> None:
        nonlocal told
        if time.monotonic() - told < TELL_EVERY_S:
            return
        told = time.monotonic()
        job.extend(LEASE_S)
        if not work.ready:
            with unit_of_work():
                recordings.note_progress(_version(work.version_id), percent)

    return progress


def _note_killed(work: Work, error: KilledError, job: JobContext) -> None:
    """Say why it takes longer, or after the last try that it was in vain; the worker runs the job again."""
    is_last = job.is_last_try()
    with unit_of_work():
        if is_last:
            recordings.fail_version(_version(work.version_id), NO_MEMORY)
        else:
            recordings.note_delay(_version(work.version_id), str(error))


def _give_up(work: Work, reason: str, app: Flask) -> None:
    with unit_of_work():
        recordings.fail_version(_version(work.version_id), reason)
    open_store(app.config["YANXIU"]).forget(work.upload_id)
