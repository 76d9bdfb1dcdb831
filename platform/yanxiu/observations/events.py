"""What happened to lessons, told to whoever listens. Ids only."""

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class LessonCreated(Event):
    lesson_id: int
    actor_id: int
    workshop_id: int | None


@dataclass(frozen=True)
class LessonChanged(Event):
    """Title, audience or details changed; `narrowed` when fewer people may see it than before."""

    lesson_id: int
    actor_id: int
    narrowed: bool = False


@dataclass(frozen=True)
class ClipConsentChanged(Event):
    """Whoever decides about a lesson gave or `refused` the consent that others put its clips into sets."""

    lesson_id: int
    actor_id: int
    refused: bool


@dataclass(frozen=True)
class ClipSetChanged(Event):
    """A set reads otherwise, holds other clips, or is there for others; `narrowed` when less of it may be told than before."""

    clip_set_id: int
    actor_id: int
    narrowed: bool = False


@dataclass(frozen=True)
class ClipsTaken(Event):
    """Somebody put clips of another's lesson into a set, for the first time on that day."""

    clip_set_id: int
    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class ClipsWithdrawn(Event):
    """Whoever decides about a lesson took clips of it out of another's set."""

    clip_set_id: int
    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class LessonDeleted(Event):
    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class LessonRestored(Event):
    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class LessonMemberInvited(Event):
    lesson_id: int
    user_id: int
    role: str
    actor_id: int


@dataclass(frozen=True)
class LessonMemberRemoved(Event):
    lesson_id: int
    user_id: int
    actor_id: int


@dataclass(frozen=True)
class LessonMoved(Event):
    """A lesson went from one step of its cycle to another (`LessonPhase`); `is_back` when to an earlier one."""

    lesson_id: int
    actor_id: int
    before: str
    after: str
    is_back: bool


@dataclass(frozen=True)
class PerspectivesDealt(Event):
    """Whoever leads a lesson gave observers perspectives they did not have."""

    lesson_id: int
    actor_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class FindingWritten(Event):
    """An observer wrote, changed or (`is_gone`) took away what was found under a perspective."""

    finding_id: int
    lesson_id: int
    author_id: int
    is_gone: bool = False


@dataclass(frozen=True)
class ConclusionChanged(Event):
    """The conclusion of a divided observation reads otherwise or (`is_gone`) is there no more: with its last perspective too."""

    text_id: int
    lesson_id: int
    is_gone: bool = False


@dataclass(frozen=True)
class LessonReflected(Event):
    """The teacher wrote the reflection for the first time."""

    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class LessonStepDue(Event):
    """A day before the lesson (`lesson_near`) or before a step should be done (`lesson_due`): whom it waits for."""

    lesson_id: int
    user_ids: tuple[int, ...]
    kind: str


@dataclass(frozen=True)
class ObservationAsked(Event):
    """Somebody would like to observe a lesson of a teacher."""

    request_id: int
    asker_id: int
    teacher_id: int


@dataclass(frozen=True)
class ObservationDeclined(Event):
    request_id: int
    asker_id: int
    actor_id: int


@dataclass(frozen=True)
class AdmissionAsked(Event):
    """Somebody who scanned a lesson's code asks to be let in, for the first time."""

    lesson_id: int
    asker_id: int


@dataclass(frozen=True)
class WatchingTogetherBegun(Event):
    """Whoever leads a lesson began to show its film to all; `here_ids`: who has the lesson open."""

    lesson_id: int
    actor_id: int
    here_ids: tuple[int, ...]


@dataclass(frozen=True)
class RecordingReady(Event):
    """The first watchable rendition is there."""

    lesson_id: int
    version_id: int
    uploader_id: int


@dataclass(frozen=True)
class SubtitlesChanged(Event):
    """A recording got subtitles, others, or none."""

    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class RecordingFailed(Event):
    lesson_id: int
    version_id: int
    uploader_id: int


@dataclass(frozen=True)
class TimedCommentPosted(Event):
    """`visibility` is that of the thread: listeners must not tell others of what they may not read."""

    comment_id: int
    lesson_id: int
    author_id: int
    parent_id: int | None
    visibility: str


@dataclass(frozen=True)
class TimedCommentChanged(Event):
    """Edited, resolved or reopened."""

    comment_id: int
    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class TimedCommentWithdrawn(Event):
    comment_id: int
    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class TimedCommentRestored(Event):
    comment_id: int
    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class LiveNotesPlaced(Event):
    """A sync mark gave live notes their moments of the recording, or others than before."""

    lesson_id: int
    actor_id: int


@dataclass(frozen=True)
class EvaluationSubmitted(Event):
    evaluation_id: int
    lesson_id: int
    observer_id: int


@dataclass(frozen=True)
class CodingFinished(Event):
    """A coder has finished coding a lesson with a scheme."""

    session_id: int
    lesson_id: int
    scheme: str
    coder_id: int


@dataclass(frozen=True)
class LessonWatched(Event):
    """The recording of a lesson for which a plan waits was played."""

    lesson_id: int
    user_id: int
