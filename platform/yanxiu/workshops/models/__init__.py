"""Tables of the workshops: teams (who takes part), threads (what they say), activities (when they meet), attention
(who came, who was reminded), tasks (what they hand in), the plan of the term, bulletins (what is told of them)."""

from yanxiu.workshops.models.activities import (
    Activity,
    ActivityKind,
    ActivityRecord,
    ActivityReflection,
    Attendance,
    Presence,
    RecordPart,
    RecordWriter,
)
from yanxiu.workshops.models.answers import AcceptedAnswer
from yanxiu.workshops.models.archives import ArchiveState, WorkshopArchive, WorkshopOrigin
from yanxiu.workshops.models.attention import Nudge, NudgeRecipient, WorkshopVisit
from yanxiu.workshops.models.bulletins import Bulletin, BulletinReading, BulletinSection, SectionKind
from yanxiu.workshops.models.debates import Debate, DebateMove, DebateStand, PostSide, Side
from yanxiu.workshops.models.kinds import TopicKind
from yanxiu.workshops.models.mirror import FileText, TextBand, TextKind, TextSignature
from yanxiu.workshops.models.pictures import PicturePlace, WorkshopPicture
from yanxiu.workshops.models.polls import Poll, PollBallot, PollChoice, PollOption, Results
from yanxiu.workshops.models.relocations import TopicRelocation
from yanxiu.workshops.models.requirements import TopicRequirement
from yanxiu.workshops.models.tasks import (
    PeerReview,
    Scale,
    Standing,
    Submission,
    SubmissionCopy,
    SubmissionFile,
    Task,
    TaskFile,
)
from yanxiu.workshops.models.teams import (
    Application,
    Invitation,
    JoinMode,
    Kind,
    Right,
    Role,
    Workshop,
    WorkshopGroup,
    WorkshopMember,
    WorkshopPromotion,
)
from yanxiu.workshops.models.termplan import TermItem, TermStage, TermTick
from yanxiu.workshops.models.threads import (
    Post,
    PostAttachment,
    PostEdit,
    PostLike,
    PostMention,
    Topic,
    TopicVisit,
)

__all__ = [
    "AcceptedAnswer",
    "Activity",
    "ActivityKind",
    "ActivityRecord",
    "ActivityReflection",
    "Application",
    "ArchiveState",
    "Attendance",
    "Bulletin",
    "BulletinReading",
    "BulletinSection",
    "Debate",
    "DebateMove",
    "DebateStand",
    "FileText",
    "Invitation",
    "JoinMode",
    "Kind",
    "Nudge",
    "NudgeRecipient",
    "PeerReview",
    "PicturePlace",
    "Poll",
    "PollBallot",
    "PollChoice",
    "PollOption",
    "Post",
    "PostAttachment",
    "PostEdit",
    "PostLike",
    "PostMention",
    "PostSide",
    "Presence",
    "RecordPart",
    "RecordWriter",
    "Results",
    "Right",
    "Role",
    "Scale",
    "SectionKind",
    "Side",
    "Standing",
    "Submission",
    "SubmissionCopy",
    "SubmissionFile",
    "Task",
    "TaskFile",
    "TermItem",
    "TermStage",
    "TermTick",
    "TextBand",
    "TextKind",
    "TextSignature",
    "Topic",
    "TopicKind",
    "TopicRelocation",
    "TopicRequirement",
    "TopicVisit",
    "Workshop",
    "WorkshopArchive",
    "WorkshopGroup",
    "WorkshopMember",
    "WorkshopOrigin",
    "WorkshopPicture",
    "WorkshopPromotion",
    "WorkshopVisit",
]
