"""The records of 听评课: lessons, recordings, time-coded comments, rubrics and evaluations."""

from yanxiu.observations.models.admissions import AdmissionRequest
from yanxiu.observations.models.clip_sets import ClipSet, SetClip
from yanxiu.observations.models.codings import Adjudication, CodeInterval, CodingSession, CodingState
from yanxiu.observations.models.comments import CommentKind, CommentVisibility, TimedComment
from yanxiu.observations.models.cycle import MEETING_KEYS, LessonPhase, LessonText, TextKey
from yanxiu.observations.models.lessons import (
    ClipConsent,
    Consent,
    Lesson,
    LessonMember,
    LessonRole,
    LessonVisibility,
    Watching,
)
from yanxiu.observations.models.packs import LessonPack, PackCheck, PackState
from yanxiu.observations.models.pairs import ClipPair, LessonAlignment, SecondTeaching
from yanxiu.observations.models.perspectives import (
    KeptPerspective,
    LessonPerspective,
    PerspectiveFinding,
    PerspectiveWatcher,
)
from yanxiu.observations.models.recordings import (
    PhaseKind,
    Recording,
    RecordingSubtitles,
    RecordingVersion,
    Rendition,
    RenditionKind,
    Segment,
    VersionState,
)
from yanxiu.observations.models.requests import ObservationRequest, RequestState
from yanxiu.observations.models.rubrics import (
    Evaluation,
    EvaluationState,
    RubricTemplate,
    RubricVersion,
    Score,
    ScoreEvidence,
)
from yanxiu.observations.models.schemes import CodingScheme, SchemeVersion
from yanxiu.observations.models.sweeps import AttentionSweep

__all__ = [
    "MEETING_KEYS",
    "Adjudication",
    "AdmissionRequest",
    "AttentionSweep",
    "ClipConsent",
    "ClipPair",
    "ClipSet",
    "CodeInterval",
    "CodingScheme",
    "CodingSession",
    "CodingState",
    "CommentKind",
    "CommentVisibility",
    "Consent",
    "Evaluation",
    "EvaluationState",
    "KeptPerspective",
    "Lesson",
    "LessonAlignment",
    "LessonMember",
    "LessonPack",
    "LessonPerspective",
    "LessonPhase",
    "LessonRole",
    "LessonText",
    "LessonVisibility",
    "ObservationRequest",
    "PackCheck",
    "PackState",
    "PerspectiveFinding",
    "PerspectiveWatcher",
    "PhaseKind",
    "Recording",
    "RecordingSubtitles",
    "RecordingVersion",
    "Rendition",
    "RenditionKind",
    "RequestState",
    "RubricTemplate",
    "RubricVersion",
    "SchemeVersion",
    "Score",
    "ScoreEvidence",
    "SecondTeaching",
    "Segment",
    "SetClip",
    "TextKey",
    "TimedComment",
    "VersionState",
    "Watching",
]
