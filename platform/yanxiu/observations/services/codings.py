"""Coding what happens in a lesson: saved as one goes, finished once, then agreed on by two."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from yanxiu.accounts.models import User
from yanxiu.core import clock
from yanxiu.core.audit import record_audit
from yanxiu.core.db import db, hold
from yanxiu.core.errors import ConflictError, InvalidError
from yanxiu.core.events import record
from yanxiu.core.live import bump
from yanxiu.observations.events import CodingFinished
from yanxiu.observations.instruments.labels import HOLDS, HOLDS_NOT
from yanxiu.observations.instruments.schemes import GAP, Mode, Scheme
from yanxiu.observations.models import Adjudication, CodeInterval, CodingSession, CodingState, Lesson, RecordingVersion
from yanxiu.observations.queries.codings import adjudications_of, coding_of, compared_ledgers
from yanxiu.observations.services.lessons import hold_lesson
from yanxiu.observations.services.schemes import settle_definition

MOST_AT_ONCE = 500
MOST_CODES = 20_000
"""More than a code each second of three hours, those that were taken back among them."""

LONGEST_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Mark:
    """From this moment of media time on, this code holds. `client_uuid` makes sending it twice harmless."""

    client_uuid: str
    at_ms: int
    code: str


@dataclass(frozen=True)
class Batch:
    """What a coder did since the last batch: codes set, codes taken back, and how far the last code holds."""

    added: tuple[Mark, ...] = ()
    gone: tuple[str, ...] = ()
    reached_ms: int = 0


def save_codes(
    actor: User, lesson: Lesson, version: RecordingVersion, scheme: Scheme, batch: Batch, *, is_blind: bool = True
) -> CodingSession:
    """Keep a batch of the actor's own coding, beginning one if there is none.

    Codes are only added or taken back for good, so a batch that comes twice, or after a later one, changes nothing.
    """
    if version.duration_ms is None:
        raise ConflictError("课堂实录还没有处理好，暂时不能编码")
    session = _own(actor, lesson, scheme)
    _check(batch, scheme, _limit_ms(version, session))
    session = session or _begun(actor, lesson, version, scheme, is_blind)
    if session.state == CodingState.DONE:
        raise ConflictError("编码已经完成，不能再改")
    _apply(session, batch)
    session.reached_ms = max(session.reached_ms, batch.reached_ms)
    _set_ends(session, scheme)
    session.updated_at = clock.now()
    db.session.flush()
    return session


def finish_coding(actor: User, lesson: Lesson, scheme: Scheme) -> CodingSession:
    """Close the coding: from now on it is seen by those who may, and does not change."""
    session = _own(actor, lesson, scheme)
    if session is None or not any(_counts(one, scheme) for one in session.kept):
        raise InvalidError("还没有编码，先看一段再完成")
    if session.state == CodingState.DONE:
        return session
    session.state, session.finished_at = CodingState.DONE, clock.now()
    record_audit(actor, "coding.finish", "lesson", lesson.id, scheme=scheme.slug)
    record(CodingFinished(session.id, lesson.id, scheme.slug, actor.id))
    bump(lesson.topic, "coding", session.id)
    db.session.flush()
    return session


def adjudicate(
    actor: User,
    lesson: Lesson,
    first: CodingSession,
    second: CodingSession,
    start_ms: int,
    end_ms: int,
    code: str,
    label: str = "",
) -> None:
    """Write down what two coders agreed on for a stretch; an empty code takes it back. Their own codes stay as they are.

    `label`: the code about which they agreed, where one window may have several; `code` says whether it holds.
    """
    hold_lesson(lesson)
    if not (first.is_done and second.is_done) or first.id == second.id:
        raise InvalidError("要有两份完成的编码才能议定")
    if not 0 <= start_ms < end_ms <= LONGEST_MS or not _can_agree(first.scheme_of, label, code):
        raise InvalidError("没有这个片段或代码，请刷新页面再试")
    _write_decision(actor, lesson, (first, second), Decision(start_ms, end_ms, label, code))


def adjudicate_question(
    actor: User, lesson: Lesson, first: CodingSession, second: CodingSession, start_ms: int, label: str, code: str
) -> None:
    """Write down what two coders agreed on for one of their questions; an empty code takes it back.

    `start_ms` and `label` name what they dispute, as `compare_ledgers` does; `code` is what holds.
    """
    hold_lesson(lesson)
    if not (first.is_done and second.is_done) or first.id == second.id:
        raise InvalidError("要有两份完成的记录才能议定")
    compared = compared_ledgers(first, second)
    disputed = compared.disputed if compared is not None else ()
    found = next((one for one in disputed if one.start_ms == start_ms), None)
    point = next((one for one in found.points if one.label == label), None) if found is not None else None
    if found is None or point is None or not (code in ("", point.first, point.second) or code in point.values):
        raise InvalidError("没有这个分歧，请刷新页面再试")
    _write_decision(actor, lesson, (first, second), Decision(start_ms, start_ms + 1, label, code))


@dataclass(frozen=True)
class Decision:
    """What holds of a stretch; `label` says of what, where several things are agreed on by themselves."""

    start_ms: int
    end_ms: int
    label: str
    code: str


def _write_decision(actor: User, lesson: Lesson, pair: tuple[CodingSession, CodingSession], decision: Decision) -> None:
    """Put a decision in the place of those it overlaps; whoever comes second behind the lesson's lock is the one who holds."""
    one, other = sorted(session.id for session in pair)
    start_ms, end_ms, label, code = decision.start_ms, decision.end_ms, decision.label, decision.code
    for known in adjudications_of(one, other):
        if known.label == label and known.start_ms < end_ms and start_ms < known.end_ms:
            db.session.delete(known)
    db.session.flush()
    if code:
        db.session.add(
            Adjudication(
                first_id=one,
                second_id=other,
                start_ms=start_ms,
                end_ms=end_ms,
                label=label,
                code=code,
                decided_by_id=actor.id,
            )
        )
    said = {"label": label} if label else {}
    record_audit(actor, "coding.adjudicate", "lesson", lesson.id, start_ms=start_ms, end_ms=end_ms, code=code, **said)
    bump(lesson.topic, "coding", one)
    db.session.flush()


def _can_agree(scheme: Scheme, label: str, code: str) -> bool:
    """Tell whether this can be agreed on: a code where one holds at a time, else of each code whether it holds."""
    if scheme.is_held:
        return not label and (not code or (code != GAP and scheme.allows(code)))
    return label != GAP and scheme.allows(label) and code in ("", HOLDS, HOLDS_NOT)


def _own(actor: User, lesson: Lesson, scheme: Scheme) -> CodingSession | None:
    """Return what the coder has kept so far, read behind the lesson's lock."""
    hold_lesson(lesson)
    session = coding_of(lesson.id, scheme.slug, actor.id)
    return session if session is not None and hold(session) else None


def _begun(actor: User, lesson: Lesson, version: RecordingVersion, scheme: Scheme, is_blind: bool) -> CodingSession:
    settle_definition(lesson.id, scheme)
    session = CodingSession(
        lesson_id=lesson.id,
        version_id=version.id,
        coder_id=actor.id,
        scheme=scheme.slug,
        scheme_version=scheme.version,
        definition_id=scheme.definition_id,
        interval_ms=scheme.interval_for(version.duration_ms or 0),
        state=CodingState.DRAFT,
        reached_ms=0,
        is_blind=is_blind,
        intervals=[],
    )
    db.session.add(session)
    db.session.flush()
    return session


def _limit_ms(version: RecordingVersion, session: CodingSession | None) -> int:
    """Return the latest moment that can have been coded: the film may have been replaced by a shorter one since."""
    lengths = (one.duration_ms or 0 for one in version.recording.versions)
    return max([*lengths, session.reached_ms if session is not None else 0])


def _check(batch: Batch, scheme: Scheme, limit_ms: int) -> None:
    if len(batch.added) + len(batch.gone) > MOST_AT_ONCE:
        raise InvalidError("一次保存的编码太多，请刷新页面再试")
    if not 0 <= batch.reached_ms <= limit_ms or any(not 0 <= mark.at_ms <= limit_ms for mark in batch.added):
        raise InvalidError("编码的时间不在视频之内")
    if any(not scheme.allows(mark.code) for mark in batch.added):
        raise InvalidError("没有这个代码，请刷新页面再试")
    if scheme.mode == Mode.WINDOWS and any(mark.at_ms % scheme.interval_ms for mark in batch.added):
        raise InvalidError("时段的起点不对，请刷新页面再试")
    if not all(_is_uuid(name) for name in (*(mark.client_uuid for mark in batch.added), *batch.gone)):
        raise InvalidError("页面数据不完整，请刷新后再试")


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _apply(session: CodingSession, batch: Batch) -> None:
    known = {interval.client_uuid: interval for interval in session.intervals}
    if len(known) + len(batch.added) + len(batch.gone) > MOST_CODES:
        raise InvalidError(f"一份编码最多 {MOST_CODES} 个代码")
    for mark in batch.added:
        if mark.client_uuid not in known:
            known[mark.client_uuid] = _added(session, mark.client_uuid, mark.at_ms, mark.code)
    for name in batch.gone:
        if name not in known:
            known[name] = _added(session, name, 0, GAP)  # taken back before it came: then it never counts
        known[name].is_gone = True


def _added(session: CodingSession, client_uuid: str, at_ms: int, code: str) -> CodeInterval:
    interval = CodeInterval(client_uuid=client_uuid, start_ms=at_ms, end_ms=at_ms, code=code, is_gone=False)
    session.intervals.append(interval)
    return interval


def _counts(interval: CodeInterval, scheme: Scheme) -> bool:
    """Tell whether something was coded here: an event has no length, and of a window one may say that nothing fits."""
    if scheme.is_held:
        return interval.code != GAP and interval.end_ms > interval.start_ms
    return scheme.mode == Mode.WINDOWS or interval.code != GAP


def _set_ends(session: CodingSession, scheme: Scheme) -> None:
    """A stretch ends where the next one begins, the last one where the coder has got to; a window has its own length."""
    if not scheme.is_held:
        length = scheme.interval_ms if scheme.mode == Mode.WINDOWS else 0
        for interval in session.kept:
            interval.end_ms = interval.start_ms + length
        return
    db.session.flush()  # gives numbers to the new rows: two codes of one moment keep the order in which they came
    kept = sorted(session.kept, key=lambda interval: (interval.start_ms, interval.id))
    ends: Collection[int] = [*(interval.start_ms for interval in kept[1:]), session.reached_ms]
    for interval, end_ms in zip(kept, ends, strict=False):
        interval.end_ms = max(interval.start_ms, end_ms)
