"""What scores rest on, as a reader may see it: times for everybody who sees the scores, words of comments only by their audience."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yanxiu.accounts.permissions import Viewer
from yanxiu.core.clock import media_span, wall_clock
from yanxiu.observations.models import Evaluation, Lesson, RecordingVersion, ScoreEvidence, TimedComment
from yanxiu.observations.permissions import can_view_comment
from yanxiu.observations.rubrics.scoring import Criterion, Sheet, criterion_points

MOMENT_MS = 10_000
"""So much is played of what shows a moment only."""
IN_WORDS = "文字"
"""What stands in place of a time where words belong to none."""
_CLIP = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?@(\d{1,9})")
_TYPED = re.compile(r"\s*([\d:：.]+)\s*[-－–—~～至到]\s*([\d:：.]+)\s*")


@dataclass(frozen=True)
class Shown:
    """One piece of evidence: where it plays from and until (None: it is on no recording), and what may be said about it.

    `is_older`: it shows a recording that was replaced meanwhile, so its time may be wrong. `remark`: what the observer wrote
    there, read by whoever sees the score; `same` names the piece to a device that sent it.
    """

    token: str
    label: str
    start_ms: int | None
    until_ms: int | None
    is_older: bool = False
    words: str = ""
    remark: str = ""
    same: str = ""

    @property
    def written(self) -> str:
        """Return what stands in a file."""
        label = f"{self.label}（换之前的实录）" if self.is_older else self.label
        return f"{label} {self.remark}" if self.remark else label


@dataclass(frozen=True)
class Given:
    """What one observer gave for a criterion, and shows for it."""

    evaluation: Evaluation
    said: str
    shown: tuple[Shown, ...]


@dataclass(frozen=True)
class Reader:
    """Who reads the evidence of which lesson, beside which recording; `viewer` None reads no words of comments at all."""

    lesson: Lesson
    current: RecordingVersion | None = None
    viewer: Viewer | None = None

    def shown(self, row: ScoreEvidence) -> Shown:
        """Return one piece as this reader may see it."""
        if row.remark:
            return self._remark(row)
        place = row.source
        older = self._is_older(row)
        if place.version_id is None:
            label = f"{wall_clock(place.taken_at)} 现场" if place.taken_at is not None else "没有时刻"
            return Shown(f"e{row.id}", label, None, None, words=self._words(row.comment), same=same_token(row))
        until = place.start_ms + MOMENT_MS if place.end_ms is None else place.end_ms
        label = media_span(place.start_ms, place.end_ms)
        return Shown(f"e{row.id}", label, place.start_ms, until, older, self._words(row.comment), same=same_token(row))

    def _remark(self, row: ScoreEvidence) -> Shown:
        """With a sync mark a remark stands on the recording, else at its moment by the clock; one may have none."""
        at = self._placed(row.taken_at)
        said, same = row.remark, same_token(row)
        if at is None:
            label = f"{wall_clock(row.taken_at)} 现场" if row.taken_at is not None else IN_WORDS
            return Shown(f"e{row.id}", label, None, None, words=said, remark=said, same=same)
        until = at + MOMENT_MS
        return Shown(f"e{row.id}", media_span(at, None), at, until, words=said, remark=said, same=same)

    def _placed(self, taken_at: datetime | None) -> int | None:
        """Media time = mark + what the clock went on since (observation.md 4.2)."""
        film = self.current
        if film is None or film.synced_at is None or film.synced_ms is None or taken_at is None:
            return None
        at = film.synced_ms + (taken_at - film.synced_at) // timedelta(milliseconds=1)
        return at if 0 <= at <= (film.duration_ms or 0) else None

    def by_criterion(self, evaluation: Evaluation) -> dict[str, list[Shown]]:
        """Return the evidence of an evaluation by the key of its criterion, in the order of time."""
        found: dict[str, list[Shown]] = {}
        for row in sorted(evaluation.evidence, key=lambda one: (one.source.start_ms, one.id)):
            found.setdefault(row.criterion_key, []).append(self.shown(row))
        return found

    def _is_older(self, row: ScoreEvidence) -> bool:
        """Sound and stills that came before the film have its times."""
        version_id = row.source.version_id
        if self.current is None or version_id in (None, self.current.id):
            return False
        return row.version is None or row.version.id != version_id or not row.version.is_first_look

    def _words(self, comment: TimedComment | None) -> str:
        if comment is None or comment.withdrawn_at is not None or self.viewer is None:
            return ""
        return f"{comment.author.name}：{comment.body}" if can_view_comment(self.viewer, comment, self.lesson) else ""


def given_by_criterion(reader: Reader, evaluations: Iterable[Evaluation]) -> dict[str, list[Given]]:
    """Return, by the title of the criterion and in the sheet's order, what the observers gave who show something for it."""
    evaluations = list(evaluations)
    found: dict[str, list[Given]] = {one.title: [] for each in evaluations for one in each.version.sheet.criteria}
    for evaluation in evaluations:
        shown = reader.by_criterion(evaluation)
        for criterion in evaluation.version.sheet.criteria:
            if criterion.key in shown:
                said = score_words(evaluation.version.sheet, criterion, evaluation.values())
                found[criterion.title].append(Given(evaluation, said, tuple(shown[criterion.key])))
    return {title: given for title, given in found.items() if given}


def score_words(sheet: Sheet, criterion: Criterion, values: dict[str, int]) -> str:
    """Return `3 分` for a criterion that is judged as one, its points of the weight for one with several lines."""
    if not criterion.items:
        value = values.get(criterion.key)
        return "" if value is None else f"{value} 分"
    points = criterion_points(sheet, criterion, values)
    return "" if points is None else f"{points:.1f} / {criterion.weight}"


def outline_of(pieces: Sequence[Shown]) -> str:
    """Return the pieces on a recording as an SVG path: x in milliseconds of media time, y from 0 to 1; one starts with `M`."""
    return "".join(
        f"M{one.start_ms} 0h{one.until_ms - one.start_ms}v1h-{one.until_ms - one.start_ms}z"
        for one in pieces
        if one.start_ms is not None and one.until_ms is not None
    )


def clip_token(text: str) -> tuple[int, int | None, int] | None:
    """Read `751000-785000@12` (from, to, version) or `751000@12` (a moment) as a page sends it; None when it is none."""
    found = _CLIP.fullmatch(text)
    return (int(found[1]), int(found[2]) if found[2] else None, int(found[3])) if found else None


def same_token(row: ScoreEvidence) -> str:
    """Return what a device calls a piece before it knows its number: a remark, a comment, a stretch or a moment."""
    if row.client_uuid is not None:
        return f"r{row.client_uuid}"
    if row.comment is not None:
        return f"c{row.comment.id}"
    until = "" if row.end_ms is None else f"-{row.end_ms}"
    return f"{row.start_ms}{until}@{row.version_id}"


def typed_clip(text: str) -> tuple[str, str] | None:
    """Return the two times of `12:31-13:05` as somebody typed them; None when there are not two."""
    found = _TYPED.fullmatch(text)
    return (found[1], found[2]) if found else None
