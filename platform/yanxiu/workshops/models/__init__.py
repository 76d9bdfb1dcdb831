"""Tables of the workshops: teams (who takes part), threads (what they say), activities (when they meet), attention
(who came, who was reminded), tasks (what they hand in), the plan of the term."""

from yanxiu.workshops.models.activities import (
    Activity,
    ActivityKind,
    ActivityReflection,
    Attendance,
    Presence,
    RecordPart,
)
from yanxiu.workshops.models.attention import Nudge, NudgeRecipient, WorkshopVisit
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
    Right,
    Role,
    Workshop,
    WorkshopGroup,
    WorkshopMember,
)
from yanxiu.workshops.models.termplan import TermItem, TermStage
from yanxiu.workshops.models.threads import (
    Post,
    PostAttachment,
    PostEdit,
    PostLike,
    PostMention,
    Topic,
    TopicVisit,
    WorkshopPicture,
)

__all__ = [
    "Activity",
    "ActivityKind",
    "ActivityReflection",
    "Application",
    "Attendance",
    "Invitation",
    "JoinMode",
    "Nudge",
    "NudgeRecipient",
    "PeerReview",
    "Post",
    "PostAttachment",
    "PostEdit",
    "PostLike",
    "PostMention",
    "Presence",
    "RecordPart",
    "Right",
    "Role",
    "Scale",
    "Standing",
    "Submission",
    "SubmissionCopy",
    "SubmissionFile",
    "Task",
    "TaskFile",
    "TermItem",
    "TermStage",
    "Topic",
    "TopicVisit",
    "Workshop",
    "WorkshopGroup",
    "WorkshopMember",
    "WorkshopPicture",
    "WorkshopVisit",
]
