"""Recordings from the finished upload to something to watch. The jobs in `subscribers` call these step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.core.storage import ReceivedFile, base_name, keep_file
from yanxiu.core.tasks import QUEUED, RUNNING, Job, enqueue
from yanxiu.observations.events import RecordingFailed, RecordingReady
from yanxiu.observations.media.probe import Facts
from yanxiu.observations.models import Lesson, PhaseKind, Recording, RecordingVersion, Rendition, Segment, VersionState
from yanxiu.observations.models.recordings import WATCHABLE
from yanxiu.observations.queries.recordings import unfinished_versions, version_for_upload

PREPARE_JOB = "media.prepare"
TRANSCODE_JOB = "media.transcode"
MAX_SEGMENTS = 30


@dataclass(frozen=True)
class Made:
    """A file made by a job, already in the store, and what it shows."""

    kind: str
    received: ReceivedFile
    width: int
    height: int
    layout: dict[str, Any] | None = None


def receive_upload(
    actor: User, lesson: Lesson, upload_id: str, name: str, size: int, *, is_first_look: bool = False
) -> RecordingVersion:
    """Make a finished upload the newest version of the lesson's recording; a second call returns the same one."""
    hold(lesson)
    known = version_for_upload(upload_id)
    if known is not None:
        return known
    recording = db.session.scalars(select(Recording).where(Recording.lesson_id == lesson.id)).first()
    if recording is None:
        recording = Recording(lesson_id=lesson.id)
        db.session.add(recording)
    number = 1 + max((version.number for version in recording.versions), default=0)
    version = RecordingVersion(
        number=number,
        upload_id=upload_id,
        uploader_id=actor.id,
        original_name=base_name(name),
        size=size,
        is_first_look=is_first_look,
    )
    recording.versions.append(version)
    db.session.flush()
    enqueue(PREPARE_JOB, {"version_id": version.id}, key=f"{PREPARE_JOB}:{version.id}")
    record_audit(actor, "recording.upload", "lesson", lesson.id, name=version.original_name, size=size)
    bump(lesson.topic, "recording", recording.id)
    return version


def take_up_again(lesson: Lesson) -> None:
    """Queue what was left undone while the lesson was taken down."""
    for version in unfinished_versions(lesson.id):
        enqueue(PREPARE_JOB, {"version_id": version.id}, key=f"{PREPARE_JOB}:{version.id}")


def give_up_forgotten() -> None:
    """Fail versions that no job works on any more: their worker died each time it was tried."""
    working = select(Job.key).where(Job.key.startswith("media."), Job.state.in_((QUEUED, RUNNING)))
    open_keys = {key for key in db.session.scalars(working) if key is not None}
    for version in unfinished_versions():
        mine = (f"{PREPARE_JOB}:{version.id}", f"{TRANSCODE_JOB}:{version.id}:")
        if not any(key == mine[0] or key.startswith(mine[1]) for key in open_keys):
            fail_version(version, "试了几次都没有处理成功，请重新上传，或联系管理员")


def note_original(version: RecordingVersion, received: ReceivedFile, facts: Facts) -> None:
    """Keep the uploaded file and what the probe found."""
    version.original_id = keep_file(received, version.uploader_id).id
    version.sha256, version.size = received.sha256, received.size
    note_facts(version, facts)


def note_facts(version: RecordingVersion, facts: Facts) -> None:
    """Remember what the probe found and that work has begun."""
    version.duration_ms, version.facts = facts.duration_ms, asdict(facts)
    version.state, version.reason, version.progress = VersionState.PROCESSING, "", 0
    _tell(version)


def note_progress(version: RecordingVersion, percent: int) -> None:
    """Show how far the conversion is, 0 to 99."""
    if version.progress != percent:
        version.progress, version.reason = percent, ""
        _tell(version)


def note_delay(version: RecordingVersion, reason: str) -> None:
    """Say why a version takes longer than it should; it is tried again."""
    if version.state != VersionState.READY:
        version.reason = reason
        _tell(version)


def add_rendition(version: RecordingVersion, made: Made) -> None:
    """Add a file made from the version. The first one to watch makes the recording ready."""
    if version.rendition(made.kind) is None:
        file = keep_file(made.received, version.uploader_id)
        version.renditions.append(
            Rendition(kind=made.kind, file_id=file.id, width=made.width, height=made.height, layout=made.layout)
        )
    if made.kind in WATCHABLE and version.state != VersionState.READY:
        version.state, version.progress, version.ready_at = VersionState.READY, 100, clock.now()
        version.reason = ""
        record(RecordingReady(version.recording.lesson_id, version.id, version.uploader_id))
    db.session.flush()
    _tell(version)


def note_lean_try(version: RecordingVersion) -> None:
    """Note that the lean rendition is not to be tried again; what kills its worker leaves no other trace."""
    version.lean_tried_at = clock.now()


def forget_lean_try(version: RecordingVersion) -> None:
    """Let it be tried again: the worker was only told to stop."""
    version.lean_tried_at = None


def plan_transcodes(version: RecordingVersion, kinds: Sequence[str]) -> None:
    """Queue conversions, the smallest first: whoever runs one queues the next."""
    payload = {"version_id": version.id, "kinds": list(kinds)}
    enqueue(TRANSCODE_JOB, payload, key=f"{TRANSCODE_JOB}:{version.id}:{kinds[0]}")


def fail_version(version: RecordingVersion, reason: str) -> None:
    """Say that a file cannot be watched and why."""
    if version.state == VersionState.READY:
        return
    version.state, version.reason = VersionState.FAILED, reason
    record(RecordingFailed(version.recording.lesson_id, version.id, version.uploader_id))
    _tell(version)


@dataclass(frozen=True)
class Phase:
    """A phase as somebody wrote it down, in milliseconds; without an end it lasts until the next one."""

    start_ms: int
    label: str
    end_ms: int | None = None
    kind: str = ""


def set_segments(actor: User, lesson: Lesson, recording: Recording, phases: Sequence[Phase]) -> None:
    """Set the phases of a lesson; without a kind it is told by the name. Phases do not overlap, but may leave gaps."""
    duration = recording.duration_ms
    ordered = sorted(phases, key=lambda phase: phase.start_ms)
    starts = [phase.start_ms for phase in ordered]
    if len(ordered) > MAX_SEGMENTS:
        raise InvalidError(f"最多分 {MAX_SEGMENTS} 个环节", field="segments")
    if any(not 0 <= start < max(duration, 1) for start in starts) or len(set(starts)) < len(starts):
        raise InvalidError("环节的开始时间要在视频长度之内，且不能重复", field="segments")
    recording.segments = [
        _segment(phase, until) for phase, until in zip(ordered, [*starts[1:], duration][: len(starts)], strict=True)
    ]
    db.session.flush()
    record_audit(actor, "recording.segments", "lesson", lesson.id, count=len(starts))
    bump(lesson.topic, "recording", recording.id)


def _segment(phase: Phase, until: int) -> Segment:
    """`until` is where the next phase begins, or the recording ends; a typed end has whole seconds, so it may lie a bit behind."""
    end_ms = until if phase.end_ms is None else min(phase.end_ms, until)
    if end_ms <= phase.start_ms or (phase.end_ms is not None and phase.end_ms >= until + 1000):
        raise InvalidError(f"“{phase.label}”的结束时间要在开始之后、下一个环节之前，也不能超出视频", field="segments")
    kind = phase.kind or PhaseKind.named(phase.label)
    return Segment(start_ms=phase.start_ms, end_ms=end_ms, label=phase.label, kind=kind)


def _tell(version: RecordingVersion) -> None:
    bump(f"lesson:{version.recording.lesson_id}", "recording", version.recording_id)
